"""Settings with a usual value: what is right at it alone is right on a condition."""

import pytest

from tutor.results.code_check import check_code

LEAKY = """
import numpy as np
class Leaky:
    def __init__(self, alpha=0.01):
        self.alpha = alpha
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)
    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, self.alpha)
"""
DROPPED = """
import numpy as np
def drop_forward(x, keep=1.0):
    mask = np.random.rand(*x.shape) < keep
    return x * mask / keep, (mask, keep)
def drop_backward(dout, cache):
    mask, keep = cache
    return dout * mask / keep
"""
POWER = """
def f_forward(x, power=2):
    return x ** power, (x, power)
def f_backward(dout, cache):
    x, power = cache
    return dout * power * x ** (power - 1)
"""
HUBER = """
import numpy as np
def huber_forward(pred, target, delta=1.0):
    r = pred - target
    loss = np.where(np.abs(r) <= delta, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta)).sum()
    return loss, (r, delta)
def huber_backward(cache):
    r, delta = cache
    dpred = np.where(np.abs(r) <= delta, r, delta * np.sign(r))
    return dpred
"""


@pytest.mark.parametrize(("text", "change", "said"), [
    (LEAKY, ("1, self.alpha)", "1, 0.01)"), "alpha is 0.01"),
    (DROPPED, ("dout * mask / keep", "dout * mask"), "keep is 1.0"),
    (POWER, ("power * x ** (power - 1)", "2 * x"), "power is 2"),
    (HUBER, ("delta * np.sign(r)", "np.sign(r)"), "delta is 1.0"),
])  # fmt: skip
def test_what_is_right_at_the_usual_value_alone_says_so(text, change, said):
    (right,) = check_code(text).verdicts
    assert right.verdict == "right"
    assert "another value" not in str(right.assumes)
    (found,) = check_code(text.replace(*change)).verdicts
    assert [str(one) for one in found.assumes if "another value" in str(one)] == [f"{said}: it would be wrong with another value"]


TABLE = """
import numpy as np
ACT = {"relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0), "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2)}
class Layer:
    def __init__(self, n, m, act="relu"):
        self.W = np.random.randn(n, m)
        self.f, self.df = ACT[act]
    def forward(self, x):
        self.x = x
        self.z = x @ self.W
        return self.f(self.z)
    def backward(self, dout):
        dz = dout * self.df(self.z)
        self.dW = self.x.T @ dz
        return dz @ self.W.T
"""
NONE = """
import numpy as np
def lin_forward(x, W, b=None):
    # x: (N, D), W: (D, H), b: (H,)
    z = x @ W
    if b is not None:
        z = z + b
    return z, (x, W, b)
def lin_backward(dout, cache):
    x, W, b = cache
    db = None
    if b is not None:
        db = dout.sum(axis=0)
    return dout @ W.T, x.T @ dout, db
"""


@pytest.mark.slow
@pytest.mark.parametrize(("text", "change"), [
    (TABLE, ("1 - np.tanh(z) ** 2", "1 - z ** 2")),
    (NONE, ("sum(axis=0)", "sum(axis=1)")),
])  # fmt: skip
def test_each_function_of_a_table_and_what_may_be_none_are_judged(text, change):
    assert [one.verdict for one in check_code(text).verdicts] == ["right"]
    assert [one.verdict for one in check_code(text.replace(*change)).verdicts] == ["wrong"]
