"""An expression as plain ASCII text that `tutor.expression.parse` reads back: for JSON, messages and files."""

from __future__ import annotations

from collections.abc import Callable

from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.own_functions import shorten_name
from tutor.expression.walk import name_edges

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)


def write_plain(expr: Expr, *, as_written: bool = False) -> str:
    """The expression in the grammar of the product; ``as_written`` with the signs of matrices, for people who wrote ``X W``.

    A derivative along one edge alone, ``c|x``, is written as lectures do; its reader finds out what is meant (`tutor.marking.edges`).

    >>> write_plain(Mul((Number("2"), Add((Name("x"), Neg(Name("y")))))))
    '2*(x - y)'
    >>> product = Call("matmul", (Call("transpose", (Name("W"),)), Add((Name("x"), Name("y")))))
    >>> write_plain(product), write_plain(product, as_written=True)
    ('matmul(transpose(W), x + y)', 'W^T (x + y)')
    """
    return _text(name_edges(expr), as_written)[0]


def _text(expr: Expr, written: bool) -> tuple[str, int]:
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
            return "-" + _write_within(arg, _POWER if isinstance(arg, Neg) else _PRODUCT, written), _SIGN
        case Add(args):
            return _sum(args, written), _SUM
        case Mul(args):
            head = _write_within(args[0], _PRODUCT if not isinstance(args[0], Mul) else _POWER, written)
            return "*".join([head, *(_write_within(arg, _POWER, written) for arg in args[1:])]), _PRODUCT
        case Div(num, den):
            below = _ATOM if isinstance(den, Partial) else _POWER
            return f"{_write_within(num, _PRODUCT, written)}/{_write_within(den, below, written)}", _PRODUCT
        case Pow(base, exp):
            return f"{_write_within(base, _ATOM, written)}^{_write_within(exp, _ATOM, written)}", _POWER
        case Call(func, args) if written and func in _AS_WRITTEN and len(args) == _AS_WRITTEN[func][0]:
            return _AS_WRITTEN[func][1](args)
        case Call("entry", (Name(array), *index)) if written:
            return f"{array}[{', '.join(_text(part, written)[0] for part in index)}]", _ATOM
        case Call(func, args):
            return f"{shorten_name(func)}({', '.join(_text(arg, written)[0] for arg in args)})" if args else func, _ATOM


def _write_signed(sign: str) -> Callable[[tuple[Expr, ...]], tuple[str, int]]:
    return lambda args: (f"{_write_within(args[0], _PRODUCT, True)}{sign}{_write_within(args[1], _POWER, True)}", _PRODUCT)


_AS_WRITTEN: dict[str, tuple[int, Callable[[tuple[Expr, ...]], tuple[str, int]]]] = {
    "matmul": (2, _write_signed(" ")),
    "hadamard": (2, _write_signed(" ⊙ ")),
    "transpose": (1, lambda args: (_write_within(args[0], _ATOM, True) + "^T", _POWER)),
    "outer": (2, lambda args: (f"{_write_within(args[0], _PRODUCT, True)} {_write_within(args[1], _ATOM, True)}^T", _PRODUCT)),
}
"""What is written with signs: for how many operands, and how."""


def _write_within(expr: Expr, level: int, written: bool) -> str:
    text, own = _text(expr, written)
    if isinstance(expr, Partial):
        return f"({text})" if level == _ATOM else text
    if own == _SIGN and level == _PRODUCT:
        return f"({text})"
    return text if own >= level else f"({text})"


def _sum(args: tuple[Expr, ...], written: bool) -> str:
    head, own = _text(args[0], written)
    pieces = [f"({head})" if own == _SUM else head]
    for arg in args[1:]:
        if isinstance(arg, Neg):
            pieces.append(" - " + _write_within(arg.arg, _PRODUCT, written))
        else:
            pieces.append(" + " + _write_within(arg, _PRODUCT, written))
    return "".join(pieces)
