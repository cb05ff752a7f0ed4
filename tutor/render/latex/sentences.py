r"""Sentences of a document, words and maths mixed, as LaTeX text and how wide they are."""

from __future__ import annotations

from dataclasses import replace

from tutor.explain.document import Code, Inline, Math, Sentence
from tutor.late_patterns import compile_late
from tutor.render.latex.rows import explode
from tutor.render.latex.widths import measure, measure_words
from tutor.render.latex.words import escape
from tutor.render.maths import Printer
from tutor.render.roots import set_roots

EQUALS = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
_SHORT_SIDES = compile_late(r"(?:(?<=\s)|^)(\S{0,12}) = (?=\S{1,12}(?:\s|$))")
"""An equals sign between short words: no line ends beside it."""
_BREAK = "\\hskip0pt plus.1em "
"""Where a line may end before a sign: the sign has its own room on both sides."""
_TYPED = 0.525
"""How wide a letter of a typewriter is, in em."""


class Phrases:
    r"""Sets sentences with one printer.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.notation.profile import Notation
    >>> Phrases(Printer(Notation())).latex(("the weight ", Math(Name("w5"))))
    'the weight $w_{5}$'
    >>> Phrases(Printer(Notation())).latex(("for ", Math(Name("T")), " = 1"))
    'for $T$~=~1'
    """

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self.flat = Printer(replace(printer.notation, slashed=True))

    def latex(self, sentence: Sentence, limit: float = 12.0) -> str:
        """The sentence as LaTeX text; maths wider than ``limit`` em is set in pieces between which a line may break."""
        return "".join(self._piece(part, limit) for part in set_roots(sentence))

    def _piece(self, part: Inline, limit: float) -> str:
        if isinstance(part, Code):
            return f"\\texttt{{{escape(part.text)}}}"
        return self._maths(part, limit) if isinstance(part, Math) else escape(_SHORT_SIDES.sub(rf"\1{EQUALS}", part)).replace("$$", "$ $")

    def _maths(self, part: Math, limit: float) -> str:
        whole = self.set_whole(part)
        if measure(whole, True) <= limit:
            return f"${whole}$"
        chunks = explode(self.flat.latex_writer, part.expr, limit)
        first, *others = chunks
        return f"${first.flow}$" + "".join(f"{_BREAK}${chunk.start}$" for chunk in others)

    def set_whole(self, part: Math) -> str:
        r"""Maths on one line: a derivative is ∂L/∂w there, since a small fraction tears the lines apart.

        >>> from tutor.expression.nodes import Partial
        >>> from tutor.notation.profile import Notation
        >>> Phrases(Printer(Notation())).set_whole(Math(Partial("L", "w5")))
        '\\partial L/\\partial w_{5}'
        """
        return self.flat.latex(part.expr)

    def width(self, sentence: Sentence, bold: bool = False) -> float:
        """The width of the sentence on one line, in em of the current size."""
        return sum(self._measure(part, bold) for part in set_roots(sentence))

    def _measure(self, part: Inline, bold: bool) -> float:
        if isinstance(part, Code):
            return _TYPED * len(part.text)
        return measure(self.set_whole(part), True) if isinstance(part, Math) else measure_words(part, bold)
