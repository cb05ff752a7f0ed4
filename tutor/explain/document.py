"""What a worked solution consists of, before anybody decides how it looks.

A document holds *expressions*, never LaTeX: the renderers (`tutor.render`) turn it into a terminal page, LaTeX, Markdown, with
a `tutor.notation.Notation` that knows how the course writes each symbol.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from tutor.expression.nodes import Expr


@dataclass(frozen=True, slots=True)
class Math:
    """An expression inside a sentence."""

    expr: Expr


Inline: TypeAlias = str | Math
"""A piece of a sentence: plain words (never markup; renderers escape them) or maths."""

Sentence: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.  ``label`` is a word set in front of it, in bold ("Proof")."""

    parts: Sentence
    label: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One member of an equation, with the sign before it.

    ``relation`` is ``=``, ``+`` (a further path of the same sum, on a row of its own) or ``←`` (an update).
    ``result`` marks the number at the end, which the terminal sets in its own column.
    ``note`` is what stands beside the member: "path 1", "step 7".
    """

    expr: Expr
    relation: str = "="
    note: Sentence = ()
    result: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """``left = side = side``, numbered when later steps refer to it, with the reason why it holds."""

    left: Expr
    sides: tuple[Side, ...]
    number: int | None = None
    why: Sentence = ()


@dataclass(frozen=True, slots=True)
class Equations:
    """A block of equations, aligned at their relation signs."""

    rows: tuple[Equation, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of sentences: header cells, then rows of the same length.  ``align`` has one of ``l r c`` a column."""

    header: tuple[Sentence, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    align: str = ""
    caption: Sentence = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a picture: a quantity, the formula that makes it, its value and its gradient (ready to print, or none)."""

    name: str
    kind: str
    expr: Expr | None = None
    value: Expr | None = None
    gradient: Expr | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A computational graph to draw: boxes in evaluation order (leaves right before the step that uses them) and edges."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    loss: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption."""

    picture: Picture
    caption: Sentence = ()


Block: TypeAlias = Heading | Paragraph | Equations | Table | Figure


@dataclass(frozen=True, slots=True)
class Document:
    """A whole page: title, a line of facts beside it (exercise id, step size), the source, and the blocks."""

    title: str
    ident: str = ""
    facts: tuple[Sentence, ...] = ()
    source: str = ""
    blocks: tuple[Block, ...] = field(default=())
