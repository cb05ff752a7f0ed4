r"""Expressions as MathML Core, with our LaTeX as annotation, so that a formula can be copied from a page as TeX.

>>> from tutor.expression.nodes import Name, Neg
>>> MathmlPrinter(Notation()).write_inline(Neg(Name("w5")))
'<math><semantics><mrow><mo form="prefix">−</mo><msub><mi>w</mi><mn>5</mn></msub></mrow><annotation encoding="application/x-tex">-w_{5}</annotation></semantics></math>'
"""  # noqa: E501

from __future__ import annotations

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.array_seams import seams
from tutor.render.latex.widths import measure
from tutor.render.latex.words import ascii_maths
from tutor.render.mathml_reader import read_mathml
from tutor.render.maths import APPLY_MARK, LATEX, MARKED, TIMES_MARK, Piece, Writer
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

    def measure(self, expr: Expr) -> float:
        """About how wide an expression is, in em."""
        return measure(self._writer.show(expr).translate(_MARKS))

    def _list_parts(self, expr: Expr) -> list[tuple[str, str]]:
        """The terms of a sum, the factors of a product, the matrices of an array or what is joined, each with the sign before it.

        A part that is too long by itself is divided in its turn, within its brackets, too.
        """
        writer = self._writer
        if type(expr) is Neg and len(inner := self._list_parts(expr.arg)) > 1 and not inner[0][0]:
            opened, closed = ("-(", ")") if type(expr.arg) is Add else ("-", "")
            return [("", f"{opened}{inner[0][1]}"), *inner[1:-1], (inner[-1][0], f"{inner[-1][1]}{closed}")]
        if type(expr) is Div:
            return self._divide_fraction(expr)
        if type(expr) is Add:
            return [part for piece in writer.terms(expr) for part in self._divide(piece, _SIGNS.get(piece.sign, piece.sign))]
        if type(expr) is Mul:
            parts: list[tuple[str, str]] = []
            for piece in writer.factors(expr):
                first, *others = self._divide(piece, _read_sign(piece.sign)) if piece.bracketed else [(_read_sign(piece.sign), piece.body)]
                if parts and not first[0]:  # no line ends at a product without a sign
                    parts[-1] = parts[-1][0], f"{parts[-1][1]}{piece.sign}{first[1]}"
                else:
                    parts.append(first)
                parts += others
            return parts
        divided = type(expr) is Call and (expr.func in ("slices", "hadamard") or expr.func in JOINED)
        found = seams(writer, expr) if type(expr) is Call and divided else None
        if found is None:
            return []
        before, after = found.before.replace("\\Bigl", ""), found.after.replace("\\Bigr", "")
        bodies = [writer.bracket(writer.show(part)) if bracketed else writer.show(part) for _, part, bracketed in found.parts]
        if any(_read_sign(sign) for sign, _, _ in found.parts):
            return [(_read_sign(sign), body) for (sign, _, _), body in zip(found.parts, bodies, strict=True)]
        comma = ",\\;" if after else ""
        last = len(bodies) - 1
        return [("", (before if not place else "") + body + (comma if place < last else after)) for place, body in enumerate(bodies)]

    def _divide_fraction(self, expr: Div) -> list[tuple[str, str]]:
        """A fraction that is wider than a page as (a + b)/c; nothing for any other."""
        inner = self._list_parts(expr.num) if self.measure(expr) > _WIDE else []
        if len(inner) < 2 or inner[0][0]:
            return []
        below = self._writer.show(expr.den)
        below = below if type(expr.den) in (Name, Number) else self._writer.bracket(below)
        opened, closed = ("(", ")") if type(expr.num) is Add else ("", "")
        return [("", f"{opened}{inner[0][1]}"), *inner[1:-1], (inner[-1][0], f"{inner[-1][1]}{closed}/{below}")]

    def _divide(self, piece: Piece, sign: str) -> list[tuple[str, str]]:
        """A term of a sum, or a sum in brackets, with its sign, in parts where it is long."""
        inner = self._list_parts(piece.expr) if measure(piece.body.translate(_MARKS)) > _LONG else []
        if len(inner) < 2 or inner[0][0]:
            return [(sign, piece.body)]
        if piece.bracketed:
            inner = [("", f"({inner[0][1]}"), *inner[1:-1], (inner[-1][0], f"{inner[-1][1]})")]
        return [(sign, inner[0][1]), *inner[1:]]


_LONG = 18.0
"""A formula of so many em fits into a line."""
_WIDE = 38.0
"""A fraction of so many em is wider than a page."""
_SIGNS = {LATEX.plus: "+", LATEX.subtract: "−"}
_BETWEEN = {"\\cdot": "·", "\\times": "×", "\\odot": "⊙"}
"""Signs of products before which a line may be broken."""


def _read_sign(sign: str) -> str:
    return _BETWEEN.get(sign.translate(_MARKS).strip(), "")


def _write_math(marked: str, kind: str = "", relation: str = "") -> str:
    plain = marked.translate(_MARKS)
    annotation = escape_xml(ascii_maths(f"{relation} {plain}" if relation else plain))
    sign = f'<mo form="infix">{escape_xml(relation)}</mo>' if relation else ""
    inside = f'<mrow>{sign}{read_mathml(marked)}</mrow><annotation encoding="application/x-tex">{annotation}</annotation>'
    return f"<math{kind}><semantics>{inside}</semantics></math>"
