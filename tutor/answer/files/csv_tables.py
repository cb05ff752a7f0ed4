"""CSV and TSV: a row a student, or a row an answer.  A broken row is that row; everything else is read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.found import PRIORITY, Found, Read, check_count, key_of, person_field
from tutor.answer.read.ids import Ids
from tutor.text import visible

MAX_ROW_LINES = 200
MAX_ROW = 100_000
MAX_RETRIES = 300
"""How often a row that spans lines may turn out to be broken; after that, rows are lines.  It keeps the time linear."""
MAX_PROBLEMS = 100
MAX_COLUMNS = 10_000
_QUESTION = ("question", "question id", "question_id", "task", "item")
_ANSWER = ("answer", "response", "text")
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
    delimiter = separator or _delimiter(lines[start], ids, tabs)
    rows = _rows(lines, start, delimiter)
    top = next(rows)
    header = top.cells
    if top.fault:
        raise FileProblem(f"the header (row {top.number}) is broken: {top.fault}", hint=HINT)
    if len(header) > MAX_COLUMNS:
        raise FileProblem(f"the table has {len(header):,} columns; at most {MAX_COLUMNS:,} are read")
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


def _column(names: list[str], header: list[str], wanted: tuple[str, ...], ids: Ids) -> int | None:
    return next((i for i, name in enumerate(names) if name in wanted and not ids.find(header[i])), None)


def _delimiter(line: str, ids: Ids, tabs: bool) -> str:
    """The delimiter with which the header says most."""

    def told(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([line[:MAX_ROW]], delimiter=delimiter))
        except csv.Error:
            return 0, 0
        return sum(bool(ids.find(cell) or person_field(cell)) for cell in cells), len(cells)

    return max("\t,;" if tabs else ",;\t", key=told)


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
            yield _Row(at + 1, cells, _OPEN if "unexpected end" in str(error) else visible(str(error)))
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
            read.problem(f"column {i + 1} was not read: {read.ids.unknown(cell)}")
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
            read.found.append(Found(student, tuple((cell, row.cells[i]) for i, cell in asked), where, fields))


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
