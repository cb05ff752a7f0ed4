"""Claims about whole arrays: equal entry by entry, or not."""

import pytest

from tutor.exercise.layer_claims import derive_layer, find_layer_difference
from tutor.exercise.load import from_text
from tutor.exercise.over_layers import read_layer_formula
from tutor.expression.nodes import Name, Number
from tutor.expression.plain import write_plain
from tutor.expression.walk import find_partials

TEXT = 'title = "x"\nsteps = ["z = W x", "L = sum(z^2)"]\nparameters = ["W"]\n[shapes]\nW = [2, 3]\nx = 3\n'


@pytest.mark.parametrize(
    ("subject", "formula", "equal"),
    [("dL/dW", "2*outer(z, x)", True), ("z", "W x + onehot(2) - one_hot(2, 2)", True), ("z", "W x + onehot(1)", False),
     ("dL/dW", "outer(z, x)", False), ("dL/dx", "W^T (2*z)", True), ("z", "W x", True)],
)  # fmt: skip
def test_a_matrix_formula(subject, formula, equal):
    exercise = from_text(TEXT, "mine")
    layered = exercise.layers
    assert (find_layer_difference(exercise, read_layer_formula(subject, layered), read_layer_formula(formula, layered)) is None) is equal


NORMED = """title = "x"
steps = ["D = X - mean(X, axis=0)", "V = sum(D^2, axis=0)/(n - 1)", "L = sum(V)"]
[shapes]
X = ["n", "m"]
"""


@pytest.mark.parametrize(("formula", "equal"), [
    ("2/(n - 1)*D", True), ("2*D", False), ("n/(n - 1)*D", False), ("2/n*D", False), ("2/m*D", False), ("2/(m - 1)*D", False),
    ("2/2*D", False), ("2/3*D", False), ("m/2*D", False), ("2/(m - 2)*D", False), ("1/n*D", False),
])  # fmt: skip
def test_another_number_or_letter_for_a_size_is_wrong(formula, equal):
    exercise = from_text(NORMED, "mine")
    assert (find_layer_difference(exercise, *(read_layer_formula(text, exercise.layers) for text in ("dL/dX", formula))) is None) is equal


def test_what_is_derived():
    exercise = from_text(TEXT, "mine")
    assert write_plain(derive_layer(exercise, read_layer_formula("z", exercise.layers), Name("z"))) == "matmul(W, x)"


@pytest.mark.parametrize(("printed", "derived"), [("W^T (2*z)", "W^T (dL/dz)"), ("W (dL/dz)", "W^T (dL/dz)")])
def test_a_slip_is_put_right_in_the_derivatives_that_are_printed(printed, derived):
    exercise = from_text(TEXT.replace("[2, 3]", "[3, 3]"), "mine")
    read = [read_layer_formula(text, exercise.layers) for text in ("dL/dx", printed, derived)]
    assert find_layer_difference(exercise, derive_layer(exercise, read[0], read[1]), read[2]) is None
    assert find_partials(derive_layer(exercise, read[0], read[1])) == find_partials(read[2])


def test_what_cancels_leaves_no_digit():
    text = 'title = "x"\nsteps = ["p = softmax(z)", "L = -log(p[3])"]\n[shapes]\nz = [4]\n[values]\nz = [1, 2, 3, 0.5]\n'
    exercise = from_text(text, "mine")
    assert find_layer_difference(exercise, read_layer_formula("sum(dL/dz)", exercise.layers), Number("0")) is None
    assert find_layer_difference(exercise, read_layer_formula("sum(dL/dz)", exercise.layers), Number("0.001")) is not None
