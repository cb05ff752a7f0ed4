"""Repetition: steps that are written once with an index, ``h[t] = tanh(W x[t] + U h[t-1])``, and stand for one step at each time.

A name with an index in brackets is a *family* of quantities, one at each place: ``h[2]`` is the quantity ``h_2``, ``h[1][2]`` (or
``h[1, 2]``) is ``h_1_2``, and where the time stays a letter ``h[t-1]`` is ``h_tm1``.  What is written out is text again, steps as anybody
may write them, and whoever reads steps reads these.  A name without an index is one quantity that all times share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from typing import TypeAlias

from tutor.errors import GraphError, hint_near
from tutor.text import make_visible

MOST_STEPS = 4_000
"""So many steps a repetition is written out to at most."""
MOST_TERMS = 1_000


@dataclass(frozen=True, slots=True)
class Moved:
    """A place counted from a letter: t − 1 is ``Moved("t", -1)``."""

    letter: str
    by: int = 0

    def __str__(self) -> str:
        return f"{self.letter}{self.by:+d}" if self.by else self.letter


Place: TypeAlias = int | Moved
Env: TypeAlias = Mapping[str, Place]
"""What each index stands for."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps that are repeated: the indices, from where to where each of them runs, the first one outermost, and the steps as written.

    An end is a number, or a letter that is left open (``T``).  ``truncate`` is how many steps of the innermost index a gradient goes
    back at most; 0 is all of them.
    """

    indices: tuple[str, ...]
    first: tuple[int, ...]
    last: tuple[int | str, ...]
    steps: tuple[str, ...]
    truncate: int = 0

    @property
    def count(self) -> int:
        """How many steps it is written out to, where all ends are numbers."""
        return len(self.steps) * prod(
            max(end - start + 1, 0) for start, end in zip(self.first, self.last, strict=True) if isinstance(end, int)
        )

    def list_places(self) -> Iterator[dict[str, Place]]:
        """What the indices stand for, one time after the other."""
        spans = [range(start, int(end) + 1) for start, end in zip(self.first, self.last, strict=True)]
        for values in product(*spans):
            yield dict(zip(self.indices, values, strict=True))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of ``size`` times in which gradients flow back, and from none into the one before it: truncated backpropagation.

    They are counted from the time ``first``, so that the last block may be shorter; or, ``from_end``, from the last time.

    Source: BPTT(h; h) of Williams and Peng, Neural Computation 2 (1990); the detached state of each block in PyTorch and in CS231n's
    min-char-rnn.  Of a loss at the end alone it is the sum of Dive into Deep Learning, 9.7, ended after ``size`` terms.
    """

    size: int
    first: int = 1
    from_end: bool = False

    def number(self, time: int, last: int) -> int:
        """Which block a time is in.

        >>> [Blocks(2).number(time, 5) for time in range(1, 6)], [Blocks(2, from_end=True).number(time, 5) for time in range(1, 6)]
        ([0, 0, 1, 1, 2], [-2, -1, -1, 0, 0])
        """
        return -((last - time) // self.size) if self.from_end else (time - self.first) // self.size

    def is_last(self, time: int, last: int) -> bool:
        """Whether a time is the last one of its block."""
        return time == last or self.number(time, last) != self.number(time + 1, last)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name with an index, as it stands in a text: from where to where, its name, what stands in the brackets, what follows them."""

    start: int
    end: int
    name: str
    slots: tuple[str, ...]
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """Where one quantity of a family stands: the family, its places before and behind the time, the time."""

    family: str
    before: tuple[Place, ...]
    time: int
    after: tuple[Place, ...] = ()

    @property
    def base(self) -> tuple[str, tuple[Place, ...], tuple[Place, ...]]:
        """What the quantities of all times have in common."""
        return self.family, self.before, self.after

    def spell(self, place: Place) -> str:
        """The name at another time."""
        return spell(self.family, (*self.before, place, *self.after))


_WORD = re.compile(r"(?<![\w.\\])[^\W\d_](?:\w*[^\W_])?")
_GROUP = re.compile(r"\s?\[(?P<in>[^\[\]]*)\]|_\{(?P<under>[^{}]*)\}")
_TERM = re.compile(r"\s*(?P<sign>[+-]?)\s*(?:(?P<number>\d{1,9})|(?P<name>[^\W\d_]\w*))\s*")
_RANGE = re.compile(r"\s*(?P<index>[^\W\d_]\w*)\s*(?:=\s*(?P<low>[^=]+?)\s*\.\.\s*(?P<high>[^=]+?)\s*)?")
_SUMS = re.compile(r"(?<![\w.\\])(?P<how>sum|mean|prod)\s?\(")


def spell(name: str, places: Sequence[Place]) -> str:
    """The name of one quantity of a family.

    >>> spell("h", (2,)), spell("h", (1, Moved("t", -1)))
    ('h_2', 'h_1_tm1')
    """
    return "_".join([name, *map(_spell_place, places)])


def _spell_place(place: Place) -> str:
    if isinstance(place, int):
        return str(place)
    return place.letter + (f"{'m' if place.by < 0 else 'p'}{abs(place.by)}" if place.by else "")


def read_place(text: str, env: Env) -> Place | None:
    """A place as it is written, ``t-1``; nothing for what is no sum of numbers and of letters that ``env`` has.

    >>> read_place("t - 1", {"t": 3}), read_place("t-1", {"t": Moved("t")}), read_place("0:2", {"t": 3})
    (2, Moved(letter='t', by=-1), None)
    """
    at, total, letter = 0, 0, ""
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None or (at and not match["sign"]):
            return None
        sign = -1 if match["sign"] == "-" else 1
        term: Place | None = int(match["number"]) if match["number"] else env.get(match["name"])
        if term is None:
            return None
        if isinstance(term, Moved):
            if letter or sign < 0:
                return None
            letter, term = term.letter, term.by
        total += sign * term
        at = match.end()
    if not text.strip():
        return None
    return Moved(letter, total) if letter else total


def list_occurrences(text: str, indices: Sequence[str] = ()) -> Iterator[Occurrence]:
    """The names with something in brackets behind them, ``h[t-1]``, and those with an index below, ``h_{t-1}`` and ``h_t``.

    >>> [(one.name, one.slots) for one in list_occurrences("W x_t + U h[t-1][2] + b", ("t",))]
    [('x', ('t',)), ('h', ('t-1', '2'))]
    """
    for match in _WORD.finditer(text):
        name, end = match.group(), match.end()
        slots: list[str] = []
        groups: list[int] = []
        while len(parts := name.split("_")) > 1 and parts[-1] in indices:
            name = "_".join(parts[:-1])
            slots.insert(0, parts[-1])
            groups.insert(0, end)
        while (group := _GROUP.match(text, end)) is not None:
            if group["under"] is not None and not any(
                re.search(rf"(?<!\w){re.escape(i)}(?!\w)", group["under"]) for i in indices
            ):
                break
            end = group.end()
            inner = (group["in"] if group["in"] is not None else group["under"]).split(",")
            slots += inner
            groups += [end] * len(inner)
        if slots:
            yield Occurrence(match.start(), end, name, tuple(slots), tuple(groups))


def find_families(repeats: Sequence[Repeat], around: Sequence[str] = ()) -> dict[str, int]:
    """The families of some repetitions, each with how many indices it has; also those that stand in sums ``around`` them only.

    >>> find_families([Repeat(("t",), (1,), (3,), ("h[t] = tanh(W x[t] + U h[t-1])", "o[t] = h[t][1]"))], ["L = sum(o[t]*y[t], t)"])
    {'h': 1, 'x': 1, 'o': 1, 'y': 1}
    """
    found: dict[str, int] = {}
    for text, indices in _list_texts(repeats, around):
        env: Env = {index: Moved(index) for index in indices}
        for one in list_occurrences(text, indices):
            read = [read_place(slot, env) for slot in one.slots]
            last = max((at for at, place in enumerate(read) if isinstance(place, Moved)), default=-1)
            if last >= 0 and None not in read[: last + 1]:
                count = last + 1
                if text.partition("=")[0].strip().startswith(one.name) and one.end <= text.find("="):
                    count = len(read)
                found[one.name] = max(found.get(one.name, 0), count)
    return found


def _list_texts(repeats: Sequence[Repeat], around: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every text in which an index may stand, with the indices that mean something there."""
    everything = tuple(dict.fromkeys(index for repeat in repeats for index in repeat.indices))
    for repeat in repeats:
        yield from ((text, repeat.indices) for text in repeat.steps)
    yield from ((text, everything) for text in around if _SUMS.search(text))


def find_slots(repeats: Sequence[Repeat], around: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """The index of each place of the families: the letter that stands there, empty where only numbers do.

    >>> find_slots([Repeat(("l", "t"), (1, 1), (2, 3), ("h[l][t] = w[l]*h[l][t-1]",))])
    {'h': ('l', 't'), 'w': ('l',)}
    """
    found = {name: [""] * count for name, count in find_families(repeats, around).items()}
    for text, indices in _list_texts(repeats, around):
        env: Env = {index: Moved(index) for index in indices}
        for one in list_occurrences(text, indices):
            for at, slot in enumerate(one.slots[: len(found.get(one.name, ()))]):
                place = read_place(slot, env)
                if isinstance(place, Moved):
                    found[one.name][at] = place.letter
    return {name: tuple(letters) for name, letters in found.items()}


@dataclass(frozen=True, slots=True)
class IndexWriter:
    """Writes texts out: ``families`` with their numbers of indices, and from where to where each index runs (for sums over it).

    ``made`` collects every quantity of a family that was written, by its name.
    """

    families: Mapping[str, int]
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    indices: tuple[str, ...] = ()
    made: dict[str, tuple[str, tuple[Place, ...]]] = field(default_factory=dict)

    def write(self, text: str, env: Env | None = None) -> str:
        """A text with every indexed name and every sum over an index written out.

        Raises `GraphError` for an index that means nothing there.

        >>> IndexWriter({"L": 1, "h": 1}, {"t": (1, 3)}, ("t",)).write("L = sum(L[t], t) + h[2]")
        'L = (L_1 + L_2 + L_3) + h_2'
        """
        return self._write_names(self._write_sums(text, env or {}), env or {})

    def _write_sums(self, text: str, env: Env) -> str:
        at = 0
        while (match := _SUMS.search(text, at)) is not None:
            end = _find_close(text, match.end())
            parts = split_commas(text[match.end() : end])
            span = _RANGE.fullmatch(parts[-1]) if len(parts) == 2 else None
            if (
                span is None
                or (span["low"] is None and span["index"] not in self.spans)
                or (span["low"] and span["index"] in self.families)
            ):
                at = match.end()
                continue
            whole = text[: match.start()].rstrip()[-1:] in ("", "=") and not text[end + 1 :].strip()
            written = self._write_sum(match["how"], parts[0].strip(), span, env, whole)
            text = text[: match.start()] + written + text[end + 1 :]
            at = match.start() + len(written)
        return text

    def _write_sum(self, how: str, body: str, span: re.Match[str], env: Env, whole: bool) -> str:
        index = span["index"]
        if span["low"] is None:
            low, high = self.spans[index]
        else:
            ends = [read_place(span[end], {**self.ends, **env}) for end in ("low", "high")]
            if not all(isinstance(end, int) for end in ends):
                raise GraphError(
                    f"{make_visible(span.group(), 40)} says no range", hint=f"write {index} or {index}=1..3"
                )
            low, high = (int(str(end)) for end in ends)
        if high - low >= MOST_TERMS:
            raise GraphError(f"a sum of {high - low + 1:,} terms", hint=f"the limit is {MOST_TERMS:,}")
        terms = [self.write(body, {**env, index: place}) for place in range(low, high + 1)]
        if how == "prod":
            return "(" + ")*(".join(terms) + ")" if terms else "1"
        if not terms:
            return "0"
        total = " + ".join(terms)
        if how == "mean":
            return f"({total})/{len(terms)}" if whole else f"(({total})/{len(terms)})"
        return total if whole or (len(terms) == 1 and body.isidentifier()) else f"({total})"

    @property
    def ends(self) -> Env:
        """The capital letters of the indices: T is the last t."""
        return {index.upper(): last for index, (_, last) in self.spans.items()}

    def _write_names(self, text: str, env: Env) -> str:
        out, at = [], 0
        for one in list_occurrences(text, self.indices):
            if one.start < at:
                continue
            rank = self.families.get(one.name)
            if rank is None and one.name[:1] == "d" and one.name[1:] in self.families:  # of a derivative, dL/dh[2]
                one = replace(one, start=one.start + 1, name=one.name[1:])
                rank = self.families[one.name]
            if rank is None:
                continue
            out.append(_put_numbers(text[at : one.start], env) + self._write_name(text, one, rank, env))
            at = one.end
        return "".join(out) + _put_numbers(text[at:], env)

    def _write_name(self, text: str, one: Occurrence, rank: int, env: Env) -> str:
        written = make_visible(text[one.start : one.end], 40)
        if len(one.slots) < rank:
            raise GraphError(
                f"{written} has {len(one.slots)} of {rank} indices", hint=f"such as {one.name}{'[1]' * rank}"
            )
        places: list[Place] = []
        for slot in one.slots[:rank]:
            place = read_place(slot, {**self.ends, **env})
            if place is None:
                outside = next((word for word in re.findall(r"[^\W\d_]\w*", slot) if word in self.indices), "")
                if outside and outside not in env:
                    last = f"{one.name}[{self.spans.get(outside, (1, 1))[1]}]"
                    raise GraphError(
                        f"{written}: the index {outside} belongs to [[repeat]] and means nothing here",
                        hint=f"write one place, {last}, or all of them, sum({written}, {outside})",
                    )
                known = [*env, *self.indices]
                raise GraphError(f"{written}: {make_visible(slot.strip(), 30)} is no place of {one.name}",
                                 hint=hint_near(slot.strip(), known) or "write a number, or an index and a whole number: t-1")  # fmt: skip
            if isinstance(place, int) and place < 0:
                at = ", ".join(f"{name} = {value}" for name, value in env.items())
                raise GraphError(f"{written} is {one.name}[{place}]{' at ' + at if at else ''}, and places count from 0",
                                 hint=f"begin at a later {next(iter(env), 't')} and give {one.name}[0] a value")  # fmt: skip
            places.append(place)
        name = spell(one.name, places)
        self.made.setdefault(name, (one.name, tuple(places)))
        rest = one.slots[rank:]
        if all(slot.strip().isdecimal() for slot in rest):  # an entry, from 1
            return "_".join([name, *(slot.strip() for slot in rest)])
        if one.groups[rank] == one.groups[rank - 1]:  # h[t, 1]: an entry stands in the same bracket
            same = [slot for slot, end in zip(rest, one.groups[rank:], strict=True) if end == one.groups[rank]]
            return f"{name}[{','.join(same)}]" + text[one.groups[rank] : one.end]
        return name + text[one.groups[rank - 1] : one.end]


def _put_numbers(text: str, env: Env) -> str:
    """A text with the numbers of indices that stand in it by themselves: x/t."""
    for index, place in env.items():
        if isinstance(place, int):
            text = re.sub(rf"(?<![\w.\\]){re.escape(index)}(?!\w|\s?[(\[])", str(place), text)
    return text


def _find_close(text: str, at: int) -> int:
    """Where the bracket closes that was opened before ``at``; the end of the text where none does."""
    depth = 1
    for place in range(at, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place
    return len(text)


def split_commas(text: str) -> list[str]:
    """A text at its last comma outside of brackets: the body of a sum, and what it runs over.

    >>> split_commas("f(x, y), t")
    ['f(x, y)', ' t']
    """
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in ")]}") - (text[place] in "([{")
        if text[place] == "," and depth == 0:
            return [text[:place], text[place + 1 :]]
    return [text]


def refuse_future(repeat: Repeat) -> None:
    """Refuse a step that needs what is computed only at a later time.

    >>> refuse_future(Repeat(("t",), (1,), (3,), ("h[t] = tanh(h[t+1])",)))
    Traceback (most recent call last):
    ...
    tutor.errors.GraphError: step 1: h[t] needs h[t+1], which is computed later
      a step may use what is computed before it, such as h[t-1]; run backwards by an index of its own: g[s] = tanh(x[4-s] + g[s-1])
    """
    env: Env = {index: Moved(index) for index in repeat.indices}
    heads = [next(list_occurrences(text.partition("=")[0], repeat.indices), None) for text in repeat.steps]
    computed: dict[str, list[tuple[Place | None, ...]]] = {}
    for head in heads:
        if head is not None:
            computed.setdefault(head.name, []).append(tuple(read_place(slot, env) for slot in head.slots))
    for number, text in enumerate(repeat.steps, 1):
        left, _, right = text.partition("=")
        for one in list_occurrences(right, repeat.indices):
            places = tuple(read_place(slot, env) for slot in one.slots)
            if one.name in computed and not any(_is_not_later(places, made) for made in computed[one.name]):
                late = make_visible(right[one.start : one.end].strip(), 40)
                index = repeat.indices[0]
                end = repeat.last[0]
                mirror = f"{end + 1}-s" if isinstance(end, int) else f"{end}+1-s"
                raise GraphError(
                    f"{make_visible(left.strip(), 40)} needs {late}, which is computed later", where=f"step {number}",
                    hint=f"a step may use what is computed before it, such as {one.name}[{index}-1]; run backwards by an index of its own: "
                    f"g[s] = tanh(x[{mirror}] + g[s-1])",
                )  # fmt: skip


def _is_not_later(used: Sequence[Place | None], made: Sequence[Place | None]) -> bool:
    """Whether no index of what is used is beyond that of what is made."""
    pairs = [
        (u, m)
        for u, m in zip(used, made, strict=False)
        if isinstance(u, Moved) and isinstance(m, Moved) and u.letter == m.letter
    ]
    return all(u.by <= m.by for u, m in pairs) or any(u.by < m.by for u, m in pairs[:1])


def write_out_repeat(repeat: Repeat, writer: IndexWriter, place: Callable[[int, Env], str]) -> Iterator[tuple[str, str]]:
    """The steps of a repetition, one time after the other, each with where it comes from (``place`` of its number and its indices).

    >>> writer = IndexWriter({"h": 1}, {"t": (1, 2)}, ("t",))
    >>> [line for line, _ in write_out_repeat(Repeat(("t",), (1,), (2,), ("h[t] = w h[t-1]",)), writer, lambda number, at: "")]
    ['h_1 = w h_0', 'h_2 = w h_1']
    """
    for env in repeat.list_places():
        for number, text in enumerate(repeat.steps, 1):
            try:
                yield writer.write(text, env), place(number, env)
            except GraphError as error:
                raise error.put_at(place(number, env)) from None
