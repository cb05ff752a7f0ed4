"""The bridge to SymPy: a display tree as a SymPy expression, an exact one (0.05 is 1/20).

It goes one way.  SymPy finds shared parts and is the judge of every gradient; what is shown is never made of what it returns, since it
reorders and evaluates.  Nothing here reads text: SymPy's own parser is never used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow

NATIVE: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "arctan": sympy.atan,
    "arcsin": sympy.asin,
    "arsinh": sympy.asinh,
    "artanh": sympy.atanh,
    "erf": sympy.erf,
    "abs": sympy.Abs,
    "max": sympy.Max,
    "min": sympy.Min,
    "sign": sympy.sign,
    "pi": lambda: sympy.pi,
    "if_positive": lambda c, a, b: sympy.Piecewise((a, c > 0), (b, True)),
}
"""The functions that SymPy has of its own."""
CallBuilder = Callable[[str, Sequence[Any]], Any]


def symbol(name: str) -> Any:
    """The SymPy symbol of a quantity: real, whatever SymPy would think of its name."""
    return sympy.Symbol(name, real=True)


def to_sympy(expr: Expr, call: CallBuilder, table: Mapping[str, Any] | None = None) -> Any:
    """A display tree as a SymPy expression; ``call`` builds the functions that SymPy does not know.

    ``table`` gives expressions to put in place of quantities.
    """
    match expr:
        case Number():
            value = expr.value
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name):
            known = table.get(name) if table else None
            return symbol(name) if known is None else known
        case Partial(of, wrt):
            return symbol(derivative_key(of, wrt))
        case Neg(arg):
            return -to_sympy(arg, call, table)
        case Add(args):
            return sympy.Add(*(to_sympy(arg, call, table) for arg in args))
        case Mul(args):
            return sympy.Mul(*(to_sympy(arg, call, table) for arg in args))
        case Div(num, den):
            return to_sympy(num, call, table) / to_sympy(den, call, table)
        case Pow(base, exp):
            return to_sympy(base, call, table) ** to_sympy(exp, call, table)
        case Call(func, args):
            parts = [to_sympy(arg, call, table) for arg in args]
            native = NATIVE.get(func)
            return native(*parts) if native else call(func, parts)
