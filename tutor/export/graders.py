"""The tables of otter-grader (``final_grades.csv``) and of nbgrader (``nbgrader export``)."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.exercise.question import Question
from tutor.export.output import (
    Header,
    MarkFile,
    is_graded,
    is_marked,
    map_by_question,
    remarks,
    say_waiting,
    sum_out_of,
    table,
    write_marks,
)
from tutor.marking.marked import Marked
from tutor.marking.marks import points, sum_earned, sum_possible
from tutor.text import guard_cell

NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score", "late_submission_penalty", "score",
    "max_score",
)  # fmt: skip


def otter(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """``file,<question…>,total_points_earned,percent_correct,grading_status``; the first row has what each question is worth.

    ``percent_correct`` is a share from 0 to 1, as otter writes it.
    """
    ids = [question.id for question in questions]
    rows = [["file", *map(guard_cell, ids), "total_points_earned", "percent_correct", "grading_status"]]
    rows.append(["points-per-question", *(points(question.marks) for question in questions), points(sum_out_of(questions)), "", ""])
    for one in marked:
        answers = map_by_question(one)
        file = guard_cell(one.source or one.student)
        if not is_marked(one):
            rows.append([file, *("" for _ in ids), "", "", guard_cell(f"Failed: {one.reason}")])
            continue
        worth = sum_possible(one)
        share = points(sum_earned(one) / worth) if worth else ""
        own = [write_marks(one, answers[name]) if name in answers else "" for name in ids]
        if one.waits:
            rows.append([file, *own, "", "", guard_cell(f"For a person: {say_waiting(one)}")])
            continue
        rows.append([file, *own, points(sum_earned(one)), share, "Completed"])
    return MarkFile(table(rows), tuple(remark for one in marked for remark in remarks(one)))


def nbgrader(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A row a student; the time of the submission where it is known (``timestamp`` among its fields)."""
    rows: list[list[str]] = [list(NBGRADER)]
    for one in marked:
        told = [header.name, header.due, one.fields.get("timestamp", ""), one.student]
        told += [one.fields.get(name, "") for name in ("last_name", "first_name", "email")]
        done = is_marked(one)
        score = points(sum_earned(one)) if is_graded(one) or (done and not one.waits) else ""
        worth = points(sum_possible(one) if done else sum_out_of(questions))
        rows.append([*map(guard_cell, told), score, "0" if score else "", score, worth])
    return MarkFile(table(rows), tuple(remark for one in marked for remark in remarks(one)))
