"""The mark schemes of the exercises carry their own tests, ``[[case]]`` rows worked out by hand: all of them hold."""

from collections import Counter
from fractions import Fraction
from functools import cache

import pytest

from tutor.exercise.catalogue import ids
from tutor.exercise.load import from_text, load
from tutor.marking.marked import VERDICTS
from tutor.marking.misconceptions import TABLE
from tutor.marking.selftest import self_test

load = cache(load)


@pytest.mark.parametrize("ident", ids())
def test_the_cases_of_an_exercise_hold(ident):
    found = self_test(load(ident))
    assert [(r.number, r.case.question, r.case.answer, r.differs) for r in found if not r.ok] == []
    assert len(found) == len(load(ident).cases)


@pytest.mark.parametrize("ident", ids())
def test_an_exercise_has_enough_cases_and_none_twice(ident):
    exercise = load(ident)
    assert len(exercise.cases) >= (4 if exercise.graph is not None else 2)
    given = Counter((case.question, case.answer, case.earlier) for case in exercise.cases)
    assert [case for case, times in given.items() if times > 1] == []
    assert {"correct"} < {case.verdict for case in exercise.cases}
    assert exercise.remarks == ()


def test_every_verdict_occurs_in_the_collection():
    assert {case.verdict for ident in ids() for case in load(ident).cases} == set(VERDICTS)


@pytest.mark.parametrize("tag", [row.tag for row in TABLE])
def test_every_misconception_occurs_in_the_collection(tag):
    cases = [case for ident in ids() for case in load(ident).cases if tag in case.tag.split(" | ")]
    assert cases
    assert {case.verdict for case in cases} == {"misconception"}


OUTCOMES = ["other-form", "typed-back", "few-digits", "broken-line"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_is_said_besides_the_verdict_occurs_too(outcome):
    assert any(case.tag == outcome for ident in ids() for case in load(ident).cases)


KINDS = ["number", "expression", "fraction", "vector", "matrix", "column", "chain", "choice"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_has_a_case(kind):
    asked = [(load(ident), question) for ident in ids() for question in load(ident).questions if question.kind == kind]
    assert any(case.question == question.id for exercise, question in asked for case in exercise.cases)


def test_follow_through_says_what_it_follows_from():
    cases = [case for ident in ids() for case in load(ident).cases if case.verdict == "follow-through"]
    assert len(cases) > 50
    assert all(case.earlier for case in cases)


SCHEME = """
title = "A neuron"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
[values]
x = 1.5
y = 0.5
w = 0.8
b = 1
[[question]]
ask = "dL/dw"
marks = 3
[[question]]
ask = "L"
marks = 1
[[case]]
question = "dL/dw"
"""
# z = 2.2, a = 0.900250, L = 0.160200, dL/dw = 2(a − y)·a(1 − a)·x = 0.107828; without the 2: 0.053914

BROKEN = [  # a case, and what is said of it
    ('answer = "0.1078"\nverdict = "wrong"', ["the verdict is correct, not wrong"]),
    ('answer = "0.9"\nverdict = "correct"', ["the verdict is wrong, not correct"]),
    ('answer = "0.053914"\nverdict = "misconception"\ntag = "sign-of-error"', ["the tag is factor-two-lost, not sign-of-error"]),
    ('answer = "0.053914"\nverdict = "misconception"\ntag = "factor-two-lots"', ["the tag is factor-two-lost, not factor-two-lots"]),
    ('answer = "0.053914"\nverdict = "misconception"\ncredit = "1/3"', ["the credit is 1/2, not 1/3"]),
    ('answer = "0.1078"\nverdict = "correct"\ntag = "few-digits"', ["the tag is empty, not few-digits"]),
    ('answer = "0.1"\nverdict = "correct"', []),
    ('answer = "0.1"\nverdict = "correct"\ntag = "few-digits"\ncredit = 1', ["the credit is 1/2, not 1"]),
    ('answer = "0.053914"\nverdict = "wrong"\ntag = "x"\ncredit = 1',
     ["the verdict is misconception, not wrong", "the tag is factor-two-lost, not x", "the credit is 1/2, not 1"]),
    ('answer = "0,1078"\nverdict = "correct"', ["the verdict is unreadable, not correct"]),
    ('answer = "1"\nverdict = "correct"\nearlier = { "dL/dv" = "1" }', ["there is no question dL/dv; did you mean dL/dw?"]),
]  # fmt: skip


@pytest.mark.parametrize(("case", "said"), BROKEN, ids=[row[0].replace("\n", " ") for row in BROKEN])
def test_a_broken_case_is_reported_with_its_reason(case, said):
    (result,) = self_test(from_text(SCHEME + case, "mine"))
    assert list(result.differs) == said
    assert result.ok is (said == [])
    assert (result.exercise, result.number) == ("mine", 1)


def test_a_case_of_a_question_that_is_not_asked():
    (result,) = self_test(from_text(SCHEME.rpartition('"dL/dw"')[0] + '"dL/db"\nanswer = "1"\nverdict = "wrong"\n', "mine"))
    assert result.answer is None
    assert result.differs[0].startswith("there is no question dL/db")


def test_only_the_broken_case_is_reported():
    good = 'answer = "0.1078"\nverdict = "correct"\n'
    text = SCHEME + good + '[[case]]\nquestion = "L"\nanswer = "0.2"\nverdict = "correct"\n[[case]]\nquestion = "dL/dw"\n' + good
    found = self_test(from_text(text, "mine"))
    assert [(result.number, result.ok) for result in found] == [(1, True), (2, False), (3, True)]


def test_the_shares_of_the_exercise_count():
    text = SCHEME + 'answer = "0.053914"\nverdict = "misconception"\ncredit = "2/3"\n[marking]\nmisconception = "2/3"\n'
    (result,) = self_test(from_text(text, "mine"))
    assert result.ok
    assert result.answer is not None
    assert (result.answer.marks, result.answer.out_of) == (Fraction(2), Fraction(3))


def test_an_exercise_without_cases_has_nothing_to_test():
    assert self_test(from_text(SCHEME.partition("[[case]]")[0], "mine")) == []
