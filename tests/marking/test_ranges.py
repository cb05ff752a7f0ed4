"""Ranges enclose whatever follows from numbers in them, and are not much wider than that."""

import numpy as np
import pytest

from tutor.derive.working import working
from tutor.exercise.load import load
from tutor.graph.build import from_steps
from tutor.marking.mark_sheet import Sheet
from tutor.marking.ranges import Ranges

WAYS = [  # what is asked, and the results that it is computed from
    ("dL/dw5", ["dL/din_o1", "din_o1/dw5"]), ("dL/dw5", ["out_o1", "out_h1"]), ("dL/dout_h1", ["dL/din_o1", "dL/din_o2"]),
    ("w5@1", ["dL/dw5"]), ("dout_o1/din_o1", ["out_o1"]), ("L", ["out_o1", "out_o2"]), ("out_o1", ["in_h1", "in_h2"]),
    ("dL/dw1", ["out_o1", "out_o2", "out_h1"]),
]  # fmt: skip


@pytest.mark.parametrize(("target", "sources"), WAYS)
def test_what_follows_lies_in_the_range(target, sources):
    sheet = Sheet(load("neuron/two-two-two"))
    chance = np.random.default_rng(1)
    for share in (0.1, 0.01, 1e-6):
        own = {name: float(sheet.numbers.env[name][0]) for name in sources}
        limits = {name: tuple(sorted((value * (1 - share), value * (1 + 2 * share)))) for name, value in own.items()}
        low, high = sheet.ranges.carry(target, limits)
        points = {name: chance.uniform(*limits[name], size=500) for name in sources}
        points = {name: np.concatenate([values, limits[name]]) for name, values in points.items()}
        values = sheet.numbers.fix_values(points, [target]).env[target]
        assert low <= values.min() <= values.max() <= high
        if share < 0.1:
            assert high - low <= 6 * (values.max() - values.min()) + 1e-12


def test_single_numbers_give_single_numbers():
    low, high = Ranges(working(from_steps(["z = w*x", "L = z^2"])), {"x": [3.0]}).carry("L", {"w": (0.5, 0.5)})
    assert low < 2.25 < high
    assert high - low < 1e-15


def test_across_a_kink_and_a_pole_nothing_is_said():
    ranges = Ranges(working(from_steps(["z = 1/x", "a = relu(y)", "L = z*a"])), {})
    assert ranges.carry("z", {"x": (-0.1, 0.1)}) is None
    assert ranges.carry("da/dy", {"y": (-0.1, 0.1)}) is None
    assert ranges.carry("da/dy", {"y": (0.1, 0.2)}) is not None


def test_a_result_on_the_way_hides_what_it_is_computed_from():
    ranges = Ranges(working(from_steps(["a = x + 1", "b = a + 1", "L = b*2"])), {"x": [100.0], "a": [101.0], "b": [102.0]})
    low, high = ranges.carry("L", {"a": (1.0, 1.0), "b": (5.0, 5.0)})
    assert low < 10 < high < 10.001
