"""Marks as plain CSV: a row a student, and a row an answer."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.exercise.question import Question
from tutor.export.output import Header, MarkFile, is_graded, is_marked, map_by_question, say_waiting, table, write_marks
from tutor.marking.marked import Marked
from tutor.marking.marks import points, sum_earned, sum_possible
from tutor.text import guard_cell

END = ("total", "out_of", "status", "first_wrong", "misconceptions", "for_a_person", "remarks")
ANSWERS = ("student", "question", "answer", "verdict", "marks", "out_of", "misconception", "follows_from", "outcome")


def marks(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A row a student: the marks of each question, the total, what was found.

    Who could not be marked has empty cells and the reason; what a person decides has an empty cell, and so has its total.
    """
    ids = [question.id for question in questions]
    rows = [["student", *map(guard_cell, ids), *END]]
    for one in marked:
        answers = map_by_question(one)
        done = is_marked(one)
        own = [write_marks(one, answers[name]) if done and name in answers else "" for name in ids]
        tags = dict.fromkeys(answer.tag for answer in one.answers if answer.tag)
        so_far = (f"{points(sum_earned(one))} so far: a person has to look at {say_waiting(one)}",) * (done and one.waits)
        told = [one.status, one.first, "; ".join(tags), say_waiting(one) if one.waits else ""]
        told.append("; ".join((*(one.reason,) * (not done), *so_far, *one.problems)))
        graded = is_graded(one) or (done and not one.waits)
        totals = [points(sum_earned(one)) if graded else "", points(sum_possible(one))] if done else ["", ""]
        rows.append([guard_cell(one.student), *own, *totals, *map(guard_cell, told)])
    return MarkFile(table(rows))


def answers(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A row an answer, as it was written, with its verdict; and a row for each part of a submission that was not used, with the reason."""
    rows = [list(ANSWERS)]
    for one in marked:
        for answer in one.answers:
            own = [one.student, answer.question, answer.text, answer.verdict]
            told = [answer.tag, ", ".join(answer.follows), answer.outcome]
            rows.append([*map(guard_cell, own), write_marks(one, answer), points(answer.out_of), *map(guard_cell, told)])
        for part in one.unused:
            rows.append([*map(guard_cell, (one.student, "", part.text, "not used")), "", "", "", "", guard_cell(part.reason)])
    return MarkFile(table(rows))
