"""Arrays over points: the single quantities in their shapes, at every choice of sizes."""

import numpy as np

from tutor.exercise.load import load
from tutor.expression.nodes import Name, Partial
from tutor.expression.plain import write_plain
from tutor.expression.walk import as_name
from tutor.marking.mark_sheet import Sheet
from tutor.numbers.program import program


def test_an_array_has_its_single_quantities_in_its_shape():
    field = Sheet(load("qmul/network-deltas-layers")).fields[0]
    assert field.entries("dE/dW2").items[1] == "dE/dW2_1_2"
    array = field.array("W2")
    assert array.shape[:-1] == (4, 3)
    assert np.array_equal(array[0, 1], field.points.columns.env["W2_1_2"])


def test_sizes_that_are_letters_have_two_fields_of_different_sizes():
    first, second = Sheet(load("qmul/network-deltas-layers")).fields
    assert first.sizes != second.sizes
    assert first.entries("W2").shape != second.entries("W2").shape


def test_an_entry_is_a_formula_of_single_quantities():
    field = Sheet(load("qmul/network-deltas-layers")).fields[0]
    steps = {step.target: step.expr for step in field.layered.graph.steps}
    entries = field.write_entries(steps["z2"])
    assert write_plain(entries[2]) == "W2_1_3*x1_1 + W2_2_3*x1_2 + W2_3_3*x1_3 + W2_4_3*x1_4 + b2_3"
    own = field.entry(steps["z2"], field.lower(steps["z2"]), (3,))
    assert set(own.names) == set(program(entries[2]).names)


def test_a_key_is_a_name_or_a_derivative():
    assert [as_name(key) for key in ("w5", "dL/dw5", "w5@1")] == [Name("w5"), Partial("L", "w5"), Name("w5@1")]
