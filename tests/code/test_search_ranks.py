"""One sample, vectors, single numbers: programs whose names do not tell how many axes they have, right ones and wrong ones."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

NEURON = """
import math
def forward(x, w1, w2, b):
    u = w1 * x + b
    v = math.tanh(u)
    return w2 * v, (x, u, v)
def loss(y, t):
    return 0.5 * (y - t) ** 2
def backward(y, t, cache, w1, w2):
    x, u, v = cache
    dy = y - t
    dv = dy * w2
    du = dv * (1 - v * v)
    return {"w1": du * x, "b": du, "w2": dy * v}
"""
REGRESSION = """
import numpy as np
def cost(X, y, theta):
    r = X.dot(theta) - y
    return (r @ r) / (2 * len(y))
def cost_gradient(X, y, theta):
    r = X.dot(theta) - y
    return X.T.dot(r) / len(y)
"""
GATE = """
import numpy as np
class Gate:
    def __init__(self, n_in, n_h):
        self.W = np.random.randn(n_h, n_in + n_h)
        self.V = np.random.randn(n_h, n_in + n_h)
    def forward(self, x, h):
        self.x, self.h = x, h
        self.xh = np.concatenate([x, h])
        self.z = 1 / (1 + np.exp(-self.W @ self.xh))
        self.c = np.tanh(self.V @ self.xh)
        return (1 - self.z) * h + self.z * self.c
    def backward(self, dh_next):
        n = self.x.shape[0]
        dc = dh_next * self.z * (1 - self.c ** 2)
        dz = dh_next * (self.c - self.h) * self.z * (1 - self.z)
        self.dW = np.outer(dz, self.xh)
        self.dV = np.outer(dc, self.xh)
        dxh = self.W.T @ dz + self.V.T @ dc
        return dxh[:n], dxh[n:] + dh_next * (1 - self.z)
"""


@pytest.mark.parametrize("text", [NEURON, REGRESSION, GATE])
def test_a_right_program_of_one_sample_is_right_and_says_how_it_was_read(text):
    (verdict,) = judge_code(read_source(text, "f.py"))
    assert verdict.verdict == "right"
    assert any("axis" in str(said) or "number" in str(said) for said in verdict.assumes)


@pytest.mark.parametrize(("text", "right", "wrong", "line"), [
    (NEURON, "(1 - v * v)", "(1 - v)", 13),
    (REGRESSION, "X.T.dot(r) / len(y)", "X.T.dot(y) / len(y)", 8),
    (GATE, "(self.c - self.h) *", "(self.c + self.h) *", 16),
])  # fmt: skip
def test_a_slip_in_one_is_found_where_it_stands(text, right, wrong, line):
    assert right in text
    (verdict,) = judge_code(read_source(text.replace(right, wrong), "f.py"))
    assert verdict.verdict == "wrong"
    assert [root.line for root in verdict.roots] == [line]


def test_a_missing_transpose_is_no_other_reading():
    """Matrices that do not fit stay matrices: a program is not made right by taking its data for vectors."""
    text = """
import numpy as np
def fc_forward(x, w, b):
    return x @ w + b, (x, w)
def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x @ dout, dout.sum(axis=0)
"""
    (verdict,) = judge_code(read_source(text, "f.py"))
    assert verdict.verdict == "wrong"
    assert verdict.roots[0].tag == "transpose-forgotten"
