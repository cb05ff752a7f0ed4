"""The derivative of a formula that no row covers, worked out on the formula as it was written.

The rules of every course (sum, product, quotient, power, chain), applied to the display tree, so that factors and terms keep the order
and the spelling of the writer: of 0.5·x·(1 + tanh(u)) it is 0.5·(1 + tanh(u)) + 0.5·x·(1 − tanh(u)²)·u′.  Functions of the tables
contribute the derivatives of their rows.  SymPy is not asked here: it would reorder and evaluate what it returns, and it is the judge of
every gradient (see `tutor.numbers.verify`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.derive.tidy import product, sum_terms
from tutor.errors import ExpressionError
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children
from tutor.expression.walk import names, substitute
from tutor.rules.functions import FUNCTIONS, OUT, Ties, choose_ties, function, partials_of, slope_of
from tutor.rules.patterns import drop_zero

_TWO = Number("2")
MAX_NODES = 1_000_000
"""How many parts of a formula are looked at; a longer way is refused, and the formula is to be written in steps."""


def derivatives(target: str, expr: Expr, ties: Ties = "shared") -> list[tuple[str, Expr]]:
    """The derivative of a step's formula with respect to each of its quantities, in their order in the formula.

    Raises `ExpressionError` for a formula whose derivatives would fill books.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> [write_plain(slope) for _, slope in derivatives("f", parse("x^y"))]
    ['y*x^(y - 1)', 'x^y*log(x)']
    """
    slopes = _Slopes(target, ties)
    return [(name, slopes.differentiate(expr, name)) for name in names(expr)]


class _Slopes:
    """Derivatives of the parts of one formula; which quantities a part uses is found once."""

    def __init__(self, target: str, ties: Ties) -> None:
        self.target = target
        self.ties = ties
        self.left = MAX_NODES
        self.used: dict[int, tuple[Expr, frozenset[str]]] = {}  # by identity; the part is kept so that no other can have it
        self.terms: dict[int, dict[str, list[Expr]]] = {}

    def uses(self, expr: Expr, name: str) -> bool:
        known = self.used.get(id(expr))
        if known is None:
            known = self.used[id(expr)] = (expr, frozenset(names(expr)))
        return name in known[1]

    def differentiate(self, expr: Expr, name: str) -> Expr:
        """The derivative of a part; the recursion is bounded by the parser's depth."""
        if not self.uses(expr, name):
            return ZERO
        self.left -= 1
        if self.left < 0:
            raise ExpressionError(f"the derivative of {self.target} is too long to write down", hint="write the formula in several steps")
        return _RULES[type(expr)](self, expr, name)

    def name(self, expr: Name, name: str) -> Expr:
        return ONE

    def negate(self, expr: Neg, name: str) -> Expr:
        return product([Neg(self.differentiate(expr.arg, name))])

    def sum(self, expr: Add, name: str) -> Expr:
        found = self.terms.get(id(expr))
        if found is None:
            found = self.terms[id(expr)] = {}
            for arg in expr.args:
                self.uses(arg, name)
                for used in self.used[id(arg)][1]:
                    found.setdefault(used, []).append(arg)
        return sum_terms([self.differentiate(arg, name) for arg in found[name]])

    def product(self, expr: Mul, name: str) -> Expr:
        """Each factor in turn, differentiated where it stands."""
        self.left -= len(expr.args)
        return sum_terms(
            [product([*expr.args[:place], self.differentiate(arg, name), *expr.args[place + 1 :]])
             for place, arg in enumerate(expr.args) if self.uses(arg, name)]
        )  # fmt: skip

    def quotient(self, expr: Div, name: str) -> Expr:
        num, den = expr.num, expr.den
        over = self.differentiate(num, name)
        if not self.uses(den, name):
            return product([Div(over, den)])
        under = self.differentiate(den, name)
        if not self.uses(num, name):
            return product([Neg(num), under, Div(ONE, Pow(den, _TWO))])
        top = sum_terms([product([over, den]), Neg(product([num, under]))])
        return product([top, Div(ONE, Pow(den, _TWO))])

    def power(self, expr: Pow, name: str) -> Expr:
        base, exponent = expr.base, expr.exp
        parts = []
        if self.uses(base, name):
            lower = Pow(base, sum_terms([exponent, Neg(ONE)]))
            parts.append(product([exponent, lower, self.differentiate(base, name)]))
        if self.uses(exponent, name):
            parts.append(product([expr, Call("log", (base,)), self.differentiate(exponent, name)]))
        return sum_terms(parts)

    def call(self, expr: Call, name: str) -> Expr:
        if expr.func == "if_positive":
            condition, yes, no = expr.args
            a, b = self.differentiate(yes, name), self.differentiate(no, name)
            return a if a == b else drop_zero(Call("if_positive", (condition, a, b)))
        if expr.func.endswith("'"):
            return self.differentiate(open_prime(expr), name)
        row = function(expr.func, len(expr.args))
        table: dict[str, Expr] = {**dict(zip(row.params, expr.args, strict=True)), OUT: expr}
        return sum_terms(
            [product([put_in(partial, table), self.differentiate(arg, name)])
             for arg, partial in zip(expr.args, partials_of(row, choose_ties(expr, self.ties)), strict=True) if self.uses(arg, name)]
        )  # fmt: skip


def list_tie_choices(call: Call) -> tuple[Call, ...]:
    """The choices by sign in the derivatives of a maximum (a minimum) whose first equal operand has it all; none for what has no ties.

    >>> from tutor.expression.plain import write_plain
    >>> [write_plain(choice) for choice in list_tie_choices(Call("max", (Name("x"), Name("y"))))]
    ['if_positive(y - x, 1, 0)', 'if_positive(y - x, 1, 0)']
    """
    known = FUNCTIONS.get(call.func)
    if known is None or not known.variadic or known.role != "selection" or known.value:
        return ()
    row = function(call.func, len(call.args))
    table = dict(zip(row.params, call.args, strict=True))
    stack, found = list(partials_of(row, choose_ties(call, "first"))), []
    while stack:
        node = stack.pop()
        if type(node) is not Call:
            stack.extend(children(node))
        elif isinstance(filled := substitute(node, table), Call):
            found.append(filled)
    return tuple(found)


def put_in(partial: Expr, table: dict[str, Expr]) -> Expr:
    """The derivative of a row with a call's own arguments in it."""
    return drop_zero(substitute(partial, table))


def open_prime(expr: Call) -> Expr:
    """σ′(z) as the formula that the row of σ has for it.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(open_prime(Call("sigmoid'", (Name("z"),))))
    'sigmoid(z)*(1 - sigmoid(z))'
    """
    row = function(expr.func[:-1], len(expr.args))
    return put_in(slope_of(row), {row.params[0]: expr.args[0], OUT: Call(row.name, expr.args)})


_RULES: dict[type, Callable[[_Slopes, Any, str], Expr]] = {
    Name: _Slopes.name,
    Neg: _Slopes.negate,
    Add: _Slopes.sum,
    Mul: _Slopes.product,
    Div: _Slopes.quotient,
    Pow: _Slopes.power,
    Call: _Slopes.call,
}
