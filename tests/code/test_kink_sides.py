"""Right is what is right on both sides of every kink; a side that nothing reaches is told."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

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
