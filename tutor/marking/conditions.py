"""Formulas that hold under a condition: p − y for softmax with cross-entropy, where the targets sum up to 1.

A lecture says "for one-hot targets" once and then writes p − y.  Such a formula is right where the condition is given: at the
exercise's own values, or where it has none.
"""

from __future__ import annotations

from dataclasses import replace

from tutor.answer.compare import Points, derivatives, sample
from tutor.derive.backward import derive
from tutor.derive.rewrites import found
from tutor.derive.working import Work
from tutor.errors import TutorError
from tutor.evaluate.run import compute
from tutor.expression.nodes import ONE, Add, Expr, Name, Neg
from tutor.marking.sheet import Sheet

MAX_STEPS = 500
"""In a graph of up to so many steps named rewrites are looked for."""


def points_under(sheet: Sheet) -> Points | None:
    """The points where formulas are compared with the targets of every sample summing up to 1; nothing where that is not so."""
    fixed: dict[str, Expr] = {}
    for condition in _conditions(sheet):
        if sheet.exercise.values and compute(condition, sheet.truth) != 1:
            continue
        *others, last = condition.args
        if isinstance(last, Name):
            fixed[last.name] = Add((ONE, *(Neg(other) for other in others)))
    if not fixed:
        return None
    graph = sheet.exercise.graph
    assert graph is not None
    steps = [Work(name, expr, "forward") for name, expr in fixed.items()]
    leaves = [name for name in sheet.points.world.leaves if name not in fixed]
    given = {name: value for name, value in (sheet.leaves() if sheet.exercise.values else {}).items() if name not in fixed}
    steps += [step for step in sheet.working.steps if not step.after or step.after == 1]
    return sample(steps, leaves, given, seed=sheet.seed, more=derivatives(graph))  # type: ignore[arg-type]


def _conditions(sheet: Sheet) -> list[Add]:
    """The sums of given quantities that a named rewrite needs to be 1."""
    graph = sheet.exercise.graph
    if graph is None or len(graph.steps) > MAX_STEPS:
        return []
    leaves = {quantity.name for quantity in graph.leaves}
    sums: dict[Add, None] = {}
    for loss in dict.fromkeys((graph.loss, *(work.of for work in sheet.working.steps if work.sort == "gradient"))):
        try:
            rewrites = found(derive(replace(graph, loss=loss)))
        except TutorError:
            continue
        for rewrite in rewrites:
            condition = rewrite.condition
            if type(condition) is Add and all(type(part) is Name and part.name in leaves for part in condition.args):
                sums[condition] = None
    return list(sums)
