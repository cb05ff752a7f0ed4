"""Which printed formulas a page has: one that differs from a formula above it by the order of its factors and terms alone is there.

So is one that has exp(a) for the b of a step b = exp(a), σ′(z) for h·(1 − h), or c^(−1/2) for 1/√c: it is the same formula, written out.

A lecture's form of a gradient that is made in several steps here (batch normalisation in one line) stands on no row of the derivation: it
is shown beside the verdict, since nobody can look up what is only said to be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from tutor.explain.document import Block, Equations
from tutor.explain.layer_formulas import strip_shapes
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.walk import is_numeric, size, substitute
from tutor.rules.functions import FUNCTIONS, OUT, slope_of
from tutor.rules.operations import ENTRYWISE

MOST_NODES = 120
"""A formula that is larger is not written out in what is given."""


class ShownForms:
    """The formulas that stand in the equations of a page, as they are and written out; ``steps`` are those of its forward pass.

    A derivative that is a product of others is there with these put in, too: its factors stand above it.
    """

    def __init__(self, blocks: Sequence[Block], steps: Mapping[str, Expr]) -> None:
        self.steps = steps
        self.known: dict[Partial, Expr] = {}
        self.forms: set[str] = set()
        for row in (row for block in blocks if isinstance(block, Equations) for row in block.rows):
            members: list[list[Expr]] = []
            for side in row.sides:  # a sum over paths has a line for each of them
                if side.relation != "+" or not members:
                    members.append([])
                members[-1].append(side.expr)
            shown = [Add(tuple(terms)) if len(terms) > 1 else terms[0] for terms in members]
            for expr in shown:
                self.forms |= self.list_forms(expr)
            if type(row.left) is Partial and shown and not is_numeric(shown[0]):
                self.known.setdefault(row.left, self.put_in(shown[0]))

    def list_forms(self, expr: Expr) -> set[str]:
        """A formula as it is, written out, and with the derivatives put in that are known."""
        return {sort_formula(one) for one in (expr, write_out(expr, self.steps), write_out(self.put_in(expr), self.steps))}

    def put_in(self, expr: Expr) -> Expr:
        """The formula with the derivatives put in that are known; as it is where that is long."""
        found = _put_in(strip_shapes(expr), self.known)
        return found if size(found) <= MOST_NODES else strip_shapes(expr)

    def has(self, left: Partial, expr: Expr) -> bool:
        """Whether a printed formula of a derivative is there; a chain of derivatives says only what it is a product of."""
        if type(expr) is Partial or (type(expr) is Mul and all(type(part) is Partial for part in expr.args)):
            return True
        return not self.list_forms(expr).isdisjoint(self.forms)


def _put_in(expr: Expr, known: Mapping[Partial, Expr]) -> Expr:
    """A formula with derivatives put in."""
    if type(expr) is Partial:
        return known.get(expr, expr)
    inner = children(expr)
    return rebuild(expr, tuple(_put_in(part, known) for part in inner)) if inner else expr


def write_out(expr: Expr, steps: Mapping[str, Expr]) -> Expr:
    """A formula in what is given: what ``steps`` compute, slopes of functions and powers that are roots or quotients written out.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(write_out(parse("2*b*c^(-1/2)"), {"b": parse("a + 1")}))
    '2*(a + 1)*(1/sqrt(c))'
    """
    whole = strip_shapes(expr)
    for _ in steps:
        known = substitute(whole, steps)
        if known == whole or size(known) > MOST_NODES:
            break
        whole = known
    return _open_up(whole)


def _open_up(expr: Expr) -> Expr:
    """Slopes of functions and some powers written otherwise."""
    inner = children(expr)
    made = rebuild(expr, tuple(map(_open_up, inner))) if inner else expr
    if type(made) is Call and made.func.endswith("'") and made.func[:-1] in FUNCTIONS and len(made.args) == 1:
        row = FUNCTIONS[made.func[:-1]]
        if len(row.params) == 1:
            return substitute(slope_of(row), {row.params[0]: made.args[0], OUT: Call(row.name, made.args)})
    if type(made) is Pow and made.exp in _ROOTS:
        root = Call("sqrt", (made.base,))
        return Div(ONE, root) if made.exp != _HALF else root
    return made


_NUMBER = re.compile(r"\d+(\.\d+)?")
_HALF = Div(ONE, Number("2"))
_ROOTS = (_HALF, Neg(_HALF), Div(Neg(ONE), Number("2")))


def sort_formula(expr: Expr) -> str:
    """A formula with its factors and terms in one order, and its sign in front.

    >>> from tutor.expression.parse import parse
    >>> first, second = (sort_formula(parse(text)) for text in ("-(y - p)*x/2", "1/2*x*(p - y)"))
    >>> first == second, first == sort_formula(parse("(p - y)*x"))
    (True, False)
    """
    sign, text = _sort(strip_shapes(expr))
    return f"-{text}" if sign < 0 else text


def _sort(expr: Expr) -> tuple[int, str]:
    """The sign of a formula, and the rest as text."""
    if type(expr) is Neg:
        sign, text = _sort(expr.arg)
        return -sign, text
    if type(expr) is Add:
        parts = sorted((_sort(term) for term in expr.args), key=lambda part: part[1])
        first = parts[0][0]
        return first, f"({' + '.join(f'{sign * first}{text}' for sign, text in parts)})"
    if type(expr) in (Mul, Div) or (type(expr) is Call and expr.func == ENTRYWISE):
        sign, above, below = _list_factors(expr)
        number = Fraction(1)
        for part in above:
            number *= Fraction(part) if _NUMBER.fullmatch(part) else 1
        for part in below:
            number /= Fraction(part) if _NUMBER.fullmatch(part) and Fraction(part) else 1
        factors = [part for part in above if not _NUMBER.fullmatch(part)] + ([str(number)] if number != 1 else [])
        return sign, f"{'*'.join(sorted(factors)) or '1'}{''.join(f'/{part}' for part in sorted(below) if not _NUMBER.fullmatch(part))}"
    inner = children(expr)
    if not inner:
        return 1, write_plain(expr)
    name = expr.func if type(expr) is Call else type(expr).__name__
    return 1, f"{name}[{', '.join(map(sort_formula, inner))}]"


def _list_factors(expr: Expr) -> tuple[int, list[str], list[str]]:
    """The sign of a product, what it is multiplied with and what it is divided by."""
    if type(expr) is Neg:
        sign, above, below = _list_factors(expr.arg)
        return -sign, above, below
    if type(expr) is Div:
        sign, above, below = _list_factors(expr.num)
        other, under, over = _list_factors(expr.den)
        return sign * other, [*above, *over], [*below, *under]
    if type(expr) is Mul or (type(expr) is Call and expr.func == ENTRYWISE):
        parts = [_list_factors(part) for part in expr.args]
        signs = sum(part[0] < 0 for part in parts)
        return -1 if signs % 2 else 1, [text for part in parts for text in part[1]], [text for part in parts for text in part[2]]
    sign, text = _sort(expr)
    return sign, [] if text == "1" else [text], []
