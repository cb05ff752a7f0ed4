"""Right values with a digit or two off in the last place: a near miss, never a slip that was not made, and never full marks for nothing."""

from dataclasses import replace
from math import floor, log10

import pytest

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text, load
from tutor.marking.mark_submission import Marker

EXERCISES = ("neuron/two-two-two", "qmul/activated-neuron", "graz/sqrt-cos", "neuron/adam", "graz/two-two-one", "dl/bce",
             "neuron/softmax-cross-entropy")  # fmt: skip


def off_by(text, units):
    """A decimal with its last place changed."""
    places = len(text.partition(".")[2])
    return f"{float(text) + units * 10.0**-places:.{places}f}"


@pytest.mark.parametrize("digits", [3, 4, 6])
@pytest.mark.parametrize("ident", EXERCISES)
def test_no_slip_is_told(ident, digits):
    marker = Marker(replace(load(ident), questions=()))
    truth, tried = marker.sheet.truth, 0
    for question in marker.questions:
        value = float(truth[question.targets[0]])
        if question.kind != "number" or value == 0 or not 1e-4 < abs(value) < 10**digits or f"{value:.12g}" == f"{value:.{digits}g}":
            continue
        right = f"{value:.{digits - 1 - floor(log10(abs(value)))}f}"
        for units in (-2, -1, 1, 2):
            given = off_by(right, units)
            (answer,) = [a for a in marker.mark(Submission("s", {question.id: given})).answers if a.text]
            assert answer.slips == (), (question.id, given, answer.tag)
            assert answer.verdict in ("correct", "close") or digits == 3 or question.targets[0].endswith("@1"), (question.id, given)
            tried += 1
    assert tried >= 12


NAMED = [  # answers that had full marks, or a slip that nobody had made
    ("w5@1", "0.362"), ("L", "0.300"), ("dL/dw5", "0.0829887116"), ("dL/dw5", "0.0823"), ("L", "0.295"), ("out_h1", "0.596"),
]  # fmt: skip


@pytest.mark.parametrize(("ident", "text"), NAMED)
def test_a_near_miss_has_its_own_share(ident, text):
    exercise = load("neuron/two-two-two")
    marker = Marker(exercise)
    (answer,) = [a for a in marker.mark(Submission("s", {ident: text})).answers if a.text]
    assert (answer.verdict, answer.slips, answer.marks) == ("close", (), answer.out_of / 2)
    strict = Marker(replace(exercise, scheme=replace(exercise.scheme, close=0)))
    assert strict.mark(Submission("s", {ident: text})).marks == 0


def test_the_share_is_a_setting():
    text = 'title = "t"\nsteps = ["f = x/3"]\n[values]\nx = 8\n[[question]]\nask = "f"\nmarks = 4\n[marking]\nclose = "3/4"\n'
    (answer,) = Marker(from_text(text, "t")).mark(Submission("s", {"f": "2.68"})).answers
    assert (answer.verdict, answer.marks) == ("close", 3)


def test_carried_rounding_counts_where_it_is_shown():
    """0.74·0.19·0.59 = 0.0829…: full marks for who showed these figures, in earlier answers or in the working."""
    marker = Marker(load("neuron/two-two-two"))
    earlier = {"dL/dout_o1": "0.74", "dout_o1/din_o1": "0.19", "din_o1/dw5": "0.59"}
    for answers in ({**earlier, "dL/dw5": "0.0829"}, {"dL/dw5": "0.74*0.19*0.59 = 0.0829"}):
        answer = next(a for a in marker.mark(Submission("s", answers)).answers if a.question == "dL/dw5")
        assert (answer.verdict, answer.outcome, answer.marks) == ("follow-through", "rounded-early", answer.out_of)


def test_an_old_weight_is_no_near_miss_of_the_new_one():
    marker = Marker(load("neuron/two-two-two"))
    for text in ("0.55", "0.550227"):
        (answer,) = [a for a in marker.mark(Submission("s", {"w8@1": text})).answers if a.text]
        assert (answer.verdict, answer.slips, answer.marks) == ("wrong", (), 0)
