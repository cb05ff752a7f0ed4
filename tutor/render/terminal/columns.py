"""Words, maths and tables on a page of a fixed width: what a terminal page is made of.

Everything is measured in cells (a hat over a letter has none, a Chinese character two) and everything that is printed
has passed `Pen.make_safe`: a character that could steer a terminal is shown as a sign, never sent.  Nothing here knows
colours: a run of text carries the *name* of a style, and `tutor.render.terminal.terminal_page` says what the names mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from tutor.explain.document import Code, Inline, Math
from tutor.expression.nodes import Add, Call, Expr, Mul, Neg, Number
from tutor.notation.profile import Notation
from tutor.render.layer_maths import shapes_of
from tutor.render.maths import Piece, Printer
from tutor.render.matrix_maths import PLACED, grid, list_slices, write_place
from tutor.text import make_terminal_visible


class TextLine:
    """One line of the page: runs of text, each with the name of its style, and the cells they take.

    >>> TextLine().put("z").to(4).put("= 3", "result").text
    'z   = 3'
    """

    __slots__ = ("runs", "width")

    def __init__(self) -> None:
        self.runs: list[tuple[str, str]] = []
        self.width = 0

    def put(self, text: str, style: str = "") -> TextLine:
        """Add text at the end."""
        if text:
            self.width += cell_len(text)
            if self.runs and self.runs[-1][1] == style:
                text = self.runs.pop()[0] + text
            self.runs.append((text, style))
        return self

    def to(self, column: int) -> TextLine:
        """Go to a column; stay where the line has passed it already."""
        return self.put(" " * (column - self.width))

    def add(self, other: TextLine) -> TextLine:
        """Add all runs of another line."""
        self.runs += other.runs
        self.width += other.width
        return self

    def trim_runs(self) -> list[tuple[str, str]]:
        """The runs without spaces at the end."""
        runs = self.runs[:]
        while runs and not runs[-1][0].rstrip():
            runs.pop()
        return [*runs[:-1], (runs[-1][0].rstrip(), runs[-1][1])] if runs else []

    @property
    def text(self) -> str:
        """The words alone, without spaces at the end."""
        return "".join([text for text, _ in self.runs]).rstrip()


class Atom(NamedTuple):
    """A piece of a word in one style; maths remembers its expression, so that it can be broken where it may be."""

    text: str
    style: str = ""
    expr: Expr | None = None


Word = list[Atom]
"""Atoms with no space between them: a formula and the full stop after it."""


def width_of(words: Sequence[Word]) -> int:
    """The cells that words take on one line."""
    return sum([cell_len(atom.text) for word in words for atom in word]) + max(len(words) - 1, 0)


_GLUE = "\ue000"
"""Stands for a space at which no line may end, after `Pen.make_safe` has removed every private-use character."""


class Pen:
    """Writes words and maths for one page; ``encoding`` is what the reader's terminal or file can show.

    >>> pen = Pen(Notation())
    >>> pen.make_safe("a\\x1b[2Jb")
    'a␛[2Jb'
    >>> Pen(Notation(), "ascii").make_safe("∂L/∂η ≈ 10⁻⁴")
    'dL/deta ~ 10^-4'
    """

    def __init__(self, notation: Notation, encoding: str = "utf-8") -> None:
        self._writer = Printer(notation).text_writer
        self.encoding = "" if encoding.lower().replace("-", "").startswith("utf") else encoding
        self.bar = self.make_safe("─")

    def make_safe(self, text: str) -> str:
        """The same words, harmless: controls made visible, invisible characters dropped, one line."""
        text = make_terminal_visible(text)
        return _spell_out(text, self.encoding) if self.encoding and not text.isascii() else text

    def maths(self, expr: Expr, lead: bool = True) -> str:
        """The expression on one line.  Without ``lead`` a sign stands before it: a negative number gets brackets."""
        shown = self.make_safe(self._writer.show(expr, lead))
        return f"({shown})" if not lead and type(expr) in (Number, Neg) and shown[:1] in "−-" else shown

    def shapes(self, expr: Expr) -> str:
        """The shapes of the factors of an expression over layers, in their places; empty where it has none."""
        sizes = shapes_of(expr)
        return self.maths(sizes) if sizes is not None else ""

    def words(self, sentence: Iterable[Inline], style: str = "") -> list[Word]:
        """A sentence, cut at its spaces; a formula stays whole as long as it fits."""
        words: list[Word] = [[]]
        for part in sentence:
            if isinstance(part, Math):
                words[-1].append(Atom(self.maths(part.expr), style, part.expr))
                continue
            said = f"`{part.text}`" if isinstance(part, Code) else part
            glued = _GLUE.join(self.make_safe(piece) for piece in said.split("\u00a0"))
            for place, chunk in enumerate(glued.split(" ")):
                if place and words[-1]:
                    words.append([])
                if chunk:
                    words[-1].append(Atom(chunk.replace(_GLUE, " "), style))
        return words if words[-1] else words[:-1]

    def fill(self, words: Sequence[Word], width: int) -> list[TextLine]:
        """Words on as many lines as they need, none wider than ``width``."""
        lines = [TextLine()]
        for word in words:
            size = sum([cell_len(atom.text) for atom in word])
            gap = 1 if lines[-1].width else 0
            if lines[-1].width + gap + size > width and gap:
                lines.append(TextLine())
                gap = 0
            same = gap and lines[-1].runs[-1][1] == word[0].style
            lines[-1].put(" " * gap, word[0].style if same else "")
            for atom in word:
                if lines[-1].width + cell_len(atom.text) <= width:
                    lines[-1].put(atom.text, atom.style)
                    continue
                pieces = self.break_expr(atom.expr, width) if atom.expr else chop_text(atom.text, width)
                for place, text in enumerate(pieces):
                    if place or lines[-1].width + cell_len(text) > width:
                        lines.append(TextLine())
                    lines[-1].put(text, atom.style)
        return lines

    def parts(self, expr: Expr, lead: bool = True) -> list[Piece]:
        """The terms of a sum or the factors of a product; everything else is one piece."""
        if type(expr) is Add:
            return self._writer.terms(expr)
        if type(expr) is Mul:
            return self._writer.factors(expr, lead)
        if lead and type(expr) is Neg and type(expr.arg) is Mul:
            first, *rest = self._writer.factors(expr.arg, lead=False)
            return [Piece("", "−" + first.body, first.expr, first.bracketed), *rest]
        return [Piece("", self.maths(expr, lead), expr, False)]

    def break_expr(self, expr: Expr, width: int, hang: int = 0, lead: bool = True) -> list[str]:
        """The expression on as many lines as it needs: broken before + and −, else before ·, else where it must be.

        Lines after the first begin ``hang`` cells further right.
        """
        whole = self.maths(expr, lead)
        if type(expr) is Call and expr.func == "matrix" and (cell_len(whole) > width or whole.startswith("[")):
            return self._rows_of(expr, width)
        if type(expr) is Call and expr.func == "slices":
            return self._slices_of(expr, width)
        if cell_len(whole) <= width:
            return [whole]
        parts = self.parts(expr, lead)
        if len(parts) == 1:
            return chop_text(whole, width)
        lines: list[str] = []
        line = ""
        for sign, body, inside, bracketed in parts:
            sign, body = self.make_safe(sign), self.make_safe(body)
            if line and cell_len(line + sign + body) <= width:
                line += sign + body
                continue
            if line:
                lines.append(line)
            indent = " " * hang if lines else ""
            line = indent + f"{sign.strip()} {body}".lstrip()
            if cell_len(line) > width:
                room = width - len(indent)
                single = bracketed or len(self.parts(inside)) == 1
                inner = chop_text(line.lstrip(), room) if single else self._term(sign.strip(), inside, room)
                lines += [indent + text for text in inner]
                line = ""
        return [*lines, line] if line else lines

    def _rows_of(self, expr: Call, width: int, first: int = 1) -> list[str]:
        """A matrix, a row of it on each line, its columns under one another; a wider one in blocks of columns, each below its place.

        ``first`` is the place of its first column.
        """
        entries = grid(expr.args)
        rows = [[self.maths(entry) for entry in row] for row in entries]
        framed = self._bracket_rows(rows)
        if _measure_block(framed) <= width:
            return framed
        is_whole = all(type(entry) is not Call or entry.func != "dots" for entry in entries[0])  # else nobody knows its columns' places
        lines: list[str] = []
        for start, end in _split_columns(rows, width - 4):
            if is_whole:
                place = Call("block", (expr, Number(str(first + start)), Number(str(first + end - 1))))
                lines.append(self.make_safe(f"({write_place(self._writer, place)})"))
            lines += [part for line in self._bracket_rows([row[start:end] for row in rows]) for part in chop_text(line, width)]
        return lines

    def _bracket_rows(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """The rows of a matrix between brackets."""
        sizes = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(" " * (size - cell_len(cell)) + cell for cell, size in zip(row, sizes, strict=True)) for row in rows]
        marks = ["⎡⎤", *["⎢⎥"] * (len(lines) - 2), "⎣⎦"] if len(lines) > 1 else ["[]"]
        return [self.make_safe(f"{mark[0]} {line} {mark[1]}") for mark, line in zip(marks, lines, strict=True)]

    def _slices_of(self, expr: Call, width: int) -> list[str]:
        """An array of more than two axes: its matrices, each below its place, as many side by side as fit."""
        blocks = [self._block_of(part, width) for part in list_slices(expr.args)]
        rows: list[list[list[str]]] = []
        for block in blocks:
            if rows and sum(_measure_block(one) + 2 for one in rows[-1]) + _measure_block(block) <= width:
                rows[-1].append(block)
            else:
                rows.append([block])
        return [line for row in rows for line in self._set_beside(row)]

    def _block_of(self, part: Expr, width: int) -> list[str]:
        """One matrix of an array, below its place."""
        if type(part) is not Call or part.func not in PLACED:
            return self.break_expr(part, width)
        start = part.args[1] if part.func == "block" else None
        first = int(start.text) if type(start) is Number else 1
        rows = [line for matrix in _list_matrices(part) for line in self._rows_of(matrix, width, first)]
        if part.func == "block" and _PLACE.match(rows[0]):
            return rows  # it is in narrower blocks, which have places of their own
        return [self.make_safe(f"({write_place(self._writer, part)})"), *rows]

    def _set_beside(self, blocks: list[list[str]]) -> list[str]:
        """Blocks of lines beside one another."""
        sizes = [_measure_block(block) for block in blocks]
        high = max(map(len, blocks))
        lines = [[block[row] if row < len(block) else "" for block in blocks] for row in range(high)]
        filled = [[cell + " " * (size - cell_len(cell)) for cell, size in zip(line, sizes, strict=True)] for line in lines]
        return ["  ".join(line).rstrip() for line in filled]

    def _term(self, sign: str, inside: Expr, width: int) -> list[str]:
        """A term that is too wide for a line of its own: before its factors, each line a little to the right."""
        first, *rest = self.parts(inside, lead=not sign)
        lines = chop_text(f"{sign} {self.make_safe(first.body)}".lstrip(), width)
        for piece in rest:
            dot, body = self.make_safe(piece.sign), self.make_safe(piece.body)
            if cell_len(lines[-1] + dot + body) <= width:
                lines[-1] += dot + body
            else:
                lines += ["  " + text for text in chop_text(f"{dot.strip()} {body}", width - 2)]
        return lines

    def is_better_below(self, expr: Expr, room: int, below: int) -> bool:
        """Whether an expression is better set below the left side, where it has more room: what must not be broken, or all of it."""
        if type(expr) is Call and is_in_rows(expr):
            return room < self._measure_rows(expr)
        return self.measure_widest(expr) > room or room < cell_len(self.maths(expr)) <= below

    def _measure_rows(self, expr: Call) -> int:
        """The cells of the widest matrix."""
        return max(_measure_block(self._rows_of(one, 10_000)) for one in _list_matrices(expr))

    def measure_widest(self, expr: Expr) -> int:
        """The cells of the widest thing in an expression that must not be broken, with the sign before it."""
        wide = 0
        for sign, body, inside, bracketed in self.parts(expr):
            inner = self.parts(inside) if type(inside) is Mul and not bracketed and type(expr) is Add else []
            wide = max(wide, *[cell_len(piece.body) + 4 for piece in inner] or [cell_len(sign.strip() + " " + body)])
        return wide


def _list_matrices(expr: Call) -> list[Call]:
    found = list_slices((expr,))
    inner = [one.args[0] if type(one) is Call and one.func in PLACED else one for one in found]
    return [one for one in inner if type(one) is Call and one.func == "matrix"]


def is_in_rows(expr: Expr) -> bool:
    """Whether it is set in rows, as a matrix is."""
    return type(expr) is Call and expr.func in ("matrix", "slices")


def _split_columns(rows: Sequence[Sequence[str]], width: int) -> list[tuple[int, int]]:
    """From which column to before which, so that each block fits: as few as there may be, and alike.

    >>> _split_columns([["12", "3", "45", "6"]], 11)
    [(0, 2), (2, 4)]
    """
    sizes = [max(map(cell_len, column)) + 2 for column in zip(*rows, strict=True)]
    count = len(sizes)
    for each in range(count, 0, -1):
        blocks = [(start, min(start + each, count)) for start in range(0, count, each)]
        if all(sum(sizes[start:end]) - 2 <= width for start, end in blocks):
            break
    each = -(-count // len(blocks))
    return [(start, min(start + each, count)) for start in range(0, count, each)]


def _measure_block(block: list[str]) -> int:
    return max(map(cell_len, block), default=0)


_PLACE = re.compile(r"\([^()]*\)\Z")
_SEAM = re.compile(r"(?<= )(?=[-+−·×*=>] )|(?<=, )|(?<= )(?=if |else )")
_INSIDE = re.compile(r"(?<=\()|(?<![×\[])(?=·)")
_SPELT = {
    "∂": "d", "·": "*", "×": "x", "−": "-", "–": "-", "─": "-", "′": "'", "≈": "~", "…": "...", "√": "sqrt", "⊙": "o",
    "←": "<-", "→": "->", "’": "'", "“": '"', "”": '"', "½": "1/2", "ᵀ": "^T", "≥": ">=", "≤": "<=", "∑": "sum",
}  # fmt: skip
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")


def _spell_out(text: str, encoding: str) -> str:
    """The same words in the letters that an old encoding has: η as eta, ∂ as d."""

    def can_encode(char: str) -> bool:
        try:
            char.encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def letter(char: str) -> str:
        if char in _SPELT:
            return _SPELT[char]
        name = unicodedata.name(char, "").split()
        if name[:1] == ["GREEK"] and name[2:3] == ["LETTER"]:
            word = {"LAMDA": "LAMBDA", "FINAL": "SIGMA"}.get(name[3], name[3])  # Unicode's own spelling
            return word.lower() if name[1] == "SMALL" else word.capitalize()
        if unicodedata.combining(char):
            return "^" if char == "\u0302" else ""
        base = unicodedata.normalize("NFKD", char)
        return "".join([letter(part) for part in base]) if base != char else char if char.isascii() else "?"

    if all(map(can_encode, set(text))):
        return text
    text = _RAISED.sub(lambda run: "^" + unicodedata.normalize("NFKD", run[0]).replace("−", "-"), text)
    return "".join([char if can_encode(char) else letter(char) for char in text])


def chop_text(text: str, width: int) -> list[str]:
    """A text that has no good place to break: at a sign outside of brackets if that fills half a line, at any sign, at a space, behind a
    bracket or before a dot, anywhere.

    >>> chop_text("max(alpha, beta)", 11)
    ['max(alpha,', 'beta)']
    >>> chop_text("(a + b·(1 − c) + d)", 14)
    ['(a + b·(1 − c)', '+ d)']
    >>> chop_text("broadcast[N×·](sum[N×·](T)/N)", 16)
    ['broadcast[N×·](', 'sum[N×·](T)/N)']
    """
    lines: list[str] = []
    width = max(width, 2)
    chunks = _SEAM.split(text)
    while chunks:
        fitting = _count_fitting(chunks, width)
        if not fitting:
            words = re.split("(?<= )", chunks[0])
            pieces = [piece for piece in _INSIDE.split(chunks[0]) if piece] if len(words) < 2 or not words[1] else []
            if len(pieces) > 1:
                chunks[:1] = pieces
                continue
            cells = chop_cells(chunks[0].rstrip(), width) if len(words) < 2 or not words[1] else words
            chunks[:1] = [*cells[:-1], cells[-1] + " "] if len(cells) > 1 else cells
            continue
        if fitting < len(chunks):
            fitting = _choose_seam(chunks[:fitting], width)
        lines.append("".join(chunks[:fitting]).rstrip())
        del chunks[:fitting]
    return [line for line in lines if line]


def _count_fitting(chunks: Sequence[str], width: int) -> int:
    taken = ""
    for count, chunk in enumerate(chunks):
        taken += chunk
        if cell_len(taken.rstrip()) > width:
            return count
    return len(chunks)


def _choose_seam(chunks: Sequence[str], width: int) -> int:
    """After how many chunks a line ends: where the fewest brackets are open, as late as possible; not before half of the line."""
    best, fewest, taken, depth = len(chunks), len(chunks[0]) + width, 0, 0
    for count, chunk in enumerate(chunks, 1):
        taken += cell_len(chunk)
        depth += sum(sign in "([" for sign in chunk) - sum(sign in ")]" for sign in chunk)
        if depth <= fewest and 2 * taken >= width:
            best, fewest = count, depth
    return best


class PageColumn(NamedTuple):
    """A column of a table: its header, its cells and how they are aligned (``l r c``).

    ``width`` is what the widest entry takes, ``floor`` how narrow the column may become: prose and formulas can be
    broken over lines, numbers and names cannot.
    """

    header: list[Word]
    cells: list[list[Word]]
    align: str
    width: int
    floor: int


def column(header: list[Word], cells: list[list[Word]], align: str = "l") -> PageColumn:
    """A column with its measures."""
    entries = [header, *cells]
    width = floor = max(map(width_of, entries))
    if any(len(cell) > 1 or any(_breaks(atom) for word in cell for atom in word) for cell in cells):
        words = [width_of([word]) for cell in entries for word in cell]
        floor = min(width, max(14, min(24, max(words, default=0))))
    return PageColumn(header, cells, align, width, floor)


def _breaks(atom: Atom) -> bool:
    return isinstance(atom.expr, Add | Mul)


def table(pen: Pen, columns: Sequence[PageColumn], width: int, breaks: Iterable[int] = ()) -> list[TextLine]:
    """Aligned columns under a header; one that is too wide becomes several blocks that repeat the first column.

    ``breaks`` says before which rows a group begins (a rule is set there).
    """
    lines: list[TextLine] = []
    for group in _groups(columns, width):
        if lines:
            lines.append(TextLine())
        lines += _block(pen, group, width, frozenset(breaks))
    return lines


def _groups(columns: Sequence[PageColumn], width: int) -> list[list[PageColumn]]:
    """The columns in blocks of which each fits the page, if one column beside the first fits it at all."""
    first, *rest = columns
    groups: list[list[PageColumn]] = []
    for column in rest:
        taken = groups[-1] if groups else []
        if taken and sum([each.floor + 2 for each in taken]) + column.floor <= width:
            taken.append(column)
        else:
            groups.append([first, column])
    return groups or [[first]]


def _widths(columns: Sequence[PageColumn], room: int) -> list[int]:
    """The columns' widths: as wide as they would like to be, the widest cut down first."""
    widths = [min(column.width, room) for column in columns]
    floors = [column.floor for column in columns]
    if sum(floors) > room:
        floors = [max(1, min(floor, room // len(columns))) for floor in floors]
    while sum(widths) > room:
        spare = [(width, -place) for place, width in enumerate(widths) if width > floors[place]]
        widths[-max(spare)[1]] -= 1
    return widths


def _block(pen: Pen, columns: Sequence[PageColumn], width: int, breaks: frozenset[int]) -> list[TextLine]:
    gap = 3 if sum([column.width + 3 for column in columns]) - 3 <= width else 2
    widths = _widths(columns, width - gap * (len(columns) - 1))
    total = sum(widths) + gap * (len(columns) - 1)
    lines: list[TextLine] = []
    for number, row in enumerate(zip(*[[column.header, *column.cells] for column in columns], strict=True)):
        if number and number - 1 in breaks:
            lines.append(TextLine().put(pen.bar * total, "rule"))
        filled = [pen.fill(cell, size) for cell, size in zip(row, widths, strict=True)]
        for depth in range(max(map(len, filled))):
            line, left = TextLine(), 0
            for cell, size, column in zip(filled, widths, columns, strict=True):
                entry = cell[depth] if depth < len(cell) else TextLine()
                free = size - entry.width
                line.to(left + {"r": free, "c": free // 2}.get(column.align, 0)).add(entry)
                left += size + gap
            lines.append(line)
        if not number:
            lines.append(TextLine().put(pen.bar * total, "rule"))
    return lines
