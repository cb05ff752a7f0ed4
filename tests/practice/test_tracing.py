"""Knowledge tracing: the figures of the four parameters, against Bayes' rule worked in fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybkt_rows import ROWS

from tutor.practice.tracing import MASTERY, Parameters, trace_answer

shares = st.integers(1, 99).map(lambda n: Fraction(n, 100))


def test_published_figures():
    """With p = 0.4, learn 0.1, slip 0.1, guess 0.2."""
    assert trace_answer(0.4, right=True) == pytest.approx(0.775)
    assert trace_answer(0.4, right=False) == pytest.approx(0.169, abs=5e-4)


@given(shares, shares, shares, shares, st.booleans())
def test_by_all_that_can_happen(known, learn, slip, guess, right):
    """Counted over all that can happen: known or not, and what is answered then."""
    cases = {
        (True, True): known * (1 - slip), (True, False): known * slip,
        (False, True): (1 - known) * guess, (False, False): (1 - known) * (1 - guess),
    }  # fmt: skip
    seen = {knew: cases[knew, right] for knew in (True, False)}
    then = seen[True] / sum(seen.values())
    found = trace_answer(float(known), right, Parameters(learn=float(learn), slip=float(slip), guess=float(guess)))
    assert found == pytest.approx(float(then + (1 - then) * learn))


@pytest.mark.parametrize(("parameters", "answers", "chances"), ROWS)
def test_as_pybkt_says(parameters, answers, chances):
    """How probable a right answer is before each of them, beside the figures of pyBKT."""
    by = Parameters(*parameters)
    known, found = by.at_first, []
    for answer in answers:
        found.append(known * (1 - by.slip) + (1 - known) * by.guess)
        known = trace_answer(known, bool(answer), by)
    assert found == pytest.approx(chances, abs=1e-6)


def test_mastery_is_reached_by_right_answers():
    known, tries = Parameters().at_first, 0
    while known < MASTERY:
        known, tries = trace_answer(known, right=True), tries + 1
    assert 2 <= tries <= 5
