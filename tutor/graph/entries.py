"""Expressions over whole layers, worked out entry by entry: into numbers, or into formulas (the write-out neuron by neuron).

What is done with the entries is an `Algebra`: the one of formulas is here, the one of numbers in `tutor.numbers.run_arrays`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Generic, Protocol, TypeVar

from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.expression.plain import plain
from tutor.expression.walk import names
from tutor.graph.shapes import Shape, bind, operation_text, shape_text
from tutor.rules.operations import ENTRYWISE, LAYERS, Layer, formula

MAX_WORK = 3_000_000
"""How many products one operation may take; some ten seconds."""


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Array(Generic[Item]):
    """Entries row after row: numbers, names, or formulas; a single one has the shape ()."""

    shape: tuple[int, ...]
    items: tuple[Item, ...]

    def at(self, index: Sequence[int]) -> Item | None:
        """The entry at an index that counts from 1, or None outside."""
        place = 0
        for i, size in zip(index, self.shape, strict=True):
            if not 1 <= i <= size:
                return None
            place = place * size + i - 1
        return self.items[place]


def places(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All indices of a shape, from 1, row after row.

    >>> list(places((2, 2)))
    [(1, 1), (1, 2), (2, 1), (2, 2)]
    """
    return product(*(range(1, size + 1) for size in shape))


class Algebra(Protocol):
    """What can be done with entries."""

    def number(self, value: Number) -> Any:
        """A written number."""

    def add(self, terms: Sequence[Any]) -> Any:
        """Their sum."""

    def multiply(self, factors: Sequence[Any]) -> Any:
        """Their product."""

    def negate(self, value: Any) -> Any:
        """The opposite."""

    def divide(self, a: Any, b: Any) -> Any:
        """The quotient."""

    def power(self, a: Any, b: Any) -> Any:
        """The power."""

    def call(self, func: str, args: Sequence[Any]) -> Any:
        """A function of the rule tables."""


class Formulas:
    """The algebra of formulas: nothing is computed, only zeros and ones are left out."""

    def number(self, value: Number) -> Expr:
        """The number as it is written."""
        return value

    def add(self, terms: Sequence[Expr]) -> Expr:
        """The sum; brackets that the formula has stay."""
        kept = [term for term in terms if term != ZERO]
        return ZERO if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))

    def multiply(self, factors: Sequence[Expr]) -> Expr:
        """The product."""
        if ZERO in factors:
            return ZERO
        kept = [factor for factor in factors if factor != ONE]
        return ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))

    def negate(self, value: Expr) -> Expr:
        """The opposite."""
        return value.arg if type(value) is Neg else ZERO if value == ZERO else Neg(value)

    def divide(self, a: Expr, b: Expr) -> Expr:
        """The quotient."""
        return a if b == ONE else Div(a, b)

    def power(self, a: Expr, b: Expr) -> Expr:
        """The power."""
        return Pow(a, b)

    def call(self, func: str, args: Sequence[Expr]) -> Expr:
        """The function, applied."""
        return Call(func, tuple(args))


def samples(shape: Sequence[int], by: str) -> list[range]:
    """The places of the entries of each sample of an array: its ``columns`` or its ``rows``; a vector is one sample.

    >>> [list(sample) for sample in samples((2, 3), "columns")]
    [[0, 3], [1, 4], [2, 5]]
    """
    whole = by == "rows" or len(shape) == 1
    size, apart = (shape[-1], 1) if whole else (shape[-2], shape[-1])
    block = size * apart
    return [range(start + place, start + place + block, apart) for start in range(0, prod(shape), block) for place in range(apart)]


SAMPLES = {"softmax": "columns", "softmax_columns": "columns", "softmax_rows": "rows"}
"""What of an array is one sample: a column (a vector is one) or a row."""


class Entries:
    """Works expressions out over arrays of entries.  ``known`` are the arrays by name; a derivative is called ``dL/dW``."""

    def __init__(self, known: Mapping[str, Array[Any]], algebra: Algebra) -> None:
        self.known = known
        self.algebra = algebra

    def value(self, expr: Expr) -> Array[Any]:
        """The array that an expression stands for.

        Raises `GraphError` for shapes that do not fit, and for a result of too many entries.
        """
        kind = type(expr)
        if kind is Name:
            return self.known[expr.name]  # type: ignore[union-attr]
        if kind is Partial:
            return self.known[derivative_key(expr.of, expr.wrt)]  # type: ignore[union-attr]
        if kind is Number:
            return Array((), (self.algebra.number(expr),))  # type: ignore[arg-type]
        if type(expr) is Call and expr.func in LAYERS:
            return self.layer(expr)
        parts = [self.value(part) for part in children(expr)]
        if type(expr) is Call and not parts:  # pi
            return Array((), (self.algebra.call(expr.func, ()),))
        shape = next((part.shape for part in parts if part.shape), ())
        make = self._entrywise(expr)
        size = prod(shape)
        columns = [part.items if part.shape else part.items * size for part in parts]
        if kind is Add and any(_is_layer(part) for part in children(expr)):
            # W x + b is one sum: nobody wrote brackets round the products
            flat = [_is_layer(part) for part in children(expr)]
            return Array(shape, tuple(make(_opened(row, flat)) for row in zip(*columns, strict=True)))
        return Array(shape, tuple(make(row) for row in zip(*columns, strict=True)))

    def _entrywise(self, expr: Expr) -> Callable[[Sequence[Any]], Any]:
        algebra = self.algebra
        match expr:
            case Add():
                return algebra.add
            case Mul():
                return algebra.multiply
            case Neg():
                return lambda row: algebra.negate(row[0])
            case Div():
                return lambda row: algebra.divide(*row)
            case Pow():
                return lambda row: algebra.power(*row)
            case Call(func) if func == ENTRYWISE:
                return algebra.multiply
            case Call(func):
                return lambda row: algebra.call(func, row)
        raise GraphError(f"{type(expr).__name__} has no entries")

    def layer(self, call: Call) -> Array[Any]:
        """One operation of the layer table."""
        operands = [self.value(arg) for arg in call.args[: len(LAYERS[call.func][0].arrays)]]
        labels = [f" {place}" for place in range(len(operands))]  # no quantity is called so
        shapes: dict[str, Shape] = {name: array.shape for name, array in zip(labels, operands, strict=True)}
        bound = Call(call.func, (*(Name(name) for name in labels), *call.args[len(operands) :]))
        row, sizes, found = bind(bound, shapes)
        shape = tuple(int(size) for size in found)
        arrays = {name: array for (name, _), array in zip(row.operands, operands, strict=True)}
        numbers = {name: int(size) for name, size in sizes.items()}
        if call.func in SAMPLES:
            return self.softmax(operands[0], SAMPLES[call.func])
        work = prod(shape) * _loops(formula(row.index), numbers)
        if work > MAX_WORK:
            raise GraphError(
                f"{operation_text(call.func)} of {' and '.join(shape_text(array.shape) for array in operands)} takes {work:,} products",
                hint=f"the limit is {MAX_WORK:,}: it is written out entry by entry to be proved",
            )
        reader = _EntryReader(row, arrays, numbers, self.algebra)
        return Array(shape, tuple(reader.entry(place) for place in places(shape)))

    def softmax(self, scores: Array[Any], by: str) -> Array[Any]:
        """Softmax of each sample by its scalar rows, so that both forms know it by one name."""
        made: list[Any] = [None] * len(scores.items)
        for sample in samples(scores.shape, by):
            values = tuple(scores.items[place] for place in sample)
            for i, place in enumerate(sample, 1):
                made[place] = self.algebra.call(f"softmax_{i}", values)
        return Array(scores.shape, tuple(made))


class _EntryReader:
    """Entries of one row's index formula."""

    def __init__(self, row: Layer, arrays: Mapping[str, Array[Any]], sizes: Mapping[str, int], algebra: Algebra) -> None:
        self.row, self.arrays, self.sizes, self.algebra = row, arrays, sizes, algebra
        self.zero = algebra.number(ZERO)

    def entry(self, place: Sequence[int]) -> Any:
        return self.read(formula(self.row.index), {**self.sizes, **dict(zip(self.row.letters, place, strict=True))})

    def read(self, expr: Expr, at: dict[str, int]) -> Any:
        algebra = self.algebra
        match expr:
            case Name(name):
                return self.arrays[name].items[0] if name in self.arrays else algebra.number(Number(str(at[name])))
            case Number():
                return algebra.number(expr)
            case Call(func, args) if func in _SPECIAL:
                return _SPECIAL[func](self, args, at)
            case Call(func, args):
                return algebra.call(func, [self.read(arg, at) for arg in args])
            case Mul(args):
                factors: list[Any] = []
                for arg in args:
                    factor = self.read(arg, at)
                    if factor is self.zero:
                        return self.zero
                    factors.append(factor)
                return algebra.multiply(factors)
            case Add(args):
                terms = [term for arg in args if (term := self.read(arg, at)) is not self.zero]
                return algebra.add(terms) if len(terms) > 1 else terms[0] if terms else self.zero
            case Div(num, den) if all(name in self.sizes for name in names(den)):
                return algebra.divide(self.read(num, at), algebra.number(Number(str(whole(den, at)))))
            case Div(num, den):
                return algebra.divide(self.read(num, at), self.read(den, at))
        raise GraphError(f"{type(expr).__name__} in the row {self.row.name}")

    def at(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        array, *index = args
        assert type(array) is Name
        found = self.arrays[array.name].at([whole(part, at) for part in index])
        return self.zero if found is None else found

    def sum_over(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        terms = [term for term in self.each(args, at) if term is not self.zero]
        return self.algebra.add(_flat(terms)) if len(terms) > 1 else terms[0] if terms else self.zero

    def max_over(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        found = [part for term in self.each(args, at) for part in (term if isinstance(term, list) else [term])]
        if len(at) > len(self.sizes) + len(self.row.letters):
            return found  # inside another max_over, which takes all of them at once
        return self.algebra.call("max", found) if len(found) > 1 else found[0]

    def each(self, args: Sequence[Expr], at: dict[str, int]) -> Iterator[Any]:
        letter, size, body = args
        assert type(letter) is Name
        for i in range(1, whole(size, at) + 1):
            yield self.read(body, {**at, letter.name: i})

    def inside(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        place, size = (whole(arg, at) for arg in args)
        return self.algebra.number(ONE) if 1 <= place <= size else self.zero

    def winner(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        """1 where an entry is the largest of its window, 1/k where it is one of k, else 0; each axis has its index, its start, its size."""
        array, *axes = args
        assert type(array) is Name
        own, start, size = ([whole(part, at) for part in axes[place::3]] for place in range(3))
        if not all(first < i <= first + count for i, first, count in zip(own, start, size, strict=True)):
            return self.zero
        x = self.arrays[array.name]
        window_places = product(*(range(first + 1, first + count + 1) for first, count in zip(start, size, strict=True)))
        others = [x.at(place) for place in window_places if list(place) != own]
        if not others:
            return self.algebra.number(ONE)
        return self.algebra.call("max_share", [x.at(own), *others])


def _loops(expr: Expr, sizes: Mapping[str, int]) -> int:
    """How many terms one entry of a row's index formula has."""
    if type(expr) is Call and expr.func in ("sum_over", "max_over"):
        return whole(expr.args[1], sizes) * _loops(expr.args[2], sizes)
    return max((_loops(part, sizes) for part in children(expr)), default=1)


def _is_layer(expr: Expr) -> bool:
    return type(expr) is Call and expr.func in LAYERS


def _opened(row: Sequence[Any], flat: Sequence[bool]) -> list[Any]:
    return [part for term, opens in zip(row, flat, strict=True) for part in (_flat([term]) if opens else (term,))]


def _flat(terms: list[Any]) -> list[Any]:
    """A sum of sums as one sum."""
    return [part for term in terms for part in (term.args if type(term) is Add else (term,))]


_SPECIAL: dict[str, Callable[[_EntryReader, Sequence[Expr], dict[str, int]], Any]] = {
    "at": _EntryReader.at, "sum_over": _EntryReader.sum_over, "max_over": _EntryReader.max_over,
    "inside": _EntryReader.inside, "winner": _EntryReader.winner,
}  # fmt: skip


def whole(expr: Expr, at: Mapping[str, int]) -> int:
    """A whole number: an index or a size."""
    match expr:
        case Name(name):
            return at[name]
        case Number(text):
            return int(text)
        case Neg(arg):
            return -whole(arg, at)
        case Add(args):
            return sum(whole(arg, at) for arg in args)
        case Mul(args):
            return prod(whole(arg, at) for arg in args)
        case Call("quotient", (a, b)):
            return whole(a, at) // whole(b, at)
        case Call("remainder", (a, b)):
            return whole(a, at) % whole(b, at)
    raise GraphError(f"{plain(expr, as_written=True)} is no whole number")
