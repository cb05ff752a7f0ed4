"""Graphs from written steps: their order, their leaves, and every way in which steps make no graph."""

import pytest

from tutor.errors import ExpressionError, GraphError, TutorError
from tutor.graph.build import from_steps
from tutor.graph.nouns import Quantity
from tutor.graph.read_steps import check_name


def order(graph):
    return [step.target for step in graph.steps]


@pytest.mark.parametrize(
    ("lines", "targets", "leaves", "loss"),
    [
        (["d = x + y", "f = d*z"], ["d", "f"], ["x", "y", "z"], "f"),
        (["f = d*z", "d = x + y"], ["d", "f"], ["z", "x", "y"], "d"),
        (["c = b", "b = a", "a = x"], ["a", "b", "c"], ["x"], "a"),
        (["a = x", "b = y", "c = a*b"], ["a", "b", "c"], ["x", "y"], "c"),
        (["η₁ = 2 x₁"], ["eta1"], ["x1"], "eta1"),
        (["f = 3"], ["f"], [], "f"),
    ],
)
def test_steps_in_any_order(lines, targets, leaves, loss):
    graph = from_steps(lines)
    assert order(graph) == targets
    assert [quantity.name for quantity in graph.leaves] == leaves
    assert graph.loss == loss
    assert [node.name for node in graph.nodes] == targets
    assert graph.names == (*leaves, *targets)


def test_every_step_comes_after_what_it_uses():
    lines = [f"a{n} = a{n + 1}*x + a{n + 2}" for n in range(50)] + ["a50 = x", "a51 = y"]
    graph = from_steps(lines, loss="a0")
    place = {target: number for number, target in enumerate(order(graph))}
    assert all(place[f"a{n}"] > place[f"a{n + 1}"] for n in range(50))
    assert graph.loss == "a0"


def test_rules_parameters_and_kinds():
    graph = from_steps(
        ["z = w*x + b", "a = sigmoid(z)", "L = 1/2*(t - a)^2"],
        parameters=["w", "b"],
        kinds={"t": Quantity("t", "target"), "z": Quantity("z", "sum", index=(1, 1))},
    )
    assert [step.rule for step in graph.steps] == ["weighted sum", "sigmoid", "half_squared_error"]
    assert graph.parameters == (Quantity("w", "weight"), Quantity("b", "bias"))
    assert graph.inputs == (Quantity("x", "input"), Quantity("t", "target"))
    assert [node.kind for node in graph.nodes] == ["sum", "node", "loss"]


WRONG = [
    (["a = b", "b = a"], {}, "circle: a needs b needs a", ""),
    (["a = b + x", "b = c", "c = a"], {}, "circle: a needs b needs c needs a", ""),
    (["x = x + 1"], {}, "circle: x needs x", ""),
    (["a = x", "b = y", "a = z"], {}, "a is defined twice", ""),
    (["a = x*y"], {"leaves": ["x", "yy"]}, "a uses y, which nothing defines", "did you mean yy"),
    (["a = x*q"], {"leaves": ["x"]}, "a uses q, which nothing defines", "give q a value"),
    (["a = x"], {"leaves": ["x", "a"]}, "a is computed here and given as a value too", "remove one"),
    (["a = x"], {"loss": "L"}, "no step L to differentiate", ""),
    (["loss1 = x"], {"loss": "loss"}, "no step loss to differentiate", "loss1"),
    (["a = x"], {"parameters": ["w"]}, "parameter w is used in no step", ""),
    ([], {}, "without steps", "f = x*y"),
    (["a + b"], {}, "'a + b' is no step", "target = formula"),
    (["2a = x"], {}, "cannot be the name of a quantity", "out_h1"),
    (["a b = x"], {}, "cannot be the name of a quantity", ""),
    (["a__b = x"], {}, "cannot be the name of a quantity", ""),
    (["= x"], {}, "cannot be the name of a quantity", ""),
]


@pytest.mark.parametrize(("lines", "settings", "what", "hint"), WRONG, ids=[repr(row[0])[:40] for row in WRONG])
def test_steps_that_make_no_graph(lines, settings, what, hint):
    with pytest.raises(GraphError) as caught:
        from_steps(lines, **settings)
    assert what in caught.value.what
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["a = x +", "a = foo(x)", "a = elu(x)", "a = b = c"])
def test_a_fault_in_a_formula_names_its_step(text):
    with pytest.raises(TutorError) as caught:
        from_steps(["b1 = x", text])
    assert isinstance(caught.value, ExpressionError)
    assert caught.value.where.startswith("step 2")


def test_a_long_cycle_is_shortened():
    lines = [f"a{n} = a{(n + 1) % 5000}" for n in range(5000)]
    with pytest.raises(GraphError, match="circle") as caught:
        from_steps(lines)
    assert len(str(caught.value)) < 200


def test_a_chain_of_10000_steps_needs_no_recursion():
    graph = from_steps([f"a{n} = a{n + 1}*x" for n in range(10_000)], loss="a0")
    assert graph.steps[-1].target == "a0"


@pytest.mark.parametrize(("text", "name"), [("out_h1", "out_h1"), ("η", "eta"), ("w₁", "w1"), ("L", "L")])
def test_check_name(text, name):
    assert check_name(text) == name


def test_a_name_from_outside_is_shown_safely():
    with pytest.raises(GraphError) as caught:
        check_name("a\x1b[2Jb" + "x" * 500)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 250
