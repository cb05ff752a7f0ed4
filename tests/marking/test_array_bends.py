"""How slips bend steps over arrays: what stands in place of the right formula."""

import pytest

from tutor.derive.backward import derive
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.marking import array_bends as bends
from tutor.marking.array_bends import LayerStep, bend_parts

SHAPES = {"W1": (3, 3), "W2": (3, 3), "x": (3,), "y": (3,)}
LAYERED = from_layers(["z1 = W1 x", "h = sigmoid(z1)", "z2 = W2 h", "a = sigmoid(z2)", "L = sum((a - y)^2)/3"], SHAPES)
STEPS = {step.target: step for step in (*LAYERED.graph.steps, *derive(LAYERED.graph).backward)}


def bent(find, target):
    return [write_plain(expr) for expr in find(LayerStep(STEPS[target], LAYERED.shapes, LAYERED))]


@pytest.mark.parametrize(
    ("find", "target", "wrong"),
    [
        (bend_parts(bends.transpose_dropped), "dL/dh", ["matmul(W2, dL/dz2)"]),
        (bend_parts(bends.transpose_added), "z2", ["matmul(transpose(W2), h)"]),
        (bend_parts(bends.bend_outer_reversed), "dL/dW2", ["outer(h, dL/dz2)"]),
        (bend_parts(bends.slope_forgotten), "dL/dz1", ["dL/dh"]),
        (bend_parts(bends.slope_elsewhere), "dL/dz1", ["hadamard(dL/dh, sigmoid'(z2))"]),
        (bends.mean_forgotten, "dL/da", [f"3*({write_plain(STEPS['dL/da'].expr)})"]),
        (bends.mean_forgotten, "dL/dz1", []),
    ],
)
def test_a_step_is_bent(find, target, wrong):
    found = bent(find, target)
    assert found == wrong or (target == "dL/da" and len(found) == 1)


def test_a_loss_has_a_square_and_no_half():
    loss = STEPS["L"].expr
    assert bends.has_square(loss)
    assert not bends.has_half(loss)
