"""Functions as objects: their lines are those of their file, and what they call is read along."""

from pathlib import Path

import numpy as xp

from tutor.results.code_check import check_backward
from tutor.results.function_sources import read_function

SCALE = 2.5


def sigmoid(z):
    return 1 / (1 + xp.exp(-z))


def neuron_forward(x, w):
    return SCALE * sigmoid(x @ w), (x, w)


def neuron_backward(dout, cache):
    x, w = cache
    s = sigmoid(x @ w)
    dz = SCALE * dout * s
    return dz @ w.T, x.T @ dz


class Square:
    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dout):
        return 2 * dout * self.x


def test_lines_are_those_of_the_file():
    found = check_backward(neuron_backward, neuron_forward)
    (root,) = found.verdicts[0].roots
    lines = Path(__file__).read_text("utf-8").split("\n")
    assert lines[root.line - 1] == "    dz = SCALE * dout * s"
    assert root.factor in ("(1 - s)", "1 - s")
    assert found.file == "test_function_sources.py"
    assert "<h3>" in found._repr_html_().replace(' class="', " ").replace("<h3 ", "<h3>")


def test_methods_are_read_with_their_class():
    assert check_backward(Square.backward, Square().forward).ok
    assert read_function(Square.backward).name == "Square.backward"


def test_modules_functions_and_numbers_are_read_along():
    needed = read_function(neuron_forward).needed
    assert needed.lines == ["SCALE = 2.5", "def sigmoid(z):", "    return 1 / (1 + xp.exp(-z))", "import numpy as xp"]
    assert needed.places[1].startswith("test_function_sources.py:")
