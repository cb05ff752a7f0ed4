"""One lowering: programs in balls and over columns, every function against mpmath; what does not exist; what gets lost in a sum."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from independent import MP
from some_now import some_now

from tutor.errors import ExpressionError
from tutor.expression.nodes import Add, Call, Name, Number
from tutor.expression.parse import parse
from tutor.numbers.balls import accuracy, as_decimal, bits_of, enclose, working
from tutor.numbers.enclosures import count_lost_bits, enclose_all, explain_missing
from tutor.numbers.floats import columns
from tutor.numbers.program import MAX_CODE, keys, program
from tutor.rules.functions import FUNCTIONS

REFERENCE = {
    "exp(x)": MP.exp, "log(x)": MP.log, "sqrt(x)": MP.sqrt, "x^(1/2)": MP.sqrt, "x^0.5": MP.sqrt, "sin(x)": MP.sin, "cos(x)": MP.cos,
    "tan(x)": MP.tan, "sinh(x)": MP.sinh, "cosh(x)": MP.cosh, "tanh(x)": MP.tanh, "sigmoid(x)": lambda x: 1/(1 + MP.exp(-x)),
    "softplus(x)": lambda x: MP.log(1 + MP.exp(x)), "relu(x)": lambda x: max(x, MP.mpf(0)), "abs(-x)": abs, "x^3": lambda x: x**3,
    "x^-2": lambda x: x**-2, "2^x": lambda x: 2**x, "x^x": lambda x: x**x, "pi*x": lambda x: MP.pi*x, "min(x, 1)": lambda x: min(x, 1),
    "elu(-x, 2)": lambda x: 2*(MP.exp(-x) - 1), "tanh'(x)": lambda x: 1/MP.cosh(x)**2, "softmax_2(x, 1)": lambda x: 1/(1 + MP.exp(x - 1)),
    "-x/3": lambda x: -x/3, "(1/3)*x": lambda x: x/3,
}  # fmt: skip


def value(text, at, digits=60):
    steps = program(parse(text, functions=FUNCTIONS))
    with working(digits):
        done = enclose_all(steps, {"x": enclose(Decimal(at))})
    return steps, done, done[steps.result]


@pytest.mark.parametrize("text", REFERENCE)
@pytest.mark.parametrize("at", some_now(["0.3", "1.75", "3.5"], 3))
def test_balls_have_fifty_digits_and_floats_fifteen(text, at):
    steps, _, found = value(text, at)
    expected = REFERENCE[text](MP.mpf(at))
    assert accuracy(found) > bits_of(50)
    assert abs(MP.mpf(str(as_decimal(found, 55))) - expected) <= abs(expected) * MP.mpf(10) ** -46
    column = columns(steps, {"x": np.array([float(at)])})[steps.result]
    assert float(column[0] if column.ndim else column) == pytest.approx(float(expected), rel=1e-12)


NOWHERE = ("1/0", "x/0", "log(0)", "log(-x)", "sqrt(-x)", "(-x)^0.5", "0^-1", "1/(1/0)", "exp(1e30)", "max(x, 1/0)", "0*log(0)",
           "(0*x)^(-x)")  # fmt: skip


@pytest.mark.parametrize("text", NOWHERE)
def test_what_does_not_exist_is_nan_and_certainly_so(text):
    steps, done, found = value(text, "2")
    assert not found.is_finite()
    assert explain_missing(steps, done) is True


@pytest.mark.parametrize("text", ["log(x/3 - x/3*1)", "1/(sqrt(x)^2 - x)", "if_positive(sqrt(x)^2 - x, 1, 2)"])
def test_what_the_digits_do_not_tell_is_not_certain(text):
    steps = program(parse(text.replace("x/3*1", "(1/3)*x"), functions=FUNCTIONS))
    with working(60):
        done = enclose_all(steps, {"x": enclose(Decimal(2)) / enclose(Decimal(7))})
    if not done[steps.result].is_finite():
        assert explain_missing(steps, done) is False


def test_a_value_that_comes_from_a_quantity_names_it():
    steps = program(parse("q + 1"))
    with working(60):
        done = enclose_all(steps, {"q": enclose(1) / enclose(0)})
    assert explain_missing(steps, done) == "q"


def test_only_the_branch_that_counts_has_to_exist():
    chosen, _, found = value("if_positive(x, log(x), 0)", "-1")
    assert found.is_zero()
    with np.errstate(all="ignore"):
        assert columns(chosen, {"x": np.array([-1.0])})[chosen.result][0] == 0


@pytest.mark.parametrize(
    ("text", "at", "least"), [("1 + x", "1e-30", 99), ("sigmoid(x)", "140", 200), ("tanh(x)", "70", 200), ("exp(x) - 1", "1e-40", 130)]
)
def test_what_is_lost_beside_a_larger_term_is_counted(text, at, least):
    steps, done, _ = value(text, at)
    assert least <= count_lost_bits(steps, done) <= 10 * least


def test_constants_are_exact():
    assert program(parse("1/3")).code[-1][1:3] == (Fraction(1, 3), 1 / 3)
    assert value("0.1 + 0.2 - 0.3", "1")[2].contains(0)


def test_a_sub_term_is_computed_once():
    assert len(program(parse("(x + y)*(x + y) + (x + y)")).code) == 5


def test_what_is_written_alike_has_one_number():
    known = {}
    one, other = program(parse("x*y + 1")), program(parse("1 + y*x"))
    assert keys(one, known)[one.result] == keys(other, known)[other.result]


def test_long_sums_are_refused_and_unknown_functions():
    with pytest.raises(ExpressionError):
        program(Add(tuple(Name(f"x{k}") for k in range(MAX_CODE + 1))))
    for call in (Call("nosuch", (Name("x"),)), Call("sigmoid", (Name("x"), Number("1"))), Call("tanh''", (Name("x"),))):
        with pytest.raises(ExpressionError):
            program(call)
