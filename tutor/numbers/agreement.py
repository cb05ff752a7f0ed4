"""How a printed figure agrees with a value: exactly, by rounding, by truncation, or not.

Several lectures cut figures off instead of rounding them.  A check that only rounds calls their true figures false; one with a
loose tolerance calls wrong figures true.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from tutor.numbers.arithmetic import CONTEXT, Value

Agreement = Literal["exact", "rounded", "truncated", "carried", "differs"]
"""``carried``: a formula of rounded numbers that is right within the rounding of these (see `tutor.numbers.carried`)."""

_NOISE = Fraction(1, 10**45)
"""What 60 digits may leave of a sum that is exactly the figure (probabilities that add up to 1)."""

_OF_A_FLOAT = 15
"""Significant digits that a float of 64 bits is sure to hold. Notebooks print up to 17, and after a few operations 14 of them are right."""

_FLOATS = Context(prec=_OF_A_FLOAT - 1)

_DECIMAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def is_decimal(text: str) -> bool:
    """Whether a printed figure is a plain decimal, whose number of digits means something."""
    return bool(_DECIMAL.fullmatch(text.strip().replace("−", "-")))


def agreement(printed: str, value: Value) -> Agreement:
    """How a printed decimal agrees with a value; rounding is tried before truncation; a half may be
    rounded away from zero or to the even digit, so that 1.09 for 1.095 is cut off, not rounded.

    >>> agreement("0.358", Fraction("0.35891647971788"))
    'truncated'
    >>> agreement("2.20", Fraction(11, 5))
    'exact'
    """
    return decimal_agreement(Decimal(printed.strip().replace("−", "-")), value)


def decimal_agreement(text: Decimal, value: Value) -> Agreement:
    """How a decimal, with the digits that it has, agrees with a value; of more than 15 digits the float that they print is meant.

    >>> decimal_agreement(Decimal("0.30000000000000004"), Fraction("0.3"))
    'rounded'
    """
    written, true = Fraction(text), as_fraction(value)
    distance = abs(true - written)
    noise = Fraction(0) if isinstance(value, Fraction) else _NOISE
    if distance <= noise:
        return "exact"
    exponent = text.as_tuple().exponent
    assert isinstance(exponent, int)
    unit, half = _unit(exponent)
    beyond = distance - half
    a_half = abs(beyond) <= noise * abs(true)
    if (beyond < 0 and not a_half) or (a_half and (abs(true) < abs(written) or int(written / unit) % 2 == 0)):
        return "rounded"
    outwards = abs(true) - abs(written)
    same_side = written == 0 or (true >= 0) == (written >= 0)
    if same_side and 0 <= outwards < unit:
        return "truncated"
    if exponent >= 0 or len(text.as_tuple().digits) <= _OF_A_FLOAT:
        return "differs"
    shorter = decimal_agreement(_FLOATS.plus(text), value)
    return "rounded" if shorter == "exact" else shorter


def is_cut_off_alike(printed: str, value: Fraction) -> bool:
    """Whether the digits that stand there are those of a value cut off, which rounding may give as well.

    >>> [is_cut_off_alike(text, Fraction(2, 3)) for text in ("0.66", "0.67")], is_cut_off_alike("0.333", Fraction(1, 3))
    ([True, False], True)
    """
    text = Decimal(printed.strip().replace("−", "-"))
    exponent = text.as_tuple().exponent
    assert isinstance(exponent, int)
    written = Fraction(text)
    return 0 <= abs(value) - abs(written) < _unit(exponent)[0] and (written == 0 or (value >= 0) == (written >= 0))


def is_of_a_float(printed: str, exact: Fraction) -> bool:
    """Whether a printed decimal is an exact value but for what a float of 64 bits leaves of it behind its last digits.

    >>> is_of_a_float("1069.452311040001", Fraction("1069.45231104")), is_of_a_float("0.3333", Fraction(1, 3))
    (True, False)
    """
    text = Decimal(printed.strip().replace("−", "-"))
    return len(text.as_tuple().digits) > _OF_A_FLOAT and Fraction(text) != exact == Fraction(_FLOATS.plus(text))


@lru_cache(256)
def _unit(exponent: int) -> tuple[Fraction, Fraction]:
    """What the last digit is worth, and a half of that."""
    unit = Fraction(10) ** exponent
    return unit, unit / 2


def as_fraction(value: Value) -> Fraction:
    """The value as a fraction; an mpmath number is a binary fraction already."""
    if isinstance(value, Fraction):
        return value
    sign, mantissa, exponent, _ = CONTEXT.mpf(value)._mpf_
    size, power = int(-mantissa if sign else mantissa), int(exponent)
    return Fraction(size << power) if power >= 0 else Fraction(size, 1 << -power)
