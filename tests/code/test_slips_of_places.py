"""Programs as students write them: each is right, and each slip in it is named, in its line, with nothing else accused."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

BAG = """
import numpy as np
class Classifier:
    def __init__(self, vocab=9, dim=4, classes=3):
        self.E = np.random.randn(vocab, dim)
        self.W = np.random.randn(dim, classes)
    def forward(self, tokens, labels):
        B, L = tokens.shape
        self.tokens, self.labels = tokens, labels
        self.bag = self.E[tokens].mean(axis=1)
        logits = self.bag @ self.W
        exps = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.probs = exps / exps.sum(axis=1, keepdims=True)
        return -np.log(self.probs[np.arange(B), labels]).mean()
    def backward(self):
        B, L = self.tokens.shape
        dlogits = self.probs.copy()
        dlogits[np.arange(B), self.labels] -= 1
        dlogits /= B
        dW = self.bag.T @ dlogits
        dbag = dlogits @ self.W.T
        dE = np.zeros_like(self.E)
        np.add.at(dE, self.tokens, np.repeat(dbag[:, None, :], L, axis=1) / L)
        return {'E': dE, 'W': dW}
"""
LOGISTIC = """
import numpy as np
def cost_function_reg(theta, X, y, lam=0.3):
    # theta: (D+1,)   X: (N, D)   y: (N,)
    N = X.shape[0]
    Phi = np.c_[np.ones(N), X]
    h = 1 / (1 + np.exp(-Phi @ theta))
    J = -np.sum(y * np.log(h) + (1 - y) * np.log(1 - h)) / N + lam / (2 * N) * np.sum(theta[1:] ** 2)
    grad = Phi.T @ (h - y) / N
    grad[1:] += lam / N * theta[1:]
    return J, grad
"""
HEADS = """
import numpy as np
def heads_forward(x, Wq, Wk, Wv, n_heads=2):
    '''x: (B, T, D); Wq, Wk, Wv: (D, D)'''
    B, T, D = x.shape
    d = D // n_heads
    q = (x @ Wq).reshape(B, T, n_heads, d).transpose(0, 2, 1, 3)
    k = (x @ Wk).reshape(B, T, n_heads, d).transpose(0, 2, 1, 3)
    v = (x @ Wv).reshape(B, T, n_heads, d).transpose(0, 2, 1, 3)
    s = q @ k.transpose(0, 1, 3, 2)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return p @ v, (x, q, k, v, p)
def heads_backward(dout, cache):
    x, q, k, v, p = cache
    B, T, D = x.shape
    dp = dout @ v.transpose(0, 1, 3, 2)
    dv = p.transpose(0, 1, 3, 2) @ dout
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True))
    dq = ds @ k
    dk = ds.transpose(0, 1, 3, 2) @ q
    dWq = np.einsum('btd,bte->de', x, dq.transpose(0, 2, 1, 3).reshape(B, T, D))
    dWk = np.einsum('btd,bte->de', x, dk.transpose(0, 2, 1, 3).reshape(B, T, D))
    dWv = np.einsum('btd,bte->de', x, dv.transpose(0, 2, 1, 3).reshape(B, T, D))
    return dWq, dWk, dWv
"""
CELL = """
import numpy as np
def cell_forward(x, Wx, b, c):
    '''x: (N, D), Wx: (D, 2H), b: (2H,), c: (N, H)'''
    H = c.shape[1]
    a = x @ Wx + b
    i, f = 1 / (1 + np.exp(-a[:, :H])), 1 / (1 + np.exp(-a[:, H:]))
    nc = f * c + i
    return np.tanh(nc), (x, Wx, c, i, f, nc)
def cell_backward(dh, cache):
    x, Wx, c, i, f, nc = cache
    dnc = dh * (1 - np.tanh(nc) ** 2)
    di = dnc * i * (1 - i)
    df = dnc * c * f * (1 - f)
    da = np.hstack((di, df))
    return da @ Wx.T, x.T @ da, da.sum(axis=0), dnc * f
"""
LAYERS = """
import numpy as np
class Net:
    def __init__(self, dims=[6, 5, 4]):
        self.params = {}
        for i in range(2):
            self.params['W' + str(i + 1)] = np.random.randn(dims[i], dims[i + 1])
    def loss(self, X, t):
        caches = []
        out = X
        for l in range(1, 3):
            z = out @ self.params['W%d' % l]
            caches.append((out, z))
            out = np.maximum(z, 0)
        loss = 0.5 * np.sum((out - t) ** 2)
        grads = {}
        dout = out - t
        for l in range(2, 0, -1):
            x, z = caches[l - 1]
            dz = dout * (z > 0)
            grads['W%d' % l] = x.T @ dz
            dout = dz @ self.params['W%d' % l].T
        return loss, grads
"""
DROPOUT = """
import numpy as np
def forward(X, W1, W2, masks, keep_prob=0.8):
    D1, D2 = masks
    A1 = np.maximum(0, W1 @ X) * D1 / keep_prob
    A2 = 1 / (1 + np.exp(-W2 @ A1))
    return A2, (X, A1, W1, W2, A2, D1)
def compute_cost(A2, Y, W1, W2, lambd=0.7):
    m = Y.shape[1]
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m + lambd / (2 * m) * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
def backward(X, Y, cache, keep_prob=0.8, lambd=0.7):
    m = X.shape[1]
    (X, A1, W1, W2, A2, D1) = cache
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m + lambd / m * W2
    dA1 = W2.T @ dZ2 * D1 / keep_prob
    dZ1 = dA1 * (A1 > 0)
    dW1 = dZ1 @ X.T / m + lambd / m * W1
    return {"dZ2": dZ2, "dW2": dW2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1}
"""
PROGRAMS = {"bag": BAG, "logistic": LOGISTIC, "heads": HEADS, "cell": CELL, "layers": LAYERS, "dropout": DROPOUT}
SLIPS = [
    ("bag", "np.add.at(dE, self.tokens, np.repeat(dbag[:, None, :], L, axis=1) / L)",
     "dE[self.tokens] += np.repeat(dbag[:, None, :], L, axis=1) / L", "repeated-places"),
    ("logistic", "grad[1:] += lam / N * theta[1:]", "grad += lam / N * theta", "wrong-place"),
    ("heads", "ds.transpose(0, 1, 3, 2) @ q", "ds @ q", "transpose-forgotten"),
    ("heads", "p * (dp - np.sum(dp * p, axis=-1, keepdims=True))", "p * (1 - p) * dp", "diagonal-only"),
    ("cell", "np.hstack((di, df))", "np.hstack((df, di))", "parts-exchanged"),
    ("cell", "np.tanh(nc) ** 2)", "nc ** 2)", "function-forgotten"),
    ("layers", "x.T @ dz", "2 * x.T @ dz", "factor-too-many"),
    ("dropout", "dW1 = dZ1 @ X.T / m", "dW1 = dZ1 @ X.T / (m - 1)", "term-too-many"),
]  # fmt: skip


def judge(text):
    (found,) = judge_code(read_source(text, "p.py"))
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_a_student_is_right(name):
    assert judge(PROGRAMS[name]).verdict == "right"


@pytest.mark.parametrize(("name", "own", "slip", "tag"), SLIPS, ids=[row[3] for row in SLIPS])
def test_a_slip_is_named_in_its_line(name, own, slip, tag):
    program = PROGRAMS[name]
    assert program.count(own) == 1
    line = program[: program.index(own)].count("\n") + 1
    found = judge(program.replace(own, slip))
    assert [(root.line, root.tag) for root in found.roots] == [(line, tag)]


def test_a_reading_in_which_lines_stop_does_not_make_a_program_right():
    """With one sample as a vector ``if margin > 0`` fails, and what the loop would add is left out of loss and gradient alike."""
    text = """
def svm_loss_naive(W, X, y, reg=0.1):
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] = X[i]
                dW[:, y[i]] -= X[i]
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW
"""
    found = judge("import numpy as np" + text)
    assert (found.verdict, [(root.line, root.tag) for root in found.roots]) == ("wrong", [(12, "overwritten")])


POOLED = """
import numpy as np
def forward(X, mask, W):
    # X: (B, S, D), mask: (B, S)
    z = X @ W
    count = mask.sum(axis=1, keepdims=True)
    return (np.maximum(z, 0) * mask[:, :, None]).sum(axis=1) / count, (X, mask, z, count)
def backward(dout, cache):
    X, mask, z, count = cache
    dh = dout[:, None, :] * mask[:, :, None] / count[:, :, None]
    dz = dh * (z > 0)
    dW = np.tensordot(X, dz, axes=([0, 1], [0, 1]))
    return dW
"""


@pytest.mark.slow
def test_a_factor_that_is_spread_over_more_axes_is_named():
    (verdict,) = judge_code(read_source(POOLED.replace(" / count[:, :, None]", ""), "p.py"))
    assert [(root.line, root.tag) for root in verdict.roots] == [(10, "factor-forgotten")]
