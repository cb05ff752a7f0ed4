"""Assertions for the cells of notebooks: what passes, what fails with which words, and that no solution is in them."""

from fractions import Fraction

import numpy as np
import pytest

import tutor
from tutor.autograde import as_text, assert_correct, check_answer
from tutor.errors import TutorError

EXERCISE = "neuron/two-two-two"
RIGHT = {"out_o1": 0.7513650695523157, "dL/dw5": 0.08216704056423078, "w5 after 1": 0.35891647971788465}

TEXTS = [
    ("x(1-x)", "x(1-x)"),
    (3, "3"),
    (0.1, "0.1"),
    (1e-7, "1e-07"),
    (Fraction(8, 3), "8/3"),
    (None, ""),
    ([1, 2.5], "[1, 2.5]"),
    (((1, 2), [3, "a"]), "[[1, 2], [3, a]]"),
    (np.array([[0.1, 2], [3, 4]]), "[[0.1, 2.0], [3.0, 4.0]]"),
    (np.array(0.5), "0.5"),
    (np.float64(0.1), "0.1"),
    (np.int64(7), "7"),
    ([np.float64(0.1), np.array([1, 2])], "[0.1, [1, 2]]"),
]


@pytest.mark.parametrize(("answer", "text"), TEXTS)
def test_answers_as_text(answer, text):
    assert as_text(answer) == text


class Lies:
    def __repr__(self):
        return "0.08216704056423078"

    __str__ = __repr__


@pytest.mark.parametrize("answer", [
    True, Lies(), {}, 1j, np.zeros((1, 1, 1, 1, 1, 2)), np.zeros(10_001), [0] * 10_001, [[[[[[1]]]]]], print,
])  # fmt: skip
def test_other_things_are_refused(answer):
    with pytest.raises(TutorError):
        as_text(answer)
    with pytest.raises(AssertionError):
        assert_correct(EXERCISE, "dL/dw5", answer)


@pytest.mark.parametrize("question", RIGHT)
@pytest.mark.parametrize("form", [float, np.float64, repr, lambda value: f"{value:.3g}", lambda value: np.array(value)])
def test_right_answers_pass(question, form):
    assert_correct(EXERCISE, question, form(RIGHT[question]))


WRONG = [
    ("dL/dw5", -0.08216704056423078, "Probably "),
    ("dL/dw5", 17, "wrong"),
    ("dL/dw5", float("nan"), ""),
    ("dL/dw5", float("inf"), ""),
    ("dL/dw5", "", "no answer"),
    ("dL/dw5", "1,082", "write 1.082 or 1082"),
    ("dL/dw5", "__import__('os').system('id')", "could not be read"),
    ("dL/dw5", "\x1b[31m0.1", "could not be read"),
    ("dL/dw55", 1, "there is no question 'dL/dw55'; did you mean dL/dw5 or"),
]


@pytest.mark.parametrize(("question", "answer", "words"), WRONG)
def test_wrong_answers_fail_with_feedback_and_without_the_solution(question, answer, words):
    with pytest.raises(AssertionError) as error:
        assert_correct(EXERCISE, question, answer)
    said = str(error.value)
    assert words in said
    assert "\x1b" not in said
    assert "0.0821" not in said


def test_an_exercise_that_does_not_exist():
    with pytest.raises(AssertionError, match="there is no exercise"):
        assert_correct("neuron/none", "dL/dw5", 1)


def test_follow_through_counts_and_is_not_correct():
    earlier = {"dL/dout_o1": -0.74136507}
    own = -0.74136507 * 0.186815602
    checked = check_answer(EXERCISE, "dL/din_o1", own, earlier=earlier)
    assert not checked.correct
    assert checked.share == 1
    assert "earlier" in checked.words


def test_a_question_may_be_called_by_any_of_its_spellings():
    assert check_answer("neuron/two-two-two", "∂E_total/∂w5", "0.0822").correct
    page = tutor.mark("neuron/two-two-two", {r"\frac{\partial L}{\partial w_5}": "0.0822", "dL/dw55": "0.1"})
    assert next(answer.verdict for answer in page.marked.answers if answer.question == "dL/dw5") == "correct"
    assert [(one.place, one.text) for one in page.marked.unused] == [("dL/dw55", "0.1")]
    assert "did you mean dL/dw5" in page.marked.unused[0].reason
    assert "dL/dw55: 0.1 (there is no question" in " ".join(page.to_text().split())
