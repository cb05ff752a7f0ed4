r"""A document as GitHub-flavoured Markdown with dollar maths; nothing outside the text is referenced.

Markdown readers take ``\,`` for an escaped comma, two ``_`` for emphasis and ``<`` for a tag, also between dollar
signs.  The maths is therefore spelt in words that no reader touches (``\thinspace``, ``\cr``, ``\lt``), and a picture
is a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatchmethod
from itertools import groupby

from tutor.explain.document import (
    Bars,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Math,
    Node,
    Paragraph,
    Sentence,
    Table,
    Verbatim,
)
from tutor.expression.nodes import Expr, Name
from tutor.notation.profile import Notation
from tutor.render import bar_rows as bars
from tutor.render import verbatim
from tutor.render.latex.rows import LatexRow, set_rows
from tutor.render.latex.widths import measure
from tutor.render.maths import Printer
from tutor.render.terminal.columns import Pen
from tutor.text import drop_controls, escape_markdown, visible_code_points

LINE = 46.0
"""The width of a line on GitHub, in em."""

_SPELT = {
    "\\,": "\\thinspace ", "\\;": "\\thickspace ", "\\:": "\\medspace ", "\\!": "\\negthinspace ", "\\ ": "~",
    "\\\\": "\\cr ", "\\_": "\\thinspace ", "\\|": "\\Vert ", "\\{": "\\lbrace ", "\\}": "\\rbrace ", "|": "\\vert ",
    "<": "\\lt ", ">": "\\gt ", "_": " _", "*": "\\ast ", "\\coloneqq": ":=",
}  # fmt: skip
_TOKEN = re.compile(r"\\coloneqq|\\[A-Za-z]+|\\.|[|<>_*]")
_RESIZED = re.compile(r"\\resizebox\{[^{}]*\}\{!\}\{\$\\displaystyle (.*?)\$\}")
_UNSAFE_IN_TEXT = re.compile(r"[\\`*_\[\]{}<>|$~#&!%^\"]+")
_MARKER = re.compile(r"^(\d+)([.)])")


def markdown(doc: Document, notation: Notation) -> str:
    """The document as Markdown, one text.

    >>> print(markdown(Document("A neuron learns", blocks=(Heading("Forward pass"),)), Notation()), end="")
    # A neuron learns
    <BLANKLINE>
    ## Forward pass
    """
    page = _MarkdownPage(notation)
    parts = [page.title(doc), *(page.block(block) for block in doc.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def spell(latex: str) -> str:
    r"""LaTeX in a form that survives a Markdown reader.

    >>> print(spell("w_{1}\\,x < 2"))
    w _{1}\thinspace x \lt  2
    """
    latex = _RESIZED.sub(lambda found: found.group(1), latex)
    return _TOKEN.sub(lambda found: _SPELT.get(found.group(), found.group()), latex)


def _line(text: str) -> str:
    """A paragraph that begins like a list or a heading is kept a paragraph."""
    text = text.strip()
    if text.startswith(("-", "+", "=")):
        return "\\" + text
    return _MARKER.sub(r"\1\\\2", text)


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """A table with bars; ``align`` has one of ``l r c`` a column."""
    columns = max((len(row) for row in [header, *rows]), default=0)
    if not columns:
        return ""
    marks = {"r": "---:", "c": ":---:"}
    ruler = [marks.get(align[place : place + 1], "---") for place in range(columns)]
    padded = [[*row, *[""] * (columns - len(row))] for row in [header, ruler, *rows]]
    return "\n".join("| " + " | ".join(row) + " |" for row in padded)


class _MarkdownPage:
    """Sets the blocks of one document."""

    def __init__(self, notation: Notation) -> None:
        self.printer = Printer(notation)

    def maths(self, expr: Expr) -> str:
        return f"${spell(self.printer.latex(expr)).strip()}$"

    def sentence(self, sentence: Sentence) -> str:
        return "".join(self.maths(part.expr) if isinstance(part, Math) else escape_markdown(part) for part in sentence)

    def title(self, doc: Document) -> str:
        facts = [self.sentence(fact) for fact in doc.facts]
        line = " · ".join(part for part in [escape_markdown(doc.ident), *facts] if part)
        source = escape_markdown(doc.source).strip()
        parts = [f"# {_line(escape_markdown(doc.title))}" if doc.title else "", _line(line), f"*{source}*" if source else ""]
        return "\n\n".join(part for part in parts if part)

    @singledispatchmethod
    def block(self, block: object) -> str:
        """One block of the document."""
        raise TypeError(f"no Markdown for {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        return f"## {_line(self.sentence(block.before) + escape_markdown(block.text))}"

    @block.register
    def _(self, block: Paragraph) -> str:
        words = self.sentence(block.parts)
        label = escape_markdown(block.label).strip()
        return f"**{label}** {words.strip()}" if label else _line(words)

    @block.register
    def _(self, block: Table) -> str:
        header = [self.sentence(cell) for cell in block.header]
        rows = [[self.sentence(cell) for cell in row] for row in block.rows]
        return self.captioned(_grid(header, rows, block.align), block.caption)

    @block.register
    def _(self, block: Figure) -> str:
        rows = [self.node(node) for node in block.picture.nodes]
        table = _grid(["quantity", "formula", "value", f"gradient of {self.loss(block)}"], rows, "llrr")
        return self.captioned(table, block.caption)

    @block.register
    def _(self, block: Verbatim) -> str:
        return verbatim.fenced(verbatim.rows(block.text, verbatim.WIDTH))

    @block.register
    def _(self, block: Bars) -> str:
        return verbatim.fenced([line.text for line in bars.lines(block, Pen(Notation()), verbatim.WIDTH)])

    def loss(self, block: Figure) -> str:
        return self.maths(Name(block.picture.loss)) if block.picture.loss else "the loss"

    def node(self, node: Node) -> list[str]:
        """A box of the picture as a row."""
        shown = [self.maths(part) if part is not None else "" for part in (node.expr, node.value, node.gradient)]
        return [self.maths(Name(node.name)), *shown]

    def captioned(self, table: str, caption: Sentence) -> str:
        words = _line(self.sentence(caption))
        return "\n\n".join(part for part in (words, table) if part)

    @block.register
    def _(self, block: Equations) -> str:
        if not block.rows:
            return ""
        widths = [measure(self.printer.latex(row.left)) for row in block.rows]
        left = max((width for width in widths if width < LINE / 3), default=2.0)
        lines = [line for row in block.rows for line in self.equation(row, left)]
        return "$$\n\\begin{aligned}\n" + " \\cr\n".join(lines) + "\n\\end{aligned}\n$$"

    def equation(self, equation: Equation, left: float) -> list[str]:
        rows = set_rows(self.printer.latex_writer, equation, LINE, left, {})
        number = f"({equation.number})" if equation.number is not None else ""
        reason = (number + " " if number and equation.why else number, *equation.why)
        lines: list[str] = []
        for place, row in enumerate(rows):
            notes: list[str] = [self.text_in_maths(("(", *side.note, ")")) for side in row.noted]
            if not place and (number or equation.why):
                notes.insert(0, self.text_in_maths(reason))
            lines.append(self.row(row) + (" && " + "\\quad ".join(notes) if notes else ""))
        return lines

    @staticmethod
    def row(row: LatexRow) -> str:
        return spell(f"& {row.left}" if row.alone else f"{row.left} & {row.body}".strip())

    def text_in_maths(self, sentence: Sentence) -> str:
        r"""Words inside maths: in ``\text{}``, without the signs that a reader of maths or Markdown would act on."""
        parts: list[str] = []
        for is_maths, group in groupby(sentence, lambda part: isinstance(part, Math)):
            if is_maths:
                parts += [spell(self.printer.latex(part.expr)) for part in group if isinstance(part, Math)]
                continue
            words = "".join(part for part in group if isinstance(part, str))
            safe = _UNSAFE_IN_TEXT.sub(" ", visible_code_points(drop_controls(words)))
            parts.append("\\text{" + safe + "}" if safe.strip() else "")
        return "".join(parts)


__all__ = ["markdown", "spell"]
