"""The output formats of marks by name: `tutor mark --to NAME`, and `--fill` where a platform's own file is filled in.

To add one, write a module in `tutor.export` and its row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from tutor.errors import OutputError, hint_near
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.exercise.question import Question
    from tutor.export.output import Header, MarkFile
    from tutor.marking.marked import Marked


@dataclass(frozen=True, slots=True)
class MarkFormat:
    """One format: its title, its file's usual name and suffix, and what makes it, as ``module:function`` in `tutor.export`.

    ``fill`` fills in a file that a platform exported (where there is one).  With ``each`` a file holds one student.
    """

    title: str
    file: str
    suffix: str
    make: str
    fill: str = ""
    each: bool = False


MARK_FORMATS: Mapping[str, MarkFormat] = {
    "csv": MarkFormat("marks, a row a student", "marks.csv", ".csv", "plain_table:marks"),
    "answers": MarkFormat("answers and verdicts, a row an answer", "answers.csv", ".csv", "plain_table:answers"),
    "json": MarkFormat("all marked work", "results.json", ".json", "all_marked:results"),
    "gradescope": MarkFormat("Gradescope's results.json", "gradescope.json", ".json", "gradescope:gradescope", each=True),
    "moodle": MarkFormat("Moodle's gradebook or grading worksheet", "moodle.csv", ".csv", "moodle:gradebook", "moodle:worksheet"),
    "canvas": MarkFormat("Canvas' gradebook", "canvas.csv", ".csv", "canvas:gradebook", "canvas:fill"),
    "otter": MarkFormat("otter's final_grades.csv", "final_grades.csv", ".csv", "graders:otter"),
    "nbgrader": MarkFormat("nbgrader's table of grades", "nbgrader.csv", ".csv", "graders:nbgrader"),
}
"""Every format of marks, in the order in which help lists them."""


def export(name: str, marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """The marked work in a format; raises `OutputError` for a format that is not there and work that it cannot hold.

    >>> from tutor.exercise.question import Question
    >>> from tutor.export.output import Header
    >>> export("otter", [], [Question("q1", "dL/dw5")], Header("dl/bce")).text.splitlines()[0]
    'file,q1,total_points_earned,percent_correct,grading_status'
    """
    made: MarkFile = _import_name(mark_format(name).make)(marked, questions, header)
    return made


def fill(name: str, text: str, marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """An exported file (its text, with its byte order mark and line ends as they are) with the marks filled in.

    Raises `OutputError` for a format that has no such file, and for a file that is none.
    """
    row = mark_format(name)
    if not row.fill:
        able = ", ".join(key for key, other in MARK_FORMATS.items() if other.fill)
        raise OutputError(f"there is nothing to fill in for {name}", hint=f"--fill goes with {able}")
    made: MarkFile = _import_name(row.fill)(text, marked, questions, header)
    return made


def mark_format(name: str) -> MarkFormat:
    """The row of a format; raises `OutputError` for one that is not there."""
    if name not in MARK_FORMATS:
        hint = hint_near(name, MARK_FORMATS) or f"use one of {', '.join(MARK_FORMATS)}"
        raise OutputError(f"there is no format {make_visible(name)}", hint=hint)
    return MARK_FORMATS[name]


def _import_name(where: str) -> Callable[..., Any]:
    found: Callable[..., Any] = resolve_name(f"tutor.export.{where}")
    return found
