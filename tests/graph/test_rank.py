"""Arrays of three and four axes: given, derived, evaluated, printed in every format; six axes and too many entries are refused."""

import json
from fractions import Fraction

import numpy as np
import pytest

import tutor
from tutor.errors import TutorError
from tutor.exercise.load import from_text
from tutor.explain.layer_formulas import MAX_SLICES, matrix
from tutor.expression.nodes import Call
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers
from tutor.graph.shapes import MAX_ENTRIES

IMAGE = """
title = "t"
steps = ["C = correlate(X, K)", "A = relu(C)", "P = average_pool(A, 2)", "v = flatten(P)", "L = v^T w + mean(X)"]
[shapes]
X = [2, 3, 3]
K = [2, 2, 2, 2]
w = [2]
"""
VALUES = """
[values]
X = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0, 0], [0, 1, 0], [0, 0, -1]]]
K = [[[[1, 2], [3, 4]], [[1, 0], [0, 1]]], [[[1, -2], [3, 4]], [[1, 0], [0, 1]]]]
w = [1, 2]
"""
X = np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0, 0], [0, 1, 0], [0, 0, -1]]])
K = np.array([[[[1, 2], [3, 4]], [[1, 0], [0, 1]]], [[[1, -2], [3, 4]], [[1, 0], [0, 1]]]])


def numbers(nested):
    return np.vectorize(lambda text: float(Fraction(text)), otypes=[float])(np.array(nested, dtype=object))


def test_the_numbers_are_those_of_numpy():
    said = json.loads(tutor.solve(from_text(IMAGE + VALUES, "m")).to_json())
    windows = np.lib.stride_tricks.sliding_window_view(X, (2, 2), axis=(1, 2))
    correlated = np.einsum("cyxab,ocab->oyx", windows, K)
    values = {step["target"]: step["value"] for step in said["steps"]}
    assert np.allclose(numbers(values["C"]), correlated)
    assert numbers(values["C"]).shape == (2, 2, 2)
    active = (correlated > 0) * np.array([1, 2])[:, None, None] / 4
    assert np.allclose(numbers(said["gradients"]["C"]), active)
    assert np.allclose(numbers(said["gradients"]["K"]), np.einsum("cyxab,oyx->ocab", windows, active))
    assert said["shapes"]["K"] == [2, 2, 2, 2]
    assert next(step["index"] for step in said["steps"] if step["target"] == "A") == "relu(at(C, i, j, k))"


@pytest.mark.parametrize("text", [IMAGE, IMAGE + VALUES], ids=["symbolic", "with values"])
def test_every_format_shows_it(text):
    solution = tutor.solve(from_text(text, "m"))
    for page in (solution.to_text(60), solution.to_text(120), solution.to_latex(), solution.to_markdown()):
        for internal in ("correlate(", "slices", "shaped", "sum_over", "None"):
            assert internal not in page
    assert "2×2×2×2" in solution.to_text(100)
    assert "2 \\times 2 \\times 2 \\times 2" in solution.to_latex()
    if text != IMAGE:
        assert "⎡ 1  2  3 ⎤  ⎡ 1  0   0 ⎤" in solution.to_text(100)
        assert "\\begin{bmatrix} 1 & 2 & 3" in solution.to_latex()


def test_sizes_may_be_letters():
    text = 'title="t"\nsteps = ["Y = 2*T - U", "L = sum(Y^2)/N"]\n[shapes]\nT = ["N", "c", 2]\nU = ["N", "c", 2]\n'
    solution = tutor.solve(from_text(text, "m"))
    assert solution.layered.symbolic == ("N", "c")
    assert "N×c×2" in solution.to_text(100)


def test_a_large_array_has_its_first_slices_and_its_last():
    shown = matrix(Array((9, 1, 1), tuple(map(Fraction, range(9)))), 6)
    assert isinstance(shown, Call)
    assert shown.func == "slices"
    assert [part.func for part in shown.args] == ["slice"] * (MAX_SLICES - 2) + ["dots", "slice"]


REFUSED = [
    ("[1, 1, 1, 1, 1, 1]", ["X has 6 axes", "an array has one axis (a vector), two (a matrix), three, four or five"]),
    ("[1000, 1000]", ["X has 1,000,000 entries", f"the limit is {MAX_ENTRIES:,}"]),
    ("[100, 100, 10, 10]", ["X has 1,000,000 entries"]),
    ("[10000, 10000, 10000, 10000]", ["X has 10,000,000,000,000,000 entries"]),
]


@pytest.mark.parametrize(("shape", "pieces"), REFUSED)
def test_what_is_too_much_is_refused_and_nothing_else_is_said(shape, pieces):
    with pytest.raises(TutorError) as caught:
        tutor.solve(from_text(f'title = "t"\nsteps = ["L = sum(X)"]\n[shapes]\nX = {shape}\n', "m"))
    said = str(caught.value)
    assert [piece for piece in pieces if piece not in said] == []
    assert "1 fault" in said


def test_many_arrays_are_counted_together():
    shapes = {f"x{i}": (200, 200) for i in range(4)}
    with pytest.raises(TutorError, match="the arrays have 160,001 entries together"):
        from_layers(["L = " + " + ".join(f"sum({name})" for name in shapes)], shapes)
