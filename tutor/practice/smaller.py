"""A rung that is a smaller question: one term of a sum, such as what one path brings, or one entry of an array.

While it is asked an answer is first one to the step; what is no right answer to that is one to the smaller question, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import isfinite

from tutor.derive.working import list_referred
from tutor.errors import TutorError
from tutor.exercise.question import LISTS, Question
from tutor.expression.nodes import Add, Expr, Name, Neg, Number, Partial
from tutor.expression.walk import as_name
from tutor.graph.nouns import Step
from tutor.marking.judge import Earlier
from tutor.marking.mark_submission import Marker
from tutor.numbers.arithmetic import Value
from tutor.numbers.run import compute
from tutor.practice.tasks import AskedStep

TRIES = 2
"""So often a smaller question may be answered."""


def choose_part(marker: Marker, question: Question, step: Step | None) -> Expr | None:
    """What a smaller question asks for: the first entry of a list of numbers; of a sum of several terms the first one that is more than a
    quantity.  Nothing for a step that has no parts (of a product each factor is a step of its own), and for formulas.

    >>> from tutor.exercise.load import load
    >>> from tutor.expression.plain import write_plain
    >>> marker = Marker(load("neuron/two-two-two"))
    >>> write_plain(choose_part(marker, Question("in_h1", "in_h1", "number", ("in_h1",)), marker.sheet.working.by_name["in_h1"]))
    'w1*i1'
    """
    truth = marker.sheet.truth
    if question.kind in LISTS:
        whole = len(question.targets) > 1 and all(target in truth for target in question.targets)
        return as_name(question.targets[0]) if whole else None
    if question.kind != "number" or question.shape or step is None or type(step.expr) is not Add:
        return None
    terms = [term.arg if type(term) is Neg else term for term in step.expr.args]
    compound = [term for term in terms if type(term) not in (Name, Number, Partial) and list_referred(term)]
    return next((term for term in compound if find_value(term, truth) is not None), None)


def ask_part(task: AskedStep) -> AskedStep:
    """A task as its smaller question is read: one number."""
    return replace(task, question=replace(task.question, kind="number", shape=(), array=""))


def is_part_right(marker: Marker, question: Question, part: Expr, expr: Expr, earlier: Earlier) -> bool:
    """Whether a number that was typed is that of a part, to the digits that are asked of the step: by the right values, or by the learner's
    own earlier ones."""
    truth = marker.sheet.truth
    numbers = ((name, result.number) for name, result in earlier.results.items())
    own = {name: Fraction(number) for name, number in numbers if number is not None and isfinite(number)}
    values = {find_value(part, truth), find_value(part, {**truth, **own})}
    return any(marker.is_value(expr, value, question.tolerance) for value in values if value is not None)


def find_value(part: Expr, values: Mapping[str, Value]) -> Value | None:
    """What a part comes to; nothing where it has no value."""
    try:
        return compute(part, values)
    except (KeyError, TutorError):
        return None
