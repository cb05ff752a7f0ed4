"""A mark scheme's own cases: a broken one is reported with its reason, and only that one."""

from fractions import Fraction

import pytest

from tutor.exercise.load import from_text
from tutor.marking.selftest import self_test

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
    ('answer = "1,078"\nverdict = "correct"', ["the verdict is unreadable, not correct"]),
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
