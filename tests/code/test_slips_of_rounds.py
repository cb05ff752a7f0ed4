"""A loop that goes one round too few, one too many, or in the wrong order: its first line is named, and nothing in it."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

RNN = '''
import numpy as np
def forward(x, W, U):
    # x: (T, N, D), W: (D, H), U: (H, H)
    h = {-1: np.zeros((x.shape[1], U.shape[0]))}
    for t in range(len(x)):
        h[t] = np.tanh(x[t] @ W + h[t - 1] @ U)
    return h[len(x) - 1], (x, W, U, h)
def backward(dh, cache):
    x, W, U, h = cache
    T = len(x)
    dW, dU = np.zeros_like(W), np.zeros_like(U)
    for t in range(T - 1, -1, -1):
        dz = dh * (1 - h[t] ** 2)
        dW += x[t].T @ dz
        dU += h[t - 1].T @ dz
        dh = dz @ U.T
    return dW, dU
'''


def judge(old="", new=""):
    (found,) = judge_code(read_source(RNN.replace(old, new), "rnn.py"))
    return found.verdict, [(root.line, root.last, root.tag) for root in found.roots]


def test_the_right_rounds_are_right():
    assert judge() == ("right", [])


@pytest.mark.slow
@pytest.mark.parametrize(("rounds", "tag"), [("range(T - 1, 0, -1)", "loop-rounds"), ("range(T - 2, -1, -1)", "loop-rounds")])
def test_the_rounds_are_named_in_the_line_of_the_loop(rounds, tag):
    assert judge("range(T - 1, -1, -1)", rounds) == ("wrong", [(13, 13, tag)])


def test_the_wrong_order_is_named():
    assert judge("range(T - 1, -1, -1)", "range(T)") == ("wrong", [(13, 13, "loop-order")])


@pytest.mark.slow
def test_what_is_handed_on_and_added_up_is_named():
    assert judge("dh = dz @ U.T", "dh += dz @ U.T") == ("wrong", [(17, 17, "added-for-assigned")])
