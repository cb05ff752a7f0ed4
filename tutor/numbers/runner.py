"""Running the calls of an array program: for one set of numbers, and for many at once."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from tutor.errors import ValueProblem
from tutor.numbers.array_plan import GIVEN_ROWS, SCRATCH_ROWS, WANTED_ROWS, Plan, View
from tutor.numbers.arrays import Floats

SCRATCH_BYTES = 1 << 25
"""How large the scratch array may become: about the last-level cache.  Measured: to cut the work into smaller pieces, for the second-level
cache, loses up to half of the time, because the rows of the given and wanted arrays are then read and written in short stretches."""
SMALLEST, LARGEST_BYTES = 1024, 1 << 28
"""The smallest number of sets in one piece, while the scratch array is not larger than this."""
KEPT = 8
"""For how many widths scratch arrays are kept."""
LINE = 8
"""Floats in a cache line."""


_Work: TypeAlias = "tuple[list[tuple[Callable[..., object], list[Any]]], list[list[tuple[list[Any], int]]]]"
"""Calls with their operands, and where among these each view of the caller's arrays belongs."""


class Many:
    """A plan for many sets, which stand in the last axis.

    Called with (given, N) floats it returns (wanted, N).  What does not exist is nan or inf; nothing is raised for it.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        bytes_of_a_set = 8 * max(1, plan.rows[SCRATCH_ROWS])
        self.piece = max(min(SMALLEST, LARGEST_BYTES // bytes_of_a_set), SCRATCH_BYTES // bytes_of_a_set, 1)
        self.outer = [
            (what.array, what.first, tuple(n for n, _ in what.axes), tuple(step for _, step in what.axes))
            for what in plan.operands
            if isinstance(what, View) and what.array != SCRATCH_ROWS
        ]
        self.spare: dict[int, list[_Work]] = {}

    def __call__(self, values: Floats, out: Floats | None = None) -> Floats:
        """Run it, writing into ``out`` if there is one.  Raises `ValueProblem` for an array of another shape."""
        given, wanted, _ = self.plan.rows
        values = np.ascontiguousarray(values, dtype=np.float64)
        if values.ndim != 2 or len(values) != given:
            raise ValueProblem(
                f"an array of shape {values.shape} for {given} given values",
                hint=f"one row a value, one column a set: ({given}, N)",
            )
        count = values.shape[1]
        if out is None:
            out = _align_array(wanted, count)
        elif out.shape != (wanted, count) or out.dtype != np.float64 or not out.flags.c_contiguous:
            raise ValueProblem(f"the results need a contiguous array of {wanted} times {count} floats")
        pieces = -(-count // self.piece)
        width = -(-count // pieces) if pieces else 0  # pieces of equal width
        width += -width % LINE
        with np.errstate(all="ignore"):
            for start in range(0, count, max(width, 1)):
                self.run((values, out), start, min(width, count - start))
        return out

    def run(self, arrays: tuple[Floats, Floats], start: int, width: int) -> None:
        """One piece.  Its scratch array is taken from a list and put back: calls from several threads do not disturb each other."""
        try:
            work = self.spare[width].pop()
        except (KeyError, IndexError):
            if len(self.spare) > KEPT:
                self.spare.clear()
            work = self.workspace(width)
        calls, places = work
        row, begin = 8 * arrays[GIVEN_ROWS].shape[1], 8 * start
        for (array, first, lengths, steps), used in zip(self.outer, places, strict=True):
            strides = (*[step * row for step in steps], 8)
            view = np.ndarray((*lengths, width), np.float64, arrays[array], first * row + begin, strides)
            for operands, place in used:
                operands[place] = view
        for func, operands in calls:
            func(*operands)
        for used in places:
            for operands, place in used:
                operands[place] = None  # the caller's arrays are not kept alive
        self.spare.setdefault(width, []).append(work)

    def workspace(self, width: int) -> _Work:
        """The calls with the operands that do not change from piece to piece: views of a scratch array, and constants."""
        row = width + -width % LINE
        scratch = _align_array(self.plan.rows[SCRATCH_ROWS], row)
        views: list[Any] = []
        for what in self.plan.operands:
            if not isinstance(what, View):
                views.append(what[..., None])  # a constant is the same in every set
            elif what.array != SCRATCH_ROWS:
                views.append(None)
            else:
                shape = (*[length for length, _ in what.axes], width)
                strides = (*[8 * row * step for _, step in what.axes], 8)
                views.append(np.ndarray(shape, np.float64, scratch, 8 * row * what.first, strides))
        calls = [(func, [views[number] for number in numbers]) for func, numbers in self.plan.calls]
        places: dict[int, list[tuple[list[Any], int]]] = {
            number: [] for number, what in enumerate(self.plan.operands) if isinstance(what, View) and what.array != SCRATCH_ROWS
        }
        for (_, operands), (_, numbers) in zip(calls, self.plan.calls, strict=True):
            for place, number in enumerate(numbers):
                if number in places:
                    places[number].append((operands, place))
        return calls, list(places.values())


def _align_array(rows: int, columns: int) -> Floats:
    """An array that begins at a cache line: rows that straddle two lines are written at half the speed."""
    size = rows * columns
    whole = np.empty(size + LINE)
    skip = -(whole.__array_interface__["data"][0] // 8) % LINE
    return whole[skip : skip + size].reshape(rows, columns)


class _Workspace:
    """The arrays for one run with one set, and the calls with the views of them."""

    def __init__(self, plan: Plan) -> None:
        self.arrays = [np.zeros(max(rows, 1)) for rows in plan.rows]
        views: list[Any] = []
        for what in plan.operands:
            if isinstance(what, View):
                array = self.arrays[what.array]
                shape, strides = [a for a, _ in what.axes], [8 * b for _, b in what.axes]
                views.append(np.ndarray(shape, np.float64, array, 8 * what.first, strides))
            else:
                views.append(what)
        self.calls: list[tuple[Callable[..., object], list[Any]]] = [
            (func, [views[number] for number in numbers]) for func, numbers in plan.calls
        ]
        self.given, self.wanted = self.arrays[GIVEN_ROWS], self.arrays[WANTED_ROWS]
        self.bytes = self.given.data.cast("B")


class One:
    """A plan for one set: takes a sequence of floats and returns a tuple, or an array for an array (`array`)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.spare: list[_Workspace] = []
        self.packed = struct.Struct(f"{plan.rows[GIVEN_ROWS]}d")

    def __call__(self, values: Sequence[float]) -> tuple[float, ...]:
        """Run it with len(given) floats."""
        if isinstance(values, np.ndarray):
            return tuple(self.array(values).tolist())
        work = self.take()
        self.packed.pack_into(work.bytes, 0, *values)  # three times faster than NumPy's own reading of a list
        self.run(work)
        found = tuple(work.wanted.tolist())
        self.spare.append(work)
        return found[: self.plan.rows[WANTED_ROWS]]

    def array(self, values: Floats) -> Floats:
        """The same from array to array, without a Python float for each number."""
        work = self.take()
        work.given[:] = values
        self.run(work)
        found: Floats = work.wanted.copy()
        self.spare.append(work)
        return found

    def take(self) -> _Workspace:
        """Arrays that no other call is using."""
        try:
            return self.spare.pop()
        except IndexError:
            return _Workspace(self.plan)

    def run(self, work: _Workspace) -> None:
        """Compute the wanted array from the given one."""
        with np.errstate(all="ignore"):
            for func, operands in work.calls:
                func(*operands)
