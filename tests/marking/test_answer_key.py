"""The right answer to each question, in the form that is asked for: it has full marks."""

import pytest

import tutor
from tutor.exercise.load import load
from tutor.expression.plain import write_plain
from tutor.marking.answer_key import RightAnswer, find_right_answer, list_right_answers, list_simplified
from tutor.marking.mark_sheet import Sheet

KEYS = [
    ("dl/add-multiply", "df/dy.chain", "df/dd*dd/dy"),
    ("dl/add-multiply", "df/dd.formula", "z"),
    ("dl/bce", "dL/dw11.formula", "h1*(yhat1 - y1)"),
    ("neuron/two-two-two", "dL/dw5.chain", "dL/din_o1*din_o1/dw5"),
    ("qmul/two-linear-layers", "dE/dw_L.formula", "2*(x_L - y)*x_Lm1"),
]


@pytest.mark.parametrize(("ident", "question", "formula"), KEYS)
def test_a_formula_is_in_the_form_that_is_asked_for(ident, question, formula):
    sheet = Sheet(load(ident))
    found = find_right_answer(sheet, sheet.by_id[question]).formula
    assert found is not None
    if question.endswith("chain"):
        assert write_plain(found) == formula
    else:
        assert "/d" not in write_plain(found)


def test_a_derivative_is_simplified_as_lectures_do():
    sheet = Sheet(load("dl/bce"))
    simplified = list_simplified(sheet)
    found = {key: find_right_answer(sheet, sheet.by_id[key], simplified).formula for key in ("dL/ds1.formula", "dL/dw11.formula")}
    assert [write_plain(formula) for formula in found.values()] == ["yhat1 - y1", "(yhat1 - y1)*h1"]


def test_over_arrays_it_is_simplified_too():
    sheet = Sheet(load("neuron/softmax-regression-batch"))
    question = next(asked for asked in sheet.questions if asked.array == "dL/dW")
    assert write_plain(find_right_answer(sheet, question, list_simplified(sheet)).formula) == "matmul(1/N*(P - Y), transpose(X))"


def test_values_stand_in_reading_order():
    sheet = Sheet(load("qmul/laplacian"))
    assert find_right_answer(sheet, sheet.by_id["Z"]) == RightAnswer(tuple(map(int, (-52, -71, 97, 47))))


def test_a_choice_has_its_letters():
    sheet = Sheet(load("cmu/smallest-perceptron"))
    assert find_right_answer(sheet, sheet.by_id["converges"]).letters == ("b",)


def test_a_long_gradient_stands_by_its_name_in_those_after_it():
    sheet = Sheet(load("attention/scaled-dot-product"))
    found = list_right_answers(sheet, sheet.questions)
    assert "dL/d" not in write_plain(found["dL/dS"].formula)
    assert write_plain(found["dL/dQ"].formula) == "1/sqrt(d)*matmul(dL/dS, K)"
    given = {key: write_plain(found[key].formula) for key in ("dL/dS", "dL/dQ", "dL/dK")}
    given |= {"dL/dK": "(dL/dS/sqrt(d))^T Q"}
    marked = tutor.mark("attention/scaled-dot-product", given).marked
    assert [answer.marks for answer in marked.answers if answer.question in given] == [1, 1, 1]


def test_neurons_of_a_layer_are_asked_for_in_their_order():
    asked = [question.id for question in Sheet(load("published/zhou-two-layers-forward")).questions]
    assert asked.index("do_1/dh_1") < asked.index("do_1/dh_2") < asked.index("do_1/dw_1")
