"""Marking as the library offers it: an exercise and answers in, a page of feedback out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.answer.nouns import Submission
from tutor.autograde import as_text, question_id
from tutor.exercise.load import load
from tutor.exercise.nouns import Exercise
from tutor.feedback import Feedback, reports
from tutor.marking.disclosure import Reveal
from tutor.marking.mark import Marker


def mark(
    exercise: str | Exercise, answers: Mapping[str, Any], *, student: str = "", seed: int = 0, reveal: Reveal = "hint"
) -> Feedback:
    """Mark one student's answers, by question id.

    ``answers`` are texts as a student writes them, or numbers, fractions, lists and arrays.  What is not answered is blank.  The page that
    comes back shows itself (`to_text`, `to_markdown`, `to_latex`, `to_json`); ``.marked`` has verdicts, marks and slips as data.
    ``reveal`` says how much of the solution the page may show: ``none``, ``hint`` or ``solution``.

    Raises `TutorError` for an exercise or a question that does not exist, and for an answer of another kind.

    >>> page = mark("neuron/two-two-two", {"dL/dw5": "0.082", "dL/dw6": "-0.0827"})
    >>> [(answer.question, answer.verdict, answer.tag) for answer in page.marked.answers if answer.text]
    [('dL/dw5', 'correct', ''), ('dL/dw6', 'misconception', 'sign-of-error')]
    """
    marker = Marker(load(exercise) if isinstance(exercise, str) else exercise, seed=seed)
    texts = {question_id(marker, name): as_text(value) for name, value in answers.items()}
    return reports(marker, reveal)(marker.mark(Submission(student, texts)))
