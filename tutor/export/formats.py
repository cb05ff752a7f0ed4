"""The output formats by name: `tutor mark --to NAME`, and `--fill` where a platform's own file is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import OutputError, near
from tutor.exercise.question import Question
from tutor.export import canvas, graders, moodle
from tutor.export import plain_table as table
from tutor.export.all_marked import results
from tutor.export.gradescope import gradescope
from tutor.export.output import Header, Output
from tutor.marking.marked import Marked
from tutor.text import visible

Make = Callable[[Sequence[Marked], Sequence[Question], Header], Output]
Fill = Callable[[str, Sequence[Marked], Sequence[Question], Header], Output]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its title, its file's usual name and suffix, how it is made, and how an exported file is filled in (where there is one).

    With ``each`` a file holds one student.
    """

    title: str
    file: str
    suffix: str
    make: Make
    fill: Fill | None = None
    each: bool = False


FORMATS: Mapping[str, Format] = {
    "csv": Format("marks, a row a student", "marks.csv", ".csv", table.marks),
    "answers": Format("answers and verdicts, a row an answer", "answers.csv", ".csv", table.answers),
    "json": Format("all marked work", "results.json", ".json", results),
    "gradescope": Format("Gradescope's results.json", "gradescope.json", ".json", gradescope, each=True),
    "moodle": Format("Moodle's gradebook or grading worksheet", "moodle.csv", ".csv", moodle.gradebook, moodle.worksheet),
    "canvas": Format("Canvas' gradebook", "canvas.csv", ".csv", canvas.gradebook, canvas.fill),
    "otter": Format("otter's final_grades.csv", "final_grades.csv", ".csv", graders.otter),
    "nbgrader": Format("nbgrader's table of grades", "nbgrader.csv", ".csv", graders.nbgrader),
}


def export(name: str, marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> Output:
    """The marked work in a format; raises `OutputError` for a format that is not there and work that it cannot hold.

    >>> export("otter", [], [Question("q1", "dL/dw5")], Header("dl/bce")).text.splitlines()[0]
    'file,q1,total_points_earned,percent_correct,grading_status'
    """
    return _format(name).make(marked, questions, header)


def fill(name: str, text: str, marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> Output:
    """An exported file (its text, with its byte order mark and line ends as they are) with the marks filled in.

    Raises `OutputError` for a format that has no such file, and for a file that is none.
    """
    found = _format(name)
    if found.fill is None:
        able = ", ".join(key for key, row in FORMATS.items() if row.fill is not None)
        raise OutputError(f"there is nothing to fill in for {name}", hint=f"--fill goes with {able}")
    return found.fill(text, marked, questions, header)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise OutputError(f"there is no format {visible(name)}", hint=near(name, FORMATS) or f"use one of {', '.join(FORMATS)}")
    return FORMATS[name]
