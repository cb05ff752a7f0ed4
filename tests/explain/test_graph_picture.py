"""The picture of a derivation: a box a quantity, an edge a use, each leaf before the step that uses it first."""

from fractions import Fraction

import pytest

from tutor.derive.backward import derive
from tutor.explain.graph_picture import picture
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.build import from_steps
from tutor.numbers.run import evaluate

GRAPH = from_steps(["d = x + y", "e = d*d", "f = e*z"])
VALUES = {"x": Fraction(1), "y": Fraction(2), "z": Fraction(4)}


def test_boxes_and_edges_are_those_of_the_steps():
    found = picture(derive(GRAPH), None)
    assert [node.name for node in found.nodes] == ["x", "y", "d", "e", "z", "f"]
    assert list(found.edges) == [(name, step.target) for step in GRAPH.steps for name in names(step.expr)]
    assert {node.value for node in found.nodes} == {None}


def test_values_and_gradients_stand_in_the_boxes():
    derivation = derive(GRAPH)
    found = {node.name: node for node in picture(derivation, evaluate(derivation, VALUES).values).nodes}
    assert (write_plain(found["d"].value), write_plain(found["d"].gradient)) == ("3", "24")  # ∂f/∂d = 2·d·z
    assert {node.gradient for node in picture(derivation, evaluate(derivation, VALUES).values, gradients=False).nodes} == {None}


@pytest.mark.parametrize(("focus", "boxes"), [(["z"], ["z", "f"]), (["x"], ["x", "d", "e", "f"]), (["d"], ["d", "e", "f"])])
def test_only_the_paths_of_what_is_chosen(focus, boxes):
    found = picture(derive(GRAPH), None, focus=focus)
    assert [node.name for node in found.nodes] == boxes
    assert all(name in boxes for edge in found.edges for name in edge)


@pytest.mark.parametrize(
    ("steps", "parameters", "kinds"),
    [
        (["z = w_1*x + b", "f = w_2*z"], (), {"w_1": "weight", "w_2": "weight", "b": "bias", "x": "input"}),
        (["z = w*x + b", "f = z^2"], ("w",), {"w": "weight", "b": "input", "x": "input"}),  # said: it stays so
        (["f = a*b"], (), {"a": "input", "b": "input"}),  # a b by itself is no bias
        (["f = wind*x"], (), {"wind": "input", "x": "input"}),
        (["p = w*x", "L = 1/2*(d - p)^2"], ("w",), {"w": "weight", "x": "input", "d": "target"}),
        (["p = sigmoid(w*x)", "L = -(y*log(p) + (1 - y)*log(1 - p))"], ("w",), {"w": "weight", "x": "input", "y": "target"}),
        (["m = (x + y)/2", "v = (x - m)^2"], (), {"x": "input", "y": "input"}),  # used elsewhere, too: no target
        (["d = (x - y)^2", "f = d^2"], (), {"x": "input", "y": "input"}),  # which of them is one, nobody knows
    ],
)
def test_what_is_called_a_weight_is_drawn_as_one_where_nobody_says_what_is_trained(steps, parameters, kinds):
    drawn = picture(derive(from_steps(steps, parameters=parameters)), None)
    assert {node.name: node.kind for node in drawn.nodes if node.expr is None} == kinds
