"""What is asked of students as JSON: of one exercise (``tutor questions --json``), and of a problem sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.exercise.question import Question
from tutor.marking.marks import points


def list_asked(ident: str, questions: Sequence[Question]) -> dict[str, Any]:
    """The questions of an exercise, without their answers.

    >>> list_asked("dl/bce", [Question("s1", "s1")])["questions"][0]["id"]
    's1'
    """
    listed = [
        {"id": q.id, "asks": q.ask, "kind": q.kind, "marks": points(q.marks), "form": q.form, "shape": list(q.shape), "text": q.text,
         "digits": q.tolerance.digits, "decimals": q.tolerance.decimals, "options": dict(q.options)}
        for q in questions
    ]  # fmt: skip
    return {"exercise": ident, "questions": listed}
