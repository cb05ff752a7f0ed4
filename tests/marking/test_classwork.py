"""Counting a class, against numbers worked out by hand, and how marks are shown."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_class import ASKED, CLASS, answer, student

from tutor.marking.classwork import BINS, bin_of, count, spread
from tutor.marking.marked import VERDICTS, Marked, Slip
from tutor.marking.marks import round_mark

WORK = count(CLASS)
MARKS = st.lists(st.fractions(0, 10, max_denominator=60), min_size=1, max_size=30)


@given(MARKS)
def test_quartiles_are_those_of_the_standard_library(marks):
    found = spread(marks)
    assert found.mean == statistics.mean(marks)
    assert found.median == statistics.median(marks)
    assert (found.low, found.high) == (min(marks), max(marks))
    if len(marks) > 1:
        assert [found.lower, found.median, found.upper] == statistics.quantiles(marks, n=4, method="inclusive")


@pytest.mark.parametrize(
    ("marks", "out_of", "place"), [("0", 10, 0), ("1", 10, 1), ("99/100", 10, 0), ("10", 10, 9), ("11", 10, 9), ("-1", 10, 0), ("0", 0, 0)]
)
def test_tenths(marks, out_of, place):
    assert bin_of(Fraction(marks), Fraction(out_of)) == place


def test_everybody_is_counted_once():
    assert WORK.students == len(CLASS) == 10
    assert WORK.spread.count == sum(WORK.bins) == 9
    assert WORK.failed == (("../../etc/passwd", "the file is not text: it begins with PK"),)
    assert WORK.problems == (("Ivo", "there is no question dL/dw99: did you mean dL/dw5?"),)
    assert len(WORK.bins) == BINS
    for question in WORK.questions:
        assert question.count == 9
        assert tuple(verdict for verdict, _ in question.verdicts) == VERDICTS


def test_questions_by_hand():
    first = next(question for question in WORK.questions if question.question == "dL/dw1")
    assert dict(first.verdicts) == {
        "correct": 4, "follow-through": 1, "close": 0, "misconception": 1, "wrong": 1, "undecided": 0, "unreadable": 1, "blank": 1,
    }  # fmt: skip
    assert first.mean == (5 * 2 + round_mark(Fraction(1, 3))) / 9
    assert first.slips == (("missing-path + sign-of-error", 1),)
    assert [question.question for question in WORK.questions] == list(ASKED)


def test_misconceptions_by_hand():
    found = {tag.tag: tag for tag in WORK.tags}
    assert [tag.tag for tag in WORK.tags] == [
        "missing-path", "sign-of-error", "step-up", "sigmoid-slope-is-output", "slope-at-wrong-node",
    ]  # fmt: skip
    assert found["missing-path"].students == ("Dan O'Neil", "Finn", "Ivo")
    assert found["missing-path"].where == (("dL/dout_h1", 2), ("dL/dw1", 1))
    assert (found["sign-of-error"].answers, found["sign-of-error"].perhaps) == (3, 0)
    assert (found["slope-at-wrong-node"].answers, found["slope-at-wrong-node"].perhaps) == (0, 1)


def test_a_slip_in_every_explanation_is_certain():
    ways = ((Slip("a", "x"), Slip("b", "x")), (Slip("a", "x"),))
    tags = {tag.tag: tag for tag in count([student("s", answer("out_h1", "misconception", slips=ways))]).tags}
    assert (tags["a"].answers, tags["a"].perhaps) == (1, 0)
    assert (tags["b"].answers, tags["b"].perhaps) == (0, 1)


def test_the_list_for_a_person():
    assert [(item.student, item.question, item.verdict) for item in WORK.person] == [
        ("Cléo Dubois", "dL/dw1", "unreadable"), ("Finn", "w1 after 1", "undecided"),
    ]  # fmt: skip
    unknown = count([Marked("a", "x", person=("gone",))]).person
    assert [(item.question, item.verdict) for item in unknown] == [("gone", "undecided")]


def test_order_does_not_change_the_numbers():
    other = count(reversed(CLASS), list(ASKED))
    assert (other.spread, other.bins, other.questions) == (WORK.spread, WORK.bins, WORK.questions)
    assert {tag.tag: set(tag.students) for tag in other.tags} == {tag.tag: set(tag.students) for tag in WORK.tags}


def test_nobody():
    empty = count([])
    assert (empty.students, empty.spread.count, empty.questions, empty.tags) == (0, 0, (), ())
