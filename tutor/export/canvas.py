"""Canvas: the gradebook that was exported, filled in; or a small file of its form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from tutor.errors import OutputError, hint_near
from tutor.exercise.question import Question
from tutor.export.output import Header, MarkFile, choose_importable_key, is_graded, is_importable, sum_out_of
from tutor.export.platform_sheet import PlatformSheet, grades, match_rows, read_sheet, write_import
from tutor.marking.marked import Marked
from tutor.marking.marks import points, sum_earned
from tutor.text import make_lines_visible

STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_DROPPED = re.compile(r"(?i)(current|final|override)\s+(score|points|grade|status)")
"""Titles of columns that Canvas computes itself: what is imported under them is dropped without a word."""
_TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<id>[0-9]+)\)\s*")
_SUBMITTED = re.compile(r"\A[^_]+_(?:LATE_)?([0-9]+)_[0-9]+_")
"""Canvas calls a downloaded submission "berganna_LATE_1234_5678_…"; the first number is the student's ID."""
_POINTS = "Points Possible"


def check_title(title: str) -> None:
    """Refuse a title that Canvas drops on import; raises `OutputError`."""
    found = _DROPPED.search(title)
    if found:
        what = f"Canvas drops a column whose title has {found[0]!r}: {make_lines_visible(title)}"
        raise OutputError(what, hint="give the assignment another title")


def gradebook(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A new file; students are known by their login (the student's key).

    Raises `OutputError` for a title that Canvas drops.
    """
    check_title(header.name)
    if not is_importable(header.name):
        raise OutputError(f"{make_lines_visible(header.name)!r} cannot be the title of a column", hint="give the exercise a plain title")
    rows: list[tuple[Marked, Sequence[str]]] = []
    left: list[str] = []
    for one in marked:
        login, why = choose_importable_key(one, header.by)
        if why:
            left.append(why)
            continue
        name = one.fields.get("name", "")
        rows.append((one, [name if is_importable(name) else "", "", "", login, "", points(sum_earned(one)) if is_graded(one) else ""]))
    made = write_import([*STUDENT, header.name], rows)
    first, rest = made.text.split("\n", 1)
    worth = f"    {_POINTS},,,,,{points(sum_out_of(questions))}"
    return MarkFile(f"{first}\n{worth}\n{rest}", (*left, *made.problems))


def fill(text: str, marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """The exported gradebook with one column filled in; ``EX`` (excused) stays, and so does everything else.

    The column is ``header.column``, or the one whose title is that of the exercise.

    Raises `OutputError` for a table that is none, and a column that is not there or cannot be written.
    """
    sheet = read_sheet(text)
    if sheet.column("Student") is None or sheet.column("ID") is None:
        raise OutputError("this is no gradebook of Canvas: it has no columns Student and ID", hint="in Canvas: Grades, Export")
    column = _column(sheet, header)
    worth = next((row for row in sheet.rows if _POINTS in row.cell(0)), None)
    first = sheet.rows.index(worth) + 1 if worth is not None else 0
    if worth is not None and "read only" in worth.cell(column).casefold():
        title = make_lines_visible(sheet.header[column])
        raise OutputError(f"the column {title} is read only in Canvas", hint="choose the column of the assignment")
    known = [(sheet.column(name), False) for name in ("ID", "SIS Login ID", "SIS User ID", "Integration ID")]
    whose, problems = match_rows(marked, sheet, [*known, (sheet.column("Student"), True)], first, also=_SUBMITTED)
    problems += _compare_worth(worth.cell(column) if worth is not None else "", sum_out_of(questions))
    comma = worth is not None and bool(re.fullmatch(r"[0-9]+,[0-9]+", worth.cell(column)))
    shown = {i: points(sum_earned(one)).replace(".", "," if comma else ".") for i, one in whose.items()}
    made = grades(sheet, whose, column, shown, keep=("EX",))
    return MarkFile(made.text, (*problems, *made.problems))


def _column(sheet: PlatformSheet, header: Header) -> int:
    """The column of the assignment, by its whole title or without the number that Canvas adds."""
    wanted = (header.column or header.name).strip()
    check_title(wanted)
    start = sheet.column("Section")
    titles = {i: title.strip() for i, title in enumerate(sheet.header) if i > (start if start is not None else 1)}
    found = [i for i, title in titles.items() if title == wanted]
    if not found:
        bare = {i: match["title"] for i, title in titles.items() if (match := _TITLE.fullmatch(title))}
        found = [i for i, title in bare.items() if title.casefold() == wanted.casefold()]
    if len(found) != 1:
        writable = [title for title in titles.values() if title and not _DROPPED.search(title)]
        what = f"{len(found)} columns are" if found else "no column is"
        hint = hint_near(wanted, writable) or f"the columns are {', '.join(map(make_lines_visible, writable[:10]))}"
        hint += "; choose one with --column"
        raise OutputError(f"{what} called {make_lines_visible(wanted)} in the gradebook", hint=hint)
    return found[0]


def _compare_worth(told: str, worth: Fraction) -> list[str]:
    text = told.replace(",", ".")
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) and worth and Fraction(text) != worth:
        return [f"{_POINTS} is {make_lines_visible(told)} in Canvas, here it is {points(worth)}; marks were written as they are"]
    return []
