"""Libraries under other names do what NumPy does."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

SQUARE = """
import {library} as xp
def square_forward(x):
    return xp.sum(x * x), x
def square_backward(dout, x):
    return 2 * x * dout
"""


@pytest.mark.parametrize("library", ["numpy", "cupy", "jax.numpy", "autograd.numpy"])
def test_a_library_that_does_the_same_is_read(library):
    (found,) = judge_code(read_source(SQUARE.format(library=library), "f.py"))
    assert found.verdict == "right"

