"""Claims about whole arrays: equal entry by entry, or not."""

import pytest

from tutor.exercise.layer_claims import derive_layer, find_layer_difference
from tutor.exercise.load import from_text
from tutor.exercise.over_layers import read_layer_formula
from tutor.expression.plain import write_plain

TEXT = 'title = "x"\nsteps = ["z = W x", "L = sum(z^2)"]\nparameters = ["W"]\n[shapes]\nW = [2, 3]\nx = 3\n'


@pytest.mark.parametrize(
    ("subject", "formula", "equal"),
    [("dL/dW", "2*outer(z, x)", True), ("dL/dW", "outer(z, x)", False), ("dL/dx", "W^T (2*z)", True), ("z", "W x", True)],
)
def test_a_matrix_formula(subject, formula, equal):
    exercise = from_text(TEXT, "mine")
    layered = exercise.layers
    assert (find_layer_difference(exercise, read_layer_formula(subject, layered), read_layer_formula(formula, layered)) is None) is equal


def test_what_is_derived():
    exercise = from_text(TEXT, "mine")
    assert write_plain(derive_layer(exercise, read_layer_formula("z", exercise.layers))) == "matmul(W, x)"
