"""Questions about whole arrays: what is asked of every exercise over layers."""

import pytest
from chosen_exercises import chosen_ids, load_once

from tutor.exercise.load import load
from tutor.marking.array_questions import is_asked_by_arrays
from tutor.marking.mark_submission import Marker


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("qmul/network-deltas-layers", ["dE/dx2", "dE/dz2", "dE/dx1", "dE/dz1", "dE/dW1", "dE/db1", "dE/dW2", "dE/db2"]),
        ("neuron/softmax-loss-batch", ["Z", "P", "L", "dL/dP", "dL/dZ", "dL/dW", "dL/db", "W@1", "b@1"]),
        ("dl/index-network", ["dL/da2", "dL/dz2", "dL/da1", "dL/dz1", "dL/dW1", "dL/dW2"]),
    ],
)
def test_arrays_are_asked_for_as_a_whole(name, asked):
    assert [question.id for question in Marker(load_once(name)).questions] == asked


def test_declared_questions_stay():
    for name in chosen_ids():
        exercise = load_once(name)
        if exercise.questions and is_asked_by_arrays(exercise):
            assert [q.id for q in Marker(exercise).questions] == [q.id for q in exercise.questions]


def test_single_entries_can_be_asked_besides():
    exercise = load("qmul/network-deltas-layers")
    marker = Marker(exercise, also=["dE/dW1_1_1"])
    answer, _ = marker.judge("dE/dW1_1_1", "x_1 dE/dz1_1")
    assert answer.verdict == "correct"
