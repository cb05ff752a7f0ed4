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
CASES = [  # a program, what is put in the place of what, what the line should compute
    (SCORES, "dscores /= N", "dscores *= N", "dscores", "1/N*(probs2 - y_onehot)"),
    (SCORES, "+ 2 * reg * W", "+ reg * W", "grads.W", "matmul(transpose(X), dL/dscores) + 2*reg*W"),
    (SCORES, "dscores.sum(axis=0)", "dscores", "grads.b", "column_sums(dL/dscores)"),
    (RELU, "dh * (h > 0)", "dh * (h < 0)", "dh", "hadamard(dL/dh, if_positive(z, 1, 0))"),
    (MEANS, "dZ = A - Y", "dZ = Y - A", "dZ", "A - Y"),
    (MEANS, "dZ @ X.T / m", "dZ.T @ X.T / m", "dW", "matmul(1/m*(A - Y), transpose(X))"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "old", "new", "key", "formula"), CASES, ids=[case[2] for case in CASES])
def test_the_formula_is_that_of_the_derivation(text, old, new, key, formula):
    (verdict,) = judge_code(read_source(text.replace(old, new), "net.py"))
    (root,) = verdict.roots
    assert root.derived is not None
    assert (root.derived.key, write_plain(root.derived.expr), root.derived.points) == (key, formula, 3)
    assert root.derived.exact or root.derived.ends


def test_what_the_reader_of_programs_does_not_know_is_left_out():
    text = "def f_forward(x):\n    if x.sum() > 0:\n        return 3 * x, x\n    return 2 * x, x\n"
    text += "def f_backward(dout, x):\n    dx = dout / (3 if x.sum() > 0 else 2)\n    return dx\n"
    (verdict,) = judge_code(read_source(text, "net.py"))
    assert [root.derived for root in verdict.roots] == [None]
