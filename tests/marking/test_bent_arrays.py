"""What slips make of arrays at given numbers, also where some of them are somebody's own; and what is told of several slips."""

import numpy as np

from tutor.graph.layered import from_layers
from tutor.marking.bent_arrays import MOST_TOLD, BentArrays, keep_told
from tutor.marking.marked import Slip
from tutor.numbers.array_columns import ArrayColumns

LAYERS = from_layers(["z = W x", "a = sigmoid(z)", "L = 1/2*sum((a - y)^2)"], {"W": (2, 3), "x": (3,), "y": (2,)})


def work(given, fixed=None):
    known = {name: np.asarray(value, dtype=float)[..., None] for name, value in given.items()} | (fixed or {})
    bent = BentArrays(LAYERS, known.__getitem__, 1, frozenset(fixed or ()))
    for name, step in bent.steps.items():
        if name not in known:
            known[name] = ArrayColumns(known.__getitem__, 1).value(step.expr)
    return bent, known


def test_a_slip_is_found_by_its_numbers_and_what_is_fixed_is_not_bent():
    given = {"W": [[0.3, -0.2, 0.5], [0.7, 0.1, -0.4]], "x": [1.2, -0.7, 0.4], "y": [0.2, 0.9]}
    bent, known = work(given)
    a, y, x = (known[name][..., 0] for name in ("a", "y", "x"))
    wrong = np.outer(a - y, x).reshape(-1)  # without the slope of the sigmoid
    assert bent.explain("dL/dW", (2, 3), wrong - 1e-9, wrong + 1e-9) == ((Slip("inner-derivative-forgotten", "dL/dz"),),)
    other, _ = work(given, {"dL/dz": np.array([[0.4], [0.1]])})
    assert other.list_before("dL/dW") == ["dL/dW"]
    assert {wrong.slip.at for wrong in other.table("dL/dW")} == {"dL/dW"}


def test_every_tag_is_told_once_and_too_many_are_none():
    assert keep_told([Slip("a", "x"), Slip("a", "y"), Slip("b", "x")]) == ((Slip("a", "x"),), (Slip("b", "x"),))
    assert keep_told([Slip(str(number), "x") for number in range(MOST_TOLD + 1)]) == ()
