"""Products over layers, tidied."""

import pytest

from tutor.derive.layer_products import entrywise_product, simplify_pullback
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
