"""Expressions over whole layers, worked out entry by entry: into numbers, or into formulas (the write-out neuron by neuron).

What is done with the entries is an `Algebra` (`tutor.graph.algebra` has the one of formulas, `tutor.numbers.run_arrays` that of numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Generic, TypeVar

from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.graph.algebra import Algebra
from tutor.graph.index_form import IndexReader, arrays_of, count_terms, flatten_sum, index_parts
from tutor.graph.shapes import INDEXED, Shape, bind, operation_text, shape_of, shape_text
from tutor.rules.operations import ENTRYWISE, LAYERS, SOFTMAXES, formula

MAX_WORK = 3_000_000
"""How many products one operation may take; some ten seconds."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Array(Generic[Item]):
    """Entries row after row: numbers, names, or formulas; a single one has the shape ()."""

    shape: tuple[int, ...]
    items: tuple[Item, ...]

    def pick_entry(self, index: Sequence[int]) -> Item | None:
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


def samples(shape: Sequence[int], by: str) -> list[range]:
    """The places of the entries of each sample of an array: its ``columns`` or its ``rows``; a vector is one sample.

    >>> [list(sample) for sample in samples((2, 3), "columns")]
    [[0, 3], [1, 4], [2, 5]]
    """
    whole = by == "rows" or len(shape) == 1
    size, apart = (shape[-1], 1) if whole else (shape[-2], shape[-1])
    block = size * apart
    return [range(start + place, start + place + block, apart) for start in range(0, prod(shape), block) for place in range(apart)]


SAMPLES = {name: "rows" if total == "row_sums" else "columns" for name, total in SOFTMAXES.items()}
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
        if type(expr) is Call and expr.func == INDEXED:
            return self.read_indexed(expr)
        parts = [self.value(part) for part in children(expr)]
        if type(expr) is Call and not parts:  # pi
            return Array((), (self.algebra.call(expr.func, ()),))
        shape = next((part.shape for part in parts if part.shape), ())
        make = self._read_entrywise(expr)
        size = prod(shape)
        columns = [part.items if part.shape else part.items * size for part in parts]
        if kind is Add and any(_is_layer(part) for part in children(expr)):
            # W x + b is one sum: nobody wrote brackets round the products
            flat = [_is_layer(part) for part in children(expr)]
            return Array(shape, tuple(make(_open_sums(row, flat)) for row in zip(*columns, strict=True)))
        return Array(shape, tuple(make(row) for row in zip(*columns, strict=True)))

    def _read_entrywise(self, expr: Expr) -> Callable[[Sequence[Any]], Any]:
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
        work = prod(shape) * count_terms(formula(row.index), numbers)
        if work > MAX_WORK:
            raise GraphError(
                f"{operation_text(call.func)} of {' and '.join(shape_text(array.shape) for array in operands)} takes {work:,} products",
                hint=f"the limit is {MAX_WORK:,}: it is written out entry by entry to be proved",
            )
        reader = IndexReader(formula(row.index), row.letters, arrays, numbers, self.algebra)
        return Array(shape, tuple(reader.entry(place) for place in places(shape)))

    def entry(self, expr: Expr, place: tuple[int, ...], shapes: Mapping[str, Shape]) -> Any:
        """One entry of what an expression stands for (None outside), without the others; ``shapes`` are those of the quantities."""
        return _Lazy(self, expr, {}, shapes).pick_entry(place)

    def read_indexed(self, call: Call) -> Array[Any]:
        """A formula in index form."""
        form, letters, shape = index_parts(call)
        if prod(shape) * count_terms(form, {}) > MAX_WORK:
            raise GraphError("this takes too many products", hint=f"the limit is {MAX_WORK:,}")
        arrays = {name: self.known[name] for name in arrays_of(form, set(letters))}
        reader = IndexReader(form, letters, arrays, {}, self.algebra)
        return Array(shape, tuple(reader.entry(place) for place in places(shape)))

    def softmax(self, scores: Array[Any], by: str) -> Array[Any]:
        """Softmax of each sample by its scalar rows, so that both forms know it by one name."""
        made: list[Any] = [None] * len(scores.items)
        for sample in samples(scores.shape, by):
            values = tuple(scores.items[place] for place in sample)
            for i, place in enumerate(sample, 1):
                made[place] = self.algebra.call(f"softmax_{i}", values)
        return Array(scores.shape, tuple(made))


class _Lazy:
    """An expression as an array whose entries are worked out when they are asked for, each once."""

    def __init__(self, entries: Entries, expr: Expr, done: dict[Any, Any], shapes: Mapping[str, Shape]) -> None:
        self.entries, self.expr, self.done, self.shapes = entries, expr, done, shapes
        self.bounded = False
        self._shape: tuple[int, ...] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """How far every index runs."""
        if self._shape is None:
            self._shape = tuple(int(size) for size in shape_of(self.expr, self.shapes))
        return self._shape

    @property
    def items(self) -> tuple[Any]:
        """The only entry of a single number."""
        return (self.pick_entry(()),)

    def pick_entry(self, place: Sequence[int]) -> Any:
        """The entry at an index that counts from 1, or None outside."""
        place = tuple(place)
        if self.bounded and any(not 1 <= i <= size for i, size in zip(place, self.shape, strict=True)):
            return None
        key = (id(self.expr), place)
        if key not in self.done:
            self.done[key] = self.expr, self.make_entry(place)  # the expression is kept with it: its id stays its own
        return self.done[key][1]

    def part(self, expr: Expr) -> _Lazy:
        key = (id(expr), "part")
        if key not in self.done:
            self.done[key] = _Lazy(self.entries, expr, self.done, self.shapes)
        found: _Lazy = self.done[key]
        return found

    def reader(self) -> IndexReader:
        """What reads the entries of an operation, made once."""
        key = (id(self.expr), "reader")
        if key not in self.done:
            self.done[key] = self._reader()
        found: IndexReader = self.done[key]
        return found

    def _reader(self) -> IndexReader:
        expr, entries = self.expr, self.entries
        assert type(expr) is Call
        if expr.func == INDEXED:
            form, letters, _ = index_parts(expr)
            return IndexReader(form, letters, {name: entries.known[name] for name in arrays_of(form, set(letters))}, {}, entries.algebra)
        count = len(LAYERS[expr.func][0].arrays)
        operands = [self.part(arg) for arg in expr.args[:count]]
        labels = [f" {number}" for number in range(count)]  # no quantity is called so
        shapes: dict[str, Shape] = {label: part.shape for label, part in zip(labels, operands, strict=True)}
        row, sizes, _ = bind(Call(expr.func, (*map(Name, labels), *expr.args[count:])), shapes)
        arrays: dict[str, Any] = {name: part for (name, _), part in zip(row.operands, operands, strict=True)}
        for part in operands if row.padded else ():
            part.bounded = True
        return IndexReader(formula(row.index), row.letters, arrays, {name: int(size) for name, size in sizes.items()}, entries.algebra)

    def make_entry(self, place: tuple[int, ...]) -> Any:
        expr, entries = self.expr, self.entries
        match expr:
            case Name() | Partial():
                array = entries.known[expr.name if type(expr) is Name else derivative_key(expr.of, expr.wrt)]  # type: ignore[union-attr]
                return array.pick_entry(place if array.shape else ())
            case Number():
                return entries.algebra.number(expr)
            case Call(func, args) if func in SAMPLES:
                return self.softmax(self.part(args[0]), place, SAMPLES[func])
            case Call(func) if func in LAYERS or func == INDEXED:
                reader = self.reader()
                return reader.entry(place if reader.letters else ())
        return entries._read_entrywise(expr)([self.part(part).pick_entry(place) for part in children(expr)])

    def softmax(self, scores: _Lazy, place: tuple[int, ...], by: str) -> Any:
        axis = len(scores.shape) - (2 if by == "columns" and len(scores.shape) > 1 else 1)
        sample = [scores.pick_entry((*place[:axis], i, *place[axis + 1 :])) for i in range(1, scores.shape[axis] + 1)]
        return self.entries.algebra.call(f"softmax_{place[axis]}", sample)


def _is_layer(expr: Expr) -> bool:
    return type(expr) is Call and expr.func in LAYERS


def _open_sums(row: Sequence[Any], flat: Sequence[bool]) -> list[Any]:
    return [part for term, opens in zip(row, flat, strict=True) for part in (flatten_sum([term]) if opens else (term,))]
