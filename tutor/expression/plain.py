"""An expression as plain ASCII text that `tutor.expression.parse` reads back: for JSON, messages and files."""

from __future__ import annotations

from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)


def plain(expr: Expr) -> str:
    """The expression in the grammar of the product.

    >>> plain(Mul((Number("2"), Add((Name("x"), Neg(Name("y")))))))
    '2*(x - y)'
    """
    return _text(expr)[0]


def _text(expr: Expr) -> tuple[str, int]:
    match expr:
        case Number(text):
            if text.startswith("-"):
                return text, _SIGN
            return text, _ATOM
        case Name(name):
            return name, _ATOM
        case Partial(of, wrt):
            return derivative_key(of, wrt), _PRODUCT
        case Neg(arg):
            return "-" + _within(arg, _POWER if isinstance(arg, Neg) else _PRODUCT), _SIGN
        case Add(args):
            return _sum(args), _SUM
        case Mul(args):
            head = _within(args[0], _PRODUCT if not isinstance(args[0], Mul) else _POWER)
            return "*".join([head, *(_within(arg, _POWER) for arg in args[1:])]), _PRODUCT
        case Div(num, den):
            return f"{_within(num, _PRODUCT)}/{_within(den, _POWER)}", _PRODUCT
        case Pow(base, exp):
            return f"{_within(base, _ATOM)}^{_within(exp, _ATOM)}", _POWER
        case Call(func, args):
            return f"{func}({', '.join(_text(arg)[0] for arg in args)})" if args else func, _ATOM


def _within(expr: Expr, level: int) -> str:
    text, own = _text(expr)
    if isinstance(expr, Partial):
        return f"({text})" if level == _ATOM else text
    if own == _SIGN and level == _PRODUCT:
        return f"({text})"
    return text if own >= level else f"({text})"


def _sum(args: tuple[Expr, ...]) -> str:
    head, own = _text(args[0])
    pieces = [f"({head})" if own == _SUM else head]
    for arg in args[1:]:
        if isinstance(arg, Neg):
            pieces.append(" - " + _within(arg.arg, _PRODUCT))
        else:
            pieces.append(" + " + _within(arg, _PRODUCT))
    return "".join(pieces)
