"""Numbers as the product computes them: exact fractions as long as every rule allows it, else many digits.

What users see is a `Fraction` or an mpmath number (`Value`).  Within `compute_rigorously`, what is no fraction is a ball
(`tutor.numbers.balls`), whose error is proved; `tutor.numbers.run.compute_stable` makes numbers of balls when they are narrow enough.
Only what is printed is ever rounded (see `tutor.numbers.printed`).  Sizes are limited *before* a computation, so that no formula can
make it hang.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cache, lru_cache

import mpmath

from tutor.errors import ExpressionError, ValueProblem, tell
from tutor.expression.nodes import Expr
from tutor.numbers.balls import (
    accuracy,
    bits_in_use,
    bits_of,
    compute_with,
    enclose,
    is_ball,
    is_below_use,
    magnitude,
    midpoint,
    raise_whole,
    sign,
    working,
)
from tutor.numbers.functions import MAX_ANGLE, MAX_ARGUMENT, PRIMITIVES, Primitive
from tutor.numbers.values import Ball, BigContext, BigFloat, Inexact, Raw
from tutor.numbers.values import Value as Value
from tutor.rules.functions import function, value_of

DIGITS = 60
MAX_BITS = 20_000
"""A fraction whose numerator or denominator outgrows this many bits goes on as a number of `DIGITS` digits."""

CONTEXT: BigContext = mpmath.MPContext()
CONTEXT.dps = DIGITS


class Constant(CONTEXT.mpf):  # type: ignore[misc,name-defined]  # mpmath makes this class at run time
    """A given number that is no fraction, with the formula that tells it: √2 has as many digits as are called for.

    Its own are `DIGITS`; in balls it is computed anew, so that x² − 2 at x = √2 is 0 and not what sixty digits leave.
    """

    __slots__ = ("formula",)

    @classmethod
    def make(cls, formula: Expr, value: Raw) -> Constant:
        """The constant of a formula without names, whose value is known."""
        made = object.__new__(cls)
        made._mpf_, made.formula = value, formula
        return made

    def __reduce__(self) -> tuple[Callable[..., Constant], tuple[Expr, Raw]]:
        return Constant.make, (self.formula, self._mpf_)


class Undecided(ArithmeticError):
    """So many digits do not tell on which side of 0 a number lies, or whether a value exists: more are needed."""


class Rigour:
    """How numbers that are no fractions are computed here and now.

    ``balls``: with a proved error.  ``nothing``: what is smaller than 10 to this power, negative, and not told from 0 counts as 0 (the last
    resort; never where it is 0).  ``watched``: the most bits that a sum or a function needed in order not to lose its smaller part are kept
    in ``lost``.
    """

    __slots__ = ("balls", "lost", "nothing", "watched")

    def __init__(self) -> None:
        self.balls = self.watched = False
        self.lost = self.nothing = 0


_NOW = Rigour()


@contextmanager
def compute_rigorously(digits: int, *, nothing: int = 0, watched: bool = False) -> Iterator[Rigour]:
    """Compute with balls of so many digits."""
    before = _NOW.balls, _NOW.nothing, _NOW.watched
    _NOW.balls, _NOW.nothing, _NOW.watched, _NOW.lost = True, nothing, watched, 0
    try:
        with working(digits):
            yield _NOW
    finally:
        _NOW.balls, _NOW.nothing, _NOW.watched = before


def is_rigorous() -> bool:
    """Whether balls are computed with, here and now."""
    return _NOW.balls


def is_nothing(value: Value) -> bool:
    """Whether a ball that is not told from 0 is so small that it counts as 0 here."""
    if not _NOW.nothing or not is_ball(value):
        return False
    least = -bits_of(_NOW.nothing)
    return value.contains(0) and magnitude(value) < least and magnitude(value.rad()) < least


def as_real(value: Value) -> BigFloat:
    """The value as an mpmath number."""
    if type(value) is Fraction:
        return CONTEXT.mpf(value.numerator) / value.denominator
    return value  # type: ignore[return-value]  # no ball is asked for its digits: see `as_public`


def as_public(value: Value) -> Value:
    """What users see of a value: a fraction as it is, of a ball its midpoint, with all digits that it has."""
    if not is_ball(value):
        return value
    return CONTEXT.mpf(0) if is_below_use(value) else midpoint(value, CONTEXT)


def _as_ball(value: Value) -> Ball:
    """The ball of a value, with the digits in use."""
    return _constant_ball(value.formula, bits_in_use()) if type(value) is Constant else enclose(value)


@lru_cache(1_024)
def _constant_ball(formula: Expr, bits: int) -> Ball:
    from tutor.numbers.run import compute

    return enclose(compute(formula, {}))


def _as_wide(value: Value) -> Inexact:
    """The value as a number that is no fraction."""
    if not _NOW.balls:
        return as_real(value)
    return _as_ball(value) if type(value) is Constant else enclose(value)


def is_exact(value: Value) -> bool:
    """Whether a value is an exact fraction."""
    return type(value) is Fraction


def signum(value: Value) -> int:
    """1, 0 or −1; raises `Undecided` where the digits of a ball do not tell."""
    if type(value) is Fraction or not _NOW.balls:
        return int(value > 0) - int(value < 0)
    found = sign(_as_ball(value))
    if found is not None:
        return found
    if is_nothing(value):
        return 0
    raise Undecided


def _check_bounds(value: Fraction) -> Value:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        return _as_wide(value)
    return value


def add(a: Value, b: Value) -> Value:
    """a + b."""
    if type(a) is Fraction and type(b) is Fraction:
        return _check_bounds(a + b)
    left, right = _as_wide(a), _as_wide(b)
    if _NOW.watched and is_ball(left) and is_ball(right) and not left.contains(0) and not right.contains(0):
        _NOW.lost = max(_NOW.lost, abs(magnitude(left) - magnitude(right)))
    return left + right


def multiply(a: Value, b: Value) -> Value:
    """a·b; an exact 0 stays exact."""
    if type(a) is Fraction:
        if type(b) is Fraction:
            return _check_bounds(a * b)
        if not a:
            return a
    elif type(b) is Fraction and not b:
        return b
    return _as_wide(a) * _as_wide(b)


def subtract(a: Value, b: Value) -> Value:
    """a − b."""
    return add(a, negate(b))


def negate(a: Value) -> Value:
    """−a."""
    return -_as_unrounded(a)


def absolute(a: Value) -> Value:
    """|a|."""
    return _as_unrounded(a).__abs__()


def _as_unrounded(value: Value) -> Value:
    """The value, where balls are computed with as a ball: mpmath rounds a number to the digits in use even when it only turns its sign."""
    return value if type(value) is Fraction or not _NOW.balls else _as_wide(value)


def divide(a: Value, b: Value) -> Value:
    """a/b; raises `ValueProblem` for b = 0."""
    if not signum(b):
        raise ValueProblem(tell("a division by zero"), hint=tell("choose values for which the denominator is not 0"))
    if type(a) is Fraction and type(b) is Fraction:
        return _check_bounds(a / b)
    return _as_wide(a) / _as_wide(b)


def power(a: Value, b: Value) -> Value:
    """a^b; raises `ValueProblem` where it does not exist or is too large."""
    if type(b) is Fraction and b.denominator == 1:
        return _raise_whole(a, b.numerator)
    side = signum(a)
    if side < 0:
        raise ValueProblem(tell("a negative number to a power that is no whole number"), hint=tell("choose a positive base"))
    if not side:
        return _power_of_zero(signum(b))
    if type(b) is Fraction and b == Fraction(1, 2):
        return square_root(a)
    _limit(b, a)
    return _check_told(_as_wide(a) ** _as_wide(b))


def _raise_whole(a: Value, n: int) -> Value:
    if n <= 0 and not signum(a):
        return _power_of_zero(n)
    if type(a) is Fraction:
        if abs(a) == 1:
            return Fraction(1 if a == 1 or n % 2 == 0 else -1)
        size = max(a.numerator.bit_length(), a.denominator.bit_length())
        if size * abs(n) <= MAX_BITS or a == 0:
            return a**n
    _limit(Fraction(n), a)
    return _check_told(raise_whole(_as_ball(a), n)) if _NOW.balls else as_real(a) ** n


def _check_told(value: Value) -> Value:
    """The value, unless it is a ball that tells nothing."""
    if is_ball(value) and not value.is_finite():
        raise Undecided
    return value


def _power_of_zero(exponent: int) -> Fraction:
    if exponent < 0:
        raise ValueProblem(tell("0 to a negative power"), hint=tell("choose values for which the base is not 0"))
    return Fraction(0) if exponent else Fraction(1)


def _limit(exponent: Value, base: Value) -> None:
    """Refuse a power whose result has more than about four million digits."""
    shown, size = (as_real(as_public(part)) for part in (exponent, base))
    if size != 0 and abs(shown * CONTEXT.log(abs(size))) > MAX_ARGUMENT:
        raise ValueProblem(tell("an overflow: this power is too large to be written"), hint=tell("use smaller numbers"))


def square_root(a: Value) -> Value:
    """√a, exact for squares."""
    return apply("sqrt", (a,))


def _check_root(a: Value) -> None:
    if signum(a) < 0:
        raise ValueProblem(
            tell("the square root of a negative number ({a})", a=shorten(a)), hint=tell("choose values for which it is not")
        )


def _check_exponential(x: Value) -> None:
    if x > MAX_ARGUMENT:
        raise ValueProblem(tell("an overflow: exp({x}) is too large to be written", x=shorten(x)), hint=tell("use smaller numbers"))


def _check_logarithm(x: Value) -> None:
    side = signum(x)
    if side <= 0:
        what = tell("the logarithm of zero") if not side else tell("the logarithm of a negative number ({x})", x=shorten(x))
        raise ValueProblem(what, hint=tell("choose values for which its argument is positive"))


def _check_angle(name: str) -> Callable[[Value], None]:
    def check(x: Value) -> None:
        if absolute(x) > MAX_ANGLE:
            raise ValueProblem(tell("{name} of {x}: too large an angle to be accurate", name=name, x=shorten(x)),
                               hint=tell("use smaller numbers"))  # fmt: skip

    return check


def _check_inverse(name: str, *, ends: bool) -> Callable[[Value], None]:
    def check(x: Value) -> None:
        size = absolute(x)
        if size > 1 or (size == 1 and not ends):
            raise ValueProblem(tell("{name} of {x} does not exist", name=name, x=shorten(x)),
                               hint=tell("choose values for which its argument lies between -1 and 1"))  # fmt: skip

    return check


def _check_arcosh(x: Value) -> None:
    if x < 1:
        raise ValueProblem(tell("arcosh of {x} does not exist", x=shorten(x)),
                           hint=tell("choose values for which its argument is at least 1"))  # fmt: skip


_CHECKS: dict[str, Callable[[Value], None]] = {
    "sqrt": _check_root,
    "exp": _check_exponential,
    "sinh": _check_exponential,
    "cosh": lambda x: _check_exponential(absolute(x)),
    "log": _check_logarithm,
    **{name: _check_angle(name) for name in ("sin", "cos", "tan")},
    "arcsin": _check_inverse("arcsin", ends=True),
    "arccos": _check_inverse("arccos", ends=True),
    "artanh": _check_inverse("artanh", ends=False),
    "arcosh": _check_arcosh,
}
"""Where functions do not exist, or are too large: said in words."""

def apply(func: str, args: Sequence[Value]) -> Value:
    """The value of a function of the rule tables."""
    row = PRIMITIVES.get(func)
    if row is not None:
        return _CHOICES[func](*args) if func in _CHOICES else _primitive(row, args)
    if func.endswith("'"):
        return _slope(func[:-1], args)
    from tutor.numbers.run import compute

    if func in _CHECKS:
        _CHECKS[func](*args)
    names, formula = _definition(func, len(args))
    return compute(formula, dict(zip(names, args, strict=True)))


def _primitive(row: Primitive, args: Sequence[Value]) -> Value:
    """A primitive: exact where it is, else its ball, or the digits in use of it."""
    check = _CHECKS.get(row.name)
    if check is not None:
        check(*args)
    if all(type(arg) is Fraction for arg in args):
        exact = row.exact(*args)
        if exact is not None:
            return exact
    if not _NOW.balls:
        return _digits(row, args)
    balls = [_as_ball(arg) for arg in args]
    if _NOW.watched and row.lost is not None and not balls[0].contains(0):
        _NOW.lost = max(_NOW.lost, row.lost(magnitude(balls[0])))
    found = row.ball(*balls)
    if not found.is_finite():
        if row.name == "sqrt" and is_nothing(balls[0]):
            return Fraction(0)
        raise Undecided
    return found


def _digits(row: Primitive, args: Sequence[Value]) -> Value:
    """A primitive as a number of as many digits as are in use."""
    digits = int(CONTEXT.dps) + 10
    found = compute_with(digits, row.ball, args)
    while accuracy(found) < CONTEXT.prec and not is_below_use(found) and digits < 40 * CONTEXT.dps:
        digits *= 2
        found = compute_with(digits, row.ball, args)
    if not found.is_finite():
        listed = ", ".join(map(shorten, args))
        raise ValueProblem(tell("an overflow: {name}({listed}) is too large to be written", name=row.name, listed=listed),
                           hint=tell("use smaller numbers"))  # fmt: skip
    return CONTEXT.mpf(0) if is_below_use(found) else +midpoint(found, CONTEXT)


def _make_extreme(name: str) -> Callable[..., Value]:
    """The largest or smallest value; a fraction stays one."""
    side = 1 if name == "max" else -1

    def choose(*args: Value) -> Value:
        best = args[0]
        for arg in args[1:]:
            try:
                best = arg if signum(subtract(arg, best)) == side else best
            except Undecided:  # both are as large, as far as the digits tell: the ball of both
                best = PRIMITIVES[name].ball(_as_ball(best), _as_ball(arg))
        return best

    return choose


_CHOICES: dict[str, Callable[..., Value]] = {
    "abs": lambda x: -x if signum(x) < 0 else x,
    "sign": lambda x: Fraction(signum(x)),
    "max": _make_extreme("max"),
    "min": _make_extreme("min"),
    "if_positive": lambda c, a, b: a if signum(c) > 0 else b,
}
"""Functions that choose among their arguments, so that what is exact stays so."""


@cache
def _definition(func: str, arity: int) -> tuple[tuple[str, ...], Expr]:
    row = function(func, arity)
    formula = value_of(row)
    if formula is None:
        raise ExpressionError(tell("the function {func} has no value", func=func))
    return row.params, formula


def _slope(func: str, args: Sequence[Value]) -> Value:
    from tutor.numbers.run import compute
    from tutor.rules.functions import OUT, slope_of

    row = function(func, len(args))
    return compute(slope_of(row), {**dict(zip(row.params, args, strict=True)), OUT: apply(func, args)})


def shorten(value: Value) -> str:
    """A value for a message: few digits."""
    if type(value) is Fraction and max(abs(value.numerator), value.denominator) < 10**6:
        return str(value)
    return str(CONTEXT.nstr(as_real(as_public(value)), 6))
