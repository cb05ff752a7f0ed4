"""The table of slips: every row's worked wrong answer comes out of its bend, and the marker names it."""

import math

import pytest
from worked import exercise

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import BY_TAG, NEIGHBOUR, TABLE

EXAMPLES = [(row, example) for row in TABLE for example in (row.example, *row.also)]


@pytest.mark.parametrize(("row", "example"), EXAMPLES, ids=[f"{row.tag}-{example.ask}" for row, example in EXAMPLES])
def test_worked_answers(row, example):
    """Right and wrong as worked by hand: one is marked right, the other named."""
    marker = Marker(exercise(example))
    (ident,) = [question.id for question in marker.questions]
    right = marker.mark(Submission("a", {ident: example.right})).answers[0]
    assert (right.verdict, right.marks) == ("correct", 2)
    wrong = marker.mark(Submission("a", {ident: example.wrong})).answers[0]
    assert wrong.verdict == "misconception"
    assert row.tag in {slip.tag for slips in wrong.slips for slip in slips}
    assert wrong.marks <= 1


def test_tags_are_stable():
    """Reports, statistics and mark schemes are made with these."""
    assert len(BY_TAG) == len(TABLE) == 82
    assert all(tag == tag.lower() and " " not in tag for tag in BY_TAG)
    assert NEIGHBOUR in BY_TAG


def test_every_row_says_what_is_left_of_the_marks():
    assert all(0 <= row.credit <= 1 for row in TABLE)




DEEP = """
title = "t"
steps = ["z = w*x", "a = tanh(z)", "s = v*a", "o = sigmoid(s)", "L = 1/2*(o - t)^2"]
parameters = ["v", "w"]
[values]
x = 0.7
w = 0.9
v = -1.3
t = 1
[[question]]
ask = "dL/dw"
marks = 1
"""


@pytest.mark.parametrize("digits", [5, 6])
def test_all_slopes_forgotten_is_one_slip_where_activations_differ(digits):
    """Who forgets inner derivatives does so at tanh and at σ."""
    a = math.tanh(0.7 * 0.9)
    o = 1 / (1 + math.exp(1.3 * a))
    wrong = (o - 1) * -1.3 * 0.7
    (answer,) = Marker(from_text(DEEP, "deep")).mark(Submission("a", {"dL/dw": f"{wrong:.{digits}g}"})).answers
    assert [tuple(slip.tag for slip in slips) for slips in answer.slips] == [("inner-derivative-forgotten",)]
