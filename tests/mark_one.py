"""A small exercise with the questions that a test asks, and one answer marked."""

from dataclasses import replace
from fractions import Fraction

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text
from tutor.exercise.over_layers import layers_of
from tutor.expression.keys import derivative_key
from tutor.graph.layered import choose_sizes
from tutor.marking.array_questions import array_question
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


def marker_of(exercise):
    """What marks formulas for every array of an exercise, and for the gradient of every one."""
    layered = layers_of(exercise, exercise.notation)
    small = choose_sizes(layered)[0]
    bare = replace(exercise, values={}, rate=None, steps=0, questions=())
    keys = [key for array in small.entries for key in (array, derivative_key(layered.graph.loss, array))]
    return Marker(replace(exercise, questions=tuple(array_question(bare, small, key) for key in keys)))
