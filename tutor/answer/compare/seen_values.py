"""The two values that refute an answer, for a reader: with as many digits as it takes to see that they differ."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache

from tutor.answer.compare.places import context
from tutor.numbers.arithmetic import DIGITS
from tutor.numbers.values import Ball

MAX_DIGITS = 1_000
"""The most digits that are ever tried; what they do not decide is left to a person."""


def decimal_text(value: Decimal, digits: int = 4) -> str:
    """A value for a reader: so many significant digits, and no more zeros than needed.

    >>> decimal_text(Decimal("0.333333333")), decimal_text(Decimal("-2.50")), decimal_text(Decimal("0.0000001234"))
    ('0.3333', '-2.5', '1.234e-7')
    """
    if value.is_infinite():
        return "too large to be written"
    if value.is_nan():
        return "no value"
    rounded = context(digits).plus(value)
    if not rounded:
        return "0"
    exponent = rounded.adjusted()
    if -5 <= exponent <= 6:
        plain = format(rounded, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    mantissa = format(context(digits).scaleb(rounded, -exponent), "f")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + f"e{exponent}"


leaf_text = lru_cache(16_384)(decimal_text)
"""The texts of the values of leaves, which many answers are refuted with."""


def ratio_in_floats(yours: Ball, expected: Ball) -> float:
    """The relative difference of two balls but for what floats round; infinite or nan where floats do not tell."""
    a, b = float(yours), float(expected)
    size = abs(a) + abs(b)
    return 2 * abs(a - b) / size if size > 1e-290 else math.inf


def ratio(yours: Decimal, expected: Decimal) -> float:
    """The relative difference of two numbers of any size."""
    ctx = context(DIGITS)
    size = ctx.add(yours.copy_abs(), expected.copy_abs())
    return 2 * float(ctx.divide(ctx.subtract(yours, expected).copy_abs(), size)) if size else 0.0


def tell_apart(yours: Decimal, expected: Decimal) -> tuple[str, str]:
    """Two values with as many digits as it takes to see the difference, or as one value plus a difference."""
    for digits in (4, 8, 16):
        pair = decimal_text(yours, digits), decimal_text(expected, digits)
        if pair[0] != pair[1]:
            return pair
    difference = context(MAX_DIGITS).subtract(yours, expected)
    return f"{decimal_text(expected)} {'-' if difference < 0 else '+'} {decimal_text(difference.copy_abs())}", decimal_text(expected)
