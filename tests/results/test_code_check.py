"""How much of the verdict on a program is revealed, and programs given as functions."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from small_programs import TWO_SLIPS

from tutor.errors import TutorError
from tutor.results.code_check import check_backward, check_code


def test_the_documented_program_is_judged_as_the_page_says():
    page = (Path(__file__).parents[2] / "docs" / "code.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    shown = check_code(program, "net.py").to_text(80)
    assert [text for text in re.findall(r"```text\n(.*?)```", page, re.DOTALL) if text not in shown] == []


@pytest.mark.slow
def test_a_hint_shows_no_solution():
    hint, none = check_code(TWO_SLIPS, reveal="hint"), check_code(TWO_SLIPS, reveal="none")
    assert "w.T" not in hint.to_text(80) + hint.to_json() + none.to_json()
    assert "Line 6" in hint.to_text(80)
    assert "Line 6" not in none.to_text(80)


def test_a_function_is_judged_by_its_source():
    assert check_backward("def f_backward(g, x): return 2 * g * x", "def f_forward(x): return x ** 2, x").ok


ROWS = "def f_forward(h0, w): return h0 * w, (h0, w)"


def test_shapes_and_values_are_said_as_on_the_command_line():
    backward = "def f_backward(g, cache):\n    h0, w = cache\n    return g * w, g * h0"
    shapes = {"h0": ("H", 1), "w": ["H", 1]}
    found = check_backward(backward, ROWS, shapes=shapes).verdicts[0]
    assert [output.shape[1:] for output in found.outputs] == [(1,), (1,)]
    found = check_backward(backward, ROWS, given={"h0": [[1.0, 2.0]], "w": [[3.0, 4.0]]}).verdicts[0]
    assert [output.shape for output in found.outputs] == [(1, 2), (1, 2)]
    assert check_code(f"{ROWS}\n{backward}", shapes=shapes).verdicts[0].outputs[0].shape[1:] == (1,)


@pytest.mark.parametrize(
    ("said", "told"),
    [({"shapes": {"h1": 3}}, "nothing in the program is called h1"), ({"shapes": {"h0": (0,)}}, "a size is a whole number from 1"),
     ({"shapes": {"h0": 2.5}}, "2.5"), ({"shapes": [3]}, "shapes are a mapping"), ({"given": {"w": [float("inf")]}}, "no finite number")],
)  # fmt: skip
def test_shapes_that_are_none_are_refused(said, told):
    with pytest.raises(TutorError, match=told):
        check_backward("def f_backward(g, cache): return g", ROWS, **said)


def test_what_has_no_backward_pass_is_refused():
    with pytest.raises(TutorError, match="no backward pass"):
        check_code("x = 1")


@pytest.mark.parametrize("backward", ["def f(:", "x = 1", "", len])
def test_what_is_no_function_is_told(backward):
    with pytest.raises(TutorError):
        check_backward(backward, "def f_forward(x): return x ** 2, x")


def test_what_a_file_of_values_holds_and_is_not_read_is_told(tmp_path):
    np.savez(tmp_path / "given.npz", x=np.array([None]), note=np.array(["hello"]))
    with pytest.raises(TutorError, match="x is not read: an array of objects"):
        check_code(
            "def f_forward(x): return x ** 2, x\ndef f_backward(g, x): return 2 * g * x",
            given=str(tmp_path / "given.npz"),
        )
