"""What was probably done to get a wrong array: the derivation in layer form is bent by one known slip at a time, and compared.

For each array that is asked a table is made once: what it comes to under every slip in a step on the way to it, at a few points.  A formula
whose parts do not fit together has no value; there one change at a time is made in the student's formula (`repaired`), and where it is
right then, that was the slip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any

from tutor.answer.compare.array_points import Field
from tutor.derive.backward import derive
from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.expression.keys import read_after
from tutor.expression.nodes import Call, Expr, Mul, Name, Partial, children, rebuild
from tutor.graph.index_forms import ArrayFormula
from tutor.graph.nouns import Step
from tutor.graph.shapes import shape_of
from tutor.marking.array_bends import LayerStep, is_slope
from tutor.marking.array_misconceptions import LAYOUT, TABLE
from tutor.marking.marked import Slip
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.arrays import PLAIN, np
from tutor.rules.operations import ENTRYWISE, LAYERS

if TYPE_CHECKING:
    from tutor.marking.judge_arrays import ArrayJudge
    from tutor.marking.mark_sheet import Sheet

Explanations = tuple[tuple[Slip, ...], ...]
Known = Callable[[str], Any]
MOST_POINTS = 8
MOST_TOLD = 4
MOST_REPAIRS = 40
MOST_OF_PRODUCTS = 10
_OF_PRODUCTS = frozenset({"product-order", "outer-reversed", "transpose-forgotten", "transpose-too-many"})
"""What goes wrong with a product, two of them at once: a formula with so many places for it is not mended twice."""
SAME = 1e-8


@dataclass(frozen=True, slots=True)
class WrongArray:
    """What a slip at a step makes of an array: its shape, and its values (entries, points)."""

    slip: Slip
    shape: tuple[int, ...]
    rows: Any


class ArraySlips:
    """The slips with the arrays of one exercise; the tables are made when they are first needed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.field: Field = sheet.fields[0]
        graph = self.field.layered.graph
        self.steps: dict[str, Step] = {step.target: step for step in (*graph.steps, *derive(graph).backward)}
        self.uses = {target: frozenset(list_referred(step.expr)) & set(self.steps) for target, step in self.steps.items()}
        self.tables: dict[tuple[str, bool], list[WrongArray]] = {}
        self.activated = tuple(
            step.expr.args[0].name for step in graph.steps
            if type(step.expr) is Call and len(step.expr.args) == 1 and type(step.expr.args[0]) is Name and step.rule not in LAYERS
        )  # fmt: skip

    def explain_formula(self, key: str, formula: ArrayFormula, shape: tuple[int, ...]) -> Explanations:
        """The slips that give just this formula, at all points that are tried."""
        if PLAIN:  # the tables need arrays of more axes than there are without NumPy
            return ()
        points = self.points
        known = self.find_at_points
        with np.errstate(all="ignore"):
            value = ArrayColumns(known, len(points)).value(self.field.put_sizes(formula.expr))
            rows = np.broadcast_to(value, (*shape, len(points))).reshape(prod(shape), len(points))
            if not np.all(np.isfinite(rows)):
                return ()
            fits = [wrong.slip for wrong in self.table(key, numbers=False) if wrong.shape == shape and _close(wrong.rows, rows)]
        return keep_told(fits)

    def explain_numbers(self, key: str, shape: tuple[int, ...], low: Sequence[float], high: Sequence[float]) -> Explanations:
        """The slips that give an array of numbers, each of which may lie between two bounds."""
        if PLAIN:
            return ()
        bounds = np.array(low), np.array(high)
        fits = []
        for wrong in self.table(key, numbers=True):
            column = wrong.rows.reshape(prod(wrong.shape), -1)[:, 0]
            if wrong.slip.tag != LAYOUT and wrong.shape == shape and bool(np.all((column >= bounds[0]) & (column <= bounds[1]))):
                fits.append(wrong.slip)
        return keep_told(fits)

    @property
    def points(self) -> Sequence[int]:
        """Which of the points are tried."""
        generic = list(self.field.points.generic)
        return generic[:: max(1, len(generic) // MOST_POINTS)][:MOST_POINTS]

    def find_at_points(self, key: str) -> Any:
        """An array at these points."""
        return self.field.array(key)[..., list(self.points)]

    def find_at_numbers(self, key: str) -> Any:
        """An array at the given values."""
        entries = self.field.entries(key)
        env = self.sheet.numbers.env
        rows = np.stack([np.asarray(env[name], dtype=float).reshape(-1)[:1] for name in entries.items])
        return rows.reshape(*entries.shape, 1)

    def table(self, key: str, *, numbers: bool) -> list[WrongArray]:
        """What an array comes to under every slip on the way to it."""
        if (key, numbers) not in self.tables:
            known, count = (self.find_at_numbers, 1) if numbers else (self.find_at_points, len(self.points))
            with np.errstate(all="ignore"):
                self.tables[key, numbers] = list(self._make_wrong(key, known, count))
        return self.tables[key, numbers]

    def _make_wrong(self, key: str, known: Known, points: int) -> Iterator[WrongArray]:
        if read_after(key).updates or key not in self.steps:
            return
        right = known(key)
        if right.ndim == 3:
            turned = right.transpose(1, 0, 2)
            yield WrongArray(Slip(LAYOUT, key), turned.shape[:-1], turned.reshape(-1, turned.shape[-1]))
        shapes = self.field.shapes
        together: dict[str, dict[str, Expr]] = {}
        for target in self._list_before(key):
            at = LayerStep(self.steps[target], shapes, self.field.layered)
            for row in TABLE:
                for place, expr in enumerate(row.bends(at)):
                    if place == 0:
                        together.setdefault(row.tag, {})[target] = expr
                    yield from self._bend(key, row.tag, {target: expr}, known, points)
        for tag, edits in together.items():  # who makes a slip makes it wherever there is occasion
            if len(edits) > 1:
                yield from self._bend(key, tag, edits, known, points)

    def _list_before(self, key: str) -> list[str]:
        """The steps that an array is computed by, itself included, in their order."""
        found: set[str] = set()
        stack = [key]
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(self.uses[name])
        return [target for target in self.steps if target in found]

    def _bend(self, key: str, tag: str, edits: Mapping[str, Expr], known: Known, points: int) -> Iterator[WrongArray]:
        """What an array comes to by a slip, where that is another value; the slip stands at the first step that it is made in."""
        found, right = self._propagate(key, edits, known, points), known(key)
        if found is not None and not (found.shape == right.shape and _close(found, right)):
            yield WrongArray(Slip(tag, next(iter(edits))), found.shape[:-1], found.reshape(-1, found.shape[-1]))

    def _propagate(self, key: str, edits: Mapping[str, Expr], known: Known, points: int) -> Any:
        """What an array comes to where some steps are others; nothing where it does not fit any more."""
        changed: dict[str, Any] = {}
        worker = ArrayColumns(lambda name: changed[name] if name in changed else known(name), points)
        needed = self._list_before(key)
        try:
            for name in needed[min(needed.index(target) for target in edits) :]:
                if name in edits:
                    value = worker.value(edits[name])
                elif self.uses[name] & changed.keys():
                    value = worker.value(self.steps[name].expr)
                else:
                    continue
                shape = tuple(int(size) for size in shape_of(edits.get(name, self.steps[name].expr), self.field.shapes))
                value = np.broadcast_to(value, (*shape, points))
                if not np.all(np.isfinite(value)):
                    return None
                if shape != known(name).shape[:-1] and name != key:
                    return None
                changed[name] = value
        except (TutorError, ValueError, KeyError):  # a step that the working leaves out, as named rewrites do, has no value
            return None
        return changed.get(key)

    def explain_repaired(self, judge: ArrayJudge, expr: Expr, index: Sequence[str]) -> Explanations:
        """The slips of a formula that is right after one change, or after two of a product: both its order and a transpose."""
        fits = []
        changed = list(islice(repairs(expr, self.activated), MOST_REPAIRS))
        for tag, other in changed:
            if self.is_right(judge, other, index):
                fits.append(Slip(tag, judge.key))
        if fits:
            return keep_told(fits)
        pairs: dict[frozenset[str], tuple[Slip, ...]] = {}
        for first, other in changed if sum(tag in _OF_PRODUCTS for tag, _ in changed) <= MOST_OF_PRODUCTS else ():
            for second, whole in repairs(other) if first in _OF_PRODUCTS else ():
                tags = frozenset({first, second})
                if second in _OF_PRODUCTS and len(tags) == 2 and tags not in pairs and self.is_right(judge, whole, index):
                    pairs[tags] = (Slip(first, judge.key), Slip(second, judge.key))
        return tuple(pairs.values()) if len(pairs) <= MOST_TOLD else ()

    @staticmethod
    def is_right(judge: ArrayJudge, expr: Expr, index: Sequence[str]) -> bool:
        """Whether a formula is what is asked for, in one of its readings; no once all efforts are spent."""
        if judge.effort.left < 0:
            return False
        try:
            return any(judge.compare(formula).outcome == "equal" for formula in judge.readings(expr, index))
        except TutorError:
            return False

    def list_between(self, key: str, expr: Expr) -> set[str]:
        """The steps behind a quantity that a formula for it does not name: where its slip was made."""
        named, found, edge = {*list_referred(expr)}, set[str](), {key}
        while edge:
            found |= edge
            edge = {below for step in edge for below in self.uses.get(step, ())} - found - named
        return found


def _close(a: Any, b: Any) -> bool:
    flat, other = a.reshape(-1), b.reshape(-1)
    size = np.abs(flat) + np.abs(other)
    return bool(np.all(np.abs(flat - other) <= SAME * (size + SAME * np.max(size))))


def keep_told(fits: Sequence[Slip]) -> Explanations:
    """The slips that fit, each tag once; none where too many do."""
    first: dict[str, Slip] = {}
    for slip in fits:
        first.setdefault(slip.tag, slip)
    return tuple((slip,) for slip in first.values()) if len(first) <= MOST_TOLD else ()


def repairs(expr: Expr, activated: Sequence[str] = ()) -> Iterator[tuple[str, Expr]]:
    """The formulas that one change makes of a formula, each with the slip that it takes back.

    ``activated`` are the quantities that an activation is applied to, for slopes of another layer.

    >>> [tag for tag, _ in repairs(Call("transpose", (Name("W"),)))]
    ['transpose-too-many']
    """
    yield from _repair_here(expr)
    if is_slope(expr) and type(expr) is Call:
        yield from (("slope-at-wrong-node", Call(expr.func, (Name(name),))) for name in activated if (Name(name),) != expr.args)
    parts = children(expr)
    if type(expr) is Call and expr.func in ("at", "sum_over"):
        parts = parts[-1:] if expr.func == "sum_over" else ()
    skipped = len(children(expr)) - len(parts)
    for place, part in enumerate(parts, skipped):
        for tag, other in repairs(part, activated):
            whole = children(expr)
            if type(expr) is Call and expr.func == "transpose" and other == Call("transpose", (part,)):
                continue  # twice is not at all
            yield tag, rebuild(expr, (*whole[:place], other, *whole[place + 1 :]))


def _repair_here(expr: Expr) -> Iterator[tuple[str, Expr]]:
    kind = type(expr)
    if kind is Call and expr.func == "transpose":  # type: ignore[union-attr]
        yield "transpose-too-many", expr.args[0]  # type: ignore[union-attr]
    elif kind is Name or kind is Partial or kind is Mul:
        yield "transpose-forgotten", Call("transpose", (expr,))
    if kind is Mul:
        factors = expr.args  # type: ignore[union-attr]
        if len(factors) == 2:
            yield "product-order", Mul(factors[::-1])
            yield "product-for-entrywise", Call(ENTRYWISE, factors)
    if kind is Call and expr.func in ("matmul", "outer", ENTRYWISE) and len(expr.args) == 2:  # type: ignore[union-attr]
        func, factors = expr.func, expr.args  # type: ignore[union-attr]
        if func == ENTRYWISE:
            yield "entrywise-for-product", Call("matmul", factors)
        else:
            yield ("outer-reversed" if func == "outer" else "product-order"), Call(func, factors[::-1])
            if func == "matmul":
                yield "product-for-entrywise", Call(ENTRYWISE, factors)
    if kind is Call and expr.func == "at" and len(expr.args) == 3:  # type: ignore[union-attr]
        array, first, second = expr.args  # type: ignore[union-attr]
        yield "transpose-forgotten", Call("at", (array, second, first))
