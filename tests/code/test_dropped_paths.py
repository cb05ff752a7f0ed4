"""What is the derivative by one use of a quantity only is told as that."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

NORM = """
import numpy as np
def norm_forward(x, g):
    mean = x.mean(axis=1, keepdims=True)
    std = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    xh = (x - mean) / std
    return g * xh, (xh, g, std)
def norm_backward(dout, cache):
    xh, g, std = cache
    dg = np.sum(dout * xh, axis=0)
    dxh = dout * g
    dx = (dxh - dxh.mean(axis=1, keepdims=True) - xh * (dxh * xh).mean(axis=1, keepdims=True)) / std
    return dx, dg
"""
WORDS = """
import numpy as np
def sampled(v, pos, neg):
    """ + '"""v: (D,), pos: (D,), neg: (K, D)"""' + """
    p = 1 / (1 + np.exp(-pos @ v))
    n = 1 / (1 + np.exp(neg @ v))
    loss = -np.log(p) - np.sum(np.log(n))
    dv = (p - 1) * pos + neg.T @ (1 - n)
    dpos = (p - 1) * v
    dneg = np.outer(1 - n, v)
    return loss, dv, dpos, dneg
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "name"),
    [
        (NORM, "(dxh - dxh.mean(axis=1, keepdims=True) - xh * (dxh * xh).mean(axis=1, keepdims=True)) / std", "dxh / std", "x"),
        (WORDS, " + neg.T @ (1 - n)", "", "v"),
    ],
)
def test_one_way_alone_is_told_as_that(text, old, new, name):
    assert [one.verdict for one in judge_code(read_source(text, "p.py"))] == ["right"]
    (found,) = judge_code(read_source(text.replace(old, new), "p.py"))
    line = text[: text.index(old)].count("\n") + 1
    assert [(root.line, root.tag, root.factor) for root in found.roots] == [(line, "path-dropped", name)]
