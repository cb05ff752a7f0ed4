"""Small exercises to train: a few steps, and the lecture's perceptron on four samples."""

import json
from fractions import Fraction

from tutor.exercise.load import from_text, load
from tutor.exercise.read_training import samples
from tutor.exercise.training_task import make_task

F = Fraction


def exercise(steps, values, parameters):
    lines = "\n".join(f'{name} = "{value!r}"' for name, value in values.items())
    text = f"title = 't'\nsteps = {json.dumps(steps)}\nparameters = {json.dumps(parameters)}\n[values]\n{lines}\n"
    return from_text(text, "t")


PERCEPTRON = samples(["x", "y"], [["10", "10.1"], ["2", "1.9"], ["3.5", "3.4"], ["1", "1.1"]], "sum")


def perceptron(**more):
    made = load("cmu/smallest-perceptron")
    return make_task(made, made.values, **more)
