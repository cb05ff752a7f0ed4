"""A setting that only the forward pass has: what is right with one of its texts is right, and says so."""

from __future__ import annotations

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

TEXT = """\
import numpy as np
class Square:
    def forward(self, out, truth, reduction="mean"):
        result = (out - truth) ** 2
        if reduction == "mean":
            result = result.mean()
        elif reduction == "sum":
            result = result.sum()
        return result
    def backward(self, out, truth):
        gradient = 2 * (out - truth)
        return gradient
"""


@pytest.mark.parametrize(
    ("change", "verdict", "said"),
    [
        (("", ""), "right", ['reduction is "sum": with "mean", its usual value, it would be wrong']),
        (("2 * (out - truth)", "2 * (out - truth) / out.size"), "right", []),
        (("2 * (out - truth)", "2 * (truth - out)"), "wrong", []),
        (("2 * (out - truth)", "out - truth"), "wrong", []),
    ],
)
def test_a_setting_that_backward_does_not_take_is_tried(change, verdict, said):
    (found,) = judge_code(read_source(TEXT.replace(*change) if change[0] else TEXT, "net.py"))
    assert found.verdict == verdict
    assert [str(one) for one in found.assumes if "usual value" in str(one)] == said
