"""Judging numbers: a table, and random values rounded, cut off and missed by one unit."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tutor.answer.compare.figures import RIGHT, count_significant, judge, write_decimal
from tutor.errors import ExpressionError
from tutor.exercise.question import Tolerance
from tutor.expression.parse import parse
from tutor.numbers.arithmetic import CONTEXT
from tutor.rules.functions import FUNCTIONS

GRADIENT = CONTEXT.mpf("0.08216704056423077532")
SMALL = Fraction("0.00044")
EXACT = Tolerance(relative=Fraction(0))
LOOSE = Tolerance(relative=Fraction(0), absolute=Fraction(1, 1000))
PLACES = Tolerance(relative=Fraction(0), decimals=2)
FOUR = Tolerance(relative=Fraction(0), digits=4)
STANDARD = Tolerance()

TABLE = [
    ("0.082", GRADIENT, STANDARD, "rounded"),
    ("0.0822", GRADIENT, STANDARD, "rounded"),
    ("0.0821", GRADIENT, STANDARD, "truncated"),
    ("0.082167", GRADIENT, STANDARD, "rounded"),
    ("8.2e-2", GRADIENT, STANDARD, "rounded"),
    ("8.2*10^-2", GRADIENT, STANDARD, "rounded"),
    ("8.2*10^(-2)", GRADIENT, STANDARD, "rounded"),
    ("82e-3", GRADIENT, STANDARD, "rounded"),
    (".082", GRADIENT, STANDARD, "rounded"),
    ("+0.082", GRADIENT, STANDARD, "rounded"),
    ("0.0820", GRADIENT, EXACT, "wrong"),
    ("0.0823", GRADIENT, EXACT, "wrong"),
    ("0.0820", GRADIENT, STANDARD, "wrong"),
    ("0.08220", GRADIENT, STANDARD, "near"),
    ("0.08221", GRADIENT, STANDARD, "near"),
    ("0.08", GRADIENT, STANDARD, "few-digits"),
    ("0.1", GRADIENT, STANDARD, "few-digits"),
    ("0.0", GRADIENT, STANDARD, "wrong"),
    ("0", GRADIENT, STANDARD, "wrong"),
    ("-0.082", GRADIENT, STANDARD, "wrong"),
    ("0.82", GRADIENT, STANDARD, "wrong"),
    ("0.082", GRADIENT, FOUR, "few-digits"),
    ("0.08217", GRADIENT, FOUR, "rounded"),
    ("0.08216", GRADIENT, FOUR, "truncated"),
    ("0.08", GRADIENT, PLACES, "rounded"),
    ("0.1", GRADIENT, PLACES, "few-digits"),
    ("0.741*0.186*0.593", GRADIENT, STANDARD, "wrong"),
    ("0.741*0.186*0.593", GRADIENT, Tolerance(relative=Fraction(1, 100)), "near"),
    ("0", Fraction(0), STANDARD, "exact"),
    ("-0", Fraction(0), STANDARD, "exact"),
    ("-0.000", Fraction(0), STANDARD, "exact"),
    ("0*5", Fraction(0), STANDARD, "exact"),
    ("1e-9", Fraction(0), STANDARD, "wrong"),
    ("1e-9", Fraction(0), LOOSE, "near"),
    ("0", SMALL, STANDARD, "wrong"),
    ("0.000", SMALL, STANDARD, "wrong"),
    ("-0.00", SMALL, STANDARD, "wrong"),
    ("0", SMALL, LOOSE, "near"),
    ("0", SMALL, Tolerance(digits=0), "wrong"),
    ("0.00", SMALL, PLACES, "rounded"),
    ("0.0", SMALL, PLACES, "wrong"),
    ("4.4e-4", SMALL, STANDARD, "exact"),
    ("0.00044", SMALL, STANDARD, "exact"),
    ("0", CONTEXT.mpf(10) ** -50, STANDARD, "wrong"),
    ("1e-50", 2 * CONTEXT.mpf(10) ** -50, STANDARD, "wrong"),
    ("8/3", Fraction(8, 3), STANDARD, "exact"),
    ("16/6", Fraction(8, 3), STANDARD, "exact"),
    ("-8/-3", Fraction(8, 3), STANDARD, "exact"),
    ("2 + 2/3", Fraction(8, 3), STANDARD, "exact"),
    ("2.667", Fraction(8, 3), STANDARD, "rounded"),
    ("2.66", Fraction(8, 3), EXACT, "truncated"),
    ("2.7", Fraction(8, 3), STANDARD, "rounded"),
    ("3", Fraction(8, 3), STANDARD, "few-digits"),
    ("8/3", Fraction("2.667"), STANDARD, "near"),
    ("8/3", Fraction("2.667"), EXACT, "wrong"),
    ("-8/3", Fraction(8, 3), STANDARD, "wrong"),
    ("exp(1)", CONTEXT.exp(1), STANDARD, "exact"),
    ("2.72", CONTEXT.exp(1), STANDARD, "rounded"),
    ("sigmoid(0)", Fraction(1, 2), STANDARD, "exact"),
    ("1500", Fraction(1499), EXACT, "wrong"),
    ("1.5e3", Fraction(1499), EXACT, "rounded"),
    ("15*10^2", Fraction(1499), EXACT, "rounded"),
    ("1.0", Fraction(1), STANDARD, "exact"),
    ("1", Fraction(1), FOUR, "exact"),
    ("1/0", GRADIENT, STANDARD, "undecided"),
    ("log(-1)", GRADIENT, STANDARD, "undecided"),
    ("1e300", GRADIENT, STANDARD, "wrong"),
    ("1e-300", GRADIENT, STANDARD, "wrong"),
]


@pytest.mark.parametrize(("text", "value", "tolerance", "outcome"), TABLE)
def test_the_table(text, value, tolerance, outcome):
    assert judge(text, value, tolerance).outcome == outcome
    assert judge(parse(text.lstrip("+"), functions=FUNCTIONS), value, tolerance).outcome == outcome


@pytest.mark.parametrize("text", ["0,5", "1e999999999", "9" * 1000, "x", "", "5%", "nan", "inf"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ExpressionError):
        judge(text, GRADIENT)


def test_a_formula_of_quantities_is_left_to_a_person():
    assert judge(parse("2*x"), GRADIENT).outcome == "undecided"


@pytest.mark.parametrize(
    ("text", "digits"),
    [("0.082", 2), ("0.0820", 3), ("820", 3), ("8.2e-2", 2), ("-0.00", 0), ("0", 0), ("10.0", 3), (" 1.50 ", 3), ("1.5E+10", 2)],
)
def test_significant_digits_as_written(text, digits):
    assert count_significant(text) == digits


@pytest.mark.parametrize(
    ("text", "plain"),
    [("8.2*10^-2", "8.2e-2"), ("-8.2*10^3", "-8.2e3"), ("-(0.50)", "-0.50"), ("8.2e1*10^2", "8.2e3"),
     ("8/3", None), ("2*3", None), ("8.2*10^x", None), ("8.2*10^0.5", None), ("x", None)],
)  # fmt: skip
def test_powers_of_ten_keep_the_digits(text, plain):
    assert write_decimal(parse(text)) == plain


values = st.decimals(min_value=-1000, max_value=1000, places=12, allow_nan=False).filter(lambda d: abs(d) > Decimal("0.0001"))


@given(values, st.integers(1, 10), st.sampled_from([ROUND_DOWN, ROUND_HALF_UP]))
def test_rounding_and_cutting_off_are_right_from_the_digits_asked(value, digits, how):
    text = str(Context(prec=digits, rounding=how).plus(value))
    for asked in (2, 4):
        verdict = judge(text, Fraction(value), Tolerance(relative=Fraction(0), digits=asked))
        exact = Fraction(text) == Fraction(value)
        assert verdict.outcome in (("exact",) if exact else ("rounded", "truncated") if digits >= asked else ("few-digits",))
        assert verdict.right == (exact or digits >= asked)


@given(values, st.integers(2, 10), st.sampled_from([1, -1]))
def test_one_unit_off_in_the_last_place_is_wrong(value, digits, direction):
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(value)
    cut = Context(prec=digits, rounding=ROUND_DOWN).plus(value)
    off = (max if direction > 0 else min)(rounded, cut) + direction * Decimal(1).scaleb(rounded.as_tuple().exponent)
    assume(abs(Fraction(off) - Fraction(value)) > Fraction(Decimal(1).scaleb(rounded.as_tuple().exponent)))
    assert judge(str(off), Fraction(value), EXACT).outcome == "wrong"
    near = abs(Fraction(off) - Fraction(value)) <= abs(Fraction(value)) / 1000
    assert (judge(str(off), Fraction(value)).outcome in RIGHT) == near


@given(values, st.fractions(min_value=-2, max_value=2))
def test_the_relative_tolerance_counts_from_the_value(value, part):
    exact = Fraction(value)
    answer = exact * (1 + part / 1000)
    verdict = judge(parse(f"{answer.numerator}/{answer.denominator}"), exact)
    assert verdict.right == (abs(part) <= 1)
