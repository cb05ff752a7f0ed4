"""A slip is charged once: seven slips, six ways of rounding, a calculator that keeps all digits or what was shown.

What is lost is lost where the slip was made; every other answer follows, in numbers, in the entries of arrays, and after an update.
"""

import re
from collections import Counter
from dataclasses import replace

import pytest
from random_slips import make, written
from random_slips import work as work_by_hand
from simulated import ROUNDINGS, hand_in, work
from some_now import some_now

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text, load
from tutor.marking.mark_submission import Marker

SLIPS = ("sign-of-error", "inner-derivative-forgotten", "sigmoid-slope-is-output", "half-lost", "missing-path", "step-up", "bias-forgotten",
         "factor-two-lost", "product-partner")  # fmt: skip
MOST = 1
LAYERS = """
title = "t"
steps = ["z = W x + b", "a = sigmoid(z)", "u = V a + c", "p = sigmoid(u)", "L = sum((p - y)^2)"]
parameters = ["W", "b", "V", "c"]
[shapes]
W = [2, 3]
V = [2, 2]
x = [3]
b = [2]
c = [2]
y = [2]
[values]
W = [[0.15, -0.31, 0.42], [0.27, 0.11, -0.23]]
V = [[0.45, -0.62], [0.38, 0.53]]
x = [1.3, 2.1, 0.7]
b = [0.34, -0.17]
c = [0.61, 0.28]
y = [0.12, 0.93]
[train]
rate = 0.7
""" + "".join(f'[[question]]\nask = "{ask}"\nmarks = 1\n' for ask in (
    "z", "a", "u", "p", "L", "dL/dp", "dL/du", "dL/dV", "dL/da", "dL/dz", "dL/dW", "W after 1", "V after 1"))  # fmt: skip
EXERCISES = {
    "layers": from_text(LAYERS, "layers"),
    **{ident: replace(load(ident), questions=()) for ident in ("neuron/two-two-two", "qmul/activated-neuron", "neuron/adam")},
}


def enough(text, digits):
    """Whether every number in an answer has the digits that are asked."""
    figures = re.findall(r"\d+\.?\d*", text)
    return all(len(figure.replace(".", "").lstrip("0")) >= digits or figure == "0" for figure in figures)


@pytest.mark.parametrize("keeps", [True, False], ids=["all digits kept", "shown digits kept"])
@pytest.mark.parametrize("rounding", some_now(ROUNDINGS, 4))
@pytest.mark.parametrize("ident", EXERCISES)
def test_the_loss_is_that_of_the_slip_alone(ident, rounding, keeps):
    marker = Marker(EXERCISES[ident])
    sheet = marker.sheet
    questions = [q for q in marker.questions if q.kind in ("number", "vector", "matrix")]
    targets = {target for question in questions for target in question.targets}
    without = work(sheet, targets, {}, rounding, keeps=keeps)
    lost = {answer.question for answer in marker.mark(hand_in(questions, without.shown)).answers if answer.marks < answer.out_of}
    tried, charged = Counter(), Counter()
    for bend in marker.diagnosis.bends:
        if bend.tag not in SLIPS or tried[bend.tag] >= MOST:
            continue
        student = work(sheet, targets, dict(bend.edits), rounding, keeps=keeps)
        if student.shown == without.shown:
            continue
        if any(float(student.shown[root]) == 0 for root in student.roots):
            continue  # what follows from a 0 is not earned
        tried[bend.tag] += 1
        for answer in marker.mark(hand_in(questions, student.shown)).answers:
            own = next((q for q in questions if q.id == answer.question), None)
            if own is None or answer.question in lost or not enough(answer.text, own.tolerance.digits):
                continue
            roots = student.roots & set(own.targets)
            charged[bool(roots)] += answer.marks < answer.out_of
            entries = len(own.targets)
            where = f"{bend.tag} at {bend.edits[0][0]}: {answer.question} = {answer.text} is {answer.verdict} {answer.tag}"
            assert answer.marks >= answer.out_of * (entries - len(roots)) / entries, where
    assert len(tried) >= 4
    assert charged[True]


def test_who_makes_a_slip_makes_it_again():
    """−0.1 for 0.1 says little by itself; after another slope with its sign turned round it is the same slip."""
    marker = Marker(load("neuron/activations"))
    (alone,) = [answer for answer in marker.mark(Submission("s", {"dl/dx": "-0.1"})).answers if answer.text]
    assert (alone.verdict, alone.slips) == ("wrong", ())
    answers = {answer.question: answer for answer in marker.mark(Submission("s", {"ds/dx": "-0.196612", "dl/dx": "-0.1"})).answers}
    assert [answers[name].tag for name in ("ds/dx", "dl/dx")] == ["slope-turned-round"] * 2


ONE_OUTPUT = [seed for seed in range(20) if make(seed, hidden=2).sizes[-1] == 1][:5]


@pytest.mark.parametrize("seed", ONE_OUTPUT)
@pytest.mark.parametrize("slip", ["output slope forgotten", "error the other way round"])
def test_a_slip_in_a_step_that_nobody_asks_for_is_charged_once(seed, slip):
    """Only the gradients of the first layer are answered: each is wrong by the same slip behind all of them."""
    net = make(seed, hidden=2)
    marker = Marker(net.exercise())
    wrong = {name: written(value, 6) for name, value in work_by_hand(net, slip).items() if name.startswith(("dL/dw1", "dL/db1")) and value}
    marked = marker.mark(Submission("s", wrong))
    verdicts = Counter(answer.verdict for answer in marked.answers if answer.text)
    assert verdicts == {"misconception": 1, "follow-through": len(wrong) - 1}
