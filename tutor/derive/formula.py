"""Derivatives of a formula that no row covers: SymPy differentiates it where it stands.

Functions of the tables are opaque to SymPy; a derivative of one comes back as "the derivative of f in argument i" and is filled in
from the row, so that σ(wx) gives σ(wx)(1 − σ(wx))w and no exponentials.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sympy

from tutor.errors import ExpressionError
from tutor.expression.nodes import Call, Expr
from tutor.expression.sympy_bridge import from_sympy, symbol, to_sympy
from tutor.expression.walk import names, substitute
from tutor.rules.functions import OUT, function, partials_of
from tutor.rules.patterns import without_zero


@cache
def _opaque(func: str, arity: int) -> Any:
    def fdiff(self: Any, argindex: int = 1) -> Any:
        return _slope(func, arity, argindex)(*self.args)

    return type(f"fn_{func}", (sympy.Function,), {"nargs": arity, "fdiff": fdiff, "row": (func, 0), "is_real": True})


@cache
def _slope(func: str, arity: int, argindex: int) -> Any:
    return type(f"d{argindex}_{func}", (sympy.Function,), {"nargs": arity, "row": (func, argindex), "is_real": True})


def opaque_call(func: str, args: Sequence[Any]) -> Any:
    """A function of the tables as a SymPy function that knows its derivative from its row."""
    if func.endswith("'"):
        return _slope(func[:-1], len(args), 1)(*args)
    return _opaque(func, len(args))(*args)


def _from_opaque(back: Callable[[Any], Expr], e: Any) -> Expr | None:
    marked = getattr(e.func, "row", None)
    if marked is None:
        return None
    func, argindex = marked
    args = tuple(back(arg) for arg in e.args)
    if not argindex:
        return Call(func, args)
    row = function(func, len(args))
    table: dict[str, Expr] = dict(zip(row.params, args, strict=True))
    table[OUT] = Call(func, args)
    return without_zero(substitute(partials_of(row)[argindex - 1], table))


def derivatives(target: str, expr: Expr) -> list[tuple[str, Expr]]:
    """The derivative of a step's formula with respect to each of its quantities, in their order in the formula.

    Raises `ExpressionError` where SymPy finds none.
    """

    def back(e: Any) -> Expr:
        return from_sympy(e, expr, lambda inner: _from_opaque(back, inner))

    formula = to_sympy(expr, opaque_call)
    found: list[tuple[str, Expr]] = []
    for name in names(expr):
        derivative = sympy.diff(formula, symbol(name))
        if derivative.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta):
            raise ExpressionError(f"SymPy finds no derivative of the formula of {target} with respect to {name}")
        found.append((name, back(derivative)))
    return found
