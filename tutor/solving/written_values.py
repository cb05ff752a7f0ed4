"""How the audit writes what a claim should be: with as many digits as it prints and one more, arrays in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from tutor.exercise.model import Claim
from tutor.expression.nodes import Expr, Number
from tutor.numbers.agreement import as_fraction, is_decimal
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import (
    MOST_DIGITS,
    as_told_beside,
    count_places_beside,
    decimal,
    round_places,
    round_significant,
)
from tutor.numbers.run import compute

DIGITS = 4
"""Of what two formulas give where they differ."""
SHOWN = 9
"""Arrays of more entries are not written out."""
_TINY = 3
"""What begins so many places behind the last one that is printed is written with a power of ten."""
_FIGURE = re.compile(r"(?<![\w.])[0-9]*\.[0-9]+")


def nest_texts(texts: Sequence[str], shape: Sequence[int]) -> str:
    """The entries of an array in brackets, row by row.

    >>> nest_texts(["1", "2", "3", "4"], (2, 2))
    '[[1, 2], [3, 4]]'
    """
    if not shape:
        return texts[0]
    size = len(texts) // shape[0]
    return f"[{', '.join(nest_texts(texts[at : at + size], shape[1:]) for at in range(0, len(texts), size))}]"


def write_side(items: Sequence[Value], shape: Sequence[int], worst: int) -> str:
    """An array of numbers in brackets, or of a large one the entry where two differ most.

    >>> write_side([Fraction(1), Fraction(2)], (2,), 0), write_side([Fraction(7)] * 12, (3, 4), 6)
    ('[1.000, 2.000]', '[…]_2,3 = 7.000')
    """
    if len(items) <= SHOWN:
        return nest_texts([round_significant(item, DIGITS) for item in items], shape)
    place: list[str] = []
    rest = worst
    for size in reversed(shape):
        rest, at = divmod(rest, size)
        place.insert(0, str(at + 1))
    return f"[…]_{','.join(place)} = {round_significant(items[worst], DIGITS)}"


def show_value(claim: Claim, value: str) -> Expr:
    """The value of a claim that prints numbers: with a place more than what it prints, and as a decimal where that is one.

    A formula of short numbers (0.01*2/3) has four digits at least, one of whole numbers (2/3) seven.

    >>> show_value(Claim("a", "0.67", None), "668187772168166/1000000000000000"), show_value(Claim("a", "0.67", None), "2/3")
    (Number(text='0.668'), Number(text='0.667'))
    """
    return show_values([claim], [value])[0]


def show_values(claims: Sequence[Claim], values: Sequence[str]) -> list[Expr]:
    """The same for the entries of an array: all have as many places as the one that has most.

    >>> show_values([Claim("a", "0.207", None), Claim("b", "0.4066", None)], ["0.20719", "0.40683"])
    [Number(text='0.20719'), Number(text='0.40683')]
    """
    exact = [Fraction(value) for value in values]
    places = [_count_places(claim.decimal) for claim in claims]
    tiny = any(value and abs(value) * 10 ** (count + _TINY) < 1 for value, count in zip(exact, places, strict=True))
    if any(places) and not tiny and all(is_decimal(claim.decimal) and "e" not in claim.decimal.lower() for claim in claims):
        most = max(_count_places(end) if (end := decimal(value)) else MOST_DIGITS for value in exact)
        beside = max(map(count_places_beside, exact, places))
        return [Number(round_places(value, min(beside, most))) for value in exact]
    return [_show_digits(claim, value) for claim, value in zip(claims, exact, strict=True)]


def show_printed(claim: Claim, shown: Expr) -> Expr | None:
    """What a printed formula of numbers comes to (0.172*0.537), with as many places as what is ``shown`` beside it; nothing for a figure.

    >>> from tutor.expression.parse import parse
    >>> show_printed(Claim("a", "0.2*0.3", None, formula=parse("0.2*0.3")), Number("0.0512"))
    Number(text='0.06')
    """
    if claim.parts or claim.formula is None or is_decimal(claim.decimal) or not isinstance(shown, Number):
        return None
    value = compute(claim.formula, {})
    ends = decimal(value) if isinstance(value, Fraction) else None
    places = _count_places(shown.text)
    return Number(round_places(as_fraction(value), min(places, _count_places(ends) if ends else places)))


def _count_places(text: str) -> int:
    return len(text.strip().partition(".")[2])


def _show_digits(claim: Claim, value: Fraction) -> Expr:
    if is_decimal(claim.decimal):
        digits = count_digits(claim.decimal)
    else:
        figures = _FIGURE.findall(claim.printed)
        digits = max(3, *map(count_digits, figures)) if figures else 6
    return as_told_beside(value, digits)


def count_digits(text: str) -> int:
    """The significant digits of a decimal."""
    return len(re.sub(r"[eE].*|[^0-9]", "", text).lstrip("0"))
