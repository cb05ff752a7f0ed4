"""Nets whose parameters and gradients are lists, one entry a layer: each entry is judged, and none is called right that is not."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

NET = """
import numpy as np

class Net:
    def __init__(self, sizes):
        self.count = len(sizes)
        self.biases = [np.zeros((n, 1)) for n in sizes[1:]]
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes[:-1], sizes[1:])]

    def predict(self, a):
        for b, w in zip(self.biases, self.weights):
            a = squash(w.dot(a) + b)
        return a

    def train(self, batch, rate):
        for x, y in batch:
            nabla_b, nabla_w = self.backprop(x, y)
            self.weights = [w - rate * g for w, g in zip(self.weights, nabla_w)]
            self.biases = [b - rate * g for b, g in zip(self.biases, nabla_b)]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        outs, sums = [x], []
        for b, w in zip(self.biases, self.weights):
            sums.append(np.dot(w, outs[-1]) + b)
            outs.append(squash(sums[-1]))
        delta = self.cost_slope(outs[-1], y) * slope(sums[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, outs[-2].T)
        for k in range(2, self.count):
            delta = np.dot(self.weights[-k + 1].T, delta) * slope(sums[-k])
            nabla_b[-k] = delta
            nabla_w[-k] = np.dot(delta, outs[-k - 1].T)
        return nabla_b, nabla_w

    def cost_slope(self, a, y):
        return a - y

def squash(z):
    return 1 / (1 + np.exp(-z))

def slope(z):
    return squash(z) * (1 - squash(z))
"""
SLIPS = (
    ("nabla_w[-1] = np.dot(delta, outs[-2].T)", "nabla_w[-1] = 2 * np.dot(delta, outs[-2].T)"),
    ("self.weights[-k + 1].T, delta) * slope(sums[-k])", "self.weights[-k + 1].T, delta)"),
    ("nabla_b[-k] = delta", "nabla_b[-k] = -delta"),
    ("nabla_w[-k] = np.dot(delta, outs[-k - 1].T)", "nabla_w[-k] = np.dot(slope(sums[-k]), outs[-k - 1].T)"),
    ("            nabla_b[-k] = delta\n", ""),
)


def judge(text):
    """The verdict on the pass that goes forward itself."""
    return next(one for one in judge_code(read_source(text, "net.py")) if one.name == "Net.backprop")


def test_each_entry_is_a_gradient():
    verdict = judge(NET)
    assert verdict.verdict == "right", verdict.why
    assert {(one.key, one.of) for one in verdict.outputs} == {
        ("nabla_w[0]", "weights[0]"), ("nabla_w[1]", "weights[1]"), ("nabla_b[0]", "biases[0]"), ("nabla_b[1]", "biases[1]")}  # fmt: skip
    assert not any(one.name == "Net.train" for one in judge_code(read_source(NET, "net.py")))  # it only takes steps
    assert any("0.5 * np.sum((outs[-1] - y)**2)" in str(one) for one in verdict.assumes)


@pytest.mark.parametrize(("right", "wrong"), SLIPS)
def test_a_slip_is_found(right, wrong):
    assert right in NET
    verdict = judge(NET.replace(right, wrong))
    assert verdict.verdict == "wrong", verdict.why
    line = NET[: NET.index(right)].count("\n") + 1
    assert not wrong or line in [root.line for root in verdict.roots], verdict.roots


def test_a_slip_in_front_of_all_gradients_is_not_called_right():
    text = NET.replace("* slope(sums[-1])", "* slope(outs[-1])")
    assert [one.verdict for one in judge_code(read_source(text, "net.py")) if one.name == "Net.backprop"] == ["undecided"]
