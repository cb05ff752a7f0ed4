"""Right is what is right on both sides of every kink; a side that nothing reaches is told."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source
from tutor.results.code_check import check_code

PAIR = "import numpy as np\ndef f_forward(x):\n    return {forward}, x\ndef f_backward(dout, x):\n    dx = {backward}\n    return dx\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("forward", "backward", "verdict"),
    [
        ("np.clip(x, -8, 8)", "dout", "wrong"),
        ("np.clip(x, -8, 8)", "dout * (np.abs(x) < 8)", "right"),
        ("np.where(np.abs(x) < 20, x ** 2 / 2, 20 * np.abs(x) - 200)", "dout * x", "wrong"),
        ("np.where(np.abs(x) < 20, x ** 2 / 2, 20 * np.abs(x) - 200)", "dout * np.clip(x, -20, 20)", "right"),
        ("np.maximum(0.0, x + 6)", "dout * 1.0", "wrong"),
        ("np.minimum(x, 12.0)", "dout * (x < 12)", "right"),
    ],
)
def test_both_sides_are_tried(forward, backward, verdict):
    """At the first numbers, which are about 1, none of these goes the other way."""
    (found,) = judge_code(read_source(PAIR.format(forward=forward, backward=backward), "f.py"))
    assert (found.verdict, found.warnings) == (verdict, ())


def test_an_activation_of_what_is_called_like_a_chance():
    """What is called a lies between 0 and 1 at first."""
    text = "import numpy as np\ndef relu_forward(a):\n    return np.maximum(0, a), a\n"
    text += "def relu_backward(dout, a):\n    da = dout\n    return da\n"
    (found,) = judge_code(read_source(text, "f.py"))
    assert [(root.line, root.tag) for root in found.roots] == [(5, "mask-forgotten")]


def test_a_side_that_nothing_reaches_is_told():
    (found,) = judge_code(read_source(PAIR.format(forward="np.maximum(np.exp(x), -1.0)", backward="dout * np.exp(x)"), "f.py"))
    assert found.verdict == "right"
    assert [(note.line, note.kind, note.text) for note in found.warnings] == [(3, "one-side", "np.maximum(np.exp(x), -1.0)")]


@pytest.mark.parametrize(("bound", "how", "lines"), [("0", "sum", []), ("0", "mean", [7]), ("0.5", "sum", [6]), ("0.5", "mean", [6, 7])])
def test_a_mask_beside_its_kink_is_seen_at_small_numbers(bound, how, lines):
    text = "import numpy as np\ndef f_forward(x, w, b):\n    z = x @ w + b\n    return np.maximum(0, z), (x, w, z)\n"
    text += f"def f_backward(dout, cache):\n    dz = dout * (cache[2] > {bound})\n    db = dz.{how}(axis=0)\n"
    (found,) = judge_code(read_source(f"{text}    return dz @ cache[1].T, cache[0].T @ dz, db\n", "f.py"))
    assert [root.line for root in found.roots] == lines


TIED = """
import numpy as np
def f_forward(x):
    h = np.maximum(0, x)
    return h.max(axis=1), (x, h)
def f_backward(dout, cache):
    x, h = cache
    m = (h == h.max(axis=1, keepdims=True))
    dh = m * dout[:, None]
    dx = dh * (x > 0)
    return dx
"""


@pytest.mark.parametrize(("old", "new", "verdict"), [
    ("", "", "right"),  # each of what ties, one, or a share: all are right
    ("dh = m *", "dh = m / m.sum(axis=1, keepdims=True) *", "right"),
    ("dh = m * dout[:, None]", "dh = np.zeros_like(h)\n    dh[np.arange(len(h)), h.argmax(axis=1)] = dout", "right"),
    ("x > 0", "h >= 0", "wrong"),  # only where all entries of a row are 0
])  # fmt: skip
def test_a_maximum_is_tried_where_several_entries_are_the_largest(old, new, verdict):
    (found,) = check_code(TIED.replace(old, new)).verdicts
    assert found.verdict == verdict


MAXIMUM = """
import torch
class Max(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        v, i = x.max(dim=1)
        ctx.save_for_backward(x, i)
        return v
    @staticmethod
    def backward(ctx, g):
        x, i = ctx.saved_tensors
        dx = torch.zeros_like(x)
        dx.scatter_(1, i.unsqueeze(1), g.unsqueeze(1))
        return dx
"""


@pytest.mark.parametrize(("old", "new", "verdict"), [
    ("", "", "right"),
    ("i.unsqueeze(1), g", "0 * i.unsqueeze(1), g", "wrong"),
    ("dx.scatter_(1, i.unsqueeze(1), g.unsqueeze(1))", "dx = (x == x.amax(dim=1, keepdim=True)).float() * g.unsqueeze(1)", "right"),
])  # fmt: skip
def test_a_maximum_of_torch_hands_its_gradient_to_its_place(old, new, verdict):
    (found,) = check_code(MAXIMUM.replace(old, new)).verdicts
    assert found.verdict == verdict


def test_a_size_of_one_that_only_gradients_say_is_no_reading():
    text = "def f_forward(x, v):\n    out = x + v[:, None]\n    return out, (x, v)\n"
    text += "def f_backward(dout, cache):\n    x, v = cache\n    return dout, dout.sum(axis=1)\n"
    assert check_code(text.replace("axis=1", "axis=0")).verdicts[0].verdict == "wrong"
