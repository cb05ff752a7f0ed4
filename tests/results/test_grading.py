"""Marking in Python and the list of questions on the command line."""

import json
from fractions import Fraction

import numpy as np
import pytest
from chosen_exercises import chosen_ids

import tutor as library
from tutor.errors import TutorError


def test_mark_gives_a_page_and_the_data():
    page = library.mark("neuron/two-two-two", {"dL/dout_o1": "-0.741", "dL/dw5": -0.0822, "w5 after 1": "0.441"}, student="Anna")
    assert isinstance(page, library.Feedback)
    found = {answer.question: answer for answer in page.marked.answers}
    assert found["dL/dout_o1"].tag == "sign-of-error"
    assert found["dL/dw5"].verdict == found["w5@1"].verdict == "follow-through"
    assert "is wrong only because" in page.to_text()
    assert json.loads(page.to_json())["student"] == "Anna"


def test_answers_may_be_numbers_and_arrays():
    steps = 'title = "t"\nsteps = ["z = W x", "L = sum(z)"]\n[shapes]\nW = [2, 2]\nx = [2]\n[values]\nW = [[1, 2], [3, 4]]\nx = [1, 2]\n'
    from tutor.exercise.load import from_text

    exercise = from_text(steps + '[[question]]\nask = "z"\nmarks = 1\n', "t")
    for answer in (np.array([5.0, 11.0]), [5, 11], "[5, 11]", [Fraction(5), 11.0]):
        assert library.mark(exercise, {"z": answer}).marked.marks == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("neuron/two-two", {}), "there is no exercise"),
        (("neuron/two-two-two", "x"), "answers are a mapping from questions to answers, not str"),
        (("neuron/two-two-two", []), "not list"),
        (("neuron/two-two-two", None), "not NoneType"),
        (("neuron/two-two-two", {1: 2}), "a question is named by a text, not by 1"),
        (("neuron/two-two-two", {"out_o1": 1, " out_o1": 2}), "answered more than once"),
        (("neuron/two-two-two", {"dL/dw5": object()}), "an answer is a text, a number or an array"),
    ],
)
def test_wrong_calls_are_said(arguments, said):
    with pytest.raises(TutorError, match=said):
        library.mark(*arguments)


def test_an_unknown_question_does_not_stop_the_rest():
    marked = library.mark("neuron/two-two-two", {"dL/dw55": "1", "out_o1": "0.7513650695523157"}).marked
    assert [problem for problem in marked.problems if "there is no question 'dL/dw55'" in problem]
    assert next(answer.verdict for answer in marked.answers if answer.question == "out_o1") == "correct"


def test_a_case_of_no_question_is_said(tutor, folder):
    lines = ['title = "t"', 'steps = ["f = x*y"]', "[values]", "x = 2", "y = 3"]
    (folder / "one.toml").write_text("\n".join([*lines, '[[case]]\nquestion = "ff"\nanswer = "6"\nverdict = "correct"']))
    (folder / "anna.txt").write_text("f: 6")
    for arguments in (("questions", "one.toml"), ("mark", "one.toml", "anna.txt")):
        code, _, err = tutor(*arguments)
        assert code == 0
        assert "tutor: case 1: there is no question ff; did you mean f" in err


def test_every_exercise_has_questions(tutor):
    """Without a line of authoring: forward values, local derivatives, gradients, updates."""
    from tutor.marking.mark_submission import Marker

    for ident in chosen_ids():
        questions = Marker(library.load(ident)).questions
        assert len({question.id for question in questions}) == len(questions) >= 2, ident


def test_an_expression_can_be_asked_too(tutor):
    code, out, _ = tutor("questions", "(x + y)*z")
    assert code == 0
    assert "df/dx" in out or "dc/dx" in out or "a formula" in out
    code, _, err = tutor("questions", "nosuch/thing.toml")
    assert code == 2
    assert "nosuch/thing.toml" in err


def test_the_lectures_slips_are_marked_as_what_they_are(tutor):
    """The mark schemes carry their own tests."""
    code, out, _ = tutor("mark", "--self-test", "qmul/linear-neuron")
    assert code == 0, out
