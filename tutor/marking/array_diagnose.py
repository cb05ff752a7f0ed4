"""What was probably done to get a wrong array: the derivation in layer form is bent by one known slip at a time, and compared.

For each array that is asked a table is made once: what it comes to under every slip in a step on the way to it, at a few points.  A formula
whose parts do not fit together has no value; there one change at a time is made in the student's formula (`repaired`), and where it is
right then, that was the slip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any

from tutor.answer.compare.array_points import Field
from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.expression.nodes import Call, Expr, Mul, Name, Partial, children, rebuild
from tutor.graph.index_forms import ArrayFormula
from tutor.marking.array_bends import is_slope
from tutor.marking.bent_arrays import MOST_TOLD, BentArrays, Explanations, is_same_array, keep_told
from tutor.marking.marked import Slip
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.arrays import PLAIN, np
from tutor.rules.operations import ENTRYWISE, LAYERS

if TYPE_CHECKING:
    from tutor.marking.judge_arrays import ArrayJudge
    from tutor.marking.mark_sheet import Sheet

MOST_POINTS = 8
MOST_REPAIRS = 40
MOST_MENDED_TWICE = 6
"""A formula with more places for a change is not changed twice."""
_OF_PRODUCTS = frozenset({"product-order", "outer-reversed", "transpose-forgotten", "transpose-too-many"})
"""What goes wrong with a product, two of them at once."""


class ArraySlips:
    """The slips with the arrays of one exercise; the tables are made when they are first needed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.field: Field = sheet.fields[0]
        graph = self.field.layered.graph
        self.activated = tuple(
            step.expr.args[0].name for step in graph.steps
            if type(step.expr) is Call and len(step.expr.args) == 1 and type(step.expr.args[0]) is Name and step.rule not in LAYERS
        )  # fmt: skip

    @cached_property
    def numbers(self) -> BentArrays:
        """What slips give at the given values."""
        return BentArrays(self.field.layered, self.find_at_numbers, 1)

    @cached_property
    def formulas(self) -> BentArrays:
        """What slips give at a few points."""
        return BentArrays(self.field.layered, self.find_at_points, len(self.points))

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
            fits = [wrong.slip for wrong in self.formulas.table(key) if wrong.shape == shape and is_same_array(wrong.rows, rows)]
        return keep_told(fits, key)

    def explain_numbers(self, key: str, shape: tuple[int, ...], low: Sequence[float], high: Sequence[float]) -> Explanations:
        """The slips that give an array of numbers, each of which may lie between two bounds."""
        return () if PLAIN else self.numbers.explain(key, shape, np.array(low), np.array(high))

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

    def explain_repaired(self, judge: ArrayJudge, expr: Expr, index: Sequence[str]) -> Explanations:
        """The slips of a formula that is right after one change, or after two of a product: both its order and a transpose."""
        changed = list(islice(repairs(expr, self.activated), MOST_REPAIRS))
        fits = [Slip(tag, judge.key) for tag, other in changed if self.is_right(judge, other, index)]
        if fits:
            return keep_told(fits)
        pairs: dict[frozenset[str], tuple[Slip, ...]] = {}
        for first, other in changed if len(changed) <= MOST_MENDED_TWICE else ():
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
            edge = {below for step in edge for below in self.formulas.uses.get(step, ())} - found - named
        return found


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
