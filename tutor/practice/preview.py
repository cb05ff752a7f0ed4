"""How a text would be read as an answer, while it is being typed: what was understood, and nothing about whether it is right.

Only the question and the reader of answers have a say here; no value of the exercise is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.answer.handed_in import AnswerError, is_blank
from tutor.answer.read.array_answers import read_array
from tutor.answer.read.number_forms import has_decimal_commas, put_points, read_plain_number
from tutor.answer.read.several_values import check_single
from tutor.answer.read.typed_arrays import array_of
from tutor.answer.read.working_lines import read_lines
from tutor.exercise.question import LISTS
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.signs import narrow_signs
from tutor.marking.mark_submission import Marker
from tutor.practice.tasks import AskedStep

MOST_LETTERS = 2_000
"""A longer text is not read before it is sent."""
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What was understood: formulas, each with the sign in front of it; or in ``message`` why nothing was, with a caret."""

    members: tuple[tuple[str, Expr], ...] = ()
    message: str = ""


def read_preview(marker: Marker, task: AskedStep, text: str) -> Preview:
    """What would be understood of an answer to a task.

    >>> from tutor.exercise.load import load
    >>> from tutor.practice.session import start
    >>> session = start(load("neuron/two-two-two"))
    >>> from tutor.expression.plain import write_plain
    >>> [(sign, write_plain(expr)) for sign, expr in read_preview(session.lesson.marker, session.task, "0,05*2 = 1/10").members]
    [('', '0.05*2'), ('=', '1/10')]
    >>> read_preview(session.lesson.marker, session.task, "banana((").members
    ()
    """
    if is_blank(text) or len(text) > MOST_LETTERS or task.question.kind == "choice":
        return Preview()
    comma = marker.exercise.scheme.decimal_comma or has_decimal_commas([text])
    typed = narrow_signs(put_points(text) if comma else text)
    try:
        return Preview(tuple(_read(marker, task, typed)))
    except AnswerError as error:
        return Preview(message=error.said)


def _read(marker: Marker, task: AskedStep, text: str) -> Iterator[tuple[str, Expr]]:
    question, sheet = task.question, marker.sheet
    if question.kind in LISTS:
        yield "", _read_list(marker, text, question.shape)
        return
    arrays = question.kind == "expression" and question.array and question.shape and sheet.layers is not None
    check_single(question, text)
    if question.kind not in ("expression", "chain"):
        text = read_plain_number(text, percent=question.form == "percent")[0]
    for line in read_lines(text, sheet.array_vocabulary if arrays else sheet.vocabulary):
        if isinstance(line.expr, AnswerError):
            raise line.expr
        yield "" if line.relation == "⏎" else line.relation, line.expr


def _read_list(marker: Marker, text: str, shape: tuple[int, ...]) -> Expr:
    """The entries as a matrix."""
    known = marker.sheet.vocabulary
    _, matrices = read_array(array_of(text, known, shape[:-2]), known, len(shape))
    cells = [cell for rows in matrices for row in rows for cell in row]
    for cell in cells:
        if isinstance(cell, AnswerError):
            raise cell
    width = len(matrices[0][0]) if matrices and matrices[0] else 1
    if len(shape) < 2 and width == len(cells):
        width = 1  # a vector is a column however it is typed
    entries = tuple(cell for cell in cells[:MOST_ENTRIES] if not isinstance(cell, AnswerError))
    return Call("matrix", (Number(str(width)), *entries))
