"""Marking a page: planted errors are told as what they are, what follows from them as that, and right pages are not accused."""

import pytest
from planted_pages import PLANTED, page

from tutor.exercise.load import from_text, load
from tutor.marking import mark_page
from tutor.marking.mark_page import Printed, explain_page
from tutor.results.check import check


def said_of(verdict):
    cause = verdict.cause
    if cause is None:
        return ""
    return "|".join("+".join(tag for tag, _ in way) for way in cause.slips) if cause.kind == "slip" else cause.kind.split(" ")[0]


@pytest.mark.parametrize("name", PLANTED)
def test_planted_errors_are_told(name):
    head, rows, at = PLANTED[name]
    assert [said_of(verdict) for verdict in check(from_text(page(head, rows, at), "t"))] == [said for *_, said in rows]


def test_the_planted_are_many():
    assert len(PLANTED) >= 20


def test_a_right_page_is_not_looked_at(monkeypatch):
    """What agrees, in whichever way, has no cause, and no diagnosis is made."""
    monkeypatch.setattr(mark_page, "Marker", None)
    exercise = load("neuron/two-two-two")
    assert set(explain_page(exercise, [Printed(claim, True) for claim in exercise.claims])) == {None}


def test_figures_at_other_values_are_a_page_of_their_own():
    text = 'title = "t"\nsteps = ["u = x^2", "L = 3*u"]\n[[claim]]\nclaim = "u"\nprinted = "10.58"\n'
    text += '[[claim]]\nclaim = "u"\nprinted = "13.73"\nat = { x = "3.7" }\n[[claim]]\nclaim = "L"\nprinted = "31.74"\n[values]\nx = 2.3\n'
    first, other, last = check(from_text(text, "t"))
    assert (said_of(first), last.cause.follows) == ("twice-too-large", (("u", "10.58"),))
    assert (other.agreement, said_of(other)) == ("differs", "close")
