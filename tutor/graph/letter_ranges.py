"""Letters of index forms where indices are computed: how far each runs, and forms that count from 0.

A letter that is an index by itself, as the a in k_a, runs as far as its axis.  One that is only a part of a computed index, as the a in
X_(2i+a−2), runs as far as it stays inside of the array for all other letters: that is the window of a pooling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tutor.errors import GraphError, tell
from tutor.expression.computed_index import Weights, weigh_letters
from tutor.expression.index_signs import FROM_0
from tutor.expression.nodes import Add, Call, Expr, Name, Neg, Number, children, rebuild
from tutor.expression.sizes import Size

EQUAL = "equal"
"""1 where two indices are equal, else 0."""
LOOPS = ("sum_over", "max_over")
"""What runs over a letter."""


@dataclass(frozen=True, slots=True)
class ComputedIndex:
    """An index that is computed: the weights of its letters, the size of its axis, and what the letters of sums inside add at least and at
    most."""

    weights: Weights
    size: Size
    low: int = 0
    high: int = 0

    def close(self, letter: str, last: Size) -> ComputedIndex:
        """The same outside of the sum over a letter that runs so far."""
        if letter not in self.weights:
            return self
        rest = {name: weight for name, weight in self.weights.items() if name != letter}
        if not isinstance(last, int):
            return ComputedIndex(rest, "", self.low, self.high)
        ends = self.weights[letter], self.weights[letter] * last
        return ComputedIndex(rest, self.size, self.low + min(ends), self.high + max(ends))


@dataclass(slots=True)
class LetterRanges:
    """What is known of letters while a form is read: ``sizes`` are those that an axis tells, ``left`` what the left side does, the
    ``computed`` indices, and how far ``written`` sums say that their letters run, over a part of a longer axis."""

    sizes: dict[str, Size]
    left: Mapping[str, Size] = field(default_factory=dict)
    computed: list[ComputedIndex] = field(default_factory=list)
    written: Mapping[str, int] = field(default_factory=dict)

    def note_size(self, letter: str, size: Size) -> None:
        """Note how far a letter runs.  Raises `GraphError` where another axis says otherwise, and no sum says how far."""
        known = self.sizes.setdefault(letter, size)
        if known == size:
            return
        if isinstance(known, int) and isinstance(size, int) and self.written.get(letter, known + size) <= min(known, size):
            self.sizes[letter] = min(known, size)
            return
        raise GraphError(
            tell("shapes do not fit: the index {letter} runs to {known} at one place and to {size} at another", letter=letter.strip(),
                 known=known, size=size),
            hint=tell("exchange the two indices of one of the matrices"),
        )

    def find_last(self, letter: str) -> int:
        """How far a letter runs that is in computed indices only.  Raises `GraphError` where nothing tells."""
        found = [last for index in self.computed if letter in index.weights and (last := self._find_inside(letter, index)) > 0]
        if not found:
            own = letter.strip()
            raise GraphError(tell("how far the index {letter} runs is not clear", letter=own),
                             hint=tell("write \\sum_{{{own}=1}}^{{3}}", own=own))
        return min(found)

    def _find_inside(self, letter: str, index: ComputedIndex) -> int:
        """The last value of a letter with which an index is inside of its axis, whatever the others are; 0 where there is none."""
        for other in index.weights:
            if other not in ("", letter):
                index = index.close(other, self.sizes.get(other, self.left.get(other, "")))
        own, constant, size = index.weights[letter], index.weights.get("", 0), index.size
        low, high = index.low + constant, index.high + constant
        if not isinstance(size, int) or low + own < 1 or high + own > size:
            return 0
        return (size - high) // own if own > 0 else (low - 1) // -own

    def check_last(self, letter: str, last: int) -> None:
        """Refuse a run that goes farther than any array that the letter is an index of.  Raises `GraphError`."""
        sizes = [index.size for index in self.computed if letter in index.weights]
        most = max((size for size in sizes if isinstance(size, int)), default=0)
        if last > most:
            raise GraphError(tell("shapes do not fit: the index {letter} runs to {last}, and its arrays to {size}", letter=letter.strip(),
                                  last=last, size=most))


def has_computed(expr: Expr) -> bool:
    """Whether an index in a form is computed, or compared: 1[j = 2].

    >>> from tutor.expression.nodes import ONE
    >>> has_computed(Call("at", (Name("x"), Add((Name("j"), ONE)))))
    True
    """
    if type(expr) is Call and expr.func == "at":
        return any(type(part) not in (Name, Number) for part in expr.args[1:])
    return (type(expr) is Call and expr.func == EQUAL) or any(map(has_computed, children(expr)))


def list_free_letters(expr: Expr, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The letters of a form that no sum runs over, in the order in which they are met; one may come several times.

    >>> list(list_free_letters(Call("sum_over", (Name("a"), Call("at", (Name("x"), Add((Name("j"), Name("a")))))))))
    ['j']
    """
    match expr:
        case Call("at", (_, *index)) | Call("equal", index):
            for part in index:
                yield from (letter for letter in weigh_letters(part) or () if letter and letter not in bound)
        case Call(func, (Name(letter), *_, body)) if func in LOOPS:
            yield from list_free_letters(body, bound | {letter})
        case _:
            for part in children(expr):
                yield from list_free_letters(part, bound)


def count_from_1(expr: Expr) -> list[Expr]:
    """The forms that a form with letters from 0 may mean, with all letters from 1: all of its indices count from 0, or those letters only.

    A form without computed indices is the same in both.
    """
    letters = frozenset(_list_from_0(expr))
    if not letters:
        return [expr]
    if not has_computed(expr):
        return [_move_letters(expr, frozenset(), everywhere=False)]
    only = [] if letters & _list_plain(expr) else [_move_letters(expr, letters, everywhere=False)]
    return [_move_letters(expr, letters, everywhere=True), *only]


def _list_from_0(expr: Expr) -> Iterator[str]:
    if type(expr) is Call and expr.func in LOOPS and _is_from_0(expr.args[1]) and type(expr.args[0]) is Name:
        yield expr.args[0].name
    for part in children(expr):
        yield from _list_from_0(part)


def _is_from_0(expr: Expr) -> bool:
    return type(expr) is Call and expr.func == FROM_0


def _list_plain(expr: Expr) -> set[str]:
    """The letters that are an index by themselves."""
    if type(expr) is Call and expr.func == "at":
        return {part.name for part in expr.args[1:] if type(part) is Name}
    return {letter for part in children(expr) for letter in _list_plain(part)}


def _move_letters(expr: Expr, letters: frozenset[str], *, everywhere: bool) -> Expr:
    """The form with letters that count from 1: computed indices with one less for these letters, or for all with one more for the index."""
    match expr:
        case Call("at", (array, *index)):
            return Call("at", (array, *(_move_index(part, letters, everywhere) for part in index)))
        case Call(func, (letter, Call("from_0", last), body)) if func in LOOPS:
            return Call(func, (letter, *last, _move_letters(body, letters, everywhere=everywhere)))
    parts = children(expr)
    return rebuild(expr, tuple(_move_letters(part, letters, everywhere=everywhere) for part in parts)) if parts else expr


def _move_index(part: Expr, letters: frozenset[str], everywhere: bool) -> Expr:
    weights = weigh_letters(part)
    if type(part) is Name or (type(part) is Number and not everywhere) or weights is None:
        return part
    less = sum(weight for letter, weight in weights.items() if letter and (everywhere or letter in letters)) - everywhere
    constant = Number(str(abs(less)))
    return part if not less else Add((part, Neg(constant) if less > 0 else constant))


def name_letters(part: Expr) -> Expr:
    """An index with its letters apart from the names of all quantities.

    >>> name_letters(Name("j"))
    Name(name=' j')
    """
    if type(part) is Name:
        return Name(f" {part.name}")
    parts = children(part)
    return rebuild(part, tuple(map(name_letters, parts))) if parts else part


def weigh_index(part: Expr, size: Size) -> ComputedIndex:
    """An index along an axis of some size, its letters apart from the names of all quantities.

    >>> from tutor.expression.nodes import ONE
    >>> weigh_index(Add((Name("j"), ONE)), 3).weights
    {' j': 1, '': 1}
    """
    return ComputedIndex({f" {letter}" if letter else "": weight for letter, weight in (weigh_letters(part) or {}).items()}, size)
