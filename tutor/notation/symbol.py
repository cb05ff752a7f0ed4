"""A symbol as a course writes it, in LaTeX and in plain text.

Symbols come from files that lecturers write, so they are *parsed*: a small, closed part of LaTeX is understood
(``w_{5}``, ``\\hat{y}_{1}``, ``\\mathcal{L}``, ``x^{L-1}``, ``out_{h1}``) and everything else is refused by name.  What is printed is
made again from the parts, so that nothing from outside reaches a document unread.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one quantity is written: ``latex`` for documents, ``text`` for the terminal and for pictures."""

    latex: str
    text: str


def guess(name: str) -> Symbol:
    """The symbol of a quantity, from its name: ``w5`` is w_5, ``out_h1`` is out with the index h1, ``eta`` is η."""
    head, _, index = name.partition("_")
    if not index:
        head = name.rstrip("0123456789")
        index = name[len(head) :]
    latex = head if len(head) == 1 else "\\mathit{" + head + "}"
    if index:
        latex += "_{" + index.replace("_", ",") + "}"
    return Symbol(latex, name)
