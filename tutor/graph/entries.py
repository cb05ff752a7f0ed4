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
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.algebra import Algebra
from tutor.graph.shapes import INDEXED, Shape, bind, operation_text, shape_of, shape_text
from tutor.rules.functions import function, partials_of
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
        work = prod(shape) * _loops(formula(row.index), numbers)
        if work > MAX_WORK:
            raise GraphError(
                f"{operation_text(call.func)} of {' and '.join(shape_text(array.shape) for array in operands)} takes {work:,} products",
                hint=f"the limit is {MAX_WORK:,}: it is written out entry by entry to be proved",
            )
        reader = _EntryReader(formula(row.index), row.letters, arrays, numbers, self.algebra)
        return Array(shape, tuple(reader.entry(place) for place in places(shape)))

    def entry(self, expr: Expr, place: tuple[int, ...], shapes: Mapping[str, Shape]) -> Any:
        """One entry of what an expression stands for (None outside), without the others; ``shapes`` are those of the quantities."""
        return _Lazy(self, expr, {}, shapes).pick_entry(place)

    def read_indexed(self, call: Call) -> Array[Any]:
        """A formula in index form."""
        form, letters, shape = index_parts(call)
        if prod(shape) * _loops(form, {}) > MAX_WORK:
            raise GraphError("this takes too many products", hint=f"the limit is {MAX_WORK:,}")
        arrays = {name: self.known[name] for name in arrays_of(form, set(letters))}
        reader = _EntryReader(form, letters, arrays, {}, self.algebra)
        return Array(shape, tuple(reader.entry(place) for place in places(shape)))

    def softmax(self, scores: Array[Any], by: str) -> Array[Any]:
        """Softmax of each sample by its scalar rows, so that both forms know it by one name."""
        made: list[Any] = [None] * len(scores.items)
        for sample in samples(scores.shape, by):
            values = tuple(scores.items[place] for place in sample)
            for i, place in enumerate(sample, 1):
                made[place] = self.algebra.call(f"softmax_{i}", values)
        return Array(scores.shape, tuple(made))


def index_parts(call: Call) -> tuple[Expr, tuple[str, ...], tuple[int, ...]]:
    """A formula in index form taken apart: the form, its letters, and how far each runs.

    >>> index_parts(Call(INDEXED, (Name("c"), Name("j"), Number("3"))))
    (Name(name='c'), ('j',), (3,))
    """
    form, *rest = call.args
    return form, tuple(part.name for part in rest[::2] if type(part) is Name), tuple(read_whole(part, {}) for part in rest[1::2])


def arrays_of(form: Expr, letters: set[str]) -> list[str]:
    """The arrays and single quantities of an index form, its letters left out.

    >>> arrays_of(Call("sum_over", (Name("v"), Number("2"), Call("at", (Name("x"), Name("v"))))), set())
    ['x']
    """
    match form:
        case Name(name):
            return [] if name in letters else [name]
        case Call("at", (Name(name), *_)):
            return [name]
        case Call("sum_over" | "max_over", (Name(letter), _, body)):
            return arrays_of(body, letters | {letter})
    return [name for part in children(form) for name in arrays_of(part, letters)]


class _EntryReader:
    """Entries of an index formula: of a row, or of one that was written so."""

    def __init__(
        self, form: Expr, letters: Sequence[str], arrays: Mapping[str, Array[Any]], sizes: Mapping[str, int], algebra: Algebra
    ) -> None:
        self.form, self.letters, self.arrays, self.sizes, self.algebra = form, letters, arrays, sizes, algebra
        self.zero = algebra.number(ZERO)

    def entry(self, place: Sequence[int]) -> Any:
        return self.read(self.form, {**self.sizes, **dict(zip(self.letters, place, strict=True))})

    def read(self, expr: Expr, at: dict[str, int]) -> Any:
        algebra = self.algebra
        match expr:
            case Name(name):
                return self.arrays[name].items[0] if name in self.arrays else algebra.number(Number(str(at[name])))
            case Number():
                return algebra.number(expr)
            case Call(func, args) if func in _SPECIAL:
                return _SPECIAL[func](self, args, at)
            case Call("log", (Call("sum_over", (_, _, Call("exp", (_,)))) as summed,)):
                return algebra.call("lse", list(self.read_exponents(summed.args, at)))
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
            case Neg(arg):
                return algebra.negate(self.read(arg, at))
            case Pow(base, exponent):
                return algebra.power(self.read(base, at), self.read(exponent, at))
            case Div(num, den) if names(den) and all(name in self.sizes for name in names(den)):
                return algebra.divide(self.read(num, at), algebra.number(Number(str(read_whole(den, at)))))
            case Div(num, den):
                return algebra.divide(self.read(num, at), self.read(den, at))
        raise GraphError(f"{type(expr).__name__} in an index form")

    def read_at(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        array, *index = args
        assert type(array) is Name
        found = self.arrays[array.name].pick_entry([read_whole(part, at) for part in index])
        return self.zero if found is None else found

    def read_inside_only(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        """An entry for a maximum, which what lies outside is never."""
        array, *index = args
        assert type(array) is Name
        found = self.arrays[array.name].pick_entry([read_whole(part, at) for part in index])
        return [] if found is None else found

    def sum_over(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        terms = [term for term in self.read_each(args, at) if term is not self.zero]
        return self.algebra.add(_flatten_sum(terms)) if len(terms) > 1 else terms[0] if terms else self.zero

    def read_exponents(self, args: Sequence[Expr], at: dict[str, int]) -> Iterator[Any]:
        """The exponents of log Σ exp, which has a name: so it cannot overflow."""
        letter, size, raised = args
        assert type(raised) is Call
        return self.read_each((letter, size, raised.args[0]), at)

    def max_over(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        found = [part for term in self.read_each(args, at) for part in (term if isinstance(term, list) else [term])]
        if len(at) > len(self.sizes) + len(self.letters):
            return found  # inside another max_over, which takes all of them at once
        return self.algebra.call("max", found) if len(found) > 1 else found[0]

    def read_each(self, args: Sequence[Expr], at: dict[str, int]) -> Iterator[Any]:
        letter, size, body = args
        assert type(letter) is Name
        for i in range(1, read_whole(size, at) + 1):
            yield self.read(body, {**at, letter.name: i})

    def read_inside(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        place, size = (read_whole(arg, at) for arg in args)
        return self.algebra.number(ONE) if 1 <= place <= size else self.zero

    def winner(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        """1 where an entry is the largest of its window, 1/k where it is one of k, else 0; each axis has its index, its start, its size."""
        window = self.read_window(args, at)
        if window is None:
            return self.zero
        own, before, after = window
        if not before and not after:
            return self.algebra.number(ONE)
        return self.algebra.call("max_share", [own, *before, *after])

    def find_first_winner(self, args: Sequence[Expr], at: dict[str, int]) -> Any:
        """1 where an entry is the first of the largest of its window, row by row, else 0: as `tutor.rules.functions` has it for max."""
        window = self.read_window(args, at)
        if window is None:
            return self.zero
        own, before, after = window
        operands = [*before, own, *after]
        row = function("max", len(operands))
        slope = partials_of(row, "first")[len(before)]
        return self.fill_row(slope, dict(zip(row.params, operands, strict=True)))

    def fill_row(self, expr: Expr, table: Mapping[str, Any]) -> Any:
        """A formula of a row with entries in place of its parameters."""
        match expr:
            case Name(name):
                return table[name]
            case Number():
                return self.algebra.number(expr)
            case Add(args):
                return self.algebra.add([self.fill_row(arg, table) for arg in args])
            case Neg(arg):
                return self.algebra.negate(self.fill_row(arg, table))
            case Mul(args):
                return self.algebra.multiply([self.fill_row(arg, table) for arg in args])
            case Call(func, args):
                return self.algebra.call(func, [self.fill_row(arg, table) for arg in args])
        raise GraphError(f"{type(expr).__name__} in the derivative of a row")

    def read_window(self, args: Sequence[Expr], at: dict[str, int]) -> tuple[Any, list[Any], list[Any]] | None:
        """An entry, those before it in its window and those after it; nothing outside of the window."""
        array, *axes = args
        assert type(array) is Name
        own, start, size = ([read_whole(part, at) for part in axes[place::3]] for place in range(3))
        if not all(first < i <= first + count for i, first, count in zip(own, start, size, strict=True)):
            return None
        x = self.arrays[array.name]
        axes_of = [range(first + 1, first + count + 1) for first, count in zip(start, size, strict=True)]
        window = [list(place) for place in product(*axes_of)]
        here = window.index(own)
        found = [[x.pick_entry(place) for place in part] for part in (window[:here], window[here + 1 :])]
        before, after = ([entry for entry in part if entry is not None] for part in found)
        return x.pick_entry(own), before, after


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

    def reader(self) -> _EntryReader:
        """What reads the entries of an operation, made once."""
        key = (id(self.expr), "reader")
        if key not in self.done:
            self.done[key] = self._reader()
        found: _EntryReader = self.done[key]
        return found

    def _reader(self) -> _EntryReader:
        expr, entries = self.expr, self.entries
        assert type(expr) is Call
        if expr.func == INDEXED:
            form, letters, _ = index_parts(expr)
            return _EntryReader(form, letters, {name: entries.known[name] for name in arrays_of(form, set(letters))}, {}, entries.algebra)
        count = len(LAYERS[expr.func][0].arrays)
        operands = [self.part(arg) for arg in expr.args[:count]]
        labels = [f" {number}" for number in range(count)]  # no quantity is called so
        shapes: dict[str, Shape] = {label: part.shape for label, part in zip(labels, operands, strict=True)}
        row, sizes, _ = bind(Call(expr.func, (*map(Name, labels), *expr.args[count:])), shapes)
        arrays: dict[str, Any] = {name: part for (name, _), part in zip(row.operands, operands, strict=True)}
        for part in operands if row.padded else ():
            part.bounded = True
        return _EntryReader(formula(row.index), row.letters, arrays, {name: int(size) for name, size in sizes.items()}, entries.algebra)

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


def _loops(expr: Expr, sizes: Mapping[str, int]) -> int:
    """How many terms one entry of a row's index formula has."""
    if type(expr) is Call and expr.func in ("sum_over", "max_over"):
        return read_whole(expr.args[1], sizes) * _loops(expr.args[2], sizes)
    return max((_loops(part, sizes) for part in children(expr)), default=1)


def _is_layer(expr: Expr) -> bool:
    return type(expr) is Call and expr.func in LAYERS


def _open_sums(row: Sequence[Any], flat: Sequence[bool]) -> list[Any]:
    return [part for term, opens in zip(row, flat, strict=True) for part in (_flatten_sum([term]) if opens else (term,))]


def _flatten_sum(terms: list[Any]) -> list[Any]:
    """A sum of sums as one sum."""
    return [part for term in terms for part in (term.args if type(term) is Add else (term,))]


_SPECIAL: dict[str, Callable[[_EntryReader, Sequence[Expr], dict[str, int]], Any]] = {
    "at": _EntryReader.read_at, "at_inside": _EntryReader.read_inside_only,
    "sum_over": _EntryReader.sum_over, "max_over": _EntryReader.max_over,
    "inside": _EntryReader.read_inside, "winner": _EntryReader.winner,
    "first_winner": _EntryReader.find_first_winner,
}  # fmt: skip


def read_whole(expr: Expr, at: Mapping[str, int]) -> int:
    """A whole number: an index or a size."""
    match expr:
        case Name(name):
            return at[name]
        case Number(text):
            return int(text)
        case Neg(arg):
            return -read_whole(arg, at)
        case Add(args):
            return sum(read_whole(arg, at) for arg in args)
        case Mul(args):
            return prod(read_whole(arg, at) for arg in args)
        case Call("quotient", (a, b)):
            return read_whole(a, at) // read_whole(b, at)
        case Call("remainder", (a, b)):
            return read_whole(a, at) % read_whole(b, at)
        case Call("clamp", (place, last)):  # arithmetic, so that it is of many places at once, too
            own, end = read_whole(place, at), read_whole(last, at)
            return (own < 1) + end * (own > end) + own * (own >= 1) * (own <= end)
        case Call("listed", (place, *labels)):
            own = read_whole(place, at)  # perhaps many places at once
            return sum(read_whole(label, at) * (own == number) for number, label in enumerate(labels, 1))
    raise GraphError(f"{write_plain(expr, as_written=True)} is no whole number")
