"""Whether two formulas over whole arrays are the same: shapes first, then entry by entry at the points of the exercise.

All entries at all points are compared in floats; an entry that differs there, and some that do not, are compared as formulas of single
quantities (`tutor.answer.compare.formulas`), whose balls refute and confirm, on both sides of every kink.  What an operation does to its
entries is the same for all of them (but for those on a diagonal), so that a few stand for all; where an operation looks at places, or a
constant is very small, all are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tutor.answer.compare.array_points import Field
from tutor.answer.compare.formulas import CLEAR, Comparison, Outcome, compare
from tutor.answer.read.effort import MAX_WORK, Effort
from tutor.errors import TutorError
from tutor.expression.nodes import Call, Expr, Name, Number, children
from tutor.expression.sizes import put_in_shape
from tutor.expression.walk import size as count_nodes
from tutor.graph.entries import places
from tutor.graph.index_forms import ArrayFormula
from tutor.graph.shapes import shape_text
from tutor.numbers.array_entries import has_entries
from tutor.numbers.arrays import PLAIN, Floats, np
from tutor.rules.operations import BY_PLACE

MOST_SUSPECTS = 2
"""So many entries that floats call different are looked at with balls, those that differ most."""
MOST_ENTRIES = 64
"""So many entries are compared with balls where they are not alike."""
MOST_WRITTEN = 3
"""So many where each is a formula of its own: where the largest of a window is looked for."""
LOWER_ONE, SHORT = 30, 100
"""A name or a sign is made an instruction over arrays in the time of so many operations; so few cost nothing worth counting."""
TINY, HUGE = 1e-4, 1e5
"""A constant beyond these bounds may be smaller than what floats see beside the rest."""


SAME = Comparison("equal")


@dataclass(frozen=True, slots=True)
class ArrayComparison:
    """What came out: ``place`` is the entry that ``found`` is about (counted from 1), ``shapes`` the student's and the one that is asked
    where they differ, ``sizes`` what the letters of sizes were."""

    outcome: Outcome
    found: Comparison = SAME
    place: tuple[int, ...] = ()
    shapes: tuple[str, str] | None = None
    sizes: tuple[tuple[str, int], ...] = ()


EQUAL = ArrayComparison("equal")


def compare_arrays(formula: ArrayFormula, target: str, fields: Sequence[Field], effort: Effort | None = None) -> ArrayComparison:
    """Compare a student's formula with an array of the exercise (``dL/dW``), at every choice of sizes.

    ``formula`` has the letters of sizes in it; the first field is the one whose entries have the names of the exercise.  With ``effort``
    it shares what may be spent with other comparisons.
    """
    effort = effort or Effort(2 * MAX_WORK)
    with np.errstate(all="ignore"):
        for number, field in enumerate(fields):
            found = _compare_at_sizes(formula, target, field, effort, confirm=number == 0)
            if found.outcome != "equal":
                return found
    return EQUAL


def _compare_at_sizes(formula: ArrayFormula, target: str, field: Field, effort: Effort, *, confirm: bool) -> ArrayComparison:
    sizes = tuple(field.sizes.items())
    try:
        expr, asked = field.put_sizes(formula.expr), field.entries(target)
        shape = put_in_shape(formula.shape, field.sizes)
        if shape != asked.shape:
            return ArrayComparison("different", shapes=(shape_text(shape), shape_text(asked.shape)), sizes=sizes)
        effort.spend(LOWER_ONE * max(0, count_nodes(expr) - SHORT))
        program = field.lower(expr)
        effort.spend(program.work(len(field.points.near)))
        mine, theirs = field.rows(program, shape), field.goal(target)
        listed = list(places(shape))
        suspects = list(islice(_suspects(mine, theirs), MOST_SUSPECTS))
        most = MOST_ENTRIES if has_entries(program) else MOST_WRITTEN
        confirming = _list_confirming(expr, shape, listed)[:most] if confirm or suspects else []
        for number in dict.fromkeys((*suspects, *confirming)):
            found = compare(field.entry(expr, program, listed[number], effort), asked.items[number], field.points, effort)
            if found.outcome != "equal":
                return ArrayComparison(found.outcome, found, listed[number], sizes=sizes)
    except TutorError as problem:
        return ArrayComparison("undecided", Comparison("undecided", reason=problem.what))
    return EQUAL


def _suspects(mine: Floats, theirs: Floats) -> Iterator[int]:
    """The entries that floats call different, or that do not exist at some points, the first that clearly differs first."""
    apart = abs(mine - theirs)
    size = abs(mine) + abs(theirs)
    clear = np.any(apart > CLEAR * size, axis=1)
    found = np.flatnonzero(clear).tolist()
    if len(found) > 1 and not PLAIN:
        most = np.max(np.where(apart > CLEAR * size, apart / size, 0.0), axis=1)
        found.sort(key=lambda number: -float(most[number]))
    yield from found
    yield from np.flatnonzero(~np.all(np.isfinite(size), axis=1) & ~clear).tolist()


def _list_confirming(expr: Expr, shape: tuple[int, ...], listed: Sequence[tuple[int, ...]]) -> list[int]:
    """The entries that stand for all: the first, and one off the diagonal; all of them where they are not alike."""
    if not _are_alike(expr):
        return list(range(min(len(listed), MOST_ENTRIES)))
    last = len(listed) - 1
    other = next((number for number in range(last, 0, -1) if len(set(listed[number])) == len(shape)), last)
    return list(dict.fromkeys([0, other])) if len(shape) > 1 else [0]


def _are_alike(expr: Expr) -> bool:
    if type(expr) is Call and expr.func in BY_PLACE:
        return False
    if type(expr) is Call and expr.func == "at" and any(type(part) is not Name for part in expr.args[1:]):
        return False
    if type(expr) is Number:
        return expr.text == "0" or TINY < abs(expr.value) < HUGE
    return all(map(_are_alike, children(expr)))
