"""From an array program to calls of NumPy: the form for many sets of numbers at once, and for one set and large arrays.

Values live in rows of three arrays: the given ones, the wanted ones, and a scratch array, whose rows are used again when nobody needs what
stands in them.  An operand is a *view* of rows in regular steps, with a step of 0 along an axis that is repeated; what is not regular is
copied.  Many sets stand in one more axis, the last one (`tutor.numbers.runner`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from string import ascii_letters
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tutor.numbers.array_code import (
    DIVIDED_OUT,
    DOT,
    EQUAL,
    GATHER,
    GIVEN,
    LARGEST,
    PATTERN,
    ArrayProgram,
    Instruction,
    Part,
    Pick,
)
from tutor.numbers.arrays import Floats
from tutor.numbers.functions import PRIMITIVES, columns_of
from tutor.numbers.lowering import ADD, DIV, MUL, NEG, NUMBER, POW, SQUARE, SUB
from tutor.numbers.picks import Whole, find_inside, find_places

GIVEN_ROWS, WANTED_ROWS, SCRATCH_ROWS = 0, 1, 2
"""The three arrays."""


@dataclass(frozen=True, slots=True)
class View:
    """Rows ``first + Σ index·step`` of an array; ``axes`` are (length, step), the last one runs fastest."""

    array: int
    first: int
    axes: tuple[tuple[int, int], ...]

    @property
    def contiguous(self) -> bool:
        """Whether its entries stand one after the other."""
        expected = 1
        for length, step in reversed(self.axes):
            if length > 1 and step != expected:
                return False
            expected *= length
        return True

    def rows(self) -> Whole:
        """The row of every entry."""
        found = np.array(self.first, dtype=np.intp)
        for length, step in self.axes:
            found = found[..., None] + np.arange(length) * step
        return found


Call: TypeAlias = "tuple[Callable[..., object], tuple[int, ...]]"
Operand: TypeAlias = "View | Floats"


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls of NumPy: each a function and the numbers of its operands in ``operands``, the result last."""

    calls: tuple[Call, ...]
    operands: tuple[Operand, ...]
    rows: tuple[int, int, int]
    """How many rows the given, the wanted and the scratch array have."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Which entries of an array are wanted, by their ``places`` (row after row), and the wanted row of each."""

    places: tuple[int, ...]
    rows: tuple[int, ...]


def plan_arrays(program: ArrayProgram, given: Sequence[Sequence[int]], wanted: Sequence[Rows], sizes: tuple[int, int]) -> Plan:
    """The calls for a program.

    ``given`` has the row of every entry of every given array, ``wanted`` those of the wanted parts; ``sizes`` is how many rows the
    two have.
    """
    return _Planner(program, sizes).plan(given, wanted)


class _Planner:
    """Writes the calls of one instruction after the other."""

    def __init__(self, program: ArrayProgram, sizes: tuple[int, int]) -> None:
        self.program = program
        self.sizes = sizes
        self.calls: list[Call] = []
        self.operands: list[Operand] = []
        self.numbers: dict[View, int] = {}
        self.views: list[View | Floats] = []
        """Where the result of every instruction stands; a constant is there itself."""
        self.most = 0
        self.free: dict[int, list[int]] = {}
        self.shared: set[int] = set()
        """Instructions whose results stand in the same rows as another's; these rows are not given to others."""
        self.home_of: dict[int, int] = {}

    def plan(self, given: Sequence[Sequence[int]], wanted: Sequence[Rows]) -> Plan:
        program = self.program
        dead_after = self.list_last_uses()
        homes = self.find_homes(wanted)
        for place, step in enumerate(program.code):
            if step.op == GIVEN:
                self.views.append(self.view_given(given[place], step.shape))
                continue
            dead = dead_after.get(place, [])
            if step.op not in (DOT, LARGEST, DIVIDED_OUT, GATHER):  # entry by entry the result may be written over an operand
                self.release(dead)
            self.views.append(self.plan_step(step, homes.get(place)))
            if step.op in (DOT, LARGEST, DIVIDED_OUT, GATHER):
                self.release(dead)
        for number, (part, target) in enumerate(zip(program.wanted, wanted, strict=True)):
            if self.home_of.get(part.place) != number:
                self.deliver(part, target)
        return Plan(tuple(self.calls), tuple(self.operands), (*self.sizes, self.most))

    def list_last_uses(self) -> dict[int, list[int]]:
        """For every instruction the results that are used by it for the last time."""
        code = self.program.code
        last = list(range(len(code)))
        for place, step in enumerate(code):
            for part in step.parts:
                last[part.place] = place
        for part in self.program.wanted:
            last[part.place] = len(code)
        dead: dict[int, list[int]] = {}
        for place, end in enumerate(last):
            dead.setdefault(end, []).append(place)
        return dead

    def find_homes(self, wanted: Sequence[Rows]) -> dict[int, View]:
        """The results that are computed where they are wanted."""
        found: dict[int, View] = {}
        for number, (part, target) in enumerate(zip(self.program.wanted, wanted, strict=True)):
            step = self.program.code[part.place]
            own = part.axes == tuple(range(len(step.shape))) and target.places == tuple(range(prod(step.shape)))
            if own and step.op not in (GIVEN, NUMBER, PATTERN, GATHER) and part.place not in found:
                view = _view_regular(WANTED_ROWS, np.array(target.rows, dtype=np.intp).reshape(step.shape))
                if view is not None:
                    found[part.place], self.home_of[part.place] = view, number
        return found

    # rows

    def reserve_rows(self, shape: Sequence[int]) -> View:
        """Rows of the scratch array for a result."""
        size = prod(shape)
        free = self.free.get(size)
        if free:
            first = free.pop()
        else:
            first = self.most
            self.most += size
        return _view_contiguous(SCRATCH_ROWS, first, shape)

    def release(self, dead: Sequence[int]) -> None:
        """Give the rows of results that nobody needs any more to others."""
        for place in dead:
            view = self.views[place]
            step = self.program.code[place]
            if isinstance(view, View) and view.array == SCRATCH_ROWS and view.contiguous and place not in self.shared:
                self.free.setdefault(prod(step.shape), []).append(view.first)

    def view_given(self, rows: Sequence[int], shape: tuple[int, ...]) -> View:
        listed = np.array(rows, dtype=np.intp).reshape(shape)
        view = _view_regular(GIVEN_ROWS, listed)
        return view if view is not None else self.gather_rows(GIVEN_ROWS, listed, None)

    def gather_rows(self, array: int, rows: Whole, inside: NDArray[np.bool_] | None) -> View:
        """Rows that do not follow each other regularly, copied; those that are outside are 0."""
        copied = self.reserve_rows(rows.shape)
        whole_array = _view_contiguous(array, 0, (int(rows.max(initial=0)) + 1,))
        self.call(_Take(rows, None if inside is None else ~inside), whole_array, copied)
        return copied

    def deliver(self, part: Part, target: Rows) -> None:
        """Copy a wanted part to its rows."""
        shape = part.shape
        listed = np.array(target.rows, dtype=np.intp)
        view = _view_regular(WANTED_ROWS, listed.reshape(shape)) if target.places == tuple(range(prod(shape))) else None
        if view is not None:
            self.call(np.positive, self.operand(part), view)
            return
        flat = self.reserve_rows(shape)
        self.call(np.positive, self.operand(part), flat)
        source = _view_contiguous(SCRATCH_ROWS, flat.first, (prod(shape),))
        self.call(_Put(np.array(target.places, dtype=np.intp), listed), source, _view_contiguous(WANTED_ROWS, 0, (self.sizes[1],)))

    # calls

    def call(self, func: Callable[..., object], *operands: Operand) -> None:
        self.calls.append((func, tuple(map(self.number, operands))))

    def number(self, operand: Operand) -> int:
        if isinstance(operand, View):
            known = self.numbers.get(operand)
            if known is not None:
                return known
            self.numbers[operand] = len(self.operands)
        self.operands.append(operand)
        return len(self.operands) - 1

    def operand(self, part: Part, keep: Sequence[int] | None = None) -> Operand:
        """A part as an operand; ``keep`` are those of its axes that are looked at, in their order."""
        found = self.views[part.place]
        axes = range(len(part.axes)) if keep is None else keep
        if not isinstance(found, View):
            if not found.ndim:
                return found
            own = [part.axes[axis] for axis in axes]
            turned = np.transpose(found, [axis for axis in own if axis is not None])
            return turned[tuple(None if axis is None else slice(None) for axis in own)]
        steps = [0 if part.axes[axis] is None else found.axes[part.axes[axis]][1] for axis in axes]  # type: ignore[index]
        return View(found.array, found.first, tuple((part.shape[axis], step) for axis, step in zip(axes, steps, strict=True)))

    def plan_step(self, step: Instruction, home: View | None) -> View | Floats:
        """The calls of an instruction; returns where its result stands."""
        if step.op == NUMBER:
            return np.array(step.number, dtype=np.float64)
        if step.pick is not None and step.op == PATTERN:
            return find_inside(step.pick, find_places(step.pick)).astype(np.float64)
        if step.pick is not None:
            return self.pick_entries(step, step.pick)
        target = home if home is not None else self.reserve_rows(step.shape)
        if step.op == DOT:
            self.dot(step, target)
        elif step.op in (LARGEST, DIVIDED_OUT):
            axes = tuple(range(len(step.shape), len(step.shape) + len(step.loops)))
            self.call(_Largest(axes), self.operand(step.parts[0]), target)
        else:
            self.call(_CALLED[step.op], *map(self.operand, step.parts), target)
        return target

    def pick_entries(self, step: Instruction, pick: Pick) -> View:
        """Entries by their places: a view where they stand in regular steps, else copied."""
        part = step.parts[0]
        source = self.operand(part)
        if not isinstance(source, View):  # a constant
            copied = self.reserve_rows(part.shape)
            self.call(np.positive, source, copied)
            source = copied
        indices = find_places(pick)
        inside = find_inside(pick, indices)
        shape = tuple(step.shape[: len(pick.letters)])
        rows = np.full(shape, source.first, dtype=np.intp)
        for index, size, (_, one) in zip(indices, pick.limits, source.axes, strict=False):
            rows = rows + (np.clip(index, 1, size) - 1) * one
        for length, one in source.axes[len(indices) :]:  # the samples
            rows, inside = rows[..., None] + np.arange(length) * one, np.repeat(inside[..., None], length, axis=-1)
        if inside.all():
            view = _view_regular(source.array, rows)
            if view is not None:
                self.shared |= {part.place, len(self.views)}
                return view
            return self.gather_rows(source.array, rows, None)
        return self.gather_rows(source.array, rows, inside)

    def dot(self, step: Instruction, target: View) -> None:
        """A sum of products: of two matrices where it is one, else by its letters."""
        count = len(step.shape)
        letters = [[axis for axis, own in enumerate(part.axes) if own is not None] for part in step.parts]
        missing = set(range(count + len(step.loops))).difference(*letters)
        pairs = _as_matrices(letters, count, len(step.loops))
        if pairs is not None and target.contiguous:
            order, keeps = pairs
            func = _Product(*_subscripts(keeps, count), count, matrices=True)
            self.call(func, *(self.operand(step.parts[k], keep) for k, keep in zip(order, keeps, strict=True)), target)
        elif len(step.parts) == 1 and not missing and letters[0] == list(range(count + len(step.loops))):
            self.call(_Total(tuple(range(count, count + len(step.loops)))), self.operand(step.parts[0]), target)
        elif missing:  # an axis along which everything is repeated
            keeps = [list(range(len(part.axes))) for part in step.parts]
            self.call(_Product(*_subscripts(keeps, count), count), *map(self.repeat_axes, step.parts), target)
        else:
            self.call(_Product(*_subscripts(letters, count), count), *map(self.operand, step.parts, letters), target)

    def repeat_axes(self, part: Part) -> Operand:
        """An operand with all of its axes, also where it is a constant."""
        found = self.operand(part)
        return found if isinstance(found, View) else np.broadcast_to(found, part.shape)


def _as_matrices(letters: Sequence[Sequence[int]], count: int, loops: int) -> tuple[tuple[int, int], list[list[int]]] | None:
    """The order of two operands, and the axes of each, if their sum of products is one of matrices or vectors."""
    if len(letters) != 2 or loops != 1:
        return None
    outer = [[axis for axis in own if axis < count] for own in letters]
    if any(count not in own or len(rest) > 1 for own, rest in zip(letters, outer, strict=True)) or set(outer[0]) & set(outer[1]):
        return None
    if sorted(outer[0] + outer[1]) != list(range(count)):
        return None
    order = (1, 0) if outer[0] > outer[1] and outer[1] else (0, 1)
    first, second = (outer[k] for k in order)
    return order, [[*first, count], [count, *second]]


def _subscripts(letters: Sequence[Sequence[int]], count: int) -> tuple[str, str]:
    """The letters of a sum of products, for `numpy.einsum`: of one set, and of many in one more axis, the last one."""
    operands = ["".join(ascii_letters[axis] for axis in own) for own in letters]
    result = ascii_letters[:count]
    return f"{','.join(operands)}->{result}", f"{'Z,'.join(operands)}Z->{result}Z"


def _view_contiguous(array: int, first: int, shape: Sequence[int]) -> View:
    axes, step = [], 1
    for length in reversed(shape):
        axes.append((length, step))
        step *= length
    return View(array, first, tuple(reversed(axes)))


def _view_regular(array: int, rows: Whole) -> View | None:
    """The view of rows that stand in regular steps along each axis."""
    if not rows.size:
        return None
    first = int(rows.flat[0])
    axes = []
    for axis, length in enumerate(rows.shape):
        place = tuple(1 if k == axis else 0 for k in range(rows.ndim))
        axes.append((length, int(rows[place]) - first if length > 1 else 0))
    view = View(array, first, tuple(axes))
    return view if np.array_equal(view.rows(), rows) else None


@dataclass(frozen=True, slots=True)
class _Take:
    """Copy rows that do not follow each other regularly; what is outside is 0."""

    rows: Whole
    outside: NDArray[np.bool_] | None

    def __call__(self, whole_array: Floats, copied: Floats) -> None:
        copied[...] = whole_array[self.rows]
        if self.outside is not None:
            copied[self.outside] = 0.0


@dataclass(frozen=True, slots=True)
class _Put:
    """Copy results to rows that do not follow each other regularly."""

    places: Whole
    rows: Whole

    def __call__(self, source: Floats, whole_array: Floats) -> None:
        whole_array[self.rows] = source[self.places]


@dataclass(frozen=True, slots=True)
class _Largest:
    """The largest entry along some axes."""

    axes: tuple[int, ...]

    def __call__(self, x: Floats, out: Floats) -> None:
        np.maximum.reduce(x, axis=self.axes, out=out)


@dataclass(frozen=True, slots=True)
class _Total:
    """The sum of the entries along some axes."""

    axes: tuple[int, ...]

    def __call__(self, x: Floats, out: Floats) -> None:
        if x.shape[-1:] == out.shape[-1:]:
            np.add.reduce(x, axis=self.axes, out=out)
        else:  # the same for all sets: it has no values of theirs in it
            out[...] = np.add.reduce(x, axis=self.axes)


@dataclass(frozen=True, slots=True)
class _Product:
    """A sum of products, in letters for ``one`` set and for ``many``; the result for one set has so many ``axes``.

    Of one set it may be a product of ``matrices``.
    """

    one: str
    many: str
    axes: int
    matrices: bool = False

    def __call__(self, *operands: Floats) -> None:
        out = operands[-1]
        if out.ndim > self.axes:
            np.einsum(self.many, *operands[:-1], out=out)
        elif self.matrices:
            np.dot(*operands)
        else:
            np.einsum(self.one, *operands[:-1], out=out)


_CALLED: dict[str, Callable[..., object]] = {
    ADD: np.add, SUB: np.subtract, MUL: np.multiply, DIV: np.divide, NEG: np.negative, POW: np.power, SQUARE: np.square, EQUAL: np.equal,
    **{name: columns_of(row, np) for name, row in PRIMITIVES.items()},
}  # fmt: skip
