"""Word and Excel files (.docx, .xlsx): their text and their cells, with limits, by the standard library alone.

Such a file is a ZIP archive of XML.  Only the parts with text are unpacked, each up to a limit; a document type, with which XML can grow
without end or name other files, is refused; macros, links and pictures are never looked at, and of a formula only the value counts that
was saved with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from tutor.answer.files.csv_tables import read_table
from tutor.answer.files.decode import FileProblem, unpack_member
from tutor.answer.files.file_answers import Read
from tutor.answer.files.text_blocks import TextBlock, rows_of
from tutor.answer.files.text_lines import read_parts
from tutor.answer.read.ids import Ids

MAX_PART = 20_000_000
"""So large may a part be when it is unpacked."""
MAX_SHEETS = 20
MAX_CELLS = 2_000_000
MAX_COLUMN = 2_000
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_HINT = "save it again, or hand in plain text"


def read_docx(data: bytes, stem: str, ids: Ids) -> Read:
    """The student of a Word file: its paragraphs, headings and tables.

    Raises `FileProblem` for what is none, or over the limits.
    """
    reader = _Document()
    _parse(_part(_open_archive(data), "word/document.xml"), reader.start, reader.end, reader.words)
    return read_parts(_blocks(reader, ids), stem, ids)


def read_xlsx(data: bytes, stem: str, ids: Ids) -> Read:
    """The students of an Excel file: each of its sheets is a table, as of CSV.

    Raises `FileProblem` for what is none, or over the limits.
    """
    archive = _open_archive(data)
    shared = _Shared()
    if "xl/sharedStrings.xml" in archive.namelist():
        _parse(_part(archive, "xl/sharedStrings.xml"), shared.start, shared.end, shared.words)
    names = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]{1,4}\.xml", name)]
    names.sort(key=lambda name: (len(name), name))
    if not names:
        raise FileProblem("this is no Excel file: it has no sheets", hint=_HINT)
    tables: list[list[list[str]]] = []
    for name in names[:MAX_SHEETS]:
        sheet = _Sheet(shared.texts)
        _parse(_part(archive, name), sheet.start, sheet.end, sheet.words)
        if sheet.rows:
            tables.append(sheet.table())
    reads = [read_table(table, stem, ids) for table in tables]
    if not reads:
        raise FileProblem("the Excel file is empty", hint=_HINT)
    if len(reads) == 1:
        return reads[0]
    own = [found for read in reads for found in read.found if found.where]
    if own:  # a sheet with a row a student
        return Read(tuple(found for read in reads for found in read.found), tuple(text for read in reads for text in read.problems))
    rows = [row for table in tables for row in table]
    return read_table(rows, stem, ids)


def _open_archive(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, OverflowError, EOFError, IndexError):
        raise FileProblem("this is no Word or Excel file: it cannot be unpacked", hint=_HINT) from None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, unpacked."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise FileProblem(f"this is no Word or Excel file: it has no {name}", hint=_HINT) from None
    if info.file_size > MAX_PART:
        raise FileProblem(f"unpacked it has {info.file_size:,} bytes; at most {MAX_PART:,} are read", hint=_HINT)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
        raise FileProblem("it is packed in another way, or with a password", hint=_HINT)
    try:
        data = unpack_member(archive, info)
    except Exception:  # zlib's and zipfile's own errors have no family
        data = None
    if data is None:
        raise FileProblem("it cannot be unpacked: the file is damaged", hint=_HINT)
    return data


class _Refused(Exception):
    """A document that has what no Word or Excel file has, or too much of it."""


def _parse(
    data: bytes, start: Callable[[str, Mapping[str, str]], None], end: Callable[[str], None], words: Callable[[str], None]
) -> None:
    """Walk through XML without document types, and so without entities of its own."""

    def refuse(*_: object) -> int:
        raise _Refused

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = lambda name, found: start(name.rpartition(":")[2], found)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = words
    try:
        parser.Parse(data, True)
    except _Refused:
        raise FileProblem("it has a document type, which no Word or Excel file has, or far too many cells", hint=_HINT) from None
    except (expat.ExpatError, ValueError, RecursionError):
        raise FileProblem("it cannot be read: its XML is broken", hint=_HINT) from None


@dataclass(slots=True)
class _Document:
    """The paragraphs and rows of a Word file, as they follow each other."""

    lines: list[tuple[str, bool, tuple[str, ...]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    tables: int = 0
    inside: bool = False
    heading: bool = False
    script: str = ""

    def start(self, name: str, found: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "t":
            self.inside = True
        elif name in ("tab", "br", "cr"):
            self.text.append("\t" if name == "tab" else "\n")
        elif name == "tbl":
            self.tables += 1
        elif name == "tr":
            self.cells = []
        elif name == "tc":
            self.cell = []
        elif name == "pStyle":
            style = next((value for key, value in found.items() if key.rpartition(":")[2] == "val"), "")
            self.heading = bool(re.match(r"(?i)(?:heading|berschrift|überschrift|title|titel)", style))
        elif name == "vertAlign":
            value = next((value for key, value in found.items() if key.rpartition(":")[2] == "val"), "")
            self.script = {"superscript": "^", "subscript": "_"}.get(value, "")
        elif name == "r":
            self.script = ""

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "t":
            self.inside = False
        elif name == "p":
            text = "".join(self.text)
            self.text = []
            if self.tables:
                self.cell.append(text)
            else:
                self.lines += [(line, self.heading, ()) for line in text.split("\n")]
            self.heading = False
        elif name == "tc":
            self.cells.append(" ".join(part for part in self.cell if part.strip()))
        elif name == "tr" and self.tables == 1:
            self.lines.append(("", False, tuple(self.cells)))
        elif name == "tbl":
            self.tables -= 1

    def words(self, text: str) -> None:
        """Text between elements; what is raised or lowered is written so."""
        if self.inside:
            if self.script and text.strip():
                text = f"{self.script}{text}" if text.isalnum() else f"{self.script}{{{text}}}"
            self.text.append(text)


def _blocks(reader: _Document, ids: Ids) -> Iterator[TextBlock]:
    table: list[tuple[int, str, tuple[str, ...]]] = []
    for number, (line, heading, cells) in enumerate(reader.lines, 1):
        if cells:
            table.append((number, " | ".join(cells), cells))
            continue
        yield from rows_of(table, lambda label: bool(ids.find(label)))
        table = []
        yield TextBlock(number, line, "heading" if heading and line.strip() else "line")
    yield from rows_of(table, lambda label: bool(ids.find(label)))


@dataclass(slots=True)
class _Shared:
    """The texts that the cells of a workbook share."""

    texts: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    inside: bool = False
    reading: bool = False

    def start(self, name: str, found: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "si":
            self.own = []
        elif name == "rPh":  # how it is pronounced
            self.reading = True
        elif name == "t":
            self.inside = not self.reading

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "si":
            self.texts.append("".join(self.own))
        elif name == "rPh":
            self.reading = False
        elif name == "t":
            self.inside = False

    def words(self, text: str) -> None:
        """Text between elements."""
        if self.inside:
            self.own.append(text)


@dataclass(slots=True)
class _Sheet:
    """The cells of a sheet, as they are shown: the value that was saved, of a formula, too."""

    shared: list[str]
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    place: tuple[int, int] = (0, 0)
    kind: str = ""
    value: list[str] = field(default_factory=list)
    inside: bool = False
    count: int = 0

    def start(self, name: str, found: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "row":
            row = found.get("r", "")
            self.place = (int(row) if row.isdecimal() and len(row) < 8 else self.place[0] + 1, -1)
        elif name == "c":
            self.count += 1
            if self.count > MAX_CELLS:
                raise _Refused
            match = _CELL.fullmatch(found.get("r", ""))
            self.place = (int(match[2]), _column(match[1])) if match else (self.place[0], self.place[1] + 1)
            self.kind, self.value = found.get("t", ""), []
        elif name in ("v", "t"):
            self.inside = True

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("v", "t"):
            self.inside = False
        elif name == "c" and self.value and self.place[1] < MAX_COLUMN:
            text = "".join(self.value)
            if self.kind == "s":
                text = self.shared[int(text)] if text.isdecimal() and len(text) < 9 and int(text) < len(self.shared) else ""
            elif self.kind == "b":
                text = "true" if text == "1" else "false"
            elif self.kind in ("", "n"):
                text = _number(text)
            self.rows.setdefault(self.place[0], {})[self.place[1]] = text

    def words(self, text: str) -> None:
        """Text between elements."""
        if self.inside:
            self.value.append(text)

    def table(self) -> list[list[str]]:
        """The rows that have anything, each as wide as the widest."""
        width = max(max(row) for row in self.rows.values()) + 1
        if width * len(self.rows) > MAX_CELLS:
            raise FileProblem(f"a sheet has more than {MAX_CELLS:,} cells", hint=_HINT)
        return [[row.get(column, "") for column in range(width)] for _, row in sorted(self.rows.items())]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _number(text: str) -> str:
    """A number as Excel shows it: of 17 digits that a float has, the shortest that is the same one (0.1, not 0.10000000000000001)."""
    try:
        value = float(text)
    except ValueError:
        return text
    short = f"{value:.15g}"
    return text if "." not in text and "e" not in text.lower() else short if float(short) == value or len(text) > 16 else text
