"""The loss taken apart: outputs that are recognised, and the terms that they stand in."""

from fractions import Fraction

import pytest

from tutor.derive.rewrites.terms import Flow, Output, affine, log_of, outputs, terms
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.rules.functions import FUNCTIONS

F = Fraction

OUTPUTS = [  # steps, the outputs among them
    (["p = sigmoid(s)"], [Output("p", "sigmoid", ("s",))]),
    (["p = 1/(1 + exp(-s))"], [Output("p", "sigmoid", ("s",))]),
    (["p = 1/(exp(-s) + 1)"], [Output("p", "sigmoid", ("s",))]),
    (["m = -s", "e = exp(m)", "p = 1/(1 + e)"], [Output("p", "sigmoid", ("s",))]),
    (["p = softmax_2(a, b, c)"], [Output("p", "softmax", ("a", "b", "c"), 1)]),
    (["p = exp(b)/(exp(a) + exp(b))"], [Output("p", "softmax", ("a", "b"), 1)]),
    (["e = exp(a)", "f = exp(b)", "t = e + f", "p = e/t"], [Output("p", "softmax", ("a", "b"), 0)]),
    (["p = sigmoid(2*s)"], [Output("p", "sigmoid", (), inner=parse("2*s"))]),
    (["p = 1/(1 + exp(s))"], [Output("p", "sigmoid", (), inner=parse("-s"))]),
    (["p = exp(s)/(1 + exp(s))"], [Output("p", "sigmoid", ("s",))]),
    (["p = exp(s)/(1 + exp(t))"], []),
    (["p = 2/(1 + exp(-s))"], []),
    (["p = exp(c)/(exp(a) + exp(b))"], []),
    (["p = exp(a)/(exp(a) + exp(a))"], []),
    (["p = exp(a)/(exp(a) + b)"], []),
    (["p = softmax_1(a, a)"], []),
    (["p = x/y"], []),
]


@pytest.mark.parametrize(("steps", "expected"), OUTPUTS, ids=["; ".join(row[0]) for row in OUTPUTS])
def test_outputs(steps, expected):
    assert list(outputs(Flow(from_steps(steps))).values()) == expected


TERMS = [  # the loss, its terms: core, number, factors, divisors
    ("L = -y*log(p)", [("log(p)", F(-1), ["y"], [])]),
    ("L = -(y*log(p) + (1 - y)*log(1 - p))", [("log(p)", F(-1), ["y"], []), ("log(1 - p)", F(-1), ["1 - y"], [])]),
    ("L = binary_cross_entropy(p, y)", [("log(p)", F(-1), ["y"], []), ("log(1 - p)", F(-1), ["1 - y"], [])]),
    ("L = 3*(0.5*log(p))/N + c", [("log(p)", F(3, 2), [], ["N"])]),
    ("L = (log(p) + p)/4", [("log(p)", F(1, 4), [], []), ("p", F(1, 4), [], [])]),
    ("L = p*log(p)", [("p*log(p)", F(1), [], [])]),
    ("L = (y - p)^2", [("(y - p)^2", F(1), [], [])]),
    ("L = y/p", [("y/p", F(1), [], [])]),
    ("L = c^2", []),
]


@pytest.mark.parametrize(("line", "expected"), TERMS, ids=[row[0] for row in TERMS])
def test_terms(line, expected):
    flow = Flow(from_steps(["p = sigmoid(s)", line], loss="L"))
    found = terms("L", flow, outputs(flow))
    assert [
        (write_plain(t.core), t.number, [write_plain(f) for f in t.factors], [write_plain(d) for d in t.divisors]) for t in found
    ] == expected


def test_a_loss_of_too_many_terms_is_left_alone():
    flow = Flow(from_steps(["p = sigmoid(s)", "a0 = p", *(f"a{i} = a{i - 1} + a{i - 1}" for i in range(1, 20))]))
    assert terms("a19", flow, outputs(flow)) is None


LOGS = [("log(p)", ("p", False)), ("log(1 - p)", ("p", True)), ("log(q)", ("p", True)), ("log(2 - p)", None),
        ("log(x)", None), ("p", None), ("log(p - 1)", None)]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LOGS)
def test_logarithms(text, expected):
    flow = Flow(from_steps(["p = sigmoid(s)", "q = 1 - p", "L = log(q)"]))
    assert log_of(parse(text, functions=FUNCTIONS), flow, outputs(flow)) == expected


AFFINE = [("y1 + y2", {"y1": F(1), "y2": F(1)}), ("y + (1 - y)", {"": F(1)}), ("2*y/4 - 0.5*y", {}), ("-(y - 3)", {"y": F(-1), "": F(3)}),
          ("x*y", None), ("x^2", None), ("1/y", None)]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), AFFINE)
def test_affine(text, expected):
    assert affine(parse(text), Flow(from_steps(["c = 1 - y"]))) == expected


def test_a_step_is_opened():
    flow = Flow(from_steps(["c = 1 - y", "d = c^2", "L = y + c + d"]))
    assert affine(parse("y + c + d"), flow) == {"": F(1), "d": F(1)}


def test_what_comes_after():
    flow = Flow(from_steps(["a = x", "b = a", "c = x*b", "d = y"], loss="c"))
    assert flow.list_after(["a"]) == {"a", "b", "c"}
    assert flow.list_after(["x"], ["a"]) == {"x", "c"}
    assert flow.list_after(["a"], ["a"]) == set()
