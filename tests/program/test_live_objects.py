"""Objects of a session as programs: what a module has is read as data (with PyTorch, under TUTOR_NEEDS_TORCH), nothing of it runs."""

import numpy as np
import pytest
from torch_live import need_torch

from tutor.errors import ProgramError
from tutor.program.live_objects import is_live, write_live_program


class Affine:
    def __init__(self, width):
        raise AssertionError("an object that is there is not made again")

    def forward(self, x):
        return x @ self.w + self.b

    def backward(self, g):
        return g @ self.w.T


def make_affine():
    layer = object.__new__(Affine)
    layer.w, layer.b, layer.secret = np.ones((2, 3)), np.arange(3.0), object()
    return layer


def test_an_object_is_its_class_with_what_it_has():
    made = write_live_program(make_affine())
    assert (made.called, made.wanted) == ("Affine", "Affine_0.forward")
    assert "        self.w = torch.full((2, 3,), 1.0)" in made.text.splitlines()
    assert "secret" not in made.text
    assert write_live_program(make_affine().backward).wanted == "Affine_0.backward"
    assert [is_live(one) for one in (make_affine(), test_values_are_refused, "x", 3)] == [True, True, False, False]


def test_values_are_refused():
    with pytest.raises(ProgramError, match="the source of len is not there"):
        write_live_program(len)


def test_modules_are_written_with_their_settings():
    need_torch()
    from torch import nn

    net = nn.Sequential(nn.Linear(3, 2, bias=False), nn.Conv2d(1, 2, (3, 1), padding=1), nn.Sequential(nn.LeakyReLU(0.1), nn.GRU(2, 2, 2)))
    net.append(net[0])
    lines = write_live_program(net).text.splitlines()
    (made,) = (line for line in lines if "self.net = " in line)
    for text in ("nn.Linear(in_features=3, out_features=2, bias=False)", "kernel_size=(3, 1), stride=1, padding=1", "negative_slope=0.1",
                 "nn.GRU(input_size=2, hidden_size=2, num_layers=2, bias=True"):  # fmt: skip
        assert text in made
    assert "        self.net[3] = self.net[0]" in lines
    assert [one for one in write_live_program(net).places if one] == ["[0] Linear", "[1] Conv2d", "[2] Sequential", "[3] Linear"]
