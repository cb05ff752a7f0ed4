"""One expression, taken apart: every shared part once, with the names of the lecture."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent import OutsideError, close, dual, forward, value

from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.decompose import from_expression
from tutor.rules.functions import FUNCTIONS


def steps(text):
    return {step.target: write_plain(step.expr) for step in from_expression(text).steps}


TABLE = [
    (
        "sqrt(x**2 + exp(x**2)) + cos(x**2 + exp(x**2))",
        {"a": "x^2", "b": "exp(a)", "c": "a + b", "d": "sqrt(c)", "e": "cos(c)", "f": "d + e"},
    ),
    ("(x+y)*z", {"a": "x + y", "f": "a*z"}),
    ("(x + y)*(y + x)", {"a": "x + y", "f": "a*a"}),
    ("x*x + x^2", {"a": "x*x", "f": "a + a"}),
    ("2*x*y + y*x*2", {"a": "2*x*y", "f": "a + a"}),
    ("sigmoid(w*x + b)", {"a": "w*x", "c": "a + b", "f": "sigmoid(c)"}),
    ("x - y*z", {"a": "y*z", "f": "x - a"}),
    ("-x", {"f": "-x"}),
    ("x", {"f": "x"}),
    ("5", {"f": "5"}),
    ("x + 1/2", {"f": "x + 1/2"}),
    ("f*x", {"a": "f*x"}),
    ("a + b*c", {"d": "b*c", "f": "a + d"}),
    ("sin(x)*sin(y)", {"a": "sin(x)", "b": "sin(y)", "f": "a*b"}),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_steps_of_an_expression(text, expected):
    assert steps(text) == expected


def test_the_last_step_is_differentiated():
    graph = from_expression("(x+y)*z")
    assert (graph.loss, graph.steps[-1].target) == ("f", "f")
    assert [quantity.name for quantity in graph.inputs] == ["x", "y", "z"]


@pytest.mark.parametrize("text", ["x^0 + y^0", "0*x + 0*y", "(x - x)*(y - y)", "x/x + y/y"])
def test_no_quantity_is_lost(text):
    # parts that SymPy evaluates to the same constant were once merged, and the quantities of the second lost
    graph = from_expression(text)
    assert sorted(quantity.name for quantity in graph.leaves) == ["x", "y"]


def test_more_steps_than_letters():
    graph = from_expression(" + ".join(f"sin(x{n})" for n in range(60)))
    targets = [step.target for step in graph.steps]
    assert len(set(targets)) == 61
    assert not set(targets) & {quantity.name for quantity in graph.leaves}


@pytest.mark.parametrize("text", ["sin(x", "foo(x)", "elu(x)", "softmax(x, y)", ""])
def test_a_fault_is_an_expression_error(text):
    with pytest.raises(ExpressionError):
        from_expression(text)


POINT = {"x": Fraction(7, 5), "y": Fraction(-3, 4), "b": Fraction(2, 3)}
pieces = st.recursive(
    st.sampled_from(["x", "y", "b", "2", "0.5"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("{}*{}".format, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({})^2".format, inner),
        st.builds("-({})".format, inner),
        st.builds(
            "{}({})".format, st.sampled_from(["sin", "exp", "sigmoid", "tanh", "relu", "softplus", "abs"]), inner
        ),
        st.builds("max({}, {})".format, inner, inner),
    ),
    max_leaves=8,
)


@given(pieces)
@settings(max_examples=150)
def test_taking_apart_keeps_the_value(text):
    """The graph's value is the expression's; every step is one operation, and no two are the same."""
    graph = from_expression(text)
    point = {name: dual(x) for name, x in POINT.items()}
    leaves = {quantity.name: POINT[quantity.name] for quantity in graph.leaves}
    try:
        whole = value(parse(text, functions=FUNCTIONS), point).value
        parts = forward(graph, leaves)[graph.loss].value
    except OutsideError:
        assume(False)
    assert close(whole, parts)
    assert len({step.expr for step in graph.steps}) == len(graph.steps)
