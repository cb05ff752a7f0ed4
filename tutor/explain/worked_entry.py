"""One entry of an array worked out with its numbers: the −52 of a convolution as its sum of nine products.

The rows that evaluate a step evaluate one entry of it here, with what is printed kept beside each value; so what a reader sees is what
was computed, term by term.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice
from math import prod
from typing import Any, NamedTuple

from tutor.errors import TutorError
from tutor.expression.elsewhere import split_component
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import (
    ONE,
    Add,
    Call,
    Div,
    Expr,
    Mul,
    Name,
    Neg,
    Number,
    Partial,
    Pow,
    children,
    drop_zero_sign,
    rebuild,
)
from tutor.expression.walk import size
from tutor.graph.entries import Array, Entries, places
from tutor.graph.shapes import Shape
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.printed import as_printed
from tutor.numbers.run import compute
from tutor.numbers.run_arrays import Numbers
from tutor.rules.operations import BY_PLACE, SLIDING

MOST_TERMS = 12
"""Of a longer sum the first terms and the last are shown, with dots between."""
FIRST_TERMS = 4
MOST_NUMBERS = 36
"""With more numbers than these in it, an entry has a function by its values where it is taken of what is computed."""
MOST_ENTRIES = 20_000
"""Of arrays of up to so many entries one is worked out."""
MOST_TRIED = 50
"""So many entries are looked at for one that was moved, or for one whose window is whole."""


class WrittenNumber(NamedTuple):
    """A value, and the arithmetic that is shown for it."""

    shown: Expr
    value: Value


class WrittenNumbers:
    """The algebra of numbers that are written down as they are computed with; nothing is left out, so that every term can be found.

    ``closed`` are the functions that stand as their values, each of them throughout; ``composed`` gathers those of more than a number.
    """

    def __init__(self, digits: int, fractions: bool | None = None, *, closed: Collection[str] = ()) -> None:
        self.print = partial(as_printed, digits=digits, fractions=fractions)
        self.closed = closed
        self.composed: set[str] = set()
        self.numbers = Numbers()
        self.written: dict[Number, WrittenNumber] = {}

    def print_value(self, value: Value) -> WrittenNumber:
        """A value, as it is printed."""
        return WrittenNumber(self.print(value), value)

    def number(self, value: Number) -> WrittenNumber:
        """A written number; one and the same each time, by which a zero that stands for what lies outside is known."""
        return self.written.setdefault(value, WrittenNumber(value, self.numbers.number(value)))

    def add(self, terms: Sequence[WrittenNumber]) -> WrittenNumber:
        """A sum; a sum in it is none of its own."""
        shown = [part for term in terms for part in (term.shown.args if type(term.shown) is Add else (term.shown,))]
        shown[0] = drop_zero_sign(shown[0])
        return WrittenNumber(Add(tuple(shown)) if len(shown) > 1 else shown[0], self.numbers.add([term.value for term in terms]))

    def multiply(self, factors: Sequence[WrittenNumber]) -> WrittenNumber:
        """A product."""
        shown = [part for factor in factors for part in (factor.shown.args if type(factor.shown) is Mul else (factor.shown,))]
        return WrittenNumber(Mul(tuple(shown)) if len(shown) > 1 else shown[0], self.numbers.multiply([factor.value for factor in factors]))

    def negate(self, value: WrittenNumber) -> WrittenNumber:
        """The opposite."""
        return WrittenNumber(value.shown.arg if type(value.shown) is Neg else Neg(value.shown), self.numbers.negate(value.value))

    def divide(self, a: WrittenNumber, b: WrittenNumber) -> WrittenNumber:
        """A quotient."""
        return WrittenNumber(Div(a.shown, b.shown), self.numbers.divide(a.value, b.value))

    def power(self, a: WrittenNumber, b: WrittenNumber) -> WrittenNumber:
        """A power."""
        return WrittenNumber(Pow(a.shown, b.shown), self.numbers.power(a.value, b.value))

    def call(self, func: str, args: Sequence[WrittenNumber]) -> WrittenNumber:
        """A function of numbers: a softmax as its exponentials, a slope and a choice by their value."""
        value = self.numbers.call(func, [arg.value for arg in args])
        component = split_component(func)
        family = component[0] if component else func
        if family in self.closed:
            return self.print_value(value)
        if component or func == "lse" or any(type(arg.shown) is not Number for arg in args):
            self.composed.add(family)
        if func.startswith("softmax_"):
            raised = [Call("exp", (arg.shown,)) for arg in args]
            return WrittenNumber(Div(raised[int(func.rpartition("_")[2]) - 1], Add(tuple(raised))), value)
        if func == "lse":
            return WrittenNumber(Call("log", (Add(tuple(Call("exp", (arg.shown,)) for arg in args)),)), value)
        if func.endswith("'") or func in _BY_VALUE:
            return self.print_value(value)
        return WrittenNumber(Call(func, tuple(drop_zero_sign(arg.shown) for arg in args)), value)


_BY_VALUE = frozenset({"max_share", "min_share", "if_positive"})


class NamedNumbers(WrittenNumbers):
    """The same with entries by their names, for what moves entries to other places: ``X_{21}``, not its number; a factor 1 is left out."""

    def __init__(self, digits: int, fractions: bool | None = None) -> None:
        super().__init__(digits, fractions)
        self.named: dict[Expr, Value] = {}

    def name_entry(self, array: Expr, place: Sequence[int], value: Value) -> WrittenNumber:
        """An entry of an array."""
        shown = Call("at", (array, *(Number(str(i)) for i in place))) if place else array
        self.named[shown] = value
        return WrittenNumber(shown, value)

    def put_in(self, expr: Expr) -> Expr:
        """The numbers in place of the names."""
        if expr in self.named:
            return self.print(self.named[expr])
        parts = children(expr)
        return rebuild(expr, tuple(map(self.put_in, parts))) if parts else expr

    def multiply(self, factors: Sequence[WrittenNumber]) -> WrittenNumber:
        """A product."""
        return super().multiply([factor for factor in factors if factor.shown != ONE] or factors[:1])

    def call(self, func: str, args: Sequence[WrittenNumber]) -> WrittenNumber:
        """A function of numbers; a slope by its name, and by its value where the numbers stand."""
        found = super().call(func, args)
        if not func.endswith("'") or all(type(arg.shown) is Number for arg in args):
            return found
        shown = Call(func, tuple(arg.shown for arg in args))
        self.named[shown] = found.value
        return WrittenNumber(shown, found.value)


class WorkedEntry(NamedTuple):
    """One entry: its place (empty for a single number), the arithmetic with numbers, and what comes out."""

    place: tuple[int, ...]
    shown: Expr
    value: Value


def work_out_entry(
    expr: Expr, result: Array[Value], known: Mapping[str, Array[Value]], shapes: Mapping[str, Shape], digits: int,
    *, fractions: bool | None = None,
) -> WorkedEntry | None:
    """The first entry of ``result`` that is not 0, as ``expr`` makes it from ``known``; nothing where there is nothing to compute.

    Where a kernel slides, it is the first with the most products: a corner, whose window is half outside, shows little of it.  And where
    the first would not come out as it stands there, 1.00000 − 1 = 2.8×10⁻⁴⁴, or has terms that add nothing, it is one that tells more.

    >>> from fractions import Fraction
    >>> from tutor.expression.plain import write_plain
    >>> known = {"W": Array((1, 2), (Fraction(2), Fraction(3))), "x": Array((2,), (Fraction(5), Fraction(-1)))}
    >>> found = work_out_entry(Call("matmul", (Name("W"), Name("x"))), Array((1,), (Fraction(7),)), known, {"W": (1, 2), "x": (2,)}, 6)
    >>> found.place, write_plain(found.shown)
    ((1,), '2*5 + 3*(-1)')
    """
    used = [known[name] for name in _find_arrays(expr) if name in known]
    if any(prod(array.shape) > MOST_ENTRIES for array in (result, *used)):
        return None
    nonzero = (place for place, item in zip(places(result.shape), result.items, strict=True) if item != 0)
    first = next(nonzero, (1,) * len(result.shape))

    composed: set[str] = set()

    def write(place: tuple[int, ...], closed: Collection[str] = ()) -> WrittenNumber:
        algebra = WrittenNumbers(digits, fractions, closed=closed)
        figures: dict[str, Any] = {name: _Printed(known[name], algebra) for name in _find_arrays(expr) if name in known}
        found: WrittenNumber = Entries(figures, algebra).entry(expr, place, shapes)
        composed.update(algebra.composed)
        return found

    sliding = _has_sliding_kernel(expr)
    tried = [first, *(islice(nonzero, MOST_TRIED) if sliding else ())]
    written = [write(place) for place in tried]
    if result.shape and not sliding and any(_count_flaws(written[0])):
        tried += islice(nonzero, MOST_TRIED)
        written += map(write, tried[1:])
        best = min(range(len(tried)), key=lambda number: (_count_flaws(written[number]), number))
    else:
        best = max(range(len(tried)), key=lambda number: (size(written[number].shown), -number))
    place, found = tried[best], written[best]
    shown = shorten_sums(found.shown)
    if _count_numbers(shown) > MOST_NUMBERS:
        shown = shorten_sums(write(place, composed).shown)
    plain = shown.arg if type(shown) is Neg else shown
    return WorkedEntry(place, shown, found.value) if children(plain) else None


def find_moved_entry(
    expr: Expr, result: Array[Value], known: Mapping[str, Array[Value]], shapes: Mapping[str, Shape], digits: int,
    *, fractions: bool | None = None,
) -> MovedEntry | None:
    """An entry of what an operation has moved, by the names of those that it comes from; nothing where ``expr`` moves none.

    It is the first that is not 0 and comes from another place.

    >>> from fractions import Fraction
    >>> from tutor.expression.plain import write_plain
    >>> known = {"X": Array((2, 2), (Fraction(2), Fraction(3), Fraction(5), Fraction(7)))}
    >>> found = find_moved_entry(Call("flatten", (Name("X"),)), Array((4,), known["X"].items), known, {"X": (2, 2)}, 6)
    >>> found.place, write_plain(found.shown), write_plain(found.numbers)
    ((3,), 'at(X, 2, 1)', '5')
    """
    used = [known[key] for key in _name_arrays(expr) if key in known]
    if not result.shape or not _moves(expr) or any(prod(array.shape) > MOST_ENTRIES for array in (result, *used)):
        return None
    algebra = NamedNumbers(digits, fractions)
    figures: dict[str, Any] = {key: _NamedArray(known[key], own, algebra) for key, own in _name_arrays(expr).items() if key in known}
    entries = Entries(figures, algebra)
    there = (place for place, item in zip(places(result.shape), result.items, strict=True) if item != 0)
    for place in islice(there, MOST_TRIED):
        found: WrittenNumber = entries.entry(expr, place, shapes)
        if place[-1] not in _list_last_indices(found.shown):
            named = _list_last_indices(found.shown)
            shown = shorten_sums(found.shown) if named else algebra.print(found.value)  # 1 − 0 says nothing
            return MovedEntry(place, shown, algebra.put_in(shown), found.value)
    return None


def _count_flaws(written: WrittenNumber) -> tuple[bool, int]:
    """Whether what is shown does not give what comes out, and how many of its terms and numbers are nothing beside others."""
    value = as_real(written.value)
    try:
        lost = abs(as_real(compute(written.shown, {})) - value) > _SEEN * abs(value)
        idle = sum(map(_count_idle, (_list_numbers(written.shown), *(part.args for part in _list_sums(written.shown)))))
    except TutorError:  # the logarithm of what is rounded to 0
        return True, 0
    return bool(lost), idle


_SEEN, _NOTHING = as_real(Fraction(1, 1000)), as_real(Fraction(1, 10**12))
"""How far off, of itself, a result may come out; and what is nothing beside a number."""


def _count_idle(parts: Sequence[Expr]) -> int:
    sizes = [abs(as_real(compute(part, {}))) for part in parts]
    return sum(0 < size < _NOTHING * max(sizes) for size in sizes)


def _list_numbers(expr: Expr) -> list[Expr]:
    return [expr] if type(expr) is Number else [number for part in children(expr) for number in _list_numbers(part)]


def _list_sums(expr: Expr) -> list[Add]:
    inner = [found for part in children(expr) for found in _list_sums(part)]
    return [expr, *inner] if type(expr) is Add else inner


def _moves(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func in BY_PLACE) or any(map(_moves, children(expr)))


def _has_sliding_kernel(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func in SLIDING) or any(map(_has_sliding_kernel, children(expr)))


def _count_numbers(expr: Expr) -> int:
    return len(_list_numbers(expr))


def _list_last_indices(expr: Expr) -> list[int]:
    """The last index of each entry in an expression, but for those that only say where a slope is taken."""
    if type(expr) is Call and expr.func.endswith("'"):
        return []
    if type(expr) is Call and expr.func == "at" and type(last := expr.args[-1]) is Number:
        return [int(last.text)]
    return [index for part in children(expr) for index in _list_last_indices(part)]


def _find_arrays(expr: Expr) -> list[str]:
    return [*_name_arrays(expr)]


def _name_arrays(expr: Expr) -> dict[str, Expr]:
    """The arrays of an expression by their keys."""
    if type(expr) is Name:
        return {expr.name: expr}
    if type(expr) is Partial:
        return {derivative_key(expr.of, expr.wrt): expr}
    return {key: own for part in children(expr) for key, own in _name_arrays(part).items()}


class MovedEntry(NamedTuple):
    """One entry of what was moved: its place, how it is made of entries by their names, the same with numbers, and what comes out."""

    place: tuple[int, ...]
    shown: Expr
    numbers: Expr
    value: Value


class _Printed:
    """An array whose entries are printed when they are asked for."""

    def __init__(self, array: Array[Value], algebra: WrittenNumbers) -> None:
        self.array, self.algebra, self.shape = array, algebra, array.shape

    def pick_entry(self, index: Sequence[int]) -> WrittenNumber | None:
        """The entry at an index that counts from 1, or None outside."""
        value = self.array.pick_entry(index)
        return None if value is None else self.algebra.print_value(value)

    @property
    def items(self) -> tuple[WrittenNumber, ...]:
        """The only entry of a single number."""
        return tuple(self.algebra.print_value(value) for value in self.array.items)


class _NamedArray(_Printed):
    """An array whose entries are named."""

    algebra: NamedNumbers

    def __init__(self, array: Array[Value], own: Expr, algebra: NamedNumbers) -> None:
        super().__init__(array, algebra)
        self.own = own

    def pick_entry(self, index: Sequence[int]) -> WrittenNumber | None:
        """The entry at an index that counts from 1, or None outside."""
        value = self.array.pick_entry(index)
        return None if value is None else self.algebra.name_entry(self.own, index, value)

    @property
    def items(self) -> tuple[WrittenNumber, ...]:
        """The only entry of a single number."""
        return tuple(self.algebra.name_entry(self.own, (), value) for value in self.array.items)


def shorten_sums(expr: Expr) -> Expr:
    """The expression with dots in sums of very many terms.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(shorten_sums(Add(tuple(Number(str(i)) for i in range(1, 14)))))
    '1 + 2 + 3 + 4 + dots + 13'
    """
    parts = tuple(shorten_sums(part) for part in children(expr))
    if type(expr) is Add and len(parts) > MOST_TERMS:
        return Add((*parts[:FIRST_TERMS], Call("dots", ()), parts[-1]))
    return rebuild(expr, parts) if parts else expr
