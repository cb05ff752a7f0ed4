"""A printed product of rounded numbers, such as 0.622·0.378·1: right if numbers that may be rounded to its factors give the value.

A factor that a page has computed from rounded ones before stands for what that was to be (`Carried`): −0.2720 for −0.27219.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tutor.expression.nodes import Expr, Name, Number, children, rebuild
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.balls import bits_of, bounds, make_between, set_bits
from tutor.numbers.enclosures import enclose_all
from tutor.numbers.program import program
from tutor.numbers.values import Ball

DIGITS = 19
"""What floats have, and two more."""


LEAST = 2
"""Decimals of fewer digits are taken as they are, 0.5 as a half, unless the page has rounded a value to them."""


Carried = Mapping[str, Sequence[Value]]
"""What decimals stand for, without their signs, to which a value was rounded earlier on the page, or that came out of rounded factors."""


def list_factor_ranges(expr: Expr, carried: Carried | None = None) -> tuple[Expr, dict[str, tuple[float, float]]]:
    """The formula with a name for each of its decimals, and the numbers that each may stand for: rounded or cut off to it.

    >>> from fractions import Fraction
    >>> list_factor_ranges(Number("0.62"))[1]
    {'0': (0.615, 0.63)}
    >>> list_factor_ranges(Number("2"))[1], list_factor_ranges(Number("0.5"))[1]
    ({}, {})
    >>> list_factor_ranges(Number("0.5"), {"0.5": [Fraction("0.4966")]})[1]
    {'0': (0.4966, 0.5)}
    """
    ranges: dict[str, tuple[float, float]] = {}

    def name(part: Expr) -> Expr:
        inner = children(part)
        if inner:
            return rebuild(part, tuple(map(name, inner)))
        value = Decimal(part.text) if type(part) is Number and "." in part.text else Decimal(0)
        meant = [float(abs(as_real(one))) for one in (carried or {}).get(part.text, ())] if type(part) is Number else []
        low, high = value, value
        if len(value.as_tuple().digits) >= LEAST:
            exponent = value.as_tuple().exponent
            assert isinstance(exponent, int)
            unit = Decimal(1).scaleb(exponent)
            low, high = value - unit / 2, value + unit
        elif not meant:
            return part
        ranges[str(len(ranges))] = min([float(low), *meant]), max([float(high), *meant])
        return Name(str(len(ranges) - 1))

    return name(expr), ranges


def list_decimals(expr: Expr) -> list[str]:
    """The decimals of a formula of numbers, as they are written.

    >>> from tutor.expression.parse import parse
    >>> list_decimals(parse("0.005 + 2*1.02"))
    ['0.005', '1.02']
    """
    inner = children(expr)
    if not inner:
        return [expr.text] if type(expr) is Number and "." in expr.text else []
    return [text for part in inner for text in list_decimals(part)]


def is_right_within_factors(formula: Expr, value: Value, carried: Carried | None = None) -> bool:
    """Whether a formula of numbers gives the value for some numbers that round to its decimals (or are cut off to them).

    >>> from fractions import Fraction
    >>> from tutor.expression.parse import parse
    >>> product = parse("0.622*0.378*1")
    >>> is_right_within_factors(product, Fraction("0.2350037")), is_right_within_factors(product, Fraction("0.2363"))
    (True, False)
    >>> update = parse("-0.4 - 0.1*(-0.2720)")
    >>> [is_right_within_factors(update, Fraction("-0.3727814"), known) for known in ({}, {"0.2720": [Fraction("-0.272186")]})]
    [False, True]
    """
    named, ranges = list_factor_ranges(formula, carried)
    if not ranges:
        return False
    before = set_bits(bits_of(DIGITS))
    try:
        steps = program(named)
        balls: dict[str, Ball] = {name: make_between(*limits) for name, limits in ranges.items()}
        low, high = bounds(enclose_all(steps, balls)[steps.result])
    finally:
        set_bits(before)
    return math.isfinite(low) and math.isfinite(high) and low <= as_real(value) <= high
