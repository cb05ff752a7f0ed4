"""Wrong numbers that happen to lie near a slip's are not explained by it."""

from mark_one import answers

from tutor.answer.handed_in import Submission
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker


def test_arbitrary_numbers_are_not_explained():
    """A wrong number of three digits is named as a slip only where that says something."""
    import random

    network, chance = Marker(load("neuron/two-two-two")), random.Random(4)
    right = 4.38568e-4
    values = [right * 10 ** chance.uniform(-1, 1) for _ in range(200)]
    found = [answers(network.mark(Submission("s", {"dL/dw1": f"{value:.3g}"})))["dL/dw1"] for value in values]
    assert sum(answer.marks > 0 for answer in found) <= 20
