"""A small exercise with the questions that a test asks, and one answer marked."""

from fractions import Fraction

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker

HALF = Fraction(1, 2)


NEURON = """
title = "t"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
[values]
x = 1.5
y = 0.5
w = 0.8
b = 1
[train]
rate = 0.1
"""


FORMULAS = """
title = "t"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
"""


def marker(text, *questions):
    return Marker(from_text(text + "".join(f"\n[[question]]\nmarks = 1\n{question}\n" for question in questions), "t"))


def answers(marked):
    return {answer.question: answer for answer in marked.answers}


def one(marker, answer, **earlier):
    ident = marker.questions[-1].id
    return answers(marker.mark(Submission("s", {**earlier, ident: answer})))[ident]
