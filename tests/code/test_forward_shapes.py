"""The shapes of what a function is given, where nobody says them: letters for sizes first, then the numbers of a run."""

import ast

import pytest

from tutor.code.forward_shapes import find_plan, list_forward_shapes
from tutor.program.source import read_source

PROGRAMS = {  # the function, and the shapes with letters
    "labels, and samples in rows": (
        "def f(X, y, W1, b1, W2, b2):\n    h = np.maximum(0, X @ W1 + b1)\n    z = h @ W2 + b2\n"
        "    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n    return -np.log(p[np.arange(len(y)), y]).mean()",
        {"X": ("N", "D"), "y": ("N",), "W1": ("D", "H"), "b1": ("H",), "W2": ("H", "C"), "b2": ("C",)},
    ),
    "samples in columns": (
        "def f(X, W1, b1):\n    m = X.shape[1]\n    return np.sum(np.tanh(np.dot(W1, X) + b1)) / m",
        {"X": ("D", "m"), "W1": ("H", "D"), "b1": ("H", 1)},
    ),
    "a line through points": (
        "def f(w, b, x, y):\n    return np.mean((w * x + b - y) ** 2)", {"w": (), "b": (), "x": ("N",), "y": ("N",)},
    ),
    "a vector of weights": (
        "def f(theta, X, y):\n    return np.mean(np.log(1 + np.exp(-y * (X @ theta)))) + 0.1 * theta @ theta",
        {"theta": ("D",), "X": ("N", "D"), "y": ("N",)},
    ),
    "a sum that is one of something": (
        "def f(v, u, other):\n    return np.log(u @ v) - np.sum(np.log(-other @ v))", {"v": ("D",), "u": ("D",), "other": ("N", "D")},
    ),
    "samples one by one": (
        "def f(X, y, w):\n    loss = 0\n    for xi, yi in zip(X, y):\n        loss += (xi @ w - yi) ** 2\n    return loss / len(X)",
        {"X": ("N", "D"), "y": ("N",), "w": ("D",)},
    ),
    "entries of a dictionary": (
        "def f(X, params):\n    return np.sum(X @ params['W'] + params['b'])", {"X": ("N", "D"), "W": ("D", "H"), "b": ("H",)},
    ),
    "a method": ("class f:\n    def forward(self, X, W):\n        return (X @ W).sum()", {"X": ("N", "D"), "W": ("D", "H")}),
}  # fmt: skip


def list_shapes(text, said=()):
    return [*list_forward_shapes(read_source("import numpy as np\n" + text, "f.py"), "f", dict(said))]


@pytest.mark.parametrize("name", PROGRAMS)
def test_shapes_are_those_of_a_run(name):
    text, letters = PROGRAMS[name]
    lettered, numbered = list_shapes(text)
    assert lettered == letters
    assert {name: len(shape) for name, shape in numbered.items()} == {name: len(shape) for name, shape in letters.items()}
    assert all(isinstance(size, int) for shape in numbered.values() for size in shape)


def test_what_somebody_says_is_kept():
    text = "def f(X, W, b):\n    return np.sum((X @ W + b) ** 2)"
    assert list_shapes(text, {"X": ("B", 4)})[0] == {"X": ("B", 4), "W": (4, "H"), "b": ("H",)}


@pytest.mark.parametrize(
    "text",
    ["def f(X, W):\n    return X @ W @ X @ foo(W)", "def f(X):\n    break\n    return X @ X", "def g(X):\n    return X",
     "class f:\n    pass"],
)
def test_there_are_none_where_a_line_never_works(text):
    assert list_shapes(text) == []


def test_the_entrance_of_a_file():
    tree = ast.parse("def helper(x): return x\nclass Net:\n    def loss(self, x): return x\ndef forward(x): return helper(x)")
    assert [find_plan(tree, wanted).forward for wanted in ("", "Net", "Net.loss")] == ["forward", "loss", "loss"]
    assert find_plan(tree, "Net.backward") is None
    assert find_plan(ast.parse("x = 1"), "") is None
