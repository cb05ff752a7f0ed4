"""The backward pass as a program: what it computes is what PyTorch has, and the reader of programs reads it."""

import re
from math import prod

import numpy as np
import pytest
from torch_live import need_torch, reference

from tutor.contracts.python_program import write_program
from tutor.program.read_program import read_program
from tutor.results.solution import solve

programs, TABLE = reference("programs")
pytestmark = pytest.mark.slow


def run_program(text, case, shapes):
    """The gradients that a program gives at the values that were drawn for PyTorch."""
    scope = {}
    exec(text, scope)  # our own program
    backward = scope["backward"]
    names = backward.__code__.co_varnames[: backward.__code__.co_argcount]
    drawn = {name: [*map(float, programs.draw_values(case, name, shapes[name]))] for name in names}
    labels = {name: programs.LABELS[name][: prod(shapes[name])] for name in names if name in programs.LABELS}
    values = [np.array({**drawn, **labels}[name]).reshape(shapes[name]) for name in names]
    returned = re.search(r"\n    return (.*)\n$", text)[1].split(", ")
    found = backward(*values)
    return dict(zip(returned, found if isinstance(found, tuple) else (found,), strict=True))


@pytest.mark.parametrize("case", ["hinge loss", "batch norm"])
def test_the_program_gives_pytorchs_gradients_and_is_read_back(tmp_path, case):
    source, target, shapes = programs.CASES[case]
    file = tmp_path / "net.py"
    file.write_text(source)
    wanted = [name for name in TABLE["cases"][case] if name != programs.RESULT]
    given = {**shapes, "g": shapes["x"]}
    text = solve(f"{file}:{target}", shapes=shapes, wrt=wanted).to("python")
    found = run_program(text, case, given)
    for name in wanted:
        assert np.allclose(np.ravel(found[f"d{name}"]), TABLE["cases"][case][name], rtol=1e-10, atol=1e-10), name
    assert re.search(rf"    d{wanted[0]} = .*  # .*; line", text)
    arguments = {name: shape for name, shape in given.items() if re.search(rf"[( ]{name}[,)]", text.partition("backward")[2].split(":")[0])}
    assert read_program(text, "back.py", "backward", arguments).layered.graph.steps


def test_a_program_of_pytorch_is_in_the_precision_of_what_it_is_given(tmp_path):
    need_torch()
    import torch

    file = tmp_path / "net.py"
    body = "    z = torch.stack([x[0], x[2]]) * 0.3\n    return (torch.clamp(z, max=0.1) + z[0] / 3).sum()\n"
    file.write_text(f"import torch\ndef f(x):\n{body}")
    scope = {}
    exec(solve(f"{file}:f", shapes={"x": (3,)}).to("python"), scope)  # our own program
    made = scope["backward"](torch.tensor([0.2, 0.7, 0.9], dtype=torch.float64))
    assert made.dtype == torch.float64
    assert np.allclose(made, [0.5, 0, 0], rtol=1e-14)


def test_an_exercise_is_written_in_numpy():
    solution = solve("attention/scaled-dot-product", form="layer")
    assert "dWq = X.T @ dQ  # m×d" in write_program(solution.worked)
    text = solve("C = correlate(x, k); L = sum(C)", shapes={"x": (3, 3), "k": (2, 2)}, wrt=["k"]).to("python")
    scope = {}
    exec(text, scope)  # our own program
    x = np.arange(9.0).reshape(3, 3)
    made = scope["backward"](x)
    assert made.tolist() == [[x[:2, :2].sum(), x[:2, 1:].sum()], [x[1:, :2].sum(), x[1:, 1:].sum()]]
