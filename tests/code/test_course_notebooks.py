"""Programs of the shapes that notebooks of courses have: what stands around the two passes makes nothing wrong."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.code.pair_functions import find_plans
from tutor.program.source import read_source

NET = '''
def forward_propagation(X, parameters):
    """
    X -- input data of size (n_x, m)
    parameters -- python dictionary of all weights
    """
    W1, b1 = parameters.get("W1"), parameters.get("b1")
    W2, b2 = parameters.get("W2"), parameters.get("b2")
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = sigmoid(np.dot(W2, A1) + b2)
    return A2, {"A1": A1, "A2": A2}

def compute_cost(A2, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    return float(np.squeeze(cost))

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W2, A1, A2 = parameters.get("W2"), cache.get("A1"), cache.get("A2")
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2)
    return {"dW1": np.dot(dZ1, X.T) / m, "db1": np.sum(dZ1, axis=1, keepdims=True) / m, "dW2": dW2, "db2": db2}
'''
SVM = """
def svm_loss(W, X, y, reg):
    dW = np.zeros_like(W)
    loss = 0.0
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        dw = np.zeros_like(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dw[:, j] += X[i]
                dw[:, y[i]] -= X[i]
        dW += dw
    return loss / len(y) + reg * np.sum(W * W), dW / len(y) + 2 * reg * W
"""
LOGISTIC = '''
def propagate(w, b, X, Y):
    """
    w -- weights, a numpy array of size (num_px * num_px * 3, 1)
    b -- bias, a scalar
    X -- data of size (num_px * num_px * 3, number of examples)
    Y -- true "label" vector (containing 0 if no dog, 1 if dog) of size (1, number of examples)
    """
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    grads = {"dw": np.dot(X, (A - Y).T) / m, "db": np.sum(A - Y) / m}
    return grads, cost

def optimize(w, b, X, Y, num_iterations, learning_rate):
    """
    w -- weights, a numpy array of size (num_px * num_px * 3, 1)
    b -- bias, a scalar
    """
    costs = []
    for i in range(num_iterations):
        grads, cost = propagate(w, b, X, Y)
        dw = grads["dw"]
        db = grads["db"]
        w = w - learning_rate * dw
        b = b - learning_rate * db
        if i % 100 == 0:
            costs.append(cost)
    return {"w": w, "b": b}, {"dw": dw, "db": db}, costs
'''
SLOPE = """
def sigmoid(x):
    s = 1 / (1 + np.exp(-x))
    return s

def sigmoid_derivative(x):
    s = sigmoid(x)
    ds = s * (1 - s)
    return ds
"""
LINEAR = '''
def linear_forward(A, W, b):
    """
    A -- activations, numpy array of shape (size of previous layer, number of examples)
    W -- weights, numpy array of shape (size of current layer, size of previous layer)
    b -- bias vector, numpy array of shape (size of the current layer, 1)
    """
    Z = W.dot(A) + b
    return Z, (A, W, b)

def compute_cost(AL, Y):
    return -np.sum(Y * np.log(AL)) / Y.shape[1]

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), np.dot(dZ, A_prev.T) / m, np.sum(dZ, axis=1, keepdims=True) / m
'''
LINE = '''
def forward_propagation(x, theta):
    """
    x -- a real-valued input
    theta -- our parameter, a real number as well
    """
    return np.dot(theta, x)

def backward_propagation(x, theta):
    dtheta = x
    return dtheta
'''
DEEP = '''
def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A, activation_cache = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, ((A_prev, W, b), activation_cache)

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z)), Z

def relu(Z):
    return np.maximum(0, Z), Z

def L_model_forward(X, parameters):
    """
    X -- data, numpy array of shape (input size, number of examples)
    """
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    return AL, caches

def compute_cost(AL, Y):
    """
    AL -- chances, shape (1, number of examples)
    Y -- true "label" vector (for example: containing 0 if cat, 1 if dog), shape (1, number of examples)
    """
    return np.squeeze(-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / Y.shape[1])

def linear_activation_backward(dA, cache, activation):
    (A_prev, W, b), Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s) if activation == "sigmoid" else dA * (Z > 0)
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), np.dot(dZ, A_prev.T) / m, np.sum(dZ, axis=1, keepdims=True) / m

def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    Y = Y.reshape(AL.shape)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    grads["dA" + str(L - 1)], grads["dW" + str(L)], grads["db" + str(L)] = linear_activation_backward(dAL, caches[L - 1], "sigmoid")
    for l in reversed(range(L - 1)):
        dA, dW, db = linear_activation_backward(grads["dA" + str(l + 1)], caches[l], "relu")
        grads["dA" + str(l)], grads["dW" + str(l + 1)], grads["db" + str(l + 1)] = dA, dW, db
    return grads
'''
CONV = '''
def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

def conv_forward(A_prev, W, b, hparameters):
    """
    A_prev -- numpy array of shape (m, n_H_prev, n_W_prev, n_C_prev)
    W -- Weights, numpy array of shape (f, f, n_C_prev, n_C)
    b -- Biases, numpy array of shape (1, 1, 1, n_C)
    """
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    pad = hparameters["pad"]
    n_H, n_W = n_H_prev + 2 * pad - f + 1, n_W_prev + 2 * pad - f + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    padded = zero_pad(A_prev, pad)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    Z[i, h, w, c] = np.sum(padded[i, h:h + f, w:w + f] * W[:, :, :, c]) + np.squeeze(b[:, :, :, c])
    return Z, (A_prev, W, b, hparameters)

def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (f, f, n_C_prev, n_C) = W.shape
    pad = hparameters["pad"]
    (m, n_H, n_W, n_C) = dZ.shape
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    padded = zero_pad(A_prev, pad)
    d_padded = np.zeros(padded.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    d_padded[i, h:h + f, w:w + f] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += padded[i, h:h + f, w:w + f] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return d_padded[:, pad:-pad, pad:-pad], dW, db

np.random.seed(1)
A_prev = np.random.randn(10, 4, 4, 3)
W = np.random.randn(2, 2, 3, 8)
b = np.random.randn(1, 1, 1, 8)
'''
LAYERS = '''
class Dense:
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, kind="plain"):
        if kind not in {"plain", "other"}:
            raise ValueError(kind)
        self.params = {"W": 0.01 * np.random.randn(input_dim, hidden_dim), "b": np.zeros(hidden_dim)}

    def loss(self, X, y=None):
        """
        X -- input data of shape (N, d_1, ..., d_k)
        y -- labels, of shape (N,)
        """
        grads = {}
        x = X.reshape(X.shape[0], -1)
        scores = x.dot(self.params["W"]) + self.params["b"]
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(y)), y]))
        p[np.arange(len(y)), y] -= 1
        grads["W"] = x.T.dot(p) / len(y)
        grads["b"] = p.sum(axis=0) / len(y)
        return loss, grads
'''
PLOTS = 'import matplotlib.pyplot as plt\nplt.rcParams["figure.figsize"] = (5.0, 4.0)\n'
DATA = "X, Y = datasets[0]\nX, Y = X.T, Y.reshape(1, Y.shape[0])\n"
FIRST = '''
class Fully:
    def __init__(self, shape):
        self.weights = np.random.randn(*shape)

    def _keep(self, batch_points):
        self.d_weights = batch_points

    def forward(self, batch_points):
        self._keep(batch_points)
        return batch_points.dot(self.weights)

    def backward(self, gradient):
        self.d_batch_points = gradient.dot(self.weights.T)
        self.d_weights = self.d_weights.T.dot(gradient)
        return self.d_batch_points
'''
SLOPES = """
def relu(x):
    return np.maximum(0, x)

def relu_grad(x):
    grad = np.zeros_like(x)
    grad[x > 0] = 1
    return grad

def squared_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
"""
GUARDED = """
def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)

def entropy(y, t):
    if t.size == y.size:
        t = t.argmax(axis=1)
    return -np.sum(np.log(y[np.arange(y.shape[0]), t] + 1e-7)) / y.shape[0]

class Net:
    def __init__(self, n_in, n_out):
        self.params = {"W": 0.01 * np.random.randn(n_in, n_out)}

    def loss(self, x, t):
        return entropy(softmax(np.dot(x, self.params["W"])), t)

    def gradient(self, x, t):
        y = softmax(np.dot(x, self.params["W"]))
        dy = (y - t) / x.shape[0]
        grads = {}
        grads["W"] = np.dot(x.T, dy)
        return grads
"""
LISTED = """
class Linear:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, x):
        W, = self.params
        self.x = x
        out = np.dot(x, W)
        return out

    def backward(self, dout):
        W, = self.params
        self.grads[0][...] = np.dot(self.x.T, dout)
        dx = np.dot(dout, W.T)
        return dx

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.layers = [Linear(np.random.randn(n_in, n_hidden)), Linear(np.random.randn(n_hidden, n_out))]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
"""
TWO_LOSSES = """
class Losses:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)

    def forward(self, x):
        self.x = x
        s = np.dot(x, self.W)
        self.s = s
        l1 = np.sum(s ** 2)
        l2 = np.sum(s ** 3)
        loss = l1 + l2
        return loss

    def backward(self, dout=1):
        dl1 = dout * 2 * self.s
        dl2 = dout * 3 * self.s ** 2
        ds = dl1 + dl2
        self.dW = np.dot(self.x.T, ds)
        return None
"""
RIGHT = {
    "a cost beside slopes": SLOPES, "a small number in a logarithm": GUARDED, "layers in a list": LISTED, "steps of two losses": TWO_LOSSES,
    "data of a notebook": NET + DATA, "settings of plots": PLOTS + LINEAR, "dw beside dW": SVM, "brackets that hold words": LOGISTIC,
    "the slope at x": SLOPE, "1/m where the cost is another function": LINEAR, "real numbers": LINE, "any number of layers": DEEP,
    "cells of tests": CONV, "sizes that are products": LAYERS, "a batch is no count": FIRST,
    "a cost that is the sum": NET.replace("(1 - A2)) / m\n", "(1 - A2))\n"),
}  # fmt: skip
WRONG = {
    "slope": (SLOPE, "s * (1 - s)", "s * (1 + s)"), "linear": (LINEAR, "np.dot(W.T, dZ)", "-np.dot(W.T, dZ)"),
    "only one is a mean": (NET, "db2 = np.sum(dZ2, axis=1, keepdims=True) / m", "db2 = np.sum(dZ2, axis=1, keepdims=True)"),
    "no mean where the cost is one": (NET, "dZ2 = A2 - Y", "dZ2 = m * (A2 - Y)"),
    "guarded": (GUARDED, "(y - t)", "(t - y)"), "listed": (LISTED, "np.dot(dout, W.T)", "-np.dot(dout, W.T)"),
    "mean of rows": (GUARDED, "dy = (y - t) / x.shape[0]", "dy = (y - t) / x.shape[1]"),
    "losses": (TWO_LOSSES, "3 * self.s ** 2", "3 * self.s"), "relu": (SLOPES, "grad[x > 0] = 1", "grad[x > 0] = 2"),
    "dw": (SVM, "dw[:, y[i]] -= X[i]", "dw[:, y[i]] += X[i]"),
    "conv": (CONV, "db[:, :, :, c] += dZ[i, h, w, c]", "db[:, :, :, c] = dZ[i, h, w, c]"),
    "deep": (DEEP, "dA * (Z > 0)", "dA * (Z >= -9)"), "step": (LOGISTIC, "np.dot(X, (A - Y).T) / m", "np.dot(X, (Y - A).T) / m"),
}  # fmt: skip


def judge(text: str):
    return judge_code(read_source(f"import numpy as np\n{text}", "notebook.py"))


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_right(text):
    assert [(one.name, one.verdict, str(one.why)) for one in judge(text) if one.verdict != "right"] == []


@pytest.mark.parametrize(("text", "old", "new"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_there_is_wrong(text, old, new):
    assert text.count(old) == 1
    found = judge(text.replace(old, new))
    lines = [number for number, line in enumerate(f"import numpy as np\n{text.replace(old, new)}".splitlines(), 1) if new in line]
    assert [one.verdict for one in found if one.verdict == "wrong"]
    assert any(root.line in lines for one in found for root in one.roots)


def test_a_script_that_only_calls_its_functions_is_no_pass_of_its_own():
    text = LINEAR + "dA, dW, db = linear_backward(dZ, cache)\ngrads = {}\ndW1 = grads['dW1']\n"
    assert [plan.name for plan in find_plans(read_source(text, "f.py").tree)] == ["linear_backward"]
