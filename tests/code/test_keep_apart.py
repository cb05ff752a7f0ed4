"""A given forward pass keeps its own functions, whatever the other file has under the same names."""

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

GIVEN = "def scale(x): return 2 * x\ndef f_forward(x):\n    return scale(x) * x, x\ndef f_backward(dout, x):\n    return 4 * x * dout\n"
HANDED_IN = "def scale(x): return 3 * x\ndef f_forward(x): return x, x\ndef f_backward(dout, x):\n    return scale(x) * dout\n"


def test_helpers_of_both_files_stay_apart():
    given = read_source(GIVEN, "given.py")
    (wrong,) = judge_code(read_source(HANDED_IN, "a.py"), "f_backward", given, "f_forward", (given,))
    (right,) = judge_code(read_source(HANDED_IN.replace("3 *", "4 *"), "a.py"), "f_backward", given, "f_forward", (given,))
    assert (wrong.verdict, right.verdict) == ("wrong", "right")
