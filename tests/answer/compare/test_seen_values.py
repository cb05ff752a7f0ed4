"""Values as a reader sees them beside "yours" and "expected": no more digits than it takes to see the difference, and never fewer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.answer.compare.seen_values import decimal_text, ratio, tell_apart

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e30", max_value="1e30", places=40)


@pytest.mark.parametrize(("value", "text"), [
    ("0", "0"), ("-0", "0"), ("2.50", "2.5"), ("1/3", "0.3333"), ("1234567", "1235000"), ("12345678", "1.235e7"),
    ("0.00001234", "0.00001234"), ("0.000001234", "1.234e-6"), ("NaN", "no value"), ("Infinity", "too large to be written"),
])  # fmt: skip
def test_texts(value, text):
    shown = Decimal(1) / 3 if value == "1/3" else Decimal(value)
    assert decimal_text(shown) == text


@pytest.mark.parametrize(("yours", "expected", "seen"), [
    ("0.25", "0.5", ("0.25", "0.5")),
    ("0.33333", "0.33334", ("0.33333", "0.33334")),
    ("1.00000000000000000001", "1", ("1 + 1e-20", "1")),
    ("0.99999999999999999999", "1", ("1 - 1e-20", "1")),
])  # fmt: skip
def test_the_difference_is_seen(yours, expected, seen):
    assert tell_apart(Decimal(yours), Decimal(expected)) == seen


@given(NUMBERS, NUMBERS)
def test_what_differs_is_never_shown_alike(one, other):
    if one != other:
        mine, theirs = tell_apart(one, other)
        assert mine != theirs


@given(NUMBERS, NUMBERS)
def test_the_ratio_has_no_side(one, other):
    assert ratio(one, other) == ratio(other, one) <= 2
    assert (ratio(one, other) == 0) == (one == other)
