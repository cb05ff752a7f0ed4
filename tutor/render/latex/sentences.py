r"""Sentences of a document, words and maths mixed, as LaTeX text and how wide they are."""

from __future__ import annotations

from tutor.explain.document import Math, Sentence
from tutor.render.latex.rows import explode
from tutor.render.latex.widths import measure, measure_words
from tutor.render.latex.words import escape
from tutor.render.maths import Printer
from tutor.render.roots import set_roots


class Phrases:
    r"""Sets sentences with one printer.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.notation.profile import Notation
    >>> Phrases(Printer(Notation())).latex(("the weight ", Math(Name("w5"))))
    'the weight $w_{5}$'
    """

    def __init__(self, printer: Printer) -> None:
        self.printer = printer

    def latex(self, sentence: Sentence, limit: float = 12.0) -> str:
        """The sentence as LaTeX text; maths wider than ``limit`` em is set in pieces between which a line may break."""
        return "".join(
            self._maths(part, limit) if isinstance(part, Math) else escape(part).replace("$$", "$ $")
            for part in set_roots(sentence)
        )

    def _maths(self, part: Math, limit: float) -> str:
        whole = self.printer.latex(part.expr)
        if measure(whole, True) <= limit:
            return f"${whole}$"
        chunks = explode(self.printer.latex_writer, part.expr, limit)
        first, *others = chunks
        return f"${first.flow}$" + "".join(f" ${chunk.start}$" for chunk in others)

    def width(self, sentence: Sentence, bold: bool = False) -> float:
        """The width of the sentence on one line, in em of the current size."""
        return sum(
            measure(self.printer.latex(part.expr), True) if isinstance(part, Math) else measure_words(part, bold)
            for part in set_roots(sentence)
        )
