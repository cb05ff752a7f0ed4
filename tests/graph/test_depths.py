"""How deep quantities lie: layers of a network, shared inputs, a quantity that is used at several depths."""

from tutor.exercise.load import load
from tutor.graph.build import from_steps
from tutor.graph.depths import find_depths


def test_a_layer_is_one_depth():
    depths = find_depths(load("neuron/two-two-two").graph)
    assert {depths[name] for name in ("in_h1", "in_h2")} == {1}
    assert {depths[name] for name in ("out_o1", "out_o2")} == {4}
    assert depths["L"] == 6


def test_the_longest_way_counts():
    assert find_depths(from_steps(["a = x^2", "b = a*x", "c = b + x"])) == {"x": 0, "a": 1, "b": 2, "c": 3}


def test_a_constant_step_has_no_depth():
    assert find_depths(from_steps(["a = 3", "f = a*x"]))["a"] == 0
