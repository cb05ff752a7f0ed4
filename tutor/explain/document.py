"""What a worked solution consists of, before anybody decides how it looks.

A document holds *expressions*, never LaTeX: the renderers (`tutor.render`) turn it into a terminal page, LaTeX, Markdown, with
a `tutor.notation.Notation` that knows how the course writes each symbol.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tutor.explain.diagram import Diagram
from tutor.explain.words.drawn_words import ENGLISH_DRAWN, DrawnWords
from tutor.expression.nodes import Expr, join_sign
from tutor.notation.profile import Notation


@dataclass(frozen=True, slots=True)
class Math:
    """An expression inside a sentence."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of a program inside a sentence, set in letters of one width as somebody typed it."""

    text: str


Inline: TypeAlias = str | Math | Code
"""A piece of a sentence: plain words (never markup; renderers escape them), maths, or a piece of a program."""

Sentence: TypeAlias = tuple[Inline, ...]


def read_words(part: str | Code) -> str:
    """The letters of a piece of a sentence that is no maths.

    >>> read_words(Code("dW")), read_words("is right")
    ('dW', 'is right')
    """
    return part.text if isinstance(part, Code) else part


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section; ``before`` stands in front of it, where a title needs maths."""

    text: str
    before: Sentence = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.  ``label`` is a word set in front of it, in bold ("Proof"); ``apart`` begins something new, behind other such words."""

    parts: Sentence
    label: str = ""
    apart: bool = False


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


def add_result(sides: Sequence[Side], result: Expr, note: Sentence = ()) -> tuple[Side, ...]:
    """The sides with the result at the end, which is not said twice; ``note`` stands beside one that is added."""
    if sides and join_sign(sides[-1].expr) == result:
        return (*sides[:-1], replace(sides[-1], result=True))
    return (*sides, Side(result, note=note, result=True))


@dataclass(frozen=True, slots=True)
class Equation:
    """``left = side = side``, numbered when later steps refer to it, with the reason why it holds; a ``quiet`` one is set greyed."""

    left: Expr
    sides: tuple[Side, ...]
    number: int | None = None
    why: Sentence = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Equations:
    """A block of equations, aligned at their relation signs.

    Those of a block that is ``beside`` stand side by side, as many in a row as fit: the arrays that are given.  Short ones of a block
    that is ``listed`` stand in columns, each behind its number, which is the reason of its equation: the right answers of a sheet.
    """

    rows: tuple[Equation, ...]
    beside: bool = False
    listed: bool = False


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
class LocalDerivative:
    """What stands on an edge of a picture: ∂target/∂source as a formula, and its value where there are values."""

    source: str
    target: str
    expr: Expr
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A computational graph to draw: boxes in evaluation order (leaves right before the step that uses them) and edges.

    ``words`` are those that stand in the picture and say it; ``locals`` stand on its edges, where they are asked for.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    loss: str = ""
    words: DrawnWords = ENGLISH_DRAWN
    locals: tuple[LocalDerivative, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of a graph or of a network, with its caption.

    On paper it may as well stand in front of the blocks at these ``places`` of its document, where that fills the pages.
    """

    picture: Picture | Diagram
    caption: Sentence = ()
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text as somebody typed it, in letters of one width; renderers escape it and break long lines.

    A line of nothing but spaces and ``^`` points at a place in the line above it, and stays under that place.  In a change of a
    program ``signs`` has for each line whether it goes (−, as "-"), comes ("+") or stays (" "), for renderers that have colours.
    """

    text: str
    signs: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, how many of each part it has, and what stands behind it ("7 of 10")."""

    label: str
    parts: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of horizontal bars.  ``legend`` names the parts; with ``shares`` every bar has the full length."""

    title: str
    bars: tuple[Bar, ...]
    legend: tuple[str, ...] = ()
    shares: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where an answer is written by hand: ``slices`` grids of ``rows``×``columns`` cells side by side, each ``lines`` lines high.

    A ``whole`` one is as wide as the page.  It is a box where it is ``framed``, else room to write in; on pages that nobody writes on by
    hand only boxes are shown.
    """

    rows: int = 1
    columns: int = 1
    slices: int = 1
    lines: int = 1
    whole: bool = False
    framed: bool = False

    @property
    def is_single(self) -> bool:
        """Whether it is one cell, which stands beside its question."""
        return self.rows * self.columns * self.slices == 1 and not self.whole


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """One thing that a problem sheet asks: its number ("2.3"), the wording, the id that answers are given under, and its marks.

    ``options`` are what can be ticked (letter, text), ``place`` is where the answer is written.
    """

    number: str
    parts: Sentence
    ident: str = ""
    marks: str = ""
    options: tuple[tuple[str, Sentence], ...] = ()
    place: AnswerPlace | None = None


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines that are filled in by hand, each behind its label: a name, a number."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A document within a document, with its own title and in the symbols of its own course.  With ``apart`` it begins a page."""

    document: Document
    notation: Notation
    apart: bool = False


Block: TypeAlias = Heading | Paragraph | Equations | Table | Figure | Verbatim | Bars | SheetQuestion | Blanks | Section


@dataclass(frozen=True, slots=True)
class Theme:
    """What a course puts on all its pages: what stands at the top (``course`` left, ``header`` right), at the bottom, and its colour.

    ``accent`` is six hexadecimal digits, or empty; ``font`` a row of `FONTS`; ``language`` the code of that of its pages.  ``logo`` is the
    name of a picture beside the theme, ``image`` its bytes.  `tutor.explain.theme` reads one.
    """

    header: str | Sentence = ""
    footer: str | Sentence = ""
    course: str | Sentence = ""
    accent: str = ""
    font: str = ""
    language: str = ""
    logo: str = ""
    image: bytes = b""


    def say(self, place: str) -> Sentence:
        """What stands at one of `THEME_WORDS`, as words and maths."""
        words: str | Sentence = getattr(self, place)
        return (words,) if isinstance(words, str) else words


THEME_WORDS = ("course", "header", "footer")
"""The places of a theme that have words."""
FONTS = ("serif", "sans")
"""The letters that a theme may choose; without one they are those of TeX, and on the web those of the reader's system."""
PLAIN = Theme()
"""A page with nothing of a course on it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole page: title, a line of facts beside it (exercise id, step size), the source, and the blocks.

    ``language`` is the code of that of its words, ``theme`` what its course puts on every page.  ``headline`` is the title with its maths,
    where it has some.
    """

    title: str
    ident: str = ""
    facts: tuple[Sentence, ...] = ()
    source: Sentence = ()
    blocks: tuple[Block, ...] = field(default=())
    language: str = "en"
    theme: Theme = PLAIN
    headline: Sentence = ()

    @property
    def heading(self) -> Sentence:
        """The title as a sentence."""
        return self.headline or ((self.title,) if self.title else ())
