"""Formulas over arrays that are typed with their shapes: what shapes the rest has, what stands behind an array, what is refused."""

import re

import numpy as np
import pytest
from typer.testing import CliRunner

from tutor.cli.app import app
from tutor.cli.shell import read_shape_texts
from tutor.errors import TutorError
from tutor.exercise.load import from_text
from tutor.numbers.verify import random_points
from tutor.results.check import check
from tutor.results.solution import solve
from tutor.solving.read_typed_arrays import make_array_exercise
from tutor.solving.target import target_exercise


@pytest.mark.parametrize(
    ("text", "shapes", "found"),
    [
        ("softmax(W x + b)", "W=k,n,x=n", {"b": ("k",), "g": ("k",)}),
        ("W X + b", "W=k,n,X=n,N", {"b": ("k",)}),
        ("X @ W + b", "X=N,D,W=D,K", {"b": ("K",)}),
        ("b + X @ W", "X=N,D,W=D,K", {"b": ("K",)}),
        ("h = z + b; z = X @ W; L = mean((h - Y)^2)", "X=N,D,W=D,K", {"b": ("K",), "Y": ("N", "K")}),
        ("h = tanh(W x + b); L = sum((h - t)^2)", "W=k,n,x=n", {"b": ("k",), "t": ("k",)}),
        ("c*x", "x=n", {"c": ()}), ("g*x + beta", "x=N,D,g=D", {"beta": ("D",)}), ("x/sqrt(x^2 + eps)", "x=N,D", {"eps": ()}),
        ("W x + b", "W=k,n,x=n,b=()", {"b": ()}),
        ("g + x*L", "x=n", {"g": ("n",), "b": ("n",), "L": ()}),
        ("softmax(Z, axis=-1)", "Z=B,T,K", {"g": ("B", "T", "K")}),
    ],
)
def test_shapes_that_nobody_says_are_those_that_fit(text, shapes, found):
    known = make_array_exercise(text, read_shape_texts([shapes])).layers.shapes
    assert {name: known[name] for name in found} == found


def test_what_is_assumed_is_said():
    made = make_array_exercise("W x + b", read_shape_texts(["W=k,n", "x=n"]))
    assert [(found.kind, found.names) for found in made.assumptions] == [("shape", ("b",)), ("upstream", ("f",))]
    assert make_array_exercise("sum(x)", {"x": (2,)}).assumptions == ()


def test_its_gradient_is_that_of_numpy():
    rng = np.random.default_rng(3)
    weights, x, g = rng.integers(1, 9, (2, 3)) / 8, rng.integers(1, 9, 3) / 8, np.array([2.0, -1.0])
    at = {f"W_{i + 1}_{j + 1}": str(weights[i, j]) for i in range(2) for j in range(3)}
    at |= {f"x_{j + 1}": str(x[j]) for j in range(3)} | {"g_1": "2", "g_2": "-1"}
    done = solve("softmax(W x)", at=at, shapes={"W": (2, 3), "x": (3,)})
    p = np.exp(weights @ x) / np.exp(weights @ x).sum()
    own = weights.T @ (p * (g - g @ p))
    np.testing.assert_allclose([float(item) for item in done.gradient("x").items], own, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "shapes", "said"),
    [
        ("W x", "W", "is no shape"), ("W x", "W=", "is no shape"), ("W x", "W=k;n", "is no shape"), ("W x", "W=2,W=3", "two shapes"),
        ("W x", "W=0,3,x=3", "a whole number from 1"), ("W x", "W=1,1,1,1,1,1,x=2", "6 axes"), ("W x", "q=3", "no quantity q"),
        ("Wx", "W=2,3,x=3", "write W*x"), ("W x", "W=2,3,x=2", "do not fit"), ("dl/add-multiply", "x=2", "goes with a formula"),
        ("softmax(Z)", "Z=n,m", "along which axis"), ("W +", "W=2", "W +"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(text, shapes, said):
    with pytest.raises(TutorError) as told:
        target_exercise(text, shapes=read_shape_texts([shapes]))
    assert said in str(told.value)


def test_shapes_are_an_option():
    shown = CliRunner().invoke(app, ["solve", "softmax(W x + b)", "--shape", "W=k,n", "--shape", "x=n"])
    for words in ("Assumed: b is of shape k", "g for ∂L/∂f", "∂L/∂W", "(at 2 random points, with k = 3, n = 4)"):
        assert words in shown.output


NORM = "(x - mean(x))/sqrt(var(x) + 1/1000)"
"""Of this the gradient vanishes where all upstream gradients are equal: any formula with a factor of it would look right."""


def test_upstream_gradients_that_stand_for_what_comes_after_are_not_all_equal():
    exercise = target_exercise(NORM, shapes=read_shape_texts(["x=4"]))
    for point in random_points(exercise.graph, 4, seed=1):
        assert len({value for name, value in point.items() if re.fullmatch(r"g_\d", name)}) == 4


def test_a_batch_norm_without_its_mean_path_is_refuted():
    text = 'title = "t"\nsteps = ["m = mean(x)", "v = mean((x - m)^2)", "s = sqrt(v + 1/1000)", "y = (x - m)/s", "L = sum(g*y)"]\n'
    text += 'shapes = { x = [4], g = [4] }\n[[claim]]\nclaim = "dL/dx"\nprinted = "FORMULA"\n'
    right = "(g - mean(g) - y*mean(g*y))/s"
    found = [check(from_text(text.replace("FORMULA", one), "t"))[0].agreement for one in (right, "2*" + right, "(g - mean(g))/s", "g/s")]
    assert found == ["exact", "differs", "differs", "differs"]
