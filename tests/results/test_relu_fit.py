"""Functions built from ReLUs: exact at the knots, straight between, and as near as is said."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.errors import TutorError
from tutor.expression.parse import parse
from tutor.notation.profile import notation
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run import compute, read_value
from tutor.results.curves import interval
from tutor.results.relu_fit import read_one_variable, relu_chart, relu_fit
from tutor.rules.functions import FUNCTIONS

PLAIN = notation("plain")


def relu(x):
    return max(Fraction(0), x)


fractions = st.fractions(min_value=-5, max_value=5, max_denominator=20)


@given(
    text=st.sampled_from(["x^3 - x", "1/(x^2 + 1)", "abs(x) - 1/3", "max(0, x)*x", "7"]),
    low=fractions,
    length=st.fractions(min_value=Fraction(1, 10), max_value=6, max_denominator=20),
    pieces=st.integers(1, 12),
)
@settings(max_examples=60, deadline=None)
def test_the_sum_of_relus_is_exact_at_the_knots_and_straight_between(text, low, length, pieces):
    expr, variable = read_one_variable(text)
    fit = relu_fit(expr, variable, low, low + length, pieces)
    knots = [low + length * place / pieces for place in range(pieces + 1)]
    assert [kink for _, kink in fit.terms] == knots[:-1]

    def written_out(x):  # the sum itself, not the object's own way to compute it
        return fit.constant + sum(scale * relu(x - kink) for scale, kink in fit.terms)

    for knot in knots:
        assert written_out(knot) == fit(knot) == compute(expr, {variable: knot})
    for a, b in pairwise(knots):
        assert written_out((a + b) / 2) == (written_out(a) + written_out(b)) / 2


def test_the_sum_as_it_is_written_is_the_sum():
    expr, variable = read_one_variable("x^2")
    fit = relu_fit(expr, variable, Fraction(-1), Fraction(1), 4)
    formula = fit.formula()
    for x in (Fraction(-1), Fraction(-1, 3), Fraction(0), Fraction(9, 10)):
        assert compute(formula, {"x": x}) == fit(x)
    assert fit.error == as_real(Fraction(1, 16))


def test_the_largest_error_is_the_largest():
    expr, variable = read_one_variable("sin(x)")
    fit = relu_fit(expr, variable, Fraction(0), Fraction(3), 8)
    worst = 0.0
    for place in range(6001):
        x = 3 * place / 6000
        left = min(int(x / 0.375), 7) * 0.375
        straight = math.sin(left) + (math.sin(left + 0.375) - math.sin(left)) / 0.375 * (x - left)
        worst = max(worst, abs(straight - math.sin(x)))
    assert float(fit.error) == pytest.approx(worst, rel=1e-3)
    assert relu_fit(expr, variable, Fraction(0), Fraction(3), 32).error < fit.error / 10


def test_the_sum_takes_places_that_are_no_fractions():
    expr, variable = read_one_variable("sin(x)")
    fit = relu_fit(expr, variable, Fraction(0), Fraction(3), 8)
    root = read_value("sqrt(2)")
    assert float(fit(root)) == pytest.approx(float(fit(Fraction(float(root)))), rel=1e-14)


def test_single_relus_add_up_to_the_sum():
    expr, variable = read_one_variable("cos(t)")
    fit = relu_fit(expr, variable, Fraction(0), Fraction(2), 5)
    chart = relu_chart(expr, fit, PLAIN)
    thin = [series for series in chart.series if series.line == "thin"]
    ends = [series.points[-1] for series in thin]
    assert len(thin) == 5
    assert {x for x, _ in ends} == {2.0}
    assert 1 + sum(y for _, y in ends) == pytest.approx(math.cos(2))
    assert [mark.at[0] for mark in chart.marks] == pytest.approx([0, 0.4, 0.8, 1.2, 1.6, 2])


@pytest.mark.parametrize(
    ("text", "low", "high", "pieces", "says"),
    [
        ("x*y", "0", "1", 4, "2 variables"),
        ("sin(x)", "1", "1", 4, "is empty"),
        ("sin(x)", "2", "1", 4, "is empty"),
        ("sin(x)", "0", "1", 0, "0 pieces"),
        ("sin(x)", "0", "1", -3, "-3 pieces"),
        ("sin(x)", "0", "1", 10**9, "pieces"),
        ("log(x)", "0", "1", 4, "at x = 0"),
        ("1/(x-1/2)", "0", "1", 4, "at x = 0.5"),
        ("sin(x)", "0", "1e400", 4, "too far"),
        ("__import__('os')", "0", "1", 4, "an index without a name"),
        ("sine(x)", "0", "1", 4, "sin"),
    ],
)
def test_what_cannot_be_built_is_said(text, low, high, pieces, says):
    with pytest.raises(TutorError) as error:
        relu_fit(*read_one_variable(text), *interval(low, high), pieces)
    assert says in str(error.value)


def test_parse_is_the_only_reader():
    assert read_one_variable("2x(1-x)")[0] == parse("2x(1-x)", functions=FUNCTIONS)
