"""Formulas that are right with given numbers in place of their quantities: 2(x_L − 0.5)·1.5 for 2(x_L − y)·x_Lm1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from tutor.answer.compare.formulas import compare
from tutor.answer.read.effort import Effort
from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.expression.nodes import Expr
from tutor.marking.answer_forms import figures, name_numbers
from tutor.marking.mark_sheet import Sheet
from tutor.numbers.arrays import np
from tutor.numbers.floats import as_float, evaluate_at_points

NEAR = 1e-9
MOST_NAMED = 6
"""So many formulas are tried in which a 0, 1 or 2 is a given quantity."""
_FACTORS = (1.0, 0.83, 1.21, 0.64, 1.9)


def has_numbers_put_in(sheet: Sheet, target: str, expr: Expr, effort: Effort) -> bool:
    """Whether a formula is right with given numbers in place of their quantities.

    Its quantities are varied while all others keep their given values; or all given quantities are whose numbers do not stand in it.  A 0,
    1 or 2 stands in many formulas by itself: it is a quantity's if the formula with that quantity's name in its place is right.
    """
    used = list(list_referred(expr))
    if not sheet.truth or not used or any(name not in sheet.truth for name in used):
        return False
    needed, there = find_leaves(sheet, [target]), find_leaves(sheet, used)
    own, given = figures(expr), {float(abs(as_float(value))) for value in sheet.leaves().values()}
    if needed <= there and not (own and own <= given):
        return False  # no number stands for a quantity: all that it depends on are there by their names
    if own:
        free = [name for name, value in sheet.leaves().items() if float(abs(as_float(value))) not in own]
        if any(_is_right_varied(sheet, target, expr, names) for names in (used, free) if names):
            return True
    values: dict[float, list[str]] = {}
    for name in sorted(needed - set(used)):
        values.setdefault(as_float(sheet.leaves()[name]), []).append(name)
    named = islice(name_numbers(expr, values), MOST_NAMED)
    return any(compare(other, target, sheet.points, effort).outcome == "equal" for other in named)


def find_leaves(sheet: Sheet, names: Iterable[str]) -> frozenset[str]:
    """The given quantities that some quantities depend on, as their steps say."""
    return frozenset().union(*map(sheet.cone, names)) & set(sheet.leaves())


def _is_right_varied(sheet: Sheet, target: str, expr: Expr, names: Sequence[str]) -> bool:
    """Whether a formula is what is asked while some quantities take other values than the given ones."""
    given = sheet.numbers.env
    varied = {
        name: given[name][0] * np.roll(_FACTORS, place) + 0.03 * (place + 1) * (np.roll(_FACTORS, place) - 1)
        for place, name in enumerate(names)
    }  # fmt: skip
    world = sheet.numbers.fix_values(varied, [target, *list_referred(expr)])
    try:
        value = np.broadcast_to(np.asarray(evaluate_at_points(expr, world.env), dtype=float), (len(_FACTORS),))
    except (KeyError, TutorError):
        return False
    goal = np.broadcast_to(world.env[target], (len(_FACTORS),))
    return bool(np.isclose(value, goal, rtol=NEAR, atol=0).all() and np.ptp(goal) > 0)
