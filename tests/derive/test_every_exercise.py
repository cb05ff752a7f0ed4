"""Every gradient of every exercise against the independent implementation, at its values or at random points."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from chosen_exercises import list_lectured, list_others, load_once
from independent import OutsideError, close, gradients
from some_now import some_now

from tutor.derive.backward import derive
from tutor.numbers.run import evaluate

RANGES = ((-2, 2), (0, 1), (1, 3))


def points(exercise):
    """The exercise's own values, or three random points inside its domain and off its kinks."""
    graph = exercise.graph
    if exercise.values:
        yield exercise.values
        return
    generator = random.Random(exercise.id)
    found = 0
    for attempt in range(60):
        low, high = RANGES[attempt % len(RANGES)]
        point = {q.name: Fraction(generator.randint(64 * low + 1, 64 * high - 1), 64) for q in graph.leaves}
        try:
            gradients(graph, point)
        except (OutsideError, ZeroDivisionError):
            continue
        yield point
        found += 1
        if found == 3:
            return
    pytest.fail("no point was found")


def asked(exercise):
    """The quantities that are differentiated: the loss, and others that are asked for."""
    return {exercise.graph.loss, *(text[1:].partition("/d")[0] for text in exercise.asked)}


NEW = [pytest.param(name, marks=pytest.mark.slow) for name in list_others()[::4]]


@pytest.mark.parametrize("name", [*some_now(list_lectured(), 2), *NEW])
def test_every_gradient(name):
    exercise = load_once(name)
    if exercise.graph is None:
        assert exercise.network is not None
        return
    for loss in sorted(asked(exercise)):
        graph = replace(exercise.graph, loss=loss)
        derivation = derive(graph)
        for point in points(exercise):
            try:
                expected = gradients(graph, point)
            except OutsideError:  # the lecture's own numbers stand on a kink
                continue
            trace = evaluate(derivation, point)
            for quantity, gradient in expected.items():
                assert close(trace[f"d{loss}/d{quantity}"], gradient), f"d{loss}/d{quantity}"
