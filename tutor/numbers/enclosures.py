"""Programs in balls: the value of an expression with a proved error, at single points.

A value that does not exist (1/0, log of a negative number) is nan, and all that is computed from it; so is what the digits in use do not
tell, a condition on whose sign it depends for example.  `explain_missing` says which of the two it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from tutor.numbers.balls import bits_in_use, bits_of, enclose, magnitude, make_nowhere, raise_whole, set_bits, sign
from tutor.numbers.functions import PRIMITIVES
from tutor.numbers.lowering import ADD, DIV, IF, MUL, NAME, NEG, NUMBER, POW, POWER, SQUARE, SUB
from tutor.numbers.program import Program
from tutor.numbers.values import Ball

FEW_BITS = 72
"""What every comparison has to spare (see `count_lost_bits`)."""
_SMALL, _LARGE = 2.0 ** (-FEW_BITS // 2), 2.0 ** (FEW_BITS // 2)
"""Two numbers between these differ by no more than `FEW_BITS`."""
_SMALL_ARGUMENT = 16.0
"""A function of what is smaller (and larger than the least of these) needs no more than `FEW_BITS` either: see `Primitive.lost`."""


def enclose_all(steps: Program, values: Mapping[str, Ball]) -> list[Ball]:
    """The balls of all sub-terms, by their places, with the digits in use (see `tutor.numbers.balls.working`)."""
    done: list[Ball] = []
    append = done.append
    bits = 0
    for op, a, b, c in steps.code:
        if op == MUL:
            append(done[a] * done[b])
        elif op == NAME:
            append(values[a])
        elif op == NUMBER:
            bits = bits or bits_in_use()
            append(_constant(c, bits))
        elif op == ADD:
            append(done[a] + done[b])
        elif op == SUB:
            append(done[a] - done[b])
        elif op == SQUARE:
            append(done[a] * done[a])
        elif op == NEG:
            append(-done[a])
        elif op == DIV:
            append(done[a] / done[b])
        elif op == POWER:
            append(raise_whole(done[a], b))
        elif op == POW:
            append(power(done[a], done[b]))
        elif b is None:
            append(PRIMITIVES[op].ball(*(() if a is None else (done[a],))))
        else:
            append(PRIMITIVES[op].ball(done[a], done[b], *(() if c is None else (done[c],))))
    return done


def enclose_all_with(digits: int, steps: Program, values: Mapping[str, Ball]) -> list[Ball]:
    """The balls of all sub-terms with so many digits."""
    before = set_bits(bits_of(digits))
    try:
        return enclose_all(steps, values)
    finally:
        set_bits(before)


@lru_cache(maxsize=4_096)
def _constant(text: str, bits: int) -> Ball:
    return enclose(Fraction(text))


def power(base: Ball, exponent: Ball) -> Ball:
    """base^exponent, of a base that is not negative unless the exponent is a whole number."""
    if base.is_nan() or exponent.is_nan():
        return make_nowhere()
    if exponent.is_integer() and abs(exponent) < 10**6:
        mantissa, shift = exponent.man_exp()
        return raise_whole(base, int(mantissa) << int(shift))
    side = sign(base)
    if side == 0 and exponent > 0:
        return enclose(0)
    found = base**exponent if side == 1 else make_nowhere()
    return found if found.is_finite() else make_nowhere()


def count_lost_bits(steps: Program, done: list[Ball]) -> int:
    """How many bits it takes so that no term of a sum is lost beside a larger one: 1 + 10⁻⁶⁰ is not 1.  Up to `FEW_BITS` it may be 0."""
    most = 0
    for op, a, b, _ in steps.code:
        if op in (ADD, SUB):
            left, right = done[a], done[b]
            if _SMALL < abs(float(left)) < _LARGE and _SMALL < abs(float(right)) < _LARGE:
                continue  # nearly always, and four times as fast as asking for their exponents
            if (left > 0 or left < 0) and (right > 0 or right < 0):  # neither nan nor perhaps 0
                distance = magnitude(left) - magnitude(right)
                if distance > most:
                    most = distance
                elif -distance > most:
                    most = -distance
        elif b is None and a is not None and op in PRIMITIVES:
            needs, x = PRIMITIVES[op].lost, done[a]
            if needs is None or _SMALL < abs(float(x)) < _SMALL_ARGUMENT:
                continue
            if x.is_finite() and not x.contains(0):
                most = max(most, needs(magnitude(x)))
    return most


def explain_missing(steps: Program, done: list[Ball]) -> str | bool:
    """Why a value is nan: True where it certainly does not exist, False where more digits may tell, or the quantity it comes from."""
    place = steps.result
    while True:
        op, a, b, c = steps.code[place]
        if op == NAME:
            return str(a)
        parts = [part for part in (a, None if op == POWER else b, c) if part is not None]
        if op == IF:
            side = sign(done[a])
            parts = [a] if side is None else [b if side > 0 else c]
        lost = [part for part in parts if not done[part].is_finite()]
        if not lost:
            check = _CERTAIN.get(op)
            return check is not None and bool(check(*(done[part] for part in (a, None if op == POWER else b) if part is not None)))
        place = lost[0]


_CERTAIN: dict[str, Callable[..., bool]] = {
    DIV: lambda a, b: b.is_zero(),
    POWER: lambda a: a.is_zero(),
    POW: lambda a, b: bool(a < 0 or (a.is_zero() and b <= 0)),
    **{name: row.nowhere for name, row in PRIMITIVES.items() if row.nowhere},
}
"""Where an operation on numbers certainly has no value."""
