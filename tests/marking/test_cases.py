"""The mark schemes of the exercises carry their own tests, ``[[case]]`` rows worked out by hand: all of them hold."""

from collections import Counter

import pytest
from chosen_exercises import FEW_CASES, WIDE, chosen_ids, is_of_lectures, list_lectured, load_once
from some_now import some_now

from tutor.exercise.catalogue import ids
from tutor.marking.marked import VERDICTS
from tutor.marking.misconceptions import TABLE
from tutor.marking.selftest import self_test

CASED = [ident for ident in ids() if ident.partition("/")[0] not in FEW_CASES]


@pytest.mark.parametrize("ident", [*list_lectured(), *some_now([ident for ident in CASED if not is_of_lectures(ident)], 10)])
def test_the_cases_of_an_exercise_hold(ident):
    found = self_test(load_once(ident))
    assert [(r.number, r.case.question, r.case.answer, r.differs) for r in found if not r.ok] == []
    assert len(found) == len(load_once(ident).cases)


@WIDE
def test_an_exercise_has_enough_cases_and_none_twice(idents):
    for ident in set(CASED) & set(idents):
        exercise = load_once(ident)
        assert len(exercise.cases) >= (4 if exercise.graph is not None else 2), ident
        given = Counter((case.question, case.answer, case.earlier) for case in exercise.cases)
        assert [case for case, times in given.items() if times > 1] == [], ident
        assert {"correct"} < {case.verdict for case in exercise.cases}, ident
        assert exercise.remarks == (), ident


def test_every_verdict_occurs_in_the_collection():
    assert {case.verdict for ident in chosen_ids() for case in load_once(ident).cases} == set(VERDICTS)


ELSEWHERE = {"log-forgotten", "exponent-not-brought-down", "state-forgotten", "square-forgotten", "old-gradient-used", "product-rule-half"}
"""Slips for which no exercise of the collection has an occasion, or a number of its own: their worked answers are their tests."""


@pytest.mark.parametrize("tag", [row.tag for row in TABLE if row.tag not in ELSEWHERE])
def test_every_misconception_occurs_in_the_collection(tag):
    cases = [case for ident in chosen_ids() for case in load_once(ident).cases if tag in case.tag.split(" | ")]
    assert cases
    assert {case.verdict for case in cases} == {"misconception"}


OUTCOMES = ["other-form", "typed-back", "few-digits", "broken-line"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_is_said_besides_the_verdict_occurs_too(outcome):
    assert any(case.tag == outcome for ident in chosen_ids() for case in load_once(ident).cases)


KINDS = ["number", "expression", "fraction", "vector", "matrix", "column", "chain", "choice"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_has_a_case(kind):
    asked = [(load_once(ident), question) for ident in chosen_ids() for question in load_once(ident).questions if question.kind == kind]
    assert any(case.question == question.id for exercise, question in asked for case in exercise.cases)


def test_follow_through_says_what_it_follows_from():
    cases = [case for ident in chosen_ids() for case in load_once(ident).cases if case.verdict == "follow-through"]
    assert len(cases) > 50
    assert all(case.earlier for case in cases)


# z = 2.2, a = 0.900250, L = 0.160200, dL/dw = 2(a − y)·a(1 − a)·x = 0.107828; without the 2: 0.053914


