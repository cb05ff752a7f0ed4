"""Functions of PyTorch give back one gradient for each value that forward is given; those without one are told."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

SCALE = """
import torch
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w
    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        dx = dw = None
        if ctx.needs_input_grad[0]:
            dx = g * w
        if ctx.needs_input_grad[1]:
            dw = g * x
        return dx, dw
"""


@pytest.mark.parametrize(("old", "new", "verdict", "said"), [
    ("", "", "right", ""),
    ("return dx, dw", "return dx, None", "right", "there is no gradient of w"),
    ("return dx, dw", "return g * w", "undecided", "line 16 returns 1 gradients, and forward is given 2 values: PyTorch refuses that"),
    ("dw = g * x", "dw = g * w", "wrong", ""),
])  # fmt: skip
def test_what_a_function_gives_back(old, new, verdict, said):
    (found,) = judge_code(read_source(SCALE.replace(old, new), "f.py"))
    assert found.verdict == verdict
    assert said in [str(found.why), *map(str, found.assumes), ""]
