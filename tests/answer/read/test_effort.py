"""How much work an answer may take, known before anything is computed."""

import pytest

from tutor.answer.read.effort import MOST, Effort, effort, level, spend_on
from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS


def test_functions_and_roots_weigh_more_than_products():
    weights = [effort(parse(text, functions=FUNCTIONS)) for text in ("x", "x*y", "x^2", "exp(x)", "x^0.5")]
    assert weights == sorted(weights)
    assert weights[-1] > 10 * weights[1]


def test_several_formulas_share_what_one_answer_may_take():
    left, expr = MOST, parse("+".join(["exp(x)"] * 100), functions=FUNCTIONS)
    while left >= effort(expr):
        left = spend_on(left, expr)
    with pytest.raises(ExpressionError, match="too long to compute"):
        spend_on(left, expr)


def test_comparisons_end_when_nothing_is_left():
    work = Effort(10)
    work.spend(10)
    with pytest.raises(ExpressionError, match="too long to compare"):
        work.spend(1)


@pytest.mark.parametrize("digits", [1, 59, 60, 61, 119, 500, 10_000])
def test_levels_are_few_and_high_enough(digits):
    assert digits <= level(digits) <= max(60, 2 * digits)
    assert level(level(digits)) == level(digits)
