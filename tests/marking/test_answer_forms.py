"""How an answer is written: what a decimal may stand for, and which forms are chains, fractions, decimals."""

import math
from fractions import Fraction

import pytest

from tutor.answer.compare.figures import write_decimal
from tutor.expression.parse import parse
from tutor.marking.answer_forms import as_given, figures, has_decimals, is_chain, is_fraction, limit_shown, list_shorter

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
    assert list_shorter(text) == found
    assert all(float(one) == float(text) for one in found)


LIMITS = [  # as shown, the right value, and what it may have been
    ("0.74", "0.2", (0.735, 0.75)), ("-0.74", "0.2", (-0.75, -0.735)), ("8.2e-2", "0.2", (0.0815, 0.083)),
    ("0.5", "0.5", None), ("12", "7", None), ("12", "7/3", (11.5, 13)), ("2", "7/3", None), ("1/3", "0.2", None), ("0.00", "0.2", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "truth", "limits"), LIMITS)
def test_what_a_shown_number_may_have_been(text, truth, limits):
    expr = parse(text)
    plain = write_decimal(expr)
    found = limit_shown(as_given(Fraction(text.replace("e-2", "")) / (100 if "e" in text else 1), plain), plain, Fraction(truth))
    assert found == (None if limits is None else pytest.approx(limits, rel=1e-5))


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
