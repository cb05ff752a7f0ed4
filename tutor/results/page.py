"""What a result offers that can be shown as a page: one document, every format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from tutor.errors import OutputError

if TYPE_CHECKING:
    from tutor.explain.document import Document
    from tutor.notation.profile import Notation
    from tutor.render.latex.fragments import FragmentStyle


class Page(ABC):
    """A result with a document; the renderers are called on request.

    A subclass has ``notation`` (how its course writes things) and says what its `document` and its JSON are.
    """

    __slots__ = ()
    notation: Notation
    preamble: str = ""
    """LaTeX of one's own for the head of a whole article, checked."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called: the exercise's id."""

    @abstractmethod
    def document(self) -> Document:
        """The page as a document of expressions, for the renderers."""

    @abstractmethod
    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts`."""

    def to_python(self) -> str:
        """The backward pass as a program, where there is one."""
        raise OutputError("there is no derivation to write as a program", hint="tutor solve TARGET --to python")

    def to(self, name: str, *, fragment: bool | FragmentStyle = False) -> str | bytes:
        """The page in a format by its name (`tutor.render.page_formats`): bytes of one that is compiled, else text.

        Raises `OutputError` for a format that is not there, and where what compiles it is missing.
        """
        from tutor.render.page_formats import page_format

        row = page_format(name)
        if not row.writer:
            return str(getattr(self, row.method)())
        doc = self.document()
        text = row.write(doc, self.notation, fragment=fragment, preamble=self.preamble)
        return text if row.is_text else row.compile(str(text), doc)

    def to_text(self, width: int = 80) -> str:
        """The page as plain text of at most ``width`` columns."""
        from tutor.render.terminal.terminal_page import write_plain_page

        return write_plain_page(self.document(), self.notation, width)

    def to_latex(self, *, fragment: bool | FragmentStyle = False) -> str:
        """A complete LaTeX document, or with ``fragment`` a part for one of your own, as a `FragmentStyle` says."""
        return str(self.to("latex", fragment=fragment))

    def to_markdown(self) -> str:
        """The page as Markdown with TeX formulas."""
        return str(self.to("markdown"))

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __str__(self) -> str:
        return self.to_text()
