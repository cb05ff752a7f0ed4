"""Answers of a student who makes one slip, made from the bent working: numbers, or formulas written out."""

from dataclasses import replace

import numpy as np

from tutor.derive.working import list_referred
from tutor.expression.nodes import Name, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.marking.mark_sheet import Sheet
from tutor.marking.question_list import make_single_questions, sharpen


def asked_one_by_one(exercise):
    """The exercise with questions about single quantities, made from its graph."""
    bare = replace(exercise, questions=())
    sheet = Sheet(bare)
    return replace(bare, questions=tuple(sharpen(question, sheet.truth) for question in make_single_questions(bare, sheet.working)))


def filled(expr, table):
    if type(expr) is Name:
        return table.get(expr.name, expr)
    if type(expr) is Partial:
        return table.get(f"d{expr.of}/d{expr.wrt}", expr)
    parts = children(expr)
    return rebuild(expr, tuple(filled(part, table) for part in parts)) if parts else expr


def written_out(working, edits):
    """The formula of every quantity that a bend touches, with the bent steps and all between put in."""
    found = {}
    for step in working.steps:
        if step.after:
            continue
        expr = edits.get(step.target, step.expr)
        used = {name: found[name] for name in list_referred(expr) if name in found}
        if used or step.target in edits or "|" in step.target:
            found[step.target] = filled(expr, used)
    return found


def number_answers(sheet, questions, row, values):
    shown = {question.id: float(values[question.targets[0]][row, 0]) for question in questions}
    return {ident: "0" if abs(value) < 1e-15 else f"{value:.9g}" for ident, value in shown.items()}


def formula_answers(sheet, questions, edits):
    bent, own = written_out(sheet.working, edits), written_out(sheet.working, {})
    steps = sheet.working.by_name
    answers = {}
    for question in questions:
        target = question.targets[0]
        expr = bent.get(target) or own.get(target) or steps[target].expr
        answers[question.id] = write_plain(expr)
    return answers


def changed(questions, row, values, right):
    """The questions whose answer a bend changes, in order."""
    found = []
    for question in questions:
        target = question.targets[0]
        if not np.allclose(values[target][row], right[target], rtol=1e-9, atol=1e-15):
            found.append(question)
    return found
