"""Formulas over whole arrays in floats, at many points at once: the last axis runs over the points.

What an operation of `tutor.rules.operations` does comes from its row's index form, read with one axis for each letter: ``at`` looks at an
operand along other axes, ``sum_over`` is a sum of products.  A new row needs nothing here.  Index forms that look up single places
(windows that are routed, labels), and everything where NumPy is not there, are worked out entry by entry (`tutor.graph.entries`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import prod
from string import ascii_lowercase
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.walk import names
from tutor.graph.entries import MAX_WORK, Array, Entries, arrays_of, index_parts, read_whole
from tutor.graph.shapes import INDEXED, Shape, bind
from tutor.numbers.arrays import PLAIN, Column, Floats, np
from tutor.numbers.floats import columns
from tutor.numbers.lowering import round_to_float
from tutor.numbers.program import Program, program
from tutor.rules.operations import ENTRYWISE, LAYERS, formula

if TYPE_CHECKING:
    from numpy.typing import NDArray

Whole: TypeAlias = "NDArray[np.intp]"
Letters: TypeAlias = tuple[str, ...]
T = TypeVar("T")

_LOOKED_UP = frozenset({"winner", "quotient", "remainder"})
"""What index forms are worked out entry by entry for."""


class ColumnEntries:
    """The algebra of columns: one column of points an entry."""

    def number(self, value: Number) -> Column:
        """The float of a written number."""
        return np.array([round_to_float(value.value)])

    def add(self, terms: Sequence[Column]) -> Column:
        """Their sum."""
        return _fold_terms(lambda a, b: a + b, terms)

    def multiply(self, factors: Sequence[Column]) -> Column:
        """Their product."""
        return _fold_terms(lambda a, b: a * b, factors)

    def negate(self, value: Column) -> Column:
        """The opposite."""
        return -value

    def divide(self, a: Column, b: Column) -> Column:
        """The quotient."""
        return a / b

    def power(self, a: Column, b: Column) -> Column:
        """The power."""
        return a**b

    def call(self, func: str, args: Sequence[Column]) -> Column:
        """A function of the rule tables."""
        return _apply(func, args)


def _fold_terms(combine: Callable[[T, T], T], terms: Sequence[T]) -> T:
    total = terms[0]
    for term in terms[1:]:
        total = combine(total, term)
    return total


@cache
def _program(func: str, count: int) -> Program:
    return program(Call(func, tuple(Name(f"a{place}") for place in range(count))))


def _apply(func: str, args: Sequence[Floats]) -> Floats:
    """A function of the rule tables, entry by entry."""
    steps = _program(func, len(args))
    return columns(steps, {f"a{place}": arg for place, arg in enumerate(args)})[steps.result]


class ArrayColumns:
    """Works formulas over arrays out.  ``known`` gives the array of a name or a derivative (``dL/dW``), of shape (…, points).

    To be used within ``np.errstate(all="ignore")``.
    """

    def __init__(self, known: Callable[[str], Floats], points: int) -> None:
        self.known = known
        self.points = points

    def value(self, expr: Expr) -> Floats:
        """The array that a formula stands for, with the points as its last axis (which may have the length 1).

        Raises `GraphError` for shapes that do not fit, and for more products than are worth their time.

        >>> x = np.array([[1.0, 5.0], [2.0, 6.0]])
        >>> ArrayColumns({"x": x}.__getitem__, 2).value(Call("sum", (Name("x"),))).tolist()
        [3.0, 11.0]
        """
        if PLAIN:
            found = self._entry_by_entry(expr, {})
            return found.items[0] if not found.shape else np.stack([self._widen(item) for item in found.items])
        return self._array(expr)

    def _widen(self, column: Column) -> Column:
        return np.broadcast_to(column, (self.points,))

    # entry by entry

    def _entry_by_entry(self, expr: Expr, operands: Mapping[str, Floats]) -> Array[Column]:
        arrays = _Arrays(self.known, operands)
        return Entries(arrays, ColumnEntries()).value(expr)

    # whole arrays

    def _array(self, expr: Expr) -> Floats:
        kind = type(expr)
        if kind is Name:
            return self.known(expr.name)  # type: ignore[union-attr]
        if kind is Partial:
            return self.known(derivative_key(expr.of, expr.wrt))  # type: ignore[union-attr]
        if kind is Call and (expr.func in LAYERS or expr.func == INDEXED):  # type: ignore[union-attr]
            return self._operation(expr)  # type: ignore[arg-type]
        inner: dict[str, Floats] = {}
        scalar = self._write_scalar(expr, inner)
        steps = program(scalar)
        rank = max([inner[name].ndim for name in steps.names], default=1)
        env = {name: _lift(inner[name], rank) for name in steps.names}
        found = columns(steps, env)[steps.result]
        return found if np.ndim(found) else np.array([found])

    def _write_scalar(self, expr: Expr, inner: dict[str, Floats]) -> Expr:
        """The formula as one of single numbers; the arrays in it are in ``inner``."""
        kind = type(expr)
        if kind is Number:
            return expr
        if kind is Name or kind is Partial or (kind is Call and (expr.func in LAYERS or expr.func == INDEXED)):  # type: ignore[union-attr]
            key = expr.name if kind is Name else f" {len(inner)}"  # type: ignore[union-attr]
            if key not in inner:
                inner[key] = self._array(expr)
            return Name(key)
        parts = tuple(self._write_scalar(part, inner) for part in children(expr))
        if kind is Call and expr.func == ENTRYWISE:  # type: ignore[union-attr]
            return Mul(parts)
        return rebuild(expr, parts) if parts else expr

    def _operation(self, call: Call) -> Floats:
        """One operation of the layer table, or a formula in index form."""
        if call.func == INDEXED:
            form, letters, shape = index_parts(call)
            known = {name: self.known(name) for name in arrays_of(form, set(letters))}
            return _IndexReader(form, letters, known, {}, shape).result()
        count = len(LAYERS[call.func][0].arrays)
        operands = [self._array(arg) for arg in call.args[:count]]
        labels = [f" {place}" for place in range(count)]  # no quantity is called so
        shapes: dict[str, Shape] = {label: array.shape[:-1] for label, array in zip(labels, operands, strict=True)}
        renamed = Call(call.func, (*map(Name, labels), *call.args[count:]))
        row, sizes, found = bind(renamed, shapes)
        if _looks_up(row.index):
            made = self._entry_by_entry(renamed, dict(zip(labels, operands, strict=True)))
            stacked = np.stack([self._widen(item) for item in made.items])
            return stacked.reshape(*made.shape, self.points) if made.shape else stacked[0]
        arrays = {name: array for (name, _), array in zip(row.operands, operands, strict=True)}
        numbers = {name: int(size) for name, size in sizes.items()}
        return _IndexReader(formula(row.index), row.letters, arrays, numbers, tuple(int(size) for size in found)).result()


def _lift(array: Floats, rank: int) -> Floats:
    """A single number a point as an array of so many axes."""
    return array.reshape(*(1,) * (rank - 1), array.shape[-1]) if array.ndim == 1 and rank > 1 else array


@cache
def _looks_up(text: str) -> bool:
    stack = [formula(text)]
    while stack:
        node = stack.pop()
        if type(node) is Call and node.func in _LOOKED_UP:
            return True
        stack.extend(children(node))
    return False


class _Arrays(dict[str, Array[Column]]):
    """Arrays of columns by name, taken apart when they are first asked for."""

    def __init__(self, known: Callable[[str], Floats], operands: Mapping[str, Floats]) -> None:
        super().__init__()
        self.known, self.operands = known, operands

    def __missing__(self, name: str) -> Array[Column]:
        array = self.operands[name] if name in self.operands else self.known(name)
        if isinstance(array, Array):
            return array
        shape = tuple(array.shape[:-1])
        flat = array.reshape(prod(shape), array.shape[-1])
        found = self[name] = Array(shape, tuple(flat[place] for place in range(prod(shape))))
        return found




class _IndexReader:
    """The array of an index form: the axes of what is read are the letters that it depends on."""

    def __init__(
        self, form: Expr, letters: Letters, arrays: Mapping[str, Floats], sizes: Mapping[str, int], shape: tuple[int, ...]
    ) -> None:
        self.form, self.own, self.arrays, self.known, self.shape = form, letters, arrays, sizes, shape
        self.letters = dict(zip(letters, shape, strict=True))

    def result(self) -> Floats:
        array, letters = self.read(self.form)
        array = _lay_along(array, letters, self.own)
        wanted = (*self.shape, array.shape[-1])
        return array if array.shape == wanted else np.broadcast_to(array, wanted)

    def read(self, expr: Expr) -> tuple[Floats, Letters]:
        match expr:
            case Name(name) if name in self.arrays:
                return self.arrays[name], ()
            case Name(name):
                return np.array([float(self.known[name])]), ()
            case Number():
                return np.array([round_to_float(expr.value)]), ()
            case Call("at", (Name(array), *index)):
                return self.read_at(self.arrays[array], index)
            case Call("sum_over"):
                return self.sum_over(expr)
            case Call("inside", (place, size)):
                found, letters = self.grid(place)
                return np.where((found >= 1) & (found <= read_whole(size, self.known)), 1.0, 0.0)[..., None], letters
            case Call("max_over"):
                loops, body = self.open_loops(expr, "max_over")
                return self.run_over(*self.read(body), loops, np.max)
            case Call(func, args):
                return self.combine_arrays(lambda *arrays: _apply(func, arrays), args)
            case Mul(args):
                return self.combine_arrays(lambda *arrays: _fold_terms(lambda a, b: a * b, arrays), args)
            case Add(args):
                return self.combine_arrays(lambda *arrays: _fold_terms(lambda a, b: a + b, arrays), args)
            case Neg(arg):
                return self.combine_arrays(lambda a: -a, (arg,))
            case Div(num, den):
                return self.combine_arrays(lambda a, b: a / b, (num, den))
            case Pow(base, exponent):
                return self.combine_arrays(lambda a, b: a**b, (base, exponent))
        raise GraphError(f"{type(expr).__name__} in an index form")

    def combine_arrays(self, function: Callable[..., Floats], args: Sequence[Expr]) -> tuple[Floats, Letters]:
        read = [self.read(arg) for arg in args]
        letters = tuple(letter for letter in self.letters if any(letter in own for _, own in read))
        return function(*[_lay_along(array, own, letters) for array, own in read]), letters

    def open_loops(self, expr: Expr, func: str) -> tuple[Letters, Expr]:
        """The letters of loops within loops, and what stands in the innermost one."""
        loops: list[str] = []
        while type(expr) is Call and expr.func == func:
            letter, size, expr = expr.args
            assert type(letter) is Name
            self.letters[letter.name] = read_whole(size, self.known)
            loops.append(letter.name)
        return tuple(loops), expr

    def sum_over(self, expr: Expr) -> tuple[Floats, Letters]:
        loops, body = self.open_loops(expr, "sum_over")
        factors = [self.read(arg) for arg in (body.args if type(body) is Mul else (body,))]
        used = {letter for _, own in factors for letter in own}
        repeated = prod(self.letters[loop] for loop in loops if loop not in used)
        letters = tuple(letter for letter in self.letters if letter in used and letter not in loops)
        if prod(self.letters[letter] for letter in used) > MAX_WORK:
            raise GraphError("this takes too many products", hint=f"the limit is {MAX_WORK:,}")
        if len(factors) == 1:
            array, own = factors[0]
            array, letters = self.run_over(array, own, tuple(loop for loop in loops if loop in own), np.sum)
        else:
            array = _contract(factors, letters)
        return (array * repeated if repeated != 1 else array), letters

    def run_over(self, array: Floats, own: Letters, loops: Letters, function: Callable[..., Floats]) -> tuple[Floats, Letters]:
        axes = tuple(own.index(loop) for loop in loops)
        rest = tuple(letter for letter in own if letter not in loops)
        return (function(array, axis=axes) if axes else array), rest

    def read_at(self, array: Floats, index: Sequence[Expr]) -> tuple[Floats, Letters]:
        """Entries of an array: a view of it where its axes are letters, else gathered; 0 outside."""
        listed = tuple(part.name for part in index if type(part) is Name and part.name in self.letters)
        if len(set(listed)) == len(index) and all(self.letters[a] == n for a, n in zip(listed, array.shape, strict=False)):
            return array, listed
        letters = self.list_used(index)
        places = [self.grid(part, letters)[0] for part in index]
        inside = np.array(True)
        for place, size in zip(places, array.shape, strict=False):
            inside = inside & (place >= 1) & (place <= size)
        picked = tuple(np.clip(place, 1, size) - 1 for place, size in zip(places, array.shape, strict=False))
        found = array[tuple(np.broadcast_arrays(*picked)) if len(picked) > 1 else picked]
        return (found if np.all(inside) else np.where(np.expand_dims(inside, -1), found, 0.0)), letters


    def list_used(self, index: Sequence[Expr]) -> Letters:
        """The letters that run in some formulas."""
        found = {name for part in index for name in names(part)}
        return tuple(letter for letter in self.letters if letter in found)

    def grid(self, expr: Expr, letters: Letters | None = None) -> tuple[Whole, Letters]:
        """The whole numbers that an index is, with an axis for every letter."""
        letters = self.list_used([expr]) if letters is None else letters
        running = {
            letter: np.arange(1, self.letters[letter] + 1).reshape([-1 if other == letter else 1 for other in letters])
            for letter in letters
        }
        return _places(expr, {**{name: np.array(size) for name, size in self.known.items()}, **running}), letters


def _places(expr: Expr, at: Mapping[str, Whole]) -> Whole:
    """Whole numbers, an array of them for every letter."""
    match expr:
        case Name(name):
            return at[name]
        case Number(text):
            return np.array(int(text))
        case Neg(arg):
            return -_places(arg, at)
        case Add(args):
            return _fold_terms(lambda a, b: a + b, [_places(arg, at) for arg in args])
        case Mul(args):
            return _fold_terms(lambda a, b: a * b, [_places(arg, at) for arg in args])
    raise GraphError("this is no whole number")


def _lay_along(array: Floats, own: Letters, letters: Letters) -> Floats:
    """An array along given axes; one that it does not have has the length 1."""
    if own == letters:
        return array
    kept = [letter for letter in letters if letter in own]
    order = [own.index(letter) for letter in kept]
    if order != sorted(order):
        array = array.transpose(*order, array.ndim - 1)
    sizes = iter(array.shape)
    return array.reshape(*[next(sizes) if letter in own else 1 for letter in letters], array.shape[-1])


def _contract(factors: Sequence[tuple[Floats, Letters]], letters: Letters) -> Floats:
    """The sum of products over every letter that is not among ``letters``."""
    known = dict.fromkeys((letter for _, own in factors for letter in own), "")
    table = dict(zip(known, ascii_lowercase, strict=False))
    texts, arrays = [], []
    points = max(array.shape[-1] for array, _ in factors)
    for array, own in factors:
        texts.append("".join(table[letter] for letter in own) + "z")
        arrays.append(array if array.shape[-1] == points else np.broadcast_to(array, (*array.shape[:-1], points)))
    found: Floats = np.einsum(",".join(texts) + "->" + "".join(table[letter] for letter in letters) + "z", *arrays)
    return found
