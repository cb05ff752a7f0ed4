"""The backward pass: every gradient, in teaching order, with its paths."""

from fractions import Fraction

import pytest

from tutor.derive.backward import derive
from tutor.derive.chains import count_routes, gradients
from tutor.expression.nodes import Add, Call, Mul, Name, Number
from tutor.expression.plain import write_plain
from tutor.graph.build import assemble, from_steps
from tutor.graph.network import Network, from_network
from tutor.numbers.run import evaluate


def backward(lines, loss=""):
    return {step.target: (write_plain(step.expr), step.rule) for step in derive(from_steps(lines, loss=loss)).backward}


TABLE = [
    (
        ["d = x + y", "f = d*z"],
        [
            ("df/df", "1", "start"),
            ("df/dd", "z", "chain rule"),
            ("df/dz", "d", "chain rule"),
            ("df/dx", "df/dd", "chain rule"),
            ("df/dy", "df/dd", "chain rule"),
        ],
    ),
    (
        ["a = sigmoid(z)", "L = 1/2*(t - a)^2"],
        [
            ("dL/dL", "1", "start"),
            ("dL/dt", "t - a", "chain rule"),
            ("dL/da", "a - t", "chain rule"),
            ("dL/dz", "dL/da*a*(1 - a)", "chain rule"),
        ],
    ),
    (
        ["a = x^2", "b = exp(a)", "f = a*b"],
        [
            ("df/df", "1", "start"),
            ("df/db", "a", "chain rule"),
            ("df/da", "df/db*b + b", "sum over paths"),
            ("df/dx", "df/da*2*x", "chain rule"),
        ],
    ),
]


@pytest.mark.parametrize(("lines", "expected"), TABLE, ids=[row[0][-1] for row in TABLE])
def test_the_backward_pass(lines, expected):
    found = [(target, expr, rule) for target, (expr, rule) in backward(lines).items()]
    assert sorted(found) == sorted(expected)
    assert found[0] == expected[0]


def test_the_steps_can_be_computed_in_their_order():
    known = set()
    for step in derive(from_network(Network((3, 4, 3, 2), ("tanh", "relu", "softmax"), "cross-entropy"))).backward:
        for path in step.paths:
            upstream = path.factors[0]
            assert f"d{upstream.of}/d{upstream.wrt}" in known
        known.add(step.target)


def test_paths_hold_upstream_then_local():
    derivation = derive(from_network(Network((2, 2, 2), ("sigmoid", "sigmoid"), biases="layer", naming="numbered")))
    steps = gradients(derivation)
    (path,) = steps["w5"].paths
    assert [(factor.of, factor.wrt, write_plain(factor.expr)) for factor in path.factors] == [
        ("L", "in_o1", "dL/din_o1"),
        ("in_o1", "w5", "out_h1"),
    ]
    assert [path.factors[1].of for path in steps["out_h1"].paths] == ["in_o1", "in_o2"]
    assert [path.factors[1].of for path in steps["b2"].paths] == ["in_o1", "in_o2"]


def test_what_the_loss_does_not_depend_on_has_gradient_0():
    derivation = derive(from_steps(["a = x*y", "b = a + z", "f = x + 1"], loss="f"))
    steps = gradients(derivation)
    assert {name for name, step in steps.items() if step.rule == "no path"} == {"a", "b", "y", "z"}
    assert all(steps[name].expr == Number("0") and steps[name].paths == () for name in ("a", "b", "y", "z"))
    assert len(steps["x"].paths) == 1
    assert count_routes(derivation)["y"] == 0


def test_an_intermediate_quantity_can_be_differentiated():
    assert backward(["d = x + y", "f = d*z"], loss="d")["dd/dx"] == ("1", "chain rule")
    assert backward(["d = x + y", "f = d*z"], loss="d")["dd/df"] == ("0", "no path")


@pytest.mark.parametrize("func", ["sigmoid", "sin", "product"])
def test_a_chain_10000_deep(func):
    """With the default recursion limit; every gradient is there, and the numbers run."""
    deep = 10_000
    formulas = {}
    for n in range(1, deep + 1):
        before = Name(f"a{n - 1}")
        formulas[f"a{n}"] = Mul((Name("w"), before)) if func == "product" else Call(func, (before,))
    derivation = derive(assemble(formulas))
    assert len(derivation.backward) == deep + (2 if func == "product" else 1)
    if func == "product":
        trace = evaluate(derivation, {"a0": Fraction(3), "w": Fraction(1)})
        assert trace[f"da{deep}/dw"] == 3 * deep
        assert trace[f"da{deep}/da0"] == 1


def test_deriving_is_deterministic():
    graph = from_network(Network((3, 4, 2), ("relu", "softmax"), "cross-entropy"))
    assert derive(graph) == derive(graph)


def test_many_uses_of_one_quantity():
    graph = assemble({"f": Add(tuple(Mul((Name("x"), Name(f"w{n}"))) for n in range(500)))})
    step = gradients(derive(graph))["x"]
    assert len(step.paths) == 1
    assert len(step.expr.args) == 500
