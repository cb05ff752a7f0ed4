"""Settings of windows are whole numbers, and a stride is tried with 2 as well: a backward pass without it is not called right."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

WINDOW = """
import numpy as np
class Pool:
    def __init__(self, stride{usual}, size=2):
        self.size, self.stride = size, stride
    def forward(self, x):
        # x: (C, L)
        self.x = x
        n = (x.shape[1] - self.size) // self.stride + 1
        out = np.zeros((x.shape[0], n))
        for t in range(n):
            out[:, t] = x[:, t * self.stride:t * self.stride + self.size].mean(axis=1)
        return out
    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for t in range(dout.shape[1]):
            dx[:, t * self.stride:t * self.stride + self.size] += dout[:, t:t + 1] / self.size
        return dx
"""


@pytest.mark.parametrize("usual", ["", "=1", "=2"])
def test_a_stride_left_out_is_wrong_whatever_it_usually_is(usual):
    text = WINDOW.replace("{usual}", usual)
    wrong = text.replace("dx[:, t * self.stride:t * self.stride + self.size] +=", "dx[:, t:t + self.size] +=")
    assert [found.verdict for found in judge_code(read_source(text, "p.py"))] == ["right"]
    assert [found.verdict for found in judge_code(read_source(wrong, "p.py"))] == ["wrong"]
