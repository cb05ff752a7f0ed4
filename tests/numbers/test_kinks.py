"""Kinks: found where a computation stands on them, with the convention that is used."""

from fractions import Fraction

import pytest

from tutor.derive.backward import derive
from tutor.graph.build import from_steps
from tutor.numbers.kinks import conventions, flat_steps, kinks_hit
from tutor.numbers.run import evaluate, run
from tutor.rules.functions import FUNCTIONS

HIT = [  # step, values on the kink, values off it, the derivative that is taken there
    ("f = relu(x)", {"x": 0}, {"x": 1}, {"x": 0}),
    ("f = max(0, x)", {"x": 0}, {"x": -1}, {"x": 0}),
    ("f = max(x, y)", {"x": 2, "y": 2}, {"x": 1, "y": 2}, {"x": 0, "y": 0}),
    ("f = min(x, y)", {"x": 2, "y": 2}, {"x": 1, "y": 2}, {"x": 0, "y": 0}),
    ("f = max(x, y, z)", {"x": 2, "y": 2, "z": 1}, {"x": 1, "y": 1, "z": 2}, {"x": 0, "y": 0, "z": 0}),
    ("f = abs(x)", {"x": 0}, {"x": -1}, {"x": 0}),
    ("f = abs(x - y)", {"x": 3, "y": 3}, {"x": 3, "y": 4}, {"x": 0, "y": 0}),
    ("f = leaky_relu(x, 0.1)", {"x": 0}, {"x": 1}, {"x": "1/10"}),
    ("f = max(0.1*x, x)", {"x": 0}, {"x": 1}, {"x": "1/10"}),
    ("f = leaky_relu_mix(x, 0.1)", {"x": 0}, {"x": 1}, {"x": "1/10"}),
    ("f = prelu(x, a)", {"x": 0, "a": 3}, {"x": 1, "a": 3}, {"x": 3, "a": 0}),
    ("f = elu(x, 2)", {"x": 0}, {"x": 1}, {"x": 2}),
    ("f = heaviside(x)", {"x": 0}, {"x": 1}, {"x": 0}),
    ("f = sign(x)", {"x": 0}, {"x": 1}, {"x": 0}),
    ("f = absolute_error(x, y)", {"x": 3, "y": 3}, {"x": 3, "y": 4}, {"x": 0, "y": 0}),
    ("f = zero_one(x, y)", {"x": 3, "y": 3}, {"x": 3, "y": 4}, {"x": 0, "y": 0}),
    ("f = hinge(x, y)", {"x": 1, "y": 1}, {"x": 2, "y": 1}, {"x": 0, "y": 0}),
    ("f = max(0, 1 - y*x)", {"x": 1, "y": 1}, {"x": 2, "y": 1}, {"x": 0, "y": 0}),
    ("f = 2*relu(x - y)", {"x": 1, "y": 1}, {"x": 2, "y": 1}, {"x": 0, "y": 0}),
]


def exact(values):
    return {name: Fraction(value) for name, value in values.items()}


@pytest.mark.parametrize(("line", "on", "off", "taken"), HIT, ids=[row[0] for row in HIT])
def test_a_kink_is_found_and_its_convention_kept(line, on, off, taken):
    graph = from_steps([line])
    (kink,) = kinks_hit(graph, run(graph.steps, exact(on)))
    assert kink.step == "f"
    assert kink.convention
    assert kinks_hit(graph, run(graph.steps, exact(off))) == []
    trace = evaluate(derive(graph), exact(on))
    assert {name: trace[f"df/d{name}"] for name in taken} == exact(taken)


def test_smooth_functions_have_no_kink():
    graph = from_steps(["a = x^2", "b = sigmoid(a)", "c = (b - x)^2", "f = softplus(c) + tanh(c)"])
    assert kinks_hit(graph, run(graph.steps, {"x": Fraction(0)})) == []
    assert conventions(graph) == {}


@pytest.mark.parametrize(
    ("line", "rule", "words"),
    [
        ("f = relu(x)", "relu", "has a kink at 0"),
        ("f = max(0, x)", "relu", "has a kink at 0"),
        ("f = max(0.1x, x)", "leaky_relu", "leaky ReLU"),
        ("f = abs(x - y)", "absolute_error", "L1 loss"),
        ("f = max(x, y)", "max", "two largest are equal"),
        ("f = max(0, 1 - y*x)", "hinge", "hinge loss"),
        ("f = 1 + elu(x, 1)", "elu", "ELU"),
    ],
)
def test_the_convention_is_that_of_the_function_meant(line, rule, words):
    (found,) = conventions(from_steps([line])).items()
    assert found[0] == rule
    assert words in found[1]


def test_what_cannot_be_learnt_through_is_said():
    graph = from_steps(["a = heaviside(x)", "b = a*w", "L = zero_one(b, y)"])
    assert [step for step, _ in flat_steps(graph)] == ["a", "L"]
    assert all("no derivative" in reason for _, reason in flat_steps(graph))
    assert {row.name for row in FUNCTIONS.values() if row.flat} == {"heaviside", "zero_one", "sign"}
