"""The formula beside a wrong line: of the derivation, in the program's names, and never where the two disagree."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.expression.plain import write_plain
from tutor.program.source import read_source

SCORES = """
import numpy as np
def loss(X, y, W, b, reg=0.1):
    N = X.shape[0]
    scores = X @ W + b
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(N), y]).sum() / N
    loss += reg * np.sum(W * W)
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    dscores /= N
    grads = {}
    grads['W'] = X.T @ dscores + 2 * reg * W
    grads['b'] = dscores.sum(axis=0)
    return loss, grads
"""
MEANS = """
import numpy as np
def cost_forward(X, W, Y):
    m = X.shape[1]
    Z = W @ X
    A = 1 / (1 + np.exp(-Z))
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost, (X, W, Y, A)
def cost_backward(cache):
    X, W, Y, A = cache
    m = X.shape[1]
    dZ = A - Y
    dW = dZ @ X.T / m
    return dW
"""
RELU = """
import numpy as np
def net_forward(X, W, b):
    h = np.maximum(0, X @ W + b)
    return h, (X, W, h)
def net_backward(dh, cache):
    X, W, h = cache
    dh = dh * (h > 0)
    dW = X.T @ dh
    db = dh.sum(axis=0)
    return dW, db
"""
CONVOLUTION = """
import numpy as np
def conv_forward(x, w, b):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    wide = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    out = np.zeros((N, F, H - HH + 3, W - WW + 3))
    for i in range(H - HH + 3):
        for j in range(W - WW + 3):
            for f in range(F):
                out[:, f, i, j] = np.sum(wide[:, :, i:i + HH, j:j + WW] * w[f], axis=(1, 2, 3)) + b[f]
    return out, (x, wide, w)
def conv_backward(dout, cache):
    x, wide, w = cache
    dw, dwide = np.zeros_like(w), np.zeros_like(wide)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            for f in range(len(w)):
                above = dout[:, f, i, j][:, None, None, None]
                dw[f] += np.sum(wide[:, :, i:i + w.shape[2], j:j + w.shape[3]] * above, axis=0)
                dwide[:, :, i:i + w.shape[2], j:j + w.shape[3]] += w[f] * above
    dx = dwide[:, :, 1:-1, 1:-1]
    return dx, dw, db
"""
POOLING = """
import numpy as np
def pool_forward(x):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // 2, W // 2))
    for i in range(H // 2):
        for j in range(W // 2):
            out[:, :, i, j] = x[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2].max(axis=(2, 3))
    return out, x
def pool_backward(dout, x):
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
            mask = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += mask * dout[:, :, i, j][:, :, None, None]
    return dx
"""
HINGE = """
import numpy as np
def hinge_loss(W, X, y, reg):
    N = X.shape[0]
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j != y[i] and scores[j] - scores[y[i]] + 1 > 0:
                loss += scores[j] - scores[y[i]] + 1
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW /= N
    dW += 2 * reg * W
    return loss, dW
"""
_NAMED = "    dW = X.T @ dh\n    db = dh.sum(axis=0)\n    return dW, db"
SEVERAL = RELU.replace(_NAMED, "    return dh @ W.T, X.T @ dh, dh.sum(axis=0)")
DIFFERENCE = """
def forward(X, W, Y):
    scores = X @ W
    diff = scores - Y
    return (diff ** 2).sum() / len(X), (X, diff)
def backward(cache):
    X, diff = cache
    dscores = 2 * diff / len(X)
    return X.T @ dscores
"""
CASES = [  # a program, what is put in the place of what, what the line should compute
    (SCORES, "dscores /= N", "dscores *= N", "dscores", "1/N*(probs2 - y_onehot)"),
    (SCORES, "+ 2 * reg * W", "+ reg * W", "grads.W", "matmul(transpose(X), dL/dscores) + 2*reg*W"),
    (SCORES, "dscores.sum(axis=0)", "dscores", "grads.b", "column_sums(dL/dscores)"),
    (RELU, "dh * (h > 0)", "dh * (h < 0)", "dh", "hadamard(dL/dh, if_positive(z, 1, 0))"),
    (MEANS, "dZ = A - Y", "dZ = Y - A", "dZ", "A - Y"),
    (MEANS, "dZ @ X.T / m", "dZ.T @ X.T / m", "dW", "matmul(1/m*(A - Y), transpose(X))"),
    (CONVOLUTION, "dout.sum(axis=(0, 2, 3))", "2 * dout.sum(axis=(0, 2, 3))", "db",
     "drop_row(drop_row_each(keep_row_each(row_sums(keep_column_each(column_sums(batch_sums(dL/dout)))))))"),
    (CONVOLUTION, "dw[f] +=", "dw[f] -=", "dw", "kernel_gradient(dL/dout, x, 3, 3, 1, 1)"),
    (CONVOLUTION, "+= w[f] * above", "-= w[f] * above", "dx", "spread(dL/dout, w, 4, 6, 1, 1)"),
    (POOLING, "mask = window == window.max", "mask = window == window.min", "dx", "route(dL/dout, x, 2, 2)"),
    (HINGE, "+= 2 * reg * W", "+= reg * W", "dW", "matmul(transpose(X), dL/dscores) + 2*reg*W"),
    (DIFFERENCE, "2 * diff / len(X)", "2 * diff", "dscores", "2/N*diff"),
    (SEVERAL, "X.T @ dh", "2 * X.T @ dh", "dW", "matmul(transpose(X), dL/dz)"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "old", "new", "key", "formula"), CASES, ids=[case[2] or case[1] for case in CASES])
def test_the_formula_is_that_of_the_derivation(text, old, new, key, formula):
    (verdict,) = judge_code(read_source(text.replace(old, new), "net.py"))
    (root,) = verdict.roots
    assert root.derived is not None
    assert (root.derived.key, write_plain(root.derived.expr), root.derived.points) == (key, formula, 3)
    assert root.derived.exact or root.derived.ends or text is HINGE  # the loops of that one are read as another program


def test_what_the_reader_of_programs_does_not_know_is_left_out():
    text = "def f_forward(x):\n    if x.sum() > 0:\n        return 3 * x, x\n    return 2 * x, x\n"
    text += "def f_backward(dout, x):\n    dx = dout / (3 if x.sum() > 0 else 2)\n    return dx\n"
    (verdict,) = judge_code(read_source(text, "net.py"))
    assert [root.derived for root in verdict.roots] == [None]
