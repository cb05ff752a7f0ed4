"""Verdicts of every kind of answer: numbers, fractions, formulas, chains, matrices, columns, and the form that is asked."""

from fractions import Fraction

import pytest
from mark_one import FORMULAS, HALF, NEURON, answers, marker, one

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text, load
from tutor.marking.mark_submission import Marker

SIGNS = "sign-of-error | exponent-sign-lost | slope-turned-round"
PAIRS = " | ".join(f"{sign} + factor-two-doubled" for sign in SIGNS.split(" | "))
NUMBER = [  # answer to dL/dw = 0.107827613…; verdict, tag or outcome, share
    ("0.107827613325", "correct", "", 1),
    ("0.108", "correct", "", 1),
    ("0.107", "correct", "", 1),
    ("0.10783", "correct", "", 1),
    ("1.078e-1", "correct", "", 1),
    ("1.078×10^-1", "correct", "", 1),
    ("1.078\\cdot 10^{-1}", "correct", "", 1),
    ("$0.1078$", "correct", "", 1),
    ("dL/dw = 0.1078", "correct", "", 1),
    ("0.8005·0.0898·1.5", "correct", "", 1),
    ("0.8005·0.0898·1.5 = 0.1078", "correct", "", 1),
    ("2(a - y) a (1 - a) x", "correct", "other-form", HALF),
    ("2(a - y) a (1 - a) x = 0.1078", "correct", "", 1),
    ("0.1", "correct", "few-digits", HALF),
    ("0.8005·0.5·1.5 = 0.1078", "correct", "broken-line", HALF),
    ("0.1234", "wrong", "", 0),
    ("-0.1078", "misconception", SIGNS, HALF),
    ("-0.107827613325", "misconception", SIGNS, HALF),
    ("1.20075", "misconception", "slope-of-another | inner-derivative-forgotten", HALF),
    ("0.0718851", "misconception", "inner-derivative-forgotten", HALF),
    ("0.5390", "wrong", "", 0),
    ("-0.215655", "misconception", PAIRS, Fraction(1, 4)),
    ("0", "wrong", "", 0),
    ("dL/dw", "wrong", "typed-back", 0),
    ("1,078", "unreadable", "", 0),
    ("0.1078 apples", "unreadable", "", 0),
    ("a = ", "wrong", "", 0),
    ("", "blank", "", 0),
    (" \n\t", "blank", "", 0),
    ("1/0", "undecided", "", 0),
]


@pytest.mark.parametrize(("answer", "verdict", "tag", "share"), NUMBER, ids=[row[0].replace("\n", " ") or "empty" for row in NUMBER])
def test_numbers(answer, verdict, tag, share):
    found = one(marker(NEURON, 'ask = "a"', 'ask = "dL/dw"'), answer)
    assert (found.verdict, found.outcome or found.tag) == (verdict, tag)
    assert found.marks == share
    assert found.text == answer


FORMULA = [  # answer to dL/dw
    ("2(a-y)a(1-a)x", "correct", "", 1),
    ("2*x*(a - y)*sigmoid'(z)", "correct", "", 1),
    ("dL/da da/dz dz/dw", "correct", "", 1),
    ("\\frac{\\partial L}{\\partial a}\\cdot\\frac{\\partial a}{\\partial z}\\cdot x", "correct", "", 1),
    ("2x(σ(wx+b) − y)·σ(wx+b)·(1−σ(wx+b))", "correct", "", 1),
    ("2x(1/(1+e^(-z)) - y) e^z/(1+e^z)^2", "correct", "", 1),
    ("dL/dw = dL/da * da/dz * dz/dw = 2(a-y)*a(1-a)*x", "correct", "", 1),
    ("dL/dw = 2(a-y)*a*x = 2(a-y)*a(1-a)*x", "correct", "broken-line", HALF),
    ("2(y-a)a(1-a)x", "misconception", "sign-of-error | slope-turned-round", HALF),
    ("(a-y)a(1-a)x", "misconception", "factor-two-lost", HALF),
    ("2(a-y)a x", "misconception", "sigmoid-slope-is-output | slope-of-another", HALF),
    ("2(a-y)x", "misconception", "inner-derivative-forgotten", HALF),
    ("2(a-y)a(1-a)w", "misconception", "product-partner", HALF),
    ("dL/dw", "wrong", "typed-back", 0),
    ("∂L/∂w", "wrong", "typed-back", 0),
    ("2(a-y)a(1-a)x + 1/10^12", "wrong", "", 0),
    ("2(a-y)a(1-a)x^2", "wrong", "", 0),
    ("2(a-y)a(1-a)q", "unreadable", "", 0),
]


@pytest.mark.parametrize(("answer", "verdict", "tag", "share"), FORMULA, ids=[row[0] for row in FORMULA])
def test_formulas(answer, verdict, tag, share):
    found = one(marker(FORMULAS, 'ask = "dL/dw"\nkind = "expression"'), answer)
    assert (found.verdict, found.outcome or found.tag) == (verdict, tag)
    assert found.marks == share
    if verdict in ("wrong", "misconception") and tag != "typed-back":
        assert found.refutation is not None
        assert found.refutation.yours != found.refutation.expected


FORMS = [
    ('ask = "dL/dw"\nkind = "expression"\nform = "inputs"', "2x(sigmoid(w*x+b) - y)sigmoid(w*x+b)(1-sigmoid(w*x+b))", ""),
    ('ask = "dL/dw"\nkind = "expression"\nform = "inputs"', "2x(a - y)a(1-a)", "other-form"),
    ('ask = "dL/dw"\nkind = "expression"\nform = "steps"', "2x(a - y)a(1-a)", ""),
    ('ask = "dL/dw"\nkind = "expression"\nform = "steps"', "dL/da*a(1-a)*x", "other-form"),
    ('ask = "dL/dw"\nkind = "chain"', "dL/da*da/dz*dz/dw", ""),
    ('ask = "dL/dw"\nkind = "chain"', "dL/dz dz/dw", ""),
    ('ask = "dL/dw"\nkind = "chain"', "dL/da*a*(1-a)*x", "other-form"),
]


@pytest.mark.parametrize(("question", "answer", "outcome"), FORMS)
def test_forms_of_formulas(question, answer, outcome):
    found = one(marker(FORMULAS, question), answer)
    assert (found.verdict, found.outcome) == ("correct", outcome)


NUMBER_FORMS = [
    ('ask = "f"\nkind = "fraction"', "8/3", "correct", ""),
    ('ask = "f"\nkind = "fraction"', "16/6", "correct", ""),
    ('ask = "f"\nkind = "fraction"', "\\frac{8}{3}", "correct", ""),
    ('ask = "f"\nkind = "fraction"', "2.667", "correct", "other-form"),
    ('ask = "f"', "8/3", "correct", ""),
    ('ask = "f"', "2.67", "correct", ""),
    ('ask = "f"\nform = "decimal"', "8/3", "correct", "other-form"),
    ('ask = "f"\ndecimals = 3', "2.667", "correct", ""),
    ('ask = "f"\ndigits = 5', "2.667", "correct", ""),
    ('ask = "f"\ndigits = 5\nrelative = 0', "2.667", "correct", "few-digits"),
    ('ask = "f"\ndigits = 4\nrelative = 0', "2.668", "close", ""),
    ('ask = "f"\nabsolute = "0.1"', "2.6", "correct", ""),
]


@pytest.mark.parametrize(("question", "answer", "verdict", "outcome"), NUMBER_FORMS)
def test_forms_of_numbers(question, answer, verdict, outcome):
    text = 'title = "t"\nsteps = ["f = x/3"]\n[values]\nx = 8\n'
    found = one(marker(text, question), answer)
    assert (found.verdict, found.outcome) == (verdict, outcome)


def test_a_number_where_a_formula_is_asked_is_in_another_form():
    question = marker(NEURON, 'ask = "dL/dw"\nkind = "expression"')
    assert (one(question, "0.1078").verdict, one(question, "0.1078").outcome) == ("correct", "other-form")
    assert one(question, "0.1178").verdict == "wrong"


def test_matrices_and_columns():
    text = """
title = "t"
steps = ["z = W x", "L = sum(z^2)"]
parameters = ["W"]
[shapes]
W = [2, 2]
x = [2]
[values]
W = [[1, 2], [3, 4]]
x = [1, 2]
"""
    one_ = marker(text, 'ask = "dL/dW"')
    assert (one_.questions[0].kind, one_.questions[0].shape) == ("matrix", (2, 2))
    assert one(one_, "[[10, 20], [22, 44]]").verdict == "correct"
    assert one(one_, "\\begin{pmatrix} 10 & 20 \\\\ 22 & 44 \\end{pmatrix}").verdict == "correct"
    part = one(one_, "[[10, 20], [22, 45]]")
    assert (part.verdict, part.marks) == ("wrong", Fraction(3, 4))
    shape = one(one_, "[10, 20]")
    assert (shape.verdict, shape.message) == ("wrong", "2 entries where 4 are asked")
    assert one(one_, "[[10, 20], [22, x!]]").verdict == "unreadable"


def test_entries_that_cannot_be_read_are_for_a_person():
    wide = Marker(load("dl/index-network-layers"))
    for text in ("see attached photo", "[2, 1.5, -2, 1", "[2, 1.5 and -2, 1]"):
        found = answers(wide.mark(Submission("s", {"yhat": text})))["yhat"]
        assert found.verdict == "unreadable", text


def test_a_column_follows_from_its_own_entries():
    """w after 0..3: one wrong row, and the next computed from it."""
    text = 'title = "t"\nsteps = ["L = w^2"]\nparameters = ["w"]\n[values]\nw = 1\n[train]\nrate = "0.25"\n'
    column = marker(text, 'ask = "w after 0..3"')
    assert column.questions[0].targets == ("w", "w@1", "w@2", "w@3")
    assert one(column, "1\n0.5\n0.25\n0.125").verdict == "correct"
    slipped = one(column, "1, 0.6, 0.3, 0.15")
    assert slipped.verdict in ("wrong", "misconception")
    assert slipped.message.startswith("1 of 4 entries")


TYPED_BACK = ["1*dL/dw", "dL/dw + 0", "dL/dL*dL/dw", "dL/dw*dw/dw", "2*dL/dw - dL/dw", "(dL/dw)^1"]


@pytest.mark.parametrize("answer", TYPED_BACK)
@pytest.mark.parametrize("question", ['ask = "dL/dw"\nkind = "expression"', 'ask = "dL/dw"\nkind = "chain"', 'ask = "dL/dw"'])
def test_the_question_typed_back_in_disguise(question, answer):
    found = one(marker(NEURON, question), answer)
    assert (found.verdict, found.outcome, found.marks) == ("wrong", "typed-back", 0)


@pytest.mark.parametrize(("ident", "question", "answer"), [
    ("graz/sqrt-cos", "df/dx", "-180"), ("graz/sqrt-cos", "df/dx", "-182"), ("graz/sqrt-cos", "df/dx", "-1.8e2"),
])  # fmt: skip
def test_zeros_at_the_end_of_a_whole_number_may_be_no_digits(ident, question, answer):
    found = answers(Marker(load(ident)).mark(Submission("s", {question: answer})))[question]
    assert (found.verdict, found.marks) == ("correct", found.out_of)


def test_given_numbers_put_into_a_formula_are_another_form():
    question = marker(NEURON, 'ask = "dL/dw"\nkind = "expression"')
    for answer in ("2(a - 0.5)*a*(1 - a)*1.5", "3(a - 0.5)a(1-a)", "2(a - 0.5)σ'(z)·1.5"):
        assert (one(question, answer).verdict, one(question, answer).outcome) == ("correct", "other-form"), answer
    assert one(question, "2(a - 0.4)*a*(1 - a)*1.5").verdict == "wrong"


OVER_TIME = """title = "T"
loss = "sum(L[t], t)"
parameters = ["w"]
[[repeat]]
to = 3
steps = ["h[t] = tanh(x[t] + w*h[t-1])", "L[t] = (h[t] - y[t])^2"]
[values]
x = [1, 0.5, 2]
y = [0, 1, 1]
h_0 = 0.5
w = 0.25
[[question]]
ask = "dL/dw"
kind = "expression"
marks = 1
"""


def test_sums_over_time_are_read_as_they_are_printed():
    marker = Marker(from_text(OVER_TIME, "t"))
    question = marker.sheet.questions[0]
    for text, verdict in (
        ("Σ_(t=1..T) ∂L/∂hₜ · (1 − hₜ²) · hₜ₋₁", "correct"),
        (r"\sum_{t=1}^{3} \frac{\partial L}{\partial h_{t}} \cdot (1 - h_{t}^2) \cdot h_{t-1}", "correct"),
        ("sum(dL/dh_t*(1 - h_t^2)*h_{t-1}, t, 1, T)", "correct"), ("sum(dL/dh[t]*(1 - h[t]^2)*h[t-1], t)", "correct"),
        ("Σ_(t=1..2) ∂L/∂hₜ · (1 − hₜ²) · hₜ₋₁", "misconception"), ("Σ_(t=2..T) ∂L/∂hₜ · (1 − hₜ²) · hₜ₋₁", "misconception"),
        ("Σ_(t=1..T) ∂L/∂hₜ · (1 − hₜ²)", "wrong"), ("Σ_(t=3..1) h_t", "wrong"), ("Σ_(t=1..4) ∂L/∂hₜ · hₜ₋₁", "unreadable"),
        ("Σ_(t=1..T) ∂L/∂hₜ · h[t-2]", "unreadable"),
    ):  # fmt: skip
        assert marker.judge(question, text)[0].verdict == verdict, text
