"""Backward passes that are given a target and no loss: the usual one that their gradients are slopes of is meant, and is said."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source
from tutor.results.code_check import check_code

NET = """
import numpy as np
class Net:
    def __init__(self, d, h, c):
        self.W1 = np.random.randn(d, h)
        self.W2 = np.random.randn(h, c)
    def forward(self, X):
        self.a1 = 1 / (1 + np.exp(-(X @ self.W1)))
        self.a2 = 1 / (1 + np.exp(-(self.a1 @ self.W2)))
        return self.a2
    def backward(self, X, y, lr):
        m = X.shape[0]
        delta2 = (self.a2 - y) * self.a2 * (1 - self.a2)
        dW2 = self.a1.T @ delta2 / m
        delta1 = (delta2 @ self.W2.T) * self.a1 * (1 - self.a1)
        dW1 = X.T @ delta1 / m
        self.W2 -= lr * dW2
        self.W1 -= lr * dW1
"""
KEPT = """
import numpy as np
def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))
def sigmoid_derivative(x):
    return x * (1.0 - x)
class NeuralNetwork:
    def __init__(self, x, y):
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.weights2 = np.random.rand(4, 1)
        self.y = y
        self.output = np.zeros(self.y.shape)
    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))
    def backprop(self):
        d2 = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, d2)
        d_weights1 = np.dot(self.input.T, np.dot(d2, self.weights2.T) * sigmoid_derivative(self.layer1))
        self.weights1 += d_weights1
        self.weights2 += d_weights2
"""
CLASSES = """
import numpy as np
class MLP:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * 0.01
        self.b = np.zeros((n_out, 1))
    def forward(self, X):
        self.Z = self.W @ X + self.b
        e = np.exp(self.Z - self.Z.max(axis=0))
        self.A = e / e.sum(axis=0)
        return self.A
    def backward(self, X, Y, learning_rate=0.1):
        m = X.shape[1]
        dZ = self.A - Y
        dW = dZ @ X.T / m
        db = dZ.sum(axis=1, keepdims=True) / m
        self.W -= learning_rate * dW
        self.b -= learning_rate * db
"""


@pytest.mark.parametrize(("text", "loss"), [
    (NET, "0.5 * np.sum((prediction - y)**2) / prediction.shape[0]"),
    (NET.replace(" / m", ""), "0.5 * np.sum((prediction - y)**2)"),
    (NET.replace("(self.a2 - y) * self.a2 * (1 - self.a2)", "self.a2 - y"),
     "-np.sum(y * np.log(prediction) + (1 - y) * np.log(1 - prediction)) / prediction.shape[0]"),
    (KEPT, "minus np.sum((prediction - self.y)**2)"),
    (CLASSES, "-np.sum(Y * np.log(prediction)) / prediction.shape[1]"),
])  # fmt: skip
def test_the_usual_loss_is_found_and_said(text, loss):
    found = judge_code(read_source(text, "f.py"))
    assert [one.verdict for one in found] == ["right"] * len(found)
    assert any(loss in str(said) for said in found[-1].assumes)


@pytest.mark.parametrize(("text", "right", "wrong", "line"), [
    (NET, "self.a1.T @ delta2 / m", "self.a1.T @ delta2", 14),
    (NET, "(delta2 @ self.W2.T) *", "(delta2 @ self.W2) *", 15),
    (KEPT, "self.weights2.T) * sigmoid_derivative(self.layer1)", "self.weights2.T) * sigmoid(self.layer1)", 20),
    (CLASSES, "dZ.sum(axis=1, keepdims=True) / m", "dZ.sum(axis=1, keepdims=True)", 16),
])  # fmt: skip
def test_a_slip_beside_it_is_found_and_the_loss_is_said(text, right, wrong, line):
    assert right in text
    found = judge_code(read_source(text.replace(right, wrong), "f.py"))[-1]
    assert [root.line for root in found.roots] == [line]
    assert any("no loss" in str(said) for said in found.assumes)


def test_a_slope_of_no_usual_loss_is_left_open():
    (found,) = judge_code(read_source(NET.replace("(self.a2 - y)", "(self.a2 - y) ** 3"), "f.py"))
    assert found.verdict == "undecided"
    assert "no loss is found" in str(found.why)


def test_a_slope_of_a_function_may_be_given_its_output():
    """``tanh_prime(a)`` is 1 − a² of what tanh gives, and wrong where it is nothing of either."""
    text = "import numpy as np\ndef tanh(z):\n    return np.tanh(z)\ndef tanh_prime(z):\n    return 1 - z ** 2\n"
    (right,) = judge_code(read_source(text, "f.py"))
    assert right.verdict == "right"
    assert "tanh_prime is given what tanh gives" in str(right.assumes[0])
    (wrong,) = judge_code(read_source(text.replace("1 - z ** 2", "1 - z"), "f.py"))
    assert wrong.verdict == "wrong"


CLIMBING = """
import numpy as np
class NeuralNetwork:
    def __init__(self, n_in, n_hidden, n_out):
        self.w1 = np.random.rand(n_in, n_hidden)
        self.w2 = np.random.rand(n_hidden, n_out)
    def fit(self, X, y, lr=0.5):
        for epoch in range(100):
            hidden = 1 / (1 + np.exp(-np.dot(X, self.w1)))
            output = 1 / (1 + np.exp(-np.dot(hidden, self.w2)))
            error = y - output
            d_output = error * output * (1 - output)
            d_w2 = np.dot(hidden.T, d_output)
            d_hidden = np.dot(d_output, self.w2.T) * hidden * (1 - hidden)
            d_w1 = np.dot(X.T, d_hidden)
            self.w2 += lr * d_w2
            self.w1 += lr * d_w1
"""


@pytest.mark.parametrize(("right", "wrong", "verdict"), [
    ("", "", "right"),
    ("error = y - output", "error = output - y", "undecided"),  # uphill: the slope of no loss that it climbs
    ("self.w1 += lr * d_w1", "self.w1 -= lr * d_w1", "undecided"),
    ("* hidden * (1 - hidden)", "* (1 - hidden)", "wrong"),
])  # fmt: skip
def test_the_sign_of_a_loss_is_that_of_the_updates(right, wrong, verdict):
    (found,) = judge_code(read_source(CLIMBING.replace(right, wrong), "f.py"))
    assert found.verdict == verdict


PLAIN = """import math
def sigmoid(z):
    return 1 / (1 + math.exp(-z))
def forward(x, w1, b1, w2, b2):
    z1 = w1 * x + b1
    a1 = sigmoid(z1)
    return z1, a1, sigmoid(w2 * a1 + b2)
def backward(x, y, w1, b1, w2, b2):
    z1, a1, a2 = forward(x, w1, b1, w2, b2)
    dz2 = (a2 - y) * a2 * (1 - a2)
    dw2 = dz2 * a1
    db2 = dz2
    dz1 = dz2 * w2 * a1 * (1 - a1)
    dw1 = dz1 * x
    db1 = dz1
    return dw1, db1, dw2, db2
"""


@pytest.mark.parametrize("library", ["math", "numpy"])
@pytest.mark.parametrize(("old", "new", "lines"), [("", "", []), ("dz2 * w2", "dz2 * w1", [13])])
def test_a_hidden_layer_of_plain_numbers(library, old, new, lines):
    text = PLAIN.replace("import math", "import numpy as math") if library == "numpy" else PLAIN
    (found,) = [one for one in check_code(text.replace(old, new)).verdicts if one.name == "backward"]
    assert ([root.line for root in found.roots], found.verdict) == (lines, "wrong" if lines else "right")
    assert any("of single numbers" in said for said in found.assumes)


HUBER = """import numpy as np
def huber(p, y, delta=1.0):
    r = p - y
    return np.mean(np.where(np.abs(r) <= delta, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta)))
def huber_grad(p, y, delta=1.0):
    r = p - y
    return np.where(np.abs(r) <= delta, r, delta * np.sign(r)) / r.size
"""


@pytest.mark.parametrize(("old", "new", "verdict"), [("", "", "right"), (" / r.size", "", "wrong"), ("    r = p - y\n    return np.where",
                         "    r = y - p\n    return np.where", "wrong")])  # fmt: skip
def test_p_beside_a_target_is_a_prediction(old, new, verdict):
    (found,) = check_code(HUBER.replace(old, new) if old else HUBER).verdicts
    assert (found.verdict, [one.of for one in found.outputs]) == (verdict, ["p"])


SCRIPT = """import random
import math
w = random.uniform(-1, 1)
b = random.gauss(0, 1)
x, t = 1.5, 0.25
for step in range(100):
    a = 1 / (1 + math.exp(-(w * x + b)))
    loss = (a - t) ** 2
    dz = 2 * (a - t) * a * (1 - a)
    dw = dz * x
    db = dz
    w -= 0.1 * dw
    b -= 0.1 * db
"""


@pytest.mark.parametrize(("old", "new", "lines"), [("", "", []), ("dw = dz * x", "dw = dz * w", [10])])
def test_numbers_of_the_module_random(old, new, lines):
    (found,) = check_code(SCRIPT.replace(old, new) if old else SCRIPT).verdicts
    assert ([root.line for root in found.roots], found.unread) == (lines, ())
