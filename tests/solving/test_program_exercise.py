"""A function in a Python file as an exercise: its names, its lines, and what had to be assumed."""

import pytest

from tutor.cli.shell import protect_formulas
from tutor.errors import ExerciseError, ProgramError
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker
from tutor.results.solution import solve
from tutor.solving.program_exercise import find_exercise_text

NET = """import numpy as np

def forward(X, y, W, b):
    scores = X @ W + b
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(X)), y]).mean()
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("programs") / "net.py"
    path.write_text(NET)
    return str(path)


def test_a_program_is_explained_with_its_names_lines_and_assumptions(file):
    english, german = (solve(f"{file}:forward", shapes={"X": ("N", "D")}, words=words).to("terminal") for words in ("en", "de"))
    assert "forward · net.py" in english
    assert "line 4: weights times inputs, plus bias" in english
    assert "Assumed shapes, as the formulas need them: W D×H, b H" in " ".join(english.split())
    assert "The labels y stand as rows of 0 and 1" in english
    assert "from line 4: matrix product with the upstream gradient" in english
    assert "Zeile 4: Gewichte mal Eingaben plus Bias" in german
    assert "Die Label y stehen als Zeilen aus 0 und 1" in german


def test_a_program_is_asked_like_any_other_exercise(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("import numpy as np\n\ndef forward(x, w):\n    z = np.tanh(w * x)\n    return (z - 1) ** 2\n")
    ident, text = find_exercise_text(f"{path}:forward")
    assert ident == "net"
    assert "  \"z = tanh(w*x)\",\n  \"out = (z - 1)^2\",\n]\nloss = \"out\"\n[shapes]\nw = []" in text
    assert [question.id for question in Marker(from_text(text, ident)).questions] == ["dout/dz", "dout/dw", "dout/dx"]


@pytest.mark.parametrize(("target", "told", "kind"), [
    (":forwrd", "did you mean forward", ProgramError),
    (":forward", "net.py:4:14: shapes do not fit: X is 3×2 and W is a number", ProgramError),
    ("x.py:forward", "does not exist", ExerciseError),
])  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_place(file, target, told, kind):
    with pytest.raises(kind) as caught:
        solve(f"{file}{target}", shapes={"X": (3, 2), "W": ()})
    assert told in str(caught.value)


def test_shapes_may_stand_behind_one_option():
    words = protect_formulas(["solve", "f.py:f", "--shapes", "X=N,D", "W=D,H", "--form", "layer"])
    assert words == ["solve", "f.py:f", "--shapes", "X=N,D", "--shapes", "W=D,H", "--form", "layer"]
