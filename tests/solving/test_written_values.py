"""How the audit writes what a claim should be."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.exercise.model import Claim
from tutor.expression.nodes import Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.solving.written_values import count_digits, nest_texts, show_printed, show_value, show_values, write_side


@pytest.mark.parametrize(("text", "digits"), [("0.0120", 3), ("1.5e-3", 2), ("-12", 2), ("0", 0)])
def test_leading_zeros_and_exponents_are_no_digits(text, digits):
    assert count_digits(text) == digits


@pytest.mark.parametrize(("printed", "shown"), [("0.67", "0.668"), ("0.7", "0.67"), ("0.0090", "0.66819")])
def test_a_value_has_one_place_more_than_the_claim(printed, shown):
    assert write_plain(show_value(Claim("a", printed, None), "668187772168166/1000000000000000")) == shown


def test_a_large_array_shows_the_entry_that_differs_most():
    assert nest_texts(["1", "2", "3", "4", "5", "6"], (3, 2)) == "[[1, 2], [3, 4], [5, 6]]"
    assert write_side([Fraction(1)] * 9, (3, 3), 4).count("1.000") == 9
    assert write_side([Fraction(place) for place in range(12)], (3, 4), 11) == "[…]_3,4 = 11.00"


@pytest.mark.parametrize(("printed", "values", "shown"), [
    (("0.207", "0.4066"), ("0.20719", "0.40683"), ("0.20719", "0.40683")),
    (("-0.0323", "0.5"), ("-0.0040001", "0.25"), ("-0.00400", "0.25000")),  # places, not digits
    (("0.5", "0"), ("0.25", "0"), ("0.25", "0")),  # what ends has no zeros
    (("0.67",), ("2/3",), ("0.667",)),  # no fraction beside a decimal
    (("3",), ("8/3",), ("8/3",)),  # but beside a whole number
    (("-5.3e-8", "0.5"), ("-5.3438e-8", "0.53"), ("-5.34e-8", "0.53")),
    (("0.5",), ("3.12e-7",), ("3.1e-7",)),
])  # fmt: skip
def test_entries_of_an_array_have_the_same_places(printed, values, shown):
    claims = [Claim("a", text, None) for text in printed]
    assert tuple(map(write_plain, show_values(claims, values))) == shown


def test_a_printed_formula_of_numbers_comes_to_a_number_beside_the_right_one():
    said = [show_printed(Claim("a", text, None, formula=parse(text)), Number("0.09196")) for text in ("0.172*0.537", "0.0924")]
    assert said == [Number("0.09236"), None]
