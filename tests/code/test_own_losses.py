"""The loss of the file that a training body watches behind its step, or does not work out at all."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

WATCHED = """
import numpy as np
def half_cost(X, w, y):
    return np.sum((X @ w - y) ** 2) / (2 * len(y))
def descend(X, y, w, lr, rounds):
    seen = []
    for r in range(rounds):
        gap = X @ w - y
        gradient = X.T @ gap / len(y)
        w = w - lr * gradient
        seen.append(half_cost(X, w, y))
    return w, seen
"""
BESIDE = """
def cost(xs, ys, a, b):
    total = 0
    for x, y in zip(xs, ys):
        total += (a * x + b - y) ** 2
    return total / len(xs)
def step_gradient(a_now, b_now, xs, ys, rate):
    a_gradient = 0
    b_gradient = 0
    for x, y in zip(xs, ys):
        a_gradient += 2 / len(xs) * x * (a_now * x + b_now - y)
        b_gradient += 2 / len(xs) * (a_now * x + b_now - y)
    return a_now - rate * a_gradient, b_now - rate * b_gradient
"""

def judge(text):
    return judge_code(read_source(text, "f.py"))[-1]


@pytest.mark.parametrize(("text", "old", "new", "line", "said"), [
    (WATCHED, "X.T @ gap / len(y)", "X.T @ gap", 8, "the loss is half_cost(X, w, y), as it is before the step"),
    (BESIDE, "* x * (a_now", "* (a_now", 11, "the loss is cost(xs, ys, a_now, b_now), a function of the file"),
])  # fmt: skip
def test_the_loss_of_the_file_judges_a_body_and_is_said(text, old, new, line, said):
    right = judge(text)
    assert right.verdict == "right"
    assert any(said in str(what) for what in right.assumes)
    assert old in text
    wrong = judge(text.replace(old, new))
    assert [root.line for root in wrong.roots] == [line]


def test_a_rate_is_no_loss():
    text = "X = np.array([1.0, 2.0])\nY = X * 3\nm = 0\nL = 0.01\nfor i in range(9):\n    P = m * X\n"
    found = judge(f"import numpy as np\n{text}    D_m = -2 * sum(X * (Y - P))\n    m = m - L * D_m")
    assert found.verdict == "right"
    assert any("np.sum((P - Y)**2)" in str(said) for said in found.assumes)


DIVIDED = """
def mse(xs, ys, w):
    return sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
def fit(xs, ys, lr):
    w = 0.0
    for epoch in range(50):
        dw = 0
        for x, y in zip(xs, ys):
            dw += 2 * (w * x - y) * x
        w -= lr * dw / len(xs)
        print(mse(xs, ys, w))
    return w
"""
INSIDE = """
import numpy as np
def fit(X, y, lr=0.1):
    w = np.zeros(X.shape[1])
    for epoch in range(100):
        loss = np.mean((X @ w - y) ** 2)
        dw = 2 * X.T @ (X @ w - y) / len(y)
        w -= lr * dw
    return w
"""
WATCHED_ELSE = """
import numpy as np
def misclassification_error(X, y, w):
    return np.mean((X @ w > 0) != y)
def fit(X, y, lr=0.1):
    w = np.random.randn(X.shape[1])
    for epoch in range(10):
        p = 1 / (1 + np.exp(-X @ w))
        dw = X.T @ (p - y) / len(y)
        w -= lr * dw
        print(misclassification_error(X, y, w))
    return w
"""


@pytest.mark.parametrize(("text", "old", "new", "verdict"), [
    (DIVIDED, "", "", "right"), (DIVIDED, "2 * (w", "3 * (w", "wrong"),
    (INSIDE, "", "", "right"), (INSIDE, "(X @ w - y) / len", "(5 * X @ w - y) / len", "wrong"),
    (WATCHED_ELSE, "", "", "right"),
])  # fmt: skip
def test_steps_that_divide_weights_that_begin_as_zeros_and_what_is_only_watched(text, old, new, verdict):
    assert old in text
    assert judge(text.replace(old, new) if old else text).verdict == verdict


def test_a_difference_in_a_loop_is_no_loss():
    text = "def step(xs, ys, w, lr):\n    dw = 0\n    for i in range(len(xs)):\n        error = w * xs[i] - ys[i]\n"
    assert judge(f"{text}        dw += error * xs[i]\n    w -= lr * dw\n    return w\n").verdict != "wrong"


def test_of_a_sum_and_a_mean_the_mean_is_meant():
    text = "def gradient(x, y, w, b):\n    m = len(x)\n    dw = 0\n    db = 0\n    for i in range(m):\n        f = w * x[i] + b\n"
    found = judge(f"{text}        db += f - y[i]\n        dw += (f - y[i]) * x[i]\n    dw = dw / m\n    db = 1 * db\n    return dw, db\n")
    assert [(root.line, root.tag) for root in found.roots] == [(10, "mean-forgotten")]


RIDGE = """
import numpy as np
def mse(X, y, w):
    return np.mean((X @ w - y) ** 2)
def fit(X, y, lr=0.1, lam=0.01):
    n, d = X.shape
    w = np.random.randn(d)
    for r in range(100):
        e = X @ w - y
        dw = X.T @ e / n + lam * w
        w -= lr * dw
        print(r, mse(X, y, w))
    return w
"""
SAID = "half of it and 0.5 * lam * np.sum(w ** 2)"


@pytest.mark.parametrize(("old", "new", "said"), [
    ("", "", SAID),
    pytest.param("X.T @ e / n + lam", "2 * X.T @ e / n + lam", "0.5 * lam * np.sum(w ** 2) added to it", marks=pytest.mark.slow),
    pytest.param("X.T @ e / n + lam * w", "2 * (X.T @ e + lam * np.sign(w)) / n", "np.sum(np.abs(w)) added", marks=pytest.mark.slow),
    pytest.param(" + lam * w", "", "half the loss that is watched", marks=pytest.mark.slow),
])  # fmt: skip
def test_a_loss_that_is_only_watched_needs_no_penalty(old, new, said):
    right = judge(RIDGE.replace(old, new) if old else RIDGE)
    assert right.verdict == "right"
    assert any(said in str(what) for what in right.assumes), right.assumes


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), [
    ("X.T @ e / n + lam", "X.T @ e + lam"), ("X @ w - y\n", "y - X @ w\n"),
    ("np.mean((X @ w - y) ** 2)", "np.mean((X @ w - y) ** 2) + np.sum(w ** 2)"),
])  # fmt: skip
def test_a_slip_beside_a_penalty_of_a_watched_loss_stays_wrong(old, new):
    assert old in RIDGE
    assert judge(RIDGE.replace(old, new)).verdict == "wrong"


@pytest.mark.slow
def test_a_penalty_beside_a_loss_that_is_returned_with_its_gradient_is_judged():
    text = "import numpy as np\ndef loss(X, y, w, lam):\n    e = X @ w - y\n    loss = np.mean(e ** 2)\n"
    assert judge(f"{text}    dw = 2 * X.T @ e / len(y) + lam * w\n    return loss, dw\n").verdict == "wrong"
