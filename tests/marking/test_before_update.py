"""A weight before its update as courses write it: it is the weight, and never a power of 0 or 0 times it."""

from dataclasses import replace

import pytest

from tutor.exercise.load import load
from tutor.exercise.question import Question
from tutor.marking.mark_submission import Marker

SAME = ["w_5^{(0)}", "w_5^{old}", r"w_5^{\text{old}}", "w_5^{alt}", "w_5^{(t)}", "w5_old", "w5[0]", "w_{5,0}", "w_5^{(1)} = w_5^{(0)}"]
ASKED = [("{} - 0.5*dL/dw5", "correct"), ("{} + 0.5*dL/dw5", "misconception"), ("{} - 0.5*dL/dw6", "misconception")]
UNCLEAR = ["w5^0", "w5^(0)", "w5(0)", "w_5^0"]


@pytest.fixture(scope="module")
def marker():
    exercise = load("neuron/two-two-two")
    asked = Question("u", "w5 after 1", "expression", ("w5@1",))
    return Marker(replace(exercise, questions=(asked,)))


@pytest.mark.parametrize("written", SAME)
def test_it_is_the_weight(marker, written):
    for text, verdict in ASKED:
        assert marker.judge("u", text.format(written))[0].verdict == verdict


@pytest.mark.parametrize("written", UNCLEAR)
def test_what_is_a_power_or_a_product_goes_to_a_person(marker, written):
    answer = marker.judge("u", f"{written} - 0.5*dL/dw5")[0]
    assert answer.verdict == "undecided"
    assert "before an update" in answer.message
