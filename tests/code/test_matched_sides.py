"""The slope of a function that is cut off, of an argument that nothing gives: the other side of the kink tells what it is."""

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

HARD = """
import numpy as np
class Hard:
    def fn(self, z):
        return np.clip(0.25 * z + 0.5, 0.0, 1.0)
    def grad(self, x):
        return np.where((x >= -2.0) & (x <= 2.0), 0.25, 0)
"""


def judge(text):
    """The verdict on its only pass."""
    (found,) = judge_code(read_source(text, "f.py"))
    return found.verdict, [str(one) for one in found.assumes]


def test_what_the_argument_is_shows_on_the_other_side():
    assert judge(HARD) == ("right", ["x of grad is z of fn"])


def test_a_wrong_edge_or_slope_is_not_called_right():
    assert judge(HARD.replace("x >= -2.0", "x >= -1.5"))[0] != "right"
    assert judge(HARD.replace("0.25, 0)", "0.5, 0)"))[0] != "right"
    assert judge(HARD.replace("(x >= -2.0) & (x <= 2.0)", "x <= 2.0"))[0] != "right"
