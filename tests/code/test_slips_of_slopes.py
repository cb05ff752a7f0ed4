"""The slope of another activation is named, however it is written."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

PROGRAM = """
import numpy as np
def cell(x, W, V, t):
    z = x @ W
    h = np.tanh(z)
    s = 1 / (1 + np.exp(-(h @ V)))
    loss = 0.5 * np.sum((s - t) ** 2)
    ds = (s - t) * s * (1 - s)
    dV = h.T @ ds
    dz = (ds @ V.T) * (1 - h ** 2)
    dW = x.T @ dz
    return loss, dW, dV
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(1 - h ** 2)", "(1 - h)"),
        ("(1 - h ** 2)", "(1 - np.tanh(z))"),
        ("(ds @ V.T) * (1 - h ** 2)", "(ds @ V.T) * h * (1 - h)"),
        ("s * (1 - s)", "(1 - s ** 2)"),
        ("s * (1 - s)", "(1 - s * s)"),
    ],
)
def test_the_slope_of_another_activation_is_named(old, new):
    assert [one.verdict for one in judge_code(read_source(PROGRAM, "p.py"))] == ["right"]
    (found,) = judge_code(read_source(PROGRAM.replace(old, new), "p.py"))
    assert [(root.line, root.tag) for root in found.roots] == [(PROGRAM[: PROGRAM.index(old)].count("\n") + 1, "another-slope")]
