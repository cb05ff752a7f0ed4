"""Gradients that are made shorter where they are too long are judged as they are before, and that is said."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

BODY = """
import numpy as np
def train(X, y, lr=0.1, c=0.01):
    w = np.random.randn(X.shape[1])
    for r in range(9):
        err = X @ w - y
        loss = np.mean(err ** 2)
        dw = 2 * X.T @ err / len(y)
        {clip}
        w -= lr * dw
    return w
"""
CLIPS = (
    "if np.linalg.norm(dw) > c: dw = dw * c / np.linalg.norm(dw)",
    "norm = np.sqrt(np.sum(dw ** 2)); scale = min(1.0, c / (norm + 1e-6)); dw *= scale",
    "dw = np.clip(dw, -c, c)",
    "np.clip(dw, -c, c, out=dw)",
    "dw = dw / max(1.0, np.linalg.norm(dw) / c)",
)


def judge(clip, old="", new=""):
    text = BODY.replace("{clip}", clip)
    assert old in text
    return judge_code(read_source(text.replace(old, new) if old else text, "f.py"))[-1]


@pytest.mark.parametrize("clip", [CLIPS[0], *(pytest.param(clip, marks=pytest.mark.slow) for clip in CLIPS[1:])])
def test_a_limit_of_gradients_is_no_slip_and_is_said(clip):
    right = judge(clip)
    assert right.verdict == "right"
    assert "the gradients are judged as they are before line 9, which limits them" in map(str, right.assumes)


@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS[:2])
def test_a_slip_in_front_of_it_is_named(clip):
    assert [root.line for root in judge(clip, "2 * X.T @ err / len(y)", "2 * X.T @ err").roots] == [8]


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["dw = dw / len(y)", "dw = dw * np.linalg.norm(w)", "dw = np.clip(err, -c, c) @ X", "dw *= np.linalg.norm(dw)"]
)
def test_what_is_no_limit_is_judged(line):
    assert judge(line).verdict == "wrong"
