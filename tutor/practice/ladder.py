"""The ladder of hints of a task: what its step knows about itself, a little more on each rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal

from tutor.derive.working import list_referred, write_printed
from tutor.exercise.question import LISTS, Question
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Call, Expr, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.walk import as_name, name_edges
from tutor.graph.nouns import Step
from tutor.marking.mark_submission import Marker, nest_texts
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import decimal, round_significant
from tutor.practice.smaller import choose_part
from tutor.practice.tasks import AskedStep, find_first_step
from tutor.rules.functions import FUNCTIONS, OUT, component_row, slope_of, value_of

RungKind = Literal["think", "look", "rule", "formula", "smaller", "symbols", "numbers", "half", "result"]
DIGITS = 6
LAST: RungKind = "result"
"""The last rung: who has seen it was shown the answer."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One hint.

    ``think``: what to ask oneself, for tasks of a kind (``sort``).  ``look``: ``parts`` are the quantities to look at.  ``rule``: ``rule``
    names the rule of the step, of ``sort``.  ``formula``: ``left`` = ``right`` is the rule in its own letters.  ``smaller``: a question of
    its own, what ``parts`` is (`tutor.practice.smaller`).  ``symbols``: the step itself; ``numbers``: the same with numbers put in.
    ``half``: ``text`` are the letters of half of the lines, the wrong one among them.  ``result``: ``text`` is the answer, as it is typed.
    """

    kind: RungKind
    parts: tuple[Expr, ...] = ()
    rule: str = ""
    sort: str = ""
    left: Expr | None = None
    right: Expr | None = None
    text: str = ""


def list_rungs(marker: Marker, task: AskedStep, shown: Mapping[str, str]) -> tuple[Rung, ...]:
    """The hints of a task, from the least to the answer.

    ``shown`` are the numbers that the learner has, by quantity, as they were written: only these are put into formulas.
    """
    step, result = find_step(marker, task), Rung(LAST, text=write_answer(marker, task.question))
    think = Rung("think", sort=task.kind if task.question.kind == "choice" else task.question.kind)
    if task.kind == "wrong-line":
        return (think, Rung("half", text=_halve(task.question)), result)
    if step is None:
        return (think, result)
    rungs = []
    if task.question.kind == "choice":
        rungs.append(think)
    elif looked := tuple(as_name(name) for name in list_referred(step.expr)):
        rungs.append(Rung("look", looked))
    if task.kind != "why":
        rungs.append(Rung("rule", rule=step.rule, sort=step.sort))
    if (own := _write_rule(step)) is not None and own[1] != step.expr:  # in the letters of the exercise it would be the answer
        rungs.append(Rung("formula", left=own[0], right=own[1]))
    if task.kind in ("value", "declared") and (part := choose_part(marker, task.question, step)) is not None:
        rungs.append(Rung("smaller", (name_edges(part),)))
    if task.question.kind not in ("choice", "expression", "chain"):  # there the step in symbols is the answer
        left = as_name(step.target)
        printed = write_printed(step.expr, step.target, marker.sheet.steps)
        rungs.append(Rung("symbols", left=left, right=printed))
        filled = write_printed(_put_in(step.expr, shown, marker.sheet.working.by_name), step.target, marker.sheet.steps)
        is_result = type(filled) is Number or (type(filled) is Neg and type(filled.arg) is Number)  # there it would be the answer
        if task.question.kind == "number" and filled != printed and not is_result:
            rungs.append(Rung("numbers", left=left, right=filled))
    return (*(rungs or [think]), result)


def _halve(question: Question) -> str:
    """Half of the letters of a choice, the right one among them."""
    letters = [letter for letter, _ in question.options]
    place = letters.index(question.right[0])
    half = (len(letters) + 1) // 2
    first = min(place // half * half, len(letters) - half)
    return ", ".join(letters[first : first + half])


def find_step(marker: Marker, task: AskedStep) -> Step | None:
    """The step of a task, of whole arrays where they are asked, of several the first; nothing for a count, or a choice of its own."""
    question, steps = task.question, marker.sheet.working.by_name
    found = marker.sheet.layer_steps.get(question.array) if question.array else steps.get(task.target)
    return found if found is not None or question.kind == "choice" else find_first_step(question, steps)


def write_answer(marker: Marker, question: Question) -> str:
    """The answer to a question as it is typed: letters, numbers of six digits, or a formula."""
    truth = marker.sheet.truth.get(question.targets[0]) if question.kind == "number" and not question.shape else None
    if truth is not None and question.form != "fraction":
        return write_number(truth)
    entries = [marker.sheet.truth.get(target) for target in question.targets]
    numbers = [write_number(entry) for entry in entries if entry is not None]
    if question.kind in LISTS and question.form != "fraction" and len(numbers) == len(entries) == prod(question.shape):
        return nest_texts(numbers, question.shape)
    expr, text = marker.solution(question)
    return text or (write_plain(expr) if expr is not None else "")


def write_number(value: Value) -> str:
    """A number as it is typed: whole where it is short, else to six digits.

    >>> from fractions import Fraction
    >>> write_number(Fraction(-1, 2)), write_number(Fraction(1, 3))
    ('-0.5', '0.333333')
    """
    exact = decimal(value) if isinstance(value, Fraction) else None
    return exact if exact is not None and len(exact) <= DIGITS + 2 else round_significant(value, DIGITS)


def _write_rule(step: Step) -> tuple[Expr, Expr] | None:
    """A function's value, or its derivative, in the letters of its row; nothing for what is no function."""
    rule, forward = step.rule, step.sort == "forward"
    arity = len(step.expr.args) if forward and type(step.expr) is Call and step.expr.func == rule else None
    row = component_row(rule, arity) if arity is not None else None
    row = row or FUNCTIONS.get(rule)
    if row is None or not row.params or row.variadic:
        return None
    if forward:
        call = Call(row.name, tuple(Name(name) for name in row.params))
        value = value_of(row)
        return (call, value) if value is not None else None
    if not row.partials or row.partials[0] == "":
        return None
    return Partial(OUT, row.params[0]), slope_of(row)


def _put_in(expr: Expr, shown: Mapping[str, str], steps: Mapping[str, Step]) -> Expr:
    """A formula with the numbers that are there in place of names and derivatives; a derivative that is just another quantity is that."""
    key = expr.name if type(expr) is Name else derivative_key(expr.of, expr.wrt) if type(expr) is Partial else ""
    if key in shown:
        return Number(shown[key])
    if key:
        step = steps.get(key)
        is_plain = step is not None and type(expr) is Partial and type(step.expr) in (Name, Number)
        return _put_in(step.expr, shown, steps) if step is not None and is_plain else expr
    parts = children(expr)
    return rebuild(expr, tuple(_put_in(part, shown, steps) for part in parts)) if parts else expr
