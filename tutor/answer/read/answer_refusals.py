"""Refusals of answers: what the one grammar refuses, said to the student who wrote it."""

from __future__ import annotations

from tutor.answer.handed_in import AnswerError
from tutor.errors import ExpressionError
from tutor.expression import caret


def as_answer(error: ExpressionError) -> AnswerError:
    """The same refusal, of an answer."""
    return AnswerError(error.what, where=error.where, spot=error.spot, hint=error.hint)


def refusal(text: str, what: str, at: int, hint: str = "") -> AnswerError:
    """An `AnswerError` with the text around the place ``at`` and a caret under it; nothing in it can act on a terminal.

    >>> print(refusal("x + ?", "this means nothing", 4).spot)
        x + ?
            ^
    """
    return as_answer(caret.refusal(text, what, at, hint))
