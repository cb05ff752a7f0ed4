"""Numbers as the product computes them: exact fractions as long as every rule allows it, else many guard digits.

A value is a `Fraction` or an mpmath number of `DIGITS` digits.  Only what is printed is ever rounded (see
`tutor.numbers.printed`).  Sizes are limited *before* a computation, so that no formula can make it hang.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import mpmath

from tutor.errors import ExpressionError, ValueProblem
from tutor.expression.nodes import Expr
from tutor.numbers.functions import PRIMITIVES, root
from tutor.rules.functions import function, value_of

Value: TypeAlias = Any
"""A `Fraction` or an mpmath number (mpmath has no types)."""

DIGITS = 60
MAX_BITS = 20_000
"""A fraction whose numerator or denominator outgrows this many bits goes on as a number of `DIGITS` digits."""
MAX_ARGUMENT = 10**7
"""The largest argument of exp; beyond it the result has more digits before the point than anyone can use."""

CONTEXT = mpmath.MPContext()
CONTEXT.dps = DIGITS


def real(value: Value) -> Any:
    """The value as an mpmath number."""
    if type(value) is Fraction:
        return CONTEXT.mpf(value.numerator) / value.denominator
    return value


def is_exact(value: Value) -> bool:
    """Whether a value is an exact fraction."""
    return type(value) is Fraction


def _bounded(value: Fraction) -> Value:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        return real(value)
    return value


def add(a: Value, b: Value) -> Value:
    """a + b."""
    if type(a) is Fraction and type(b) is Fraction:
        return _bounded(a + b)
    return real(a) + real(b)


def multiply(a: Value, b: Value) -> Value:
    """a·b; an exact 0 stays exact."""
    if type(a) is Fraction:
        if type(b) is Fraction:
            return _bounded(a * b)
        if not a:
            return a
    elif type(b) is Fraction and not b:
        return b
    return real(a) * real(b)


def subtract(a: Value, b: Value) -> Value:
    """a − b."""
    return add(a, -b)


def negate(a: Value) -> Value:
    """−a."""
    return -a


def divide(a: Value, b: Value) -> Value:
    """a/b; raises `ValueProblem` for b = 0."""
    if b == 0:
        raise ValueProblem("a division by zero", hint="choose values for which the denominator is not 0")
    if type(a) is Fraction and type(b) is Fraction:
        return _bounded(a / b)
    return real(a) / real(b)


def power(a: Value, b: Value) -> Value:
    """a^b; raises `ValueProblem` where it does not exist or is too large."""
    if type(b) is Fraction and b.denominator == 1:
        n = b.numerator
        if a == 0 and n < 0:
            raise ValueProblem("0 to a negative power", hint="choose values for which the base is not 0")
        if type(a) is Fraction:
            size = max(a.numerator.bit_length(), a.denominator.bit_length())
            if size * abs(n) <= MAX_BITS or abs(a) == 1 or a == 0:
                return a**n if abs(a) != 1 else Fraction(1 if a == 1 or n % 2 == 0 else -1)
        _limit(b, a)
        return real(a) ** n
    if a < 0:
        raise ValueProblem("a negative number to a power that is no whole number", hint="choose a positive base")
    if a == 0:
        if b < 0:
            raise ValueProblem("0 to a negative power", hint="choose values for which the base is not 0")
        return Fraction(0) if b > 0 else Fraction(1)
    if type(b) is Fraction and b == Fraction(1, 2):
        return square_root(a)
    _limit(b, a)
    return real(a) ** real(b)


def _limit(exponent: Value, base: Value) -> None:
    """Refuse a power whose result has more than about four million digits."""
    if base != 0 and abs(real(exponent) * CONTEXT.log(abs(real(base)))) > MAX_ARGUMENT:
        raise ValueProblem("an overflow: this power is too large to be written", hint="use smaller numbers")


def square_root(a: Value) -> Value:
    """√a, exact for squares."""
    if a < 0:
        raise ValueProblem(
            f"the square root of a negative number ({short(a)})", hint="choose values for which it is not"
        )
    exact = root(a) if type(a) is Fraction else None
    return CONTEXT.sqrt(real(a)) if exact is None else exact


def _exp(x: Value) -> Value:
    if x == 0:
        return Fraction(1)
    if abs(x) > MAX_ARGUMENT:
        if x < 0:
            return CONTEXT.mpf(0)
        raise ValueProblem(f"an overflow: exp({short(x)}) is too large to be written", hint="use smaller numbers")
    return CONTEXT.exp(real(x))


def _log(x: Value) -> Value:
    if x == 1:
        return Fraction(0)
    if x <= 0:
        kind = "zero" if x == 0 else f"a negative number ({short(x)})"
        raise ValueProblem(f"the logarithm of {kind}", hint="choose values for which its argument is positive")
    return CONTEXT.log(real(x))


def _circular(name: str, at_zero: int) -> Callable[[Value], Value]:
    def compute(x: Value) -> Value:
        if x == 0:
            return Fraction(at_zero)
        if abs(real(x)) > CONTEXT.mpf(10) ** 40:
            raise ValueProblem(f"{name} of {short(x)}: too large an angle to be accurate", hint="use smaller numbers")
        return getattr(CONTEXT, name)(real(x))

    return compute


def _by_context(name: str) -> Callable[[Value], Value]:
    """A function that mpmath computes without loss; exact where the table of functions says so."""

    def compute(x: Value) -> Value:
        exact = PRIMITIVES[name].exact(x) if type(x) is Fraction else None
        return getattr(CONTEXT, name)(real(x)) if exact is None else exact

    return compute


def _sigmoid(x: Value) -> Value:
    """1/(1+e^(−x)), on the side where nothing overflows."""
    if x == 0:
        return Fraction(1, 2)
    if x > 0:
        return 1 / (1 + real(_exp(-x)))
    grown = real(_exp(x))
    return grown / (1 + grown)


def _softplus(x: Value) -> Value:
    """log(1 + e^x) = x + log(1 + e^(−x))."""
    if x > 0:
        return real(x) + CONTEXT.log1p(real(_exp(-x)))
    return CONTEXT.log1p(real(_exp(x)))


_COMPUTED: dict[str, Callable[..., Value]] = {
    "exp": _exp,
    "log": _log,
    "sqrt": square_root,
    "sin": _circular("sin", 0),
    "cos": _circular("cos", 1),
    "abs": abs,
    "max": lambda *args: max(args, key=real),
    "min": lambda *args: min(args, key=real),
    "if_positive": lambda c, a, b: a if c > 0 else b,
    "pi": lambda: +CONTEXT.pi,
    "sinh": _by_context("sinh"),
    "cosh": _by_context("cosh"),
    "tanh": _by_context("tanh"),
    "sign": lambda x: Fraction((x > 0) - (x < 0)),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
}
"""Primitives, and the functions whose formula would overflow or cancel where the function does not."""


def apply(func: str, args: Sequence[Value]) -> Value:
    """The value of a function of the rule tables."""
    computed = _COMPUTED.get(func)
    if computed is not None:
        return computed(*args)
    if func.endswith("'"):
        return _slope(func[:-1], args)
    from tutor.numbers.run import compute

    row, formula = _definition(func, len(args))
    return compute(formula, dict(zip(row, args, strict=True)))


@cache
def _definition(func: str, arity: int) -> tuple[tuple[str, ...], Expr]:
    row = function(func, arity)
    formula = value_of(row)
    if formula is None:
        raise ExpressionError(f"the function {func} has no value")
    return row.params, formula


def _slope(func: str, args: Sequence[Value]) -> Value:
    from tutor.numbers.run import compute
    from tutor.rules.functions import OUT, partials_of

    row = function(func, len(args))
    return compute(partials_of(row)[0], {**dict(zip(row.params, args, strict=True)), OUT: apply(func, args)})


def short(value: Value) -> str:
    """A value for a message: few digits."""
    if type(value) is Fraction and max(abs(value.numerator), value.denominator) < 10**6:
        return str(value)
    return str(CONTEXT.nstr(real(value), 6))
