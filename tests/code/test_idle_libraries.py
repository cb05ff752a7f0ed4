"""Lines that draw, tell the time or show how far a program is keep no verdict back, and sizes that are measured stay as they are."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

SCRIPT = """
import time
import numpy as np
import matplotlib.pyplot as plt

per_class, classes = 100, 3
X = np.random.randn(per_class * classes, 2)
y = np.arange(per_class * classes) % classes
W = 0.01 * np.random.randn(2, classes)
count = X.shape[0]
begun = time.time()
for step in range(200):
    scores = X @ W
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(count), y]).mean()
    ds = p.copy()
    ds[np.arange(count), y] -= 1
    ds /= count
    dW = X.T @ ds
    W -= 0.5 * dW
spent = time.time() - begun
fig = plt.figure()
plt.scatter(X[:, 0], X[:, 1], c=y, cmap=plt.cm.Spectral)
plt.show()
"""
NET = """
from functools import reduce
import numpy as np

class Net:
    def __init__(self, n, m):
        self.w1 = np.random.randn(n, m)
        self.w2 = np.random.randn(m, 2)

    def __forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.w1)
        return reduce(np.dot, [self.h, self.w2])

    def __backward(self, dout):
        dw2 = self.h.T @ dout
        dw1 = self.x.T @ ((dout @ self.w2.T) * (1 - self.h ** 2))
        return dw1, dw2
"""


def judge(text):
    """The verdicts on a program."""
    return judge_code(read_source(text, "net.py"))


def test_a_script_that_draws_is_judged():
    assert [one.verdict for one in judge(SCRIPT)] == ["right"]


@pytest.mark.parametrize(("right", "wrong"), [("    ds /= count\n", ""), ("X.T @ ds", "-X.T @ ds"), ("] -= 1", "] -= 2")])
def test_a_slip_in_it_is_found(right, wrong):
    assert [one.verdict for one in judge(SCRIPT.replace(right, wrong))] == ["wrong"]


def test_private_passes_are_judged_where_a_class_has_no_others():
    assert [(one.name, one.verdict) for one in judge(NET)] == [("Net.__backward", "right")]
    assert [one.verdict for one in judge(NET.replace("(1 - self.h ** 2)", "(1 - self.h)"))] == ["wrong"]
