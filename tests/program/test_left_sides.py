"""The names that a statement changes: assigned ones, imported ones, and what a method with an underscore changes in its place."""

import ast

import pytest

from tutor.program.left_sides import list_changed


@pytest.mark.parametrize(("text", "names"), [
    ("a, b[0] = f(c)", {"a"}), ("for i in x:\n    y = i", {"i", "y"}), ("import numpy.linalg as la", {"la"}), ("x.add_(y)", {"x"}),
    ("def f(a):\n    b = a", {"f", "b"}), ("print(x)", set()),
])  # fmt: skip
def test_names_that_are_changed(text, names):
    node = ast.parse(text).body[0]
    assert {*list_changed(node, [*ast.walk(node)])} == names
