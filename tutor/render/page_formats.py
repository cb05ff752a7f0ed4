"""The formats of a page by name: what `tutor solve --to NAME`, `Page.to`, the reports of a class and the docs read.

To add one, write a module in `tutor.render` with a function of a document and a notation, and its row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from tutor.errors import OutputError, hint_near
from tutor.text import make_visible

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.explain.document import Document
    from tutor.notation.profile import Notation
    from tutor.render.latex.fragments import FragmentStyle


@dataclass(frozen=True, slots=True)
class PageFormat:
    """One format: its title, the suffix of its files, and what writes it, as ``module:function`` in `tutor.render`, imported on use.

    ``writer`` makes the text from a document and a notation; where it is empty, the result writes itself by its ``method``, as the
    contract for programs.
    ``fragment`` makes a part for a document of one's own, ``screen`` prints on a terminal with its width and colours, ``compiler`` makes
    the bytes of a file from the text, and ``source`` is the suffix of that text.  ``headed`` ones take LaTeX of one's own for their
    head, ``themed`` ones show the theme of a document.
    """

    title: str
    suffix: str
    writer: str = ""
    fragment: str = ""
    screen: str = ""
    compiler: str = ""
    source: str = ""
    headed: bool = False
    themed: bool = False
    method: str = "to_json"

    @property
    def is_text(self) -> bool:
        """Whether it can be read on a terminal, and kept as text."""
        return not self.compiler

    def write(self, doc: Document, notation: Notation, *, fragment: bool | FragmentStyle = False, preamble: str = "") -> str:
        """The text of a document; of a format that is compiled, the source.  ``preamble`` is for the head of one that is ``headed``."""
        if fragment:
            return str(_import_name(self.fragment)(doc, notation, *(() if fragment is True else (fragment,))))
        own = {"preamble": preamble} if preamble and self.headed else {}
        return str(_import_name(self.writer)(doc, notation, **own))

    def compile(self, source: str, doc: Document) -> bytes:
        """The file that is made of a document's source; raises `OutputError` where what compiles it is not there."""
        theme = doc.theme
        made: bytes = _import_name(self.compiler)(source, {theme.logo: theme.image} if theme.logo else {})
        return made

    def print(self, doc: Document, notation: Notation, console: Console) -> None:
        """Print a document on a terminal."""
        _import_name(self.screen)(doc, notation, console)


PAGE_FORMATS: Mapping[str, PageFormat] = {
    "terminal": PageFormat(
        "plain text, as on the terminal", ".txt", "terminal.terminal_page:write_plain_page", screen="terminal.terminal_page:render"
    ),
    "latex": PageFormat(
        "LaTeX, a whole article", ".tex", "latex.article:document", fragment="latex.article:fragment", headed=True, themed=True
    ),
    "pdf": PageFormat(
        "PDF, by the TeX on this machine", ".pdf", "latex.article:document", compiler="latex.pdf:compile_pdf", source=".tex", headed=True,
        themed=True,
    ),
    "markdown": PageFormat("Markdown with dollar maths", ".md", "markdown:markdown"),
    "html": PageFormat("HTML", ".html", "html_page:write_html", themed=True),
    "rst": PageFormat("reStructuredText, for Sphinx and Jupyter Book", ".rst", "rst:rst"),
    "json": PageFormat("JSON for programs", ".json"),
    "python": PageFormat("the backward pass as a program, in NumPy or in PyTorch", ".py", method="to_python"),
}
"""Every format of a page, in the order in which help lists them."""

TEXT_FORMATS = tuple(name for name, row in PAGE_FORMATS.items() if row.is_text and row.method != "to_python")
"""Those that are text and of any page: what a student's report may be."""


def page_format(name: str) -> PageFormat:
    """The row of a format; raises `OutputError` for one that is not there.

    >>> page_format("markdown").suffix
    '.md'
    """
    if name not in PAGE_FORMATS:
        hint = hint_near(name, PAGE_FORMATS) or f"use one of {', '.join(PAGE_FORMATS)}"
        raise OutputError(f"there is no format {make_visible(name)}", hint=hint)
    return PAGE_FORMATS[name]


def _import_name(where: str) -> Callable[..., Any]:
    found: Callable[..., Any] = resolve_name(f"tutor.render.{where}")
    return found
