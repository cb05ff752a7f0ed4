"""From SymPy back to a display tree, for tests: in the order of the formula that it was derived from, negative powers as fractions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from tutor.errors import ExpressionError
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.expression.walk import names

_BACK = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.atan: "arctan",
    sympy.sec: "sec",
    sympy.csc: "csc",
    sympy.cot: "cot",
    sympy.asin: "arcsin",
    sympy.acos: "arccos",
    sympy.asinh: "arsinh",
    sympy.acosh: "arcosh",
    sympy.atanh: "artanh",
    sympy.tanh: "tanh",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.Abs: "abs",
    sympy.Max: "max",
    sympy.Min: "min",
    sympy.sign: "sign",
}


def from_sympy(expression: Any, like: Expr, special: Callable[[Any], Expr | None] = lambda _: None) -> Expr:
    """A SymPy expression as a display tree, ordered like the formula that it was derived from.

    ``special`` may turn a SymPy object that only the caller knows into a tree.
    """
    return _Back({name: rank for rank, name in enumerate(names(like))}, special).tree(expression)


class _Back:
    def __init__(self, ranks: Mapping[str, int], special: Callable[[Any], Expr | None]) -> None:
        self.ranks = ranks
        self.special = special

    def rank(self, expression: Any) -> tuple[list[int], str]:
        found = sorted(self.ranks.get(s.name, len(self.ranks)) for s in expression.free_symbols)
        return found, str(sympy.srepr(expression)) if len(found) > 1 else ""

    def tree(self, e: Any) -> Expr:
        known = self.special(e)
        if known is not None:
            return known
        if e.is_Symbol:
            return Name(e.name)
        if e.is_Rational:
            return self.rational(int(e.p), int(e.q))
        if e.is_Add:
            return self.sum(e)
        if e.is_Mul:
            return self.product(e)
        if e.is_Pow:
            return self.power(e)
        if e is sympy.pi:
            return Call("pi", ())
        if e is sympy.E:
            return Call("exp", (ONE,))
        return self.call(e)

    def rational(self, over: int, under: int) -> Expr:
        size: Expr = Number(str(abs(over)))
        if under != 1:
            size = Div(size, Number(str(under)))
        return Neg(size) if over < 0 else size

    def sum(self, e: Any) -> Expr:
        terms = sorted(e.args, key=lambda t: (t.could_extract_minus_sign(), not t.free_symbols, *self.rank(t)))
        return Add(tuple(self.tree(term) for term in terms))

    def product(self, e: Any) -> Expr:
        coefficient, rest = e.as_coeff_Mul()
        over, under = [], []
        for factor in sorted(sympy.Mul.make_args(rest), key=self.rank):
            base, exponent = factor.as_base_exp()
            if exponent.is_Rational and exponent < 0:
                under.append(self.tree(base**-exponent))
            elif factor is not sympy.S.One:
                over.append(self.tree(factor))
        head, tail = abs(int(coefficient.p)), int(coefficient.q)
        if head != 1 or not over:
            over.insert(0, Number(str(head)))
        if tail != 1:
            under.insert(0, Number(str(tail)))
        top: Expr = over[0] if len(over) == 1 else Mul(tuple(over))
        if under:
            top = Div(top, under[0] if len(under) == 1 else Mul(tuple(under)))
        return Neg(top) if coefficient < 0 else top

    def power(self, e: Any) -> Expr:
        base, exponent = e.args
        if exponent == sympy.Rational(1, 2):
            return Call("sqrt", (self.tree(base),))
        if exponent.is_Rational and exponent < 0:
            return Div(ONE, self.tree(base**-exponent))
        return Pow(self.tree(base), self.tree(exponent))

    def call(self, e: Any) -> Expr:
        if e.func is sympy.Heaviside:
            return Call("if_positive", (self.tree(e.args[0]), Number("1"), Number("0")))
        if e.func is sympy.Piecewise:
            return self.piecewise(e)
        name = _BACK.get(e.func)
        if name is None:
            raise ExpressionError(
                f"no rule knows SymPy's {e.func.__name__}", hint="write the formula in steps that the rule tables know"
            )
        return Call(name, tuple(self.tree(arg) for arg in e.args))

    def piecewise(self, e: Any) -> Expr:
        result = self.tree(e.args[-1][0])
        for value, condition in reversed(e.args[:-1]):
            if not isinstance(condition, sympy.StrictGreaterThan | sympy.StrictLessThan):
                raise ExpressionError("a piecewise formula with a condition that is no strict inequality")
            result = Call("if_positive", (self.tree(condition.gts - condition.lts), self.tree(value), result))
        return result
