"""How a course writes things: the symbols, the signs, the names of the step size and of derivatives.

A profile is a TOML file beside this module that may extend another one; `notation` puts it together with the symbols of one exercise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from tutor.errors import TutorError, hint_near
from tutor.expression.keys import derivative_key, read_after, read_derivative
from tutor.expression.letters import SUPER
from tutor.expression.own_functions import is_own, shorten_name
from tutor.graph.nouns import Quantity
from tutor.notation.array_symbols import guess_array
from tutor.notation.own_notation import OwnNotation, check_own_notation
from tutor.notation.symbol import (
    Face,
    Symbol,
    Time,
    guess,
    lower_index,
    put_time,
    read_symbol,
    set_face,
    set_italic,
)
from tutor.text import make_visible

Sign = Literal["dot", "cross", "none"]
Update = Literal["arrow", "next", "index", "prime"]
PROFILES = Path(__file__).parent
MOST = 100_000
"""A notation file of one's own has at most so many bytes."""


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _write_own(name: str) -> Symbol:
    """A function of the exercise: a letter as a letter, g or φ, a word upright."""
    symbol = guess(name)
    if len(symbol.text) == 1:
        return symbol
    return Symbol("\\operatorname{" + name.replace("_", "\\_") + "}", name)


@dataclass(frozen=True, slots=True)
class Notation:
    """The notation of one document: a course's profile together with the symbols of one exercise.

    ``factors`` is the sign between the factors of a chain rule (``dot`` ·, ``cross`` ×, ``none``), ``numbers`` the one between
    numbers.  ``symbols`` and ``functions`` say how a quantity or a function is written; what is not in them is written by
    `tutor.notation.symbol.guess`, from its name.  ``partials`` holds the derivatives with a symbol of their own
    (``("L", "in_o1")`` → δ).  ``indicator`` is how "1 where z > 0, else 0" is written: as
    ``brackets`` (1_{z>0}) or as ``cases``.  ``slashed`` sets derivatives on one line of LaTeX (∂L/∂w) instead of as fractions.
    ``entries`` holds the patterns of single entries of arrays (``w_{{{j}{c}{i}}}``) with what is known in them, of derivatives
    under ``dE/dz1``.
    ``update`` is how an updated weight is written: ``arrow`` (w ← …), ``next`` (w^{t+1}), ``index`` (w_1; where that would look like an
    entry, w_{12}^{(1)}, and where another weight has an index, which ``numbered`` says), ``prime`` (w′).  ``arrays`` are the names of
    whole arrays, which a course may write bold or with an arrow.  ``choice`` are the words of cases, in the language of the page.
    """

    name: str = "plain"
    title: str = "Plain"
    factors: Sign = "dot"
    numbers: Sign = "dot"
    digits: int = 6
    indicator: Literal["brackets", "cases"] = "brackets"
    chain: Literal["full", "reuse"] = "full"
    rate: str = "eta"
    update: Update = "arrow"
    numbered: bool = False
    slashed: bool = False
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    functions: Mapping[str, Symbol] = field(default_factory=dict)
    partials: Mapping[tuple[str, str], Symbol] = field(default_factory=dict)
    entries: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    arrays: frozenset[str] = frozenset()
    choice: tuple[str, str] = ("if", "else")

    def symbol(self, name: str) -> Symbol:
        """How a quantity is written; ``w5@1`` is w5 after one update."""
        known = self.symbols.get(name)
        if known:
            return known
        after = read_after(name)
        return self.write_updated(after.key, after.updates) if after.updates else guess(name)

    def write_updated(self, name: str, step: int) -> Symbol:
        """How a parameter is written after a number of updates."""
        plain = self.symbol(name)
        try:
            parts = read_symbol(plain.latex)
        except TutorError:  # an entry of what has an index itself, (W_1)_{11}
            return self._raise_updated(plain, step)
        if self.update == "next":
            more = f"t+{step}"
            new = parts.add_superscript(Symbol(more, more))
            return Symbol(new.latex, f"{plain.text}^({more})")
        if self.update == "index":
            if parts.sub.latex or self.numbered or name in self.arrays:
                raised = "".join(SUPER[sign] for sign in f"({step})")
                return Symbol(parts.add_superscript(Symbol(f"({step})", "")).latex, plain.text + raised)
            return parts.add_index(Symbol(str(step), str(step)))
        if self.update == "prime":
            new = parts.add_superscript(Symbol("'" * step, "′" * step))
            return Symbol(new.latex, plain.text + "′" * step)
        return plain

    def _raise_updated(self, plain: Symbol, step: int) -> Symbol:
        """An updated parameter whose symbol has brackets: the count stands above it."""
        if self.update == "prime":
            return Symbol(plain.latex + "'" * step, plain.text + "′" * step)
        if self.update == "next":
            return Symbol(f"{plain.latex}^{{t+{step}}}", f"{plain.text}^(t+{step})")
        if self.update == "index":
            return Symbol(f"{plain.latex}^{{({step})}}", plain.text + "".join(SUPER[sign] for sign in f"({step})"))
        return plain

    def function(self, name: str) -> Symbol:
        """How a function is written: σ for ``sigmoid``; an upright word where the course has no symbol."""
        known = self.functions.get(name)
        if known:
            return known
        if is_own(name):
            return _write_own(shorten_name(name))
        head, _, index = name.rpartition("_")
        if head and index.isdigit():
            whole = self.function(head)
            return Symbol(f"{whole.latex}_{{{index}}}", whole.text + index.translate(_LOWERED))
        return Symbol("\\operatorname{" + name.replace("_", "\\_") + "}", name)

    def partial(self, of: str, wrt: str) -> Symbol:
        """How ∂of/∂wrt is written."""
        known = self.partials.get((of, wrt))
        if known:
            return known
        top, bottom = self.symbol(of), self.symbol(wrt)
        return self._derivative(top, bottom)

    def _derivative(self, top: Symbol, bottom: Symbol) -> Symbol:
        over, under = "\\partial " + top.latex, "\\partial " + bottom.latex
        latex = f"{over}/{under}" if self.slashed else f"\\frac{{{over}}}{{{under}}}"
        return Symbol(latex, f"∂{top.text}/∂{bottom.text}")

    def entry(self, name: str, index: Sequence[Symbol]) -> Symbol:
        """How one entry of an array is written; for an entry of a derivative ``name`` is ``dL/dW``.

        >>> Notation().entry("W", [Symbol("j", "j"), Symbol("v", "v")]).text
        'Wⱼᵥ'
        """
        if name in self.entries:
            pattern, places = self.entries[name]
            filled = []
            for texts in ([i.latex for i in index], [i.text for i in index]):
                comma = "," if any(len(text) > 1 for text in texts) else ""
                letters = dict(zip(places["order"], (texts[0], texts[0], texts[-1], texts[-1], texts[0], texts[0]), strict=True))
                filled.append(read_symbol(pattern.format(**{**places, **letters, "c": comma})).symbol())
            return Symbol(filled[0].latex, filled[1].text)
        derivative = read_derivative(name)
        if derivative is not None:
            top, bottom = self.symbol(derivative.of), self.entry(derivative.wrt, index)
            return self._derivative(top, bottom)
        digits = [i.text.isdigit() for i in index]
        runs = not all(digits) and any(map(all, pairwise(digits)))  # m_{1,j,1,1}: 11 would be eleven
        sign = "," if runs or any(len(i.text) > 1 for i in index) else ""
        listed = Symbol(sign.join(i.latex for i in index), sign.join(i.text for i in index))
        own = set_italic(self.symbol(name))
        if "_" in own.latex:
            return Symbol(f"({own.latex})_{{{listed.latex}}}", f"({own.text}){lower_index(listed.text)}")
        return read_symbol(own.latex).add_index(listed)


def profile_names() -> list[str]:
    """The profiles that exist.

    >>> "neuron" in profile_names()
    True
    """
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def is_own_notation(name: str) -> bool:
    """Whether a notation is a file of one's own, and not one of a course.

    >>> is_own_notation("my.toml"), is_own_notation("dl")
    (True, False)
    """
    return name.endswith(".toml")


def _read_raw(name: str) -> Mapping[str, Any]:
    if isinstance(name, OwnNotation):
        return read_brought(str(name), name.text)
    if not is_own_notation(name):
        return _read_profile(name)
    path = Path(name)
    try:
        state = path.stat()
    except OSError:
        return _read_file(name, 0, 0)  # says why
    return _read_file(name, state.st_mtime_ns, state.st_size)


@lru_cache(64)
def _read_file(name: str, _time: int, _size: int) -> Mapping[str, Any]:
    """A file of one's own, read again when it was changed."""
    where = make_visible(name, 120)
    try:
        with Path(name).open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        hint = "a notation is the name of a course, or a TOML file: --notation my.toml"
        raise TutorError(f"the notation {where} cannot be read: {error.strerror}", hint=hint) from None
    if len(data) > MOST:
        raise TutorError(f"the notation {where} has more than {MOST:,} bytes")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise TutorError(f"not a TOML file: byte {error.start} is no UTF-8", where=where, hint="save it as UTF-8") from None
    return read_brought(name, text)


@lru_cache(64)
def read_brought(name: str, text: str) -> Mapping[str, Any]:
    """What a notation is whose text was brought along, put on what it extends.

    Raises `Problems` with every fault of the text, each with its line, and `TutorError` for a text that is no TOML.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise TutorError(f"not a TOML file: {make_visible(str(error), 200)}", where=make_visible(name, 120)) from None
    return _add_base(dict(check_own_notation(raw, name, profile_names(), text)))


@cache
def _read_profile(name: str) -> Mapping[str, Any]:
    path = PROFILES / f"{name}.toml"
    if name not in profile_names():
        known = profile_names()
        raise TutorError(f"there is no notation {name}", hint=hint_near(name, known) or "there are: " + ", ".join(known))
    with path.open("rb") as file:
        return _add_base(tomllib.load(file))


def _add_base(own: dict[str, Any]) -> Mapping[str, Any]:
    if "extends" not in own:
        return own
    base = _read_profile(own.pop("extends"))
    return {**base, **own, **{key: {**base.get(key, {}), **own.get(key, {})} for key in ("functions", "roles", "arrays", "text")}}


def notation(
    name: str = "plain",
    quantities: Iterable[Quantity] = (),
    symbols: Mapping[str, Symbol] | None = None,
    *,
    loss: str = "",
) -> Notation:
    """The profile ``name``, filled in for the quantities of one graph.

    ``symbols`` are those that the exercise gives itself; they win over the profile's patterns.

    Raises `TutorError` for a profile that does not exist, with near misses.
    """
    raw = _read_raw(name)
    roles, texts = raw.get("roles", {}), raw.get("text", {})
    own = symbols or {}
    found: dict[str, Symbol] = {}
    partials: dict[tuple[str, str], Symbol] = {}
    listed = list(quantities)
    net = _Extent.measure(listed)
    layers = any(quantity.shape for quantity in listed)
    entries = _array_entries(raw, [q for q in listed if q.shape and q.index and q.name not in own], net, loss)
    for quantity in listed:
        pattern = _pattern(quantity, raw.get("arrays", {}) if layers else roles, net)
        if quantity.name not in own and pattern:
            places = _places(quantity, net)
            symbol = read_symbol(pattern.format(**places)).symbol()
            text = texts.get(quantity.kind)
            found[quantity.name] = Symbol(symbol.latex, text.format(**places)) if text else symbol
        delta = (raw.get("arrays", {}) if layers else roles).get("delta")
        if quantity.kind == "sum" and quantity.index and delta:
            partials[loss, quantity.name] = read_symbol(delta.format(**_places(quantity, net))).symbol()
    style: Time = raw.get("time", "index")
    known = {quantity.name for quantity in listed}
    for quantity in listed:
        if quantity.time and quantity.name not in own and not quantity.index:
            family = "_".join(quantity.name.split("_")[: -len(quantity.time)])
            letter = guess_array(family, known) if quantity.shape else guess(family)
            found[quantity.name] = put_time(own.get(family) or letter, quantity.time, style)
    faces: dict[int, Face] = {1: raw.get("vectors", "plain"), 2: raw.get("matrices", "plain")}
    arrays = {quantity.name: faces[min(len(quantity.shape), 2)] for quantity in listed if quantity.shape}
    found.update(own)
    for name, face in arrays.items():
        found[name] = set_face(found.get(name) or guess_array(name, known), face)
        if (loss, name) in partials:
            partials[loss, name] = set_face(partials[loss, name], face)
    functions = {key: read_symbol(value).symbol() for key, value in raw.get("functions", {}).items()}
    settings = {
        key: raw[key] for key in ("title", "factors", "numbers", "digits", "indicator", "chain", "update") if key in raw
    }
    rate = str(raw.get("rate", "eta"))
    numbered = any(_has_index(found.get(quantity.name) or guess(quantity.name)) for quantity in listed if quantity.kind in _TRAINED)
    return Notation(
        name=name, rate=rate, numbered=numbered, symbols=found, functions=functions, partials=partials, entries=entries,
        arrays=frozenset(arrays), **settings,
    )


_TRAINED = ("weight", "bias")


def _has_index(symbol: Symbol) -> bool:
    """Whether a further index would look like that of an entry."""
    try:
        return bool(read_symbol(symbol.latex).sub.latex)
    except TutorError:  # an entry of what has an index itself, (W_1)_{11}
        return True


def affine(profile: str) -> Literal["plain", "transposed"]:
    """Whether a course writes Wx + b, or Wᵀx + b with one column of W for each neuron.

    >>> affine("qmul"), affine("dl")
    ('transposed', 'plain')
    """
    found: Literal["plain", "transposed"] = _read_raw(profile).get("affine", "plain")
    return found


def _array_entries(
    raw: Mapping[str, Any], arrays: Sequence[Quantity], net: _Extent, loss: str
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The patterns of the entries of a network's arrays: those of the single quantities, with letters for indices."""
    roles = raw.get("roles", {})
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for quantity in arrays:
        places: dict[str, Any] = {**_places(quantity, net), "c": "", "order": ("j", "j0", "i", "i0", "o", "o0")}
        if quantity.kind == "weight" and raw.get("affine") == "transposed":  # its first index is where it comes from
            places["order"] = ("i", "i0", "j", "j0", "o", "o0")
        role = _find_role(quantity, roles, net)
        if role in roles:
            found[quantity.name] = (roles[role], places)
        if quantity.kind == "sum" and "delta" in roles:
            found[derivative_key(loss, quantity.name)] = (roles["delta"], places)
    return found


def unit_symbol(profile: str, name: str) -> Symbol:
    """How a weight of the single unit is written that a linear network is: w̃_j (``wtilde_1``), w̃_{i,j} of several outputs.

    >>> unit_symbol("dl", "wtilde").latex, unit_symbol("graz", "wtilde_0").latex
    ('\\\\hat{w}', '\\\\tilde{w}_{0}')
    """
    places = name.split("_")[1:]
    role = ("one", "unit", "units")[len(places)]
    pattern = _read_raw(profile)["roles"][role]
    return read_symbol(pattern.format(j=places[-1] if places else "", i=places[0] if places else "")).symbol()


_TOTALS = ("L", "E", "ell", "loss")
"""The names under which a total loss may take the course's letter; an f stays an f."""


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far a network reaches: its last layer, its outputs, the largest index; ``whole`` says that its outputs are those of a loss."""

    deepest: int
    outputs: int
    widest: int
    whole: bool

    @staticmethod
    def measure(quantities: Sequence[Quantity]) -> _Extent:
        """The extent of what the quantities describe."""
        deepest = max((q.index[0] for q in quantities if q.kind in ("activation", "sum") and q.index), default=0)
        last = [q for q in quantities if q.kind == "activation" and q.index[:1] == (deepest,)]
        sizes = [q.shape[0] if q.shape else len(last) for q in last]
        outputs = max((size if isinstance(size, int) else 2 for size in sizes), default=0)
        widest = max((part for q in quantities for part in q.index[1:3]), default=0)
        targets = [q for q in quantities if q.kind == "target" and q.index]
        return _Extent(deepest, outputs, widest, bool(targets) and bool(last))


def _find_role(quantity: Quantity, roles: Mapping[str, str], net: _Extent) -> str:
    """What a quantity of a network is for a course: the activations of the last layer are its outputs (ŷ)."""
    if quantity.kind == "bias" and len(quantity.index) == 1 and not quantity.shape:
        return "shared_bias"
    if quantity.kind == "activation" and quantity.index[0] == net.deepest and net.whole and "output" in roles:
        return "output"
    return quantity.kind


def _pattern(quantity: Quantity, roles: Mapping[str, str], net: _Extent) -> str:
    """The profile's pattern for a quantity of a network."""
    if not quantity.index or not roles:
        return roles.get("total", "") if quantity.kind == "loss" and quantity.name in _TOTALS else ""
    return roles.get(_find_role(quantity, roles, net), "")


def _places(quantity: Quantity, net: _Extent) -> dict[str, Any]:
    """What a pattern may name; ``c`` is a comma once an index has two digits, so that w_{1,11} is not w_{11,1}."""
    index = (*quantity.index, 0, 0, 0, 0)
    l, j, i, n = index[:4]  # noqa: E741
    rest, single, shallow = net.deepest - l, net.outputs == 1, net.deepest <= 2 and net.whole
    return {"l": l, "p": l - 1, "j": j, "i": i, "n": n, "l0": l - 1, "j0": j - 1, "i0": i - 1,
            "L": "L" if rest == 0 else f"L-{rest}", "M": f"L-{rest + 1}", "c": "," if net.widest > 9 else "",
            "o": "" if single else j, "o0": "" if single else j - 1,
            "h": "" if shallow else l, "h0": "" if shallow else l - 1, "k": "" if shallow else ","}  # fmt: skip
