"""Moodle: a table for the import into the gradebook, and the offline grading worksheet filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from tutor.errors import OutputError
from tutor.exercise.question import Question
from tutor.export.output import Header, MarkFile, choose_importable_key, is_graded, is_importable, sum_out_of
from tutor.export.platform_sheet import grades, match_rows, read_sheet, write_import
from tutor.marking.marked import Marked
from tutor.marking.marks import points, sum_earned
from tutor.text import make_lines_visible

KEYS = {"": "username", "username": "username", "email": "email", "idnumber": "idnumber", "id": "id"}
"""What the gradebook may know users by, and how that column is called."""
NEEDED = (("Identifier", "ID"), ("Grade", "Bewertung"), ("Last modified (grade)", "Zuletzt geändert (Bewertung)"))
"""The columns of a worksheet, in English and in German."""
_KNOWN = (("Email address", "E-Mail-Adresse"), ("Username", "Anmeldename"), ("ID number", "ID-Nummer"))
_SUBMITTED = re.compile(r"_([0-9]+)_assignsubmission_")
"""Moodle calls a downloaded submission "Anna Berg_123456_assignsubmission_file_…"; the number is the participant's."""


def gradebook(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """A column that tells who, and a column with the mark.  Who could not be marked, or waits for a person, has an empty
    cell, which is no grade.

    One user that Moodle does not know aborts the whole import, so a student without a usable key is left out and named.

    Raises `OutputError` for a key that Moodle's gradebook does not know.
    """
    by = header.by or ("email" if marked and all("@" in one.student for one in marked) else "")
    if by not in KEYS:
        raise OutputError(f"Moodle does not know users by {make_lines_visible(by)!r}", hint=f"use {', '.join(key for key in KEYS if key)}")
    rows: list[tuple[Marked, Sequence[str]]] = []
    left: list[str] = []
    for one in marked:
        key, why = choose_importable_key(one, by)
        if why:
            left.append(why)
            continue
        rows.append((one, [key, points(sum_earned(one)) if is_graded(one) else ""]))
    title = header.name if is_importable(header.name) else "Grade"
    made = write_import([KEYS[by], title], rows)
    return MarkFile(made.text, (*left, *made.problems))


def worksheet(text: str, marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """The offline grading worksheet that was downloaded, with the grades filled in and nothing else touched.

    Raises `OutputError` for a table that is none.
    """
    sheet = read_sheet(text)
    places = [sheet.column(*names) for names in NEEDED]
    missing = [names[0] for names, place in zip(NEEDED, places, strict=True) if place is None]
    column = places[1]
    if missing or column is None:
        raise OutputError(
            f"this is no offline grading worksheet: it has no column {' and no column '.join(missing)}",
            hint="in Moodle: the assignment, View all submissions, Download grading worksheet (in English or German)",
        )
    known = [(places[0], False), *((sheet.column(*names), False) for names in _KNOWN)]
    whose, problems = match_rows(marked, sheet, [*known, (sheet.column("Full name", "Vollständiger Name"), True)], also=_SUBMITTED)
    best, may = sheet.column("Maximum Grade", "Bestwertung"), sheet.column("Grade can be changed", "Bewertung kann geändert werden")
    locked = [i for i in whose if sheet.rows[i].cell(may).casefold() in ("no", "nein")]
    problems += [f"the grade of {make_lines_visible(whose[i].student)} cannot be changed in Moodle; it was not filled in" for i in locked]
    whose = {i: one for i, one in whose.items() if i not in locked}
    problems += _maximum({sheet.rows[i].cell(best) for i in whose}, sum_out_of(questions))
    comma = any("," in sheet.rows[i].cell(best) for i in whose)
    shown = {i: points(sum_earned(one)).replace(".", "," if comma else ".") for i, one in whose.items()}
    made = grades(sheet, whose, column, shown)
    return MarkFile(made.text, (*problems, *made.problems))


def _maximum(told: set[str], worth: Fraction) -> list[str]:
    """What is said when Moodle's maximum is another one: marks are never scaled silently."""
    for text in sorted(told):
        if worth and re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", text) and Fraction(text.replace(",", ".")) != worth:
            return [f"the maximum grade in Moodle is {text}, here it is {points(worth)}; marks were written as they are"]
    return []
