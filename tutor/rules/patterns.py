"""Formulas that lecturers write out where a function of the table is meant: ½(t − o)² is `half_squared_error`.

A pattern is a formula with placeholders: a plain name stands for any one quantity, ``k`` for any number in its range.  Recognising
the formula lets its derivative be written as lecturers do (o − t), instead of by the rules for powers and products.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS

CONSTANT = "k"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A formula, its derivatives by placeholder, the function that it is, and where that function's kink lies."""

    rule: str
    formula: str
    partials: tuple[tuple[str, str], ...]
    kink: str = ""
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)


PATTERNS = (
    Pattern("squared_error", "(a - b)^2", (("a", "2*(a - b)"), ("b", "2*(b - a)"))),
    Pattern("half_squared_error", "1/2*(a - b)^2", (("a", "a - b"), ("b", "b - a"))),
    Pattern("half_squared_error", "(a - b)^2/2", (("a", "a - b"), ("b", "b - a"))),
    Pattern("absolute_error", "abs(a - b)", (("a", "sign(a - b)"), ("b", "sign(b - a)")), kink="a - b"),
    Pattern(
        "hinge", "max(0, 1 - y*a)", (("y", "if_positive(1 - y*a, -a, 0)"), ("a", "if_positive(1 - y*a, -y, 0)")),
        kink="1 - y*a",
    ),
    Pattern(
        "binary_cross_entropy", "-(y*log(a) + (1 - y)*log(1 - a))",
        (("y", "log(1 - a) - log(a)"), ("a", "(a - y)/(a*(1 - a))")),
    ),
    Pattern(
        "binary_cross_entropy", "-y*log(a) - (1 - y)*log(1 - a)",
        (("y", "log(1 - a) - log(a)"), ("a", "(a - y)/(a*(1 - a))")),
    ),
    Pattern("cross_entropy", "-y*log(a)", (("y", "-log(a)"), ("a", "-y/a"))),
    Pattern("relu", "max(0, x)", (("x", "if_positive(x, 1, 0)"),), kink="x"),
    Pattern("relu", "max(x, 0)", (("x", "if_positive(x, 1, 0)"),), kink="x"),
    Pattern("leaky_relu", "max(k*x, x)", (("x", "if_positive(x, 1, k)"),), kink="x"),
    Pattern("leaky_relu", "max(x, k*x)", (("x", "if_positive(x, 1, k)"),), kink="x"),
    Pattern("sigmoid", "1/(1 + exp(-x))", (("x", "out*(1 - out)"),)),
)  # fmt: skip


@cache
def trees(pattern: Pattern) -> tuple[Expr, tuple[tuple[str, Expr], ...]]:
    """The formula of a pattern and its derivatives, read."""
    return (
        parse(pattern.formula, functions=FUNCTIONS),
        tuple((name, parse(text, functions=FUNCTIONS)) for name, text in pattern.partials),
    )


def recognise(expr: Expr) -> tuple[Pattern, dict[str, Expr]] | None:
    """The pattern that an expression is an instance of, with what its placeholders stand for."""
    if type(expr) in (Name, Number, Add):
        return None
    for pattern in PATTERNS:
        found: dict[str, Expr] = {}
        if _fits(trees(pattern)[0], expr, found):
            k = found.get(CONSTANT)
            names = [value for key, value in found.items() if key != CONSTANT]
            if len(set(names)) < len(names):
                continue
            if k is None or pattern.low <= (constant(k) or Fraction(-1)) <= pattern.high:
                return pattern, found
    return None


def _fits(pattern: Expr, expr: Expr, found: dict[str, Expr]) -> bool:
    if isinstance(pattern, Name):
        fits = constant(expr) is not None if pattern.name == CONSTANT else isinstance(expr, Name)
        return fits and found.setdefault(pattern.name, expr) == expr
    value = constant(pattern)
    if value is not None:
        return constant(expr) == value
    if type(pattern) is not type(expr):
        return False
    if isinstance(pattern, Call) and isinstance(expr, Call) and pattern.func != expr.func:
        return False
    own, other = children(pattern), children(expr)
    return len(own) == len(other) and all(_fits(a, b, found) for a, b in zip(own, other, strict=True))


def constant(expr: Expr) -> Fraction | None:
    """The exact value of an expression of numbers only, or nothing."""
    match expr:
        case Number():
            return expr.value
        case Neg(arg):
            value = constant(arg)
            return None if value is None else -value
        case Div(num, den):
            over, under = constant(num), constant(den)
            return None if over is None or not under else over / under
        case Mul(args):
            product = Fraction(1)
            for arg in args:
                value = constant(arg)
                if value is None:
                    return None
                product *= value
            return product
        case Pow(base, exp):
            root, power = constant(base), constant(exp)
            if root is None or power is None or power.denominator != 1 or (not root and power < 0):
                return None
            size = max(root.numerator.bit_length(), root.denominator.bit_length())
            if abs(power) * size > 20_000:
                return None
            return root ** int(power)
        case Add(args):
            total = Fraction(0)
            for arg in args:
                value = constant(arg)
                if value is None:
                    return None
                total += value
            return total
    return None


def without_zero(expr: Expr) -> Expr:
    """A condition x − 0 is x: what filling in a row with max(0, x) leaves behind."""
    match expr:
        case Call("if_positive", (Add((left, Neg(Number("0")))), a, b)):
            return Call("if_positive", (left, a, b))
    return expr
