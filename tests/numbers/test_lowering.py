"""What is the same for every evaluator's form: rows are written out, shared work is shared, and what no row says is refused alike.

The values of every function in every form are held against each other in test_compiled and test_program.
"""

import math
from fractions import Fraction

import pytest

from tutor.errors import ExpressionError
from tutor.expression.nodes import Call, Mul, Name, Number, Partial
from tutor.expression.parse import parse
from tutor.graph.nouns import Step
from tutor.numbers.lowering import Lowering, collect_names, read_exact, round_to_float
from tutor.numbers.program import program
from tutor.numbers.trees import lower
from tutor.rules.functions import FUNCTIONS

SHAPES = {
    "program": program,
    "trees": lambda expr: lower([Step("f", expr, "")], ["x", "y", "z"], ["f"]),
}


def operations(shape, text):
    """The operations of a form, by name, as often as they are done."""
    made = SHAPES[shape](parse(text, functions=FUNCTIONS))
    return str(made.code if shape == "program" else made.instructions)


@pytest.mark.parametrize("shape", SHAPES)
def test_components_of_a_softmax_share_their_exponentials(shape):
    assert operations(shape, "softmax_1(x, y, z)*softmax_3(x, y, z)").count("'exp'") == 3


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_row_uses_twice_is_computed_once(shape):
    assert operations(shape, "x*sigmoid(sin(x + y))").count("'sin'") == 1
    assert operations(shape, "huber(sin(x), y, z)").count("'sin'") == 1
    assert operations(shape, "elu(sin(x), 2)").count("'sin'") == 1


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("call", [
    Call("nosuch", (Name("x"),)), Call("sigmoid", (Name("x"), Number("1"))), Call("tanh''", (Name("x"),)),
    Call("softmax_4", (Name("x"), Name("y"))),
], ids=lambda call: call.func)  # fmt: skip
def test_what_no_row_says_is_refused(shape, call):
    with pytest.raises(ExpressionError):
        SHAPES[shape](call)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_quotient_of_constants_is_exact(shape):
    made = operations(shape, "(1/3)*x")
    assert "'/'" not in made
    assert str(1 / 3)[:8] in made


def test_numbers_as_written():
    assert read_exact("0.1") == Fraction(1, 10)
    assert round_to_float(Fraction(1, 10)) == 0.1
    assert (round_to_float(Fraction(10) ** 400), round_to_float(-(Fraction(10) ** 400))) == (math.inf, -math.inf)


def test_names_and_derivatives_are_collected():
    found = set()
    collect_names(Mul((Name("x"), Partial("L", "w"), Call("relu", (Name("y"),)))), found)
    assert found == {"x", "y", "dL/dw"}


def test_a_shape_has_every_kind_of_node():
    kinds = {frozenset(shape.table) for shape in Lowering.__subclasses__()}
    assert len(kinds) == 1
    assert {Name, Number, Call} < set(*kinds)
