"""One sample, vectors, single numbers: programs whose names do not tell how many axes they have, right ones and wrong ones."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source
from tutor.results.code_check import check_code

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
    assert verdict.assumes


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
    assert text == REGRESSION or any(" as " in str(said) for said in verdict.assumes)


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


DENSE = """
import numpy as np
class Dense:
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)
    def forward(self, input):
        self.input = input
        return np.dot(self.weights, self.input) + self.bias
    def backward(self, output_gradient, learning_rate):
        weights_gradient = np.dot(output_gradient, self.input.T)
        input_gradient = np.dot(self.weights.T, output_gradient)
        self.weights -= learning_rate * weights_gradient
        self.bias -= learning_rate * output_gradient
        return input_gradient
"""
TRIPLET = """
import numpy as np
def triplet_loss(a, p, n, margin=0.2):
    d = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1)
    return np.mean(np.maximum(0, d + margin))
def triplet_grad(a, p, n, margin=0.2):
    d = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1)
    active = (d + margin > 0)[:, None] / len(a)
    return 2 * active * (n - p), -2 * active * (a - p), 2 * active * (a - n)
"""
CHANNELS = """
import numpy as np
class Conv1D:
    def __init__(self, in_ch, out_ch, k):
        self.W = np.random.randn(out_ch, in_ch, k)
        self.k = k
    def forward(self, x):
        self.x = x
        n, c, L = x.shape
        y = np.zeros((n, self.W.shape[0], L - self.k + 1))
        for i in range(L - self.k + 1):
            y[:, :, i] = np.tensordot(x[:, :, i:i + self.k], self.W, axes=([1, 2], [1, 2]))
        return y
    def backward(self, dy):
        self.dW = np.zeros_like(self.W)
        dx = np.zeros_like(self.x)
        for i in range(dy.shape[2]):
            self.dW += np.tensordot(dy[:, :, i], self.x[:, :, i:i + self.k], axes=([0], [0]))
            dx[:, :, i:i + self.k] += np.tensordot(dy[:, :, i], self.W, axes=([1], [0]))
        return dx
"""
HEADS = """
import numpy as np
class Attention:
    def __init__(self, d_model, n_heads):
        self.h = n_heads
        self.d = d_model // n_heads
        self.W = np.random.randn(d_model, d_model)
    def split(self, x):
        B, T, C = x.shape
        return x.reshape(B, T, self.h, self.d).transpose(0, 2, 1, 3)
    def forward(self, x):
        self.x = x
        self.q = self.split(x @ self.W)
        return self.q @ self.q.transpose(0, 1, 3, 2)
    def backward(self, dout):
        dq = (dout + dout.transpose(0, 1, 3, 2)) @ self.q
        B, H, T, d = dq.shape
        dz = dq.transpose(0, 2, 1, 3).reshape(B, T, H * d)
        C = self.x.shape[-1]
        self.dW = self.x.reshape(-1, C).T @ dz.reshape(-1, C)
        return dz @ self.W.T
"""
WORDS = """
import numpy as np
def skipgram_loss(v, U, pos, neg):
    \"\"\"v: (d,) center vector, U: (V, d) output vectors, pos: int, neg: list of ints\"\"\"
    loss = -np.log(1 / (1 + np.exp(-U[pos] @ v)))
    for k in neg:
        loss -= np.log(1 / (1 + np.exp(U[k] @ v)))
    return loss
def skipgram_grad(v, U, pos, neg):
    s = 1 / (1 + np.exp(-U[pos] @ v))
    dv = (s - 1) * U[pos]
    dU = np.zeros_like(U)
    dU[pos] += (s - 1) * v
    for k in neg:
        sk = 1 / (1 + np.exp(-U[k] @ v))
        dv = dv + sk * U[k]
        dU[k] += sk * v
    return dv, dU
"""


@pytest.mark.parametrize("text", [DENSE, TRIPLET, CHANNELS, HEADS, WORDS])
def test_right_programs_of_other_shapes_are_right(text):
    (verdict,) = judge_code(read_source(text, "f.py"))
    assert (verdict.verdict, str(verdict.why)) == ("right", "")


@pytest.mark.parametrize(("text", "right", "wrong", "line"), [
    (DENSE, "np.dot(self.weights.T, output", "np.dot(self.weights, output", 12),
    (TRIPLET, "-2 * active * (a - p)", "-2 * active * (p - a)", 9),
    (CHANNELS, "self.W, axes=([1], [0]))", "self.W, axes=([1], [0])) * 2", 19),
    (HEADS, "(dout + dout.transpose(0, 1, 3, 2))", "(dout - dout.transpose(0, 1, 3, 2))", 16),
    (WORDS, "dU[k] += sk * v", "dU[k] += (sk - 1) * v", 17),
])  # fmt: skip
def test_slips_in_programs_of_other_shapes_are_found(text, right, wrong, line):
    assert right in text
    (verdict,) = judge_code(read_source(text.replace(right, wrong), "f.py"))
    assert verdict.verdict == "wrong"
    assert [root.line for root in verdict.roots] == [line]


def test_what_does_not_fit_is_not_shown_as_a_formula():
    """A page of a wrong program whose own line is no formula of the derivation's shapes is shown all the same."""
    text = TRIPLET.replace("2 * active * (a - n)", "2 * active * (a - p)")
    assert "right" in check_code(text, "f.py").to("terminal")
