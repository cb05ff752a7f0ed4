"""The table of slips: every row's worked wrong answer comes out of its bend, and the marker names it."""

import pytest
from worked import exercise

from tutor.answer.handed_in import Submission
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
    assert len(BY_TAG) == len(TABLE) == 79
    assert all(tag == tag.lower() and " " not in tag for tag in BY_TAG)
    assert NEIGHBOUR in BY_TAG


def test_every_row_says_what_is_left_of_the_marks():
    assert all(0 <= row.credit <= 1 for row in TABLE)


