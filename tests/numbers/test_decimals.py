"""Decimals of many digits: every function against mpmath, what does not exist, and the distance between terms."""

from decimal import Decimal

import numpy as np
import pytest
from independent import MP

from tutor.errors import ExpressionError
from tutor.expression.nodes import Add, Mul, Name, Number
from tutor.expression.parse import parse
from tutor.numbers.decimals import MAX_CODE, evaluate, keys, program
from tutor.numbers.float_columns import columns
from tutor.rules.functions import FUNCTIONS

REFERENCE = {
    "exp(x)": MP.exp, "log(x)": MP.log, "sqrt(x)": MP.sqrt, "x^(1/2)": MP.sqrt, "x^0.5": MP.sqrt, "sin(x)": MP.sin, "cos(x)": MP.cos,
    "tan(x)": MP.tan, "sinh(x)": MP.sinh, "cosh(x)": MP.cosh, "tanh(x)": MP.tanh, "sigmoid(x)": lambda x: 1/(1 + MP.exp(-x)),
    "softplus(x)": lambda x: MP.log(1 + MP.exp(x)), "relu(x)": lambda x: max(x, MP.mpf(0)), "abs(-x)": abs, "x^3": lambda x: x**3,
    "x^-2": lambda x: x**-2, "2^x": lambda x: 2**x, "x^x": lambda x: x**x, "pi*x": lambda x: MP.pi*x, "min(x, 1)": lambda x: min(x, 1),
    "elu(-x, 2)": lambda x: 2*(MP.exp(-x) - 1), "tanh'(x)": lambda x: 1/MP.cosh(x)**2, "softmax_2(x, 1)": lambda x: 1/(1 + MP.exp(x - 1)),
}  # fmt: skip


@pytest.mark.parametrize("text", REFERENCE)
@pytest.mark.parametrize("at", ["0.3", "1.75", "3.5"])
def test_functions_have_fifty_digits_and_floats_fifteen(text, at):
    instructions = program(parse(text, functions=FUNCTIONS))
    found, _ = evaluate(instructions, {"x": Decimal(at)})
    expected = REFERENCE[text](MP.mpf(at))
    assert abs(MP.mpf(str(found)) - expected) <= abs(expected) * MP.mpf(10) ** -46
    column = columns(instructions, {"x": np.array([float(at)])})[instructions.result]
    assert float(column[0] if column.ndim else column) == pytest.approx(float(expected), rel=1e-12)


NOWHERE = ("1/0", "x/0", "log(0)", "log(-x)", "sqrt(-x)", "(-x)^0.5", "0^-1", "1/(1/0)", "exp(1e30)", "max(x, 1/0)", "0*log(0)")


@pytest.mark.parametrize("text", NOWHERE)
def test_what_does_not_exist_is_nan(text):
    assert evaluate(program(parse(text, functions=FUNCTIONS)), {"x": Decimal(2)})[0].is_nan()


def test_only_the_branch_that_counts_has_to_exist():
    chosen = program(parse("if_positive(x, log(x), 0)", functions=FUNCTIONS))
    assert evaluate(chosen, {"x": Decimal(-1)})[0] == 0
    with np.errstate(all="ignore"):
        assert columns(chosen, {"x": np.array([-1.0])})[chosen.result][0] == 0


def test_the_gap_is_the_distance_between_terms():
    assert evaluate(program(parse("1 + x")), {"x": Decimal("1e-30")})[1] == 30


def test_a_sub_term_is_computed_once():
    assert len(program(parse("(x + y)*(x + y) + (x + y)")).code) == 5


def test_what_is_written_alike_has_one_number():
    known = {}
    one, other = program(parse("x*y + 1")), program(parse("1 + y*x"))
    assert keys(one, known)[one.result] == keys(other, known)[other.result]


def test_deep_and_long_trees_need_no_recursion():
    expr = Name("x")
    for _ in range(5_000):
        expr = Mul((Add((expr, Number("1"))), Number("0.5")))
    assert evaluate(program(expr), {"x": Decimal(1)})[0] == 1
    for _ in range(MAX_CODE):
        expr = Add((expr, Name("x")))
    with pytest.raises(ExpressionError):
        program(expr)
