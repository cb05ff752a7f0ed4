"""Whether a number is right: exactly, rounded, cut off, near enough, or right but too short.

A plain decimal is judged by its digits as written (0.082 and 0.0820 are not the same claim); anything else that is constant (8/3,
0.741·0.186·0.593) counts with its exact value, and only a tolerance helps it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from tutor.errors import TutorError, tell
from tutor.exercise.question import Tolerance
from tutor.expression.nodes import Expr, Mul, Neg, Number, Pow
from tutor.expression.parse import parse
from tutor.expression.walk import names
from tutor.numbers.agreement import decimal_agreement, is_decimal
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.run import compute
from tutor.rules.functions import FUNCTIONS

Outcome = Literal["exact", "rounded", "truncated", "near", "few-digits", "wrong", "undecided"]

RIGHT: frozenset[Outcome] = frozenset({"exact", "rounded", "truncated", "near"})
STANDARD = Tolerance()
_NOISE = Fraction(1, 10**40)
"""What sixty digits may leave between two ways to compute the same number, relative to it."""
_NO_DIGITS = re.compile("[^0-9]+")
_SHORT = re.compile(r"[^eE]{1,100}([eE][-+]?[0-9]{1,3})?")
_NOTHING: Mapping[str, Value] = {}


@dataclass(frozen=True, slots=True)
class NumberVerdict:
    """What is said of a number.

    ``written`` is its exact value (nothing when it has none); ``digits`` its significant digits and ``decimals`` its places after the
    point, for a plain decimal.  ``undecided`` is what is no number: a formula of quantities, a division by zero.
    """

    outcome: Outcome
    written: Value | None = None
    digits: int | None = None
    decimals: int | None = None
    reason: str = ""

    @property
    def right(self) -> bool:
        """Whether it counts as the value."""
        return self.outcome in RIGHT


def count_significant(text: str) -> int:
    """How many significant digits a decimal has as written: zeros at the end count, those at the front do not.

    >>> [count_significant(text) for text in ("0.082", "0.0820", "8.2e-2", "-1500", "0.00")]
    [2, 3, 2, 4, 0]
    """
    return len(_NO_DIGITS.sub("", text.lower().partition("e")[0]).lstrip("0"))


def write_decimal(expr: Expr) -> str | None:
    """A plain decimal as written, with its sign and power of ten (``8.2×10^-2`` is 8.2e-2); nothing for any other expression.

    >>> write_decimal(parse("-8.2*10^(-2)"))
    '-8.2e-2'
    """
    negative = False
    while isinstance(expr, Neg):
        negative, expr = not negative, expr.arg
    power = 0
    if isinstance(expr, Mul) and len(expr.args) == 2:
        head, tail = expr.args
        while isinstance(head, Neg):
            negative, head = not negative, head.arg
        exponent = _ten_to(tail)
        if exponent is None or not isinstance(head, Number):
            return None
        power, expr = exponent, head
    if not isinstance(expr, Number):
        return None
    text = expr.text
    if text.startswith("-"):
        negative, text = not negative, text[1:]
    if power:
        mantissa, _, own = text.lower().partition("e")
        text = f"{mantissa}e{int(own or 0) + power}"
    return ("-" if negative else "") + text


def _ten_to(expr: Expr) -> int | None:
    """The exponent of a whole power of ten."""
    if not (isinstance(expr, Pow) and isinstance(expr.base, Number) and expr.base.text == "10"):
        return None
    exponent, sign = expr.exp, 1
    while isinstance(exponent, Neg):
        exponent, sign = exponent.arg, -sign
    if isinstance(exponent, Number) and re.fullmatch(r"-?[0-9]{1,4}", exponent.text):
        return sign * int(exponent.text)
    return None


def judge(
    answer: str | Expr, value: Value, tolerance: Tolerance = STANDARD, written: Value | None = None
) -> NumberVerdict:
    """Judge a number against its value, a `Fraction` or a number of many digits.

    It is right when it is the value; the value correctly rounded or cut off to at least the digits asked for (``tolerance.digits``
    significant ones or, where they are declared, ``tolerance.decimals`` places); or within the tolerance.  Correctly rounded or cut off,
    but shorter, is ``few-digits``.  Without a significant digit (0, 0.00) it is right for an exact 0 only, or where an absolute
    tolerance or a number of places is declared: a gradient of 4.4e-4 is not 0.

    ``written`` is the answer's exact value, where it is known already.

    Raises `ExpressionError` for a text that cannot be read.

    >>> [judge(text, Fraction("0.08216704")).outcome for text in ("0.0822", "0.0821", "0.08217", "0.08", "0", "0.0820")]
    ['rounded', 'truncated', 'rounded', 'few-digits', 'wrong', 'wrong']
    """
    if isinstance(answer, str):
        plain: str | None = answer.strip().replace("−", "-")
        if plain is None or not is_decimal(plain) or not _SHORT.fullmatch(plain):  # the parser refuses what is too long
            answer = parse(answer, names=(), functions=FUNCTIONS)
            plain = write_decimal(answer)
    else:
        plain = write_decimal(answer)
    if plain is None:
        assert not isinstance(answer, str)
        return _constant(answer, value, tolerance, written)
    return _decimal(plain, value, tolerance)


def _constant(expr: Expr, value: Value, tolerance: Tolerance, written: Value | None) -> NumberVerdict:
    """A number that is written as a computation."""
    if written is None:
        used = names(expr)
        if used:
            return NumberVerdict("undecided", reason=tell("it is no number: {used} stands in it", used=used[0]))
        try:
            written = compute(expr, _NOTHING)
        except TutorError as problem:
            return NumberVerdict("undecided", reason=problem.what)
    if isinstance(written, Fraction) and isinstance(value, Fraction):
        same = written == value
    else:
        same = bool(abs(as_real(written) - as_real(value)) <= as_real(_NOISE) * abs(as_real(value)))
    if same:
        return NumberVerdict("exact", written)
    return NumberVerdict("near" if _is_near(written, value, tolerance) else "wrong", written)


def _decimal(text: str, value: Value, tolerance: Tolerance) -> NumberVerdict:
    """A plain decimal, by its digits."""
    number = Decimal(text)
    exponent = int(number.as_tuple().exponent)
    digits, decimals = count_significant(text), max(0, -exponent)
    written = Fraction(number)
    if _is_far_off(number, exponent, value, tolerance):
        return NumberVerdict("wrong", written, digits, decimals)
    how = "differs" if _is_tiny(written, value) else decimal_agreement(number, value)
    if how == "exact":
        return NumberVerdict("exact", written, digits, decimals)
    if how != "differs":
        enough = digits >= tolerance.digits if tolerance.decimals is None else decimals >= tolerance.decimals
        if enough and (digits or tolerance.decimals is not None):
            return NumberVerdict("rounded" if how == "rounded" else "truncated", written, digits, decimals)
    if _is_near(written, value, tolerance):
        return NumberVerdict("near", written, digits, decimals)
    if how != "differs" and digits:
        return NumberVerdict("few-digits", written, digits, decimals)
    return NumberVerdict("wrong", written, digits, decimals)


def _is_tiny(written: Fraction, value: Value) -> bool:
    """Whether a value is so small that 45 places cannot tell it from the wrong number (or from 0)."""
    if isinstance(value, Fraction) or abs(float(value)) > 1e-39:
        return False
    exact, size = as_real(value), abs(as_real(value))
    return 1e-55 <= size <= 1e-40 and abs(as_real(written) - exact) > 1e-15 * size


def _is_far_off(number: Decimal, exponent: int, value: Value, tolerance: Tolerance) -> bool:
    """Whether floats are enough to see that a decimal is wrong: by more than its last digit and by more than the tolerance."""
    try:
        size = float(value)
        distance = abs(float(number) - size)
        unit = 10.0**exponent
    except (OverflowError, ValueError):
        return False
    bound = max(unit, float(tolerance.relative) * abs(size), float(tolerance.absolute))
    return math.isfinite(distance) and distance > 1.001 * bound and distance > 1e-12 * abs(size) and unit > 0.0


def _is_near(written: Value, value: Value, tolerance: Tolerance) -> bool:
    """Whether a number lies within the relative or the absolute tolerance."""
    if isinstance(written, Fraction) and isinstance(value, Fraction):
        distance = abs(written - value)
        return distance <= tolerance.relative * abs(value) or distance <= tolerance.absolute
    apart = abs(as_real(written) - as_real(value))
    return bool(apart <= as_real(tolerance.relative) * abs(as_real(value)) or apart <= as_real(tolerance.absolute))
