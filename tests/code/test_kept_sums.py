"""Sums of gradients over samples: set back in each round, whole before the step, and put there where nothing is summed."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

SUMMED = """
import numpy as np
def fit(X, y, w, lr=0.1, epochs=10):
    for epoch in range(epochs):
        dw = np.zeros_like(w)
        loss = 0.0
        for i in range(len(X)):
            e = np.dot(w, X[i]) - y[i]
            loss += 0.5 * e ** 2
            dw += e * X[i]
        w = w - lr * dw
    return w
"""
BEFORE = "    for epoch in range(epochs):\n        dw = np.zeros_like(w)\n"
AFTER = "    dw = np.zeros_like(w)\n    for epoch in range(epochs):\n"
WHOLE = """
import numpy as np
def fit(X, y, w, lr=0.1):
    dw = np.zeros_like(w)
    for epoch in range(10):
        e = X @ w - y
        loss = 0.5 * np.sum(e ** 2)
        dw += X.T @ e
        w = w - lr * dw
    return w
"""


def judge(text):
    (found,) = judge_code(read_source(text, "f.py"))
    return found.verdict, [(root.line, root.last, root.tag) for root in found.roots]


@pytest.mark.parametrize(("text", "told"), [
    (SUMMED.replace(BEFORE, AFTER), (5, 5, "sum-kept")),
    (SUMMED.replace("        w = w", "            w = w"), (11, 11, "step-inside")),
    (WHOLE, (8, 8, "added-for-assigned")),
])  # fmt: skip
def test_a_sum_that_is_kept_is_named(text, told):
    assert judge(text) == ("wrong", [told])


@pytest.mark.parametrize(("old", "new"), [
    ("", ""), (BEFORE, AFTER + "        dw[:] = 0\n"), (BEFORE, AFTER + "        dw *= 0\n"), (BEFORE, AFTER + "        dw.fill(0)\n"),
    (BEFORE, AFTER + "        empty(dw)\n"), (BEFORE, AFTER + "        dw = 0.0 * dw\n"),
])  # fmt: skip
def test_one_that_is_set_back_is_right(old, new):
    assert "wrong" not in judge("def empty(a):\n    a[:] = 0\n" + SUMMED.replace(old, new) if new else SUMMED)


def test_the_change_stands_inside_the_loop():
    (found,) = judge_code(read_source(SUMMED.replace(BEFORE, AFTER), "f.py"))
    assert found.roots[0].after == ("    for epoch in range(epochs):", "        dw = np.zeros_like(w)")
