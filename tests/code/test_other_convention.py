"""A formula of the other convention is told as such: samples as columns where the program has them as rows, and the other way."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

ROWS = """
import numpy as np
def f_forward(x, W, b):
    return x @ W + b, (x, W)
def f_backward(dz, cache):
    x, W = cache
    dx = dz @ W.T
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
"""
COLUMNS = ROWS.replace("x @ W", "W @ x").replace("dz @ W.T", "W.T @ dz").replace("x.T @ dz", "dz @ x.T")
COLUMNS = COLUMNS.replace("(axis=0)", "(axis=1, keepdims=True)")
SAID = "would be right if they were"


@pytest.mark.slow
@pytest.mark.parametrize(("text", "change", "said"), [
    (ROWS, ("x.T @ dz", "dz @ x.T"), [f"samples are rows (line 8 {SAID} columns)"]),
    (ROWS, ("axis=0", "axis=1"), [f"samples are rows (line 9 {SAID} columns)"]),
    (ROWS, ("dz @ W.T", "W.T @ dz"), [f"samples are rows (line 7 {SAID} columns)"]),
    (COLUMNS, ("dz @ x.T", "x.T @ dz"), [f"samples are columns (line 8 {SAID} rows)"]),
    (ROWS, ("x.T @ dz", "-x.T @ dz"), []),
])  # fmt: skip
def test_the_convention_that_would_make_a_line_right_is_said(text, change, said):
    (found,) = judge_code(read_source(text.replace(*change), "f.py"))
    assert found.verdict == "wrong"
    assert [str(one) for one in found.assumes if SAID in str(one)] == said
