"""What a result offers that can be shown as a page: one document, every format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.explain.document import Document
    from tutor.notation.profile import Notation


class Page(ABC):
    """A result with a document; the renderers are called on request.

    A subclass has ``notation`` (how its course writes things) and says what its `document` and its JSON are.
    """

    __slots__ = ()
    notation: Notation

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

    def to_text(self, width: int = 80) -> str:
        """The page as plain text of at most ``width`` columns."""
        from tutor.render.terminal.page import plain

        return plain(self.document(), self.notation, width)

    def to_latex(self, *, fragment: bool = False) -> str:
        """A complete LaTeX document, or with ``fragment`` only its body."""
        from tutor.render.latex import article as latex

        make = latex.fragment if fragment else latex.document
        return make(self.document(), self.notation)

    def to_markdown(self) -> str:
        """The page as Markdown with TeX formulas."""
        from tutor.render.markdown import markdown

        return markdown(self.document(), self.notation)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __str__(self) -> str:
        return self.to_text()
