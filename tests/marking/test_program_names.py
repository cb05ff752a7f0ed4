"""What programs call the quantities of a computation: one table of names."""

from programs_made import LAYERS

from tutor.graph.layered import from_layers
from tutor.marking.program_names import ProgramNames

NAMES = {  # the name, the quantity that it means, and whether it says that it is a gradient
    "W1": ("W1", None), "dW1": ("W1", True), "grad_W1": ("W1", True), "gradW1": ("W1", True), "W1.grad": ("W1", True),
    "W1_grad": ("W1", True), "dL_dW1": ("W1", True), "dL/dW1": ("W1", True), "dLdW1": ("W1", True), "dloss_dW1": ("W1", True),
    "∂L/∂W1": ("W1", True), "grads['W1']": ("W1", True), "grads.W1": ("W1", True), "grads/W1": ("W1", True), "params.W1": ("W1", None),
    "d_b2": ("b2", True), "w_1": ("W1", None), "model.W1.grad": ("W1", True), "delta2": ("Z2", True), "delta_1": ("Z1", True),
    "dz1": ("Z1", True), "cache['H']": ("H", None), "L": ("L", None), "loss": ("L", None), "W1.data": ("W1", None), "gW2": ("W2", True),
}  # fmt: skip
NOTHING = ("foo", "", "d", "dd", "W9", "grad", "x" * 500, "L" * 40, "W1; import os", "__class__")


def test_names_of_programs_are_understood():
    names = ProgramNames(LAYERS)
    for name, (quantity, gradient) in NAMES.items():
        meant = names.find(name)
        assert meant is not None, name
        assert (meant.quantity, meant.gradient) == (quantity, gradient), name
    assert [name for name in NOTHING if names.find(name) is not None] == []
    assert "W1" in names.suggest("dW_9")


def test_weights_of_modules_are_those_of_the_computation_in_their_order():
    own = ["layers.0.weight.grad", "layers.0.bias.grad", "layers.2.weight.grad", "layers.2.bias.grad"]
    found = [ProgramNames(LAYERS, own).find(name) for name in own]
    assert [(meant.quantity, meant.gradient, meant.turned) for meant in found] == [
        ("W1", True, True), ("b1", True, False), ("W2", True, True), ("b2", True, False),
    ]  # fmt: skip
    assert ProgramNames(LAYERS, own[:2]).find(own[0]) is None  # one module, two layers: nobody knows which
    columns = from_layers(["z = W x", "L = sum(z^2)"], {"W": (2, 3), "x": (3,)})
    assert ProgramNames(columns, ["fc.weight"]).find("fc.weight").turned is False
