"""What earns nothing: zeros and ones that everything follows from, circles, the question in disguise, the answer to another question."""

from dataclasses import replace

import pytest
from chosen_exercises import chosen_ids, load_once

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text, load
from tutor.exercise.question import Question
from tutor.marking.mark_submission import Marker

NETWORK = Marker(load("neuron/two-two-two"))


def marked(marker, **answers):
    found = marker.mark(Submission("s", {name.replace("__", "/"): text for name, text in answers.items()}))
    return {answer.question: answer for answer in found.answers if answer.text}


def hand_in(marker, answers):
    return {answer.question: answer for answer in marker.mark(Submission("s", answers)).answers if answer.text}


def test_two_answers_that_refer_to_each_other_are_both_wrong():
    pair = {"dL/dw5": "dL/dw6*out_h1/out_h2", "dL/dw6": "dL/dw5*out_h2/out_h1"}
    assert [(a.verdict, a.outcome, a.marks) for a in hand_in(NETWORK, pair).values()] == [("wrong", "circular", 0)] * 2
    one = hand_in(NETWORK, {**pair, "dL/dw6": "0.0826676278"})
    assert [a.verdict for a in one.values()] == ["correct", "correct"]


DISGUISED = [("dL/dw5", "2*(w5 - w5@1)"), ("dL/dw5", "(w5 - w5@1)/0.5"), ("out_h1", "(in_o1 - w6*out_h2 - b2)/w5"),
             ("dL/dout_o1", "dL/din_o1/dout_o1/din_o1"), ("L_o1", "L - L_o2")]  # fmt: skip


@pytest.mark.parametrize(("ident", "text"), DISGUISED)
def test_the_question_in_disguise_is_typed_back(ident, text):
    answer = hand_in(NETWORK, {ident: text.replace("dL/din_o1/dout_o1/din_o1", "dL/din_o1/(out_o1*(1 - out_o1))")})[ident]
    assert (answer.verdict, answer.outcome, answer.marks) == ("wrong", "typed-back", 0)


FORMULA = 'title = "t"\nsteps = ["f = 4*y + 3*x^2", "u = x*y", "g = f*u"]\n[[question]]\nask = "f"\nkind = "expression"\nmarks = 1\n'
LINES = [  # an answer to f = 4y + 3x², its verdict and outcome
    ("4y+3x^2", "correct", ""), ("f = 4y+3x^2", "correct", ""), ("4y+3x^2 = 7", "correct", "broken-line"),
    ("u = 4y+3x^2", "undecided", ""), ("4y+3x^2 = 3x^2 + 4y", "correct", ""), ("4y+3x^2 = 3x^2", "misconception", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict", "outcome"), LINES)
def test_a_line_has_to_hold_and_to_be_about_what_is_asked(text, verdict, outcome):
    answer = hand_in(Marker(from_text(FORMULA, "t")), {"f.formula": text})["f.formula"]
    assert answer.verdict in (verdict, "wrong" if verdict == "misconception" else verdict)
    assert answer.outcome == outcome
    assert (answer.marks < answer.out_of) == (verdict != "correct" or outcome != "")


def test_the_right_number_under_another_name_is_for_a_person():
    marked = NETWORK.mark(Submission("s", {"dL/dw5": "dL/dw6 = 0.0822", "din_o1/dw5": "out_h1 = 0.5933"}))
    found = {answer.question: answer for answer in marked.answers}
    assert (found["dL/dw5"].verdict, found["dL/dw5"].marks, marked.person) == ("undecided", 0, ("dL/dw5",))
    assert found["din_o1/dw5"].verdict == "correct"  # ∂in_o1/∂w5 is out_h1


CONSTANT = [ident for ident in chosen_ids() if load_once(ident).graph and load_once(ident).values and not load_once(ident).samples]


@pytest.mark.parametrize("text", ["0", "1", "-1", "0.0"])
@pytest.mark.parametrize("ident", CONSTANT[::4])
def test_the_same_constant_everywhere_earns_what_is_right_and_nothing_else(ident, text):
    """Who writes 0 or 1 under everything has the marks of those answers that are 0 or 1, and of no other derivative."""
    marker = Marker(replace(load_once(ident), questions=()))
    truth = marker.sheet.truth
    for answer in marker.mark(Submission("s", {question.id: text for question in marker.questions})).answers:
        target = marker.sheet.by_id[answer.question].targets[0]
        right = abs(float(truth[target]) - float(text)) <= 0.1 * abs(float(truth[target]))
        if answer.marks and float(text) == 0:
            assert right or "/" not in target, (answer.question, answer.verdict, answer.tag)
        elif answer.verdict == "follow-through" and answer.outcome != "few-digits" and len(answer.follows) > 1:
            assert right, (answer.question, answer.follows)


def test_a_slope_that_vanishes_is_no_slip():
    text = 'title = "t"\nsteps = ["a = tanh(r1*x)", "y = w*a"]\n[values]\nr1 = 0\nx = 1\nw = 2\n'
    exercise = from_text(text, "t")
    marker = Marker(replace(exercise, questions=(Question("q", "dy/dr1", "number", ("dy/dr1",)),)))
    answer = marker.mark(Submission("s", {"q": "0"})).answers[0]
    assert (answer.verdict, answer.slips, answer.marks) == ("wrong", (), 0)


def test_an_earlier_zero_earns_nothing_later():
    zeros = hand_in(NETWORK, {"dL/dout_o1": "0", "dL/din_o1": "0", "dL/dw5": "0", "w5@1": "0.4"})
    assert [answer.marks for answer in zeros.values()] == [0, 0, 0, 0]
    ones = hand_in(NETWORK, {"dL/dout_o1": "1", "dout_o1/din_o1": "1", "dL/din_o1": "1"})
    assert ones["dL/din_o1"].marks == 0


COPY = 'title = "t"\nsteps = ["r = a + b", "y = r*c"]\nparameters = ["a", "b", "c"]\n[values]\na = 0.5\nb = 2\nc = 3\n'
COPIES = Marker(from_text(COPY, "t"))


def test_a_wrong_1_does_not_earn_the_1_that_follows():
    ones = hand_in(COPIES, {"dy/dr": "1", "dy/da": "1", "dy/db": "1"})
    assert [(answer.verdict, answer.marks) for answer in ones.values()] == [("wrong", 0)] * 3
    twos = hand_in(COPIES, {"dy/dr": "2", "dy/da": "2"})
    assert [answer.verdict for answer in twos.values()] == ["wrong", "follow-through"]


@pytest.mark.parametrize(("text", "verdict"), [
    ("0.0822 = dL/dw5", "correct"), ("0.741*0.186*0.593 = 0.0822 = dL/dw5", "correct"), ("dL/dw5", "wrong"), ("dL/dw5 = dL/dw5", "wrong"),
    ("8.22 E - 2", "undecided"), ("0.5 = dL/dw5", "wrong"),
])  # fmt: skip
def test_the_question_behind_the_answer_is_no_question_typed_back(text, verdict):
    assert hand_in(NETWORK, {"dL/dw5": text})["dL/dw5"].verdict == verdict
