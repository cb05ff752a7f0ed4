"""Marks as they are shown: decimals of at most four places, and totals that are sums of them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_class import answer

from tutor.marking.marked import Marked, MarkedAnswer
from tutor.marking.marks import points, sum_earned, sum_possible, total

MARKS = st.lists(st.fractions(0, 10, max_denominator=60), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("marks", "shown"),
    [("0", "0"), ("1", "1"), ("10", "10"), ("1/2", "0.5"), ("1/16", "0.0625"), ("1/3", "0.3333"), ("2/3", "0.6667"), ("1/32", "0.0312"),
     ("3/32", "0.0938"), ("-1/4", "-0.25"), ("-1/100000", "0"), ("99999/10000", "9.9999"), ("999999/100000", "10"), ("1000000", "1000000")],
)  # fmt: skip
def test_a_mark_is_shown_as_a_decimal(marks, shown):
    assert points(Fraction(marks)) == shown


@given(MARKS)
def test_totals_are_the_sums_of_what_is_shown(marks):
    assert points(total(marks)) == points(sum(Fraction(points(mark)) for mark in marks))
    work = Marked("a", "x", tuple(MarkedAnswer("q", "", "wrong", m, Fraction(10)) for m in marks), sum(marks), Fraction(10 * len(marks)))
    assert sum_earned(work) == sum(Fraction(points(mark)) for mark in marks)
    assert sum_possible(work) == 10 * len(marks)


def test_a_total_that_is_no_sum_is_shown_itself():
    capped = Marked("a", "x", (answer("out_h1"), answer("out_o1")), Fraction(3, 2), Fraction(2))
    assert sum_earned(capped) == Fraction(3, 2)
