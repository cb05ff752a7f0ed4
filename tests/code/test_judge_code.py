"""Hand-written backward passes: right ones are right, a planted slip is found in its line, by its name, and nothing else is accused."""

from __future__ import annotations

import pytest

from tutor.code.code_values import CodeProblem
from tutor.code.judge_code import judge_code
from tutor.program.source import read_source
from tutor.results.code_check import check_code

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


BATCHNORM = """
import numpy as np
def bn_forward(x, gamma, beta):
    mu = np.mean(x, axis=0)
    var = np.mean((x - mu) ** 2, axis=0)
    ivar = 1 / np.sqrt(var + 1e-5)
    xhat = (x - mu) * ivar
    return gamma * xhat + beta, (x, mu, var, ivar, xhat, gamma)
def bn_backward(dout, cache):
    x, mu, var, ivar, xhat, gamma = cache
    N = x.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    d1 = np.sum(dxhat * (x - mu), axis=0)
    d2 = -0.5 * (var + 1e-5) ** (-1.5) * d1
    d3 = 2 / N * (x - mu) * d2
    d4 = dxhat * ivar + d3
    d5 = -np.sum(d4, axis=0)
    dx = d4 + d5 / N
    return dx, dgamma, dbeta
"""
REUSED = """
import numpy as np
def bn_forward(x, gamma):
    mu = x.mean(axis=0)
    xc = x - mu
    var = np.mean(xc ** 2, axis=0)
    std = np.sqrt(var + 1e-5)
    xn = xc / std
    return gamma * xn, (xn, xc, gamma, std)
def bn_backward(dout, cache):
    xn, xc, gamma, std = cache
    dgamma = np.sum(xn * dout, axis=0)
    dxn = gamma * dout
    dx = dxn / std
    dvar = -0.5 * np.sum(dxn * xc, axis=0) / std ** 3
    dx += 2 * xc * dvar / len(dout)
    dx -= dx.mean(axis=0)
    return dx, dgamma
"""
GATED = """
import numpy as np
def glu_forward(x, V, W):
    g = 1 / (1 + np.exp(-(x @ W)))
    return (x @ V) * g, (x, V, W, x @ V, g)
def glu_backward(dy, cache):
    x, V, W, a, g = cache
    da = dy * g
    du = dy * a * g * (1 - g)
    dV = x.T @ da
    dW = x.T @ du
    dx = da @ V.T + du @ W.T
    return dx, dV, dW
"""
DISTANCE = """
import numpy as np
def distance_loss(a, q):
    dq = a - q
    norm = np.sqrt(np.sum(dq ** 2))
    loss = norm
    grad_a = dq / norm
    grad_q = -dq / norm
    return loss, grad_a, grad_q
"""
OTHER_SIGN = """
import numpy as np
class Centre:
    def __init__(self, gamma):
        self.gamma = gamma
    def forward(self, x):
        mu = x.mean(axis=0)
        self.xc = x - mu
        return self.gamma * self.xc ** 2
    def backward(self, dout):
        dxc = 2 * self.gamma * self.xc * dout
        self.dgamma = np.sum(self.xc ** 2 * dout, axis=0)
        dmu = np.sum(dxc, axis=0)
        return dxc - dmu / len(dout)
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


@pytest.mark.parametrize(
    "text",
    [AFFINE, TWO_LAYERS, BATCHNORM, MEANS, OTHER_SIGN, FITS_NO_SIZES],
    ids=["affine", "two layers", "batchnorm", "means", "an inner step of the other sign", "softmax"],
)
def test_right_programs_are_right(text):
    assert judge(text) == ("right", [], ())


def test_what_is_right_by_equal_sizes_is_wrong():
    """T and C are both 3 where images are meant, too: what divides by the other one is right there, and only there."""
    assert judge(MEANS, "x) / C", "x) / T")[:2] == ("wrong", [(15, "another-variable")])


@pytest.mark.parametrize(("old", "new"), [("X.dot(W)", "W.dot(X)"), ("X.dot(W)", "X.T.dot(W)")])
def test_a_forward_that_fits_no_sizes_is_not_right(old, new):
    (verdict,) = judge_code(read_source(FITS_NO_SIZES.replace(old, new), "net.py"))
    assert verdict.verdict == "undecided"
    assert "(net.py:" in verdict.why
    assert "the forward pass is not read" in verdict.why


GROWS = "    t = [1]\n" + "    t = t + t\n" * 40
LOOPS = "    while True:\n        w = w + 0\n"


@pytest.mark.parametrize(
    ("body", "verdict", "why"),
    [
        ("    pass\n", "undecided", "f_backward is not written yet (net.py:4)"),
        ("    raise NotImplementedError\n", "undecided", "f_backward is not written yet (net.py:4)"),
        ("    x, w = cache\n    dx, dw = None, None\n    return dx, dw\n", "undecided", "f_backward is not written yet (net.py:4)"),
        ("    x, w = cache\n    dx = None\n    dw = dout * x\n    return dx, dw\n", "wrong", ""),
        ("    x, w = cache\n" + GROWS + "    return dout * w, dout * x * t[0]\n", "undecided", "line 20 is not read: a list of more"),
        ("    x, w = cache\n    t = np.outer(np.arange(10**5), np.arange(10**5))\n    return dout * w * t, dout * x\n", "undecided",
         "line 6 is not read: an array of more than 200,000 entries"),
        ("    x, w = cache\n    t = np.eye(10**6)\n    return dout * w * t, dout * x\n", "undecided", "line 6 is not read: an array of"),
        ("    x, w = cache\n" + LOOPS + "    return dout * w, dout * x\n", "undecided", "working through the program takes too many"),
        ("    x, w = cache\n    t = None\n    return dout / t, dout * x\n", "undecided",
         "line 7 does not work: a number stands at the left of /, and the value None at the right"),
    ],
)
def test_what_is_open_or_too_large_is_told_in_our_words(body, verdict, why):
    """A gradient that is None is not right, and nothing that a program makes takes the machine's memory."""
    text = f"import numpy as np\ndef f_forward(x, w):\n    return w * x, (x, w)\ndef f_backward(dout, cache):\n{body}"
    (found,) = judge_code(read_source(text, "net.py"))
    assert found.verdict == verdict
    assert str(found.why).startswith(why)


@pytest.mark.slow
def test_large_arrays_and_many_passes_take_no_long_time():
    """A wrong gradient of 160,000 entries is told without a run for each; of very many backward passes one has to be named."""
    large = "import numpy as np\nx = np.random.randn(300, 300)\nw = np.random.randn(300, 300)\n"
    large += "loss = np.sum(np.sin(w * x))\ndw = np.exp(x) * 0.37 + 1.3\n"
    (found,) = judge_code(read_source(large, "net.py"))
    assert [root.line for root in found.roots] == [5]
    many = "".join(AFFINE.replace("affine", f"f{place}") for place in range(41))
    with pytest.raises(CodeProblem, match="41 backward passes"):
        judge_code(read_source(many, "net.py"))


def test_a_function_that_is_not_there_has_near_ones():
    with pytest.raises(CodeProblem) as told:
        judge_code(read_source(AFFINE, "net.py"), "affine_backwrd")
    assert told.value.hint == "did you mean affine_backward or affine_forward?"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "old", "new", "root", "follows"),
    [
        (AFFINE, "dout.dot(w.T)", "dout.dot(w)", (8, "transpose-forgotten"), ()),
        (AFFINE, "np.sum(dout, axis=0)", "dout", (10, "sum-forgotten"), ()),
        (BATCHNORM, "dxhat = dout * gamma", "dxhat = gamma", (14, "factor-forgotten"), (15, 16, 17, 18, 19, 20)),
        (BATCHNORM, "** (-1.5) * d1", "** (-1.5)", (16, "factor-forgotten"), (17, 18, 20)),
        (BATCHNORM, "d1 = np.sum(dxhat * (x - mu)", "d1 = np.sum(dxhat", (15, "factor-forgotten"), (16, 17, 18, 20)),
        (BATCHNORM, "dxhat * ivar + d3", "dxhat * ivar", (18, "missing-path"), (20,)),
        (BATCHNORM, "-0.5 * (var + 1e-5) ** (-1.5) * d1", "d1", (16, "factor-forgotten"), (17, 18, 20)),
        (BATCHNORM, "2 / N * (x - mu) * d2", "(x - mu) * d2", (17, "factor-forgotten"), (18, 20)),
        (TWO_LAYERS, "dscores /= N", "dscores *= N", (13, "operator"), (15, 16, 17, 18, 19, 20)),
        (TWO_LAYERS, "    dscores /= N\n", "", (12, "mean-forgotten"), (14, 15, 16, 17, 18, 19)),
        (TWO_LAYERS, "    dh[h <= 0] = 0\n", "", (18, "mask-forgotten"), (19,)),
        (TWO_LAYERS, "2 * reg * W1", "reg * W1", (19, "constant-factor"), ()),
        (TWO_LAYERS, "dscores.sum(axis=0)", "dscores", (16, "sum-forgotten"), ()),
        (TWO_LAYERS, "dscores.sum(axis=0)", "dnobody", (16, ""), ()),
        (TWO_LAYERS, "probs.copy()", "probs", None, ()),
        (REUSED, "dx.mean(axis=0)", "dx.sum(axis=0)", (17, "sum-for-mean"), ()),
        (REUSED, "/ std ** 3", "/ std ** 2", (15, "another-number"), (16, 17)),
        (GATED, " + du @ W.T", "", (12, "missing-path"), ()),
        (GATED, "da = dy * g", "da = dy * (1 - g)", (8, "another-variable"), (10, 12)),
        (DISTANCE, "dq / norm", "dq / norm", None, ()),
    ],
)
def test_a_planted_slip_is_found(text, old, new, root, follows):
    """The last one changes an array that nobody uses any more, and is right."""
    expected = ("right", [], ()) if root is None else ("wrong", [root], follows)
    assert judge(text, old, new) == expected


RETURNED = """
import numpy as np
def norm_forward(x, gamma, beta):
    mu = x.mean(axis=0)
    xc = x - mu
    out = gamma * xc ** 2 + beta
    return out, (xc, gamma)
def norm_backward(dout, cache):
    xc, gamma = cache
    dxc = 2 * gamma * xc * dout
    dx = dxc - np.mean(dxc, axis=0)
    return dx, np.sum(dout * xc ** 2, axis=0), dout.sum(axis=0)
"""
LOOPED = """
import numpy as np
def naive_loss(W, X, y):
    N = X.shape[0]
    dW, loss = np.zeros(W.shape), 0.0
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= N
    dW /= N
    return loss, dW
"""
FILTERED = """
import numpy as np
def conv_forward(x, w):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    out = np.zeros((N, F, H - HH + 1, W - WW + 1))
    for i in range(H - HH + 1):
        for j in range(W - WW + 1):
            for f in range(F):
                out[:, f, i, j] = np.sum(x[:, :, i:i + HH, j:j + WW] * w[f], axis=(1, 2, 3))
    return out, (x, w)
def conv_backward(dout, cache):
    x, w = cache
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            for f in range(len(w)):
                dx[:, :, i:i + w.shape[2], j:j + w.shape[3]] += w[f] * dout[:, f, i, j][:, None, None, None]
    return dx
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "old", "new", "roots"),
    [
        (RETURNED, "return dx, np", "return dx, np", []),
        (RETURNED, "return dx, np", "return dxc, np", [(12, "another-variable")]),
        (RETURNED, "dout * xc ** 2, axis=0), dout", "dout * xc, axis=0), 2 * dout", [(12, "factor-forgotten"), (12, "factor-too-many")]),
        (LOOPED, "dW[:, y[i]] -=", "dW[:, y[i]] -=", []),
        (FILTERED, "w[f] * dout", "w[f] * dout", []),
    ],
)
def test_each_gradient_that_is_returned_is_judged(text, old, new, roots):
    """Also where the last line works out several; one of an inner step stands in the place of what was given."""
    told = judge(text, old, new)
    assert told[0] == ("wrong" if roots else "right")
    assert sorted(told[1]) == roots


def test_several_samples_are_not_taken_for_one():
    assert judge(LOOPED, "dW[:, y[i]] -=", "dW[:, y[i]] +=")[0] == "wrong"


def test_a_forward_line_that_fits_no_sizes_leaves_nothing_right():
    (verdict,) = judge_code(read_source(FILTERED.replace("* w[f], axis", "* w[f][:, :2, :2], axis"), "net.py"))
    assert (verdict.verdict, "do not fit" in str(verdict.why)) == ("undecided", True)


NAMES = """
import numpy as np
def affine_forward(x, w):
    return x @ w, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    dx, dw, dw3 = dout @ w.T, x.T @ dout, x.T @ dout
    return dx, dw, dw3, dout.sum(axis=0)
"""
DICTIONARY = """
import numpy as np
def loss(X, Y, W):
    loss = np.sum((X @ W - Y) ** 2)
    d = 2 * (X @ W - Y)
    grads = {}
    grads['W'] = X.T @ d
    grads['b7'] = d.sum(axis=0)
    return loss, grads
"""
KEPT = """
import numpy as np
class Affine:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dout):
        self.dW, self.dW3 = self.x.T @ dout, self.x.T @ dout
        return dout @ self.W.T
"""


@pytest.mark.parametrize(
    ("text", "left"),
    [(NAMES, ["dw3", "dout.sum(axis=0)"]), (DICTIONARY, ["grads.b7"]), (KEPT, ["dW3"]), (AFFINE, []), (TWO_LAYERS, []), (BATCHNORM, [])],
)
def test_a_gradient_of_nothing_is_told(text, left):
    """What is given and compared with nothing is not dropped in silence."""
    (verdict,) = judge_code(read_source(text, "net.py"))
    assert (verdict.verdict, [key for key, _ in verdict.left_over]) == ("right", left)


def test_a_change_stands_at_the_margin_with_numbers_and_colours():
    """What all lines are set in by is left out; a line that stays has its number, and those that go and come have their signs."""
    page = check_code(TWO_LAYERS.replace("    dh[h <= 0] = 0\n", ""), "net.py")
    shown = page.to_text(80)
    assert "\n     + dh = dh * (h > 0)\n  18   grads['W1'] = X.T @ dh + 2 * reg * W1\n" in shown
    assert '<span class="come">     + dh = dh * (h &gt; 0)</span>' in page.to("html")


ATTENTION = """
import numpy as np
def attention_forward(Q, K, V):
    d = K.shape[-1]
    S = Q @ K.T / np.sqrt(d)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    A = E / E.sum(axis=-1, keepdims=True)
    return A @ V, (Q, K, V, A)
def attention_backward(dout, cache):
    Q, K, V, A = cache
    d = K.shape[-1]
    dV = A.T @ dout
    dA = dout @ V.T
    dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True))
    dQ = dS @ K / np.sqrt(d)
    dK = dS.T @ Q / np.sqrt(d)
    return dQ, dK, dV
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "old", "new", "line"),
    [
        (ATTENTION, "dS @ K / np.sqrt(d)", "dS @ K", "    dQ = dS @ K / np.sqrt(d)"),
        (ATTENTION.replace("    d = K.shape[-1]\n    dV", "    dV").replace("Q / np.sqrt(d)", "Q / np.sqrt(K.shape[-1])"),
         "dS @ K / np.sqrt(d)", "dS @ K", "    dQ = dS @ K / np.sqrt(K.shape[-1])"),
        (RETURNED, "dx = dxc - np.mean(dxc, axis=0)", "N = dout.shape[0]\n    dx = dxc - np.sum(dxc, axis=0)",
         "    dx = dxc - np.mean(dxc, axis=0)"),
        (BATCHNORM, "d4 = dxhat * ivar + d3\n", "d4 = (dxhat + d3 / ivar)\n", "    d4 = (dxhat + d3 / ivar) * ivar"),
    ],
)  # fmt: skip
def test_a_correction_is_in_the_words_of_the_program(text, old, new, line):
    """A root of a size as the program writes it, a quotient as one; brackets as they are needed."""
    (verdict,) = judge_code(read_source(text.replace(old, new, 1), "net.py"))
    assert [root.after[-1] for root in verdict.roots] == [line]


HELPER = """
import numpy as np
def slope_of(h):
    return 1 - h ** 2
def rnn_forward(x, W, U):
    '''x: (T, N, D), W: (D, H), U: (H, H)'''
    h = np.zeros((x.shape[1], W.shape[1]))
    hs = [h]
    for t in range(x.shape[0]):
        h = np.tanh(x[t] @ W + h @ U)
        hs.append(h)
    return h, (x, W, U, hs)
def rnn_backward(dh, cache):
    x, W, U, hs = cache
    dW, dU = np.zeros_like(W), np.zeros_like(U)
    for t in reversed(range(x.shape[0])):
        da = dh * slope_of(hs[t + 1])
        dW += x[t].T @ da
        dU += hs[t].T @ da
        dh = da @ U.T
    return dW, dU
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "root"),
    [("1 - h", (4, "another-slope")), ("1 + h ** 2", (4, "sign")), ("2 - h ** 2", (4, "another-number"))],
)
def test_a_slip_in_a_helper_that_a_loop_calls_is_found_there(new, root):
    assert judge(HELPER, "1 - h ** 2", new)[:2] == ("wrong", [root])


def test_what_is_compared_by_its_place_is_not_told_as_not_compared():
    text = "def f_forward(x, W):\n    return x @ W, (x, W)\n"
    text += "def f_backward(dout, cache):\n    x, W = cache\n    return dout @ W.T, x.T @ dout\n"
    for formula, verdict in (("x.T @ dout", "right"), ("2 * x.T @ dout", "wrong")):
        (found,) = check_code(text.replace("x.T @ dout", formula)).verdicts
        assert (found.verdict, len(found.outputs), found.left_over) == (verdict, 2, ())
