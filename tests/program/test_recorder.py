"""The steps of a program: names that are free, shapes that a first use tells, a step of its own for what is long."""

import pytest
from small_programs import read_formulas

from tutor.errors import ProgramError
from tutor.program.read_program import read_program
from tutor.program.recorder import Recorder
from tutor.program.source import read_source


def test_names_are_the_programs_where_they_can_be():
    recorder = Recorder(read_source("", "f.py"), {}, ["x2"])
    names = []
    for wanted in ("x", "x", "h1", "h1", "_dW__1", "exp", "σ", "1"):
        recorder.steps[names[-1] if names else "q"] = None
        names.append(recorder.choose_name(wanted))
        recorder.shapes[names[-1]] = ()
    assert names == ["x", "x3", "h1", "h1_b", "dW_1", "exp2", "sigma", "t1"]


def test_shapes_are_told_by_the_first_use():
    program = "def f(X, W1, b1, y):\n    z = X @ W1 + b1\n    return ((z - y) ** 2).sum()\n"
    found = read_program(program, "f.py", "f", {"X": ("N", "D")})
    assert found.found == {"W1": ("D", "H"), "b1": ("H",), "y": ("N", "H")}


def test_a_long_formula_gets_steps_of_its_own():
    body = " + ".join(f"x * {k}" for k in range(1, 50))
    assert len(read_formulas(f"def f(x):\n    return {body}\n", x=(2,))) > 1


CUT = {"int(x)": False, "int(x * w)": False, "x.astype(np.int64)": False, "np.array(x, dtype=int)": False, "x.astype(float)": True,
       "(x > 0).astype(int)": True, "np.eye(3)[int(x)][0]": True}  # fmt: skip
"""What is written of a number x, and whether it is read: a label may be made whole, a number of a formula may not."""


@pytest.mark.parametrize("part", CUT)
def test_a_number_that_is_cut_is_refused_where_it_is_a_number(part):
    program = f"import numpy as np\ndef f(x, w):\n    n = {part}\n    return w * n\n"
    if CUT[part]:
        assert read_program(program, "f.py", "f", {"x": (), "w": ()}).layered.graph.loss == "out"
        return
    with pytest.raises(ProgramError, match="cut to a whole one") as caught:
        read_program(program, "f.py", "f", {"x": (), "w": ()})
    assert caught.value.where == "f.py:3:9"
