"""How much of the solution marked work may show: what is too much is taken out before anything is written.

Reports and their JSON read what is left, so that none of them can show more than another.

======== =====================================================================================================
none     verdicts and marks, and what could not be read
hint     also the slip and its step, which answers follow from which, a line that does not hold, a refuting point;
         of that point the expected value only where it is not the exercise's own
solution everything
======== =====================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from tutor.exercise.question import Question
from tutor.marking.marked import Marked, MarkedAnswer, Refutation

Reveal = Literal["none", "hint", "solution"]
REVEALS: tuple[Reveal, ...] = ("none", "hint", "solution")
_NEAR = Fraction(1, 100)


def disclose(
    marked: Marked, reveal: Reveal, own: Mapping[str, str] | None = None, questions: Iterable[Question] = ()
) -> Marked:
    """The marked work without what may not be shown.

    ``own`` are the exercise's own values by quantity, given and computed, as text ("1/20", "0.7413"): a point that has them would
    give the answer away.  Without them any point counts as another one.
    """
    if reveal == "solution":
        return marked
    if reveal == "none":
        return replace(marked, first="", answers=tuple(_strip_answer(answer) for answer in marked.answers))
    targets = {question.id: question.targets for question in questions}
    return replace(
        marked, answers=tuple(_hint_answer(answer, own or {}, targets.get(answer.question, ())) for answer in marked.answers)
    )


def _strip_answer(answer: MarkedAnswer) -> MarkedAnswer:
    message = answer.message if answer.verdict == "unreadable" else ""
    return replace(answer, credits=(), slips=(), follows=(), line=None, refutation=None, message=message)


def _hint_answer(answer: MarkedAnswer, own: Mapping[str, str], targets: tuple[str, ...]) -> MarkedAnswer:
    """A line is compared with the answer or with the line before, which may be the answer: only the student's side is kept."""
    line = replace(answer.line, expected="") if answer.line is not None else None
    point = answer.refutation
    if point is not None and not is_elsewhere(point, own, targets):
        point = replace(point, expected="")
    return replace(answer, line=line, refutation=point)


def is_elsewhere(refutation: Refutation, own: Mapping[str, str], targets: Iterable[str] = ()) -> bool:
    """Whether a refuting point lies away from the exercise's own values, so that what is expected there gives nothing away.

    >>> is_elsewhere(Refutation((("x", "-1"),), "0.2", "0"), {"x": "3"})
    True
    >>> is_elsewhere(Refutation((("x", "3.0"),), "0.2", "0"), {"x": "3"})
    False
    """
    if not refutation.point:
        return False
    if any(name in own and _are_near(refutation.expected, own[name]) for name in targets):
        return False
    return not own or any(name in own and not _are_near(value, own[name]) for name, value in refutation.point)


def _are_near(first: str, second: str) -> bool:
    """Whether two numbers are within a hundredth of one another; what is no number counts as near, to be careful."""
    a, b = number(first), number(second)
    if a is None or b is None:
        return True
    return abs(a - b) <= _NEAR * max(abs(a), abs(b))


def number(text: str) -> Fraction | None:
    """The number that a short text is, or None.

    >>> number("−1/4"), number("8.2e-2"), number("x"), number("1e999999")
    (Fraction(-1, 4), Fraction(41, 500), None, None)
    """
    plain = text.strip().replace("−", "-")
    power = plain.lower().partition("e")[2]
    if len(plain) > 60 or len(power.lstrip("+-0")) > 3:
        return None
    try:
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        return None
