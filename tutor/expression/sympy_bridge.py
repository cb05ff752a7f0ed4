"""The bridge to SymPy and back.

Out: a display tree becomes a SymPy expression (an exact one: 0.05 is 1/20).  Back: a SymPy expression becomes a display tree in
the *reader's* order: factors and terms stand as they did in the formula they come from, positive terms first, negative powers
as fractions.  Nothing here reads text: SymPy's own parser is never used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from tutor.errors import ExpressionError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.walk import names

_NATIVE: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "abs": sympy.Abs,
    "max": sympy.Max,
    "min": sympy.Min,
    "sign": sympy.sign,
    "pi": lambda: sympy.pi,
    "if_positive": lambda c, a, b: sympy.Piecewise((a, c > 0), (b, True)),
}
_BACK = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.tanh: "tanh",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.Abs: "abs",
    sympy.Max: "max",
    sympy.Min: "min",
    sympy.sign: "sign",
}

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
            native = _NATIVE.get(func)
            return native(*parts) if native else call(func, parts)


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
