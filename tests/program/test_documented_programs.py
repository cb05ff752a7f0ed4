"""docs/programs.md: its program is read as it says, and what it says is refused is."""

import re
from pathlib import Path

import pytest

from tutor.errors import ProgramError
from tutor.expression.plain import write_plain
from tutor.program.library_rows import LIBRARIES
from tutor.program.onnx_operators import OPERATORS
from tutor.program.read_program import read_program
from tutor.program.torch_layers import TORCH_LAYERS

PAGE = (Path(__file__).parents[2] / "docs" / "programs.md").read_text("utf-8")


def test_the_program_is_read_as_the_page_says():
    program, _ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    formulas, refusal = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    found = read_program(program, "net.py", "loss", {"X": ("N", "D")})
    assert [f"{step.target} = {write_plain(step.expr)}" for step in found.layered.graph.steps] == formulas.splitlines()
    with pytest.raises(ProgramError) as caught:
        read_program("import numpy as np\n\ndef f(x):\n    return x[x > 0].sum()\n", "net.py", "f", {"x": ("N",)})
    assert str(caught.value) + "\n" == refusal


def test_what_the_page_names_is_read():
    rows = {row.split("|")[1].strip(): row.split("|")[2] for row in PAGE.splitlines() if row.startswith("| ")}
    words = {name: set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", text)))) for name, text in rows.items()}
    ignored = {"axis", "keepdims", "ddof", "dim", "keepdim", "F", "linalg", "einsum"}
    assert words["NumPy"] - ignored <= set(LIBRARIES["numpy"]) | set(LIBRARIES["numpy.linalg"])
    assert words["PyTorch"] - ignored <= set(LIBRARIES["torch"])
    rows = PAGE.partition("## Models in ONNX files")[2].partition("Not read")[0].splitlines()[6:]
    named = {word for row in rows if row.startswith("|") for text in re.findall(r"`([^`]*)`", row) for word in text.split()}
    assert len(named) > 60
    assert named - {"Constant"} <= {*OPERATORS}
    assert words["torch.nn"] - {"Sequential", "ModuleList", "Parameter"} <= set(TORCH_LAYERS)
