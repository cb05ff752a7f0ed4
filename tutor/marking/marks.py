"""Marks as everybody sees them: one way of writing, the same in reports, tables and files, with totals that add up.

A mark is exact inside (1/3 of a mark); what is shown is a decimal.  A total is the sum of the *shown* marks of its answers,
so that nobody who adds up a report finds another number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from tutor.marking.marked import Marked

PLACES = 4
"""A mark is shown with at most so many digits after the point."""
_UNIT: int = 10**PLACES


def units(marks: Fraction) -> int:
    """The mark that is shown, in ten-thousandths: a class of any size is added up in whole numbers.

    >>> units(Fraction(3, 4)), units(Fraction(2, 3))
    (7500, 6667)
    """
    if _UNIT % marks.denominator:
        return round(marks * _UNIT)
    return marks.numerator * (_UNIT // marks.denominator)


def round_mark(marks: Fraction) -> Fraction:
    """The mark that is shown: exact where it ends within `PLACES` digits, else rounded, a half to the even digit.

    >>> round_mark(Fraction(1, 3))
    Fraction(3333, 10000)
    """
    return Fraction(units(marks), _UNIT)


def points(marks: Fraction) -> str:
    """A mark as a decimal without zeros at its end.

    >>> [points(Fraction(text)) for text in ("3/4", "1/3", "2", "1/32", "-1/2", "0")]
    ['0.75', '0.3333', '2', '0.0312', '-0.5', '0']
    """
    shown = units(marks)
    whole, rest = divmod(abs(shown), _UNIT)
    places = f"{rest:0{PLACES}d}".rstrip("0")
    sign = "-" if shown < 0 else ""
    return f"{sign}{whole}.{places}" if places else f"{sign}{whole}"


def total(marks: Iterable[Fraction]) -> Fraction:
    """The sum of marks as they are shown.

    >>> points(total([Fraction(1, 3)] * 3))
    '0.9999'
    """
    return Fraction(sum(map(units, marks)), _UNIT)


def sum_earned(marked: Marked) -> Fraction:
    """The total of a student that is shown: the sum of the shown marks of the answers, if the answers are what was added up."""
    return _add_up([answer.marks for answer in marked.answers], marked.marks)


def sum_possible(marked: Marked) -> Fraction:
    """What could be earned, added up in the same way."""
    return _add_up([answer.out_of for answer in marked.answers], marked.out_of)


def _add_up(parts: Sequence[Fraction], whole: Fraction) -> Fraction:
    """The sum of the shown parts, if the parts make up the whole; else the whole."""
    added = sum(map(units, parts))
    exact = all(_UNIT % part.denominator == 0 for part in parts)
    same = added * whole.denominator == whole.numerator * _UNIT if exact else sum(parts, Fraction(0)) == whole
    return Fraction(added, _UNIT) if parts and same else round_mark(whole)
