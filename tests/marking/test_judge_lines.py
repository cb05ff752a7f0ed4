"""Lines of working: the first that does not hold is named, what is said of other quantities is none."""

import pytest
from mark_one import NEURON, answers, marker, one

from tutor.answer.handed_in import Submission
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker


def test_lines_of_working():
    """The first line that breaks is named; its number counts the student's own lines."""
    question = marker(NEURON, 'ask = "dL/dw"')
    good = one(question, "2*(0.9002-0.5)*0.9002*(1-0.9002)*1.5 = 0.8005*0.08980*1.5\n= 0.1078")
    assert (good.verdict, good.line) == ("correct", None)
    broken = one(question, "2*(0.9002-0.5)*0.9002*(1-0.9002)*1.5 = 0.8005*0.8980*1.5 = 1.078")
    assert broken.verdict in ("wrong", "misconception")
    assert (broken.line.number, broken.line.text, broken.line.against) == (2, "0.8005*0.8980*1.5", "before")


ROWS = [  # answers to a with definitions of other quantities on rows of their own
    "z = 2.2\na = σ(2.2) = 0.9002",
    "z = 0.8*1.5 + 1 = 2.2\na = 0.9002",
    "a = 0.9002\nL = 0.1602",
    "s = 2.2\na = σ(2.2) = 0.9002",
    "0.9002\ndL/dw = 0.1078",
]


@pytest.mark.parametrize("answer", ROWS)
def test_what_other_quantities_are_is_no_line_of_this_one(answer):
    found = one(marker(NEURON, 'ask = "a"'), answer)
    assert (found.verdict, found.outcome, found.line) == ("correct", "", None)


def test_right_arithmetic_needs_no_result():
    """0.0554 − 0.0190 is as good as 0.0554 − 0.0190 = 0.0364: its figures are right, and rounded."""
    network = Marker(load("neuron/two-two-two"))
    for answer in ("0.0554 - 0.0190", "0.0554 - 0.0190 = 0.0364", "0.0364"):
        found = answers(network.mark(Submission("s", {"dL/dout_h1": answer})))["dL/dout_h1"]
        assert (found.verdict in ("correct", "follow-through"), found.marks) == (True, found.out_of), answer
    found = answers(network.mark(Submission("s", {"dL/dout_h1": "0.0554 - 0.0290"})))["dL/dout_h1"]
    assert found.marks < found.out_of
