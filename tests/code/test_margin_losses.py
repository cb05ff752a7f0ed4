"""Steps that a condition chooses: both branches are judged, and what has no loss at all says so."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

STEPS = """import numpy as np

def svm(X, y, rate, reg, rounds):
    w = np.zeros(X.shape[1])
    b = 0
    for _ in range(rounds):
        for i, x in enumerate(X):
            if y[i] * (np.dot(w, x) + b) < 1:
                w = w - rate * (reg * w - y[i] * x)
                b = b + rate * y[i]
            else:
                w = w - rate * reg * w
    return w, b
"""
PERCEPTRON = """import numpy as np

class Perceptron:
    def fit(self, X, y):
        self.w = np.zeros(X.shape[1])
        for _ in range(self.rounds):
            for x, t in zip(X, y):
                p = self.step(np.dot(x, self.w))
                update = self.lr * (t - p)
                self.w += update * x

    def step(self, z):
        return np.where(z >= 0, 1, 0)
"""


def judge(text):
    (found,) = judge_code(read_source(text, "svm.py"))
    return found


def test_both_branches_are_right_with_the_margin_and_the_squares_of_the_weights():
    found = judge(STEPS)
    assert found.verdict == "right"
    assert {one.of for one in found.outputs} == {"w", "b"}
    assert any("max(0.0, 1 - y[i] * (np.dot(w, x) + b)) + 0.5 * reg * np.sum(w ** 2)" in str(what) for what in found.assumes)


@pytest.mark.parametrize(("old", "new"), [
    ("- y[i] * x)", "+ y[i] * x)"), ("b + rate * y[i]", "b - rate * y[i]"), ("b + rate * y[i]", "b + rate"), ("rate * reg * w", "rate * w"),
])  # fmt: skip
def test_a_slip_in_either_branch_is_named_at_its_line(old, new):
    found = judge(STEPS.replace(old, new))
    assert found.verdict == "wrong"
    assert STEPS[: STEPS.index(old)].count("\n") + 1 in [root.line for root in found.roots]


def test_a_prediction_that_is_a_step_is_not_judged_and_says_why():
    found = judge(PERCEPTRON)
    assert found.verdict == "undecided"
    assert "p is a step, whose slope is 0" in str(found.why)
    assert "svm.py:8" in str(found.why)
