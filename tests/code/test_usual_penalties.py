"""Gradients with a part that is so many times the weights, and no loss in the file: the penalty is read from them, and is said."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

NET = """
import numpy as np
def forward(X, W1, b1, W2, b2):
    a1 = np.maximum(0, X @ W1 + b1)
    e = np.exp(a1 @ W2 + b2)
    return e / e.sum(axis=1, keepdims=True), (X, a1)
def backward(probs, y, cache, W1, W2, lam):
    X, a1 = cache
    n = X.shape[0]
    d2 = probs.copy()
    d2[np.arange(n), y] -= 1
    d2 /= n
    dW2 = a1.T @ d2 + lam * W2
    db2 = d2.sum(axis=0)
    d1 = d2 @ W2.T * (a1 > 0)
    dW1 = X.T @ d1 + lam * W1
    db1 = d1.sum(axis=0)
    return dW1, db1, dW2, db2
"""


def judge(text):
    (verdict,) = judge_code(read_source(text, "f.py"))
    return verdict


def test_the_penalty_is_read_from_the_gradients_and_is_said():
    verdict = judge(NET)
    said = " ".join(str(one) for one in verdict.assumes)
    assert verdict.verdict == "right"
    assert "0.5 * lam * np.sum(W1 ** 2)" in said
    assert "0.5 * lam * np.sum(W2 ** 2)" in said


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("(a1 > 0)", "(a1 < 0)", 15), ("d2.sum(axis=0)", "d2.mean(axis=0)", 14), ("X.T @ d1 +", "2 * X.T @ d1 +", 16)],
)
def test_a_slip_beside_a_penalty_is_named_in_its_line(old, new, line):
    verdict = judge(NET.replace(old, new))
    assert verdict.verdict == "wrong"
    assert [root.line for root in verdict.roots] == [line]
