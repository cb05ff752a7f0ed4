"""Programs in which a slip was missed, blamed on another line or not named, each the smallest of its kind."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

GATED = """
import numpy as np
def run(xs, h0, W, U, V, Y):
    '''xs (T, D, N), h0 (H, N), W (H, D), U (H, H), V (H, H), Y (T, H, N)'''
    T = xs.shape[0]
    h, z, c = {-1: h0}, {}, {}
    loss = 0
    for t in range(T):
        z[t] = 1 / (1 + np.exp(-(U @ h[t-1])))
        c[t] = np.tanh(W @ xs[t] + V @ h[t-1])
        h[t] = z[t] * h[t-1] + (1 - z[t]) * c[t]
        loss += 0.5 * np.sum((h[t] - Y[t]) ** 2)
    dW, dU, dV = np.zeros_like(W), np.zeros_like(U), np.zeros_like(V)
    dnext = np.zeros_like(h0)
    for t in reversed(range(T)):
        dh = h[t] - Y[t] + dnext
        dc = dh * (1 - z[t])
        dcraw = dc * (1 - c[t] ** 2)
        dz = dh * (h[t-1] - c[t])
        dzraw = dz * z[t] * (1 - z[t])
        dW += dcraw @ xs[t].T
        dV += dcraw @ h[t-1].T
        dU += dzraw @ h[t-1].T
        dnext = dh * z[t] + V.T @ dcraw + U.T @ dzraw
    return loss, dW, dU, dV
"""
STEPS = """
import numpy as np
def step_forward(x, h, W, U):
    '''x (N, D), h (N, H), W (D, H), U (H, H)'''
    a = np.tanh(x @ W + h @ U)
    return a, (x, h, W, U, a)
def step_backward(da, cache):
    x, h, W, U, a = cache
    ds = da * (1 - a ** 2)
    dx = ds @ W.T
    dh = ds @ U.T
    dW = x.T @ ds
    dU = h.T @ ds
    return dx, dh, dW, dU
def all_forward(x, h0, W, U):
    '''x (N, T, D), h0 (N, H), W (D, H), U (H, H)'''
    N, T, D = x.shape
    h, cache, out = h0, [], np.zeros((N, T, h0.shape[1]))
    for t in range(T):
        h, c = step_forward(x[:, t, :], h, W, U)
        out[:, t, :] = h
        cache.append(c)
    return out, cache
def all_backward(dout, cache):
    N, T, H = dout.shape
    D = cache[0][0].shape[1]
    dx, dW, dU, dh = np.zeros((N, T, D)), np.zeros((D, H)), np.zeros((H, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t, :], dh, dWt, dUt = step_backward(dout[:, t, :] + dh, cache[t])
        dW += dWt
        dU += dUt
    return dx, dh, dW, dU
"""
HINGE = """
import numpy as np
def svm(W, X, y):
    n = X.shape[0]
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[np.arange(n), y].reshape(-1, 1) + 1)
    margins[np.arange(n), y] = 0
    loss = margins.sum() / n
    coeff = np.zeros(margins.shape)
    coeff[margins > 0] = 1
    count = np.sum(coeff, axis=1)
    coeff[np.arange(n), y] = -count
    dW = X.T.dot(coeff)
    dW /= n
    return loss, dW
"""
NAIVE = """
import numpy as np
def svm(W, X, y):
    dW = np.zeros(W.shape)
    n = X.shape[0]
    loss = 0.0
    for i in range(n):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= n
    dW /= n
    return loss, dW
"""
UPDATED = """
import numpy as np
def train_step(X, Y, W1, b1, W2, b2, lr=0.1, l2=0.01):
    m = X.shape[1]
    Z1 = np.dot(W1, X) + b1
    A1 = np.where(Z1 > 0, Z1, np.exp(np.minimum(Z1, 0)) - 1)
    A2 = 1 / (1 + np.exp(-(np.dot(W2, A1) + b2)))
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m + l2 / (2 * m) * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
    dZ2 = (A2 - Y) / m
    dW2 = np.dot(dZ2, A1.T) + l2 / m * W2
    db2 = np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = dA1 * np.where(Z1 > 0, 1, A1 + 1)
    dW1 = np.dot(dZ1, X.T) + l2 / m * W1
    db1 = np.sum(dZ1, axis=1, keepdims=True)
    W1 -= lr * dW1
    b1 -= lr * db1
    W2 -= lr * dW2
    b2 -= lr * db2
    return cost
"""
KEPT = """
import numpy as np
def net_forward(X, W1, W2):
    A1 = np.tanh(np.dot(W1, X))
    return np.dot(W2, A1), (X, W1, W2, A1)
def net_backward(dZ2, cache):
    X, W1, W2, A1 = cache
    dW2 = np.dot(dZ2, A1.T)
    dA1 = np.dot(W2.T, dZ2)
    dW1 = np.dot(dA1 * (1 - A1 ** 2), X.T)
    grads = {"dW1": dW1, "dW2": dW2}
    return grads
"""
DEEP = """
import numpy as np
def deep(X, W1, W2, W3, Y):
    N = X.shape[0]
    out, caches = X, []
    for W in (W1, W2):
        z = out @ W
        caches.append((out, z))
        out = np.maximum(0, z)
    loss = 0.5 * np.sum((out @ W3 - Y) ** 2) / N
    grads = {}
    d = (out @ W3 - Y) / N
    grads["W3"] = out.T @ d
    d = d @ W3.T
    for l, W in ((2, W2), (1, W1)):
        x, z = caches[l - 1]
        dz = d * (z > 0)
        grads["W%d" % l] = x.T @ dz
        d = dz @ W.T
    return loss, grads
"""
SLICE = """
class Loss:
    def forward(self, output, target):
        '''output (N, K), target (N, K)'''
        return -np.sum(target * np.log(output)) / len(output)
    def backward(self, output, target):
        self.dinputs = -target / output
        self.dinputs = self.dinputs / len(output)
        return self.dinputs
"""
POOLED = """
import numpy as np
def maxpool_forward(x, k):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // k, W // k))
    for i in range(H // k):
        for j in range(W // k):
            out[:, :, i, j] = x[:, :, i * k : (i + 1) * k, j * k : (j + 1) * k].max(axis=(2, 3))
    return out, (x, k, out)
def maxpool_backward(dout, cache):
    x, k, out = cache
    dx = np.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i * k : (i + 1) * k, j * k : (j + 1) * k]
            best = out[:, :, i, j][:, :, None, None]
            dx[:, :, i * k : (i + 1) * k, j * k : (j + 1) * k] = (window == best) * dout[:, :, i, j][:, :, None, None]
    return dx
"""


def judge(text, old="", new=""):
    assert text.count(old) == 1 or not old
    return judge_code(read_source(text.replace(old, new) if old else text, "f.py"))


@pytest.mark.parametrize(
    ("text", "old", "new", "roots"),
    [
        (GATED, "dz = dh * (h[t-1] - c[t])", "dz = dh * (c[t] - h[t-1])", [(19, "difference-reversed")]),
        (GATED, "dnext = dh * z[t] +", "dnext =", [(24, "missing-path")]),
        (GATED, "+ U.T @ dzraw", "", [(24, "missing-path")]),
        (GATED, "dV += dcraw @ h[t-1].T", "dV += dcraw @ (z[t] * h[t-1]).T", [(22, "factor-too-many")]),
        (STEPS, "dout[:, t, :] + dh, cache", "dout[:, t, :], cache", [(29, "missing-path")]),
        (STEPS, "cache[t])", "cache[t - 1])", [(29, "wrong-place")]),
        (HINGE, "= -count", "= count", [(12, "sign")]),
        (NAIVE, "dW[:, y[i]] -=", "dW[:, j] -=", [(14, "wrong-place")]),
        (UPDATED, "np.dot(dZ2, A1.T)", "np.dot(dZ2, Z1.T)", [(10, "another-variable")]),
        (UPDATED, "(A2 - Y) / m", "(A2 - Y) * A2 * (1 - A2) / m", [(9, "factor-too-many")]),
        (UPDATED, "A1 + 1)", "A1)", [(13, "term-forgotten")]),
        (UPDATED, "A1.T) + l2 / m * W2", "A1.T)", [(10, "penalty-forgotten")]),
        (KEPT, "dA1 = np.dot(W2.T, dZ2)", "dA1 = np.dot(W2, dZ2)", [(9, "transpose-forgotten")]),
        (DEEP, "caches[l - 1]", "caches[l - 2]", [(16, "wrong-place")]),
        (POOLED, "(window == best)", "(window > 0)", [(17, "mask-of-another")]),
        (SLICE, "self.dinputs = -target / output", "self.dinputs = target / output", [(8, "sign")]),
    ],
)
def test_a_slip_is_named_in_its_line(text, old, new, roots):
    (whole,) = judge(text)[-1:]
    assert whole.verdict == "right"
    (found,) = judge(text, old, new)[-1:]
    assert [(root.line, root.tag) for root in found.roots] == roots


BESIDE = """
import numpy as np
def forward(x, V, c, w, b, y):
    h = 1 / (1 + np.exp(-(V.dot(x) + c)))
    p = 1 / (1 + np.exp(-(w.dot(h) + b)))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)), (x, V, w, h, p, y)
def backward(cache):
    x, V, w, h, p, y = cache
    dz = p - y
    dw, db = dz * h, dz
    dc = dz * w * h * (1 - h)
    dV = np.outer(dc, x)
    return dV, dc, dw, db, V.T.dot(dc)
"""
DIVERGENCE = """
import numpy as np
def kl(logits, q):
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return np.sum(q * (np.log(q) - logp)) / len(q)
def kl_grad(logits, q):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (p * q.sum(axis=1, keepdims=True) - q) / len(q)
"""
WORDS = """
import numpy as np
def sgns(center, outside, E, U):
    v, u = E[center], U[outside]
    s = 1 / (1 + np.exp(-u.dot(v)))
    loss = -np.log(s)
    dE, dU = np.zeros_like(E), np.zeros_like(U)
    dE[center] = (s - 1) * u
    dU[outside] += (s - 1) * v
    return loss, dE, dU
"""
MADE = """
import numpy as np
class Norm:
    def __init__(self, dim):
        self.gamma = np.ones(dim)
    def forward(self, X):
        self.X = X
        return self.gamma * X
    def backward(self, dY):
        self.dgamma = (dY * self.X).sum(axis=0)
        return dY * self.gamma
"""


@pytest.mark.parametrize("text", [BESIDE, DIVERGENCE, WORDS, MADE])
def test_right_programs_of_shapes_that_nobody_says(text):
    """Single samples by their outer products, a logarithm, places in tables, what is made of a size."""
    assert [found.verdict for found in judge(text)] == ["right"]


def test_a_window_larger_than_its_image_says_nothing():
    """With nothing to sum every gradient is right."""
    assert judge(POOLED)[0].verdict == "right"
    assert judge(POOLED, "(window == best)", "(window > 0)")[0].verdict == "wrong"
    assert judge(POOLED.replace("H // k", "H // 9 // k"))[0].verdict == "undecided"


SQUARED = """
import numpy as np
def mse(pred, target):
    return np.mean((pred - target) ** 2)
def mse_grad(pred, target):
    return 2 * (pred - target) / pred.size
"""


def test_what_is_right_for_vectors_only_is_said_to_be():
    assert judge(SQUARED)[0].assumes == ()
    (found,) = judge(SQUARED, "pred.size", "len(pred)")
    assert (found.verdict, [str(what) for what in found.assumes]) == ("right", ["pred has one axis: it would be wrong with two"])
