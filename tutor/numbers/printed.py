"""How a value is printed: the one place where anything is rounded.

It is rounded as schools do: a half goes away from zero, by the decimal value itself and not by the binary number that holds it.

Exact values are shown exactly when they are short (8/3, 0.3775), every other one with significant digits, and with a power
of ten when it is small or large (4.38568×10⁻⁴).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from tutor.expression.letters import SUPER
from tutor.expression.nodes import Expr, Number, write_fraction
from tutor.numbers.arithmetic import CONTEXT, DIGITS, Value, as_real
from tutor.numbers.values import BigFloat

_CERTAIN = DIGITS - 15  # digits
LARGEST_DENOMINATOR = 100
"""What is short as a decimal, such as 0.004, is no fraction beside others when its denominator is larger."""


def decimal(value: Fraction) -> str | None:
    """The exact decimal of a fraction, or nothing when it never ends.

    >>> decimal(Fraction(151, 400))
    '0.3775'
    """
    if value.denominator.bit_length() > 200 or value.numerator.bit_length() > 400:
        return None
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 else text


def round_significant(value: Value, digits: int) -> str:
    """The value rounded to significant digits: plain from 10⁻³ up to 10⁶ or what the digits allow, else with an exponent.

    In both forms all digits are shown, zeros at the end too, but for what is no rounding: 10⁻⁸ is not 1.00000×10⁻⁸.

    >>> round_significant(Fraction(1, 3), 6), round_significant(Fraction(862060000001, 10**15), 6)
    ('0.333333', '8.62060e-4')
    >>> round_significant(Fraction("14.77125"), 6), round_significant(Fraction("-14.77125"), 6)
    ('14.7713', '-14.7713')
    """
    if value == 0:
        return "0"
    number = as_real(value)
    figures, places = _round_away(abs(number), digits)
    sign = "-" if number < 0 else ""
    if -4 < places < 0:
        return f"{sign}0.{'0' * (-places - 1)}{figures}"
    if 0 <= places < digits:
        head, tail = figures[: places + 1], figures[places + 1 :]
        return f"{sign}{head}.{tail}" if tail else sign + head
    if 0 <= places <= 8:
        return sign + figures + "0" * (places + 1 - len(figures))
    if isinstance(value, Fraction) and value == Fraction(f"{sign}{figures}e{places - len(figures) + 1}"):
        figures = figures.rstrip("0")
    head, tail = figures[0], figures[1:]
    return f"{sign}{head}{'.' + tail if tail else ''}e{places}"


def print_in_words(value: Value, digits: int) -> str:
    """The same for a sentence: an exponent as one writes it.

    >>> print_in_words(Fraction("3723.82"), 6), print_in_words(Fraction(10) ** 30 / 3, 3)
    ('3723.82', '3.33×10²⁹')
    """
    shown, _, power = round_significant(value, digits).replace("-", "−").partition("e")
    return shown + "×10" + "".join(SUPER[sign] for sign in power.replace("−", "-")) if power else shown


def _round_away(size: BigFloat, digits: int) -> tuple[str, int]:
    """The digits of a positive number, a half rounded up, and the power of ten of the first of them.

    `_CERTAIN` digits are taken first: more than are ever shown, and so many fewer than are computed with that a half is one there.
    """
    text: str = CONTEXT.nstr(size, _CERTAIN, strip_zeros=False, min_fixed=-100, max_fixed=-100, show_zero_exponent=True)
    mantissa, _, exponent = text.partition("e")
    known = mantissa.replace(".", "")
    if digits >= _CERTAIN:
        return known, int(exponent)
    kept = str(int(known[:digits]) + (known[digits] >= "5"))
    return kept[:digits], int(exponent) + len(kept) - digits


def as_printed(value: Value, digits: int = 6, *, fractions: bool | None = None) -> Expr:
    """The value as an expression that is ready to print: as a decimal where it ends, else as a short fraction.

    ``fractions`` writes all short ones as fractions, or none of them.

    >>> as_printed(Fraction(1, 2)), as_printed(Fraction(1, 2), fractions=True)
    (Number(text='0.5'), Div(num=Number(text='1'), den=Number(text='2')))
    >>> as_printed(Fraction(1, 3), 3, fractions=False)
    Number(text='0.333')
    """
    if isinstance(value, Fraction):
        exact = decimal(value)
        if fractions and value.denominator > 1 and _is_short_fraction(value):
            return write_fraction(value)
        if exact is not None and len(exact.lstrip("-0.").replace(".", "")) <= digits and (
            not exact.lstrip("-").startswith("0.0000") and len(exact) <= digits + 6
        ):  # fmt: skip
            return Number(exact)
        if exact is None and fractions is not False and _is_short_fraction(value):
            return write_fraction(value)
    return Number(round_significant(value, digits))


MOST_DIGITS = 15
"""A change that is smaller than so many digits can show is not shown."""


def choose_digits_for_change(before: Iterable[Value], after: Iterable[Value], digits: int) -> int:
    """So many digits that each number that has changed is printed otherwise than before, with two figures of its change.

    >>> choose_digits_for_change([Fraction(2)], [Fraction("2.000003096")], 6), choose_digits_for_change([Fraction(2)], [Fraction(3)], 6)
    (8, 6)
    """
    needed = digits
    for old, new in zip(before, after, strict=True):
        if old == new or round_significant(old, digits) != round_significant(new, digits):
            continue
        first = next((n for n in range(digits + 1, MOST_DIGITS) if round_significant(old, n) != round_significant(new, n)), None)
        needed = needed if first is None else max(needed, first + 1)
    return needed


def as_told_beside(value: Fraction, digits: int) -> Expr:
    """A value beside a figure of so many digits that is to be it: with a digit more, or with as many as it takes that who rounds what is
    shown gets the value rounded, too: 0.698496 is not 0.6985, which is 0.699 in three digits.

    >>> as_told_beside(Fraction("0.69849587"), 3), as_told_beside(Fraction("0.69841"), 3), as_told_beside(Fraction("1.0950"), 3)
    (Number(text='0.698496'), Number(text='0.6984'), Number(text='1.095'))
    """
    if not digits:  # as a printed 0 has none
        return as_printed(value, 1)
    meant = round_significant(value, digits)
    enough = (n for n in range(digits + 1, MOST_DIGITS) if round_significant(Fraction(round_significant(value, n)), digits) == meant)
    return as_printed(value, next(enough, digits + 1))


def round_places(value: Fraction, places: int) -> str:
    """The value rounded to so many places behind the point, a half away from zero; a whole number has none.

    >>> round_places(Fraction("0.04996"), 4), round_places(Fraction(-1, 3), 3), round_places(Fraction(7), 2)
    ('0.0500', '-0.333', '7')
    """
    if value.denominator == 1:
        return str(value)
    whole = str((abs(value.numerator) * 2 * 10**places + value.denominator) // (2 * value.denominator)).rjust(places + 1, "0")
    text = f"{whole[:-places]}.{whole[-places:]}" if places else whole
    return f"-{text}" if value < 0 and whole.strip("0") else text


def count_places_beside(value: Fraction, places: int) -> int:
    """How many places behind the point a value has beside a figure of so many that is to be it: one more, or as many as it takes that it
    shows two digits, and that who rounds what is shown gets the value rounded, too.

    >>> [count_places_beside(Fraction(text), 3) for text in ("0.69841", "0.69849587", "0.0000312")]
    [4, 6, 6]
    """
    meant = round_places(value, places)
    for n in range(places + 1, MOST_DIGITS + places):
        shown = round_places(value, n)
        if round_places(Fraction(shown), places) == meant and (Fraction(shown) == value or len(shown.lstrip("-0.").replace(".", "")) > 1):
            return n
    return places + 1


def is_all_fractions(values: Iterable[Value], given: Iterable[Value] = ()) -> bool:
    """Whether a page shows its numbers as fractions: all are short ones, some never end as decimals, and none was ``given`` as a decimal.

    >>> third, half = Fraction(1, 3), Fraction(1, 2)
    >>> is_all_fractions([third, half]), is_all_fractions([half]), is_all_fractions([third, half], [half])
    (True, False, False)
    """
    unending = False
    for value in values:
        if not isinstance(value, Fraction) or not _is_short_fraction(value):
            return False
        ends = decimal(value) is not None
        if ends and value.denominator > LARGEST_DENOMINATOR:
            return False
        unending = unending or not ends
    return unending and not any(isinstance(value, Fraction) and value.denominator > 1 and decimal(value) for value in given)


def is_in_short_fractions(values: Sequence[Value], given: Iterable[Value] = ()) -> bool:
    """Whether numbers in rows and columns are shown as fractions: as any others are, and none has a denominator of three digits.

    >>> is_in_short_fractions([Fraction(1, 3), Fraction(1, 2)]), is_in_short_fractions([Fraction(1, 3), Fraction(89, 950)])
    (True, False)
    >>> is_in_short_fractions([Fraction(16, 5), Fraction(1, 3)], [Fraction(16, 5)])  # it was given as 3.2
    False
    """
    if not is_all_fractions(values, given):
        return False
    return all(isinstance(value, Fraction) and value.denominator < LARGEST_DENOMINATOR for value in values)


def print_alike(values: Sequence[Value], digits: int = 6, *, fractions: bool | None = None) -> list[Expr]:
    """The values of a column: a fraction is a decimal there, unless none of the others is one.

    >>> from tutor.expression.plain import write_plain
    >>> [[write_plain(each) for each in print_alike(tuple(map(Fraction, texts)), 3)] for texts in (("0.5", "2/3"), ("1", "2/3"))]
    [['0.5', '0.667'], ['1', '2/3']]
    """
    shown = [as_printed(value, digits, fractions=fractions) for value in values]
    if not any(type(one) is Number and "." in one.text for one in shown):
        return shown
    return [one if type(one) is Number else Number(round_significant(value, digits)) for one, value in zip(shown, values, strict=True)]


def _is_short_fraction(value: Fraction) -> bool:
    """Whether a fraction is shown as one: numerator and denominator have at most four digits each."""
    return max(abs(value.numerator), value.denominator) < 10_000


def as_exact_text(value: Value, digits: int = 15) -> str:
    """The value for JSON: the exact fraction, or 15 significant digits.

    An exact value is written as a fraction (``33/50``), or as a whole number; a fraction of more than 60 digits as its digits.
    """
    if isinstance(value, Fraction) and value.numerator.bit_length() + value.denominator.bit_length() <= 200:
        return str(value)
    number = as_real(value)
    return str(CONTEXT.nstr(number, digits, strip_zeros=False)) if number else "0"
