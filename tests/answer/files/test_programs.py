"""Programs that are handed in: whose questions a file answers, notebooks as a whole, and nothing dropped."""

import json

from tutor.answer.files.submissions import read_submissions
from tutor.answer.read.asked_names import AskedNames
from tutor.exercise.question import AskedProgram, Question

AFFINE, RELU = "def affine_backward(dout, cache):\n    return dout\n", "def relu_backward(dout, x):\n    return dout\n"
ASKED = [Question(name, "dx", "program", program=AskedProgram(f"{name}_backward", ("dx",))) for name in ("affine", "relu")]
NAMES = AskedNames.make_of_questions(ASKED)


def read(name, text, names=NAMES):
    (found,) = read_submissions(f"in/{name}", text.encode(), names, own=True).submissions
    return found


def test_a_file_answers_the_questions_whose_functions_it_has():
    assert dict(read("anna.py", AFFINE + RELU).answers) == {"affine": AFFINE + RELU, "relu": AFFINE + RELU}
    assert list(read("affine.py", AFFINE + RELU).answers) == ["affine"]
    assert list(read("relu.py", "x = 1\n").answers) == ["relu"]


def test_a_notebook_is_one_program_and_its_other_cells_are_read_as_ever():
    cells = [("markdown", "relu: 3"), ("code", "%time\n" + AFFINE), ("code", "# affine\nx = 1"), ("code", "def broken(:")]
    text = json.dumps({"cells": [{"cell_type": kind, "source": source} for kind, source in cells]})
    found = read("anna.ipynb", text)
    assert AFFINE.strip() in found.answers["affine"]
    assert found.answers["relu"] == "3"
    assert any("broken" in problem for problem in found.problems)


def test_what_answers_nothing_is_kept_for_a_person():
    found = read("util.py", "def helper(x):\n    return x\n")
    assert "helper" in found.unused[0].text
    assert found.failed
    assert "no question here asks for a program" in read("a.py", AFFINE, AskedNames.make(["L"])).failed
