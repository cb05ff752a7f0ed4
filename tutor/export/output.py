"""What every output format gets and gives, and how text from outside is made safe in a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tutor.exercise.question import Question
from tutor.marking.marked import ABSENT, Marked, MarkedAnswer
from tutor.marking.marks import points, round_mark
from tutor.text import is_formula, make_lines_visible


@dataclass(frozen=True, slots=True)
class Header:
    """What an output says besides the marks.

    ``exercise`` is the id, ``title`` what a column is called (the id, where empty).  ``by`` names what a learning platform knows students
    by (``email``, ``username``, ``id`` …; empty: the student's key), ``column`` the column of an exported file that is filled in, ``due``
    the date that nbgrader's table has.
    ``visibility`` and ``seconds`` are for Gradescope; ``feedback`` gives the words for an answer, which must say no more than the student
    may see; without it only the verdict and the marks are said.
    """

    exercise: str
    title: str = ""
    version: str = ""
    exercise_hash: str = ""
    seed: int = 0
    by: str = ""
    column: str = ""
    due: str = ""
    visibility: str = "visible"
    seconds: float | None = None
    feedback: Callable[[Marked, MarkedAnswer], str] | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """What the exercise is called in a table."""
        return self.title or self.exercise


@dataclass(frozen=True, slots=True)
class MarkFile:
    """A file's text, and what the grader has to know about it (students left out, and why)."""

    text: str
    problems: tuple[str, ...] = ()


def number(marks: Fraction) -> int | float:
    """A mark as a number of JSON, the same that `points` writes.

    >>> number(Fraction(3, 2)), number(Fraction(2))
    (1.5, 2)
    """
    shown = round_mark(marks)
    return int(shown) if shown.denominator == 1 else float(points(marks))


def is_importable(text: str) -> bool:
    """Whether a name may stand in a file that a learning platform imports, where a guard would make it somebody else's."""
    return bool(text) and text.isprintable() and not is_formula(text)


def choose_importable_key(marked: Marked, by: str) -> tuple[str, str]:
    """What a learning platform knows a student by, and why there is nothing that could stand in an import.

    >>> choose_importable_key(Marked("anna", "dl/bce", fields={"email": "a@b.c"}), "email")
    ('a@b.c', '')
    """
    own = {"": True, "username": True, "email": "@" in marked.student}.get(by, marked.student.isdigit())
    field = "id" if by == "idnumber" else by
    key = marked.fields.get(field, "") or (marked.student if own else "")
    if is_importable(key):
        return key, ""
    why = f"{make_lines_visible(key)!r} cannot stand in an import" if key else f"no {by} is known"
    return "", f"{make_lines_visible(marked.student)} is left out: {why}"


def table(rows: Iterable[Sequence[str]], end: str = "\n") -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue()


def is_marked(marked: Marked) -> bool:
    """Whether there are marks; without them there is no grade, and never a silent 0."""
    return marked.status == "marked"


def is_graded(marked: Marked) -> bool:
    """Whether there is a grade: not for who handed in nothing, nor before a person has looked at what waits: a 0 is theirs to give."""
    return is_marked(marked) and ABSENT not in marked.problems and not marked.waits


def is_open(marked: Marked, answer: MarkedAnswer) -> bool:
    """Whether a person decides on an answer: it has no verdict, or it is blank and something that was not used may be it."""
    return answer.question in marked.person or (answer.verdict == "blank" and bool(marked.unused))


def write_marks(marked: Marked, answer: MarkedAnswer) -> str:
    """The mark of an answer; an empty cell where a person decides."""
    return "" if is_open(marked, answer) else points(answer.marks)


def say_waiting(marked: Marked) -> str:
    """What a person has to look at, in one line."""
    parts = [make_lines_visible(", ".join(marked.person))] if marked.person else []
    count = len(marked.unused)
    parts += [f"{count} part{'s' if count != 1 else ''} of the submission that could not be used"] if count else []
    return " and ".join(parts)


def map_by_question(marked: Marked) -> Mapping[str, MarkedAnswer]:
    """The answers by their question."""
    return {answer.question: answer for answer in marked.answers}


def sum_out_of(questions: Sequence[Question]) -> Fraction:
    """What the questions are worth, added up as it is shown."""
    return sum((round_mark(question.marks) for question in questions), Fraction(0))


def remarks(marked: Marked) -> tuple[str, ...]:
    """What the grader has to know before a mark goes anywhere."""
    name = make_lines_visible(marked.student)
    if not is_marked(marked):
        return (f"{name} could not be marked and gets no grade: {make_lines_visible(marked.reason)}",)
    if ABSENT in marked.problems:
        return (f"{name} handed in nothing and gets no grade",)
    if marked.waits:
        return (f"{name}: a person has to look at {say_waiting(marked)}; until then there is no grade",)
    return ()
