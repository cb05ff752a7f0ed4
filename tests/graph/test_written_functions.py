"""Functions that are written out are recognised, and what comes of them has the same values."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.expression.plain import write_plain
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers
from tutor.graph.written_functions import fold_written
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run_arrays import run_layers

GIVEN = {
    "z": Array((2, 3), tuple(Fraction(n, 4) for n in (3, -2, 5, 1, 0, -4))),
    "y": Array((2, 3), tuple(map(Fraction, (0, 1, 0, 1, 0, 0)))),
}
ROWS = [
    (["p = 1/(1 + exp(-z))", "L = sum(y*p)"], "sigmoid(z)"),
    (["t = exp(z)", "p = t/(1 + t)", "L = sum(y*p)"], "sigmoid(z)"),
    (["s = z - columns(largest_row(z), 3)", "p = exp(s)/columns(row_sums(exp(s)), 3)", "L = sum(y*p)"], "softmax_rows(z)"),
    (["e = exp(z)", "p = e/rows(column_sums(e), 2)", "L = sum(y*p)"], "softmax_columns(z)"),
    (["p = z - columns(log(row_sums(exp(z))), 3)", "L = sum(y*p)"], "log_softmax_rows(z)"),
    (["p = z^2 + 1", "L = -sum(log(row_sums(y*p)))"], "z^2 + 1"),
    (["p = exp(z)/columns(row_sums(exp(2*z)), 3)", "L = sum(y*p)"], "exp(z)/columns(row_sums(exp(2*z)), 3)"),
    (["p = exp(z)/rows(column_sums(exp(z + 1)), 2)", "L = sum(y*p)"], "exp(z)/rows(column_sums(exp(z + 1)), 2)"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "found"), ROWS, ids=[found for _, found in ROWS])
def test_what_is_recognised_has_the_same_value(steps, found):
    plain = from_layers(steps, {name: array.shape for name, array in GIVEN.items()})
    folded = fold_written(plain, ["y"])
    assert {step.target: write_plain(step.expr) for step in folded.graph.steps}["p"] == found
    values = [as_real(run_layers(one.graph.steps, GIVEN)["L"].items[0]) for one in (plain, folded)]
    assert abs(values[0] - values[1]) < 1e-40


def test_the_logarithm_of_what_is_chosen_needs_a_one():
    steps = ["p = z^2 + 1", "L = -sum(log(row_sums(y*p)))"]
    plain = from_layers(steps, {"z": (2, 3), "y": (2, 3)})
    assert fold_written(plain) is plain
    assert write_plain(fold_written(plain, ["y"]).graph.steps[1].expr) == "-sum(hadamard(y, log(p)))"
