"""A document as a terminal page: aligned columns, a result column at the right, and plain text when it is piped.

A page is laid out as lines of styled runs (`tutor.render.terminal.columns`), then handed to a Rich console in one piece.  The
console that the caller builds decides about escape codes: none when the output is not a terminal, no colours under
``NO_COLOR``.

An equation is laid out as

====== ==== = ================ ====== ========
number left = symbols          (note)
number left = numbers                   result
====== ==== = ================ ====== ========

with the columns aligned over a block and the results over the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style

from tutor.explain.diagram import Diagram
from tutor.explain.document import (
    Bars,
    Blanks,
    Block,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Inline,
    Math,
    Node,
    Paragraph,
    Picture,
    Section,
    Sentence,
    SheetQuestion,
    Side,
    Table,
    Verbatim,
)
from tutor.explain.network_table import list_layers
from tutor.expression.nodes import Div, Expr, Mul, Name, Neg, Number, Partial
from tutor.notation.profile import Notation
from tutor.render import bar_rows as bars
from tutor.render import verbatim
from tutor.render.terminal.columns import Atom, Pen, TextLine, Word, chop_text, column, is_in_rows, table, width_of
from tutor.render.terminal.graph_table import name_kind, set_graph_table, sort_nodes
from tutor.render.terminal.sheet_lines import set_blank_lines, set_question_lines
from tutor.render.terminal.side_by_side import set_beside

if TYPE_CHECKING:
    from tutor.explain.words.drawn_words import DrawnWords

NARROWEST = 80
"""A page is at least so wide (if the terminal is)."""
WIDEST = 120
"""It becomes as wide as its equations ask, up to here."""
WITH_NOTES = 100
"""Notes beside equations make it no wider than this: they can stand below."""
PROSE = 92
"""Running text is not set wider than this: longer lines are hard to read."""
GAP = 3
"""The least room between an equation and the note beside it."""
LONGEST_LABEL = 18
"""A label of more cells stands on a line of its own, and the column of labels is not made wide for it."""
SIGNS = "+−-·"
"""What may stand before a member instead of a relation; a minus sign after it gets brackets."""

STYLES = {
    "": None,
    "title": Style(bold=True),
    "heading": Style(bold=True),
    "label": Style(bold=True),
    "caption": Style(italic=True),
    "quiet": Style(dim=True),
    "rule": Style(dim=True),
    "number": Style(dim=True),
    "value": Style(color="green"),
    "result": Style(color="green", bold=True),
    "gradient": Style(color="red", italic=True),
    "slope": Style(color="red", bold=True, italic=True),
    "gone": Style(color="red"),
    "come": Style(color="green"),
    **{f"part {place}": Style.parse(style) for place, style in enumerate(bars.STYLES)},
}
"""What the names of styles mean.  Theme colours only, and nothing is said by colour alone."""


def render(doc: Document, notation: Notation, console: Console) -> None:
    """Print a document on a console, which decides about width (24 cells at least), colours and escape codes.

    >>> import sys
    >>> render(Document("Title"), Notation(), Console(file=sys.stdout, width=40))
    Title
    ────────────────────────────────────────
    """
    segments: list[Segment] = []
    for line in _page(doc, Pen(notation, console.encoding), console.width):
        segments += [Segment(text, STYLES[style]) for text, style in line.trim_runs()]
        segments.append(Segment.line())
    console.print(Segments(segments), soft_wrap=True, end="")


def write_plain_page(doc: Document, notation: Notation, width: int = 80) -> str:
    """The same page as plain text.

    >>> print(write_plain_page(Document("Title", "course/one"), Notation(), 40), end="")
    Title · course/one
    ────────────────────────────────────────
    """
    return "".join([line.text + "\n" for line in _page(doc, Pen(notation), width)])


@dataclass(slots=True)
class _PageRow:
    """A line of an equation before the right-hand columns are set: its note and its result."""

    line: TextLine
    note: list[Word] = field(default_factory=list)
    result: str = ""
    style: str = "result"

    @property
    def need(self) -> int:
        """The cells that the row takes with everything on it."""
        note, result = width_of(self.note), cell_len(self.result)
        return self.line.width + (GAP + note if note else 0) + (2 + result if result else 0)

    @property
    def wish(self) -> int:
        """How wide the row would like the page to be; a note alone does not make it wider than `WITH_NOTES`."""
        return self.need if self.need <= WITH_NOTES else _PageRow(self.line, [], self.result).need


class _Frame(NamedTuple):
    """Where the columns of a block of equations stand; ``edge`` is the right border."""

    left: int
    sign: int
    body: int
    edge: int


class _Member(NamedTuple):
    """A side of an equation as it is printed; in ``cells`` the factors that stand under one another."""

    side: Side
    sign: str
    text: str
    lead: bool = True
    cells: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """A result in its column, where an equals sign goes without saying."""
        return self.text if self.side.relation == "=" else f"{self.sign} {self.text}"


def _page(doc: Document, pen: Pen, width: int) -> list[TextLine]:
    """All lines of the page.  Equations are laid out first: they say how wide the page is."""
    width = max(width, 24)
    edge = min(width, NARROWEST)
    if width > NARROWEST:
        trial = [row for block in doc.blocks if isinstance(block, Equations) for row in _stack(block, pen, width)]
        edge = max([NARROWEST, *[row.wish for row in trial if row.wish <= min(width, WIDEST)]])
    labels = [cell_len(pen.make_safe(block.label)) for block in doc.blocks if isinstance(block, Paragraph) and block.label]
    label = min(max((size for size in labels if size <= LONGEST_LABEL), default=14 if labels else 0) + 2, width // 3)
    lines = _title(doc, pen, edge) if doc.title or doc.facts else []
    before: Block | None = None
    has_formulas = any(isinstance(block, Equations) for block in doc.blocks)
    for block in doc.blocks:
        if lines and not (isinstance(before, Heading) or _is_close(before, block)):
            lines.append(TextLine())
        match block:
            case Heading(text, start):
                lines += _style_sentence(pen, (*start, text), edge, "heading")
            case Paragraph():
                lines += _paragraph(block, pen, min(edge, PROSE), label)
            case Equations():
                lines += _finish(_stack(block, pen, edge), pen, edge)
            case Table():
                lines += _caption_lines(block.caption, pen, edge, _table(block, pen, edge, width))
            case Figure(picture=Diagram() as network):
                lines += _caption_lines(block.caption, pen, edge, _table(list_layers(network), pen, edge, width))
            case Figure(picture=Picture() as graph):
                lines += _caption_lines(block.caption, pen, edge, _figure(graph, pen, width, has_formulas=has_formulas))
            case Verbatim(text, ""):
                lines += [TextLine().put(row) for row in verbatim.rows(text, edge, pen.make_safe, cell_len)]
            case Verbatim(text, signs):
                for row, sign in zip(text.split("\n"), signs, strict=True):
                    made = verbatim.rows(row, edge, pen.make_safe, cell_len)
                    lines += [TextLine().put(part, {"-": "gone", "+": "come"}.get(sign, "")) for part in made]
            case Bars():
                lines += bars.lines(block, pen, min(max(edge, width), WIDEST))
            case SheetQuestion():
                lines += set_question_lines(block, pen, min(edge, PROSE))
            case Blanks(fields):
                lines += set_blank_lines(fields, pen, edge)
            case Section(part, notation):
                lines += _page(part, Pen(notation, pen.encoding), width)
        before = block
    return lines


def _is_close(before: Block | None, block: Block) -> bool:
    """Whether no line is left between two blocks: paragraphs with labels, and questions without boxes."""
    if isinstance(before, SheetQuestion) and isinstance(block, SheetQuestion):
        return not any(one.options or (one.place is not None and one.place.framed) for one in (before, block))
    return _is_labelled(before) and _is_labelled(block) and not (isinstance(block, Paragraph) and block.apart)


def _is_labelled(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and bool(block.label)


def _style_sentence(pen: Pen, sentence: Sentence, width: int, style: str) -> list[TextLine]:
    return pen.fill(pen.words(sentence, style), width)


def _title(doc: Document, pen: Pen, width: int) -> list[TextLine]:
    """Title and identity at the left, the facts at the right, the source below, a rule under all."""
    lines = pen.fill(pen.words(doc.heading, "title"), width)
    ident = pen.words((doc.ident,), "quiet")
    if ident and lines[-1].width + 3 + width_of(ident) <= width:
        lines[-1].put(" ").add(pen.fill([*pen.words(("·",), "quiet"), *ident], width)[0])
    elif ident:  # on a line of its own, where no dot stands at an end
        lines += pen.fill(ident, width)
    facts = [pen.words(fact) for fact in doc.facts]
    size = sum(map(width_of, facts)) + 3 * max(len(facts) - 1, 0)
    if facts and lines[-1].width + 3 + size > width:
        lines.append(TextLine())
    if facts and size <= width:
        lines[-1].to(width - size)
        for place, fact in enumerate(facts):
            lines[-1].put("   " if place else "").add(pen.fill(fact, width)[0])
    else:
        lines[-1:] = [line for fact in facts for line in pen.fill(fact, width)] or lines[-1:]
    if doc.source:
        lines += _style_sentence(pen, doc.source, width, "quiet")
    return [*lines, TextLine().put(pen.bar * width, "rule")]


def _paragraph(block: Paragraph, pen: Pen, width: int, label: int) -> list[TextLine]:
    """Running text; a label stands in a column of its own and the text hangs beside it."""
    if not block.label:
        return pen.fill(pen.words(block.parts), width)
    heads = _style_sentence(pen, (block.label,), width, "label")
    body = pen.fill(pen.words(block.parts), width - label)
    if heads[-1].width + 2 > label:
        body.insert(0, TextLine())
    lines = [TextLine().to(label).add(line) for line in body]
    lines[0] = heads[-1].to(label).add(body[0])
    return [*heads[:-1], *lines]


def _caption_lines(caption: Sentence, pen: Pen, width: int, lines: list[TextLine]) -> list[TextLine]:
    return [*(_style_sentence(pen, caption, width, "caption") if caption else []), *lines]


def _table(block: Table, pen: Pen, edge: int, width: int) -> list[TextLine]:
    """A table on the page; one that needs more room than the page may use the whole terminal."""
    columns = []
    for place, header in enumerate(block.header):
        entries = [row[place] for row in block.rows]
        align = block.align[place] if place < len(block.align) else "r" if place and _is_numeric(entries) else "l"
        columns.append(column(pen.words(header, "heading"), [pen.words(entry) for entry in entries], align))
    least = sum([column.floor + 2 for column in columns]) - 2
    return table(pen, columns, edge if least <= edge else width) if columns else []


def _is_numeric(entries: Sequence[Sentence]) -> bool:
    """Whether all entries of a column are numbers: then they are set at the right."""
    kinds = [part.expr if isinstance(part, Math) else None for entry in entries for part in entry]
    return bool(kinds) and all(_is_number(kind) for kind in kinds)


def _is_number(expr: Expr | None) -> bool:
    if type(expr) is Div:
        return _is_number(expr.num) and _is_number(expr.den)
    return type(expr) is Number or (type(expr) is Neg and type(expr.arg) is Number)


def _figure(picture: Picture, pen: Pen, width: int, *, has_formulas: bool) -> list[TextLine]:
    """The graph as a table; of one without numbers on a page that has formulas only its leaves, by kind: they stand in the forward pass."""
    nodes, leaves = sort_nodes(picture)
    if has_formulas and leaves and not any(node.value or node.gradient for node in nodes) and all(node.expr for node in nodes[leaves:]):
        return _kinds(nodes[:leaves], picture.words, pen, width)
    return set_graph_table(picture, pen, width)


def _kinds(leaves: Sequence[Node], words: DrawnWords, pen: Pen, width: int) -> list[TextLine]:
    """The leaves of a graph, by kind."""
    kinds: dict[str, list[Inline]] = {}
    for node in leaves:
        kinds.setdefault(node.kind, []).extend((", ", Math(Name(node.name))))
    labels = {kind: name_kind(kind, words, 2) for kind in kinds}
    size = max(map(len, labels.values())) + 2
    rows = [Paragraph(tuple(names[1:]), labels[kind]) for kind, names in kinds.items()]
    return [line for row in rows for line in _paragraph(row, pen, width, size)]


def _stack(block: Equations, pen: Pen, edge: int) -> list[_PageRow]:
    """The lines of a block of equations, without what stands in the right-hand columns."""
    if block.beside:
        alone = [_stack(Equations((equation,)), pen, edge) for equation in block.rows]
        return [_PageRow(line) for line in set_beside([[row.line for row in rows] for rows in alone], edge)]
    numbers = [str(row.number) for row in block.rows if row.number is not None]
    left = max(map(len, numbers), default=-2) + 2
    left = max(left, 4) if numbers else 0
    lefts = [pen.maths(row.left) for row in block.rows]
    signs = [cell_len(_sign(side, pen)) for row in block.rows for side in row.sides]
    fitting = [size for size in map(cell_len, lefts) if size <= max(8, (edge - left) * 2 // 5)]
    sign = left + max(fitting, default=2) + 1
    frame = _Frame(left, sign, sign + max(signs, default=1) + 1, edge)
    rows: list[_PageRow] = []
    for equation in block.rows:
        rows += _equation(equation, pen, frame)
    return rows


def _equation(equation: Equation, pen: Pen, frame: _Frame) -> list[_PageRow]:
    """One equation: its left side, its members on rows of their own or together, its reason.

    Where something has no room beside the left side that must not be broken, or would be whole, the members begin below, further left.
    """
    sign = min(frame.left, 4)
    below = frame._replace(sign=sign, body=sign + frame.body - frame.sign)
    room, more = frame.edge - frame.body, frame.edge - below.body
    if any(pen.is_better_below(side.expr, room, more) for side in equation.sides if not side.result or is_in_rows(side.expr)):
        frame = below
    number = "" if equation.number is None else str(equation.number)
    rows = [_PageRow(TextLine().to(frame.left - 2 - len(number)).put(number, "number"))]
    first, *others = pen.break_expr(equation.left, frame.edge - frame.left)
    rows[0].line.to(frame.left).put(first)
    rows += [_PageRow(TextLine().to(frame.left).put(piece)) for piece in others]
    start = rows.pop() if rows[-1].line.width < frame.sign else _PageRow(TextLine())
    rows += _members(equation, pen, frame, start)
    if equation.why:
        _reason(pen.words(equation.why, "quiet"), rows, pen, frame)
    for row in rows if equation.quiet else ():
        row.line.runs = [(text, style or "quiet") for text, style in row.line.runs]
    return rows


def _reason(words: list[Word], rows: list[_PageRow], pen: Pen, frame: _Frame) -> None:
    """Why the equation holds: at the right of its first row, or on lines of its own below."""
    for row in rows[:2]:
        if not row.note and row.line.width > frame.body and row.need + GAP + width_of(words) + 2 <= frame.edge:
            row.note = _bracket_words(words)
            return
    indent = frame.body if frame.edge - frame.body >= 30 else min(frame.left + 2, frame.body)
    rows += [_PageRow(TextLine().to(indent).add(line)) for line in pen.fill(words, frame.edge - indent)]


def _members(equation: Equation, pen: Pen, frame: _Frame, start: _PageRow) -> list[_PageRow]:
    """The rows of the members of an equation, beginning on the row that holds its left side."""
    room = frame.edge - frame.body
    members = _grid_products([_member(side, pen) for side in equation.sides], pen, room)
    rows = [start]
    shown = "slope" if type(equation.left) is Partial else "result"
    for place, member in enumerate(members):
        style = shown if member.side.result else ""
        if place and member.side.result and _fits_beside(member, rows[-1], frame):
            rows[-1].result, rows[-1].style = member.shown, style
        elif place and member.side.result and _fits_beside(member, _PageRow(TextLine()), frame):
            rows.append(_PageRow(TextLine(), [], f"{member.sign} {member.text}", style))
        elif place and _can_join(members[place - 1], member, rows[-1], frame) and not pen.shapes(member.side.expr):
            rows[-1].line.put(f" {member.sign} ").put(member.text, style)
        else:
            if place:
                rows.append(_PageRow(TextLine()))
            texts = [member.text] if member.cells else pen.break_expr(member.side.expr, room, 2, member.lead)
            rows[-1].line.to(frame.sign).put(member.sign).to(frame.body).put(texts[0], style)
            rows += [_PageRow(TextLine().to(frame.body).put(text, style)) for text in texts[1:]]
            if sizes := pen.shapes(member.side.expr):
                rows += [_PageRow(TextLine().to(frame.body).put(text, "quiet")) for text in chop_text(sizes, room)]
        if member.side.note:
            rows[-1].note = [*rows[-1].note, *_bracket_words(pen.words(member.side.note, "quiet"))]
    return [part for row in rows for part in _add_note(row, pen, frame)]


def _fits_beside(member: _Member, row: _PageRow, frame: _Frame) -> bool:
    """Whether a result can stand in its column on this row."""
    size = cell_len(member.shown)
    return not row.result and size <= frame.edge // 3 and row.line.width + 2 + size <= frame.edge


def _can_join(last: _Member, member: _Member, row: _PageRow, frame: _Frame) -> bool:
    """Whether symbols and numbers are so short that they can share a row."""
    if (
        last.cells
        or member.cells
        or last.side.note
        or last.side.result
        or member.side.relation != "="
        or last.side.relation == "+"
    ):
        return False
    return row.line.width + 3 + cell_len(member.text) <= frame.body + (frame.edge - frame.body) // 2


def _bracket_words(words: list[Word]) -> list[Word]:
    if words and not words[0][0].text.startswith("("):
        words[0].insert(0, Atom("(", "quiet"))
        words[-1].append(Atom(")", "quiet"))
    return words


def _add_note(row: _PageRow, pen: Pen, frame: _Frame) -> list[_PageRow]:
    """The row, with its note below it where there is no room beside it."""
    if row.need <= frame.edge:
        return [row]
    lines = pen.fill(row.note, frame.edge - frame.body)
    row.note = []
    return [row, *[_PageRow(TextLine().to(frame.body).add(line)) for line in lines]]


def _sign(side: Side, pen: Pen) -> str:
    """The relation before a member: a sign, so at most three cells."""
    return "".join(chop_cells(pen.make_safe(side.relation), 3)[:1])


def _member(side: Side, pen: Pen) -> _Member:
    lead = side.relation not in SIGNS
    return _Member(side, _sign(side, pen), pen.maths(side.expr, lead), lead)


def _grid_products(members: list[_Member], pen: Pen, room: int) -> list[_Member]:
    """Products of derivatives and the products of their numbers, factor under factor, if that fits the page."""
    lengths: set[int] = set()
    chosen: dict[int, list[str]] = {}
    paired = False
    for place, member in enumerate(members):
        expr = member.side.expr
        if type(expr) is not Mul or len(expr.args) < 2:
            continue
        if all(type(factor) is Partial for factor in expr.args):
            lengths.add(len(expr.args))
        elif len(expr.args) in lengths and all(map(_is_number, expr.args)):
            paired = True
        else:
            continue
        chosen[place] = [pen.make_safe(piece.body) for piece in pen.parts(expr, member.lead)]
    if not paired:
        return members
    widths = [max(map(cell_len, cells)) for cells in zip_longest(*chosen.values(), fillvalue="")]
    grid = list(members)
    for place, cells in chosen.items():
        member = members[place]
        sign = f" {pen.make_safe(pen.parts(member.side.expr)[1].sign).strip()} "
        text = sign.join([_centre_text(cell, size) for cell, size in zip(cells, widths, strict=False)]).rstrip()
        if cell_len(text) > room:
            return members
        grid[place] = member._replace(text=text, cells=tuple(cells))
    return grid


def _centre_text(text: str, size: int) -> str:
    free = size - cell_len(text)
    return " " * (free // 2) + text + " " * (free - free // 2)


def _finish(rows: list[_PageRow], pen: Pen, edge: int) -> list[TextLine]:
    """Set the right-hand columns: the results end at the border, the notes begin under one another."""
    noted = [row for row in rows if row.note]
    notes = max([row.line.width + GAP for row in noted], default=0)
    for row in noted:
        notes = min(notes, edge - (cell_len(row.result) + 2 if row.result else 0) - width_of(row.note))
    for row in rows:
        if row.note:
            row.line.to(max(row.line.width + GAP, notes)).add(pen.fill(row.note, edge)[0])
        if row.result:
            row.line.to(edge - cell_len(row.result)).put(row.result, row.style)
    return [row.line for row in rows]
