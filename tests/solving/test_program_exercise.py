"""A function in a Python file as an exercise: its names, its lines, and what had to be assumed."""

import subprocess
import sys

import pytest

from tutor.cli.shell import protect_formulas
from tutor.errors import ExerciseError, ProgramError
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker
from tutor.results.solution import solve
from tutor.solving.program_exercise import find_exercise_text, read_sized

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


TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
MODULES = {  # nobody says a shape: the module, what the page says of it
    "the input of a layer": ("self.a = nn.Linear(4, 3)", "return F.relu(self.a(x))", {"x": ("N", 4)}),
    "axes that are taken apart": ("self.a = nn.Linear(4, 4)", "B, T, C = x.shape\n        return self.a(x) + x", {"x": ("B", "T", 4)}),
    "an image in front of a layer that needs 8": (
        "self.c = nn.Conv2d(1, 2, 3); self.a = nn.Linear(8, 3)",
        "x = F.max_pool2d(F.relu(self.c(x)), 2)\n        return self.a(x.view(x.size(0), -1))", {"x": ("N", 1, 6, 6)},
    ),
    "a size that is large": ("self.a = nn.Linear(28 * 28, 5)", "return self.a(x.view(-1, 28 * 28))", {"x": ("N", "D")}),
    "an image laid flat": ("self.a = nn.Linear(70, 5)", "return self.a(torch.flatten(x, 1))", {"x": ("N", "D")}),
    "words one after the other": (
        "self.e = nn.Embedding(5, 3); self.r = nn.GRU(3, 2, batch_first=True); self.a = nn.Linear(2, 2)",
        "h, _ = self.r(self.e(x))\n        return self.a(h[:, -1])", {},
    ),
    "labels": ("self.a = nn.Linear(4, 3)", "return F.cross_entropy(self.a(x), y)", {"x": ("N", 4)}),
    "a matrix for words": ("self.a = nn.Linear(4, 3)", "T, C = x.size()\n        return self.a(x)", {"x": ("T", 4)}),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_inputs_of_modules_have_the_shapes_that_their_layers_take(name):
    made, body, shapes = MODULES[name]
    labels = ", y" if name == "labels" else ""
    text = f"{TORCH}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {made}\n"
    text += f"    def forward(self, x{labels}):\n        {body}\n"
    found = read_sized(text, "net.py", "Net", {})
    assert {name: found.found[name] for name in shapes} == shapes


def test_large_sizes_have_letters_and_the_page_says_which(tmp_path):
    path = tmp_path / "net.py"
    made = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(784, 100)\n"
    path.write_text(f"{TORCH}{made}    def forward(self, x):\n        return self.a(x)\n")
    page = " ".join(solve(f"{path}:Net").to("terminal").split())
    assert "Large sizes have letters, D = 784, H = 100:" in page


def test_a_shape_of_what_is_not_there_is_told_though_others_are_found():
    with pytest.raises(ProgramError) as refused:
        read_sized("import numpy as np\ndef f(X, W):\n    return np.sum(X @ W)\n", "f.py", "f", {"Q": (3,)})
    assert "there is no quantity Q" in str(refused.value)


def test_the_refusal_is_about_the_program_where_no_shapes_help():
    with pytest.raises(ProgramError) as refused:
        read_sized("import numpy as np\ndef f(X, W):\n    return np.sum(np.frobnicate(X @ W))\n", "f.py", "f", {})
    assert "f.py:3" in str(refused.value)


def test_a_page_without_a_program_does_not_wait_for_what_reads_programs():
    code = "import sys, tutor; str(tutor.solve('x * y', at={'x': 1, 'y': 2})); print([one for one in sys.modules if 'tutor.code' in one])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_refusal_is_that_of_the_reading_that_comes_farthest():
    text = "def f(X, y):\n    n = X.shape[0]\n    z = X * 2\n    return (z if y == 1 else X) / n\n"
    with pytest.raises(ProgramError, match="whether two numbers are equal") as caught:
        read_sized(text, "f.py", "f", {})
    assert caught.value.where.startswith("f.py:4")
