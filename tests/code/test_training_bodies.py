"""Classes and functions that train in one body, as first courses have them: without a loss, with plain names for weights and bias."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

LOGISTIC = """
import numpy as np
class LogisticRegression:
    def __init__(self, lr=0.01, n_iters=1000):
        self.lr, self.n_iters = lr, n_iters
        self.weights = None
        self.bias = None
    def fit(self, X, y):
        n_samples, n_features = X.shape
        self.weights = np.zeros(n_features)
        self.bias = 0
        for _ in range(self.n_iters):
            y_pred = 1 / (1 + np.exp(-(np.dot(X, self.weights) + self.bias)))
            dw = (1 / n_samples) * np.dot(X.T, (y_pred - y))
            db = (1 / n_samples) * np.sum(y_pred - y)
            self.weights -= self.lr * dw
            self.bias -= self.lr * db
"""
LINEAR = """
import numpy as np
class Linear:
    def train(self, X, y, eta, epochs):
        self.w = np.zeros(X.shape[1])
        self.b = 0.0
        for i in range(epochs):
            output = X @ self.w + self.b
            errors = y - output
            dw = -2 * X.T @ errors / len(y)
            db = -2 * errors.mean()
            self.w -= eta * dw
            self.b -= eta * db
"""
DESCENT = """
import numpy as np
def gradient_descent(x, y, w, b, alpha, iterations):
    m = len(x)
    for i in range(iterations):
        y_hat = w * x + b
        cost = (1 / (2 * m)) * np.sum((y_hat - y) ** 2)
        dw = (1 / m) * np.sum((y_hat - y) * x)
        db = (1 / m) * np.sum(y_hat - y)
        w = w - alpha * dw
        b = b - alpha * db
    return w, b
"""


@pytest.mark.parametrize("text", [LOGISTIC, LINEAR, DESCENT])
def test_a_right_one_is_right_in_all_its_gradients(text):
    (found,) = judge_code(read_source(text, "f.py"))
    assert (found.verdict, len(found.outputs)) == ("right", 2)


@pytest.mark.parametrize(("text", "right", "wrong", "line"), [
    (LOGISTIC, "db = (1 / n_samples) * np.sum(y_pred - y)", "db = np.sum(y_pred - y)", 15),
    (LINEAR, "-2 * errors.mean()", "2 * errors.mean()", 11),
    (DESCENT, "(y_hat - y) * x)", "(y_hat - y))", 8),
])  # fmt: skip
def test_a_slip_in_one_is_found(text, right, wrong, line):
    assert right in text
    (found,) = judge_code(read_source(text.replace(right, wrong), "f.py"))
    assert [root.line for root in found.roots] == [line]
