"""Marking as the library offers it: an exercise and answers in, a page of feedback out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.answer.handed_in import Submission
from tutor.autograde import collect_by_question
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.explain.words.wording import Wording
from tutor.marking.disclosure import Reveal
from tutor.marking.mark_submission import Marker
from tutor.results.feedback import Feedback, reports


def mark(
    exercise: str | Exercise, answers: Mapping[str, Any], *, student: str = "", seed: int = 0, reveal: Reveal = "hint",
    words: Wording | str | None = None,
) -> Feedback:  # fmt: skip
    """Mark one student's answers, by question id.

    ``answers`` are texts as a student writes them, or numbers, fractions, lists and arrays.  What is not answered is blank.  The page that
    comes back shows itself (`to_text`, `to_markdown`, `to_latex`, `to_json`); ``.marked`` has verdicts, marks and slips as data.
    ``reveal`` says how much of the solution the page may show: ``none``, ``hint`` or ``solution``; ``words`` are the language of the page:
    a code (``"de"``) or a `Wording`; by default what the exercise file says, else English.

    A question may be called by any of its spellings (``∂L/∂w5``, ``dE/dw_5``).  One that does not exist is said in ``.marked.problems``,
    with near misses, its answer is in ``.marked.unused``, and the rest is marked.

    Raises `TutorError` for an exercise that does not exist, for answers that are no mapping, and for an answer of another kind.

    >>> page = mark("neuron/two-two-two", {"dL/dw5": "0.082", "dL/dw6": "-0.0827"})
    >>> [(answer.question, answer.verdict, answer.tag) for answer in page.marked.answers if answer.text]
    [('dL/dw5', 'correct', ''), ('dL/dw6', 'misconception', 'sign-of-error | slope-turned-round')]
    """
    marker = Marker(load(exercise) if isinstance(exercise, str) else exercise, seed=seed)
    texts, unused = collect_by_question(marker, answers)
    problems = tuple(one.reason for one in unused)
    return reports(marker, reveal, words=words)(marker.mark(Submission(student, texts, problems=problems, unused=unused)))
