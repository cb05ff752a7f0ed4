"""Arrays as NumPy users write them: broadcasting, axes, slices, shapes; beside NumPy itself, and beside the form neuron by neuron."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from independent_layers import nd
from numpy_texts import BROADCAST, SHAPES, TEXTS, names_of
from some_now import some_now

from tutor.derive.backward import derive
from tutor.errors import GraphError
from tutor.expression.nodes import Call, Name, Neg
from tutor.expression.plain import write_plain
from tutor.graph.broadcasting import join_shapes, spread_parts
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers
from tutor.graph.shapes import shape_of
from tutor.numbers.form_agreement import agree
from tutor.numbers.run_arrays import evaluate_layers


def graph(text):
    names = names_of(text)
    made = TEXTS[text](*(np.arange(1.0, np.prod(SHAPES[name]) + 1).reshape(SHAPES[name]) for name in names))
    return from_layers([f"z = {text}", "L = sum(R ⊙ z)" if made.shape else "L = R*z"],
                       {**{name: SHAPES[name] for name in names}, **({"R": made.shape} if made.shape else {})})  # fmt: skip


@pytest.mark.parametrize("text", some_now(list(TEXTS), 5))
def test_what_is_read_is_what_numpy_computes(text):
    layered, random = graph(text), Random(7)
    values = {}
    for quantity in layered.graph.leaves:
        count = len(layered.entries[quantity.name].items)
        values[quantity.name] = Array(quantity.shape, tuple(Fraction(n, 9) for n in random.sample([*range(1, 90)], count)))
    found = evaluate_layers(derive(layered.graph), values)["z"]
    own = TEXTS[text](*(np.array(nd(values[name]), dtype=float) for name in names_of(text)))
    assert np.shape(own) == found.shape
    np.testing.assert_allclose(np.array([float(item) for item in found.items]), np.ravel(own), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", some_now(list(TEXTS), 5, 1))
def test_its_gradients_are_those_of_the_form_neuron_by_neuron(text):
    layered = graph(text)
    assert agree(layered, None, None).entries == sum(len(entry.items) for entry in layered.entries.values())


@pytest.mark.parametrize(
    ("text", "shapes", "written"),
    [
        ("X @ W + b", {"X": ("N", "D"), "W": ("D", "H"), "b": ("H",)}, "matmul(X, W) + rows(b, N)"),
        ("W X + b", {"W": ("H", "D"), "X": ("D", "N"), "b": ("H",)}, "matmul(W, X) + columns(b, N)"),
        ("X W + b", {"X": ("N", "D"), "W": ("D", "H"), "b": ("H",)}, "matmul(X, W) + rows(b, N)"),
        ("X - x[:, None]", {"X": ("N", "D"), "x": ("N",)}, "X - columns(x, D)"),
        ("X - x[None, :]", {"X": ("N", "D"), "x": ("D",)}, "X - rows(x, N)"),
        ("X + c", {"X": ("N", "D")}, "X + fill(c, N, D)"),
        ("X - mean(X, axis=1, keepdims=True)", {"X": ("N", "D")}, "X - columns(row_sums(X)/D, D)"),
    ],
)
def test_what_makes_arrays_alike_is_written(text, shapes, written):
    layered = from_layers([f"z = {text}", "L = sum(z^2)"], shapes)
    assert write_plain(layered.graph.steps[0].expr) == written


@pytest.mark.parametrize(
    ("text", "shapes", "said"),
    [
        ("X + Y", {"X": (2, 3), "Y": (4, 3)}, "X of shape 2×3 is added to Y of shape 4×3"),
        ("X + Y", {"X": (2, 3), "Y": (4, 3)}, "along axis 0 one has 2 entries and the other 4"),
        ("X @ W + b", {"X": (2, 3), "W": (3, 4), "b": (2,)}, "b of shape 2\n  for a bias of samples in columns write columns(b, 4)"),
        ("W X + b", {"W": (3, 2), "X": (2, 3), "b": (3,)}, "readers disagree about b"),
        ("X*g", {"X": (4, 3), "g": (3,)}, "readers disagree about X * g"),
        ("sum(X, axis=2)", {"X": (4, 3)}, "sum of X of shape 4×3 has no axis 2"),
        ("sum(X, axis=-3)", {"X": (4, 3)}, "has no axis -3"),
        ("X - mean(X, axis=1)", {"X": (4, 3)}, "write keepdims=True there"),
        ("(W + 1)*x", {"W": (3, 3), "x": (3,)}, "(W + 1) @ x"),
        ("sum(X, axis=(0, 0))", {"X": (4, 3)}, "the same axis twice"),
        ("softmax(X)", {"X": (4, 3)}, "along which axis"),
        ("x[3:]", {"x": (3,)}, "nothing, or more than there is"),
        ("x[1:9]", {"x": (3,)}, "more than there is"),
        ("x[:, 1]", {"x": (3,)}, "2 places in brackets"),
        ("X.reshape(5, -1)", {"X": (4, 3)}, "what -1 stands for is not clear"),
        ("concat(X, Y)", {"X": (4, 3), "Y": (4, 2)}, "shapes do not fit"),
        ("transpose(A, 0, 1)", {"A": (2, 3)}, ""),
        ("transpose(A, 0, 0, 1)", {"A": (2, 3, 2)}, "each axis once"),
    ],
)
def test_what_does_not_fit_is_refused_with_both_shapes(text, shapes, said):
    if not said:
        from_layers([f"z = {text}", "L = sum(z^2)"], shapes)
        return
    with pytest.raises(GraphError) as caught:
        from_layers([f"z = {text}", "L = sum(z^2)"], shapes)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("mean(X, axis=0)", "mean along"), ("mean(X, axis=0, keepdims=True)", "mean along"), ("T.mean(axis=(0, 2))", "mean along"),
        ("T.mean((0, 2), keepdims=True)", "mean along"), ("sum(X, axis=1, keepdims=True)", "row_sums"), ("sum(X, axis=0)/3", "formula"),
        ("sum(T, axis=(0, 2))/N", "formula"), ("X[:, None]", "keep_column_each"),
    ],
)
def test_a_mean_is_called_so_however_many_axes_it_has(text, rule):
    shapes = {"X": ("N", "D"), "T": ("N", 3, 2)}
    assert from_layers([f"z = {text}", "L = sum(z^2)"], shapes).graph.steps[0].rule == rule


def test_shapes_are_joined_from_the_last_axis_on():
    for text in BROADCAST:
        if text in TEXTS and (names := names_of(text)) and len(names) == 2 and "mean" not in text and "@" not in text:
            one, two = (SHAPES[name] for name in names)
            assert join_shapes(one, two) == np.broadcast_shapes(one, two)


def test_a_vector_beside_a_column_is_refused_unless_it_is_written():
    shapes = {"x": ("n",), "y": ("n", 1), "b": (1,)}
    with pytest.raises(GraphError, match=r"x of shape n beside y of shape n×1: NumPy makes n×n of both[\s\S]*y\[:, 0\]"):
        spread_parts((Name("x"), Neg(Name("y"))), shapes, numbers=True)
    written = spread_parts((Name("x"), Call("keep_row", (Name("x"),))), shapes, numbers=True)
    assert [shape_of(part, shapes) for part in written] == [("n", "n")] * 2
    assert len(spread_parts((Name("y"), Name("b")), shapes, numbers=True)) == 2
