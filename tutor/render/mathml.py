r"""Expressions as MathML Core, with our LaTeX as annotation, so that a formula can be copied from a page as TeX.

>>> from tutor.expression.nodes import Name, Neg
>>> MathmlPrinter(Notation()).write_inline(Neg(Name("w5")))
'<math><semantics><mrow><mo form="prefix">−</mo><msub><mi>w</mi><mn>5</mn></msub></mrow><annotation encoding="application/x-tex">-w_{5}</annotation></semantics></math>'
"""  # noqa: E501

from __future__ import annotations

from tutor.expression.nodes import Add, Call, Expr
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.latex.widths import measure
from tutor.render.latex.words import ascii_maths
from tutor.render.layer_maths import seams
from tutor.render.mathml_reader import read_mathml
from tutor.render.maths import APPLY_MARK, LATEX, MARKED, TIMES_MARK, Writer
from tutor.rules.operations import JOINED
from tutor.text import drop_controls, escape_xml

_MARKS = str.maketrans("", "", TIMES_MARK + APPLY_MARK)


class _MarkedWriter(Writer):
    """Keeps the letters of symbols that have no command in LaTeX: a page can show them all."""

    def _write_symbol(self, symbol: Symbol) -> str:
        return symbol.latex if symbol.latex.isascii() else drop_controls(symbol.latex)


class MathmlPrinter:
    """Writes the mathematics of one notation.  Keep one for a whole document: it remembers the symbols."""

    def __init__(self, notation: Notation) -> None:
        self._writer = _MarkedWriter(MARKED, notation)

    def write_inline(self, expr: Expr) -> str:
        """An expression within words; a fraction is as large there as elsewhere, since pages are read on screens and walls."""
        marked = self._writer.show(expr)
        return _write_math(marked, ' displaystyle="true"' if "\\frac" in marked else "")

    def write_alone(self, expr: Expr, relation: str = "") -> str:
        """An expression that stands alone, as large as it likes; a member of an equation with the sign before it.

        A long one may be broken between its parts: browsers never break inside of a formula, so each part is one.
        """
        whole = self._writer.show(expr)
        parts = self._list_parts(expr) if measure(whole.translate(_MARKS)) > _LONG else []
        if len(parts) < 2:
            return _write_math(whole, ' display="block"', relation)
        signs = [relation, *(sign for sign, _ in parts[1:])]
        pieces = [_write_math(body, ' displaystyle="true"', sign) for sign, (_, body) in zip(signs, parts, strict=True)]
        return f'<span class="terms">{"<wbr>".join(pieces)}</span>'

    def _list_parts(self, expr: Expr) -> list[tuple[str, str]]:
        """The terms of a sum, the matrices of an array or what is joined, each with the sign before it and what stands around."""
        writer = self._writer
        if type(expr) is Add:
            return [(_SIGNS.get(piece.sign, piece.sign), piece.body) for piece in writer.terms(expr)]
        found = seams(writer, expr) if type(expr) is Call and (expr.func == "slices" or expr.func in JOINED) else None
        if found is None:
            return []
        before, after = found.before.replace("\\Bigl", ""), found.after.replace("\\Bigr", "")
        last = len(found.parts) - 1
        return [("", (before if not place else "") + writer.show(part) + (",\\;" if place < last else after))
                for place, (_, part, _) in enumerate(found.parts)]  # fmt: skip


_LONG = 18.0
"""A formula of so many em fits into a line."""
_SIGNS = {LATEX.plus: "+", LATEX.subtract: "−"}


def _write_math(marked: str, kind: str = "", relation: str = "") -> str:
    plain = marked.translate(_MARKS)
    annotation = escape_xml(ascii_maths(f"{relation} {plain}" if relation else plain))
    sign = f'<mo form="infix">{escape_xml(relation)}</mo>' if relation else ""
    inside = f'<mrow>{sign}{read_mathml(marked)}</mrow><annotation encoding="application/x-tex">{annotation}</annotation>'
    return f"<math{kind}><semantics>{inside}</semantics></math>"
