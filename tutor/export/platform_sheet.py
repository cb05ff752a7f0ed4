"""A table that a learning platform exported: single cells are written, every other character stays as it is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import OutputError
from tutor.export.output import MarkFile, is_graded, remarks, table
from tutor.marking.marked import Marked
from tutor.text import make_lines_visible

MARK = "\ufeff"
MAX_SHOWN = 20
MAX_HEADER = 100_000
_PARTICIPANT = re.compile(r"(?:participant|teilnehmer/in) ?([0-9]+)")
"""How Moodle writes the number of a participant, in English and in German."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: its cells' values, and where each stands in the text."""

    cells: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def cell(self, column: int | None) -> str:
        """The value in a column, without spaces around it; empty where there is none."""
        return self.cells[column].strip() if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class PlatformSheet:
    """The table as it was exported: its text, its delimiter, its header and its rows."""

    text: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]

    def column(self, *names: str) -> int | None:
        """The column of one of these names."""
        wanted = {name.casefold() for name in names}
        return next((i for i, name in enumerate(self.header) if name.strip().casefold() in wanted), None)

    def write_cells(self, cells: Mapping[tuple[int, int], str]) -> str:
        """The text with these cells (row, column) written anew."""
        pieces, at = [], 0
        for (row, column), value in sorted(cells.items()):
            start, end = self.rows[row].spans[column]
            quoted = self.text[start:end].startswith('"') or any(c in value for c in f'{self.delimiter}"\r\n')
            pieces += [self.text[at:start], f'"{value}"' if quoted and '"' not in value else value]
            at = end
        return "".join([*pieces, self.text[at:]])


def read_sheet(text: str) -> PlatformSheet:
    """Read an exported table; a byte order mark stays.

    Raises `OutputError` for a table that is broken: filling in half of it would lose grades.
    """
    start = len(MARK) if text.startswith(MARK) else 0
    first = re.split(r"[\r\n]", text[start:], maxsplit=1)[0]
    delimiter = max(",;\t", key=lambda sign: len(next(csv.reader([first[:MAX_HEADER]], delimiter=sign), [])))
    cell = re.compile(rf'"[^"]*(?:""[^"]*)*"|[^{delimiter}\r\n"][^{delimiter}\r\n]*|')
    rows: list[SheetRow] = []
    spans: list[tuple[int, int]] = []
    at = start
    while at < len(text):
        match = cell.match(text, at)
        assert match is not None  # the last alternative is empty
        spans.append(match.span())
        at = match.end()
        after = text[at : at + 1]
        if after == delimiter:
            at += 1
            if at < len(text):
                continue
            spans.append((at, at))
        elif after not in ("", "\r", "\n"):
            raise OutputError(f"row {len(rows) + 1} of the table is broken: a quote is not closed", hint="export it again")
        rows.append(_row(text, spans, delimiter))
        spans = []
        at += 2 if text[at : at + 2] == "\r\n" else 1
    if not rows:
        raise OutputError("the table is empty", hint="export it again and fill in that file")
    return PlatformSheet(text, delimiter, rows[0].cells, tuple(rows[1:]))


def _row(text: str, spans: Sequence[tuple[int, int]], delimiter: str) -> SheetRow:
    """A row with the values that the csv module reads in it."""
    raw = text[spans[0][0] : spans[-1][1]]
    try:
        cells = next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise OutputError(f"the table is broken near {make_lines_visible(raw[:40])!r}: {error}", hint="export it again") from None
    if len(cells) != len(spans):
        cells = [text[start:end] for start, end in spans]
    return SheetRow(tuple(cells), tuple(spans))


def match_rows(
    marked: Sequence[Marked],
    sheet: PlatformSheet,
    known: Sequence[tuple[int | None, bool]],
    first: int = 0,
    *,
    also: re.Pattern[str] | None = None,
) -> tuple[dict[int, Marked], list[str]]:
    """Which row is whose, and what is to be said about students without a row and rows without a student.

    ``known`` are the columns that tell who somebody is; those that are names (True) count only where nothing better does and one row alone
    has that name.  ``also`` finds the platform's own number in the file names that it gives to submissions.  Nothing is guessed: a student
    with two rows, and a row with two students, are left alone.
    """
    exact: dict[str, set[int]] = {}
    named: dict[str, set[int]] = {}
    for i, row in enumerate(sheet.rows[first:], first):
        for column, is_name in known:
            value = row.cell(column).casefold()
            if value:
                (named if is_name else exact).setdefault(value, set()).add(i)
                number = _PARTICIPANT.fullmatch(value)
                if not is_name and number:
                    exact.setdefault(number[1], set()).add(i)
    rows: dict[int, list[Marked]] = {}
    problems: list[str] = []
    for one in marked:
        found = _find_rows(one, exact, named, also)
        name = make_lines_visible(one.student)
        if len(found) == 1:
            rows.setdefault(next(iter(found)), []).append(one)
        else:
            fits = f"fits {len(found)} rows of the table; none was filled in"
            problems.append(f"{name} {fits if found else 'has no row in the table'}")
    for i in sorted(rows):
        if len(rows[i]) > 1:
            problems.append(f"{' and '.join(make_lines_visible(one.student) for one in rows[i])} fit the same row; it was not filled in")
    whose = {i: owners[0] for i, owners in rows.items() if len(owners) == 1}
    left = [next((row.cell(c) for c, _ in known if row.cell(c)), "") for i, row in enumerate(sheet.rows[first:], first) if i not in rows]
    left = [make_lines_visible(name) for name in left if name]
    if left:
        more = f" and {len(left) - MAX_SHOWN} more" if len(left) > MAX_SHOWN else ""
        problems.append(f"no submission of {', '.join(left[:MAX_SHOWN])}{more}: the row was left as it is")
    return whose, problems


def _find_rows(one: Marked, exact: Mapping[str, set[int]], named: Mapping[str, set[int]], also: re.Pattern[str] | None) -> set[int]:
    keys = [one.student, *(one.fields.get(name, "") for name in ("id", "username", "email"))]
    number = also.search(one.student) if also is not None else None
    if number:
        keys = [number[1]]
    found = {i for key in keys for i in exact.get(key.strip().casefold(), ())}
    if found:
        return found
    return {i for key in (one.student, one.fields.get("name", "")) for i in named.get(key.strip().casefold(), ())}


def grades(sheet: PlatformSheet, whose: Mapping[int, Marked], column: int, shown: Mapping[int, str], keep: Iterable[str] = ()) -> MarkFile:
    """The table with these grades in a column; a cell that says ``keep`` stays, a grade that is replaced is told."""
    kept = {word.casefold() for word in keep}
    cells: dict[tuple[int, int], str] = {}
    problems: list[str] = []
    for i, one in sorted(whose.items()):
        problems += remarks(one)
        row, name = sheet.rows[i], make_lines_visible(one.student)
        if not is_graded(one):
            continue
        if column >= len(row.spans):
            problems.append(f"the row of {name} has no cell for the grade; it was not filled in")
        elif row.cell(column).casefold() in kept:
            problems.append(f"{name} has {make_lines_visible(row.cell(column))} in the table, which was kept")
        else:
            old = row.cell(column)
            if old and old != "-" and not _is_same(old, shown[i]):
                problems.append(f"the grade {make_lines_visible(old)} of {name} was replaced by {shown[i]}")
            if not _is_same(old, shown[i]):
                cells[i, column] = shown[i]
    return MarkFile(sheet.write_cells(cells), tuple(problems))


def _is_same(old: str, new: str) -> bool:
    try:
        return float(old.replace(",", ".")) == float(new.replace(",", "."))
    except ValueError:
        return False


def write_import(head: Sequence[str], rows: Iterable[tuple[Marked, Sequence[str]]]) -> MarkFile:
    """A small table for an import, with what has to be said about each student in it."""
    kept: list[list[str]] = [list(head)]
    problems: list[str] = []
    for one, cells in rows:
        kept.append(list(cells))
        problems += remarks(one)
    return MarkFile(table(kept), tuple(problems))
