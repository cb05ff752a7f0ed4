"""Other shapes of parameters: a right program is right with them, and a wrong one is wrong in no other line."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

WIDE = """
import numpy as np
def f(x, W, b):
    # W: (D, H, K)
    z = np.tensordot(x, W, axes=1) + b
    loss = 0.5 * np.sum(z ** 2)
    dW = np.tensordot(x.T, z, axes=1)
    db = z.sum(axis=0)
    return loss, {"W": dW, "b": db}
"""
SMALL = """
import numpy as np
def train(X, y, w, b, lam=0.01, lr=0.05):
    for epoch in range(9):
        err = X.dot(w) + b - y
        loss = np.mean(err ** 2) + lam * np.sum(w ** 2)
        d = 2 * err / X.shape[0]
        dw = X.T.dot(d) + 2 * lam * w
        db = np.sum(d)
        w -= lr * dw
        b -= lr * db
"""
KEPT = """
import numpy as np
class Net:
    def forward(self, x):
        self.x = x
        self.m, self.s = x @ self.W, x @ self.V
        return self.m, self.s
    def loss(self, y):
        return np.mean(self.s + (y - self.m) ** 2 * np.exp(-self.s))
    def backward(self, y):
        e = np.exp(-self.s)
        dm = 2 * (self.m - y) * e / y.size
        ds = (1 - (y - self.m) ** 2 * e) / y.size
        self.dW = self.x.T @ dm
        self.dV = self.x.T @ ds
"""
ROWS = """
import numpy as np
def forward(xs, W, U, V):
    h = np.zeros((xs.shape[0] + 1, U.shape[0]))
    for t in range(xs.shape[0]):
        h[t + 1] = np.tanh(xs[t] @ W + h[t] @ U)
    return h[1:] @ V, (xs, U, V, h)
def backward(dout, cache):
    xs, U, V, h = cache
    dV = h[1:].T @ dout
    dh = dout @ V.T
    dW, dU, back = 0, np.zeros_like(U), 0
    for t in reversed(range(xs.shape[0])):
        da = (dh[t] + back) * (1 - h[t + 1] ** 2)
        dW = dW + np.outer(xs[t], da)
        dU += np.outer(h[t], da)
        back = da @ U.T
    return dW, dU, dV
"""


def judge(text):
    """The verdict, with the wrong lines."""
    verdict = judge_code(read_source(text, "p.py"))[0]
    return verdict.verdict, [text.splitlines()[root.line - 1].strip() for root in verdict.roots]


@pytest.mark.parametrize("text", [WIDE, SMALL, KEPT, ROWS])
def test_a_right_program_is_right(text):
    assert judge(text) == ("right", [])


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (WIDE, "db = z.sum(axis=0)", "db = z"),  # one row for each sample is no bias
        (WIDE, "x.T, z,", "x.T, 2 * z,"),
        (SMALL, "dw = X.T.dot(d) + 2 * lam * w", "dw = X.T.dot(d) + lam * w"),
        (SMALL, "db = np.sum(d)", "db = np.mean(d)"),
        (KEPT, "ds = (1 - ", "ds = (1 + "),
        (ROWS, "np.outer(h[t], da)", "np.outer(h[t + 1], da)"),
    ],
)
def test_a_wrong_one_is_wrong_in_its_line_alone(text, old, new):
    verdict, lines = judge(text.replace(old, new))
    assert (verdict, len(lines), new in lines[0]) == ("wrong", 1, True)
