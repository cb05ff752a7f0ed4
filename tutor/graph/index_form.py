"""Formulas in index form, and what reads their entries: z_i = Σ_j W_ij x_j, of a row of the layer table or as an exercise writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from operator import itemgetter
from typing import Any, Protocol

from tutor.errors import GraphError
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.algebra import Algebra
from tutor.rules.functions import function, partials_of

Indices = dict[str, int]
"""The letters of an index form with the sizes and the numbers they stand for; a loop writes its letter into it."""
Reading = Callable[[Indices], Any]
WholeReading = Callable[[Mapping[str, int]], int]


class Picked(Protocol):
    """What has entries."""

    @property
    def items(self) -> Sequence[Any]:
        """Its entries, row after row."""

    def pick_entry(self, index: Sequence[int]) -> Any:
        """The entry at an index that counts from 1, or None outside."""


def index_parts(call: Call) -> tuple[Expr, tuple[str, ...], tuple[int, ...]]:
    """A formula in index form taken apart: the form, its letters, and how far each runs.

    >>> index_parts(Call("indexed", (Name("c"), Name("j"), Number("3"))))
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


def count_terms(expr: Expr, sizes: Mapping[str, int]) -> int:
    """How many terms one entry of an index form has.

    >>> count_terms(Call("sum_over", (Name("v"), Name("n"), Call("at", (Name("x"), Name("v"))))), {"n": 3})
    3
    """
    if type(expr) is Call and expr.func in ("sum_over", "max_over"):
        return read_whole(expr.args[1], sizes) * count_terms(expr.args[2], sizes)
    return max((count_terms(part, sizes) for part in children(expr)), default=1)


def flatten_sum(terms: Sequence[Any]) -> list[Any]:
    """A sum of sums as one sum.

    >>> flatten_sum([Add((Name("a"), Name("b"))), Name("c")])
    [Name(name='a'), Name(name='b'), Name(name='c')]
    """
    return [part for term in terms for part in (term.args if type(term) is Add else (term,))]


class IndexReader:
    """Entries of an index form over arrays.  The form is gone through once; every entry then calls what was found."""

    def __init__(
        self, form: Expr, letters: Sequence[str], arrays: Mapping[str, Picked], sizes: Mapping[str, int], algebra: Algebra
    ) -> None:
        self.letters, self.arrays, self.sizes, self.algebra = letters, arrays, sizes, algebra
        self.zero = algebra.number(ZERO)
        self.loops = 0
        self.read = self.prepare(form)

    def entry(self, place: Sequence[int]) -> Any:
        """The entry at an index, which has a number for every letter."""
        return self.read({**self.sizes, **dict(zip(self.letters, place, strict=True))})

    def prepare(self, expr: Expr) -> Reading:
        """What reads a part of the form; a product with a zero of an array is zero without its other factors."""
        algebra, zero = self.algebra, self.zero
        match expr:
            case Name(name) if name in self.arrays:
                array = self.arrays[name]
                return lambda at: array.items[0]
            case Name(name):
                return lambda at: algebra.number(Number(str(at[name])))
            case Number():
                number = algebra.number(expr)
                return lambda at: number
            case Call(func, args) if func in _SPECIAL:
                return _SPECIAL[func](self, args)
            case Call("log", (Call("sum_over", (letter, size, Call("exp", (raised,)))),)):  # a name of its own: so it cannot overflow
                read_each = self.prepare_each((letter, size, raised))
                return lambda at: algebra.call("lse", list(read_each(at)))
            case Call(func, args):
                read_args = [self.prepare(arg) for arg in args]
                return lambda at: algebra.call(func, [read(at) for read in read_args])
            case Mul(args):
                read_factors = [self.prepare(arg) for arg in args]

                def multiply(at: Indices) -> Any:
                    factors: list[Any] = []
                    for read in read_factors:
                        factor = read(at)
                        if factor is zero:
                            return zero
                        factors.append(factor)
                    return algebra.multiply(factors)

                return multiply
            case Add(args):
                read_terms = [self.prepare(arg) for arg in args]

                def add(at: Indices) -> Any:
                    terms = [term for read in read_terms if (term := read(at)) is not zero]
                    return algebra.add(terms) if len(terms) > 1 else terms[0] if terms else zero

                return add
            case Neg(arg):
                read_arg = self.prepare(arg)
                return lambda at: algebra.negate(read_arg(at))
            case Pow(base, exponent):
                read_base, read_exponent = self.prepare(base), self.prepare(exponent)
                return lambda at: algebra.power(read_base(at), read_exponent(at))
            case Div(num, den):
                read_num = self.prepare(num)
                if names(den) and all(name in self.sizes for name in names(den)):
                    size = algebra.number(Number(str(read_whole(den, self.sizes))))
                    return lambda at: algebra.divide(read_num(at), size)
                read_den = self.prepare(den)
                return lambda at: algebra.divide(read_num(at), read_den(at))
        raise GraphError(f"{type(expr).__name__} in an index form")

    def prepare_pick(self, args: Sequence[Expr], outside: Any) -> Reading:
        """What reads an entry of an array, or ``outside`` where it has none."""
        array, *index = args
        assert type(array) is Name
        pick, place = self.arrays[array.name].pick_entry, _prepare_place(index)

        def read(at: Indices) -> Any:
            found = pick(place(at))
            return outside if found is None else found

        return read

    def prepare_at(self, args: Sequence[Expr]) -> Reading:
        """An entry, 0 outside."""
        return self.prepare_pick(args, self.zero)

    def prepare_inside_only(self, args: Sequence[Expr]) -> Reading:
        """An entry for a maximum, which what lies outside is never."""
        return self.prepare_pick(args, [])

    def prepare_sum(self, args: Sequence[Expr]) -> Reading:
        """A sum over a letter."""
        algebra, zero, read_each = self.algebra, self.zero, self.prepare_each(args)

        def add(at: Indices) -> Any:
            terms = [term for term in read_each(at) if term is not zero]
            return algebra.add(flatten_sum(terms)) if len(terms) > 1 else terms[0] if terms else zero

        return add

    def prepare_maximum(self, args: Sequence[Expr]) -> Reading:
        """The largest over a letter; several letters are one maximum."""
        algebra, read_each, inner = self.algebra, self.prepare_each(args), self.loops > 0

        def find(at: Indices) -> Any:
            found = [part for term in read_each(at) for part in (term if isinstance(term, list) else [term])]
            if inner:
                return found  # inside another loop, which takes all of them at once
            return algebra.call("max", found) if len(found) > 1 else found[0]

        return find

    def prepare_each(self, args: Sequence[Expr]) -> Callable[[Indices], Iterator[Any]]:
        """What reads the body of a loop for each number of its letter."""
        letter, size, body = args
        assert type(letter) is Name
        name, count = letter.name, prepare_whole(size)
        self.loops += 1
        read_body = self.prepare(body)
        self.loops -= 1

        def read_each(at: Indices) -> Iterator[Any]:
            for i in range(1, count(at) + 1):
                at[name] = i
                yield read_body(at)

        return read_each

    def prepare_inside(self, args: Sequence[Expr]) -> Reading:
        """1 where a place lies inside a size, else 0."""
        one, zero, (place, size) = self.algebra.number(ONE), self.zero, map(prepare_whole, args)
        return lambda at: one if 1 <= place(at) <= size(at) else zero

    def prepare_winner(self, args: Sequence[Expr]) -> Reading:
        """1 where an entry is the largest of its window, 1/k where it is one of k, else 0; each axis has its index, its start, its size."""
        algebra, zero, read_window = self.algebra, self.zero, self.prepare_window(args)

        def find(at: Indices) -> Any:
            window = read_window(at)
            if window is None:
                return zero
            own, before, after = window
            return algebra.call("max_share", [own, *before, *after]) if before or after else algebra.number(ONE)

        return find

    def prepare_first_winner(self, args: Sequence[Expr]) -> Reading:
        """1 where an entry is the first of the largest of its window, row by row, else 0: as `tutor.rules.functions` has it for max."""
        zero, read_window = self.zero, self.prepare_window(args)

        def find(at: Indices) -> Any:
            window = read_window(at)
            if window is None:
                return zero
            own, before, after = window
            operands = [*before, own, *after]
            row = function("max", len(operands))
            slope = partials_of(row, "first")[len(before)]
            return self.fill_row(slope, dict(zip(row.params, operands, strict=True)))

        return find

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

    def prepare_window(self, args: Sequence[Expr]) -> Callable[[Indices], tuple[Any, list[Any], list[Any]] | None]:
        """What reads an entry, those before it in its window and those after it; nothing outside of the window."""
        array, *axes = args
        assert type(array) is Name
        x = self.arrays[array.name]
        place_of, start_of, size_of = (_prepare_place(axes[part::3]) for part in range(3))

        def read_window(at: Indices) -> tuple[Any, list[Any], list[Any]] | None:
            own, start, size = place_of(at), start_of(at), size_of(at)
            if not all(first < i <= first + count for i, first, count in zip(own, start, size, strict=True)):
                return None
            axes_of = [range(first + 1, first + count + 1) for first, count in zip(start, size, strict=True)]
            window = [list(place) for place in product(*axes_of)]
            here = window.index(own)
            found = [[x.pick_entry(place) for place in part] for part in (window[:here], window[here + 1 :])]
            before, after = ([entry for entry in part if entry is not None] for part in found)
            return x.pick_entry(own), before, after

        return read_window


_SPECIAL: dict[str, Callable[[IndexReader, Sequence[Expr]], Reading]] = {
    "at": IndexReader.prepare_at, "at_inside": IndexReader.prepare_inside_only,
    "sum_over": IndexReader.prepare_sum, "max_over": IndexReader.prepare_maximum,
    "inside": IndexReader.prepare_inside, "winner": IndexReader.prepare_winner,
    "first_winner": IndexReader.prepare_first_winner,
}  # fmt: skip


def _prepare_place(index: Sequence[Expr]) -> Callable[[Indices], list[int]]:
    """What reads the index of an entry."""
    wholes = [prepare_whole(part) for part in index]
    return lambda at: [whole(at) for whole in wholes]


def read_whole(expr: Expr, at: Mapping[str, int]) -> int:
    """A whole number: an index or a size.

    >>> read_whole(Add((Name("i"), Number("1"))), {"i": 3})
    4
    """
    return prepare_whole(expr)(at)


def prepare_whole(expr: Expr) -> WholeReading:
    """What works a whole number out; the arithmetic is that of many places at once, too."""
    match expr:
        case Name(name):
            return itemgetter(name)
        case Number(text):
            number = int(text)
            return lambda at: number
        case Neg(arg):
            negated = prepare_whole(arg)
            return lambda at: -negated(at)
        case Add(args):
            terms = [prepare_whole(arg) for arg in args]
            return lambda at: sum(term(at) for term in terms)
        case Mul(args):
            factors = [prepare_whole(arg) for arg in args]
            return lambda at: prod(factor(at) for factor in factors)
        case Call("quotient" | "remainder" as func, (a, b)):
            one, other = prepare_whole(a), prepare_whole(b)
            return (lambda at: one(at) // other(at)) if func == "quotient" else (lambda at: one(at) % other(at))
        case Call("clamp", (place, last)):
            return _prepare_clamp(prepare_whole(place), prepare_whole(last))
        case Call("listed", (place, *labels)):
            own, listed = prepare_whole(place), [prepare_whole(label) for label in labels]
            return lambda at: sum(label(at) * (own(at) == number) for number, label in enumerate(listed, 1))
    raise GraphError(f"{write_plain(expr, as_written=True)} is no whole number")


def _prepare_clamp(place: WholeReading, last: WholeReading) -> WholeReading:
    """A place, or the first or the last one where it lies outside."""

    def keep_inside(at: Mapping[str, int]) -> int:
        own, end = place(at), last(at)
        return (own < 1) + end * (own > end) + own * (own >= 1) * (own <= end)

    return keep_inside
