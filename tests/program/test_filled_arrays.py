"""Arrays that are filled part by part: put together where they are used, of what was written last."""

import pytest
from small_programs import IMPORTS, read_formulas

from tutor.errors import ProgramError
from tutor.program.filled_arrays import give_own_entries
from tutor.program.program_values import FilledArray
from tutor.program.read_program import read_program

FILLED = {  # a body of f(x), x of 3×2: what is returned
    "h = np.zeros((3, 2))\nh[1] = x[0] * 2\nreturn h": "concat(concat(keep_column(fill(0, 2)), keep_column(h)), keep_column(fill(0, 2)))",
    "h = np.zeros((3, 2))\nh[:, 0] = x[:, 1]\nh[:, 1] = x[:, 0]\nreturn h[:, 1] * 2": "drop_row(part_row(x, 0, 1))*2",
    "h = np.zeros(3)\nh[0] = 1\nh[1:] += x[1:, 0]\nreturn h[0] * x": "1*x", "h = x.copy()\nh[0] = 0\nreturn h[1:] * x[1:]": None,
    "h = np.zeros((3, 2))\nh[:] = x\nreturn h * 2": "x*2", "h = np.empty((3, 2))\nh[::2] = x[:2]\nh[1] = x[2]\nreturn h[2] * 1.5": None,
}  # fmt: skip


def test_what_was_written_last_is_read():
    for body, formula in FILLED.items():
        lines = "".join(f"    {line}\n" for line in body.split("\n"))
        last = read_formulas(f"def f(x):\n{lines}", x=(3, 2))[-1].partition(" = ")[2]
        assert formula is None or last == formula, body


def test_whoever_has_the_array_has_what_is_written():
    program = "def g(a):\n    a[0] = 0\n\ndef f(x):\n    h = x * 2\n    cache = (h, x)\n    g(h)\n" \
              "    return cache[0][0].sum() + x[0].sum()\n"  # fmt: skip
    found = read_program(IMPORTS + program, "f.py", "f", {"x": (3, 2)})
    assert "h" not in {step.target for step in found.layered.graph.steps}


def test_an_array_of_its_own_stays_as_it_is():
    array = FilledArray((2,), "0")
    assert give_own_entries(array) is not array
    with pytest.raises(ProgramError, match="3 is written where 2 belongs"):
        read_formulas("def f(x):\n    h = np.zeros((3, 2))\n    h[0] = x[:, 0]\n    return h\n", x=(3, 2))
