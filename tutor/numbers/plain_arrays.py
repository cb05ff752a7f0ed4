"""What the product uses of NumPy, in plain Python, for where NumPy is not there.

Arrays of up to two axes, of floats, truth values or integers.  Slow, and the same to the last digit but for what NumPy's own exp and log
round differently.  Nothing raises where a float does not exist: it is nan or inf.  Reached through `tutor.numbers.arrays`.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any

from tutor.numbers.functions import PRIMITIVES
from tutor.numbers.functions import power as _power
from tutor.numbers.functions import quotient as _quotient

inf, nan, pi = math.inf, math.nan, math.pi
Shape = tuple[int, ...]


class float64(float):  # noqa: N801 - NumPy's name
    """A float that is an array without axes, as NumPy's is: nothing that is done with it raises."""

    ndim, shape, size = 0, (), 1

    def __add__(self, other: Any) -> Any:
        return _pair(operator.add, self, other)

    def __sub__(self, other: Any) -> Any:
        return _pair(operator.sub, self, other)

    def __mul__(self, other: Any) -> Any:
        return _pair(operator.mul, self, other)

    def __truediv__(self, other: Any) -> Any:
        return _pair(_quotient, self, other)

    def __pow__(self, other: Any, modulo: None = None) -> Any:
        return _pair(_power, self, other)

    def __radd__(self, other: Any) -> Any:
        return _pair(operator.add, other, self)

    def __rsub__(self, other: Any) -> Any:
        return _pair(operator.sub, other, self)

    def __rmul__(self, other: Any) -> Any:
        return _pair(operator.mul, other, self)

    def __rtruediv__(self, other: Any) -> Any:
        return _pair(_quotient, other, self)

    def __rpow__(self, other: Any, modulo: None = None) -> Any:
        return _pair(_power, other, self)

    def __neg__(self) -> float64:
        return float64(-float(self))

    def __abs__(self) -> float64:
        return float64(abs(float(self)))

    def __getitem__(self, key: tuple[()]) -> float64:
        return self

    def tolist(self) -> float:
        """The plain float."""
        return float(self)

    def max(self) -> float64:
        """Itself."""
        return self

    def reshape(self, *shape: int) -> PlainArray:
        """An array of one."""
        return PlainArray([float(self)], (1,))


class PlainArray:
    """Entries row after row, and the lengths of one or two axes."""

    __slots__ = ("items", "shape")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: list[Any], shape: Shape) -> None:
        self.items = items
        self.shape = shape

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.items)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def row(self, place: int) -> list[Any]:
        """The entries of one row."""
        width = self.shape[1]
        return self.items[place * width : (place + 1) * width]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            if not key:
                return self
            if self.ndim == 1:
                return self[key[0]]
            rows, column = _places(key[0], self.shape[0]), _places(key[1], self.shape[1])
            if isinstance(rows, int) and isinstance(column, int):
                return _entry(self.items[rows * self.shape[1] + column])
            if isinstance(rows, int):
                return PlainArray([self.row(rows)[c] for c in _list_places(column)], (len(_list_places(column)),))
            if isinstance(column, int):
                return PlainArray([self.items[r * self.shape[1] + column] for r in rows], (len(rows),))
            return PlainArray([self.items[r * self.shape[1] + c] for r in rows for c in column], (len(rows), len(column)))
        places = _places(key, self.shape[0])
        if isinstance(places, int):
            return _entry(self.items[places]) if self.ndim == 1 else PlainArray(self.row(places), self.shape[1:])
        if self.ndim == 1:
            return PlainArray([self.items[place] for place in places], (len(places),))
        return PlainArray([item for place in places for item in self.row(place)], (len(places), self.shape[1]))

    def __setitem__(self, key: Any, value: Any) -> None:
        places = _list_places(_places(key, self.shape[0]))
        if self.ndim == 1:
            values = broadcast_to(value, (len(places),)).items
            for place, item in zip(places, values, strict=True):
                self.items[place] = item
            return
        width = self.shape[1]
        values = broadcast_to(value, (len(places), width)).items
        for at, place in enumerate(places):
            self.items[place * width : (place + 1) * width] = values[at * width : (at + 1) * width]

    def tolist(self) -> list[Any]:
        """Plain lists."""
        return list(self.items) if self.ndim == 1 else [self.row(place) for place in range(self.shape[0])]

    def tobytes(self) -> bytes:
        """A key of the entries."""
        return struct.pack(f"{len(self.items)}d", *map(float, self.items))

    def reshape(self, *shape: int) -> PlainArray:
        """The entries in one axis."""
        return PlainArray(list(self.items), (len(self.items),))

    def any(self, axis: int | None = None) -> Any:
        """Whether an entry is true."""
        return _reduce(self, axis, lambda items: builtin_any(map(bool, items)))

    def all(self, axis: int | None = None) -> Any:
        """Whether all entries are true."""
        return _reduce(self, axis, lambda items: builtin_all(map(bool, items)))

    def max(self) -> float64:
        """The largest entry; nan where one is nan."""
        return float64(nan if builtin_any(item != item for item in self.items) else builtin_max(self.items))

    def argmax(self) -> int:
        """The place of the first largest entry, or of the first nan."""
        return self._place(builtin_max)

    def argmin(self) -> int:
        """The place of the first smallest entry, or of the first nan."""
        return self._place(builtin_min)

    def _place(self, extreme: Callable[[list[Any]], Any]) -> int:
        nowhere = [place for place, item in enumerate(self.items) if item != item]
        return nowhere[0] if nowhere else self.items.index(extreme(self.items))

    def __float__(self) -> float:
        return float(self.items[0])

    def __bool__(self) -> bool:
        return bool(self.items[0])

    def __matmul__(self, other: PlainArray) -> PlainArray:
        count = other.shape[1]
        columns = [other.items[k::count] for k in range(count)]
        return PlainArray([builtin_sum(a * b for a, b in zip(self.items, column, strict=True)) for column in columns], (count,))

    def __invert__(self) -> PlainArray:
        return PlainArray([not item for item in self.items], self.shape)

    def __neg__(self) -> PlainArray:
        return PlainArray([-item for item in self.items], self.shape)

    def __abs__(self) -> PlainArray:
        return PlainArray([builtin_abs(item) for item in self.items], self.shape)


builtin_any, builtin_all, builtin_max, builtin_min, builtin_sum, builtin_abs, builtin_round = any, all, max, min, sum, abs, round


def _operators() -> None:
    """Gives arrays the operators of Python."""
    table: dict[str, Callable[[Any, Any], Any]] = {
        "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": _quotient, "pow": _power,
        "and": lambda a, b: a and b, "or": lambda a, b: a or b,
    }  # fmt: skip
    for name, function in table.items():
        setattr(PlainArray, f"__{name}__", lambda self, other, f=function: _pair(f, self, other))
        setattr(PlainArray, f"__r{name}__", lambda self, other, f=function: _pair(f, other, self))
    for function in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        setattr(PlainArray, f"__{function.__name__}__", lambda self, other, f=function: _pair(f, self, other))


_operators()


def _entry(item: Any) -> Any:
    return float64(item) if type(item) is float else item


def _places(key: Any, length: int) -> Any:
    """The places that an index means: a number, or a list of them."""
    if isinstance(key, slice):
        return list(range(*key.indices(length)))
    if isinstance(key, PlainArray):
        key = key.items
    if isinstance(key, list | tuple | range):
        return [place for place, chosen in enumerate(key) if chosen] if len(key) and isinstance(key[0], bool) else list(key)
    return key + length if key < 0 else key


def _list_places(places: Any) -> list[int]:
    return [places] if isinstance(places, int) else places


def _reduce(array: PlainArray, axis: int | None, function: Callable[[list[Any]], Any]) -> Any:
    if axis is None:
        return function(array.items)
    return PlainArray([function(array.row(place)) for place in range(array.shape[0])], (array.shape[0],))


def _pair(function: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """An operation entry by entry; what has fewer axes, or one entry in an axis, is repeated."""
    if not isinstance(a, PlainArray) and not isinstance(b, PlainArray):
        if isinstance(a, float64) or isinstance(b, float64):
            return _entry(function(float(a), float(b)))
        return _entry(function(a, b))
    left, right = asarray(a), asarray(b)
    shape = _broadcast_shapes(left.shape, right.shape)
    return PlainArray(list(map(function, broadcast_to(left, shape).items, broadcast_to(right, shape).items)), shape)


def _broadcast_shapes(a: Shape, b: Shape) -> Shape:
    width = builtin_max(len(a), len(b))
    a, b = (1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b
    return tuple(y if x == 1 else x for x, y in zip(a, b, strict=True))


def array(values: Any, dtype: Any = None) -> Any:
    """An array of a number, a list, or a list of rows."""
    if isinstance(values, PlainArray):
        found = PlainArray(list(values.items), values.shape)
    elif isinstance(values, list | tuple):
        rows = [row if isinstance(row, list | tuple) else row.tolist() if isinstance(row, PlainArray) else None for row in values]
        if values and rows[0] is not None:
            found = PlainArray([item for row in rows for item in row or ()], (len(rows), len(rows[0])))
        else:
            found = PlainArray([_as_plain(item) for item in values], (len(values),))
    else:
        return float64(values) if dtype is float or isinstance(values, float) else values
    return PlainArray([float(item) for item in found.items], found.shape) if dtype is float else found


def _as_plain(item: Any) -> Any:
    return float(item) if isinstance(item, float64) else item


def asarray(values: Any, dtype: Any = None) -> Any:
    """The array itself, or an array of what is none."""
    if isinstance(values, PlainArray) and dtype is not float:
        return values
    if isinstance(values, bool | int) and dtype is None:
        return _Single(values)
    found = array(values, dtype)
    return _Single(float(found)) if isinstance(found, float64) and dtype is None else found


class _Single(PlainArray):
    """A number on its way into an operation with an array."""

    __slots__ = ()

    def __init__(self, value: Any) -> None:
        super().__init__([value], ())


def full(shape: int | Shape, value: Any) -> PlainArray:
    """An array of equal entries."""
    lengths = (shape,) if isinstance(shape, int) else shape
    return PlainArray([_as_plain(value)] * math.prod(lengths), lengths)


def zeros(shape: int | Shape, dtype: Any = float) -> PlainArray:
    """An array of zeros."""
    return full(shape, dtype(0))


def ones(shape: int | Shape, dtype: Any = float) -> PlainArray:
    """An array of ones."""
    return full(shape, dtype(1))


empty = zeros


def arange(count: int) -> PlainArray:
    """0, 1, 2, …"""
    return PlainArray(list(range(count)), (count,))


def broadcast_to(values: Any, shape: Shape) -> PlainArray:
    """An array repeated to a shape."""
    found = values if isinstance(values, PlainArray) else asarray(values)
    found = found if isinstance(found, PlainArray) else _Single(_as_plain(found))
    if found.shape == shape:
        return found
    if len(found.items) == 1:
        return PlainArray(found.items * math.prod(shape), shape)
    if len(found.shape) == 2 and found.shape[1] == 1:
        return PlainArray([item for item in found.items for _ in range(shape[1])], shape)
    return PlainArray(found.items * (math.prod(shape) // builtin_max(len(found.items), 1)), shape)


def atleast_2d(values: Any) -> PlainArray:
    """A row of what has one axis."""
    found = broadcast_to(values, (1,)) if not isinstance(values, PlainArray) else values
    return found if found.ndim == 2 else PlainArray(found.items, (1, len(found.items)))


def repeat(values: PlainArray, count: int, axis: int = 0) -> PlainArray:
    """Every row so many times."""
    rows, width = values.shape
    return PlainArray([item for row in range(rows) for _ in range(count) for item in values.row(row)], (rows * count, width))


def concatenate(parts: Sequence[PlainArray]) -> PlainArray:
    """Arrays behind each other."""
    length = builtin_sum(len(part) for part in parts)
    return PlainArray([item for part in parts for item in part.items], (length, *parts[0].shape[1:]))


def stack(parts: Sequence[PlainArray]) -> PlainArray:
    """Arrays as rows."""
    return PlainArray([item for part in parts for item in part.items], (len(parts), len(parts[0])))


def where(condition: Any, yes: Any, no: Any) -> Any:
    """Entries of one array or the other."""
    if not builtin_any(isinstance(part, PlainArray) for part in (condition, yes, no)):
        return yes if condition else no
    parts = [asarray(part) for part in (condition, yes, no)]
    parts = [part if isinstance(part, PlainArray) else _Single(_as_plain(part)) for part in parts]
    shape: Shape = ()
    for part in parts:
        shape = _broadcast_shapes(shape, part.shape)
    chosen = zip(*[broadcast_to(part, shape).items for part in parts], strict=True)
    return PlainArray([b if a else c for a, b, c in chosen], shape)


def _map_function(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function of single numbers, entry by entry."""

    def apply(values: Any, out: None = None) -> Any:
        if isinstance(values, list | tuple):
            values = array(values)
        if isinstance(values, PlainArray):
            return PlainArray(list(map(function, values.items)), values.shape)
        return _entry(function(_as_plain(values)))

    return apply


class _PairFunction:
    """A function of two numbers, entry by entry; also over runs of a row."""

    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        self.function = function

    def __call__(self, a: Any, b: Any, out: None = None) -> Any:
        return _pair(self.function, a, b)

    def reduceat(self, values: PlainArray, starts: PlainArray) -> PlainArray:
        """What comes out of each run of entries, from one start to the next."""
        ends = [*starts.items[1:], len(values.items)]
        found = [reduce(self.function, values.items[start:end]) for start, end in zip(starts.items, ends, strict=True)]
        return PlainArray(found, (len(found),))


_PRIMITIVES = {row.many: _map_function(row.one) for row in PRIMITIVES.values() if isinstance(row.many, str) and row.arity == 1}


def __getattr__(name: str) -> Any:
    """The primitive functions by NumPy's names for them: exp, log, sqrt, …"""
    if name not in _PRIMITIVES:
        raise AttributeError(f"no function {name} here")
    return _PRIMITIVES[name]


log10 = _map_function(lambda x: math.log10(x) if x > 0 else -inf if x == 0 else nan)
log1p = _map_function(lambda x: math.log1p(x) if x > -1 else nan)
floor = _map_function(lambda x: float(math.floor(x)) if math.isfinite(x) else x)
isfinite = _map_function(math.isfinite)
negative = _map_function(operator.neg)
abs = _map_function(builtin_abs)
maximum, minimum = _PairFunction(PRIMITIVES["max"].one), _PairFunction(PRIMITIVES["min"].one)
add, divide, multiply, power = _PairFunction(operator.add), _PairFunction(_quotient), _PairFunction(operator.mul), _PairFunction(_power)


def round(values: Any, decimals: int = 0) -> Any:
    """Rounded to so many places."""
    scale = 10.0**decimals
    return _map_function(lambda x: builtin_round(x * scale) / scale if math.isfinite(x * scale) else x)(values)


def isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8) -> Any:
    """Whether entries are equal but for a tolerance."""
    return _pair(lambda x, y: x == y or builtin_abs(x - y) <= atol + rtol * builtin_abs(y), a, b)


def max(values: Any) -> Any:
    """The largest entry."""
    return values.max() if isinstance(values, PlainArray) else values


def any(values: Any, axis: int | None = None) -> Any:
    """Whether an entry is true."""
    return values.any(axis) if isinstance(values, PlainArray) else bool(values)


def all(values: Any, axis: int | None = None) -> Any:
    """Whether all entries are true."""
    return values.all(axis) if isinstance(values, PlainArray) else bool(values)


def size(values: Any) -> int:
    """How many entries there are."""
    return values.size if isinstance(values, PlainArray) else len(values) if isinstance(values, list | tuple) else 1


def ptp(values: PlainArray) -> float:
    """From the smallest entry to the largest."""
    return float(builtin_max(values.items) - builtin_min(values.items))


def count_nonzero(values: PlainArray) -> int:
    """How many entries are true."""
    return builtin_sum(map(bool, values.items))


def flatnonzero(values: PlainArray) -> PlainArray:
    """The places of what is true."""
    found = [place for place, item in enumerate(values.items) if item]
    return PlainArray(found, (len(found),))


def diff(values: PlainArray, prepend: float) -> PlainArray:
    """How much each entry is more than the one before it; ``prepend`` stands before the first."""
    before = [prepend, *values.items[:-1]]
    return PlainArray([b - a for a, b in zip(before, values.items, strict=True)], values.shape)


def argsort(values: PlainArray, kind: str = "stable") -> PlainArray:
    """The places in rising order; nan last."""
    order = sorted(range(len(values)), key=lambda place: (math.isnan(values.items[place]), values.items[place]))
    return PlainArray(order, values.shape)


def roll(values: PlainArray, by: int) -> PlainArray:
    """The entries moved on in a circle."""
    count = len(values)
    return PlainArray([values.items[(place - by) % count] for place in range(count)], values.shape)


def copyto(target: PlainArray, values: Any) -> None:
    """Entries written into an array that is there."""
    target.items[:] = broadcast_to(values, target.shape).items


@contextmanager
def errstate(**settings: str) -> Iterator[None]:
    """Nothing is ever said of floats that do not exist."""
    yield
