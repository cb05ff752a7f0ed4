"""Layers as courses hand them out: what nobody gives has the shape that a later line asks for, and a slip in them is still one."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

TENSORS = """\
import numpy as np
import engine.tensor as tensor
class Times:
    @staticmethod
    def forward(ctx, a, b):
        if not (type(a).__name__ == "Tensor" and type(b).__name__ == "Tensor"):
            raise Exception("two tensors")
        ctx.save_for_backward(a, b)
        needed = a.requires_grad or b.requires_grad
        return tensor.Tensor(a.data * b.data, requires_grad=needed)
    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return tensor.Tensor(grad_output.data * b.data), tensor.Tensor(grad_output.data * a.data)
"""

STEPS = """\
import numpy as np
class LossOfSteps:
    def forward(self, scores, labels):
        n, steps, words = scores.shape
        if labels.ndim == 3:
            labels = labels.argmax(axis=2)
        flat = scores.reshape(n * steps, words)
        labels = labels.reshape(n * steps)
        e = np.exp(flat - flat.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        self.kept = labels, p, scores.shape
        return -np.sum(np.log(p[np.arange(n * steps), labels])) / (n * steps)
    def backward(self, dout=1):
        labels, p, shape = self.kept
        d = p.copy()
        d[np.arange(len(labels)), labels] -= 1
        dscores = (d * dout / len(labels)).reshape(shape)
        return dscores
"""

GATE = """\
import numpy as np
class Gated:
    def __init__(self, W, U):
        self.params = [W, U]
    def forward(self, x, h):
        W, U = self.params
        n = U.shape[0]
        r = 1 / (1 + np.exp(-(x @ W[:, :n] + h @ U[:, :n])))
        g = np.tanh(x @ W[:, n:2 * n] + r * (h @ U[:, n:2 * n]))
        out = h + x @ W[:, 2 * n:] + g + h @ U[:, 2 * n:]
        self.kept = x, h, r, g
        return out
    def backward(self, dout):
        W, U = self.params
        n = U.shape[0]
        x, h, r, g = self.kept
        dg = dout * (1 - g ** 2)
        dr = dg * (h @ U[:, n:2 * n]) * r * (1 - r)
        dx = dr @ W[:, :n].T + dg @ W[:, n:2 * n].T + dout @ W[:, 2 * n:].T
        dh = dout + dr @ U[:, :n].T + (dg * r) @ U[:, n:2 * n].T + dout @ U[:, 2 * n:].T
        return dx, dh
"""

WORDS = """\
import numpy as np
class Table:
    def __init__(self, W):
        self.W, self.dW = W, np.zeros_like(W)
    def forward(self, places):
        self.places = places
        return self.W[places]
    def backward(self, dout):
        self.dW[...] = 0
        np.add.at(self.dW, self.places, dout)
class TableOfSteps:
    def __init__(self, W):
        self.W, self.dW = W, np.zeros_like(W)
    def forward(self, words):
        n, steps = words.shape
        out = np.empty((n, steps, self.W.shape[1]))
        self.layers = [Table(self.W) for t in range(steps)]
        for t in range(steps):
            out[:, t, :] = self.layers[t].forward(words[:, t])
        return out
    def backward(self, dout):
        dW = 0
        for t, layer in enumerate(self.layers):
            layer.backward(dout[:, t, :])
            dW = dW + layer.dW
        self.dW[...] = dW
"""

ALIKE = """\
import numpy as np
class Dense:
    def __init__(self, n, m):
        self.W, self.b = np.random.randn(m, n), np.random.randn(m, 1)
    def forward(self, A):
        self.A, self.N = A, A.shape[0]
        return A @ self.W.T + np.ones((self.N, 1)) @ self.b.T
    def backward(self, dLdZ):
        self.dLdW = dLdZ.T @ self.A / self.N
        self.dLdb = dLdZ.T @ np.ones((self.N, 1)) / self.N
        return dLdZ @ self.W
class Net:
    def __init__(self):
        self.layers = [Dense(2, 4), Dense(4, 4), Dense(4, 4)]
    def forward(self, A):
        for layer in self.layers:
            A = layer.forward(A)
        return A
    def backward(self, dLdA):
        for layer in reversed(self.layers):
            dLdA = layer.backward(dLdA)
        return NotImplemented
"""


def judge(text):
    return {one.name: one.verdict for one in judge_code(read_source(text, "net.py"))}


@pytest.mark.parametrize(
    ("text", "old", "new", "wrong"),
    [
        (TENSORS, "grad_output.data * a.data)", "grad_output.data + a.data)", "Times.backward"),
        (STEPS, "] -= 1", "] -= 2", "LossOfSteps.backward"),
        (GATE, "dout @ W[:, 2 * n:].T", "dout @ W[:, :n].T", "Gated.backward"),
        (WORDS, "dW = dW + layer.dW", "dW = layer.dW", "TableOfSteps.backward"),
        (ALIKE, "dLdZ.T @ self.A / self.N", "dLdZ.T @ self.A", "Net.backward"),
    ],
    ids=["tensors", "steps", "gate", "words", "alike"],
)
def test_a_layer_of_a_course_is_judged(text, old, new, wrong):
    assert {*judge(text).values()} == {"right"}
    assert judge(text.replace(old, new))[wrong] == "wrong"


LISTS = """\
import numpy as np
class Product:
    def __init__(self, W):
        self.params, self.grads, self.x = [W], [np.zeros_like(W)], None
    def forward(self, x):
        self.x = x
        return x @ self.params[0]
    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        return dout @ self.params[0].T
class Words:
    def __init__(self, vocab_size, hidden_size):
        W_in = np.random.randn(vocab_size, hidden_size)
        W_out = np.random.randn(hidden_size, vocab_size)
        self.first, self.second, self.out = Product(W_in), Product(W_in), Product(W_out)
        self.params, self.grads = [], []
        for layer in (self.first, self.second, self.out):
            self.params += layer.params
            self.grads += layer.grads
    def forward(self, contexts):
        h = (self.first.forward(contexts[:, 0]) + self.second.forward(contexts[:, 1])) * 0.5
        return self.out.forward(h)
    def backward(self, dout):
        half = self.out.backward(dout) * 0.5
        self.first.backward(half)
        self.second.backward(half)
"""


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("", "", "right"),  # the gradients of both uses of W_in are added
        ("        self.second.backward(half)\n", "", "wrong"),
        ("* 0.5\n        self.first", "\n        self.first", "wrong"),
        ("self.grads[0][...] = ", "self.dW = ", "undecided"),  # nothing is where the net has its gradients
    ],
    ids=["right", "one use", "factor", "not put there"],
)
def test_the_lists_of_the_layers_of_a_net_are_compared(old, new, verdict):
    assert judge(LISTS.replace(old, new) if old else LISTS)["Words.backward"] == verdict
