"""Real numbers with a proved error bound: a midpoint and a radius, from python-flint (Arb), or intervals where it is not there.

Whatever is computed with balls lies in the ball that comes out.  So nothing has to be guessed: where a ball is too wide, it is computed
again with twice the digits; two balls that do not overlap are different numbers; a ball that lies above 0 is positive.  A ball is nan where
nothing is known of a value: it does not exist, or this many digits do not tell whether it does.

A ball is a ``flint.arb``, or a `tutor.numbers.intervals.Interval`, which has the methods that are used here (see
`tutor.numbers.values.Ball`); the rest of the product sees no difference but the time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TypeGuard

from mpmath import libmp

from tutor.numbers.values import Ball, BallContext, BigContext, BigFloat, Value

try:  # no wheel for Python in the browser
    import flint
except ImportError:
    flint = None  # type: ignore[assignment]
    from tutor.numbers import intervals

BITS_A_DIGIT = math.log2(10)
_FAR = 20_000
_WIDEST = 10**18
SMALLEST = 40_000_000
"""A number below 2 to this power, negative, counts as 0 where a ball becomes a plain number."""
NOTHING_KNOWN = -(1 << 61)

BALL: type[Ball] = intervals.Interval if flint is None else flint.arb
"""The type of balls."""
_CONTEXT: BallContext = intervals.context if flint is None else flint.ctx


@cache
def bits_of(digits: int) -> int:
    """The bits that hold so many decimal digits."""
    return math.ceil(digits * BITS_A_DIGIT) + 4


class working:  # noqa: N801 - used as a function
    """Compute with so many decimal digits, within ``with``."""

    __slots__ = ("before", "bits")

    def __init__(self, digits: int) -> None:
        self.bits = bits_of(digits)

    def __enter__(self) -> None:
        self.before = _CONTEXT.prec
        _CONTEXT.prec = self.bits

    def __exit__(self, *raised: object) -> None:
        _CONTEXT.prec = self.before


def set_bits(bits: int) -> int:
    """Compute with so many bits from now on; how many it were before.  Where every microsecond counts; else use `working`."""
    before = _CONTEXT.prec
    _CONTEXT.prec = bits
    return before


def compute_with(digits: int, function: Callable[..., Ball], values: Sequence[Value]) -> Ball:
    """A function of the balls of some numbers, with so many digits."""
    before = _CONTEXT.prec
    _CONTEXT.prec = bits_of(digits)
    try:
        return function(*[enclose(value) for value in values])
    finally:
        _CONTEXT.prec = before


def bits_in_use() -> int:
    """The bits that are computed with here and now."""
    return int(_CONTEXT.prec)


def enclose(value: Value | Decimal | int) -> Ball:
    """The ball of a fraction, a whole number, a decimal or an mpmath number; single numbers but for fractions that never end.

    >>> with working(20):
    ...     enclose(Fraction(1, 3)).contains(0), enclose(Fraction(1, 2)).is_exact()
    (False, True)
    """
    if isinstance(value, BALL):
        return value
    if type(value) is Fraction:
        if flint is not None:
            return BALL(flint.fmpq(value.numerator, value.denominator))
        return BALL(libmp.from_int(value.numerator)) / BALL(libmp.from_int(value.denominator))
    if type(value) is Decimal:
        return enclose(Fraction(value)) if value.is_finite() else make_nowhere()
    if type(value) is int:
        return BALL(value) if flint is not None else BALL(libmp.from_int(value))
    return BALL(value if flint is not None else value._mpf_)


def make_between(low: float, high: float) -> Ball:
    """A ball that contains all numbers between two floats.

    >>> with working(20):
    ...     ball = make_between(0.25, 0.75)
    ...     ball.contains(0), bounds(ball)[0] <= 0.25, bounds(ball)[1] >= 0.75
    (False, True, True)
    """
    ends = (libmp.from_float(low), libmp.from_float(high)) if flint is None else _widen_floats(low, high)
    return BALL(*ends)


def _widen_floats(low: float, high: float) -> tuple[float, float]:
    middle = (low + high) / 2
    return middle, math.nextafter(max(high - middle, middle - low), math.inf)


def bounds(ball: Ball) -> tuple[float, float]:
    """Two floats that a ball lies between; nan where nothing is known of it."""
    middle, radius = float(ball.mid()), float(ball.rad())
    return math.nextafter(middle - radius, -math.inf), math.nextafter(middle + radius, math.inf)


def is_ball(value: object) -> TypeGuard[Ball]:
    """Whether a number is a ball."""
    return isinstance(value, BALL)


def make_nowhere() -> Ball:
    """The ball of what does not exist."""
    return BALL("nan") if flint is not None else BALL(libmp.fnan)


def midpoint(ball: Ball, context: BigContext) -> BigFloat:
    """The middle of a ball as an mpmath number of the context, with all digits that it has."""
    mantissa, exponent = ball.mid().man_exp()
    return context.make_mpf(libmp.from_man_exp(int(mantissa), int(exponent)))


def as_decimal(ball: Ball, digits: int) -> Decimal:
    """The middle of a ball as a decimal of so many digits; NaN where nothing is known."""
    if not ball.is_finite():
        return Decimal("NaN")
    found, power = ball.mid().man_exp()
    mantissa, exponent = int(found), int(power)
    if abs(exponent + mantissa.bit_length()) > _WIDEST:  # decimals have no such exponents
        return Decimal("Infinity").copy_sign(Decimal(1 if mantissa >= 0 else -1)) if exponent > 0 else Decimal(0)
    if abs(exponent) > _FAR:
        return Decimal(libmp.to_str(libmp.from_man_exp(mantissa, exponent), digits))
    context = _decimals(digits)
    if exponent < 0:
        return context.divide(Decimal(mantissa), _power_of_two(-exponent))
    return context.plus(Decimal(mantissa << exponent))


@lru_cache(1_024)
def _power_of_two(exponent: int) -> Decimal:
    return Decimal(1 << exponent)


@cache
def _decimals(digits: int) -> Context:
    return Context(prec=digits, Emin=MIN_EMIN, Emax=MAX_EMAX)


def accuracy(ball: Ball) -> int:
    """How many bits of a ball are certain, relative to its size: a large number for a single number, a negative one for one around 0."""
    found = int(ball.rel_accuracy_bits())
    return found if found > NOTHING_KNOWN else NOTHING_KNOWN


def magnitude(ball: Ball) -> int:
    """The exponent of the middle of a ball: 2^(magnitude − 1) ≤ |middle| < 2^magnitude; a very negative number for 0, a very large one
    where the middle is nowhere or infinite."""
    middle = ball.mid()
    if not middle.is_finite():
        return -NOTHING_KNOWN
    mantissa, exponent = middle.man_exp()
    size = int(mantissa)
    return int(exponent) + size.bit_length() if size else NOTHING_KNOWN


def is_below_use(ball: Ball) -> bool:
    """Whether a ball lies so near to 0 that its exponent alone is too large for use: below 10^−12,000,000."""
    return magnitude(ball) < -SMALLEST and not ball.is_zero() and magnitude(ball.rad()) < -SMALLEST


def sign(ball: Ball) -> int | None:
    """1, −1 or 0 for what is certainly positive, negative, 0; nothing where the digits do not tell."""
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    return 0 if ball.is_zero() else None


def raise_whole(base: Ball, exponent: int) -> Ball:
    """base^exponent; nan for a negative power of what may be 0.

    >>> with working(20):
    ...     raise_whole(enclose(Fraction(1, 2)), -3).contains(8)
    True
    """
    if not base.is_finite() or (exponent < 0 and base.contains(0)):
        return make_nowhere()
    if not base.contains(0):
        return base**exponent
    total, square, rest = enclose(1), base, exponent  # Arb has no powers of balls around 0
    while rest:
        total = total * square if rest % 2 else total
        square, rest = square * square, rest // 2
    return total


def pi() -> Ball:
    """π."""
    return BALL.pi()
