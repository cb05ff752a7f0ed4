"""Which printed formulas a page has: one that differs from a formula above it by the order of its factors and terms alone is there.

A lecture's form of a gradient that is made in several steps here (batch normalisation in one line) stands on no row of the derivation: it
is shown beside the verdict, since nobody can look up what is only said to be right.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.explain.document import Block, Equations
from tutor.explain.layer_formulas import strip_shapes
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Neg, children
from tutor.expression.plain import write_plain
from tutor.rules.operations import ENTRYWISE


def list_shown_forms(blocks: Sequence[Block]) -> set[str]:
    """The formulas that stand in equations, each in a form that does not depend on the order of factors and terms."""
    found: set[str] = set()
    for row in (row for block in blocks if isinstance(block, Equations) for row in block.rows):
        terms: list[Expr] = []
        for side in row.sides:  # a sum over paths has a line for each of them
            terms = [*terms, side.expr] if side.relation == "+" else [side.expr]
            found.add(sort_formula(Add(tuple(terms)) if len(terms) > 1 else side.expr))
    return found


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
        return sign, f"{'*'.join(sorted(above)) or '1'}{''.join(f'/{part}' for part in sorted(below))}"
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
