"""Kinks: found where a computation stands on them, with the convention that is used."""

from fractions import Fraction

import pytest

from tutor.derive.backward import derive
from tutor.explain.words.wording import ENGLISH
from tutor.graph.build import from_steps
from tutor.graph.decompose import from_expression
from tutor.graph.layered import from_layers
from tutor.numbers.kinks import array_conventions, conventions, list_flat_steps, list_kinks_hit, seam
from tutor.numbers.run import evaluate, run
from tutor.rules.functions import FUNCTIONS

HIT = [  # step, values on the kink, values off it, the derivative that is taken there
    ("f = relu(x)", {"x": 0}, {"x": 1}, {"x": 0}),
    ("f = max(0, x)", {"x": 0}, {"x": -1}, {"x": 0}),
    ("f = max(x, y)", {"x": 2, "y": 2}, {"x": 1, "y": 2}, {"x": "1/2", "y": "1/2"}),
    ("f = min(x, y)", {"x": 2, "y": 2}, {"x": 1, "y": 2}, {"x": "1/2", "y": "1/2"}),
    ("f = max(x, y, z)", {"x": 2, "y": 2, "z": 1}, {"x": 1, "y": 1, "z": 2}, {"x": "1/2", "y": "1/2", "z": 0}),
    ("f = max(x, y, z)", {"x": 2, "y": 2, "z": 2}, {"x": 1, "y": 1, "z": 2}, {"x": "1/3", "y": "1/3", "z": "1/3"}),
    ("f = min(x, y, z)", {"x": 2, "y": 3, "z": 2}, {"x": 1, "y": 2, "z": 2}, {"x": "1/2", "y": 0, "z": "1/2"}),
    ("f = max(0, 2*x - y)", {"x": 1, "y": 2}, {"x": 1, "y": 1}, {"x": 0, "y": 0}),  # a ReLU: one choice of subgradient
    ("f = max(1, 2*x)", {"x": "1/2"}, {"x": 1}, {"x": 1}),  # half of 2
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


said_at = ENGLISH.rules.convention


def exact(values):
    return {name: Fraction(value) for name, value in values.items()}


@pytest.mark.parametrize(("line", "on", "off", "taken"), HIT, ids=[row[0] for row in HIT])
def test_a_kink_is_found_and_its_convention_kept(line, on, off, taken):
    graph = from_steps([line])
    (kink,) = list_kinks_hit(graph, run(graph.steps, exact(on)))
    assert kink.step == "f"
    assert kink.convention
    assert list_kinks_hit(graph, run(graph.steps, exact(off))) == []
    trace = evaluate(derive(graph), exact(on))
    assert {name: trace[f"df/d{name}"] for name in taken} == exact(taken)


def test_smooth_functions_have_no_kink():
    graph = from_steps(["a = x^2", "b = sigmoid(a)", "c = (b - x)^2", "f = softplus(c) + tanh(c)"])
    assert list_kinks_hit(graph, run(graph.steps, {"x": Fraction(0)})) == []
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
    assert words in said_at(found[1])


def test_what_cannot_be_learnt_through_is_said():
    graph = from_steps(["a = heaviside(x)", "b = a*w", "L = zero_one(b, y)"])
    assert [step for step, _ in list_flat_steps(graph)] == ["a", "L"]
    assert all("no derivative" in said_at(reason) for _, reason in list_flat_steps(graph))
    assert {row.name for row in FUNCTIONS.values() if row.flat} == {"heaviside", "zero_one", "sign", "max_share", "min_share"}


BY_CASES = [  # a function by cases: how its branches meet
    ("if_positive(x, 1, 0)", "jump"),
    ("if_positive(x - y, x, y)", "kink"),
    ("if_positive(x, x, 0.1*x)", "kink"),
    ("if_positive(x, x^2 + x, x)", "smooth"),
    ("if_positive(x, exp(x), 1 + x)", "smooth"),
    ("if_positive(1 - abs(a - y), 1/2*(a - y)^2, abs(a - y) - 1/2)", "smooth"),
    ("if_positive(2 - abs(a - y), 1/2*(a - y)^2, 2*abs(a - y) - 1)", "jump"),  # a slip in the constant: 2·|e| − 2 is right
    ("if_positive(x, x + 0.001, x)", "jump"),
    ("if_positive(-x^2, 1, 0)", "jump"),  # its condition never changes its sign
]


@pytest.mark.parametrize(("text", "how"), BY_CASES, ids=[row[0] for row in BY_CASES])
def test_a_function_by_cases_jumps_only_where_it_jumps(text, how):
    graph = from_steps([f"f = {text}"])
    assert seam(graph.steps[0].expr) == how
    said = [said_at(key) for key in conventions(graph).values()]
    assert ("jump" in "".join(said)) == (how == "jump")
    assert bool([words for words in said if "absolute" not in words]) == (how != "smooth")


@pytest.mark.parametrize(("text", "how"), [
    ("if_positive(x - y, x, y)", "kink"),
    ("if_positive(abs(x) - 1, abs(x) - 1/2, x^2/2)", "smooth"),
    ("if_positive(x - y, x, 2*y)", "jump"),
])  # fmt: skip
def test_branches_that_meet_do_so_when_they_are_taken_apart(text, how):
    graph = from_expression(text)
    said = "".join(said_at(key) for key in conventions(graph).values() if key != "abs")
    assert ("jump" in said, bool(said)) == (how == "jump", how != "smooth")
    kinks = list_kinks_hit(graph, run(graph.steps, exact({"x": 1, "y": 1} if "y" in text else {"x": 1})))
    assert [bool(kink.convention) for kink in kinks] == [how != "smooth"]  # a step jumps in its own operands: finite differences know


TIED = [  # steps over arrays, what is said there
    (["h = max(x, y)", "L = sum(h)"], "have equal shares"),
    (["h = max_pool(X, 2)", "L = sum(h)"], "have equal shares"),
    (["h = relu(x)", "L = sum(h)"], "The ReLU"),
    (["h = abs(x)", "L = sum(h)"], "The absolute value"),
    (["h = softmax(x)", "L = sum(h^2)"], ""),
    (["h = X x", "L = sum(exp(h))"], ""),
]


@pytest.mark.parametrize(("lines", "words"), TIED, ids=[row[0][0] for row in TIED])
def test_the_conventions_of_arrays(lines, words):
    shapes = {name: shape for name, shape in {"x": (2,), "y": (2,), "X": (2, 2)}.items() if name in lines[0]}
    graph = from_layers(lines, shapes).graph
    found = array_conventions(graph, graph.steps)
    assert [words in said_at(key) for key in found] == ([True] if words else [])
