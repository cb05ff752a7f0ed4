"""Programs that are parts of larger ones: helpers in other files, layers prepared later, classes that only others are made from.

Right ones are right, with what they take for granted; none is called wrong for what nobody showed.
"""

from __future__ import annotations

import numpy as np
import pytest

from tutor.code.judge_code import judge_code
from tutor.code.usual_helpers import add_columns, make_columns
from tutor.program.source import read_source

LOSS = """
import numpy as np
from helpers import *
class Loss:
    def forward(self, z, t):
        self.t, self.p = t, softmax(z)
        return cross_entropy(self.p, t)
    def backward(self, dout=1):
        return (self.p - self.t) / len(self.t)
"""
NET = """
import numpy as np
from helpers import sigmoid, sigmoid_grad, softmax, cross_entropy_error
class Net:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {"V": np.random.randn(input_size, hidden_size), "c": np.zeros(hidden_size),
                       "U": np.random.randn(hidden_size, output_size)}
    def predict(self, x):
        return softmax(sigmoid(x @ self.params["V"] + self.params["c"]) @ self.params["U"])
    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)
    def numerical_gradient(self, x, t):
        return {"V": differences(lambda V: self.loss(x, t), self.params["V"])}
    def gradient(self, x, t):
        a = x @ self.params["V"] + self.params["c"]
        h = sigmoid(a)
        dz = (softmax(h @ self.params["U"]) - t) / len(x)
        da = dz @ self.params["U"].T * sigmoid_grad(a)
        return {"V": x.T @ da, "c": da.sum(axis=0), "U": h.T @ dz}
"""
FILTER = """
import numpy as np
from helpers import im2col, col2im
class Filter:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
    def forward(self, x):
        F, C, kh, kw = self.W.shape
        N, C, H, W = x.shape
        self.x, self.col = x, im2col(x, kh, kw, self.stride, self.pad)
        out = self.col @ self.W.reshape(F, -1).T + self.b
        return out.reshape(N, (H + 2 * self.pad - kh) // self.stride + 1, -1, F).transpose(0, 3, 1, 2)
    def backward(self, dout):
        F, C, kh, kw = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, F)
        self.db = dout.sum(axis=0)
        self.dW = (self.col.T @ dout).T.reshape(F, C, kh, kw)
        return col2im(dout @ self.W.reshape(F, -1), self.x.shape, kh, kw, self.stride, self.pad)
"""
LAYERS = """
import math
import numpy as np
class Layer:
    def forward(self, X):
        raise NotImplementedError
    def backward(self, grad):
        raise NotImplementedError
class Full(Layer):
    def __init__(self, units, input_shape=None):
        self.units, self.input_shape, self.W, self.w0 = units, input_shape, None, None
    def prepare(self, optimizer):
        return 0
    def initialize(self, optimizer):
        self.W = np.random.randn(self.input_shape[0], self.units) / math.sqrt(self.input_shape[0])
        self.w0 = np.zeros((1, self.units))
        self.optimizer = optimizer
    def forward(self, X):
        self.X = X
        return X @ self.W + self.w0
    def backward(self, grad):
        W = self.W
        grad_w = self.X.T @ grad
        grad_w0 = np.sum(grad, axis=0, keepdims=True)
        self.W = self.optimizer.update(self.W, grad_w)
        self.w0 = self.optimizer.update(self.w0, grad_w0)
        return grad @ W.T
class Larger(Layer):
    def __init__(self, size=(2, 3)):
        self.size = size
    def forward(self, X):
        return X.repeat(self.size[0], axis=2).repeat(self.size[1], axis=3)
    def backward(self, grad):
        N, C, H, W = grad.shape
        h, w = self.size
        return grad.reshape(N, C, H // h, h, W // w, w).sum(axis=(3, 5))
class Pool(Layer):
    def __init__(self, pool_shape=(2, 2)):
        self.pool_shape = pool_shape
    def forward(self, X):
        N, C, H, W = X.shape
        h, w = self.pool_shape
        self.rows = X.reshape(N, C, H // h, h, W // w, w).transpose(0, 1, 2, 4, 3, 5).reshape(-1, h * w)
        self.shape = N, C, H // h, W // w, h, w
        return self._take(self.rows).reshape(self.shape[:4])
    def backward(self, grad):
        N, C, H, W, h, w = self.shape
        rows = self._give(grad.reshape(-1, 1))
        return rows.reshape(self.shape).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H * h, W * w)
class MeanPool(Pool):
    def _take(self, rows):
        return rows.mean(axis=1)
    def _give(self, grad):
        return grad * np.ones(self.rows.shape) / self.rows.shape[1]
class Flat(Layer):
    def __init__(self, shape):
        self.shape = shape
    def forward(self, X):
        self.before = X.shape
        return X.reshape((X.shape[0],) + self.shape) ** 2
    def backward(self, grad):
        return 2 * grad.reshape(self.before)
"""
GROUPS = """
import numpy as np
def groupnorm_forward(x, gamma, G, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.reshape(N * G, C // G * H * W)
    mean = rows.mean(axis=1, keepdims=True)
    inv = 1 / np.sqrt(((rows - mean) ** 2).mean(axis=1, keepdims=True) + eps)
    hat = ((rows - mean) * inv).reshape(N, C, H, W)
    return gamma[:, None, None] * hat, (hat, inv, gamma, G)
def groupnorm_backward(dout, cache):
    hat, inv, gamma, G = cache
    N, C, H, W = dout.shape
    dgamma = (dout * hat).sum(axis=(0, 2, 3))
    dhat = (dout * gamma[:, None, None]).reshape(N * G, -1)
    rows = hat.reshape(N * G, -1)
    drows = inv * (dhat - dhat.mean(axis=1, keepdims=True) - rows * (dhat * rows).mean(axis=1, keepdims=True))
    return drows.reshape(N, C, H, W), dgamma
"""


def judge(text, old="", new=""):
    assert old in text
    found = judge_code(read_source(text.replace(old, new, 1) if old else text, "net.py"))
    return {verdict.name: verdict for verdict in found}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "count", "assumes"),
    [(LOSS, 1, ["cross_entropy"]), (NET, 1, ["cross_entropy_error", "sigmoid_grad"]), (FILTER, 1, ["im2col", "col2im"]),
     (LOSS.replace(" / len(self.t)", ""), 1, ["cross_entropy"]),
     (NET.replace("_grad(a)", "_grad(h)"), 1, ["cross_entropy_error", "sigmoid_grad"]),
     (GROUPS, 1, [])],
    ids=["a loss", "a net", "a filter", "a sum as the loss", "a slope by the value", "groups"],
)  # fmt: skip
def test_right_with_helpers_of_other_files(text, count, assumes):
    found = judge(text)
    assert [one.verdict for one in found.values()] == ["right"] * count
    assert [str(said).partition(" ")[0] for one in found.values() for said in one.assumes] == assumes


@pytest.mark.slow
def test_layers_of_a_library():
    """A layer that refuses is none; one that only others are made from is each of them; weights are made by a method of their own."""
    found = judge(LAYERS)
    told = {name: (one.verdict, [output.of for output in one.outputs]) for name, one in found.items()}
    assert told == {
        "Full.backward": ("right", ["X", "W", "w0"]), "Larger.backward": ("right", ["X"]), "MeanPool.backward": ("right", ["X"]),
        "Flat.backward": ("wrong", ["X"]),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "old", "new", "names"),
    [
        (LOSS, "self.p - self.t", "self.p + self.t", "cross_entropy"),
        (FILTER, "dout.sum(axis=0)", "dout.mean(axis=0)", "im2col, col2im"),
    ],
    ids=["a loss", "a filter"],
)
@pytest.mark.slow
def test_none_is_wrong_for_what_nobody_showed(text, old, new, names):
    (found,) = judge(text, old, new).values()
    assert (found.verdict, found.roots) == ("undecided", ())
    assert str(found.why).startswith(f"{names} is not in the file; with the usual meaning line ")
    assert "into the file" in str(found.hint)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 1)])
def test_columns_are_the_places_of_the_filter(stride, pad):
    """Against loops, and both ways against each other: ⟨col(x), y⟩ = ⟨x, back(y)⟩."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((2, 3, 5, 6))
    wide = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows = [
        wide[n, :, i : i + 2, j : j + 3].ravel()
        for n in range(2)
        for i in range(0, wide.shape[2] - 1, stride)
        for j in range(0, wide.shape[3] - 2, stride)
    ]
    made = make_columns(False, x, 2, 3, stride, pad)
    assert np.array_equal(made, np.array(rows))
    y = rng.standard_normal(made.shape)
    assert np.isclose(np.sum(made * y), np.sum(x * add_columns(False, y, x.shape, 2, 3, stride, pad)))


STEPS = """
import numpy as np
def step_forward(x, h, U, V):
    out = np.tanh(x @ U + h @ V)
    return out, (x, h, U, V, out)
def step_backward(dout, cache):
    x, h, U, V, out = cache
    da = dout * (1 - out ** 2)
    dh, dU, dV = da @ V.T, x.T @ da, h.T @ da
    return dh, dU, dV
def run_forward(x, h, U, V):
    '''Inputs: x of shape (T, N, D), h of shape (N, H), U of shape (D, H), V of shape (H, H).'''
    caches = []
    for t in range(len(x)):
        h, cache = step_forward(x[t], h, U, V)
        caches.append(cache)
    return h, caches
def run_backward(dh, caches):
    dU, dV = 0, 0
    for cache in reversed(caches):
        dh, dUt, dVt = step_backward(dh, cache)
        dU += dUt
        dV += dVt
    return dh, dU, dV
"""


@pytest.mark.slow
def test_a_wrong_step_is_the_root_of_the_loop():
    """The step has its own forward pass, at which its line is found; the loop is wrong only because of it."""
    found = judge(STEPS, "dout * (1 - out ** 2)", "dout")
    assert [(root.line, root.tag) for one in found.values() for root in one.roots] == [(8, "slope-forgotten")] * 2
    assert found["run_backward"].follows == (9, 21, 22, 23)
