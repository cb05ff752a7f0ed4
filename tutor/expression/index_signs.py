r"""Signs of formulas over arrays: sums and maxima over letters, vectors of ones, convolutions.

A sum is ``Σ_v``, ``\\sum_{v=1}^{n}``, ``Σ_(v=1..n)``; how far it runs is seldom written, the arrays in it tell.  A maximum is written
in the same way: ``max_a,b``, ``\\max_{a=1}^{2}``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tutor.expression.computed_index import read_computed
from tutor.expression.letters import SUB
from tutor.expression.named_operations import read_each
from tutor.expression.nodes import Call, Expr, Name, Number
from tutor.expression.signs import INDICATOR, OF_SIZES
from tutor.expression.tokens import Named, Token
from tutor.late_patterns import compile_late

FROM_0 = "from_0"
"""Marks that the letter of a sum counts from 0, and with it the indices that it computes."""
KRONECKER = compile_late(
    r"(?:\\delta(?![A-Za-z])|δ)\s?(?:_\s?(?:\{\s?([a-z])\s?,?\s?([a-z])\s?\}|([a-z]),?([a-z])(?![A-Za-z0-9_]))|([ᵢⱼₖₗₘₙᵤᵥ])([ᵢⱼₖₗₘₙᵤᵥ]))"
)
"""δ_jk, 1 where two indices are equal, in an exercise that calls nothing δ."""
_POWER = compile_late(r"\^\s?\{\s?(?:\\(?:odot|circ)(?![A-Za-z])|[⊙∘])\s?(?P<power>[0-9]{1,2})\s?\}")
"""A power of each entry, a^{\\odot 2}, which every power of an array is."""
SMALL = "ᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓₐ"
LOWERED = SMALL + "₁₂₃₄₅₆₇₈₉"
"""Letters and digits of an index in small type."""
_BELOW = compile_late(
    rf"_\s?(?:\{{(?P<braced>[0-9A-Za-z+\-−·*, ]{{1,60}})\}}|(?P<plain>[A-Za-z]{{1,4}}(?![A-Za-z0-9_])|[1-9]))"
    rf"|(?P<small>[{LOWERED}](?:[{LOWERED}₊₋,]{{0,10}}[{LOWERED}])?)"
)
_APART = compile_late(r"(?<=[A-Za-z])(?=[0-9])|(?<=(?<![0-9])1)(?=[A-Za-z])")
"""Between the parts of i1 and of 1j, which are two indices."""
_INSIDE = compile_late(r"\s?(?P<open>[\[(])(?P<index>[0-9A-Za-z+\-−·* ]{1,40}(?:,\s?[0-9A-Za-z+\-−·* ]{1,40}){0,4})[\])]")
KEYWORD = compile_late(r"(?:axis|dim|keepdims?)\s?\Z")
_LOWERED_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SIZES = rf"(?:(?P<below>[₀-₉]+)|\s?_\s?(?:(?P<count>[0-9]+)|\{{\s?(?P<braced>[0-9]+)\s?\}}|\w\b|\{{{OF_SIZES}\}}|\({OF_SIZES}\)))?"
ONES = compile_late(rf"(?:\\(?:mathbf|mathbb|mathds|vec)\s?\{{\s?([01])\s?\}}|\\(?:mathbb|mathbf|mathds)\s?([01])|[𝟙𝟏]|𝟎){_SIZES}")
"""A vector of ones, or of zeros."""
_RUNS = r"[A-Za-z](?:\s?,\s?[A-Za-z]){0,3}(?:\s?=\s?[-−]?[0-9]{1,2})?"
_LOWER_LETTER = "[ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]"
SUM = compile_late(
    rf"(?:(?P<largest>\\max(?![A-Za-z])|max(?=\s?_|{_LOWER_LETTER}))|\\sum(?![A-Za-z])|[Σ∑]|sum(?=\s?_))(?:\s?\\limits(?![A-Za-z]))?\s?"
    rf"(?:_\s?(?:\{{\s?(?P<braced>{_RUNS})\s?\}}|(?P<letter>[A-Za-z](?:,[A-Za-z]){{0,3}})(?![A-Za-z0-9_]))"
    rf"|_\s?\(\s?(?P<bracketed>{_RUNS})(?:\s?\.\.\s?(?P<to>[A-Za-z0-9]+(?:\s?-\s?1)?))?\s?\)|(?P<lower>{_LOWER_LETTER}))"
    r"(?:\s?\^\s?(?:\{\s?(?P<last>[A-Za-z0-9]+(?:\s?[-−]\s?1)?)\s?\}|(?P<one>[A-Za-z0-9])))?"
)
"""A sum or a maximum over letters: Σ_v, \\sum_{v=1}^{n}, Σ_(v=1..n), max_a,b."""
_LOWER = {shown: plain for plain, shown in SUB.items()}


_SLIDING = compile_late(r"(?P<convolve>∗|\\ast(?![A-Za-z]))|(?P<correlate>⋆|\\star(?![A-Za-z]))")
"""The signs of convolution and correlation, where an exercise has them; elsewhere ∗ is a product."""
_EACH = r"[0-9]{1,3}(?:\s?(?:×|\\times)\s?[0-9]{1,3}){0,2}"
"""A number for all axes, or one for each, 2×1."""
_MARK = rf"(?:full|\\(?:mathrm|text)\s?\{{full\}}|[sdpg]\s?=\s?{_EACH})"
_LISTED = rf"{_MARK}(?:\s?,\s?{_MARK}){{0,3}}"
_MARKS = compile_late(rf"\s?(?:\[\s?(?P<text>{_LISTED})\s?\]|_\s?\{{\s?(?P<latex>{_LISTED})\s?\}})")
"""What is said of one, ``[full, d=2]``, ``_{\\mathrm{full}}``: s is its stride, p its padding, d how far apart the entries of one are,
g how many groups there are; of each axis its own, s=2×1."""
FULL, APART = "full", "apart"
"""Correlation and convolution wherever two arrays meet, and with one whose entries are set apart; how far they go the shapes tell."""


_INDEX = r"(?:[A-Za-z]|[0-9]{1,4})"
EQUAL = compile_late(
    rf"(?:\\(?:mathbf|mathbb|mathds)\s?(?:\{{\s?1\s?\}}|1)|[𝟙𝟏1])\s?(?:\[\s?(?P<one>{_INDEX})\s?=\s?(?P<two>{_INDEX})\s?\]"
    rf"|_\s?\{{\s?(?P<first>{_INDEX})\s?=\s?(?P<second>{_INDEX})\s?\}})"
)
"""1 where two indices are equal, else 0: 1[j = 2], \\mathbf{1}_{j = 2}."""
EQUALS_INSIDE = compile_late(
    rf"[\[{{]\s?{_INDEX}\s?=\s?{_INDEX}\s?[\]}}]|[\[{{](?:{_EACH}\s?,\s?)?{_LISTED}\s?[\]}}]"
)
"""What has an equals sign that relates nothing: the brackets of 1[j = 2], of maxpool[3, s=1] and of ⋆[full, d=2]."""


def read_kronecker(text: str, at: int, end: int) -> tuple[Token | None, int]:
    """The token of δ_jk and how long it is.

    >>> read_kronecker("δ_jk", 0, 4)
    (('a', Call(func='equal', args=(Name(name='j'), Name(name='k')))), 4)
    """
    match = KRONECKER.match(text, at, end)
    if match is None:
        return None, 0
    one, two = (_LOWER.get(part, part) for part in match.groups() if part)
    return ("a", Call("equal", (Name(one), Name(two)))), len(match.group())


def read_index_below(text: str, at: int, end: int) -> tuple[Token | None, int]:
    """The token of an index behind a bracket, (P - Y)_{ij} and (W_2)_jv, and how long it is.

    >>> read_index_below("_{ij} x", 0, 7), read_index_below("ⱼ₁", 0, 2)
    ((('I', (Name(name='i'), Name(name='j'))), 5), (('I', (Name(name='j'), Number(text='1'))), 2))
    """
    match = _BELOW.match(text, at, end)
    lowered = (match["small"] or "") if match is not None else ""
    small = ("" if set(lowered) & {*"₊₋,"} else ",").join(map(_LOWER.__getitem__, lowered))  # i,j+4 or i and j
    written = (match["braced"] or match["plain"] or small).replace(" ", "").replace("−", "-") if match is not None else ""
    parts = read_computed(_APART.sub(",", written)) if match is not None else None
    return (None, 0) if parts is None or match is None else (("I", parts), len(match.group()))


def read_index_inside(text: str, at: int, axes: int) -> tuple[tuple[Expr, ...], int] | None:
    """The index behind an array as programs write it, K[m, n] and X(i + m, j + n), for each of the ``axes``, and how long it is; nothing
    where no letter stands in it.

    >>> read_index_inside("K[m, 1]", 1, 2)
    ((Name(name='m'), Number(text='1')), 6)
    """
    match = _INSIDE.match(text, at)
    if match is None or (match["open"] == "(" and axes < 2):
        return None
    parts = read_computed(match["index"].replace(" ", "").replace("−", "-"))
    alone = match["index"].count(",") + 1 == axes == len(parts or ())
    return (parts, len(match.group())) if parts and alone and any(type(part) is not Number for part in parts) else None


def read_sliding(text: str, at: int, end: int, used: Collection[str]) -> tuple[Token | None, int]:
    """The token of a convolution or a correlation, where an exercise uses one of them, and how long it is.

    >>> read_sliding("∗ k", 0, 3, {"convolve"}), read_sliding("⋆[full] k", 0, 9, {"convolve"})
    ((('@', 'convolve'), 1), (('@', Named(func='correlate full', settings=(Number(text='1'), Number(text='0')))), 7))
    """
    match = _SLIDING.match(text, at, end) if {"convolve", "correlate"} & set(used) else None
    if match is None:
        return None, 0
    func = str(match.lastgroup)
    marks = _MARKS.match(text, match.end(), end)
    if marks is None:
        return ("@", func), match.end() - at
    parts = (marks["text"] or marks["latex"]).replace(" ", "").split(",")
    said = {name if value else FULL: value for name, _, value in (part.partition("=") for part in parts)}
    if each := read_each([said.get(name, usual) for name, usual in zip("spd", "101", strict=True)]):  # of each axis its own
        return ("@", Named(func, (*each, *([Number(said["g"])] if "g" in said else [])))), marks.end() - at
    if FULL not in said and ("g" in said or {"s", "d"} <= said.keys()):  # a layer, with its kernels set apart, or in groups
        settings = tuple(Number(said.get(name, usual)) for name, usual in zip("spdg"[: 4 if "g" in said else 3], "1011", strict=False))
        return ("@", Named(func, settings)), marks.end() - at
    kind = FULL if FULL in said else APART if "d" in said else ""
    apart = said.get("d", said.get("s", "1"))
    return ("@", Named(f"{func} {kind}".strip(), (Number(apart), Number(said.get("p", "0"))))), marks.end() - at


def read_sign(text: str, at: int, end: int) -> tuple[Token | None, int]:
    """The token of a sum, of a maximum, of 1[j = 2] or of a vector of ones that stands at a place, and how long it is.

    No token and a length for a sum that cannot be read, the length 0 where none stands.

    >>> read_sign("Σ_v w", 0, 5)
    (('S', ('sum_over', ('v',), None, 0)), 3)
    """
    if (match := SUM.match(text, at, end)) is not None:
        return read_sum(match), len(match.group())
    if (match := _POWER.match(text, at, end)) is not None:
        return ("s", Number(match["power"])), len(match.group())
    if (match := EQUAL.match(text, at, end)) is not None:
        index = (match["one"] or match["first"], match["two"] or match["second"])
        return ("a", Call("equal", tuple(Number(part) if part.isdigit() else Name(part) for part in index))), len(match.group())
    if (match := ONES.match(text, at, end)) is not None and not INDICATOR.match(text, at, end):
        return read_ones(match), len(match.group())
    return None, 0


def read_sum(match: re.Match[str]) -> Token | None:
    """The token of a sum or a maximum: which, its letters, and their last value where that is written; nothing for what cannot be read.

    Behind them stands by how much the letters begin later than at 1.  Where they count from 0 the last value is
    ``from_0(n)``, of so many values, or ``from_0()`` where it is not written.

    >>> read_sum(SUM.match("Σ_(v=1..3)"))
    ('S', ('sum_over', ('v',), Number(text='3'), 0))
    """
    runs = match["braced"] or match["bracketed"] or match["letter"] or _LOWER[match["lower"]]
    letters, _, first = runs.replace(" ", "").partition("=")
    last = (match["last"] or match["to"] or match["one"] or "").replace(" ", "").replace("−", "-")
    if first == "0" and last:  # up to n - 1, or to a number
        last = last.removesuffix("-1") if last.endswith("-1") else str(int(last) + 1) if last.isdigit() else f"{last}+1"
    if last and not last.isalnum():
        return None
    first = first.replace("−", "-")
    if first not in ("", "0", "1"):
        count = int(last) - int(first) + 1 if last.isdigit() else 0
        func = "max_over" if match["largest"] else "sum_over"
        return ("S", (func, tuple(letters.split(",")), Number(str(count)), int(first) - 1)) if count > 0 else None
    until: Expr | None = None if not last else Number(last) if last.isdigit() else Name(last)
    if first == "0":
        until = Call(FROM_0, () if until is None else (until,))
    return ("S", ("max_over" if match["largest"] else "sum_over", tuple(letters.split(",")), until, 0))


def read_ones(match: re.Match[str]) -> Token:
    """The token of 𝟏, a vector of ones, or of 𝟎; how long it is stands below it, or follows from where it stands.

    >>> read_ones(ONES.match("𝟏")), ONES.match("𝟏₃ᵀ").group(), ONES.match(r"\\mathbf{1}_{m \\times n}").end()
    (('a', Call(func='ones', args=())), '𝟏₃', 23)
    >>> read_ones(ONES.match("𝟏₃ᵀ"))
    ('a', Call(func='ones', args=(Number(text='3'),)))
    """
    zero = "𝟎" in match.group() or "0" in (match[1], match[2])
    size = (match["below"] or match["count"] or match["braced"] or "").translate(_LOWERED_DIGITS)
    return ("a", Call("zeros" if zero else "ones", (Number(size),) if size else ()))
