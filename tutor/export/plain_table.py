"""Marks as plain CSV: a row a student, and a row an answer."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.exercise.question import Question
from tutor.export.output import Header, MarkFile, by_question, is_marked, table
from tutor.marking.marked import Marked
from tutor.marking.marks import points, sum_earned, sum_possible
from tutor.text import guard_cell

END = ("total", "out_of", "status", "first_wrong", "misconceptions", "for_a_person", "remarks")
ANSWERS = ("student", "question", "answer", "verdict", "marks", "out_of", "misconception", "follows_from", "outcome")


def marks(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A row a student: the marks of each question, the total, what was found.  Who could not be marked has empty cells and the reason."""
    ids = [question.id for question in questions]
    rows = [["student", *map(guard_cell, ids), *END]]
    for one in marked:
        answers = by_question(one)
        done = is_marked(one)
        own = [points(answers[name].marks) if done and name in answers else "" for name in ids]
        tags = dict.fromkeys(answer.tag for answer in one.answers if answer.tag)
        told = [one.status, one.first, "; ".join(tags), ", ".join(one.person), "; ".join((*(one.reason,) * (not done), *one.problems))]
        totals = [points(sum_earned(one)), points(sum_possible(one))] if done else ["", ""]
        rows.append([guard_cell(one.student), *own, *totals, *map(guard_cell, told)])
    return MarkFile(table(rows))


def answers(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A row an answer, as it was written, with its verdict."""
    rows = [list(ANSWERS)]
    for one in marked:
        for answer in one.answers:
            own = [one.student, answer.question, answer.text, answer.verdict]
            told = [answer.tag, ", ".join(answer.follows), answer.outcome]
            rows.append([*map(guard_cell, own), points(answer.marks), points(answer.out_of), *map(guard_cell, told)])
    return MarkFile(table(rows))
