"""What a batch writes into its folder: names and contents.  Nothing is written here, and nothing depends on how the marks came about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from tutor.autograde import words
from tutor.errors import OutputError
from tutor.export import mark_formats
from tutor.export.output import Header, table
from tutor.marking.changes import changes, to_csv
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import Marked, MarkedAnswer
from tutor.marking.record import loads
from tutor.render.page_formats import page_format
from tutor.results.feedback import ClassReport, Feedback, class_report, course_notation, reports
from tutor.text import file_name, guard_cell, make_visible

if TYPE_CHECKING:
    from tutor.marking.disclosure import Reveal

ALWAYS = ("csv",)
"""Formats that are written whatever ``--to`` says; results.json is written too, from the journal."""
Content = str | bytes | Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written besides what always is.

    ``formats`` as ``--to`` names them, ``reveal`` how much of the solution reports may show, ``fill`` name and content of the file to fill
    in and ``column`` which column of it, ``old`` the marked work to compare with, ``by`` what a platform knows students by, ``report`` what
    the students' reports are written as, ``language`` the code of that of all pages (None: what the exercise says).
    """

    formats: tuple[str, ...] = ()
    reveal: str = "hint"
    fill: tuple[str, bytes] | None = None
    old: tuple[Marked, ...] | None = None
    column: str = ""
    by: str = ""
    report: str = "markdown"
    language: str | None = None


def list_outputs(
    marked: Sequence[Marked], records: Iterator[str], marker: Marker, header: Header, wanted: Wanted, say: Callable[[str], None]
) -> Iterator[tuple[str, Content]]:
    """(relative path, content) of every file but the students' reports, in a fixed order.

    ``records`` are the same marks as lines of JSON, as the journal has them; ``say`` hears what the grader has to know.
    """
    yield "results.json", results_json(records, marker, header)
    whole = class_page(marked, marker, wanted.language)
    yield "class.md", whole.to_markdown()
    yield "class.svg", whole.to_svg()
    yield "for-a-person.csv", list_for_a_person(whole)
    for name in dict.fromkeys((*ALWAYS, *wanted.formats)):
        if name != "json":
            yield from _list_format(name, marked, marker, header, wanted, say)
    if wanted.old is not None:
        yield "changes.csv", to_csv(changes(wanted.old, marked))


def class_page(marked: Sequence[Marked], marker: Marker, language: str | None = None) -> ClassReport:
    """The report on the class."""
    exercise = marker.exercise
    words = language or exercise.language or None
    return class_report(marked, title=exercise.title, notation=course_notation(exercise), questions=marker.questions, words=words)


def results_json(records: Iterator[str], marker: Marker, header: Header) -> Iterator[bytes]:
    """The same bytes as the format ``json`` gives, without making every record again, which costs 2 ms a student."""
    start, end = mark_formats.export("json", [], marker.questions, header).text.split("\n", 1)
    yield f"{start}\n".encode()
    for number, record in enumerate(records):
        yield f"{',' if number else ''}{chr(10) if number else ''}{record}".encode()
    yield end.encode()


def list_for_a_person(report: ClassReport) -> str:
    """What a person has to look at, as a table: answers without a verdict, and work that could not be marked."""
    rows = [("student", "question", "verdict", "what", "answer", "message")]
    rows += [(student, "", "could not be marked", "", "", reason) for student, reason in report.work.failed]
    rows += [(one.student, "", "not used", one.place, one.text, one.reason) for one in report.work.unused]
    rows += [(one.student, one.question, one.verdict, one.outcome, one.text, one.message) for one in report.work.person]
    return table([[guard_cell(cell) for cell in row] for row in rows])


def report_name(student: str, kind: str = "markdown") -> str:
    """Where a student's report is."""
    return f"reports/{file_name(student)}{page_format(kind).suffix}"


def feedback_maker(marker: Marker, reveal: str, language: str | None = None) -> Callable[[Marked], Feedback]:
    """What makes a student's report."""
    return reports(marker, cast("Reveal", reveal), words=language)


def report_maker(marker: Marker, reveal: str, kind: str = "markdown", language: str | None = None) -> Callable[[str], str]:
    """The same for workers: a record in, a report as a text of JSON out.  A report takes nearly as long as the marking."""
    return partial(_report, feedback_maker(marker, reveal, language), kind)


def _report(make: Callable[[Marked], Feedback], kind: str, record: str) -> str:
    return json.dumps(make(loads(record)).to(kind))


def answer_words(make: Callable[[Marked], Feedback]) -> Callable[[Marked, MarkedAnswer], str]:
    """The words for single answers, for platforms that show them one by one; no more than the report would say."""
    known: dict[str, tuple[Feedback, dict[str, MarkedAnswer]]] = {}

    def say_answer(marked: Marked, answer: MarkedAnswer) -> str:
        if marked.student not in known:
            known.clear()
            made = make(marked)
            known[marked.student] = made, {one.question: one for one in made.shown.answers}
        page, answers = known[marked.student]
        return words(answers[answer.question], page.words)

    return say_answer


def _list_format(
    name: str, marked: Sequence[Marked], marker: Marker, header: Header, wanted: Wanted, say: Callable[[str], None]
) -> Iterator[tuple[str, Content]]:
    """The file of one format; a folder of them where each student has one."""
    row = mark_formats.MARK_FORMATS[name]
    if row.each:
        make = feedback_maker(marker, wanted.reveal, wanted.language)
        for one in marked:
            shown = make(one).shown  # what goes to the student says no more than the report
            yield f"{name}/{file_name(one.student)}{row.suffix}", mark_formats.export(name, [shown], marker.questions, header).text
        return
    if wanted.fill is not None and row.fill:
        found = mark_formats.fill(name, _text(wanted.fill[1]), marked, marker.questions, header)
    else:
        found = mark_formats.export(name, marked, marker.questions, header)
    for problem in found.problems if name in wanted.formats else ():
        say(problem)
    yield row.file, found.text


def check_fill(marker: Marker, header: Header, wanted: Wanted) -> None:
    """Refuse a file that cannot be filled in before hours are spent on marking."""
    for name in wanted.formats:
        if wanted.fill is not None and mark_formats.MARK_FORMATS[name].fill:
            try:
                mark_formats.fill(name, _text(wanted.fill[1]), [], marker.questions, header)
            except OutputError as error:
                raise error.put_at(f"--fill {make_visible(wanted.fill[0], 200)}") from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OutputError(
            f"the file is not UTF-8 text (byte {error.start})", hint="give the file as it was exported"
        ) from None
