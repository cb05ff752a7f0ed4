"""How an answer is written: what a decimal may stand for, and which forms are chains, fractions, decimals."""

import math
from fractions import Fraction

import pytest

from tutor.expression.parse import parse
from tutor.marking.written import as_given, figures, has_decimals, is_chain, is_fraction, shorter

INTERVALS = [  # a decimal as written; what was rounded or cut off to it lies between these, about
    ("0.38", 0.375, 0.39),
    ("-0.38", -0.39, -0.375),
    ("2", 1.5, 3),
    ("1.5e2", 145, 160),
    ("9700", 9650, 9800),  # the zeros may be no digits
]


@pytest.mark.parametrize(("text", "low", "high"), INTERVALS)
def test_a_decimal_stands_for_all_that_is_rounded_or_cut_off_to_it(text, low, high):
    given = as_given(Fraction(text), text)
    assert (given.low, given.high) == (pytest.approx(low, rel=1e-4), pytest.approx(high, rel=1e-4))
    assert given.low < float(Fraction(text)) < given.high


def test_a_number_that_is_no_decimal_stands_for_itself():
    given = as_given(Fraction(1, 3), None)
    assert given.high - given.low < 1e-8


@pytest.mark.parametrize("value", [Fraction(10) ** 301, -(Fraction(10) ** 400)])
def test_what_no_float_holds_is_nothing(value):
    assert as_given(value, None) is None


@pytest.mark.parametrize(("text", "found"), [
    ("9700", ["970e1", "97e2"]), ("10", ["1e1"]), ("12", []), ("1.0", []), (None, []), ("-300", ["-30e1", "-3e2"]),
])  # fmt: skip
def test_zeros_at_the_end_may_be_no_digits(text, found):
    assert shorter(text) == found
    assert all(float(one) == float(text) for one in found)


FORMS = [  # text, is a chain, is a fraction, has decimals
    ("dL/da*da/dz*dz/dw", True, False, False),
    ("dL/da*da/dz + 2*dL/db*db/dz", True, False, False),
    ("dL/da*x", False, False, False),
    ("dL/da + 1", False, False, False),
    ("8/3", False, True, False),
    ("-8/3", False, True, False),
    ("7", False, True, False),
    ("0.5/3", False, False, False),  # one digit only
    ("0.25*x", False, False, True),
]


@pytest.mark.parametrize(("text", "chain", "fraction", "decimals"), FORMS)
def test_forms(text, chain, fraction, decimals):
    expr = parse(text, names=["L", "a", "b", "z", "w", "x"])
    assert (is_chain(expr), is_fraction(expr), has_decimals(expr)) == (chain, fraction, decimals)


def test_the_figures_of_a_formula_are_those_that_say_something():
    assert figures(parse("2*0.741*x + 1 - 0.186^2 + 0")) == {0.741, 0.186}
    assert math.inf not in figures(parse("x"))
