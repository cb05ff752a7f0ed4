"""The loss behind a forward pass: each gradient from above belongs to one output, and the loss is linear in the outputs."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from tutor.code.pass_loss import make_loss

Z, A = np.arange(6.0).reshape(2, 3), np.ones(2)


@pytest.mark.parametrize(
    ("outs", "ups", "of"),
    [
        ([("z", Z)], ["dout"], {"dout": "z"}),
        ([("z", Z), ("a", A)], ["da", "dz"], {"da": "a", "dz": "z"}),  # by their names, not by their places
        ([("z", Z)], [], {"": "z"}),
        ([("z", Z), ("loss", 2.0)], [], {"": "loss"}),
    ],
)
def test_each_gradient_from_above_is_that_of_an_output(outs, ups, of):
    loss, above = make_loss(outs, ups, {}, 0)
    assert {name: key for name, (key, _) in above.items()} == of
    values = dict(outs)
    expected = sum(float(np.sum(g * values[key])) for name, (key, g) in above.items() if name)
    assert np.isclose(float(loss), expected if ups else float(np.sum(values[of[""]])))


def test_a_loss_beside_a_state_counts_once_and_a_usual_gradient_is_taken():
    plain, above = make_loss([("h", A)], ["dh"], {}, 0)
    beside, same = make_loss([("h", A), ("step_loss", 5.0)], ["dh"], {}, 0)
    assert np.isclose(float(beside), float(plain) + 5)
    assert np.array_equal(above["dh"][1], same["dh"][1])
    assert make_loss([("loss", 3.0)], ["dout"], {"dout": ast.Constant(1)}, 0)[0] == 3.0
