"""Nets of layer objects, settings that are texts, recurrent nets of one column, one sample at a time: read and judged as a whole."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

NET = """\
import numpy as np

class Layer:
    def __init__(self, nin, nout, act='relu'):
        self.W = np.random.randn(nout, nin) * np.sqrt(2 / nin)
        self.b = np.zeros((nout, 1))
        self.act = act

    def forward(self, A):
        self.A_in = A
        self.Z = self.W @ A + self.b
        if self.act == 'relu':
            return np.maximum(self.Z, 0)
        elif self.act == 'sigmoid':
            return 1 / (1 + np.exp(-self.Z))
        return self.Z

    def backward(self, dA):
        if self.act == 'relu':
            dZ = dA * (self.Z > 0)
        elif self.act == 'sigmoid':
            s = 1 / (1 + np.exp(-self.Z))
            dZ = dA * s * (1 - s)
        else:
            dZ = dA
        m = self.A_in.shape[1]
        self.dW = dZ @ self.A_in.T / m
        self.db = np.sum(dZ, axis=1, keepdims=True) / m
        return self.W.T @ dZ

class Network:
    def __init__(self, sizes):
        self.layers = []
        for i in range(len(sizes) - 2):
            self.layers.append(Layer(sizes[i], sizes[i+1], 'relu'))
        self.layers.append(Layer(sizes[-2], sizes[-1], 'sigmoid'))

    def forward(self, X):
        A = X
        for layer in self.layers:
            A = layer.forward(A)
        return A

    def loss(self, X, Y):
        A = self.forward(X)
        m = Y.shape[1]
        return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m

    def backward(self, Y, A):

        dA = -(Y / A - (1 - Y) / (1 - A))
        for layer in reversed(self.layers):
            dA = layer.backward(dA)
        return dA
"""

SETTINGS = """\
import numpy as np
def activation_forward(Z, activation):
    if activation == "sigmoid":
        A = 1 / (1 + np.exp(-Z))
    elif activation == "relu":
        A = np.maximum(0, Z)
    elif activation == "tanh":
        A = np.tanh(Z)
    return A, Z
def activation_backward(dA, cache, activation):
    Z = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    elif activation == "sigmoid":
        s = 1 / (1 + np.exp(-Z))
        dZ = dA * s * (1 - s)
    elif activation == "tanh":
        dZ = dA * (1 - np.tanh(Z) ** 2)
    return dZ
"""

RECURRENT = """\
import numpy as np

def rnn_loss(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    vocab_size = Wxh.shape[1]
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t-1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t-1].T)
        dhnext = np.dot(Whh.T, dhraw)
    for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(dparam, -5, 5, out=dparam)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs)-1]
"""

ONE_SAMPLE = """\
import numpy as np

def train_step(x, t, w1, b1, w2, b2, eta):
    # forward, one sample
    z1 = w1.dot(x) + b1
    a1 = 1.0 / (1.0 + np.exp(-z1))
    z2 = w2.dot(a1) + b2
    a2 = 1.0 / (1.0 + np.exp(-z2))
    E = 0.5 * np.sum((t - a2) ** 2)
    # backward
    delta2 = (a2 - t) * a2 * (1 - a2)
    delta1 = w2.T.dot(delta2) * a1 * (1 - a1)
    dw2 = np.outer(delta2, a1)
    dw1 = np.outer(delta1, x)
    w2 -= eta * dw2
    b2 -= eta * delta2
    w1 -= eta * dw1
    b1 -= eta * delta1
    return E
"""

TORCH_SIZE = """\
import torch

def layernorm_forward(x, w, b, eps=1e-5):
    B, T, C = x.size()
    mean = x.sum(-1, keepdim=True) / C
    xshift = x - mean
    var = (xshift ** 2).sum(-1, keepdim=True) / C
    rstd = (var + eps) ** -0.5
    norm = xshift * rstd
    out = norm * w + b
    cache = (x, w, mean, rstd)
    return out, cache

def layernorm_backward(dout, cache):
    x, w, mean, rstd = cache
    norm = (x - mean) * rstd
    db = dout.sum((0, 1))
    dw = (dout * norm).sum((0, 1))
    dnorm = dout * w
    dx = dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True)
    dx *= rstd
    return dx, dw, db

"""


def judge(text):
    return judge_code(read_source(text, "net.py"))


SILENT = NET.replace("        return dA\n", "        return None\n")


@pytest.mark.parametrize("text", [NET, SILENT, SETTINGS, RECURRENT, ONE_SAMPLE, TORCH_SIZE])
def test_a_right_program_is_right(text):
    found = judge(text)
    assert [(one.name, one.verdict, str(one.why)) for one in found if one.verdict != "right"] == []
    assert [part for one in found for part in one.unread if part.fails] == []


def test_the_gradients_that_layers_keep_are_compared():
    (net,) = (one for one in judge(NET) if one.name == "Network.backward")
    assert [output.key for output in net.outputs] == ["layers[0].dW", "layers[0].db", "layers[1].dW", "layers[1].db"]


@pytest.mark.parametrize(
    ("text", "old", "new", "name", "root"),
    [
        (NET, "self.A_in.T / m", "self.A_in.T", "Network.backward", (27, "mean-forgotten")),
        (NET, "dA * (self.Z > 0)", "dA * (self.A_in > 0)", "Network.backward", (20, "another-variable")),
        (NET, "dA * s * (1 - s)", "dA * (1 - s)", "Network.backward", (23, "factor-forgotten")),
        (NET, "dA * s * (1 - s)", "dA * (1 - s)", "Layer.backward", (23, "factor-forgotten")),  # not its usual setting
        (NET, "dA = -(Y", "dA = (Y", "Network.backward", (51, "difference-reversed")),
        (SETTINGS, "dA * s * (1 - s)", "dA * (1 - s)", "activation_backward", (17, "factor-forgotten")),
        (SETTINGS, "dZ[Z <= 0] = 0", "dZ[Z >= 0] = 0", "activation_backward", (14, "mask-turned")),
        (RECURRENT, "+ dhnext", "", "rnn_loss", (23, "missing-path")),
    ],
)
def test_a_slip_in_a_layer_of_a_net_is_its_only_root(text, old, new, name, root):
    assert text.replace(old, new) != text
    (found,) = (one for one in judge(text.replace(old, new)) if one.name == name)
    assert [(one.line, one.tag) for one in found.roots] == [root]


def test_one_statement_is_one_root():
    """What the sum lacks and what it is added to are one change of one line."""
    text = "import numpy as np\ndef f_forward(x, w, b):\n    return x @ w + b, (x, w)\ndef f_backward(dout, cache):\n    x, w = cache\n"
    text += "    db = np.zeros(3)\n    db += dout\n    return dout @ w.T, x.T @ dout, db\n"
    (found,) = judge(text)
    assert [(one.line, one.repairs) for one in found.roots] == [(7, ("dx", "db"))]
