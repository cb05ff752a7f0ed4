r"""A document as GitHub-flavoured Markdown with dollar maths; nothing outside the text is referenced.

Markdown readers take ``\,`` for an escaped comma, two ``_`` for emphasis and ``<`` for a tag, also between dollar
signs.  The maths is therefore spelt in words that no reader touches (``\thinspace``, ``\cr``, ``\lt``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.explain.document import Document
from tutor.notation.profile import Notation
from tutor.render import verbatim
from tutor.render.plain_page import PlainPage, unscale_latex
from tutor.text import drop_controls, escape_markdown, show_code_points

_SPELT = {
    "\\,": "\\thinspace ", "\\;": "\\thickspace ", "\\:": "\\medspace ", "\\!": "\\negthinspace ", "\\ ": "~",
    "\\\\": "\\cr ", "\\_": "\\thinspace ", "\\|": "\\Vert ", "\\{": "\\lbrace ", "\\}": "\\rbrace ", "|": "\\vert ",
    "<": "\\lt ", ">": "\\gt ", "_": " _", "*": "\\ast ", "\\coloneqq": ":=",
}  # fmt: skip
_TOKEN = re.compile(r"\\coloneqq|\\[A-Za-z]+|\\.|[|<>_*]")
_TICKS = re.compile("`+")
_MARKER = re.compile(r"^(\d+)([.)])")


def markdown(doc: Document, notation: Notation) -> str:
    """The document as Markdown, one text.

    >>> from tutor.explain.document import Heading
    >>> print(markdown(Document("A neuron learns", blocks=(Heading("Forward pass"),)), Notation()), end="")
    # A neuron learns
    <BLANKLINE>
    ## Forward pass
    """
    return _MarkdownPage(notation).page(doc)


def spell(latex: str) -> str:
    r"""LaTeX in a form that survives a Markdown reader.

    >>> print(spell("w_{1}\\,x < 2"))
    w _{1}\thinspace x \lt  2
    """
    return _TOKEN.sub(lambda found: _SPELT.get(found.group(), found.group()), unscale_latex(latex))


class _MarkdownPage(PlainPage):
    format = "Markdown"
    unsafe_in_text = re.compile(r"[\\`*_\[\]{}<>|$~#&!%^\"]+")

    def escape(self, words: str) -> str:
        return escape_markdown(words)

    def code(self, text: str) -> str:
        text = show_code_points(drop_controls(text)).replace("\n", " ")
        fence = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
        room = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{fence}{room}{text}{room}{fence}"

    def spell(self, latex: str) -> str:
        return spell(latex)

    def write_inline(self, latex: str) -> str:
        return f"${latex}$"

    def display(self, lines: Sequence[str]) -> str:
        return "$$\n\\begin{aligned}\n" + " \\cr\n".join(lines) + "\n\\end{aligned}\n$$"

    def paragraph(self, text: str) -> str:
        text = text.strip()
        if text.startswith(("-", "+", "=")):
            return "\\" + text
        return _MARKER.sub(r"\1\\\2", text)

    def heading(self, text: str, level: int) -> str:
        return f"{'#' * min(level, 6)} {self.paragraph(text)}"

    def credit(self, source: str) -> str:
        return f"*{source}*"

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
        columns = max((len(row) for row in [header, *rows]), default=0)
        if not columns:
            return ""
        marks = {"r": "---:", "c": ":---:"}
        ruler = [marks.get(align[place : place + 1], "---") for place in range(columns)]
        padded = [[*row, *[""] * (columns - len(row))] for row in [header, ruler, *rows]]
        return "\n".join("| " + " | ".join(row) + " |" for row in padded)

    def literal(self, lines: Sequence[str]) -> str:
        return verbatim.fence_lines(lines)

    def list_ticked(self, lines: Sequence[str]) -> str:
        return "\n".join(f"- [ ] {line}" for line in lines)


__all__ = ["markdown", "spell"]
