"""Where formulas over whole arrays are compared: the points of the single quantities, seen as arrays.

A *field* is an exercise over layers at one choice of sizes, with the points of its write-out neuron by neuron.  Sizes that are letters
have several fields, of different sizes: a 3 that stands where N is meant is right in one of them at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from tutor.answer.compare.places import Points
from tutor.answer.read.effort import Effort
from tutor.errors import ExpressionError, ValueProblem, tell
from tutor.expression.keys import derivative_key, read_after, read_derivative
from tutor.expression.nodes import Expr, Number
from tutor.expression.walk import as_name, substitute
from tutor.graph.algebra import Formulas
from tutor.graph.entries import Array, Entries
from tutor.graph.layered import Layered
from tutor.graph.shapes import Shape, fold_settings
from tutor.numbers.array_code import ArrayProgram
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.array_entries import count_written, has_entries, write_entry
from tutor.numbers.arrays import PLAIN, Floats, np
from tutor.numbers.program import MAX_CODE, Program

KEPT = 64
"""So many formulas are remembered with their programs: an answer is compared, diagnosed, and kept for what follows."""
MAX_WRITTEN = 10_000
"""The entries of a wrong formula are kept, for what follows from it, up to this size."""
WRITE_ONE = 3
"""An operation of an entry is written in the time of so many operations with sixty digits."""


@dataclass(slots=True)
class Field:
    """Arrays over some points: ``layered`` has no letters for sizes; ``sizes`` is what each letter is here."""

    layered: Layered
    points: Points
    sizes: Mapping[str, int]
    shapes: Mapping[str, Shape]
    _arrays: dict[str, Any] = field(default_factory=dict)
    _names: dict[str, Array[str]] = field(default_factory=dict)
    _single: Entries | None = None
    _sized: dict[int, tuple[Expr, Expr]] = field(default_factory=dict)
    _lowered: dict[int, tuple[Expr, ArrayProgram]] = field(default_factory=dict)

    @classmethod
    def make(cls, layered: Layered, points: Points, sizes: Mapping[str, int]) -> Field:
        """The field of a graph over layers whose write-out has these points."""
        return cls(layered, points, sizes, layered.shapes)

    def bend_points(self, points: Points) -> Field:
        """The same where some steps are others (see `Points.bend_steps`)."""
        return Field(self.layered, points, self.sizes, self.shapes)

    def entries(self, key: str) -> Array[str]:
        """The names of the single quantities of an array or a derivative (``dL/dW``, ``W@1``), in its shape.

        Raises `ValueProblem` for what is none.
        """
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self._find_array(key)
        return found

    def _find_array(self, key: str) -> Array[str]:
        entries = self.layered.entries
        plain = read_after(key)
        if plain.updates:
            array = self._find_array(plain.key)
            return Array(array.shape, tuple(f"{item}@{plain.updates}" for item in array.items))
        if key in entries:
            return Array(entries[key].shape, tuple(map(str, entries[key].items)))
        derivative = read_derivative(key)
        if derivative is None or derivative.wrt not in entries or derivative.of not in entries or entries[derivative.of].shape:
            if key in self.points.world.leaves:  # the step size
                return Array((), (key,))
            raise ValueProblem(tell("{name} has no value in this exercise", name=key), hint=tell("a derivative is that of a single number"))
        of = str(entries[derivative.of].items[0])
        array = entries[derivative.wrt]
        return Array(array.shape, tuple(derivative_key(of, str(item)) for item in array.items))

    def array(self, key: str) -> Any:
        """The values of an array at all points, which are the last axis."""
        found = self._arrays.get(key)
        if found is None:
            entries = self.entries(key)
            for name in entries.items:
                if not self.points.world.has(name):
                    raise ValueProblem(tell("{name} has no value in this exercise", name=name))
            columns = self.points.columns.fill(entries.items)
            if PLAIN:  # without NumPy there are two axes at most: the entries one by one
                found = self._arrays[key] = Array(entries.shape, tuple(columns[name] for name in entries.items))
                return found
            rows = np.stack([columns[name] for name in entries.items])
            found = self._arrays[key] = rows.reshape(*entries.shape, rows.shape[-1]) if len(entries.shape) != 1 else rows
        return found

    def put_sizes(self, expr: Expr) -> Expr:
        """A formula with numbers for the letters of sizes."""
        if not self.sizes:
            return expr
        known = self._sized.get(id(expr))
        if known is None:
            if len(self._sized) >= KEPT:
                self._sized.clear()
            sized = fold_settings(substitute(expr, {letter: Number(str(size)) for letter, size in self.sizes.items()}))
            known = self._sized[id(expr)] = expr, sized  # the formula is kept with it: its id stays its own
        return known[1]

    def lower(self, expr: Expr) -> ArrayProgram:
        """The program of a formula without letters.  Raises `TutorError`."""
        known = self._lowered.get(id(expr))
        if known is None:
            if len(self._lowered) >= KEPT:
                self._lowered.clear()
            known = self._lowered[id(expr)] = expr, ArrayColumns(self.array, len(self.points.near)).lower(expr)
        return known[1]

    def rows(self, program: ArrayProgram, shape: tuple[int, ...]) -> Floats:
        """The values of a formula by its program, one row an entry: (entries, points).  Raises `TutorError`."""
        points = len(self.points.near)
        value = ArrayColumns(self.array, points).run(program)
        if PLAIN:
            return value if shape else np.stack([value])
        return np.broadcast_to(value, (*shape, points)).reshape(prod(shape), points)

    def goal(self, key: str) -> Floats:
        """The values of what is asked, one row an entry."""
        array = self.array(key)
        found: Floats = np.stack(list(array.items)) if PLAIN else array.reshape(prod(array.shape[:-1]), array.shape[-1])
        return found

    def entry(self, expr: Expr, program: ArrayProgram, place: tuple[int, ...], effort: Effort | None = None) -> Program | Expr:
        """One entry of a formula without letters: its program of single quantities, or where a program has none, its formula.

        Raises `TutorError`, also where that takes more than what is left of ``effort``.
        """
        if has_entries(program):
            most = MAX_CODE if effort is None else min(MAX_CODE, int(effort.left) // WRITE_ONE)
            written = write_entry(program, place, self.entries, most)
            if effort is not None:
                effort.spend(WRITE_ONE * len(written.code))
            return written
        found: Expr = self.make_single().entry(expr, place, self.shapes)
        return found

    def make_single(self) -> Entries:
        """What writes formulas of single quantities; the names of all entries are made once."""
        if self._single is None:
            self._single = Entries(_SingleQuantities(self), Formulas())
        return self._single

    def write_entries(self, expr: Expr) -> tuple[Expr, ...]:
        """All entries of a formula without letters, as formulas of single quantities.

        Raises `TutorError`, also for more than anyone can go through.
        """
        if (count := count_written(self.lower(expr))) > MAX_WRITTEN:
            raise ExpressionError(tell("its entries are formulas of {count:,} names and signs", count=count),
                                  hint=tell("the limit is {limit:,}", limit=MAX_WRITTEN))  # fmt: skip
        return self.make_single().value(expr).items


class _SingleQuantities(dict[str, Array[Expr]]):
    """The single quantities of each array, as formulas."""

    def __init__(self, of: Field) -> None:
        super().__init__()
        self.field = of

    def __missing__(self, key: str) -> Array[Expr]:
        entries = self.field.entries(key)
        found = self[key] = Array(entries.shape, tuple(map(as_name, entries.items)))
        return found
