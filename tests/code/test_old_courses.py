"""Solutions of older courses: Python 2 in any of their files, two dictionaries of settings, choices that nothing makes."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source
from tutor.results.code_check import check_code

SIZES = """
import numpy as np
from layers import spread_forward, spread_backward

def halve_forward(x, w):
    n = w.shape[1] / 2
    h, cache = spread_forward(x, w)
    return h[:, :n], (n, w.shape[1], cache)

def halve_backward(dout, cache):
    n, width, inner = cache
    dh = np.zeros((dout.shape[0], width))
    dh[:, :n] = dout
    return spread_backward(dh, inner)
"""
LAYERS = """
import numpy as np

def spread_forward(x, w):
    for name, value in {"w": w}.iteritems():
        print name, value.shape
    return x.dot(w), (x, w)

def spread_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout)
"""
CHOICE = """
import numpy as np

class Net:
    def __init__(self, sizes, kinds):
        self.sizes, self.kinds = sizes, kinds
        self.W = np.random.randn(sizes[1], sizes[0])

    def step(self, x, kind):
        z = self.W @ x
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
        elif kind == "tanh":
            a = np.tanh(z)
        return a

    def forward_pass(self, X):
        return self.step(X, self.kinds[0])

    def compute_cost(self, a, Y):
        return np.sum((a - Y) ** 2) / 2

    def backward_pass(self, X, a, Y):
        dW = ((a - Y) * a * (1 - a)) @ X.T
        return dW
"""
INNER = """
import numpy as np

class Net:
    def __init__(self, n, m):
        self.w = np.random.randn(m, n)

    def __forward(self, x):
        self.x, self.z = x, self.w @ x
        return np.tanh(self.z)

    def tanh_backward(self, da, z):
        return da * (1 - np.tanh(z) ** 2)

    def __backward(self, dout):
        dz = self.tanh_backward(dout, self.z)
        dw = dz @ self.x.T
        return dw

    def predict(self, x):
        return np.vectorize(lambda p: 1 if p > 0 else 0)(self.__forward(x))
"""


def judge(text):
    """Names and verdicts of a program."""
    return [(one.name, one.verdict) for one in judge_code(read_source(text, "net.py"))]


def test_one_file_of_python_two_makes_a_program_of_it():
    found = check_code(SIZES, "net.py", others=[("layers.py", LAYERS)])
    assert [(one.name, one.verdict) for one in found.verdicts] == [("halve_backward", "right")]
    wrong = check_code(SIZES.replace("dh[:, :n] = dout", "dh[:, n:] = dout"), "net.py", others=[("layers.py", LAYERS)])
    assert [one.verdict for one in wrong.verdicts] == ["wrong"]


def test_a_choice_that_nothing_makes_accuses_nobody():
    assert judge(CHOICE) == [("Net.backward_pass", "undecided")]


@pytest.mark.parametrize(("right", "wrong"), [("dz @ self.x.T", "dz @ self.x.T / 2"), ("1 - np.tanh(z) ** 2", "1 - np.tanh(z)")])
def test_what_a_private_pass_calls_is_judged_with_it(right, wrong):
    assert judge(INNER) == [("Net.__backward", "right")]
    assert [verdict for _, verdict in judge(INNER.replace(right, wrong))] == ["wrong"]
