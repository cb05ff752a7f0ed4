"""Which rule a formula is an instance of, by name: what a step says after "because"."""

from __future__ import annotations

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.rules.patterns import HEADS, constant, recognise


def rule_of(expr: Expr) -> str:
    """The name of the rule for a formula: a function's name, an operation, or ``formula``.

    >>> from tutor.expression.parse import parse
    >>> rule_of(parse("w*x + b")), rule_of(parse("x + y")), rule_of(parse("1/2*(t - o)^2"))
    ('weighted sum', 'sum', 'half_squared_error')
    """
    if type(expr) is Add:
        return _sum(expr)
    if type(expr) is Call and expr.func not in HEADS:
        return expr.func
    known = recognise(expr)
    if known is not None:
        return known[0].rule
    match expr:
        case Call(func, _):
            return func
        case Mul(args):
            return "product" if all(_is_atomic(arg) for arg in args) else "formula"
        case Div(num, den):
            return "quotient" if _is_atomic(num) and _is_atomic(den) else "formula"
        case Pow(base, exp):
            return "power" if _is_atomic(base) and constant(exp) is not None else "formula"
        case Name():
            return "copy"
        case Number():
            return "constant"
        case Neg(arg):
            return "negation" if _is_atomic(arg) else "formula"
    return "formula"


def _is_atomic(expr: Expr) -> bool:
    return isinstance(expr, Name) or constant(expr) is not None


def _sum(expr: Add) -> str:
    plain, signs = True, False
    for term in expr.args:
        if type(term) is Neg:
            signs = True
            term = term.arg
        if type(term) is Mul and all(_is_atomic(arg) for arg in term.args):
            plain = False
        elif not _is_atomic(term):
            return "formula"
    return "weighted sum" if not plain else "difference" if signs else "sum"
