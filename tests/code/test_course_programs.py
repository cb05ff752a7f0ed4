"""Programs as well-known courses set them: cells, pools, tensors without autograd, word vectors, parameters in one row.

Each program is right, and with one place of it changed wrong at that line.
"""

from __future__ import annotations

import pytest

from tutor.cli.tutor_code import find_neighbours
from tutor.code.judge_code import judge_code
from tutor.code.pair_functions import find_plans
from tutor.program.source import read_source

CELL = """
import numpy as np
class Tanh:
    def __call__(self, z):
        self.state = np.tanh(z)
        return self.state
    def backward(self, state=None):
        return 1 - (self.state if state is None else state) ** 2
class Cell:
    def __init__(self, input_size, hidden_size):
        self.act = Tanh()
        self.W_ih = np.random.randn(hidden_size, input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size)
        self.b = np.random.randn(hidden_size)
        self.dW_ih = np.zeros((hidden_size, input_size))
        self.dW_hh = np.zeros((hidden_size, hidden_size))
        self.db = np.zeros(hidden_size)
    def forward(self, x, h_prev):
        h_t = x @ self.W_ih.T + h_prev @ self.W_hh.T + self.b
        return self.act(h_t)
    def backward(self, delta, h_t, below, h_prev):
        dz = delta * self.act.backward(h_t)
        self.dW_ih += dz.T @ below
        self.dW_hh += dz.T @ h_prev
        self.db += dz.sum(axis=0)
        dx = dz @ self.W_ih
        dh_prev = dz @ self.W_hh
        return dx, dh_prev
"""
GATE = """
import numpy as np
class Tanh:
    def forward(self, z):
        self.a = np.tanh(z)
        return self.a
    def backward(self, g, state=None):
        if state is None:
            return g * (1 - self.a ** 2)
        return g * (1 - state ** 2)
class Gate:
    def __init__(self, n, m):
        self.W = np.random.randn(m, n)
        self.act = Tanh()
    def forward(self, x):
        self.x = x
        return self.act.forward(x @ self.W.T)
    def backward(self, delta):
        dz = self.act.backward(delta)
        self.dW = dz.T @ self.x
        return dz @ self.W
"""
POOL = """
import numpy as np
class MeanPool:
    def __init__(self, kernel):
        self.kernel = kernel
    def forward(self, A):
        self.A = A
        \"\"\"A (np.array): (batch_size, in_channels, rows, columns)\"\"\"
        k = self.kernel
        Z = np.zeros((A.shape[0], A.shape[1], A.shape[2] - k + 1, A.shape[3] - self.kernel + 1))
        for i in range(Z.shape[2]):
            for j in range(Z.shape[3]):
                Z[:, :, i, j] = A[:, :, i:i + k, j:j + k].mean(axis=(2, 3))
        return Z
    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        k = self.kernel
        for i in range(dLdZ.shape[2]):
            for j in range(dLdZ.shape[3]):
                dLdA[:, :, i:i + k, j:j + k] += dLdZ[:, :, i, j][:, :, None, None] / (k * k)
        return dLdA
"""
DOWN = """
import numpy as np
class Down:
    def __init__(self, factor):
        self.factor = factor
    def forward(self, A):
        self.A = A
        return A[:, :, ::self.factor]
    def backward(self, dLdZ):
        dLdA = np.zeros(self.A.shape)
        dLdA[:, :, ::self.factor] = dLdZ
        return dLdA
"""
TENSORS = """
import torch
def svm(W, X, y, reg: float):
    "W: (D, C), X: (N, D), y: (N,) labels"
    scores = X.mm(W)
    right = scores.gather(1, y.view(-1, 1))
    margins = torch.max(scores - right + 1, torch.zeros_like(scores))
    margins.scatter_(1, y.view(-1, 1), 0.0)
    loss = margins.sum() / X.shape[0] + reg * torch.sum(W * W)
    mask = torch.zeros_like(margins)
    mask[margins > 0] = 1
    mask[torch.arange(X.shape[0]), y] -= mask.sum(dim=1)
    dW = X.t().mm(mask) / X.shape[0] + 2 * reg * W
    return loss, dW
"""
PADDED = """
import torch
import torch.nn.functional as F
def pad_forward(x, w):
    "x: (N, T, D), w: (D,)"
    wide = F.pad(x, (1, 0))
    return wide[:, :, :-1] * w, (x, w)
def pad_backward(dout, cache):
    x, w = cache
    wide = F.pad(x, (1, 0))[:, :, :-1]
    dw = (dout * wide).sum(dim=(0, 1))
    dx = torch.zeros_like(x)
    dx[:, :, :-1] = (dout * w)[:, :, 1:]
    return dx, dw
"""
WORDS = """
import numpy as np
def word_cost(predicted, target, outputVectors, dataset):
    "target -- integer, the index of the target word"
    scores = outputVectors.dot(predicted)
    chances = np.exp(scores - np.max(scores)) / np.sum(np.exp(scores - np.max(scores)))
    cost = -np.log(chances[target])
    chances[target] -= 1
    gradPred = outputVectors.T.dot(chances)
    grad = np.outer(chances, predicted)
    return cost, gradPred, grad
"""
ONE_ROW = """
import numpy as np
def two_layers(data, labels, params, dimensions):
    '''data -- M x Dx matrix, where each row is an example.
    labels -- M x Dy matrix, where each row is a one-hot vector.'''
    at = 0
    Dx, H, Dy = (dimensions[0], dimensions[1], dimensions[2])
    W1 = np.reshape(params[at:at + Dx * H], (Dx, H))
    at += Dx * H
    W2 = np.reshape(params[at:at + H * Dy], (H, Dy))
    hidden = np.tanh(data.dot(W1))
    powers = np.exp(hidden.dot(W2))
    out = powers / np.sum(powers, axis=1, keepdims=True)
    cost = -np.sum(labels * np.log(out))
    delta = out - labels
    gradW2 = hidden.T.dot(delta)
    gradW1 = data.T.dot(delta.dot(W2.T) * (1 - hidden ** 2))
    grad = np.concatenate((gradW1.flatten(), gradW2.flatten()))
    return cost, grad
"""
CAPTIONS = """
import numpy as np
class Captions:
    def __init__(self, word_to_idx, wide=7):
        self.names = {i: word for word, i in word_to_idx.items()}
        self.nothing = word_to_idx["<NOTHING>"]
        self.params = {"W_embed": np.random.randn(len(word_to_idx), wide), "W": np.random.randn(wide, len(word_to_idx))}
    def loss(self, captions):
        '''- captions: what is said; an integer array of shape (N, T + 1)'''
        given, wanted = captions[:, :-1], captions[:, 1:]
        mask = wanted != self.nothing
        W_embed, W = self.params["W_embed"], self.params["W"]
        h = W_embed[given]
        scores = h @ W
        N, T, V = scores.shape
        flat, places = scores.reshape(N * T, V), wanted.reshape(N * T)
        p = np.exp(flat) / np.exp(flat).sum(axis=1, keepdims=True)
        keep = mask.reshape(N * T)
        loss = -np.sum(keep * np.log(p[np.arange(N * T), places])) / N
        dflat = p.copy()
        dflat[np.arange(N * T), places] -= 1
        dflat = dflat * keep[:, None] / N
        dscores = dflat.reshape(N, T, V)
        grads = {}
        grads["W"] = np.tensordot(h, dscores, axes=((0, 1), (0, 1)))
        dh = dscores @ W.T
        grads["W_embed"] = np.zeros_like(W_embed)
        np.add.at(grads["W_embed"], given, dh)
        return loss, grads
"""
SETTINGS = """
import numpy as np
def slide_forward(x, w, param):
    "x: (N, D), w: (D,)"
    stride, pad = param.values()
    wide = np.pad(x, ((0, 0), (pad, pad)))
    return wide[:, pad:wide.shape[1] - pad:stride] * w[::stride], (x, w, param)
def slide_backward(dout, cache):
    x, w, param = cache
    stride, pad = param.values()
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    dx[:, ::stride] = dout * w[::stride]
    dw[::stride] = (dout * x[:, ::stride]).sum(axis=0)
    return dx, dw
"""
SAME = """
import numpy as np
class Same:
    def forward(self, Z):
        self.A = Z
        return self.A
    def backward(self, dLdA):
        dLdZ = dLdA * np.ones(self.A.shape, dtype="f")
        return dLdZ
class Bent:
    @staticmethod
    def fx(z):
        return np.maximum(z, 0)
    @staticmethod
    def dx(z):
        slope = np.zeros(z.shape, dtype=float)
        slope[z > 0] = 1.0
        return slope
"""
OLD = """
import numpy as np
def stretch_forward(x, w):
    "x: (N, D), w: (D,)"
    half = x.shape[1] / 2
    out = x[:, :half] * w[:half]
    return out, (x, w)
def stretch_backward(dout, cache):
    x, w = cache
    half = x.shape[1] / 2
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in xrange(half):
        dx[:, i] = dout[:, i] * w[i]
        dw[i] = np.sum(dout[:, i] * x[:, i])
    return dx, dw
"""
CASES = {
    "cell": (CELL, "Cell.backward", "dh_prev = dz @ self.W_hh", "dh_prev = dz @ self.W_hh.T"),
    "cell-below": (CELL, "Cell.backward", "self.dW_ih += dz.T @ below", "self.dW_ih += 2 * dz.T @ below"),
    "kept-or-given": (GATE, "Tanh.backward", "(1 - state ** 2)", "(1 - state)"),
    "gate": (GATE, "Gate.backward", "self.dW = dz.T @ self.x", "self.dW = delta.T @ self.x"),
    "pool": (POOL, "MeanPool.backward", "/ (k * k)", "/ k"),
    "down": (DOWN, "Down.backward", "= dLdZ\n", "= -dLdZ\n"),
    "tensors": (TENSORS, "svm", "+ 2 * reg * W", "+ reg * W"),
    "padded": (PADDED, "pad_backward", "(dout * wide).sum", "(dout * x).sum"),
    "words": (WORDS, "word_cost", "np.outer(chances, predicted)", "np.outer(chances, predicted) * 2"),
    "one-row": (ONE_ROW, "two_layers", "(1 - hidden ** 2)", "hidden * (1 - hidden)"),
    "captions": (CAPTIONS, "Captions.loss", "* keep[:, None] / N", "/ N"),
    "settings": (SETTINGS, "slide_backward", "dout * w[::stride]", "dout"),
    "same": (SAME, "Same.backward", "dLdA * np.ones", "dLdA * 2 * np.ones"),
    "bent": (SAME, "Bent.dx", "= 1.0", "= 2.0"),
    "old": (OLD, "stretch_backward", "dout[:, i] * x[:, i])", "dout[:, i])"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_right(case):
    text, name, _, _ = CASES[case]
    (found,) = judge_code(read_source(text, "f.py"), name)
    assert (found.verdict, str(found.why)) == ("right", "")


@pytest.mark.parametrize("case", CASES)
def test_a_slip_is_named_at_its_line(case):
    text, name, old, new = CASES[case]
    assert text.count(old) == 1
    (found,) = judge_code(read_source(text.replace(old, new), "f.py"), name)
    assert found.verdict == "wrong"
    assert text[: text.index(old)].count("\n") + 1 in [root.line for root in found.roots]


def test_what_an_argument_of_backward_stands_for_is_said():
    (found,) = judge_code(read_source(CELL, "f.py"), "Cell.backward")
    assert "below of backward is x of forward" in [str(told) for told in found.assumes]


def test_another_backward_pass_is_no_forward_pass():
    text = "class N:\n def forward(x): return x\n def backward(g): return g\n def backward_alt(g): return g"
    assert {plan.forward for plan in find_plans(read_source(text, "f.py").tree)} == {"forward"}


def test_a_file_in_a_folder_that_the_program_adds_is_found(tmp_path):
    (tmp_path / "own" / "nn").mkdir(parents=True)
    (tmp_path / "own" / "nn" / "linear.py").write_text("x = 1\n", "utf-8")
    (tmp_path / "models").mkdir()
    text = "import sys\nsys.path.append('own')\nfrom nn.linear import *\n"
    assert [name for name, _ in find_neighbours(str(tmp_path / "models" / "net.py"), text)] == ["linear.py"]
