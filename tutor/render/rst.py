r"""A document as reStructuredText, for courses on Sphinx, Jupyter Book or Read the Docs; maths as LaTeX in ``math`` roles and directives.

Words from outside are escaped sign by sign, tables are lists (``list-table``), and a picture is a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatchmethod

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
from tutor.render.latex.rows import set_rows
from tutor.render.latex.widths import measure
from tutor.render.maths import Printer
from tutor.render.terminal.columns import Pen, TextLine
from tutor.text import drop_controls, visible_code_points

LINE = 46.0
"""The width of a line of a page, in em."""
_MARKUP = re.compile(r"[\\*`|_<>@]|:(?=\S)")
_UNSAFE_IN_TEXT = re.compile(r"[\\{}$%&#^~_]+")
_PLAIN_START = re.compile(r"(?!(?:[0-9]+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)])(?:\w|:math:`)|\\\S")
"""How a paragraph begins that is no list, directive or rule."""
_RESIZED = re.compile(r"\\resizebox\{[^{}]*\}\{!\}\{\$\\displaystyle (.*?)\$\}")


def rst(doc: Document, notation: Notation) -> str:
    """The document as reStructuredText, one text.

    >>> print(rst(Document("A neuron learns", blocks=(Heading("Forward pass"),)), Notation()), end="")
    A neuron learns
    =================
    <BLANKLINE>
    Forward pass
    --------------
    """
    page = _RstPage(notation)
    parts = [*page.title(doc), *(page.block(block) for block in doc.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape_rst(words: str) -> str:
    r"""Plain words in which nothing is markup.

    >>> print(escape_rst("a_b *c* `d`: e::"))
    a\_b \*c\* \`d\`: e\::
    """
    return _MARKUP.sub(lambda found: "\\" + found.group(), visible_code_points(drop_controls(words)))


class _RstPage:
    """Sets the blocks of one document."""

    def __init__(self, notation: Notation) -> None:
        self.printer = Printer(notation)

    def sentence(self, sentence: Sentence) -> str:
        """Words and maths; an escaped space, which is none, keeps a role apart from the words beside it."""
        text = "".join(self.maths(part.expr) if isinstance(part, Math) else escape_rst(part) for part in sentence)
        for written, meant in ((" \\ :math:`", " :math:`"), ("`\\  ", "` ")):
            text = text.replace(written, meant)
        return _kept_a_paragraph(text.strip().removeprefix("\\ ").removesuffix("\\").strip())

    def maths(self, expr: Expr) -> str:
        return f"\\ :math:`{_plain_latex(self.printer.latex(expr)).strip()}`\\ "

    def title(self, doc: Document) -> list[str]:
        facts = [self.sentence(fact) for fact in doc.facts]
        line = " · ".join(part for part in [escape_rst(doc.ident), *facts] if part)
        return [_underlined(self.sentence((doc.title,)), "="), _kept_a_paragraph(line), self.sentence((doc.source,))]

    @singledispatchmethod
    def block(self, block: object) -> str:
        """One block of the document."""
        raise TypeError(f"no reStructuredText for {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        return _underlined(self.sentence((*block.before, block.text)), "-")

    @block.register
    def _(self, block: Paragraph) -> str:
        label = escape_rst(block.label).strip()
        return f"**{label}** {self.sentence(block.parts)}" if label else self.sentence(block.parts)

    @block.register
    def _(self, block: Verbatim) -> str:
        return _literal(verbatim.rows(block.text, verbatim.WIDTH))

    @block.register
    def _(self, block: Bars) -> str:
        return _literal([line.text for line in bars.lines(block, Pen(Notation()), verbatim.WIDTH)])

    @block.register
    def _(self, block: Table) -> str:
        rows = [[self.sentence(cell) for cell in row] for row in (block.header, *block.rows)]
        return self.captioned(_list_table(rows), block.caption)

    @block.register
    def _(self, block: Figure) -> str:
        loss = self.maths(Name(block.picture.loss)) if block.picture.loss else "the loss"
        rows = [["quantity", "formula", "value", f"gradient of {loss}"], *(self.node(node) for node in block.picture.nodes)]
        return self.captioned(_list_table(rows), block.caption)

    def node(self, node: Node) -> list[str]:
        """A box of the picture as a row."""
        shown = (Name(node.name), node.expr, node.value, node.gradient)
        return [self.maths(part) if part is not None else "" for part in shown]

    def captioned(self, table: str, caption: Sentence) -> str:
        return "\n\n".join(part for part in (self.sentence(caption), table) if part)

    @block.register
    def _(self, block: Equations) -> str:
        if not block.rows:
            return ""
        widths = [measure(self.printer.latex(row.left)) for row in block.rows]
        left = max((width for width in widths if width < LINE / 3), default=2.0)
        lines = [line for row in block.rows for line in self.equation(row, left)]
        body = [*("   " + line + " \\\\" for line in lines[:-1]), "   " + lines[-1]]
        return "\n".join([".. math::", "", "   \\begin{aligned}", *body, "   \\end{aligned}"])

    def equation(self, equation: Equation, left: float) -> list[str]:
        """The rows of one equation, with its number, its reason and its notes behind them."""
        rows = set_rows(self.printer.latex_writer, equation, LINE, left, {})
        number = f"({equation.number})" if equation.number is not None else ""
        reason = (number + " " if number and equation.why else number, *equation.why)
        lines: list[str] = []
        for place, row in enumerate(rows):
            notes = [self.text_in_maths(("(", *side.note, ")")) for side in row.noted]
            if not place and (number or equation.why):
                notes.insert(0, self.text_in_maths(reason))
            shown = f"& {row.left}" if row.alone else f"{row.left} & {row.body}".strip()
            lines.append(_plain_latex(shown) + (" && " + "\\quad ".join(notes) if notes else ""))
        return lines

    def text_in_maths(self, sentence: Sentence) -> str:
        """Words inside maths, without the signs that a reader of maths acts on."""
        shown = []
        for part in sentence:
            if isinstance(part, Math):
                shown.append(_plain_latex(self.printer.latex(part.expr)))
            else:
                shown.append(f"\\text{{{_UNSAFE_IN_TEXT.sub(' ', visible_code_points(drop_controls(part)))}}}")
        return "".join(shown)


def _plain_latex(latex: str) -> str:
    """LaTeX that MathJax has: nothing is scaled to a page."""
    return _RESIZED.sub(lambda found: found.group(1), latex).replace("\\coloneqq", ":=").replace("\n", " ")


def _underlined(text: str, sign: str) -> str:
    return f"{text}\n{sign * (TextLine().put(text).width + 2)}" if text else ""


def _kept_a_paragraph(text: str) -> str:
    """Text that begins like a list, a directive or a rule is kept a paragraph."""
    return f"\\ {text}" if text and not _PLAIN_START.match(text) else text


def _literal(lines: Sequence[str]) -> str:
    """Lines as they stand, each behind a bar that none of them can end."""
    return "\n".join([".. code-block:: text", "", *(f"   {line}".rstrip() for line in lines)]) if any(map(str.strip, lines)) else ""


def _list_table(rows: Sequence[Sequence[str]]) -> str:
    """A table as a list of lists; the first row is its header."""
    columns = max(map(len, rows), default=0)
    if not columns:
        return ""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        cells = [*row, *[""] * (columns - len(row))]
        lines += [f"   {'*' if not place else ' '} - {cell}".rstrip() for place, cell in enumerate(cells)]
    return "\n".join(lines)
