"""Matrices of weights that are transposed."""

from mark_one import answers

from tutor.answer.handed_in import Submission
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker


def test_a_transposed_matrix_is_named():
    wide = Marker(load("dl/index-network-layers"))
    found = answers(wide.mark(Submission("s", {"dL/dW1": "[[-2,-2],[-1.5,-1.5],[0,0],[-1,-1]]"})))["dL/dW1"]
    assert (found.verdict, found.tag) == ("misconception", "weights-transposed")
    right = answers(wide.mark(Submission("s", {"dL/dW1": "[[-2,-1.5,0,-1],[-2,-1.5,0,-1]]"})))["dL/dW1"]
    assert right.verdict == "correct"
