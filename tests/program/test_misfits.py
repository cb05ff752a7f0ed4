"""Sizes that do not fit are told at their line, in the program's words, with both shapes."""

import pytest

from tutor.errors import ProgramError
from tutor.program.read_program import read_program

CASES = {
    "function": ("def f(x, W):\n    y = x\n    return np.tanh(y @ W).sum()", {"x": ("N", 3), "W": (4, 2)}, "3:20",
                 ["y is N×3", "W is 4×2", "y @ W"]),
    "class": ("class f:\n    def __init__(self):\n        self.W = np.random.randn(4, 2)\n    def forward(self, x):\n"
              "        return (x @ self.W).sum()", {"x": ("N", 3)}, "5:17", ["x is N×3", "self.W is 4×2"]),
    "loop": ("def f(x, h, W):\n    for t in range(3):\n        h = np.tanh(x[t] + h @ W)\n    return h.sum()",
             {"x": (3, 2, 4), "h": (2, 4), "W": (5, 4)}, "3:28", ["h is 2×4", "W is 5×4"]),
    "einsum": ("def f(a, b):\n    return np.einsum('ij,jk->ik', a, b).sum()", {"a": (2, 3), "b": (4, 5)}, "2:12",
               ["a is 2×3", "b is 4×5"]),
    "concatenation": ("def f(a, b):\n    return np.concatenate([a, b], axis=1).sum()", {"a": (2, 3), "b": (4, 5)}, "2:12",
                      ["a is 2×3", "b is 4×5", "np.concatenate([a, b], axis=1)"]),
    "stack": ("def f(a, b):\n    return np.stack([a, b]).sum()", {"a": (2, 3), "b": (2, 5)}, "2:12", ["a is 2×3", "b is 2×5"]),
    "reshape": ("def f(a):\n    return a.reshape(4, 2).sum()", {"a": (2, 3)}, "2:12", ["a is 2×3", "a.reshape(4, 2)"]),
    "difference": ("def f(x, y):\n    return np.sum((x - y) ** 2)", {"x": ("N", "D"), "y": ("N",)}, "2:20",
                   ["x is N×D", "y is N", "x - y"]),
    "convolution": ("def f(x, w):\n    return F.conv2d(x, w).sum()", {"x": (2, 3, 8, 8), "w": (4, 2, 3, 3)}, "2:12",
                    ["x is 2×3×8×8", "w is 4×2×3×3", "F.conv2d(x, w)"]),
    "part": ("def f(b):\n    h = np.zeros((3, 2))\n    h[1] = b\n    return h.sum()", {"b": (5,)}, "3:5", ["5", "2"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_sizes_that_do_not_fit(case):
    text, shapes, place, told = CASES[case]
    row, column = map(int, place.split(":"))
    head = "import torch.nn.functional as F\n" if "F." in text else "import numpy as np\n"
    with pytest.raises(ProgramError) as caught:
        read_program(head + text + "\n", "f.py", "f", shapes)
    error = caught.value
    assert (error.where, [part for part in told if part not in error.what]) == (f"f.py:{row + 1}:{column}", [])
    assert error.hint
    assert error.spot.split("\n")[1].index("^") == column + 3
