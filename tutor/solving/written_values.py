"""How the audit writes what a claim should be: with as many digits as it prints and one more, arrays in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from tutor.exercise.model import Claim
from tutor.expression.nodes import Expr
from tutor.numbers.agreement import is_decimal
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_told_beside, round_significant

DIGITS = 4
"""Of what two formulas give where they differ."""
SHOWN = 9
"""Arrays of more entries are not written out."""
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
    """The value of a claim that prints numbers: with a digit more than the longest of them.

    A formula of short numbers (0.01*2/3) has four digits at least, one of whole numbers (2/3) seven.

    >>> show_value(Claim("a", "0.67", None), "668187772168166/1000000000000000")
    Number(text='0.668')
    """
    if is_decimal(claim.decimal):
        digits = count_digits(claim.decimal)
    else:
        figures = _FIGURE.findall(claim.printed)
        digits = max(3, *map(count_digits, figures)) if figures else 6
    return as_told_beside(Fraction(value), digits)


def count_digits(text: str) -> int:
    """The significant digits of a decimal."""
    return len(re.sub(r"[eE].*|[^0-9]", "", text).lstrip("0"))
