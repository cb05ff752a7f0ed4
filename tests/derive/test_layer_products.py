"""Products over layers, tidied."""

import pytest

from tutor.derive.layer_products import entrywise_product, simplify_pullback, tidy_gradient
from tutor.expression.nodes import Div, Mul, Name, Number, Partial
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layered import LAYER_FUNCTIONS

SIMPLER = [
    ("transpose(transpose(A))", "A"), ("transpose(outer(x, y))", "outer(y, x)"), ("hadamard(fill(2, 3), x)", "2*x"),
    ("hadamard(fill(1, 3), x)", "x"), ("hadamard(fill(0, 3), x)", "fill(0, 3)"), ("hadamard(x, y)", "hadamard(x, y)"),
    ("fill(c/(2*3), 2, 3)", "fill(c/6, 2, 3)"), ("fill(c/1, 1)", "fill(c, 1)"), ("fill(c/(m*n), m, n)", "fill(c/(m*n), m, n)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "simple"), SIMPLER)
def test_pullbacks_are_tidied(text, simple):
    assert write_plain(simplify_pullback(parse(text, functions=LAYER_FUNCTIONS))) == simple


PRODUCTS = [  # a, b, single numbers in b, a ⊙ b
    ("fill(1, 2)", "x", (), "x"), ("fill(1/2, 2)", "2*x", (), "x"), ("1", "x", (), "x"), ("x", "2", (), "2*x"),
    ("x", "c", ("c",), "c*x"), ("x", "c*y", ("c",), "c*hadamard(x, y)"), ("x", "-y", (), "-hadamard(x, y)"),
    ("x", "2*y", (), "2*hadamard(x, y)"), ("x", "y/c", ("c",), "hadamard(x, y/c)"), ("x", "fill(3, 2)", (), "3*x"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "singles", "product"), PRODUCTS)
def test_products_entry_by_entry(a, b, singles, product):
    first, second = (parse(text, functions=LAYER_FUNCTIONS) for text in (a, b))
    assert write_plain(entrywise_product(first, second, singles)) == product


TIDIED = [  # what a use adds, and what a lecturer leaves of it
    ("2/(2*c)", "1/c"), ("3/(6*c)", "1/(2*c)"), ("-(2/(4*c))", "-1/(2*c)"), ("2/c", "2/c"),
    ("-(sigmoid(p) - 1)", "1 - sigmoid(p)"), ("-(y - p)", "p - y"),
    ("hadamard(-1/p, p)", "fill(-1, 3)"), ("hadamard(-y/p, p)", "-y"), ("hadamard(-y/p, hadamard(p, 1 - p))", "-hadamard(y, 1 - p)"),
    ("hadamard(-1/p, -p)", "fill(1, 3)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), TIDIED)
def test_a_gradient_is_left_as_a_lecturer_leaves_it(text, left):
    expr = parse(text, functions=LAYER_FUNCTIONS, known=("p", "y", "c"))
    assert write_plain(tidy_gradient(expr, {"p": (3,), "y": (3,)})) == left


def test_a_gradient_is_not_set_in_a_fraction_of_a_fraction():
    """The slope through a deviation: 2·((∂L/∂c·1/(2c))/n)·p is 1/(c n)·∂L/∂c·p."""
    own = Mul((Partial("L", "c"), parse("1/(2*c)", known=("c",))))
    expr = Mul((Number("2"), Div(own, Name("n")), Name("p")))
    assert write_plain(tidy_gradient(expr, {"p": (3,)})) == "1/(c*n)*dL/dc*p"
    assert write_plain(tidy_gradient(Div(Partial("L", "c"), Name("n")), {})) == "1/n*dL/dc"
    assert write_plain(tidy_gradient(Mul((Div(Partial("L", "c"), Number("3")), Name("p"))), {"p": (3,)})) == "1/3*dL/dc*p"
    of_hundred = Div(Mul((Number("100"), Partial("L", "c"))), Number("3"))
    assert write_plain(tidy_gradient(Mul((of_hundred, Name("p"))), {"p": (3,)})) == "100/3*dL/dc*p"
