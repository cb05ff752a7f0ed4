"""Notebooks: their cells as one program, places told by cell and line, what is IPython's left out and said."""

import json

import pytest

from tutor.errors import ProgramError
from tutor.program.notebooks import read_notebook
from tutor.program.read_program import read_program

CELLS = ["%matplotlib inline\nimport numpy as np", "!pip install x\nW = 3", "%%bash\nls",
         "def f(x, w):\n    z = x * w\n    return np.exp(z)", "for in broken", "f(1, 2)"]  # fmt: skip


def write_notebook(cells):
    made = [{"cell_type": "code", "source": text.splitlines(keepends=True), "outputs": []} for text in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# 1"}, *made], "nbformat": 4})


def test_the_cells_are_one_program():
    data = write_notebook(CELLS)
    found = read_program(data, "net.ipynb", "f", {"x": (2,), "w": (2,)})
    assert [found.places[line - 1] for line in found.lines.values()] == [(4, 2), (4, 3)]
    assert read_notebook(data, "net.ipynb").skipped == (
        "%matplotlib inline (cell 1)", "!pip install x (cell 2)", "%%bash (cell 3)", "for in broken (cell 5)")


def test_a_refusal_says_its_cell():
    with pytest.raises(ProgramError, match=r"net.ipynb cell 1:2:12: nothing defines y"):
        read_program(write_notebook(["def f(x):\n    return y * x"]), "net.ipynb", "f", {"x": ()})
    for data, told in (("[1]", "no notebook"), ("{", "no notebook"), ('{"cells": 3}', "no notebook"), ('{"cells": [1]}', "no cell of code"),
                       (write_notebook(["def f(x:"]), r"left out, since they are no Python: def f\(x: \(cell 1\)")):  # fmt: skip
        with pytest.raises(ProgramError, match=told):
            read_program(data, "a.ipynb", "f", {})
