"""How the audit writes what a claim should be."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.exercise.model import Claim
from tutor.expression.plain import write_plain
from tutor.solving.written_values import count_digits, nest_texts, show_value, write_side


@pytest.mark.parametrize(("text", "digits"), [("0.0120", 3), ("1.5e-3", 2), ("-12", 2), ("0", 0)])
def test_leading_zeros_and_exponents_are_no_digits(text, digits):
    assert count_digits(text) == digits


@pytest.mark.parametrize(("printed", "shown"), [("0.67", "0.668"), ("0.7", "0.67")])
def test_a_value_has_one_digit_more_than_the_claim(printed, shown):
    assert write_plain(show_value(Claim("a", printed, None), "668187772168166/1000000000000000")) == shown


def test_a_large_array_shows_the_entry_that_differs_most():
    assert nest_texts(["1", "2", "3", "4", "5", "6"], (3, 2)) == "[[1, 2], [3, 4], [5, 6]]"
    assert write_side([Fraction(1)] * 9, (3, 3), 4).count("1.000") == 9
    assert write_side([Fraction(place) for place in range(12)], (3, 4), 11) == "[…]_3,4 = 11.00"
