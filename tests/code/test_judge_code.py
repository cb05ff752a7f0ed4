"""Hand-written backward passes: right ones are right, a planted slip is found in its line, by its name, and nothing else is accused."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

AFFINE = """
import numpy as np
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
"""
TWO_LAYERS = """
import numpy as np
def loss(X, y, W1, b1, W2, b2, reg=0.1):
    N = X.shape[0]
    h = np.maximum(0, X @ W1 + b1)
    scores = h @ W2 + b2
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(N), y]).sum() / N
    loss += reg * np.sum(W1 * W1)
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    dscores /= N
    grads = {}
    grads['W2'] = h.T @ dscores
    grads['b2'] = dscores.sum(axis=0)
    dh = dscores @ W2.T
    dh[h <= 0] = 0
    grads['W1'] = X.T @ dh + 2 * reg * W1
    grads['b1'] = dh.sum(axis=0)
    return loss, grads
"""


MEANS = """
import numpy as np
def mean_forward(x, w):
    '''
    x: array of shape (T, C)
    w: array of shape (C,)
    '''
    T, C = x.shape
    out = np.sum(x * w, axis=1) / C
    return out, (x, w)
def mean_backward(dout, cache):
    x, w = cache
    T, C = x.shape
    dx = dout[:, None] * w / C
    dw = dout.dot(x) / C
    return dx, dw
"""
FITS_NO_SIZES = """
import numpy as np
def f(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[range(num_train), y])) / num_train + 0.5 * reg * np.sum(W ** 2)
    d = p.copy()
    d[range(num_train), y] -= 1
    d /= num_train
    dW = X.T.dot(d) + reg * W
    return loss, dW
"""


def judge(text, old="", new=""):
    assert old in text
    (verdict,) = judge_code(read_source(text.replace(old, new, 1) if old else text, "net.py"))
    return verdict.verdict, [(root.line, root.tag) for root in verdict.roots], verdict.follows


@pytest.mark.parametrize("text", [AFFINE, TWO_LAYERS, MEANS, FITS_NO_SIZES], ids=["affine", "two layers", "means", "softmax"])
def test_right_programs_are_right(text):
    assert judge(text) == ("right", [], ())


def test_what_is_right_by_equal_sizes_is_wrong():
    """T and C are both 3 where images are meant, too: what divides by the other one is right there, and only there."""
    assert judge(MEANS, "x) / C", "x) / T")[:2] == ("wrong", [(15, "constant-factor")])


@pytest.mark.parametrize(("old", "new"), [("X.dot(W)", "W.dot(X)"), ("X.dot(W)", "X.T.dot(W)")])
def test_a_forward_that_fits_no_sizes_is_not_right(old, new):
    (verdict,) = judge_code(read_source(FITS_NO_SIZES.replace(old, new), "net.py"))
    assert (verdict.verdict, verdict.why.partition(":")[0]) == ("undecided", "net.py")
    assert "the forward pass is not read" in verdict.why


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "old", "new", "root", "follows"),
    [
        (AFFINE, "dout.dot(w.T)", "dout.dot(w)", (8, "transpose-forgotten"), ()),
        (AFFINE, "np.sum(dout, axis=0)", "dout", (10, "sum-forgotten"), ()),
        (TWO_LAYERS, "dscores /= N", "dscores *= N", (13, "operator"), (15, 16, 17, 18, 19, 20)),
        (TWO_LAYERS, "    dscores /= N\n", "", (12, "mean-forgotten"), (14, 15, 16, 17, 18, 19)),
        (TWO_LAYERS, "    dh[h <= 0] = 0\n", "", (18, "mask-forgotten"), (19,)),
        (TWO_LAYERS, "2 * reg * W1", "reg * W1", (19, "constant-factor"), ()),
        (TWO_LAYERS, "probs.copy()", "probs", None, ()),
    ],
)
def test_a_planted_slip_is_found(text, old, new, root, follows):
    """The last one changes an array that nobody uses any more, and is right."""
    expected = ("right", [], ()) if root is None else ("wrong", [root], follows)
    assert judge(text, old, new) == expected
