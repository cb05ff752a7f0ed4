"""Formulas that are right in the sense in which a lecture writes them, and those that are wrong in every sense."""

from dataclasses import replace

import pytest

from tutor.answer.handed_in import Submission
from tutor.exercise.load import load
from tutor.exercise.question import Question
from tutor.marking.mark_submission import Marker

MEANT = [
    # p − y, where the targets sum up to 1
    ("neuron/softmax-cross-entropy", "dL/dz_1", "p_1 - y_1", "correct"),
    ("neuron/softmax-cross-entropy", "dL/dz_1", "y_1 - p_1", "wrong"),
    ("neuron/softmax-cross-entropy", "dL/dz_1",
     "dL/dp_1*dp_1/dz_1 + dL/dp_2*dp_2/dz_1 + dL/dp_3*dp_3/dz_1 = p_1*(y_1 + y_2 + y_3) - y_1 = p_1 - y_1",
     "correct"),
    # ∂c/∂a along one edge, and whole
    ("graz/sqrt-cos", "df/da", "df/dc*dc/db*db/da + df/dc*dc/da", "correct"), ("graz/sqrt-cos", "df/da", "df/dc*dc/da", "correct"),
    ("graz/sqrt-cos", "df/da", "df/dc*dc/db*db/da", "wrong"),
    # w ← … for w after an update, with any course's letter for the step size
    ("neuron/two-two-two", "w5@1", "w5 ← w5 − η·dL/dw5", "correct"),
    ("neuron/two-two-two", "w5@1", "w5 = w5 - lambda dL/dw5 = 0.4 - 0.5*0.0821670",
     "correct"),
    ("neuron/two-two-two", "w5@1", "w5 ← w5 + η·dL/dw5", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "target", "text", "verdict"), MEANT, ids=[f"{row[0]}: {row[2][:30]}" for row in MEANT])
def test_it_is_taken_as_it_is_meant(name, target, text, verdict):
    marker = Marker(replace(load(name), questions=(Question("q", target, "expression", (target,)),)))
    answer = marker.mark(Submission("a", {"q": text})).answers[0]
    assert (answer.verdict if answer.verdict != "misconception" else "wrong", answer.outcome) == (verdict, "")


def test_the_condition_has_to_hold_at_the_exercises_own_values():
    exercise = load("neuron/softmax-cross-entropy")
    values = {**exercise.values, "y_2": exercise.values["y_2"] + 1}
    marker = Marker(replace(exercise, values=values, questions=(Question("q", "dL/dz_1", "expression", ("dL/dz_1",)),)))
    assert marker.mark(Submission("a", {"q": "p_1 - y_1"})).answers[0].verdict != "correct"
