"""Named rewrites: what is recognised, what is not, and that every row is true."""

import math
import random
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from chosen_exercises import chosen_ids, load_once
from hypothesis import given, settings
from hypothesis import strategies as st
from some_now import some_now

from tutor.derive.backward import derive
from tutor.derive.rewrites.named import (
    BELOW,
    LINEAR,
    ROWS,
    UNIT,
    collapse_units,
    find_named,
    scores,
    select_belonging,
    select_of_unit,
)
from tutor.exercise.load import load
from tutor.expression.nodes import Call, Name
from tutor.expression.plain import write_plain
from tutor.expression.sympy_bridge import to_sympy
from tutor.graph.build import from_steps
from tutor.graph.network import Network, from_network
from tutor.numbers.run import compute
from tutor.rules.functions import function, value_of

SOFTMAX = ["p1 = softmax_1(z1, z2)", "p2 = softmax_2(z1, z2)"]
TWO = "-(y1*log(p1) + y2*log(p2))"
BCE = "-(y*log(p) + (1 - y)*log(1 - p))"

TABLE = [  # steps, parameters, {gradient: (what it always is, what has to sum to 1, what it is then)}
    # sigmoid with binary cross-entropy, however it is written
    (["p = sigmoid(s)", f"L = {BCE}"], [], {"dL/ds": ("p - y", "", "")}),
    (["p = sigmoid(s)", "L = binary_cross_entropy(p, y)"], [], {"dL/ds": ("p - y", "", "")}),
    (["p = sigmoid(s)", "L = -y*log(p) - (1 - y)*log(1 - p)"], [], {"dL/ds": ("p - y", "", "")}),
    (["p = 1/(1 + exp(-s))", f"L = {BCE}"], [], {"dL/ds": ("p - y", "", "")}),
    (["a = -s", "b = exp(a)", "c = 1 + b", "p = 1/c", f"L = {BCE}"], [], {"dL/ds": ("p - y", "", "")}),
    (["p = sigmoid(s)", "q = 1 - p", "l = log(q)", "L = -y*log(p) - (1 - y)*l"], [], {"dL/ds": ("p - y", "", "")}),
    (["p = sigmoid(s)", "L = -log(p)"], [], {"dL/ds": ("p - 1", "", "")}),
    (["p = sigmoid(s)", "L = -log(1 - p)"], [], {"dL/ds": ("p", "", "")}),
    (["p = sigmoid(s)", f"L = {BCE}/2"], [], {"dL/ds": ("1/2*(p - y)", "", "")}),
    (["p = sigmoid(s)", f"L = ({BCE})/N"], [], {"dL/ds": ("(p - y)/N", "", "")}),
    (["s = w*h + b", "p = sigmoid(s)", f"L = {BCE}"], ["w", "b"],
     {"dL/ds": ("p - y", "", ""), "dL/db": ("p - y", "", ""), "dL/dw": ("(p - y)*h", "", "")}),
    # with a penalty, in one formula and split
    (["s = w*h", "p = sigmoid(s)", f"L = {BCE} + r*w^2"], ["w"],
     {"dL/ds": ("p - y", "", ""), "dL/dw": ("(p - y)*h + 2*r*w", "", "")}),
    (["s = w*h", "p = sigmoid(s)", f"D = {BCE}", "R = lam/2*w^2", "L = D + R"], ["w"],
     {"dL/ds": ("p - y", "", ""), "dL/dw": ("(p - y)*h + lam*w", "", "")}),
    (["z1 = w*h", "z2 = v*h", *SOFTMAX, "D = -log(p1)", "q = w^2 + v^2", "R = lam*q", "L = D + R"], ["w", "v"],
     {"dL/dz1": ("p1 - 1", "", ""), "dL/dz2": ("p2", "", ""), "dL/dw": ("(p1 - 1)*h + 2*lam*w", "", ""),
      "dL/dv": ("p2*h + 2*lam*v", "", "")}),
    # other spellings of a sigmoid, and of its cross-entropy
    *((["p = " + text, f"L = {BCE}"], [], {"dL/ds": ("p - y", "", "")}) for text in (
        "exp(s)/(1 + exp(s))", "exp(s)/(exp(s) + 1)", "1/(1 + 1/exp(s))", "(1 + exp(-s))^(-1)")),
    (["p = sigmoid(s)", "L = (-y)*log(p) + (y - 1)*log(1 - p)"], [], {"dL/ds": ("p - y", "", "")}),
    *((["p = " + text, f"L = {BCE}"], [], {"dL/dw": ("(p - y)*x", "", ""), "dL/dx": ("(p - y)*w", "", ""), "dL/db": ("p - y", "", "")})
      for text in ("sigmoid(w*x + b)", "1/(1 + exp(-(w*x + b)))", "1/(1 + exp(-w*x - b))")),
    (["p = sigmoid(2*s)", f"L = {BCE}"], [], {"dL/ds": ("2*(p - y)", "", "")}),
    (["p = 1/(1 + exp(b - a))", "L = -log(p)"], [], {"dL/da": ("p - 1", "", ""), "dL/db": ("1 - p", "", "")}),
    (["p = sigmoid(w*x)", f"D = {BCE}", "R = w^2", "L = D + R"], [], {"dL/dx": ("(p - y)*w", "", "")}),  # w has a path of its own
    # the logarithm worked out
    (["L = log(1 + exp(s)) - y*s"], [], {"dL/ds": ("sigmoid(s) - y", "", "")}),
    (["L = softplus(s) - y*s"], [], {"dL/ds": ("sigmoid(s) - y", "", "")}),
    (["e = exp(s)", "t = 1 + e", "l = log(t)", "m = y*s", "L = l - m"], [], {"dL/ds": ("sigmoid(s) - y", "", "")}),
    (["L = log(exp(a) + exp(b) + exp(c)) - b"], [],
     {"dL/da": ("softmax_1(a, b, c)", "", ""), "dL/db": ("softmax_2(a, b, c) - 1", "", ""), "dL/dc": ("softmax_3(a, b, c)", "", "")}),
    (["L = (log(exp(a) + exp(b)) - y*a - (1 - y)*b)/2"], [],
     {"dL/da": ("softmax_1(a, b)/2 - y/2", "", ""), "dL/db": ("softmax_2(a, b)/2 + (y - 1)/2", "", "")}),
    (["L = (1 - y)*s + log(1 + exp(-s))"], [], {"dL/ds": ("sigmoid(s) - y", "", "")}),
    (["n = -s", "L = s - y*s + softplus(n)"], [], {"dL/ds": ("sigmoid(s) - y", "", "")}),
    (["L = -y*log_sigmoid(s) - (1 - y)*log_sigmoid(-s)"], [], {"dL/ds": ("sigmoid(s) - y", "", "")}),
    (["a = log_sigmoid(s)", "L = -a"], [], {"dL/ds": ("sigmoid(s) - 1", "", "")}),
    (["z = w*h", "L = log(1 + exp(z)) - y*z"], ["w"], {"dL/dz": ("sigmoid(z) - y", "", ""), "dL/dw": ("(sigmoid(z) - y)*h", "", "")}),
    (["L = logsumexp(a, b) - a"], [], {"dL/da": ("softmax_1(a, b) - 1", "", ""), "dL/db": ("softmax_2(a, b)", "", "")}),
    # log-softmax with the negative log-likelihood, in steps and in one formula
    (["l1 = log_softmax_1(a, b)", "l2 = log_softmax_2(a, b)", "L = -(y1*l1 + y2*l2)"], [],
     {"dL/da": ("softmax_1(a, b)*(y1 + y2) - y1", "y1 + y2", "softmax_1(a, b) - y1"),
      "dL/db": ("softmax_2(a, b)*(y1 + y2) - y2", "y1 + y2", "softmax_2(a, b) - y2")}),
    (["L = log_softmax_1(a, b)"], [], {"dL/da": ("-softmax_1(a, b) + 1", "", ""), "dL/db": ("-softmax_2(a, b)", "", "")}),
    (["a = w*h", "L = -log_softmax_1(a, b)/N"], ["w"],
     {"dL/da": ("(softmax_1(a, b) - 1)/N", "", ""), "dL/db": ("softmax_2(a, b)/N", "", ""),
      "dL/dw": ("(softmax_1(a, b) - 1)/N*h", "", "")}),
    (["s1 = w*h1", "s2 = w*h2", "p1 = sigmoid(s1)", "p2 = sigmoid(s2)",
      "L = 1/2*(binary_cross_entropy(p1, y1) + binary_cross_entropy(p2, y2))"], ["w"],
     {"dL/ds1": ("1/2*(p1 - y1)", "", ""), "dL/ds2": ("1/2*(p2 - y2)", "", ""),
      "dL/dw": ("1/2*(p1 - y1)*h1 + 1/2*(p2 - y2)*h2", "", "")}),
    (["L = max(0, a - c + 1) + max(0, b - c + 1)"], [],
     {"dL/dc": ("-(if_positive(a - c + 1, 1, 0) + if_positive(b - c + 1, 1, 0))", "", "")}),
    (["d = m - n", "r = w/v", "L = 1/2*(log(r) + v/w + d^2/w - 1)"], [],
     {"dL/dm": ("(m - n)/w", "", ""), "dL/dn": ("(n - m)/w", "", ""), "dL/dv": ("1/2*(1/w - 1/v)", "", ""),
      "dL/dw": ("1/2*(1/w - (v + (m - n)^2)/w^2)", "", "")}),
    # softmax with cross-entropy
    ([*SOFTMAX, f"L = {TWO}"], [],
     {"dL/dz1": ("p1*(y1 + y2) - y1", "y1 + y2", "p1 - y1"), "dL/dz2": ("p2*(y1 + y2) - y2", "y1 + y2", "p2 - y2")}),
    ([*SOFTMAX, "L1 = cross_entropy(p1, y1)", "L2 = cross_entropy(p2, y2)", "L = (L1 + L2)/2"], [],
     {"dL/dz1": ("1/2*(p1*(y1 + y2) - y1)", "y1 + y2", "1/2*(p1 - y1)"),
      "dL/dz2": ("1/2*(p2*(y1 + y2) - y2)", "y1 + y2", "1/2*(p2 - y2)")}),
    ([*SOFTMAX, "L = -(y*log(p1) + (1 - y)*log(p2))"], [],
     {"dL/dz1": ("p1 - y", "", ""), "dL/dz2": ("p2 - (1 - y)", "", "")}),
    ([*SOFTMAX, "L = -log(p2)"], [], {"dL/dz1": ("p1", "", ""), "dL/dz2": ("p2 - 1", "", "")}),
    ([*SOFTMAX, "L = -(0.5*log(p1) + log(p2))"], [],
     {"dL/dz1": ("3/2*p1 - 1/2", "", ""), "dL/dz2": ("3/2*p2 - 1", "", "")}),
    (["p2 = softmax_2(z1, z2)", "L = -y*log(p2)"], [],
     {"dL/dz1": ("softmax_1(z1, z2)*y", "y", "softmax_1(z1, z2)"), "dL/dz2": ("p2*y - y", "y", "p2 - y")}),
    (["e1 = exp(z1)", "e2 = exp(z2)", "t = e1 + e2", "p1 = e1/t", "p2 = e2/t", f"L = {TWO}"], [],
     {"dL/dz1": ("p1*(y1 + y2) - y1", "y1 + y2", "p1 - y1"), "dL/dz2": ("p2*(y1 + y2) - y2", "y1 + y2", "p2 - y2")}),
    (["p1 = exp(z1)/(exp(z1) + exp(z2))", "L = -log(p1)"], [],
     {"dL/dz1": ("p1 - 1", "", ""), "dL/dz2": ("softmax_2(z1, z2)", "", "")}),
    (["z1 = w*h", "z2 = v*h", *SOFTMAX, f"L = {TWO}"], ["w"],
     {"dL/dz1": ("p1*(y1 + y2) - y1", "y1 + y2", "p1 - y1"), "dL/dz2": ("p2*(y1 + y2) - y2", "y1 + y2", "p2 - y2"),
      "dL/dw": ("(p1*(y1 + y2) - y1)*h", "y1 + y2", "(p1 - y1)*h")}),
]  # fmt: skip


def written(rewrites):
    return {
        write_plain(r.left): (write_plain(r.expr), write_plain(r.condition) if r.condition else "", write_plain(r.under) if r.under else "")
        for r in rewrites
    }


@pytest.mark.parametrize(("steps", "parameters", "expected"), TABLE, ids=["; ".join(row[0]) for row in TABLE])
def test_recognised(steps, parameters, expected):
    graph = from_steps(steps, parameters=parameters)
    assert written(find_named(derive(graph))) == expected


NOTHING = [  # where the simple form would be wrong, or nothing is to be simplified
    ["p = sigmoid(s)", f"L = {BCE} + p^2"],  # the output is used elsewhere
    ["p = sigmoid(s)", f"L = {BCE} + s"],  # and its score
    ["p = sigmoid(s)", f"L = ({BCE})^2"],
    ["p = sigmoid(s)", "L = -(y*log(p) + (2 - y)*log(1 - p))"],  # the weights do not sum to 1
    ["p = sigmoid(s)", "L = -(y*log(p) + (1 - t)*log(1 - p))"],
    ["p = sigmoid(s)", "L = -(y*log(p)/N + (1 - y)*log(1 - p)/M)"],
    ["p = sigmoid(s)", "y = 2*s", f"L = {BCE}"],  # the target depends on the score
    ["p = sigmoid(s)", "L = y*p*log(p)"],
    ["p = sigmoid(s)", "L = 1/2*(p - y)^2"],
    ["p = tanh(s)", f"L = {BCE}"],
    ["p = sigmoid(s^2)", f"L = {BCE} + s"],
    ["L = log(1 + exp(s)) - y*s^2"],
    ["b = 2*a", "L = log(exp(a) + exp(b)) - a"],  # a score that depends on another
    ["L = log(exp(a) + exp(a)) - a"],
    ["L = log(2 + exp(s)) - y*s"],
    ["p = sigmoid(s)", "q = sigmoid(s)", "L = -y*log(p) - (1 - y)*log(1 - q)"],
    ["b = 2*a", "p = softmax_1(a, b)", "L = -log(p)"],  # a score that depends on another
    ["b = 2*a", "l = log_softmax_1(a, b)", "L = -l"],
    ["l = log_softmax_1(a, b)", "L = -l^2"],
    ["l = log_softmax_1(a, b)", "L = -log(l)"],
    ["l = log_softmax_1(a, b)", "L = a - l"],
    ["L = tanh(log_softmax_1(a, b))"],
    ["L = -y*log_sigmoid(s) - (1 - y)*log_sigmoid(s)^2"],
    [*SOFTMAX, "L = -(y1*log(p1) + y2*log(1 - p2))"],
    [*SOFTMAX, f"L = {TWO} + z1"],
    [*SOFTMAX, f"L = {TWO} + p1"],
    ["e1 = exp(z1)", "e2 = exp(z2)", "t = e1 + e2", "p1 = e1/t", "p2 = e2/t", f"L = {TWO} + t"],
    ["p1 = softmax_1(z, z)", "L = -log(p1)"],
    ["d = x + y", "f = d*z"],
]


@pytest.mark.parametrize("steps", NOTHING, ids=["; ".join(row) for row in NOTHING])
def test_not_recognised(steps):
    assert find_named(derive(from_steps(steps))) == ()


def composed(graph, expr=None):
    """A formula of the leaves, with σ and softmax as exponentials: independent of the opaque functions of the product."""

    def call(func, args):
        row = function(func, len(args))
        return to_sympy(value_of(row), call, dict(zip(row.params, args, strict=True)))

    table = {}
    for step in graph.steps:
        table[step.target] = to_sympy(step.expr, call, table)
    return to_sympy(expr or Name(graph.loss), call, table)


@pytest.mark.parametrize("steps", some_now([row[0] for row in TABLE], 2), ids=["; ".join(row[0]) for row in TABLE])
def test_every_form_is_proved_by_sympy(steps):
    """The derivative of the composed formula minus the simplified form is 0: not at some points, but as a formula."""
    graph = from_steps(steps)
    rewrites = find_named(derive(graph))
    computed = [f"{step.target} = {write_plain(step.expr)}" for step in graph.steps if step.target not in scores(rewrites)]
    free = from_steps(computed, loss=graph.loss)  # a score is a quantity of its own here
    for rewrite in rewrites:
        slope = sympy.diff(composed(free), sympy.Symbol(rewrite.left.wrt, real=True))
        for expr in (rewrite.expr, *rewrite.between):
            difference = (slope - composed(free, expr)).replace(sympy.Heaviside, lambda x, *_: sympy.Piecewise((1, x > 0), (0, True)))
            assert sympy.simplify(difference) == 0
        if rewrite.under is not None:
            total = composed(free, rewrite.condition)
            last = sorted(total.free_symbols, key=str)[-1]
            solved = sympy.solve(total - 1, last)[0]
            assert sympy.simplify((slope - composed(free, rewrite.under)).subs(last, solved)) == 0


TARGET = st.fractions(-2, 2, max_denominator=8)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6).flatmap(lambda n: st.tuples(st.lists(st.floats(-3, 3), min_size=n, max_size=n),
                                                       st.lists(TARGET, min_size=n, max_size=n))))  # fmt: skip
def test_softmax_of_any_size_and_any_targets(drawn):
    """p_i·Σy − y_i with plain floats, written down here; p_i − y_i where, and only where, the targets sum to 1."""
    z, y = drawn
    n = len(z)
    listed = ", ".join(f"z{i}" for i in range(1, n + 1))
    steps = [f"p{i} = softmax_{i}({listed})" for i in range(1, n + 1)]
    steps.append("L = -(" + " + ".join(f"y{i}*log(p{i})" for i in range(1, n + 1)) + ")")
    rewrites = find_named(derive(from_steps(steps)))
    assert len(rewrites) == n
    powers = [math.exp(value) for value in z]
    p = [power / sum(powers) for power in powers]
    place = {f"p{i + 1}": Fraction(p[i]) for i in range(n)} | {f"y{i + 1}": y[i] for i in range(n)}
    for i, rewrite in enumerate(rewrites):
        assert float(compute(rewrite.expr, place)) == pytest.approx(p[i] * float(sum(y)) - float(y[i]), abs=1e-12)
        assert float(compute(rewrite.under, place)) == pytest.approx(p[i] - float(y[i]), abs=1e-12)
        assert compute(rewrite.condition, place) == sum(y)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=3, max_size=4),
    st.sampled_from(["neuron", "layer", "none"]),
    st.integers(0, 999),
)
def test_a_random_linear_network_is_one_unit(sizes, biases, seed):
    """Exactly, against a multiplication of matrices written down here."""
    chance = random.Random(seed)
    graph = from_network(Network(tuple(sizes), ("identity",) * (len(sizes) - 1), biases=biases))
    values = {q.name: Fraction(chance.randint(-9, 9), chance.randint(1, 5)) for q in graph.leaves}
    h = [values[f"x{j}"] for j in range(1, sizes[0] + 1)]
    for layer, (before, size) in enumerate(pairwise(sizes), 1):
        h = [
            sum(values[f"w{layer}_{i}_{j}"] * h[i - 1] for i in range(1, before + 1))
            + (0 if biases == "none" else values[f"b{layer}" if biases == "layer" else f"b{layer}_{j}"])
            for j in range(1, size + 1)
        ]
    rewrites = collapse_units(derive(graph))
    weights = {r.left.name: compute(r.expr, values) for r in rewrites if r.rule == UNIT}
    units = [r for r in rewrites if r.rule == LINEAR]
    assert [unit.left.name for unit in units] == [f"a{len(sizes) - 1}_{j}" for j in range(1, sizes[-1] + 1)]
    assert [compute(unit.expr, {**values, **weights}) for unit in units] == h


def test_what_belongs_to_some_quantities():
    graph = from_steps(
        ["a = u*x", "h = sigmoid(a)", "s = w*h", "p = sigmoid(s)", "t = v*x", "q = sigmoid(t)",
         "L = binary_cross_entropy(p, y) + binary_cross_entropy(q, r)"], parameters=["u", "w", "v"],
    )  # fmt: skip
    derivation = derive(graph)

    def some(*wanted):
        return [write_plain(r.left) for r in select_belonging(find_named(derivation), derivation, wanted)]

    assert some("w") == ["dL/ds", "dL/dw"]
    assert some("u") == ["dL/ds"]  # on the way, but not directly below
    assert some("v") == ["dL/dt", "dL/dv"]
    assert some("w", "v") == ["dL/ds", "dL/dt", "dL/dw", "dL/dv"]
    assert some("y") == []


def test_what_belongs_of_a_unit():
    unit = collapse_units(derive(load("graz/linear-collapse").graph))

    def some(*wanted):
        return [write_plain(r.left) for r in select_of_unit(unit, wanted)]

    assert some("w2_0_1") == ["yhat", "wtilde_0"]
    assert some("w2_1_1") == ["yhat", "wtilde_0", "wtilde_1", "wtilde_2"]
    assert some("x_2") == ["yhat", "wtilde_2"]
    assert some("h1") == []


FOUND = {"dl/bce": 6, "dl/linear-collapse": 2, "graz/linear-collapse": 4, "qmul/two-linear-layers": 3,
         "neuron/softmax-cross-entropy": 12}  # fmt: skip


def test_the_exercises_that_have_one():
    counted = {}
    for ident in chosen_ids():
        graph = load_once(ident).graph
        if graph is not None and (many := len(find_named(derive(graph))) + len(collapse_units(derive(graph)))):
            counted[ident] = many
    assert {ident: counted.get(ident) for ident in FOUND} == FOUND


def test_a_large_network_is_left_alone():
    graph = from_network(Network((40, 40, 40), ("identity", "identity")))
    assert collapse_units(derive(graph)) == ()


def test_every_row_is_recognised_somewhere():
    seen = {r.rule for steps, parameters, _ in TABLE for r in find_named(derive(from_steps(steps, parameters=parameters)))}
    assert seen == {row.name for row in ROWS} | {BELOW}
    assert all(row.source for row in ROWS)


def test_a_component_that_is_no_step_is_written_as_a_function():
    first, _ = find_named(derive(from_steps(["p2 = softmax_2(z1, z2)", "L = -log(p2)"])))
    assert first.expr == Call("softmax_1", (Name("z1"), Name("z2")))
