"""Losses with the activation in front of them, and losses that are told apart from the layers beside them.

Each program is right as it stands, and wrong with one place changed.
"""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

MERGED = """
import numpy as np
def cross_entropy(p, y):
    return -np.sum(y * np.log(p)) / p.shape[0]
def cross_entropy_grad(p, y):
    return (p - y) / p.shape[0]
"""
JOINED = """
import numpy as np
class Softmax:
    def forward(self, inputs):
        e = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = e / np.sum(e, axis=1, keepdims=True)
class Loss:
    def regularization_loss(self, layer):
        return layer.l2 * np.sum(layer.weights ** 2)
    def calculate(self, output, y):
        sample_losses = self.forward(output, y)
        return np.mean(sample_losses)
class CrossEntropy(Loss):
    def forward(self, y_pred, y_true):
        samples = len(y_pred)
        if len(y_true.shape) == 1:
            chances = y_pred[range(samples), y_true]
        else:
            chances = np.sum(y_pred * y_true, axis=1)
        return -np.log(chances)
    def backward(self, dvalues, y_true):
        samples = len(dvalues)
        labels = len(dvalues[0])
        if len(y_true.shape) == 1:
            y_true = np.eye(labels)[y_true]
        self.dinputs = -y_true / dvalues
        self.dinputs = self.dinputs / samples
class BinaryCrossEntropy(Loss):
    def forward(self, y_pred, y_true):
        losses = -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))
        return np.mean(losses, axis=-1)
    def backward(self, dvalues, y_true):
        outputs = len(dvalues[0])
        self.dinputs = -(y_true / dvalues - (1 - y_true) / (1 - dvalues)) / outputs
        self.dinputs = self.dinputs / len(dvalues)
class SoftmaxLoss:
    def __init__(self):
        self.activation = Softmax()
        self.loss = CrossEntropy()
    def forward(self, inputs, y_true):
        self.activation.forward(inputs)
        self.output = self.activation.output
        return self.loss.calculate(self.output, y_true)
    def backward(self, dvalues, y_true):
        n = len(dvalues)
        if len(y_true.shape) == 2:
            y_true = np.argmax(y_true, axis=1)
        self.dinputs = dvalues.copy()
        self.dinputs[range(n), y_true] -= 1
        self.dinputs = self.dinputs / n
class Dense:
    def __init__(self, n_inputs, n_neurons, l2=0):
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.l2 = l2
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights)
    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        if self.l2 > 0:
            self.dweights += 2 * self.l2 * self.weights
        self.dinputs = np.dot(dvalues, self.weights.T)
"""
DEEP = """
import numpy as np
def linear_forward(A, W, b):
    return np.dot(W, A) + b, (A, W, b)
def L_model_forward(X, parameters):
    caches, A, L = [], X, len(parameters) // 2
    for l in range(1, L + 1):
        Z, cache = linear_forward(A, parameters['W' + str(l)], parameters['b' + str(l)])
        A = np.tanh(Z)
        caches.append((cache, A))
    return A, caches
def compute_cost(AL, Y, parameters, lambd=0.7):
    m = Y.shape[1]
    cost = np.sum((AL - Y) ** 2) / (2 * m)
    for l in range(1, len(parameters) // 2 + 1):
        cost += lambd / (2 * m) * np.sum(np.square(parameters['W' + str(l)]))
    return cost
def linear_backward(dZ, cache, lambd):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m + lambd / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return np.dot(W.T, dZ), dW, db
def L_model_backward(AL, Y, caches, lambd=0.7):
    grads, dA = {}, AL - Y
    for l in reversed(range(len(caches))):
        cache, A = caches[l]
        dA, dW, db = linear_backward(dA * (1 - A ** 2), cache, lambd)
        grads['dW' + str(l + 1)] = dW
        grads['db' + str(l + 1)] = db
    return grads
"""
METHOD_SLOPE = """
import numpy as np
class LSTM:
    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))
    def sigmoid_derivative(self, x):
        return x * (1 - x)
"""


def judge(text, wanted=""):
    return judge_code(read_source(text, "net.py"), wanted)


def test_a_loss_may_give_the_gradient_in_front_of_the_activation():
    (found,) = judge(MERGED)
    assert found.verdict == "right"
    assert any("by what softmax is given" in str(what) for what in found.assumes)


@pytest.mark.parametrize("text", [
    MERGED.replace("(p - y)", "(y - p)"),
    MERGED.replace("(p - y) / p.shape[0]", "p - y"),
    f"{MERGED}class Softmax:\n    def backward(self, dp):\n        return self.p * (dp - np.sum(dp * self.p, axis=1, keepdims=True))\n",
])  # fmt: skip
def test_another_sign_or_count_is_no_such_gradient_nor_one_beside_the_slope_of_the_activation(text):
    assert judge(text, "cross_entropy_grad")[0].verdict == "wrong"


def test_losses_are_given_what_they_predict():
    assert [(one.name, one.verdict) for one in judge(JOINED) if one.verdict != "right"] == []


@pytest.mark.parametrize(("old", "new"), [
    ("self.dinputs = -y_true / dvalues", "self.dinputs = y_true / dvalues"),
    ("/ outputs\n", "\n"),
    ("self.dinputs[range(n), y_true] -= 1", "self.dinputs[range(n), y_true] += 1"),
    ("self.dinputs = self.dinputs / n\n", "self.dinputs = self.dinputs\n"),
])  # fmt: skip
def test_a_slip_in_such_a_loss_is_named(old, new):
    """At its line, or at the next one, which gives the same attribute anew."""
    text = JOINED.replace(old, new)
    line = JOINED[: JOINED.index(old)].count("\n") + 1
    found = [one for one in judge(text) if one.verdict != "right"]
    assert [one.verdict for one in found] == ["wrong"]
    assert any(abs(line - root.line) <= 1 for root in found[0].roots)


def test_a_part_of_a_net_is_not_accused_of_the_regularisation_of_the_whole():
    assert [(one.name, one.verdict) for one in judge(DEEP) if one.verdict != "right"] == []


@pytest.mark.parametrize(
    ("old", "new"), [("axis=1, keepdims=True) / m", "axis=0, keepdims=True) / m"), ("+ lambd / m * W", "")]
)
def test_the_whole_net_is_wrong_at_the_line_of_its_part(old, new):
    """A bias with an entry a sample is none: the products of a net that stand two calls deep tell which axis is which."""
    line = DEEP[: DEEP.index(old)].count("\n") + 1
    (found,) = judge(DEEP.replace(old, new), "L_model_backward")
    assert found.verdict == "wrong"
    assert [root.line for root in found.roots] == [line]


def test_a_slope_that_stands_in_a_class_is_that_of_a_function():
    (found,) = judge(METHOD_SLOPE)
    assert found.verdict == "right"
    assert judge(METHOD_SLOPE.replace("x * (1 - x)", "x * (1 + x)"))[0].verdict == "wrong"
