"""What slips make of the arrays of a derivation: it is bent by one known slip at a time and run, at any number of points.

For each array that is asked a table is made once, of what it comes to under every slip in a step on the way to it.  Points of formulas
(`tutor.marking.array_diagnose`), the given values of an exercise, and the numbers of a program (`tutor.marking.judge_numbers`) are tables
of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from tutor.derive.backward import derive
from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.expression.keys import read_after
from tutor.expression.nodes import Expr
from tutor.graph.entries import MAX_WORK
from tutor.graph.layered import Layered
from tutor.graph.nouns import Step
from tutor.graph.shapes import shape_of
from tutor.marking.array_bends import LayerStep
from tutor.marking.array_misconceptions import LAYOUT, TABLE
from tutor.marking.marked import Slip
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.arrays import Floats, np

Explanations = tuple[tuple[Slip, ...], ...]
Known = Callable[[str], Any]
MOST_TOLD = 4
SAME = 1e-8


@dataclass(frozen=True, slots=True)
class WrongArray:
    """What a slip at a step makes of an array: its shape, and its values (entries, points)."""

    slip: Slip
    shape: tuple[int, ...]
    rows: Any


class BentArrays:
    """A derivation in layer form at some points, and what slips make of it.

    ``known`` gives the array of a quantity or a derivative, with the points as its last axis.  ``fixed`` are those that stay as they are
    known, whatever is bent before them: a student's own results.  One step may take ``most`` products.
    """

    def __init__(
        self, layered: Layered, known: Known, points: int, fixed: frozenset[str] = frozenset(), most: int = MAX_WORK
    ) -> None:
        self.layered, self.known, self.points, self.fixed, self.most = layered, known, points, fixed, most
        graph = layered.graph
        self.shapes = layered.shapes
        self.steps: dict[str, Step] = {step.target: step for step in (*graph.steps, *derive(graph).backward)}
        self.uses = {target: frozenset(list_referred(step.expr)) & set(self.steps) for target, step in self.steps.items()}
        self.tables: dict[str, list[WrongArray]] = {}

    def explain(self, key: str, shape: tuple[int, ...], low: Floats, high: Floats) -> Explanations:
        """The slips that give an array of numbers, each of which may lie between two bounds."""
        fits = []
        for wrong in self.table(key):
            column = wrong.rows.reshape(prod(wrong.shape), -1)[:, 0]
            fitting = wrong.slip.tag != LAYOUT and _drop_ones(wrong.shape) == _drop_ones(shape)  # a column is a list however it is typed
            if fitting and bool(np.all((column >= low) & (column <= high))):
                fits.append(wrong.slip)
        return keep_told(fits, key)

    def table(self, key: str) -> list[WrongArray]:
        """What an array comes to under every slip on the way to it."""
        if key not in self.tables:
            with np.errstate(all="ignore"):
                self.tables[key] = list(self._make_wrong(key))
        return self.tables[key]

    def list_before(self, key: str) -> list[str]:
        """The steps that an array is computed by, itself included, in their order; what is fixed is not computed."""
        found: set[str] = set()
        stack = [key]
        while stack:
            name = stack.pop()
            if name not in found and (name not in self.fixed or name == key):
                found.add(name)
                stack.extend(self.uses[name])
        return [target for target in self.steps if target in found]

    def _make_wrong(self, key: str) -> Iterator[WrongArray]:
        if read_after(key).updates or key not in self.steps:
            return
        right = self.known(key)
        if right.ndim == 3:
            turned = right.transpose(1, 0, 2)
            yield WrongArray(Slip(LAYOUT, key), turned.shape[:-1], turned.reshape(-1, turned.shape[-1]))
        together: dict[str, dict[str, Expr]] = {}
        for target in self.list_before(key):
            at = LayerStep(self.steps[target], self.shapes, self.layered)
            for row in TABLE:
                for place, expr in enumerate(row.bends(at)):
                    if place == 0:
                        together.setdefault(row.tag, {})[target] = expr
                    yield from self._bend(key, row.tag, {target: expr})
        for tag, edits in together.items():  # who makes a slip makes it wherever there is occasion
            if len(edits) > 1:
                yield from self._bend(key, tag, edits)

    def _bend(self, key: str, tag: str, edits: Mapping[str, Expr]) -> Iterator[WrongArray]:
        """What an array comes to by a slip, where that is another value; the slip stands at the first step that it is made in."""
        found, right = self._propagate(key, edits), self.known(key)
        if found is not None and not (found.shape == right.shape and is_same_array(found, right)):
            yield WrongArray(Slip(tag, next(iter(edits))), found.shape[:-1], found.reshape(-1, found.shape[-1]))

    def _propagate(self, key: str, edits: Mapping[str, Expr]) -> Any:
        """What an array comes to where some steps are others; nothing where it does not fit any more."""
        changed: dict[str, Any] = {}
        worker = ArrayColumns(lambda name: changed[name] if name in changed else self.known(name), self.points, self.most)
        needed = self.list_before(key)
        try:
            for name in needed[min(needed.index(target) for target in edits) :]:
                if name in edits:
                    value = worker.value(edits[name])
                elif self.uses[name] & changed.keys():
                    value = worker.value(self.steps[name].expr)
                else:
                    continue
                shape = tuple(int(size) for size in shape_of(edits.get(name, self.steps[name].expr), self.shapes))
                value = np.broadcast_to(value, (*shape, self.points))
                if not np.all(np.isfinite(value)):
                    return None
                if shape != self.known(name).shape[:-1] and name != key:
                    return None
                changed[name] = value
        except (TutorError, ValueError, KeyError):  # a step that the working leaves out, as named rewrites do, has no value
            return None
        return changed.get(key)


def _drop_ones(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def is_same_array(a: Any, b: Any) -> bool:
    """Whether two arrays are the same but for the last digits of floats."""
    flat, other = a.reshape(-1), b.reshape(-1)
    size = np.abs(flat) + np.abs(other)
    return bool(np.all(np.abs(flat - other) <= SAME * (size + SAME * np.max(size))))


def keep_told(fits: Sequence[Slip], key: str = "") -> Explanations:
    """The slips that fit, each tag once, in the step that is asked (``key``) if it may be there; none where too many do."""
    first: dict[str, Slip] = {}
    for slip in sorted(fits, key=lambda slip: slip.at != key):
        first.setdefault(slip.tag, slip)
    return tuple((slip,) for slip in first.values()) if len(first) <= MOST_TOLD else ()
