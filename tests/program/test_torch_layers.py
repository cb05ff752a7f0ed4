"""Layers of torch.nn: their weights are quantities with the names of PyTorch's own, in the shapes that it has."""

import pytest
from small_programs import TORCH

from tutor.errors import ProgramError
from tutor.program.read_program import read_program
from tutor.program.torch_layers import TORCH_LAYERS

NET = TORCH + """
class f(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return self.net(x * self.scale)
"""


def test_weights_are_named_as_pytorch_names_them():
    shapes = read_program(NET, "f.py", "f", {"x": ("N", 3)}).layered.shapes
    wanted = {"scale": (3,), "net_0_weight": ("hidden", 3), "net_0_bias": ("hidden",), "net_2_weight": (1, "hidden")}
    assert {name: shapes[name] for name in wanted} == wanted
    assert "net_2_bias" not in shapes
    assert read_program(NET, "f.py", "f", {"x": ("N", 3), "hidden": (4,)}).layered.shapes["net_0_bias"] == (4,)


def test_the_layers_of_a_sequence_are_steps():
    layered = read_program(NET, "f.py", "f", {"x": ("N", 3)}).layered
    assert [step.target for step in layered.graph.steps] == ["net_0", "net_1", "out", "L"]


def test_a_tuple_has_a_number_for_each_axis():
    text = TORCH + """
class f(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(2, 3, kernel_size=(1, 2, 3), stride=(1, 2, 1), padding=(0, 1, 1))
        self.pool = nn.MaxPool3d((1, 2, 2))

    def forward(self, x):
        h = self.pool(self.conv(x))
        return h.sum()
"""
    layered = read_program(text, "f.py", "f", {"x": (1, 2, 2, 4, 4)}).layered
    assert layered.shapes["conv_weight"] == (3, 2, 1, 2, 3)
    assert layered.shapes["h"] == (1, 3, 2, 1, 2)


def test_a_layer_that_there_is_not_is_named():
    with pytest.raises(ProgramError, match="the layer Linera is not read") as caught:
        read_program(NET.replace("nn.Linear(3", "nn.Linera(3"), "f.py", "f", {"x": ("N", 3)})
    assert "Linear" in caught.value.hint
    assert all(row.function or row.composite or row.written for row in TORCH_LAYERS.values())
