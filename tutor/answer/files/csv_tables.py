"""CSV, TSV and sheets: a row a student, a row an answer, or one student's own table.  A broken row is that row; everything else is read.

A table in which no column tells who a student is, is one student's own: the file's name names the student.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tutor.answer.files.answer_labels import is_furniture
from tutor.answer.files.decode import FileProblem
from tutor.answer.files.file_answers import PRIORITY, Found, Read, check_count, key_of, person_field
from tutor.answer.files.text_blocks import rows_of
from tutor.answer.files.text_lines import read_parts
from tutor.answer.handed_in import Unused, is_blank
from tutor.answer.read.ids import Ids
from tutor.text import make_visible

MAX_ROW_LINES = 200
MAX_ROW = 100_000
MAX_RETRIES = 300
"""How often a row that spans lines may turn out to be broken; after that, rows are lines.  It keeps the time linear."""
MAX_PROBLEMS = 100
MAX_COLUMNS = 10_000
MAX_SHOWN = 300
LOOKED = 50
"""So many rows tell whether a column names students or questions."""
_QUESTION = ("question", "question id", "question_id", "task", "item", "quantity", "frage", "aufgabe", "größe")
_ANSWER = ("answer", "response", "text", "value", "result", "antwort", "wert", "ergebnis")
HINT = "the header is student,q1,q2,… (a row a student) or student,question,answer (a row an answer)"


_OPEN = "a quote is not closed"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table with its number in the file; of a broken one the cells are only fit to tell whose it is."""

    number: int
    cells: list[str]
    fault: str

    @property
    def blank(self) -> bool:
        return not self.fault and not any(cell.strip() for cell in self.cells)


@dataclass(slots=True)
class _Student:
    """The rows of one student where a row is an answer."""

    number: int
    fields: dict[str, str]
    entries: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Class:
    """What has been read so far: answers by student in the rows' order, and what is to be said."""

    ids: Ids
    found: list[Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    more: int = 0

    def problem(self, text: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(text)
        else:
            self.more += 1


def read_csv(text: str, stem: str, ids: Ids, *, tabs: bool = False) -> Read:
    """The students of a table.

    Raises `FileProblem` when the header says neither who the students are nor what they answer.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    start, separator = 0, ""
    if lines and lines[0].startswith("sep=") and len(lines[0]) == 5:  # a line that Excel writes and obeys
        start, separator = 1, lines[0][4]
    start = next((i for i in range(start, len(lines)) if lines[i].strip(" ,;\t")), len(lines))
    if start == len(lines):
        raise FileProblem("the table has no header", hint=HINT)
    delimiter = separator or _delimiter(lines[start : start + 3], ids, tabs)
    return _read_rows(_rows(lines, start, delimiter), stem, ids)


def read_table(cells: Sequence[Sequence[str]], stem: str, ids: Ids) -> Read:
    """The students of a table whose cells are known, as of a sheet.

    Raises `FileProblem` as `read_csv` does.
    """
    return _read_rows((_Row(number, list(row), "") for number, row in enumerate(cells, 1)), stem, ids)


def _read_rows(rows: Iterator[_Row], stem: str, ids: Ids) -> Read:
    top = next(rows)
    header = top.cells
    if top.fault:
        raise FileProblem(f"the header (row {top.number}) is broken: {top.fault}", hint=HINT)
    if len(header) > MAX_COLUMNS:
        raise FileProblem(f"the table has {len(header):,} columns; at most {MAX_COLUMNS:,} are read")
    first = [row for row, _ in zip(rows, range(LOOKED), strict=False)]
    whole = _chain_rows(first, rows)
    if not any(_names_students(place, cell, first, ids) for place, cell in enumerate(header)):
        return _read_own_table([top, *whole], stem, ids)
    rows = whole
    read = _Class(ids)
    names = [" ".join(cell.split()).casefold()[:100] for cell in header]
    question, answer = (_column(names, header, wanted, ids) for wanted in (_QUESTION, _ANSWER))
    if question is not None and answer is not None:
        _row_an_answer(read, header, rows, (question, answer))
    else:
        _row_a_student(read, header, rows)
    if read.more:
        read.problems.append(f"and {read.more:,} more faults in rows")
    if not read.found and not read.problems:
        read.problems.append("the table has a header and no rows")
    return Read(tuple(read.found), tuple(read.problems))


def _chain_rows(first: Iterable[_Row], rest: Iterator[_Row]) -> Iterator[_Row]:
    yield from first
    yield from rest


def _names_students(place: int, name: str, rows: Sequence[_Row], ids: Ids) -> bool:
    """Whether a column tells who a student is; one called "id" or "name" may as well hold the names of questions."""
    if person_field(name) not in PRIORITY or ids.find(name):
        return False
    cells = [row.cells[place] for row in rows if place < len(row.cells) and row.cells[place].strip()]
    return not cells or sum(bool(ids.find(cell)) for cell in cells) * 2 < len(cells)


def _read_own_table(rows: Sequence[_Row], stem: str, ids: Ids) -> Read:
    """One student's own table: a row an answer, with a header or without, or a column an answer."""
    good = [(row.number, " | ".join(row.cells), tuple(row.cells)) for row in rows if not row.fault and not row.blank]
    if not any(ids.find(cell) for _, _, cells in good for cell in cells[:20]):
        raise FileProblem("no column names the student", hint=HINT)
    read = read_parts(rows_of(good, lambda label: bool(ids.find(label))), stem, ids)
    broken = tuple(Unused(f"row {row.number}", " ".join(row.cells)[:MAX_SHOWN], row.fault) for row in rows if row.fault)
    return Read(tuple(replace(found, unused=(*found.unused, *broken)) for found in read.found), read.problems)


def _column(names: list[str], header: list[str], wanted: tuple[str, ...], ids: Ids) -> int | None:
    return next((i for i, name in enumerate(names) if name in wanted and not ids.find(header[i])), None)


def _delimiter(lines: Sequence[str], ids: Ids, tabs: bool) -> str:
    """The delimiter with which the first lines, the header above all, say most."""

    def rank_delimiter(delimiter: str) -> tuple[int, int]:
        known = count = 0
        for line in lines:
            try:
                cells = next(csv.reader([line[:MAX_ROW]], delimiter=delimiter), [])
            except csv.Error:
                continue
            known += sum(bool(ids.find(cell) or (line is lines[0] and person_field(cell))) for cell in cells[:MAX_COLUMNS])
            count = count or len(cells)
        return known, count

    return max("\t,;" if tabs else ",;\t", key=rank_delimiter)


def _rows(lines: list[str], start: int, delimiter: str) -> Iterator[_Row]:
    """Each row; after a broken row, reading goes on with the next line."""
    at, retries = start, 0

    def source(first: int) -> Iterator[str]:
        size = 0
        for i in range(first, len(lines)):
            size = len(lines[i]) if i == at else size + len(lines[i])
            if i > at and (retries > MAX_RETRIES or i - at >= MAX_ROW_LINES or size > MAX_ROW):
                raise csv.Error(_OPEN)
            yield lines[i] + "\n"

    while at < len(lines):
        first = at
        reader = csv.reader(source(first), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield _Row(at + 1, cells, "it has a NUL byte" if any("\0" in cell for cell in cells) else "")
                at = first + reader.line_num
            return
        except csv.Error as error:
            retries += reader.line_num > at - first + 1
            cells = [cell.replace('"', "") for cell in lines[at][:1000].split(delimiter)]
            yield _Row(at + 1, cells, _OPEN if "unexpected end" in str(error) else make_visible(str(error)))
            at += 1


def _fault(row: _Row, width: int) -> str:
    """What is wrong with a row; surplus cells that are empty are nothing."""
    if row.fault:
        return f"row {row.number} is broken: {row.fault}"
    if len(row.cells) < width or any(cell.strip() for cell in row.cells[width:]):
        count = len(row.cells)
        return f"row {row.number} is broken: it has {count} cell{'s' if count != 1 else ''}, the header has {width}"
    return ""


def _persons(header: list[str], ids: Ids, stop: tuple[int, ...] = ()) -> dict[str, int]:
    """The columns that tell who a student is, by field."""
    found: dict[str, int] = {}
    for i, cell in enumerate(header):
        name = person_field(cell)
        if name and i not in stop and not ids.find(cell):
            found.setdefault(name, i)
    if not any(name in found for name in PRIORITY):
        raise FileProblem("no column names the student", hint=HINT)
    return found


def _row_a_student(read: _Class, header: list[str], rows: Iterator[_Row]) -> None:
    while len(header) > 1 and not header[-1].strip():
        header = header[:-1]
    persons = _persons(header, read.ids)
    columns = [(i, cell) for i, cell in enumerate(header) if i not in persons.values() and not person_field(cell)]
    columns += [(i, cell) for i, cell in enumerate(header) if person_field(cell) and read.ids.find(cell)]
    for i, cell in columns:
        if not cell.strip():
            read.problem(f"column {i + 1} has no name; it was not read")
        elif not read.ids.find(cell):
            read.problem(f"column {i + 1} was not read: {read.ids.describe_unknown(cell)}")
    lost = [(i, read.ids.describe_unknown(cell)) for i, cell in columns if not read.ids.find(cell) and not is_furniture(cell)][:100]
    asked = [(i, cell) for i, cell in columns if read.ids.find(cell)]
    for row in rows:
        check_count(len(read.found))
        where, fault, fields = f"row {row.number}", _fault(row, len(header)), _fields(row, persons)
        student = key_of(fields)
        if row.blank:
            continue
        if fault:
            read.problem(fault)
            if student:
                read.found.append(Found(student, (), where, failed=fault))
        elif not student:
            read.problem(f"{where} names no student")
            read.found.append(Found(where, (), where, failed=f"{where} names no student"))
        else:
            unused = tuple(
                Unused(f"column {i + 1}", row.cells[i][:MAX_SHOWN], why) for i, why in lost if not is_blank(row.cells[i])
            )
            read.found.append(Found(student, tuple((cell, row.cells[i]) for i, cell in asked), where, fields, unused=unused))


def _fields(row: _Row, persons: dict[str, int]) -> dict[str, str]:
    found = {name: row.cells[i].strip() for name, i in persons.items() if i < len(row.cells)}
    return {name: text.replace("\0", "") for name, text in found.items() if text}


def _row_an_answer(read: _Class, header: list[str], rows: Iterator[_Row], places: tuple[int, int]) -> None:
    persons = _persons(header, read.ids, places)
    students: dict[str, _Student] = {}
    for row in rows:
        check_count(len(students))
        fault, fields = _fault(row, len(header)), _fields(row, persons)
        key = key_of(fields)
        if row.blank:
            continue
        if fault or not key:
            read.problem(fault or f"row {row.number} names no student")
        if not key:
            continue
        student = students.setdefault(key, _Student(row.number, fields))
        question = row.cells[places[0]] if places[0] < len(row.cells) else ""
        if not fault:
            student.entries.append((question, row.cells[places[1]]))
        elif read.ids.find(question):
            student.refused.append((question, fault))
        else:
            student.problems.append(fault)
    for key, student in students.items():
        entries, refused, problems = tuple(student.entries), tuple(student.refused), tuple(student.problems[:20])
        read.found.append(Found(key, entries, f"row {student.number}", student.fields, problems, refused))
