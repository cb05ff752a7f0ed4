r"""A document as reStructuredText, for courses on Sphinx, Jupyter Book or Read the Docs; maths as LaTeX in ``math`` roles and directives.

Words from outside are escaped sign by sign, and tables are lists (``list-table``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.explain.document import Document, Sentence
from tutor.notation.profile import Notation
from tutor.render.plain_page import PlainPage, unscale_latex
from tutor.render.terminal.columns import TextLine
from tutor.text import drop_controls, show_code_points

_MARKUP = re.compile(r"[\\*`|_<>@]|:(?=\S)")
_PLAIN_START = re.compile(r"(?!(?:[0-9]+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)])(?:\w|:math:`)|\\\S")
"""How a paragraph begins that is no list, directive or rule."""
_RULERS = "=-~^"
"""What stands below a title, by its level."""


def rst(doc: Document, notation: Notation) -> str:
    """The document as reStructuredText, one text.

    >>> from tutor.explain.document import Heading
    >>> print(rst(Document("A neuron learns", blocks=(Heading("Forward pass"),)), Notation()), end="")
    A neuron learns
    =================
    <BLANKLINE>
    Forward pass
    --------------
    """
    return _RstPage(notation).page(doc)


def escape_rst(words: str) -> str:
    r"""Plain words in which nothing is markup.

    >>> print(escape_rst("a_b *c* `d`: e::"))
    a\_b \*c\* \`d\`: e\::
    """
    return _MARKUP.sub(lambda found: "\\" + found.group(), show_code_points(drop_controls(words)))


class _RstPage(PlainPage):
    format = "reStructuredText"
    unsafe_in_text = re.compile(r"[\\{}$%&#^~_]+")

    def escape(self, words: str) -> str:
        return escape_rst(words)

    def code(self, text: str) -> str:
        """A literal, which knows no escapes; what it cannot hold is plain words."""
        text = show_code_points(drop_controls(text)).replace("\n", " ").strip()
        return f"\\ ``{text}``\\ " if text and "``" not in text and text[-1] not in "`\\" else self.escape(text)

    def spell(self, latex: str) -> str:
        """LaTeX that MathJax has, on one line."""
        return unscale_latex(latex).replace("\\coloneqq", ":=").replace("\n", " ")

    def write_inline(self, latex: str) -> str:
        """A role; an escaped space, which is none, keeps it apart from the words beside it."""
        return f"\\ :math:`{latex}`\\ "

    def sentence(self, sentence: Sentence) -> str:
        text = super().sentence(sentence)
        for written, meant in ((" \\ :math:`", " :math:`"), (" \\ ``", " ``"), ("`\\  ", "` ")):
            text = text.replace(written, meant)
        return text.strip().removeprefix("\\ ").removesuffix("\\").strip()

    def display(self, lines: Sequence[str]) -> str:
        body = [*("   " + line + " \\\\" for line in lines[:-1]), "   " + lines[-1]]
        return "\n".join([".. math::", "", "   \\begin{aligned}", *body, "   \\end{aligned}"])

    def paragraph(self, text: str) -> str:
        return f"\\ {text}" if text and not _PLAIN_START.match(text) else text

    def heading(self, text: str, level: int) -> str:
        text = self.paragraph(text)
        return f"{text}\n{_RULERS[min(level, len(_RULERS)) - 1] * (TextLine().put(text).width + 2)}" if text else ""

    def credit(self, source: str) -> str:
        return self.paragraph(source)

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
        """A table as a list of lists."""
        columns = max(map(len, (header, *rows)), default=0)
        if not columns:
            return ""
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in (header, *rows):
            cells = [*map(self.paragraph, row), *[""] * (columns - len(row))]
            lines += [f"   {'*' if not place else ' '} - {cell}".rstrip() for place, cell in enumerate(cells)]
        return "\n".join(lines)

    def literal(self, lines: Sequence[str]) -> str:
        """Each line behind a margin that none of them can leave."""
        return "\n".join([".. code-block:: text", "", *(f"   {line}".rstrip() for line in lines)]) if any(map(str.strip, lines)) else ""

    def list_ticked(self, lines: Sequence[str]) -> str:
        """A list with empty boxes."""
        return "\n".join(f"* \N{BALLOT BOX} {line}" for line in lines)


__all__ = ["escape_rst", "rst"]
