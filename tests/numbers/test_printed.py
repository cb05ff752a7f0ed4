"""How values are printed, as tables."""

from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from independent import MP

from tutor.expression.nodes import Number
from tutor.expression.plain import write_plain
from tutor.numbers.agreement import agreement
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.printed import as_exact_text, as_printed, as_told_beside, decimal, print_alike, round_significant

F = Fraction


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (F(151, 400), "0.3775"), (F(1, 3), None), (F(-1, 8), "-0.125"), (F(12), "12"), (F(0), "0"),
        (F(1, 1024), "0.0009765625"),
        (F(-7, 2), "-3.5"), (F(1, 7), None), (F(10**20), "1" + "0" * 20),
    ],
)  # fmt: skip
def test_decimal(value, text):
    assert decimal(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (F(1, 3), 6, "0.333333"),
        (F(2, 3), 3, "0.667"),
        (F(-2, 3), 3, "-0.667"),
        (F(0), 6, "0"),
        (F(1234567), 6, "1234570"),
        (F(123456), 6, "123456"),
        (F(1, 1000), 6, "0.00100000"),
        (F(1, 10000), 6, "1e-4"),
        (F("0.000438568"), 6, "4.38568e-4"),
        (F(999999999), 6, "1.00000e9"),
        (F("0.000862060000001"), 6, "8.62060e-4"),
        (F(10**12), 6, "1e12"),
        (F("0.9999999"), 6, "1.00000"),
        (F("2.5"), 1, "3"),
        # a half goes away from zero, of the decimal value: what is computed of it in binary lies a little below or above
        (F("14.77125"), 6, "14.7713"), (F("14.77135"), 6, "14.7714"), (F("-14.77125"), 6, "-14.7713"), (F("0.5"), 1, "0.5"),
        (CONTEXT.mpf("14.77125"), 6, "14.7713"), (CONTEXT.sqrt(CONTEXT.mpf("14.77125") ** 2), 6, "14.7713"),
        (F("9.999995"), 6, "10.0000"), (F("1234565"), 6, "1234570"), (F("4.385685e-9"), 6, "4.38569e-9"),
        (F("14.771249999999999999999999"), 6, "14.7712"),
        (F(10) ** -80 / 3, 4, "3.333e-81"),
    ],
)
def test_significant(value, digits, text):
    as_fraction = F if isinstance(value, F) else (lambda number: F(str(number)))
    found = round_significant(value, digits)
    assert found == text
    assert abs(Fraction(found) - as_fraction(value)) <= abs(as_fraction(value)) * Fraction(10) ** (1 - digits)


@given(st.fractions(min_value=-(10**12), max_value=10**12).filter(bool), st.integers(3, 12))
def test_significant_is_right_to_its_digits(value, digits):
    """Half a unit in the last digit, whatever the size, with the sign."""
    found = Fraction(round_significant(value, digits))
    assert abs(found - value) <= abs(value) * Fraction(10) ** (1 - digits) / 2 * Fraction(101, 100)


@given(st.integers(-(10**9), 10**9).filter(bool), st.integers(-12, 6), st.integers(1, 9))
def test_rounded_as_the_decimal_module_does(whole, power, digits):
    """Ties among them, against an implementation that has nothing to do with ours; either way of a tie is right as an answer."""
    value = Decimal(whole).scaleb(power)
    tie = Decimal(f"{whole}5").scaleb(power)
    for number, figures in ((value, digits), (tie, len(str(abs(whole))))):
        expected = Context(prec=figures, rounding=ROUND_HALF_UP).create_decimal(number)
        assert Decimal(round_significant(F(number), figures)) == expected
    for way in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN):
        answer = str(Context(prec=len(str(abs(whole))), rounding=way).create_decimal(tie))
        for true in (F(tie), CONTEXT.mpf(str(tie)) * (1 - CONTEXT.mpf(10) ** -59), CONTEXT.mpf(str(tie)) * (1 + CONTEXT.mpf(10) ** -59)):
            assert agreement(answer, true) in ("rounded", "truncated")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (F(8, 3), "8/3"), (F(-4, 9), "-4/9"), (F(151, 400), "0.3775"), (F(12), "12"), (F(-2), "-2"), (F(0), "0"),
        (F(1, 4), "0.25"), (F(10007, 3), "3335.67"), (F(1, 3000007), "3.33333e-7"), (F("0.0005"), "0.0005"),
        (F("0.00005"), "5e-5"),
        (F("0.123456789"), "0.123457"), (F(10**7), "10000000"),
    ],
)  # fmt: skip
def test_shown(value, text):
    assert write_plain(as_printed(value)) == text


def test_a_number_that_is_not_exact_is_shown_with_all_its_digits():
    assert write_plain(as_printed(CONTEXT.sqrt(2))) == "1.41421"
    assert write_plain(as_printed(CONTEXT.sqrt(2), 10)) == "1.414213562"
    assert write_plain(as_printed(CONTEXT.mpf(2))) == "2.00000"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (F(33, 50), "33/50"), (F(-3), "-3"), (F(0), "0"), (F(1, 3), "1/3"), (F(1, 7**100), "3.09169040809022e-85"),
        (CONTEXT.sqrt(2), "1.41421356237310"), (CONTEXT.mpf(0), "0"),
    ],
)  # fmt: skip
def test_exact_text(value, text):
    assert as_exact_text(value) == text


def test_a_fraction_of_thousands_of_digits_can_be_written():
    """Python's str() refuses integers of more than 4,300 digits; fractions here may have 6,000."""
    value = F(3**12_000, 2**19_000)
    for text in (as_exact_text(value), write_plain(as_printed(value)), round_significant(value, 15)):
        assert abs(MP.mpf(text) / (MP.mpf(3) ** 12_000 / MP.mpf(2) ** 19_000) - 1) < MP.mpf(10) ** -5


@pytest.mark.parametrize(("column", "shown"), [
    (("2.89", "0", "1597/1200"), ["2.89", "0", "1.33"]), (("1/3", "2/3", "4"), ["1/3", "2/3", "4"]), (("1/3", "0.5"), ["0.333", "0.5"]),
])  # fmt: skip
def test_a_column_has_decimals_or_fractions(column, shown):
    assert [write_plain(one) for one in print_alike([Fraction(text) for text in column], 3)] == shown


@pytest.mark.parametrize(("value", "digits", "shown"), [
    ("0.69849587", 3, "0.698496"), ("0.69841", 3, "0.6984"), ("-3.905479", 4, "-3.90548"), ("0.0234567", 0, "0.02"), ("0", 0, "0"),
])  # fmt: skip
def test_what_is_told_beside_a_figure_rounds_as_the_value_does(value, digits, shown):
    assert as_told_beside(Fraction(value), digits) == Number(shown)
