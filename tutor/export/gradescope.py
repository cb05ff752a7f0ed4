"""Gradescope's ``results.json``: one student a file, always there, whatever happened.

Every text is declared as ``text``: Gradescope's own default is rendered as HTML, and a student's words are echoed.  A test on which a
person decides has neither score nor status, so that it shows neither; the score of the whole is what is decided.  A submission that could
not be marked has no score at all: Gradescope lists it among those that the autograder did not manage.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tutor.errors import OutputError
from tutor.exercise.question import Question
from tutor.export.output import Header, MarkFile, is_marked, is_open, number, say_waiting, sum_out_of
from tutor.marking.marked import Marked, MarkedAnswer
from tutor.marking.marks import points, sum_earned, sum_possible
from tutor.text import make_lines_visible

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
MAX_TEXT = 20_000

_PASSED = ("correct", "follow-through", "misconception")
"""Verdicts that pass where all marks are given: a slip may cost nothing."""
_VERDICTS = {
    "correct": "Correct.",
    "follow-through": "Right from the values that you found before.",
    "close": "Close: check the arithmetic or the rounding.",
    "misconception": "Not right.",
    "wrong": "Not right.",
    "undecided": "This could not be decided; a person will look at it.",
    "unreadable": "This could not be read; a person will look at it.",
    "blank": "No answer.",
}


def gradescope(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """The file of one student.

    Raises `OutputError` for several students, or a visibility that Gradescope does not know.
    """
    if len(marked) != 1:
        raise OutputError(f"Gradescope reads one student a file, not {len(marked)}", hint="write one file for each")
    if header.visibility not in VISIBILITIES:
        raise OutputError(f"there is no visibility {make_lines_visible(header.visibility)!r}", hint=f"use {', '.join(VISIBILITIES)}")
    return MarkFile(json.dumps(_results(marked[0], questions, header), ensure_ascii=True, indent=1) + "\n")


def _results(marked: Marked, questions: Sequence[Question], header: Header) -> dict[str, Any]:
    done = is_marked(marked)
    asked = {question.id: question for question in questions}
    tests = [_test(k, marked, answer, asked.get(answer.question), header) for k, answer in enumerate(marked.answers, 1)]
    if not done:
        tests = [_write_failed(marked, questions, header)]
    told = [f"could not be marked: {marked.reason}"] if not done else [f"{points(sum_earned(marked))} of {points(sum_possible(marked))}"]
    if done and marked.waits:
        told = [f"{told[0]} so far; a person will look at {say_waiting(marked)}"]
    known: dict[str, Any] = {"score": number(sum_earned(marked))} if done else {}
    if header.seconds is not None:
        known["execution_time"] = round(header.seconds, 3)
    return known | {
        "output": _text("\n".join([*told, *marked.problems])),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": header.visibility,
        "stdout_visibility": "hidden",
        "extra_data": {
            "exercise": marked.exercise,
            "version": marked.version,
            "exercise_hash": marked.exercise_hash,
            "input_hash": marked.input_hash,
            "seed": marked.seed,
            "status": marked.status,
            "marks": str(marked.marks),
            "out_of": str(marked.out_of),
        },
        "tests": tests,
    }


def _test(k: int, marked: Marked, answer: MarkedAnswer, question: Question | None, header: Header) -> dict[str, Any]:
    words = header.feedback(marked, answer) if header.feedback is not None else _VERDICTS[answer.verdict]
    name = (question.text or question.ask) if question is not None else answer.question
    return _row(
        f"1.{k}",
        name if name == answer.question else f"{answer.question}: {name}",
        (None if is_open(marked, answer) else number(answer.marks), number(answer.out_of)),
        passed=answer.verdict in _PASSED and answer.marks >= answer.out_of,
        output=words,
        tags=sorted({slip.tag for slips in answer.slips for slip in slips}),
        extra={"verdict": answer.verdict, "marks": str(answer.marks), "out_of": str(answer.out_of)},
        visibility=header.visibility,
    )


def _write_failed(marked: Marked, questions: Sequence[Question], header: Header) -> dict[str, Any]:
    worth = number(sum_possible(marked) or sum_out_of(questions))
    words = f"{marked.reason}\nA person will look at it."
    return _row(
        "1.1", "could not be marked", (None, worth), passed=False, output=words, tags=[], extra={"status": marked.status},
        visibility=header.visibility,
    )  # fmt: skip


def _row(
    place: str,
    name: str,
    score: tuple[int | float | None, int | float],
    *,
    passed: bool,
    output: str,
    tags: list[str],
    extra: dict[str, str],
    visibility: str,
) -> dict[str, Any]:
    decided = {"score": score[0], "max_score": score[1], "status": "passed" if passed else "failed"}
    return {
        **(decided if score[0] is not None else {"max_score": score[1]}),
        "name": _text(name),
        "name_format": "text",
        "number": place,
        "output": _text(output),
        "output_format": "text",
        "tags": tags,
        "visibility": visibility,
        "extra_data": extra,
    }


def _text(text: str) -> str:
    return make_lines_visible(text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…")
