"""What is wrong with a printed formula, where one change makes it right: a name for another, a factor or term too many, a constant factor.

A known slip bends the right derivation and is found by what comes out (`tutor.marking.diagnose`); here the printed formula is mended, and
what was mended is told where the result is right at all points that are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tutor.errors import TutorError
from tutor.expression.keys import is_derivative, read_after, read_edge
from tutor.expression.nodes import ONE, Add, Div, Expr, Mul, Name, children, rebuild
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import names, substitute
from tutor.marking.evidence import Explanations, alike, mark_nowhere
from tutor.marking.judge import Judge
from tutor.marking.marked import Slip
from tutor.marking.page_factors import PageFactor, list_factors
from tutor.numbers.arrays import Floats, np
from tutor.numbers.floats import evaluate_at_points

if TYPE_CHECKING:
    from tutor.marking.judge_arrays import ArrayJudge

ANOTHER_NAME, FACTOR, TERM = "another-name", "factor-too-many", "term-too-many"
REPAIRS = (ANOTHER_NAME, FACTOR, TERM)
"""Their tags; the place is the quantity that belongs there, or what is one too many."""
MOST_NAMES = 60
MOST_TOLD = 3


def list_repairs(expr: Expr, known: tuple[str, ...]) -> Iterator[tuple[Slip, Expr]]:
    """The formulas that one change makes of a formula, with what it takes back; ``known`` are the quantities that may be meant.

    >>> from tutor.expression.parse import parse
    >>> [(slip.tag, write_plain(other)) for slip, other in list_repairs(parse("2*x", names=("x", "y")), ("x", "y"))]
    [('factor-too-many', 'x'), ('factor-too-many', '2'), ('another-name', '2*y')]
    """
    yield from _leave_out(expr)
    for name in names(expr):
        for other in known:
            if other != name:
                yield Slip(ANOTHER_NAME, other), substitute(expr, {name: Name(other)})


def _leave_out(expr: Expr) -> Iterator[tuple[Slip, Expr]]:
    if type(expr) is Mul or type(expr) is Add:
        tag = FACTOR if type(expr) is Mul else TERM
        for place, arg in enumerate(expr.args):
            rest = (*expr.args[:place], *expr.args[place + 1 :])
            yield Slip(tag, write_plain(arg)), rest[0] if len(rest) == 1 else rebuild(expr, rest)
    parts = children(expr)
    for place, part in enumerate(parts):
        for slip, other in _leave_out(part):
            yield slip, rebuild(expr, (*parts[:place], other, *parts[place + 1 :]))


def explain_printed(judge: Judge, target: str, expr: Expr, sizes: tuple[int, ...]) -> Explanations:
    """The changes that make a printed formula right, or the factor by which it is off; nothing where none does."""
    world = judge.sheet.formulas
    right = mark_nowhere(world.env[target])
    leaves = {q.name for q in judge.sheet.working.graph.leaves}
    known = tuple(name for name in world.env if name in leaves or (name in judge.sheet.order and not is_derivative(name)
                  and not read_edge(name) and not read_after(name).updates))[:MOST_NAMES]  # fmt: skip

    def value_of(formula: Expr) -> Floats | None:
        try:
            found = np.broadcast_to(np.asarray(evaluate_at_points(formula, judge.formula_env(formula)), dtype=float), right.shape)
        except (KeyError, TutorError):
            return None
        return mark_nowhere(found) if np.any(np.isfinite(found)) else None

    def is_right(formula: Expr) -> bool:
        value = value_of(formula)
        return value is not None and bool(np.all(np.isfinite(value))) and alike(value, right)

    found = [slip for slip, other in list_repairs(expr, known) if is_right(other)]
    names_told = [slip for slip in dict.fromkeys(found) if slip.tag == ANOTHER_NAME or slip.at in known or slip.at in world.env]
    if found:
        return tuple((slip,) for slip in (names_told or list(dict.fromkeys(found)))[:MOST_TOLD])
    own = value_of(expr)
    if own is None:
        return ()
    return tuple((Slip(factor.tag, target),) for factor in list_factors(sizes) if alike(own, factor.value * right))[:1]


def find_formula_factor(judge: ArrayJudge, expr: Expr, index: Sequence[str], sizes: Sequence[int]) -> PageFactor | None:
    """The factor by which a formula over arrays is off; nothing where there is none."""
    for factor in list_factors(sizes):
        inverse = Div(ONE, parse(factor.text, functions=("sqrt",)))
        if judge.sheet.array_slips.is_right(judge, Mul((inverse, expr)), index):
            return factor
    return None
