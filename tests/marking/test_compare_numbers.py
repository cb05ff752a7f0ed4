"""A file against an exercise: arrays, networks with their neurons, values in the same file."""

from dataclasses import replace

import numpy as np
import pytest
from programs_made import GIVEN, LAYERS, run_backward

from tutor.answer.files.number_files import NumberFile, make_array
from tutor.errors import GraphError, ValueProblem
from tutor.exercise.load import from_text, load
from tutor.exercise.over_layers import write_graph
from tutor.marking.compare_numbers import compare_numbers, split_given


def pack(arrays):
    return NumberFile(tuple(make_array(name, np.asarray(array, dtype=float), "float64") for name, array in arrays.items()))


EXERCISE = replace(from_text('title = "two layers"\nexpression = "x^2"\n', "two"), layers=LAYERS, graph=write_graph(LAYERS), values={})


def test_values_may_stand_in_the_same_file():
    right = run_backward()
    whole = compare_numbers(EXERCISE, pack({**GIVEN, **right}))
    assert whole.found.ok
    assert len(whole.found.arrays) == len(right)
    assert whole.world.letters["N"] == 5
    assert "dL/dZ2" in whole.steps
    apart = compare_numbers(EXERCISE, pack(right), pack({**GIVEN, "lr": 0.1}))
    assert apart.found.ok
    assert [one.place for one in apart.ignored] == ["lr"]
    again = compare_numbers(EXERCISE, pack({**right, "X": GIVEN["X"]}), pack(GIVEN)).found
    assert (again.ok, again.copied) == (True, ("X",))
    assert not compare_numbers(EXERCISE, pack(GIVEN), pack(GIVEN)).found.ok  # the weights were saved, not their gradients
    assert split_given(LAYERS, pack(GIVEN).arrays)[0] == []  # bare names alone are gradients
    with pytest.raises(ValueProblem, match="no values for"):
        compare_numbers(EXERCISE, pack(right))
    with pytest.raises(GraphError, match="only counts"):
        compare_numbers(load("cmu/counting"), pack(right))


@pytest.mark.slow
def test_neurons_and_layers_of_a_network_go_together():
    exercise = load("neuron/two-two-two")
    first = compare_numbers(exercise, pack({"dw5": 0.0}))
    right = first.world.array("dL/dW2")
    found = compare_numbers(exercise, pack({"dW2": right, "w5.grad": right[0, 0], "W1.grad": -first.world.array("dL/dW1")})).found
    assert {array.name: array.verdict for array in found.arrays} == {"dW2": "correct", "w5.grad": "correct", "W1.grad": "misconception"}
