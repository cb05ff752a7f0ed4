"""A network of linear units as one: which graphs are one, and what its weights are."""

import pytest

from tutor.derive.rewrites.collapse import MAX_INPUTS, find_collapses
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.graph.network import Network, from_network

UNITS = [  # steps, parameters, {what: formula}
    (["h = w1*x + b1", "y = w2*h + b2"], "w1 b1 w2 b2", {"y": "wtilde_0 + wtilde_1*x", "wtilde_0": "b1*w2 + b2", "wtilde_1": "w1*w2"}),
    (["h = w1*x", "y = w2*h"], "w1 w2", {"y": "wtilde*x", "wtilde": "w2*w1"}),  # a product of matrices: the last one first
    (["a = u*x", "b = v*a", "y = w*b"], "u v w", {"y": "wtilde*x", "wtilde": "w*v*u"}),
    (["h = b + w1*x", "g = identity(h)", "y = w2*g/2 - h"], "w1 w2 b",
     {"y": "wtilde_0 + wtilde_1*x", "wtilde_0": "1/2*b*w2 - b", "wtilde_1": "1/2*w1*w2 - w1"}),
    (["h = b + w*x", "y = b + w*h"], "w b", {"y": "wtilde_0 + wtilde_1*x", "wtilde_0": "b + b*w", "wtilde_1": "w*w"}),
    (["h = v*x + v*z + b", "p = w*h", "L = (p - t)^2"], "v w b",
     {"p": "wtilde_0 + wtilde_1*x + wtilde_2*z", "wtilde_0": "b*w", "wtilde_1": "v*w", "wtilde_2": "v*w"}),
    (["g = u*x + b", "h = v*x + b", "y = w*g", "z = w*h", "L = (y - z)^2"], "u v w b",
     {"y": "wtilde_1_0 + wtilde_1_1*x", "wtilde_1_0": "b*w", "wtilde_1_1": "u*w",
      "z": "wtilde_2_0 + wtilde_2_1*x", "wtilde_2_0": "b*w", "wtilde_2_1": "v*w"}),
]  # fmt: skip
UNITS.append((["h = w1*x + b", "p = w2*h", "e = t - p", "L = e^2"], "w1 w2 b",
              {"p": "wtilde_0 + wtilde_1*x", "wtilde_0": "b*w2", "wtilde_1": "w1*w2"}))  # fmt: skip
NONE = [  # steps, parameters: no unit
    (["y = w*x + b"], "w b"),  # a single layer is one already
    (["h = w*x", "y = relu(h)"], "w"),
    (["h = relu(x)", "y = w2*h", "z = w3*y"], "w2 w3"),  # not from the inputs on
    (["h = w1*x", "y = h*h"], "w1"),
    (["h = w1*x", "y = w2/h"], "w1 w2"),
    (["h = w1*x", "y = w2*h"], ""),  # nobody says what the parameters are
    (["h = w1*x", "wtilde = w2*h"], "w1 w2"),  # the name is taken
]


@pytest.mark.parametrize(("steps", "parameters", "expected"), UNITS, ids=["; ".join(row[0]) for row in UNITS])
def test_units(steps, parameters, expected):
    found = {}
    for unit in find_collapses(from_steps(steps, parameters=parameters.split())):
        found[unit.output] = write_plain(unit.formula)
        found |= {name: write_plain(weight) for name, weight in unit.weights}
    if "y - z" in steps[-1]:
        assert list(found) == list(expected)
    assert found == expected


@pytest.mark.parametrize(("steps", "parameters"), NONE, ids=["; ".join(row[0]) for row in NONE])
def test_no_unit(steps, parameters):
    assert find_collapses(from_steps(steps, parameters=parameters.split())) == ()


@pytest.mark.parametrize(
    ("sizes", "many"),
    [((2, 2, 1), 1), ((3, 2, 2, 2), 2), ((MAX_INPUTS + 1, 2, 1), 0), ((60, 60, 60), 0), ((2, 8, 8, 1), 0)],
)
def test_up_to_a_size(sizes, many):
    graph = from_network(Network(sizes, ("identity",) * (len(sizes) - 1)))
    assert len(find_collapses(graph)) == many


def test_one_activation_in_between_and_nothing_collapses():
    assert find_collapses(from_network(Network((2, 2, 1), ("sigmoid", "identity")))) == ()
    assert (
        len(find_collapses(from_network(Network((2, 2, 1), ("identity", "sigmoid"))))) == 1
    )  # the score before the sigmoid
