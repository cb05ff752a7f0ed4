"""How a printed figure agrees with a value: this table is the specification."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.numbers.agreement import agreement, is_decimal
from tutor.numbers.arithmetic import CONTEXT

TABLE = [
    # exact: the very number, however many zeros are printed
    ("0.29", "0.29", "exact"), ("2.20", "2.2", "exact"), ("2", "2", "exact"), ("-0.5", "-1/2", "exact"),
    ("−0.5", "-1/2", "exact"),
    ("1e-3", "1/1000", "exact"), ("0", "0", "exact"), (".5", "1/2", "exact"), ("100", "100", "exact"),
    # rounded: within half a unit of the last digit
    ("0.667", "2/3", "rounded"), ("0.3", "1/3", "rounded"), ("-0.667", "-2/3", "rounded"),
    ("-182.87", "-182.8741", "rounded"),
    ("0.082", "0.0822", "rounded"), ("1e2", "101", "rounded"), ("0.00", "0.001", "rounded"),
    ("0.00", "-0.001", "rounded"),
    # a half: away from zero, or to the even digit
    ("1.10", "1.095", "rounded"), ("1.12", "1.125", "rounded"), ("1.13", "1.125", "rounded"),
    ("1.09", "1.095", "truncated"),
    ("-1.10", "-1.095", "rounded"), ("-1.12", "-1.125", "rounded"), ("-1.13", "-1.125", "rounded"),
    ("-1.09", "-1.095", "truncated"),
    ("3", "2.5", "rounded"), ("2", "2.5", "rounded"), ("1", "1.5", "truncated"), ("0", "0.5", "rounded"),
    # truncated: the digits that stand there, the rest cut off, towards zero
    ("0.358", "0.35891647971788", "truncated"), ("0.66", "2/3", "truncated"), ("-0.66", "-2/3", "truncated"),
    ("0.99", "0.9999", "truncated"),
    ("0.0", "0.09", "truncated"), ("0", "0.9", "truncated"), ("1", "1.999", "truncated"), ("0.0", "-0.09", "truncated"),
    # a float with all its digits: the last of 16 or 17 are noise
    ("0.30000000000000004", "0.3", "rounded"), ("-3.9999999999999996", "-4", "rounded"),
    ("0.20903903096074486", "0.20903903096074492", "rounded"), ("1069.452311040001", "1069.45231104", "rounded"),
    ("1234567890123456789", "1234567890123456780", "differs"),
    ("0.20903903096074486", "0.20903903096094486", "differs"), ("0.300000000000004", "0.3", "differs"),
    # differs
    ("0.359", "0.3582", "differs"), ("0.67", "0.66", "differs"), ("0.5", "-0.5", "differs"),
    ("-0.66", "2/3", "differs"),
    ("0.65", "2/3", "differs"), ("0.3589", "0.35900", "differs"), ("2", "3", "differs"), ("0", "1", "differs"),
    ("1", "0", "differs"),
    ("0.1", "-0.01", "differs"), ("-0.67", "-0.66", "differs"), ("1.11", "1.095", "differs"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "value", "verdict"), TABLE, ids=[f"{row[0]} for {row[1]}" for row in TABLE])
def test_agreement(printed, value, verdict):
    assert agreement(printed, Fraction(value)) == verdict


@pytest.mark.parametrize(("printed", "value", "verdict"), TABLE, ids=[f"{row[0]} for {row[1]}" for row in TABLE])
def test_a_number_of_60_digits_has_the_same_verdict(printed, value, verdict):
    """But for a half, which is none any more in binary: then rounding up or cutting off, never a disagreement."""
    number = Fraction(value)
    found = agreement(printed, CONTEXT.mpf(number.numerator) / number.denominator)
    places = len(printed.partition("e")[0].partition(".")[2])
    half = abs(number - Fraction(printed.replace("−", "-"))) * 10**places == Fraction(1, 2)
    assert found in ("rounded", "truncated") if half and verdict != "differs" else found == verdict


def written(number, places):
    """A number with so many decimals, all of them printed."""
    units = abs(int(number * 10**places))
    tail = f".{units % 10**places:0{places}d}" if places else ""
    return f"{'-' if number < 0 else ''}{units // 10**places}{tail}"


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 8))
def test_every_rounding_and_every_truncation_is_recognised(value, places):
    unit = Fraction(10) ** -places
    cut = int(value / unit) * unit
    rounded = round(value / unit) * unit
    assert agreement(written(rounded, places), value) in ("exact", "rounded")
    assert agreement(written(cut, places), value) in ("exact", "rounded", "truncated")
    assert agreement(written(rounded + 2 * unit, places), value) == "differs"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.5", True), ("−0.5", True), ("+1", True), ("1e-3", True), (".5", True), ("5.", True), ("1/2", False),
    ("2·3", False),
     ("", False), ("x", False), ("0,5", False), ("nan", False)],
)  # fmt: skip
def test_is_decimal(text, expected):
    assert is_decimal(text) is expected
