"""What a backward pass does not give: told below the verdict, and no fault of the lines that there are."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

LAYER = '''
import numpy as np
class Linear:
    def __init__(self, n, m):
        self.W = np.random.randn(n, m)
        self.b = np.zeros(m)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
'''


def judge(text):
    (found,) = judge_code(read_source(text, "layer.py"))
    return found.verdict, [str(one) for one in found.assumes]


@pytest.mark.parametrize(("line", "said"), [("", []), ("        self.db = dout.sum(axis=0)\n", ["there is no gradient of b"])])
def test_a_parameter_without_a_gradient_is_told(line, said):
    assert judge(LAYER.replace(line, "", 1) if line else LAYER) == ("right", said)
