"""Layers as libraries of students have them: nothing returned, sizes in the constructor, files of a package, Python 2.

Each program is right, and with one place of it changed wrong at that line; nothing else is accused.
"""

from __future__ import annotations

import re

import pytest

from tutor.cli.tutor_code import find_neighbours, read_program_file
from tutor.code.judge_code import judge_code
from tutor.errors import TutorError
from tutor.program.source import read_source
from tutor.results.code_check import check_code

DENSE = """
try:
    import cupy as np
except ImportError:
    import numpy as np
class Dense:
    def __init__(self, n_inputs, wide, l1, l2):
        self.weights = 0.01 * np.random.randn(n_inputs, wide)
        self.biases = np.zeros((1, wide))
        self.l1, self.l2 = l1, l2
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases
    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)
        if self.l1 > 0:
            self.dweights += self.l1 * np.sign(self.weights)
        if self.l2 > 0:
            self.dweights += 2 * self.l2 * self.weights
"""
TANH = """
import numpy as np
class Tanh:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.tanh(inputs)
    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output**2)
"""
CHANCES = """
import numpy as np
class BinaryCrossEntropy:
    def forward(self, y_pred, y_true):
        self.y_pred = np.clip(y_pred, 1e-7, 1 - 1e-7)
        self.y_true = y_true
        loss = -(y_true * np.log(self.y_pred) + (1 - y_true) * np.log(1 - self.y_pred))
        return np.mean(loss)
    def backward(self):
        self.dinputs = -(self.y_true / self.y_pred - (1 - self.y_true) / (1 - self.y_pred)) / self.y_true.size
"""
LABEL_FIRST = """
import numpy as np
class MSE:
    def forward(self, label, out):
        return np.mean((out - label) ** 2)
    def backward(self, label, out):
        return 2 * (out - label) / out.size
"""
CONVOLUTION = """
import numpy as np
from unfold import unfold
class Conv:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.C_in, self.C_out = in_channels, out_channels
        self.height, self.width = kernel_size[0], kernel_size[1]
        self.weights = 0.1 * np.random.randn(self.C_out, self.C_in, self.height, self.width)
    def forward(self, inputs):
        N, C_in, self.H_in, self.W_in = inputs.shape
        H, W = self.H_in - self.height + 1, self.W_in - self.width + 1
        self.columns = unfold(inputs, self.height, self.width)
        return np.matmul(self.weights.reshape(self.C_out, -1), self.columns).reshape(N, self.C_out, H, W)
    def backward(self, dvalues):
        flat = dvalues.reshape(dvalues.shape[0], self.C_out, -1)
        dweights = np.matmul(flat, self.columns.transpose(0, 2, 1)).sum(axis=0)
        self.dweights = dweights.reshape(self.C_out, self.C_in, self.height, self.width)
"""
UNFOLD = """
import numpy as np
def unfold(x, height, width):
    N, C, H, W = x.shape
    rows = []
    for i in range(H - height + 1):
        for j in range(W - width + 1):
            rows.append(x[:, :, i:i + height, j:j + width].reshape(N, -1))
    return np.stack(rows, axis=2)
"""
OLD = """
import numpy as np
def affine_forward(x, w):
    print "shape", x.shape, ("a",
        "b")
    if x.shape[0] <> 0: print 'some'
    return x.dot(w) / len(x), (x, w)
def affine_backward(dout, cache):
    x, w = cache
    dx = dout.dot(w.T) / len(x)
    dw = x.T.dot(dout) * (1.0 / len(x))
    return dx, dw
"""
HEADS = """
import numpy as np
class Heads:
    def __init__(self, width=512, heads=8):
        self.width, self.heads = width, heads
        self.part = width // heads
    def split_forward(self, x):
        return 2 * x.reshape(x.shape[0], -1, self.heads, self.part).transpose(0, 2, 1, 3)
    def split_backward(self, x):
        return 2 * x.transpose(0, 2, 1, 3).reshape(x.shape[0], -1, self.width)
"""
MASKED = """
import numpy as np
class Attention:
    def forward(self, Q, K, V, mask=None):
        self.Q, self.K, self.V = Q, K, V
        scores = Q @ K.transpose(0, 2, 1)
        if mask is not None:
            scores = scores.masked_somehow(mask)
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.A = e / e.sum(axis=-1, keepdims=True)
        return self.A @ V
    def backward(self, dout):
        dV = self.A.transpose(0, 2, 1) @ dout
        dA = dout @ self.V.transpose(0, 2, 1)
        dS = self.A * (dA - (dA * self.A).sum(axis=-1, keepdims=True))
        dQ = dS @ self.K
        dK = dS.transpose(0, 2, 1) @ self.Q
        return dQ, dK, dV
"""
NO_MASK = "        if mask is not None:\n            scores = scores.masked_somehow(mask)\n"
QUERY = (
    MASKED.replace(NO_MASK, "").replace("K, V, mask=None", "K=None, V=None").replace("return dQ, dK, dV", "return dQ + dK + dV")
    .replace("self.Q, self.K", "K, V = (Q if K is None else K), (Q if V is None else V)\n        self.Q, self.K")
)  # fmt: skip
LOOPS = """
import itertools
import numpy as np
class Pool:
    def forward(self, x):
        self.x = x
        n, h = x.shape
        out = np.zeros((n // 2, h // 2))
        for i, j in itertools.product(range(n // 2), range(h // 2)):
            out[i, j] = np.mean(x[2 * i:2 * i + 2, 2 * j:2 * j + 2])
        return out
    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for k in range(dout.size):
            i, j = divmod(k, dout.shape[1])
            dx[2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[i, j] / 4
        return dx
"""
FAST = """
import numpy as np
from layers import *
from compiled import affine_forward_fast, affine_backward_fast
class Net:
    def __init__(self, image=(3, 32, 32), hidden_dim=1000):
        C, H, W = image
        self.params = {"W1": np.random.randn(C * H * W, hidden_dim)}
    def loss(self, X, y=None):
        a, cache = affine_forward_fast(X.reshape(len(X), -1), self.params["W1"])
        loss = np.sum((a - 1) ** 2)
        dX, dW = affine_backward_fast(2 * (a - 1), cache)
        return loss, {"W1": dW}
"""
NAIVE = """
def affine_forward_naive(x, w):
    return x @ w, (x, w)
def affine_backward_naive(d, cache):
    x, w = cache
    return d @ w.T, x.T @ d
"""
BESIDE = """
import numpy as np
def step_forward(x, h, w, y):
    h_new = np.tanh(x @ w + h)
    current_loss = np.sum((h_new - y) ** 2)
    return h_new, current_loss, (x, w, h_new, y)
def step_backward(dh_new, cache):
    x, w, h_new, y = cache
    dh = (dh_new + 2 * (h_new - y)) * (1 - h_new ** 2)
    dw = x.T @ dh
    return dh @ w.T, dh, dw
def line_forward(x, h0, w, y):
    caches, h = {}, h0
    out = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t, :] @ w + h)
        out[:, t, :], caches["cache%d" % t] = h, (x[:, t, :], w, h)
    return out, caches
def line_backward(dout, caches):
    dw, dh0 = 0, 0
    for t in reversed(range(dout.shape[1])):
        x, w, h = caches["cache%d" % t]
        dh0 = (dout[:, t, :] + dh0) * (1 - h ** 2)
        dw = dw + x.T @ dh0
    return dh0, dw
"""
CASES = {
    "loops": (LOOPS, "dout[i, j] / 4", "dout[i, j] / 2"),
    "fast": (FAST, "affine_backward_fast(2 * (a", "affine_backward_fast(3 * (a"),
    "query": (QUERY, "return dQ + dK + dV", "return dQ + dK - dV"),
    "heads": (HEADS, "return 2 * x.transpose", "return 3 * x.transpose"),
    "masked": (MASKED, "dS = self.A * (dA - (dA", "dS = self.A * (dA + (dA"),
    "dense": (DENSE, "np.dot(self.inputs.T, dvalues)", "np.dot(self.inputs.T, dvalues) / len(dvalues)"),
    "tanh": (TANH, "1 - self.output**2", "1 - self.inputs**2"),
    "chances": (CHANCES, "-(self.y_true / self.y_pred", "-(self.y_true * self.y_pred"),
    "label first": (LABEL_FIRST, "2 * (out - label)", "2 * (label - out)"),
    "convolution": (CONVOLUTION, "transpose(0, 2, 1)).sum(axis=0)", "transpose(0, 2, 1)).mean(axis=0)"),
    "old": (OLD, "1.0 / len(x)", "1 / len(x)"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_is_right_and_its_slip_is_found(name):
    program, own, slip = CASES[name]
    assert program.count(own) == 1
    for text, verdict in ((program, "right"), (program.replace(own, slip), "wrong")):
        (found,) = check_code(text, others=[("unfold.py", UNFOLD), ("layers.py", NAIVE)]).verdicts
        line = text[: text.index(slip)].count("\n") + 1 if verdict == "wrong" else 0
        assert (found.verdict, [root.line for root in found.roots]) == (verdict, [line] if line else [])


def test_a_regularisation_that_the_forward_pass_lacks_is_told():
    (found,) = check_code(DENSE).verdicts
    assert [str(one)[:12] for one in found.assumes] == ["l1, l2 is 0,"]


def test_a_forward_pass_that_gives_nothing_is_not_judged():
    text = TANH.replace("self.output = np.tanh(inputs)", "np.tanh(inputs)").replace("        self.inputs = inputs\n", "")
    (found,) = check_code(text).verdicts
    assert (found.verdict, found.roots) == ("undecided", ())


def test_the_files_of_a_package_are_read(tmp_path):
    folder = tmp_path / "net" / "layers"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from .dense import Dense\n", "utf-8")
    (folder / "dense.py").write_text(
        "import numpy as np\nclass Dense:\n    def __init__(self, n, m):\n        self.W = np.random.randn(n, m)\n"
        "    def forward(self, x):\n        self.x = x\n        return x @ self.W\n"
        "    def backward(self, g):\n        self.dW = self.x.T @ g\n        return g @ self.W.T\n", "utf-8")  # fmt: skip
    model = tmp_path / "net" / "model.py"
    text = (
        "{imported}\nclass Net:\n    def __init__(self, n, m, k):\n        self.one, self.two = {word}(n, m), {word}(m, k)\n"
        "    def forward(self, x):\n        return self.two.forward(self.one.forward(x))\n"
        "    def backward(self, g):\n        dx = self.one.backward(self.two.backward(g))\n        return dx\n"
    )
    for imported, word in (
        ("from layers import Dense", "Dense"), ("from .layers import Dense", "Dense"), ("from net import layers", "layers.Dense"),
        ("import net.layers as nn", "nn.Dense"), ("from .layers import dense", "dense.Dense"),
        ("import layers.dense", "layers.dense.Dense"),
    ):  # fmt: skip
        for wrong in (False, True):
            program = text.format(imported=imported, word=word)
            program = program.replace("return dx", "return 2 * dx") if wrong else program
            model.write_text(program, "utf-8")
            (found,) = check_code(read_program_file(str(model)), "model.py", others=find_neighbours(str(model), program)).verdicts
            assert found.verdict == ("wrong" if wrong else "right"), (imported, found.why)


NORMED = """
import numpy as np
from layers import affine_forward, affine_backward
def net_forward(x, w, b):
    z, cache = affine_forward(x, w, b)
    std = z.std(axis=0)
    return (z - z.mean(axis=0)) / std, (cache, (z - z.mean(axis=0)) / std, std)
def net_backward(dout, cache):
    inner, out, std = cache
    dz = (dout - dout.mean(axis=0) - out * np.mean(dout * out, axis=0)) / std
    dx, dw, db = affine_backward(dz, inner)
    return dx, dw, db
"""
AFFINE = """
def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    dw = x.T @ dout
    return dout @ w.T, dw, dout.sum(axis=0)
"""


def test_a_gradient_that_is_nothing_but_rounding_is_right():
    """The bias before a batch norm: its derivative is 0, in floats some 1e-17."""
    (found,) = check_code(NORMED, others=[("layers.py", AFFINE)]).verdicts
    assert (found.verdict, len(found.outputs)) == ("right", 3)


def test_a_wrong_line_of_another_file_is_shown_from_there():
    found = check_code(NORMED, others=[("layers.py", AFFINE.replace("dw = x.T", "dw = -x.T"))])
    (root,) = found.verdicts[0].roots
    assert (root.file, root.line, root.before) == ("layers.py", 6, ("    dw = -x.T @ dout",))
    assert "Line 6 of layers.py" in str(found)
    assert "Zeile 6 von layers.py" in str(check_code(NORMED, others=[("layers.py", AFFINE.replace("dw = x.T", "dw = -x.T"))], words="de"))


def test_a_constructor_that_is_not_read_is_told():
    text = TANH.replace("    def forward", "    def __init__(self, how=open.mode):\n        pass\n    def forward")
    (found,) = check_code(text).verdicts
    assert found.verdict == "undecided"


def test_what_is_done_with_a_mask_that_nobody_gives_is_not_judged_and_that_is_said():
    (found,) = check_code(MASKED).verdicts
    assert [str(one) for one in found.assumes] == ["mask is None: what is done where it is given is not judged"]


@pytest.mark.parametrize(("own", "slip", "line"), [("", "", 0), ("dh_new + 2 *", "dh_new + 3 *", 9), ("+ dh0) *", "- dh0) *", 23)])
def test_a_loss_beside_a_state_and_caches_by_time(own, slip, line):
    found = check_code(BESIDE.replace(own, slip) if own else BESIDE).verdicts
    assert [root.line for verdict in found for root in verdict.roots] == ([line] if line else [])
    assert [verdict.verdict for verdict in found].count("right") == (1 if line else 2)


@pytest.mark.parametrize(("count", "says"), [("len(t)", ["t has one axis: it would be wrong with two"]), ("t.size", [])])
def test_a_mean_that_is_right_for_one_output_only_says_so(count, says):
    text = "import numpy as np\ndef mse_forward(pred, t):\n    return np.mean((t - pred) ** 2), (pred, t)\n"
    text += f"def mse_backward(cache):\n    pred, t = cache\n    return -2 * (t - pred) / {count}\n"
    (found,) = check_code(text).verdicts
    assert (found.verdict, [str(one) for one in found.assumes]) == ("right", says)


@pytest.mark.parametrize(
    ("given", "lost"), [("dx, dw, db", ""), ("dw, dw, db", "dx"), ("dx, db, db", "dw"), ("dx, dw, dx", "db")]
)
def test_a_gradient_that_is_returned_twice_stands_in_the_place_of_another(given, lost):
    text = "def f_forward(x, w, b):\n    return x @ w + b, (x, w)\ndef f_backward(dout, cache):\n    x, w = cache\n"
    text += f"    dx, dw, db = dout @ w.T, x.T @ dout, dout.sum(axis=0)\n    return {given}\n"
    (found,) = check_code(text).verdicts
    assert [root.line for root in found.roots] == ([6] if lost else [])
    assert [output.of for output in found.outputs if output.verdict != "right"] == ([lost[1:]] if lost else [])


@pytest.mark.parametrize(
    ("beside", "why"), [("def g(:", "this is no Python"), ("x = 1\n" * 60_000, "over the limit"), (None, "too large")]
)
def test_a_file_beside_that_is_not_read_is_left_alone_and_its_import_told(beside, why):
    text = f"import numpy as np\nfrom broken import *\n{AFFINE}"
    needed = f"{text}def g_forward(x):\n    return twice(x), x\ndef g_backward(dout, x):\n    return 2 * dout\n"
    others = [("broken.py", TutorError("too large") if beside is None else beside)]
    assert [one.verdict for one in check_code(text, others=others).verdicts] == ["right"]
    page = check_code(needed, others=others)
    assert [one.verdict for one in page.verdicts] == ["right", "undecided"]
    assert re.search(
        f"Line 2 was not read: broken.py is left alone, and the rest judged without it: .*{why}",
        " ".join(str(page).split()),
    )


ROW_BIAS = """
import numpy as np
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))
    def forward(self, X):
        self.X = X
        return X @ self.W + self.b
    def backward(self, dout, lr):
        dW = self.X.T @ dout
        db = np.sum(dout, axis=0)
        dX = dout @ self.W.T
        self.W -= lr * dW
        self.b -= lr * db
        return dX
"""


@pytest.mark.parametrize(("wrong", "verdict"), [
    ("np.sum(dout, axis=0)", "right"), ("-np.sum(dout, axis=0)", "wrong"), ("np.mean(dout, axis=0)", "wrong"), ("np.sum(dout)", "wrong"),
])  # fmt: skip
def test_a_local_gradient_of_a_row_is_compared(wrong, verdict):
    """b of the shape (1, n), and db of (n,): the same entries."""
    (found,) = judge_code(read_source(ROW_BIAS.replace("np.sum(dout, axis=0)", wrong), "f.py"))
    assert found.verdict == verdict
    assert "db" in [output.key for output in found.outputs]


@pytest.mark.parametrize("arguments", ["p, y", "y, p", "y, y_hat", "y_true, y_pred", "target, out"])
def test_the_prediction_is_told_by_the_names_of_a_loss(arguments):
    one, other = arguments.split(", ")
    text = f"""
import numpy as np
def forward(X, W):
    return 1 / (1 + np.exp(-(X @ W)))
def loss({arguments}):
    return np.mean(({one} - {other}) ** 2)
def backward(X, y, W):
    p = 1 / (1 + np.exp(-(X @ W)))
    dW = X.T @ (2 * (p - y) / y.size * p * (1 - p))
    return dW
"""
    (found,) = judge_code(read_source(text, "f.py"))
    assert found.verdict == "right"


EACH = """
import numpy as np
class LinearModel:
    def __init__(self, num_features=2):
        self.W = None
    def forward(self, X):
        batch_size, _ = X.shape
        X = np.concatenate((X, np.ones((batch_size, 1))), axis=1)
        y = X.dot(self.W)
        self.cache = X
        return y
    def backward(self, y):
        X = self.cache
        dW = X
        return dW
"""


def test_the_derivative_of_each_sample_alone_is_not_judged():
    (found,) = judge_code(read_source(EACH, "f.py"))
    assert found.verdict == "undecided"
    assert "dW has a row for each sample" in str(found.why)
    (found,) = judge_code(read_source(EACH.replace("dW = X", "dW = 2 * X"), "f.py"))
    assert found.verdict == "wrong"
