"""Samples that are given as lists and made columns."""

import ast

import pytest

from tutor.code.listed_samples import take_columns
from tutor.program.source import read_source


@pytest.mark.parametrize(("value", "made"), [
    ("np.array(xs, ndmin=2).T", "xs"), ("np.atleast_2d(xs).T", "xs"), ("np.array(xs, ndmin=2)", None), ("np.array(xs).T", None),
    ("np.array(other, ndmin=2).T", None),
])  # fmt: skip
def test_a_column_made_of_a_list_that_is_given(value, made):
    source = take_columns(read_source(f"def f(xs, w):\n    x = {value}\n    return w @ x", "f.py"))
    assert ast.unparse(source.tree).splitlines()[1].strip() == f"x = {made or value}"
