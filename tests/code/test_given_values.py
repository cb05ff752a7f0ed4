"""Values that are given: their shapes and settled numbers are taken, right by chance at them is not right, wrong ones are refused."""

import numpy as np
import pytest

from tutor.code.code_values import CodeProblem
from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

TEXT = (
    "def f_forward(x, w, scale=1.0):\n    h = np.maximum(0, x @ w)\n    return scale * h, (x, w, h, scale)\n"
    "def f_backward(dout, cache):\n    x, w, h, scale = cache\n    dh = scale * dout * (h > 0)\n    return dh @ w.T, x.T @ dh\n"
)
GIVEN = {"x": np.array([[1.0, 2.0], [3.0, 4.0]]), "layer.w": np.array([[1.0, 2.0], [3.0, 4.5]]), "scale": np.array(2.0)}


def judge(text, given):
    return judge_code(read_source(text, "a.py"), given=given)[0]


def test_it_is_judged_at_these_shapes_but_not_by_their_numbers_alone():
    assert [output.shape for output in judge(TEXT, GIVEN).outputs] == [(2, 2), (2, 2)]
    assert judge(TEXT, GIVEN).verdict == "right"
    assert judge(TEXT.replace(" * (h > 0)", ""), GIVEN).verdict == "wrong"  # all sums are above 0 there
    assert judge(TEXT.replace("dh = scale * ", "dh = 2.0 * "), GIVEN).verdict == "right"  # the setting is what is given
    assert judge(TEXT.replace("dh = scale * ", "dh = "), GIVEN).verdict == "wrong"


@pytest.mark.parametrize(("given", "said"), [
    ({"v": np.ones(2)}, "nothing in the program is called v"),
    ({"x": np.array([np.nan])}, "x holds what is no finite number"),
    ({"x": np.zeros((0, 3))}, "x has no entries"),
    ({"x": "an array of objects"}, "x is not read: an array of objects"),
    ({"x": np.zeros((300_000,))}, r"x has 300,000 entries, more than 200,000"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused(given, said):
    with pytest.raises(CodeProblem, match=said):
        judge(TEXT, given)


def test_shapes_that_do_not_fit_are_told():
    found = judge(TEXT, {**GIVEN, "x": np.ones((2, 3)) / 2})
    assert found.verdict == "undecided"
    assert "(2, 3) @ (2, 2)" in str(found.why)


RECURRENT = (
    "def f_forward(xs, Wx, Wh, b, h0):\n    h = h0\n    for x in xs:\n        h = Wx @ x + Wh @ h + b\n    return h, (Wx, Wh)\n"
    "def f_backward(dh, cache):\n    Wx, Wh = cache\n    db, dh0 = np.zeros((Wh.shape[0], 1)), dh\n"
    "    for _ in range(3):\n        db = db + dh0\n        dh0 = Wh.T @ dh0\n    return db, dh0\n"
)


def test_shapes_that_somebody_says_are_kept_and_settle_the_others():
    """Columns over time: nothing but the sizes says that b and h0 have one column, and that Wx and Wh have rows alike."""
    shapes = {"xs": (3, "D", 1), "h0": ("H", 1), "b": ("H", 1)}
    found = judge_code(read_source(RECURRENT, "a.py"), shapes=shapes)[0]
    assert (found.verdict, [output.shape for output in found.outputs]) == ("right", [(6, 1), (6, 1)])
    large = judge_code(read_source(TEXT, "a.py"), shapes={"x": (10_000, 10_000)})[0]
    assert large.verdict == "undecided"
    assert "an array of more than 200,000 entries" in str(large.why)
    with pytest.raises(CodeProblem, match="nothing in the program is called bias"):
        judge_code(read_source(RECURRENT, "a.py"), shapes={"bias": ("H", 1)})


def test_sizes_are_numbers_and_what_stands_in_brackets_is_whole_numbers():
    """D + H are sizes, x and h of a cell have widths of their own, and ix of two axes picks rows."""
    cell = (
        "class Cell:\n    def __init__(self, D, H):\n        self.W = np.random.randn(H, D + H)\n"
        "    def forward(self, x, h):\n        self.x, self.xh = x, np.concatenate([x, h], axis=1)\n        return self.xh @ self.W.T\n"
        "    def backward(self, dout):\n        self.dW = dout.T @ self.xh\n        dxh = dout @ self.W\n"
        "        return dxh[:, :self.x.shape[1]], dxh[:, self.x.shape[1]:]\n"
    )
    rows = (
        "def f_forward(E, ix):\n    N, T = ix.shape\n    return E[ix].mean(axis=1), (E, ix)\n"
        "def f_backward(dout, cache):\n    E, ix = cache\n    dE = np.zeros_like(E)\n"
        "    np.add.at(dE, ix, np.repeat(dout[:, None, :], ix.shape[1], axis=1) / ix.shape[1])\n    return dE\n"
    )
    for text in (cell, rows):
        found = judge_code(read_source(text, "a.py"))[0]
        assert found.verdict == "right", found.why
    wrong = judge_code(read_source(rows.replace(" / ix.shape[1])", ")"), "a.py"))[0]
    assert wrong.verdict == "wrong"


def test_a_mask_that_parts_are_assigned_to_keeps_what_is_moved():
    """The slopes are found in complex numbers, for which an array made of truth values has no room."""
    text = (
        "def loss_and_grad(W, X, y):\n    N = X.shape[0]\n    s = X @ W\n    m = np.maximum(0, s - s[np.arange(N), y][:, None] + 1)\n"
        "    m[np.arange(N), y] = 0\n    loss = m.sum()\n    k = (m > 0) * 1.0\n    k[np.arange(N), y] -= k.sum(axis=1)\n"
        "    dW = X.T @ k\n    return loss, dW\n"
    )
    assert judge_code(read_source(text, "a.py"))[0].verdict == "right"
    wrong = judge_code(read_source(text.replace("-= k.sum", "+= k.sum"), "a.py"))[0]
    assert [root.line for root in wrong.roots] == [8]


def test_a_loss_is_one_number_and_names_may_differ_by_their_case():
    """w is a vector where the loss would be an array otherwise; grad_w1 is the gradient of W1."""
    text = (
        "def loss_and_grad(w, b, X, y, l2):\n    p = 1 / (1 + np.exp(-(X @ w + b)))\n"
        "    loss = -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) + 0.5 * l2 * w @ w\n"
        "    dw = X.T @ (p - y) + l2 * w\n    db = np.sum(p - y)\n    return loss, dw, db\n"
    )
    assert judge_code(read_source(text, "a.py"))[0].verdict == "right"
    assert judge_code(read_source(text.replace("l2 * w\n    db", "w\n    db"), "a.py"))[0].roots[0].line == 4
    script = (
        "X, t, W1, W2 = np.random.rand(5, 3), np.random.rand(5, 1), np.random.rand(3, 4), np.random.rand(4, 1)\n"
        "h = np.tanh(X @ W1)\nloss = np.square(h @ W2 - t).sum()\ngrad_y = 2 * (h @ W2 - t)\ngrad_w2 = h.T @ grad_y\n"
        "grad_h = grad_y @ W2.T\ngrad_w1 = X.T @ grad_h\n"
    )
    assert [root.line for root in judge_code(read_source(script, "a.py"))[0].roots] == [7]
