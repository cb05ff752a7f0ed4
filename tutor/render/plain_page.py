"""What the pages for other programs share (Markdown, reStructuredText): maths is LaTeX inside text, a picture is a table, bars are text.

A format is a subclass that says how its words, its maths and its blocks are marked; which blocks there are and what is in them is
read here, once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatchmethod
from itertools import groupby
from typing import ClassVar

from tutor.explain.diagram import Diagram
from tutor.explain.document import (
    Bars,
    Blanks,
    Code,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Inline,
    Math,
    Node,
    Paragraph,
    Section,
    Sentence,
    SheetQuestion,
    Table,
    Verbatim,
    read_words,
)
from tutor.explain.network_table import list_layers
from tutor.expression.nodes import Expr, Name
from tutor.notation.profile import Notation
from tutor.render import bar_rows as bars
from tutor.render import verbatim
from tutor.render.answer_rows import write_answer_rows, write_blank
from tutor.render.latex.rows import set_beside, set_rows
from tutor.render.latex.widths import measure
from tutor.render.maths import Printer
from tutor.render.roots import set_roots
from tutor.render.terminal.columns import Pen
from tutor.text import drop_controls, show_code_points

LINE = 46.0
"""The width of a line of such a page, in em."""
_RESIZED = re.compile(r"\\resizebox\{[^{}]*\}\{!\}\{\$\\displaystyle (.*?)\$\}")


def unscale_latex(latex: str) -> str:
    r"""LaTeX in which nothing is scaled to a page, for readers that cannot.

    >>> print(unscale_latex(r"\resizebox{5em}{!}{$\displaystyle x + y$}"))
    x + y
    """
    return _RESIZED.sub(lambda found: found.group(1), latex)


class PlainPage:
    """Sets the blocks of one document; a format overrides what is marked in its own way."""

    format: ClassVar[str]
    unsafe_in_text: ClassVar[re.Pattern[str]]
    r"""Signs that a reader would act on, even in ``\text{}``."""

    def __init__(self, notation: Notation, depth: int = 0) -> None:
        """``depth`` counts the titles that the page stands under, where it is a part of another."""
        self.printer = Printer(notation)
        self.depth = depth

    def escape(self, words: str) -> str:
        """Plain words in which nothing is markup."""
        raise NotImplementedError

    def spell(self, latex: str) -> str:
        """LaTeX in a form that survives the reader."""
        raise NotImplementedError

    def write_inline(self, latex: str) -> str:
        """Maths within a line."""
        raise NotImplementedError

    def display(self, lines: Sequence[str]) -> str:
        """Aligned rows of maths, as a block."""
        raise NotImplementedError

    def paragraph(self, text: str) -> str:
        """Set text that is a paragraph, even where it begins like a list or a heading."""
        raise NotImplementedError

    def heading(self, text: str, level: int) -> str:
        """The title of the page (level 1) or of a section of it (level 2); of a part of the page one more, and so on."""
        raise NotImplementedError

    def credit(self, source: str) -> str:
        """Where the exercise is from."""
        raise NotImplementedError

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
        """A table; ``align`` has one of ``l r c`` a column."""
        raise NotImplementedError

    def literal(self, lines: Sequence[str]) -> str:
        """Lines as they stand."""
        raise NotImplementedError

    def list_ticked(self, lines: Sequence[str]) -> str:
        """Options, each with a box to tick."""
        raise NotImplementedError

    def page(self, doc: Document) -> str:
        """The whole document as one text."""
        return self.write_parts(doc) + "\n"

    def write_parts(self, doc: Document) -> str:
        """The title and the blocks."""
        parts = [*self.title(doc), *(self.block(block) for block in doc.blocks)]
        return "\n\n".join(part for part in parts if part)

    def maths(self, expr: Expr) -> str:
        """An expression within a line."""
        return self.write_inline(self.spell(self.printer.latex(expr)).strip())

    def sentence(self, sentence: Sentence) -> str:
        """Words and maths on one line."""
        return "".join(map(self.set_piece, set_roots(sentence)))

    def set_piece(self, part: Inline) -> str:
        """A piece of a sentence."""
        if isinstance(part, Math):
            return self.maths(part.expr)
        return self.code(part.text) if isinstance(part, Code) else self.escape(part)

    def code(self, text: str) -> str:
        """A piece of a program within a line."""
        raise NotImplementedError

    def title(self, doc: Document) -> list[str]:
        """The title, what is known of the exercise in a line, and its source."""
        facts = [self.sentence(fact) for fact in doc.facts]
        line = " · ".join(part for part in [self.escape(doc.ident), *facts] if part)
        title, source = self.sentence(doc.heading), self.sentence(doc.source).strip()
        return [self.heading(title, 1 + self.depth) if title else "", self.paragraph(line), self.credit(source) if source else ""]

    @singledispatchmethod
    def block(self, block: object) -> str:
        """One block of the document."""
        raise TypeError(f"no {self.format} for {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        return self.heading(self.sentence((*block.before, block.text)), 2 + self.depth)

    @block.register
    def _(self, block: Paragraph) -> str:
        words = self.sentence(block.parts)
        label = self.escape(block.label).strip()
        return f"**{label}** {words.strip()}".rstrip() if label else self.paragraph(words)

    @block.register
    def _(self, block: Table) -> str:
        rows = [[self.sentence(cell) for cell in row] for row in (block.header, *block.rows)]
        return self.caption_table(self.grid(rows[0], rows[1:], block.align), block.caption)

    @block.register
    def _(self, block: Figure) -> str:
        picture = block.picture
        if isinstance(picture, Diagram):
            return self.block(list_layers(picture, block.caption))
        words = picture.words
        before, _, after = words.COLUMN_OF.partition("{loss}")
        named: Sentence = (before, Math(Name(picture.loss)), after) if picture.loss else (words.COLUMN_OF_LOSS,)
        heads = [self.escape(words.COLUMNS[column]) for column in ("quantity", "formula", "value")] + [self.sentence(named)]
        rows = [self.node(node) for node in picture.nodes]
        return self.caption_table(self.grid(heads, rows, "llrr"), block.caption)

    @block.register
    def _(self, block: Verbatim) -> str:
        return self.literal(verbatim.rows(block.text, verbatim.WIDTH))

    @block.register
    def _(self, block: Bars) -> str:
        return self.literal([line.text for line in bars.lines(block, Pen(Notation()), verbatim.WIDTH)])

    @block.register
    def _(self, block: SheetQuestion) -> str:
        told = " · ".join(self.escape(part) for part in (block.ident, block.marks) if part)
        words = f"**{self.escape(block.number)}** {self.sentence(block.parts).strip()}" + (f" ({told})" if told else "")
        options = [self.sentence((f"{letter}) ", *text)) for letter, text in block.options]
        place = write_answer_rows(block.place, verbatim.WIDTH)
        parts = [words, self.list_ticked(options) if options else "", self.literal(place) if place else ""]
        return "\n\n".join(part for part in parts if part)

    @block.register
    def _(self, block: Blanks) -> str:
        return self.literal([write_blank(label, verbatim.WIDTH // 2) for label in block.labels])

    @block.register
    def _(self, block: Section) -> str:
        return type(self)(block.notation, self.depth + bool(block.document.title)).write_parts(block.document)

    def node(self, node: Node) -> list[str]:
        """A box of the picture as a row."""
        shown = (Name(node.name), node.expr, node.value, node.gradient)
        return [self.sentence((Math(part),)) if part is not None else "" for part in shown]

    def caption_table(self, table: str, caption: Sentence) -> str:
        """A table under what is said of it."""
        return "\n\n".join(part for part in (self.paragraph(self.sentence(caption)), table) if part)

    @block.register
    def _(self, block: Equations) -> str:
        if not block.rows:
            return ""
        widths = [measure(self.printer.latex(row.left)) for row in block.rows]
        left = max((width for width in widths if width < LINE / 3), default=2.0)
        if block.beside:
            rows = set_beside(self.printer.latex_writer, block.rows, LINE, left)
            return self.display([self.spell(f"& {row.left}" if row.alone else f"{row.left} & {row.body}".strip()) for row in rows])
        return self.display([line for row in block.rows for line in self.equation(row, left)])

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
            shown = self.spell(f"& {row.left}" if row.alone else f"{row.left} & {row.body}".strip())
            lines.append(shown + (" && " + "\\quad ".join(notes) if notes else ""))
        return lines

    def text_in_maths(self, sentence: Sentence) -> str:
        r"""Words inside maths: in ``\text{}``, without the signs that a reader of maths or of the page would act on."""
        parts: list[str] = []
        for is_maths, group in groupby(sentence, lambda part: isinstance(part, Math)):
            if is_maths:
                parts += [self.spell(self.printer.latex(part.expr)) for part in group if isinstance(part, Math)]
                continue
            words = "".join(read_words(part) for part in group if not isinstance(part, Math))
            safe = self.unsafe_in_text.sub(" ", show_code_points(drop_controls(words)))
            parts.append("\\text{" + safe + "}" if safe.strip() else "")
        return "".join(parts)


__all__ = ["LINE", "PlainPage", "unscale_latex"]
