"""Programs of Python 2: what Python 3 does not read is left out at its place, and all else stays where it is."""

from __future__ import annotations

import ast

import pytest

from tutor.code.judge_code import judge_code
from tutor.errors import ProgramError
from tutor.program.python_two import leave_out_old
from tutor.program.source import read_source

CASES = [
    ("print x", "pass"),
    ("print 'a', (b,\n  c), \\\n d\nz = 1", "pass\n\n\nz = 1"),
    ("if a: print 'x'; print >>f, x,\nz = 2", "if a: pass     ; pass\nz = 2"),
    ("try:\n  z = 1\nexcept ValueError, e:\n  pass", "try:\n  z = 1\nexcept ValueError   :\n  pass"),
    ("raise ValueError, 'no'", "raise ValueError"),
    ("z = 1 <> 2\nprint z", "z = 1 != 2\npass"),
    ("print('x')\nprint (1), 2\nz = print", "print('x')\nprint (1), 2\nz = print"),
    ("s = 'print x'\n# print x\nw = 'a <> b'", "s = 'print x'\n# print x\nw = 'a <> b'"),
    ("except_ = (ValueError, KeyError)\ntry:\n  z = 1\nexcept (ValueError, KeyError):\n  pass\nprint z",
     "except_ = (ValueError, KeyError)\ntry:\n  z = 1\nexcept (ValueError, KeyError):\n  pass\npass"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), CASES)
def test_what_only_python_two_has_is_left_out_at_its_place(old, new):
    found = leave_out_old(old)
    assert [line.rstrip() for line in found.split("\n")] == [line.rstrip() for line in new.split("\n")]
    ast.parse(found)
    for before, after in zip(old.split("\n"), found.split("\n"), strict=True):
        assert len(after) <= len(before)


@pytest.mark.parametrize("text", ["z = `x`\nprint z", "print x)\n(", "exec 'x' in y", "print x\n\tif"])
def test_what_stays_no_python_is_refused_where_it_stands(text):
    with pytest.raises(ProgramError, match="this is no Python"):
        read_source(text, "old.py")


@pytest.mark.parametrize(("head", "verdict"), [("", "wrong"), ("from __future__ import division\n", "right")])
def test_whole_numbers_are_divided_as_python_two_does_it(head, verdict):
    text = f"{head}import numpy as np\ndef f_forward(x):\n    print x\n    return np.sum(x**2) / len(x), x\n"
    text += "def f_backward(cache):\n    x = cache\n    return 2 * x * (1 / len(x))\n"
    (found,) = judge_code(read_source(text, "old.py"))
    assert found.verdict == verdict
