"""Comparing formulas over arrays: as just as with single quantities, and where sizes are letters at several of them."""

import pytest

from tutor.answer.compare.array_formulas import compare_arrays
from tutor.answer.read.reading import read
from tutor.exercise.load import load
from tutor.graph.index_forms import array_formulas
from tutor.marking.mark_sheet import Sheet

DELTAS, BATCH, RELU = "qmul/network-deltas-layers", "neuron/softmax-regression-batch", "dl/index-network-layers"
COMPARED = [  # exercise, what is asked, formula, outcome
    (DELTAS, "dE/dz1", "(W2 dE/dz2) ⊙ sigmoid'(z1)", "equal"),
    (DELTAS, "dE/dz1", "(W2 dE/dz2) ⊙ x1 ⊙ (1 - x1)", "equal"),
    (DELTAS, "dE/dz1", "1.0000000000001 (W2 dE/dz2) ⊙ sigmoid'(z1)", "different"),
    (DELTAS, "dE/dz1", "(W2 dE/dz2) ⊙ sigmoid'(z1) + fill(10^(-15), m)", "different"),
    (DELTAS, "dE/dz1", "(W2 dE/dz2) ⊙ sigmoid'(z1) + 10^9*z1 - 10^9*z1", "equal"),
    (DELTAS, "dE/dW2", "outer(x1, dE/dz2)", "equal"),
    (DELTAS, "dE/dW2", "outer(x1, dE/dz2 + 0*y)", "equal"),
    (DELTAS, "dE/dx2", "abs(x2 - y)", "different"),
    (BATCH, "dL/dZ", "(P - Y)/N", "equal"),
    (BATCH, "dL/dZ", "(P - Y)/3", "different"),  # N is 3 in the write-out, but a letter
    (BATCH, "dL/dP", "-Y/P/N", "equal"),
    (RELU, "h", "relu(s0)", "equal"),
    (RELU, "h", "(s0 + abs(s0))/2", "equal"),
    (RELU, "h", "s0", "different"),
    (RELU, "dL/ds0", "(W1^T dL/ds1) ⊙ heaviside(s0)", "equal"),
]


@pytest.mark.parametrize(("name", "asked", "text", "outcome"), COMPARED, ids=[f"{row[1]} = {row[2]}" for row in COMPARED])
def test_what_comes_out(name, asked, text, outcome):
    sheet = Sheet(load(name))
    assert sheet.layers is not None
    shapes = sheet.layers.shapes
    (formula,) = array_formulas(read(text, sheet.array_vocabulary), shapes, wanted=shapes[asked.rpartition("/d")[2]], beside=True)
    assert compare_arrays(formula, asked, sheet.fields).outcome == outcome


def test_shapes_come_first_and_both_are_named():
    sheet = Sheet(load(DELTAS))
    assert sheet.layers is not None
    (formula,) = array_formulas(read("outer(dE/dz2, x1)", sheet.array_vocabulary), sheet.layers.shapes)
    found = compare_arrays(formula, "dE/dW2", sheet.fields)
    assert (found.outcome, found.shapes) == ("different", ("3×4", "4×3"))
