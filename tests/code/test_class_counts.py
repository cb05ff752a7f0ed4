"""Rows of 0 and 1 of a number of classes that stands in the program: read with as many as the labels say."""

import ast

import pytest

from tutor.code.class_counts import count_classes
from tutor.program.source import read_source


def count(text):
    return ast.unparse(count_classes(read_source(text, "f.py")).tree)


@pytest.mark.parametrize(("text", "there"), [
    ("def f(y):\n    return np.eye(10)[y].T", "np.eye(y.max() + 1)[y].T"),
    ("def f(y):\n    t = np.zeros((y.size, 10))\n    t[np.arange(y.size), y] = 1\n    return t", "np.zeros((y.size, y.max() + 1))"),
    ("def f(y, k):\n    t = np.zeros((k, len(y)))\n    for i in range(len(y)):\n        t[y[i], i] = 1.0",
     "np.zeros((y.max() + 1, len(y)))"),
])  # fmt: skip
def test_a_number_of_classes_is_that_of_the_labels(text, there):
    assert there in count(text)


@pytest.mark.parametrize("text", [
    "def f(i):\n    return np.eye(2)[y]",
    "def f(x):\n    t = np.zeros((3, 4))\n    t[0, 1] = 2\n    return t",
    "def f(x, n):\n    return np.zeros((n, 10))",
])  # fmt: skip
def test_other_arrays_stay(text):
    assert count(text) == ast.unparse(ast.parse(text))
