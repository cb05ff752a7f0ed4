"""Formulas of rounded numbers: what they may stand for, against sampled numbers that round to them."""

import random
import re
from fractions import Fraction

import pytest

from tutor.expression.parse import parse
from tutor.numbers.carried import is_right_within_factors
from tutor.numbers.run import compute
from tutor.rules.functions import FUNCTIONS

FORMULAS = ["0.741*0.186*0.593", "0.5*(0.01 - 0.751)^2", "1/(1 + exp(-1.105))", "0.35 - 0.5*0.082", "-0.622*0.378/1.5"]


@pytest.mark.parametrize("text", FORMULAS)
def test_whatever_rounds_to_the_factors_is_allowed(text):
    generator, formula = random.Random(text), parse(text, functions=FUNCTIONS)
    written = float(compute(formula, {}))
    for _ in range(50):
        moved = text
        for digits in sorted(set(re.findall(r"0\.0*[1-9]\d+|[1-9]\d*\.\d+", text))):
            unit = 10.0 ** -len(digits.partition(".")[2])
            moved = moved.replace(digits, repr(float(digits) + generator.uniform(-0.5, 0.999) * unit), 1)
        assert is_right_within_factors(formula, Fraction(float(compute(parse(moved, functions=FUNCTIONS), {}))))
    assert not is_right_within_factors(formula, Fraction(written * 1.2))


def test_a_short_decimal_may_be_what_a_value_was_rounded_to():
    """0.4 + 0.5·0.6 with 0.5 for 0.4966: the half alone is a half."""
    formula, known = parse("0.4 + 0.5*0.6"), {"0.5": [Fraction("0.4966")]}
    assert not is_right_within_factors(formula, Fraction("0.69796"))
    assert is_right_within_factors(formula, Fraction("0.69796"), known)
    assert not is_right_within_factors(formula, Fraction("0.69"), known)
    assert not is_right_within_factors(formula, Fraction("0.71"), known)


def test_whole_numbers_are_exact():
    assert not is_right_within_factors(parse("3/10"), Fraction(1, 4))
    assert not is_right_within_factors(parse("2*3"), Fraction(6))


def test_what_has_no_value_somewhere_agrees_with_nothing():
    assert not is_right_within_factors(parse("1/(0.50 - 0.5)"), Fraction(100))
