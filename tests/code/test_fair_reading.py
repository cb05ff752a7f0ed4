"""Right programs in the styles that were once accused: how functions are paired, what is a step and no gradient, what is not written."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

CAMEL = """\
import numpy as np
def relu(mat):
    return np.maximum(0.0, mat)
def sigmoid(mat):
    return 1 / (1 + np.exp(-mat))
def reluBackward(dA, Z):
    Z[Z <= 0] = 0
    Z[Z > 0] = 1
    return dA * Z
def sigmoidBackward(dA, A):
    return dA * A * (1 - A)
def linearForward(A_prev, w, b):
    return np.dot(w, A_prev) + b
def activationForward(Z, activation):
    if activation == "sigmoid":
        A = sigmoid(Z)
    elif activation == "relu":
        A = relu(Z)
    return A
def computeCost(AL, Y):
    return np.mean((AL - Y) ** 2)
def activationBackward(dA, cache, activation):
    (A_prev, Z, A, w, b) = cache
    if activation == "sigmoid":
        dZ = sigmoidBackward(dA, A)
    if activation == "relu":
        dZ = reluBackward(dA, Z)
    return dZ
def linearBackward(dZ, cache):
    (A_prev, Z, A, w, b) = cache
    m = Z.shape[1]
    return np.dot(w.T, dZ), 1 / m * np.dot(dZ, A_prev.T), 1 / m * np.sum(dZ, axis=1, keepdims=True)
def predict(X):
    return 1 - X
"""

STEPS = """\
import numpy as np
def loss(W1, W2, X, y, reg):
    N = X.shape[0]
    h = np.maximum(0, X @ W1)
    s = h @ W2
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[range(N), y]).sum() / N + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    grads = {}
    ds = p.copy()
    ds[range(N), y] -= 1
    dW2 = h.T @ ds
    grads['W2'] = dW2 / N + 2 * reg * W2
    dx = (ds @ W2.T) * (h > 0)
    dW1 = X.T @ dx
    grads['W1'] = dW1 / N + 2 * reg * W1
    return loss, grads
"""

PADDED = """\
import numpy as np
def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param.get('stride', 1), conv_param.get('pad', 0)
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), mode='constant')
    out = np.zeros((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            part = xp[:, :, stride * i:stride * i + HH, stride * j:stride * j + WW]
            out[:, :, i, j] = part.reshape(N, -1).dot(w.reshape(F, -1).T) + b
    return out, (x, w, b, conv_param)
def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param.get('stride', 1), conv_param.get('pad', 0)
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), mode='constant')
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            part = xp[:, :, stride * i:stride * i + HH, stride * j:stride * j + WW]
            dw += dout[:, :, i, j].T.dot(part.reshape(N, -1)).reshape(w.shape)
            dxp[:, :, stride * i:stride * i + HH, stride * j:stride * j + WW] += dout[:, :, i, j].dot(w.reshape(F, -1)).reshape(part.shape)
    return dxp[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))
"""

SPREAD = """\
import numpy as np
def scale_forward(x, gamma, beta):
    \'\'\'Scale each channel.

    - x: input of shape (N, C, H, W)
    - gamma: scale of shape (C,)
    - beta: shift of shape (C,)
    \'\'\'
    return gamma * x + beta, (x, gamma)
def scale_backward(dout, cache):
    x, gamma = cache
    dgamma = np.sum(dout * x, axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    return dout * gamma, dgamma, dbeta
"""

DRAWN = """\
import numpy as np
def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    mask = np.random.choice([0, 1], size=x.shape, p=[p, 1 - p])
    out = x * mask
    return out, (dropout_param, mask)
def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask
def embed_forward(x, W):
    \'\'\'Words.

    - x: integers of shape (N, T)
    - W: weights of shape (V, D)
    \'\'\'
    N, T = x.shape
    V, D = W.shape
    out = np.zeros([N, T, D])
    for i in range(N):
        for j in range(T):
            out[i, j, :] = W[x[i, j], :]
    return out, (x, W)
def embed_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            dW[x[i, j]] += dout[i, j]
    return dW
def hot_forward(x, W):
    \'\'\'Words.

    - x: integers of shape (N, T)
    - W: weights of shape (V, D)
    \'\'\'
    N, T = x.shape
    V, D = W.shape
    x_T = np.zeros((N, T, V))
    for i in range(N):
        for j in range(T):
            x_T[i, j, x[i, j]] = 1
    out = np.matmul(x_T, W[np.newaxis, :, :])
    return out, x_T
def hot_backward(dout, cache):
    x_T = cache
    dW = np.sum(np.matmul(np.transpose(x_T, (0, 2, 1)), dout), axis=0)
    return dW
"""

ONE_OUTPUT = """\
import numpy as np
def cross_entropy_error(y, t):
    if y.ndim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    if t.size == y.size:
        t = t.argmax(axis=1)
    batch_size = y.shape[0]
    return -np.sum(np.log(y[np.arange(batch_size), t] + 1e-7)) / batch_size
class SigmoidWithLoss:
    def __init__(self):
        self.params, self.grads = [], []
        self.loss = None
        self.y = None
        self.t = None
    def forward(self, x, t):
        self.t = t
        self.y = 1 / (1 + np.exp(-x))
        self.loss = cross_entropy_error(np.c_[1 - self.y, self.y], self.t)
        return self.loss
    def backward(self, dout=1):
        batch_size = self.t.shape[0]
        dx = (self.y - self.t) * dout / batch_size
        return dx
"""


def judge(text):
    return judge_code(read_source(text, "net.py"))


@pytest.mark.parametrize("text", [CAMEL, STEPS, PADDED, SPREAD, DRAWN, ONE_OUTPUT])
def test_a_right_program_in_another_style_is_right(text):
    assert [(one.name, one.verdict, str(one.why)) for one in judge(text) if one.verdict != "right"] == []


def test_functions_are_paired_by_their_words():
    assert {one.name: one.forward for one in judge(CAMEL)} == {
        "reluBackward": "relu", "sigmoidBackward": "sigmoid", "activationBackward": "activationForward", "linearBackward": "linearForward",
    }  # fmt: skip


def test_parameters_with_more_axes_than_is_said_are_told():
    (right,) = judge(SPREAD)
    assert "beta, gamma" in str(right.assumes[0])
    (wrong,) = judge(SPREAD.replace("dout * gamma,", "dout,"))
    assert wrong.verdict != "right"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("dW2 / N", "dW2", {12, 13}),  # the line of the step or that of the gradient: one root
        ("(h > 0)", "(s > 0)", {14}),
        ("dW1 = X.T @ dx\n    grads['W1'] = dW1 / N", "dW1 = X.T @ dx\n    grads['W1'] = X.T @ dx / N", {15}),  # used by nothing
    ],
)
def test_a_slip_in_a_step_is_one_root(old, new, lines):
    (found,) = judge(STEPS.replace(old, new))
    assert found.verdict == "wrong"
    assert len(found.roots) == 1
    assert found.roots[0].line in lines


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("    N, D = x.shape\n    loss = 0.0\n    dw = np.zeros_like(w)\n    pass\n    return loss, dw\n", False),
        ("    loss, dw = 0.0, np.zeros_like(w)\n    if x.shape[0]:\n        ...\n    return loss, dw\n", False),
        ("    grads = {}\n    loss = None\n    pass\n    return loss, grads\n", False),
        ("    D = w.shape\n    loss = None\n    dw = None\n    pass\n    loss = loss.astype(x.dtype)\n    return loss, dw\n", False),
        ("    loss = np.sum(x @ w)\n    dw = np.zeros_like(w)\n    pass\n    return loss, dw\n", True),
        ("    loss = np.sum(x @ w)\n    dw = None\n    dw = x\n    return loss, dw\n", True),
    ],
)
def test_what_a_task_leaves_open_is_not_wrong(body, written):
    """Zeros beside ``pass`` are not written yet; zeros beside a loss that is there are a wrong gradient."""
    found = judge(f"import numpy as np\ndef net_loss(w, x):\n{body}")
    assert [one.verdict for one in found] == (["wrong"] if written else ["undecided"])
    assert written or "is not written yet" in str(found[0].why)


def test_a_slip_beside_one_output_of_each_sample_is_named():
    (found,) = judge(ONE_OUTPUT.replace("(self.y - self.t)", "(self.t - self.y)"))
    assert [(one.line, one.tag) for one in found.roots] == [(23, "difference-reversed")]


LINE = """\
import numpy as np
def mse_forward(w, b, xs, ys):
    preds = w * xs + b
    loss = ((preds - ys) ** 2).mean()
    return loss, (xs, ys, preds)
def mse_backward(w, b, cache):
    xs, ys, preds = cache
    n = len(xs)
    dpreds = 2 * (preds - ys) / n
    dw = (dpreds * xs).sum()
    db = dpreds.sum()
    return dw, db
"""


@pytest.mark.parametrize("text", [LINE, LINE.replace("(w, b, ", "(w: float, b: float, ")])
@pytest.mark.parametrize(
    ("old", "new", "root"),
    [
        ("2 * (preds - ys) / n", "2 * (preds - ys)", (9, "mean-forgotten")),
        ("(dpreds * xs).sum()", "dpreds.sum()", (10, "factor-forgotten")),
        ("(preds - ys) / n", "(ys - preds) / n", (9, "difference-reversed")),
        ("", "", None),
    ],
)
def test_a_line_through_points_is_read_with_numbers_for_parameters(text, old, new, root):
    (found,) = judge(text.replace(old, new))
    assert [(one.line, one.tag) for one in found.roots] == ([root] if root else [])
    assert found.verdict == ("wrong" if root else "right")


WHOLE = """\
import torch

def backward(x, y, w1, b1, w2, b2):
    # forward
    h = x @ w1 + b1
    a = h.clamp(min=0)
    pred = a @ w2 + b2
    diff = pred[:, 0] - y
    loss = diff.pow(2).mean()
    # backward
    n = y.shape[0]
    g_diff = 2.0 * diff / n
    g_pred = g_diff[:, None]
    g_w2 = a.t() @ g_pred
    g_b2 = g_pred.sum(0)
    g_a = g_pred @ w2.t()
    g_h = g_a.clone()
    g_h[h <= 0] = 0
    g_w1 = x.t() @ g_h
    g_b1 = g_h.sum(0)
    return loss, g_w1, g_b1, g_w2, g_b2
"""


@pytest.mark.parametrize(
    ("old", "new", "lines"), [("", "", []), ("g_h[h <= 0] = 0", "g_h[h >= 0] = 0", [18]), ("2.0 * diff / n", "diff / n", [12])]
)
def test_a_whole_computation_that_is_called_backward_is_judged(old, new, lines):
    (found,) = judge(WHOLE.replace(old, new))
    assert [one.line for one in found.roots] == lines
    assert found.verdict == ("wrong" if lines else "right")


def test_a_cost_that_is_a_matrix_leaves_wrong_gradients_open():
    """``Y @ log(A).T`` is a number for one output only, and nothing says that there is one."""
    text = "import numpy as np\ndef forward(X, W):\n    A = 1 / (1 + np.exp(-W @ X))\n    return A, A\n"
    text += "def compute_cost(A, Y):\n    m = Y.shape[1]\n    return -(np.dot(Y, np.log(A).T) + np.dot(1 - Y, np.log(1 - A).T)) / m\n"
    text += "def backward(X, Y, A):\n    m = X.shape[1]\n    dZ = A - Y\n    dW = dZ @ X.T / m\n    return dW\n"
    (found,) = judge(text)
    assert found.verdict != "wrong"


LISTS = """
def forward(x, w, b):
    return [w[j] * x + b[j] for j in range(3)][0] ** 2
def backward(dout, x, w, b):
    dw, db = [0.0] * 3, [0.0] * 3
    dw[0] = dout * 2 * (w[0] * x + b[0]) * x
    db[0] = dout * 2 * (w[0] * x + b[0])
    dx = dout * 2 * (w[0] * x + b[0]) * w[0]
    return dx, dw, db
"""


@pytest.mark.parametrize(("old", "new"), [("", ""), ("* x\n    db", "* 7\n    db")])
def test_a_gradient_that_is_a_list_is_not_called_right(old, new):
    """It is compared with nothing: a wrong entry of it went through as right."""
    found = judge_code(read_source(LISTS.replace(old, new), "f.py"))
    assert "right" not in [one.verdict for one in found]


HINGE = """\
import torch
def hinge_loss(W, X, y):
    rows = torch.arange(X.shape[0])
    s = X.mm(W)
    gap = s - s[rows, y].unsqueeze(1) + 1
    gap[rows, y] = 0
    loss = torch.sum((gap > 0) * gap)
    counts = (gap > 0).to(X.dtype)
    counts[rows, y] = -counts.sum(dim=1)
    dW = X.t().mm(counts)
    return loss, dW
"""

SPACED = """\
import numpy as np
class Thin:
    def __init__(self, keep_every):
        self.keep_every = keep_every
    def forward(self, A):
        self.width = A.shape[2]
        k = self.keep_every
        return A[:, :, np.arange(0, A.shape[2], k)]
    def backward(self, dLdZ):
        k = self.keep_every
        dLdA = np.zeros((dLdZ.shape[0], dLdZ.shape[1], self.width))
        dLdA[:, :, np.arange(0, self.width, k)] = dLdZ
        return dLdA
"""

CELL = """\
import numpy as np
class Cell:
    def __init__(self, d, k):
        self.W, self.U, self.b = np.random.randn(k, d), np.random.randn(k, k), np.random.randn(k)
        self.dW, self.dU, self.db = np.zeros((k, d)), np.zeros((k, k)), np.zeros(k)
    def forward(self, x, h):
        h_new = np.tanh(x @ self.W.T + h @ self.U.T + self.b)
        return h_new
    def backward(self, delta, h, below, before):
        dz = delta * (1 - h ** 2)
        self.dW += dz.T @ below
        self.dU += dz.T @ before
        self.db += dz.sum(axis=0)
        return dz @ self.W, dz @ self.U
"""

APART_COST = """\
import numpy as np
def times_forward(x, y):
    out = x * y
    cache = (x, y)
    return out, cache
def times_backward(cache):
    x, y = cache
    dx = y
    dy = x
    return dx, dy
def other_loss(p, target):
    return np.mean((p - target) ** 2)
def other(p):
    return other_loss(p, 1.0)
def climb():
    x, y = 1.0, 2.0
    out, cache = times_forward(x, y)
    dx, dy = times_backward(cache)
    return out
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "wrong"),
    [
        (HINGE, "(gap > 0).to(X.dtype)", "(gap > 0).to(X.dtype) * 2", "hinge_loss"),  # truth values become numbers
        (HINGE, "-counts.sum(dim=1)", "counts.sum(dim=1)", "hinge_loss"),
        (SPACED, "= dLdZ\n", "= 2 * dLdZ\n", "Thin.backward"),
        (CELL, "(1 - h ** 2)", "(1 - h)", "Cell.backward"),  # h is what forward gives, as another argument is what it was given
        (CELL, "@ before", "@ h", "Cell.backward"),
        (APART_COST, "dx = y", "dx = x", "times_backward"),  # a cost that others take is none of it
    ],
    ids=["numbers", "row sums", "spaced", "cell slope", "cell state", "cost of others"],
)
def test_what_was_accused_is_right_and_a_slip_in_it_is_not(text, old, new, wrong):
    assert {(one.verdict, str(one.why)) for one in judge(text)} == {("right", "")}
    assert {one.name: one.verdict for one in judge(text.replace(old, new))}[wrong] == "wrong"
