"""A slope that is wrong is named though it is not the usual one: ``act=tanh`` beside a wrong one of relu."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

DENSE = """
import numpy as np
def cut(z):
    return np.maximum(0, z)
def d_cut(z):
    return 1.0 * (z > 0)
def bent(z):
    return np.tanh(z)
def d_bent(z):
    return 1 - np.tanh(z) ** 2
def forward(X, W, act=bent):
    z = X @ W
    return act(z), (X, W, z)
def backward(dout, cache, slope=d_bent):
    X, W, z = cache
    dz = dout * slope(z)
    return dz @ W.T, X.T @ dz
"""


@pytest.mark.parametrize(("old", "new", "told"), [
    ("", "", []), ("(z > 0)", "(z < 0)", [(6, "mask-turned")]), ("1 - np.tanh(z) ** 2", "1 - z ** 2", [(10, "function-forgotten")]),
])  # fmt: skip
def test_all_functions_of_the_file_are_tried(old, new, told):
    (found,) = judge_code(read_source(DENSE.replace(old, new), "f.py"))
    assert [(root.line, root.tag) for root in found.roots] == told
