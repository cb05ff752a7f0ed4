"""The compiled steps against 60 digits: every exercise, random graphs, every function, every network; and where values do not exist."""

import math
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from chosen_exercises import chosen_ids, load_once
from hard_arguments import STABLE
from hypothesis import given, settings
from hypothesis import strategies as st
from independent import OutsideError
from independent import gradients as independent_gradients
from random_graphs import random_graph
from rows import LOSS_TEXTS, OF_PROBABILITIES
from some_now import some_now

from tutor.derive.backward import derive
from tutor.errors import ValueProblem
from tutor.exercise.load import load
from tutor.expression.nodes import Add, Call, Mul, Name, Neg, Number, Partial
from tutor.expression.parse import parse
from tutor.graph.build import from_steps
from tutor.graph.layered import from_layers, from_network_layers, write_out
from tutor.graph.network import Network, from_network
from tutor.graph.nouns import Step
from tutor.numbers import emit
from tutor.numbers.arithmetic import as_real
from tutor.numbers.compiled import compile_gradients, compile_many, compile_steps
from tutor.numbers.run import evaluate, run
from tutor.numbers.runner import One
from tutor.numbers.trees import lower
from tutor.rules.functions import FUNCTIONS

NEAR = 1e-10


def forms(graph, names=None):
    """(name of a form, function from a list of floats to (loss, *gradients)) for every form there is."""
    derivation = derive(graph)
    leaves = [quantity.name for quantity in graph.leaves]
    names = leaves if names is None else names
    steps = graph.steps + derivation.backward
    wanted = (graph.loss, *(f"d{graph.loss}/d{name}" for name in names))
    program = lower(steps, leaves, wanted)
    many = compile_many(steps, leaves, wanted)
    one = One(many.plan)
    return derivation, wanted, {
        "straight": emit.emit_straight(program, refuse, packed=True),
        "calls": one,
        "calls, arrays": lambda values: one.array(np.array(values)),
        "many": lambda values: many(np.array([values, values, [0.5] * len(values)]).T.copy())[:, 1],
    }  # fmt: skip


def refuse(values):
    raise AssertionError("the careful version was called")


def agree(found, wanted, trace, scale=1):
    for name, value in zip(wanted, found, strict=True):
        expected = float(as_real(trace[name]))
        assert abs(value - expected) <= NEAR * max(abs(expected), scale), (name, value, expected)


def check(graph, values):
    derivation, wanted, found = forms(graph)
    trace = evaluate(derivation, values)
    numbers = [float(values[quantity.name]) for quantity in graph.leaves]
    for compute in found.values():
        agree(compute(numbers), wanted, trace, 1e-3)


@pytest.mark.parametrize("name", [name for name in chosen_ids() if load_once(name).values])
def test_every_exercise(name):
    exercise = load_once(name)
    check(exercise.graph, exercise.values)


def conditioned(graph, leaves):
    """Whether doubles can compute the gradients: those at values that are off by some units in the last place hardly differ."""
    moved = {name: value * (1 + Fraction((-1) ** place, 2**45)) for place, (name, value) in enumerate(leaves.items())}
    first, second = independent_gradients(graph, leaves), independent_gradients(graph, moved)
    return all(abs(first[name] - second[name]) <= 1e-11 * max(abs(first[name]), 1) for name in first)


@given(st.integers(0, 2**40))
@settings(max_examples=150, deadline=None)
def test_random_graphs(seed):
    graph, leaves = random_graph(seed)
    try:
        if not conditioned(graph, leaves):
            return
    except (OutsideError, ZeroDivisionError):
        return
    derivation, wanted, found = forms(graph)
    trace = evaluate(derivation, leaves)
    numbers = [float(leaves[quantity.name]) for quantity in graph.leaves]
    for compute in found.values():
        agree(compute(numbers), wanted, trace, 1)


ARITIES = {"max": (1, 2, 4), "min": (1, 2, 4), "softmax": (1, 2, 5), "if_positive": (3,), "pi": (0,)}


@pytest.mark.parametrize("name", [*FUNCTIONS, "pi"])
def test_every_function(name):
    generator = random.Random(name)
    row = FUNCTIONS.get(name)
    low, high = row.sample if row else (0, 1)
    for arity in ARITIES.get(name) or (len(row.params),):
        func = f"softmax_{arity}" if name == "softmax" else name
        args = [f"x{place}" for place in range(arity)]
        graph = from_steps([f"f = {func}({', '.join(args)})" if arity else "f = pi*x0"])
        for _ in range(8):
            point = {q.name: Fraction(round(generator.uniform(low, high) * 64) * 2 + 1, 128) for q in graph.leaves}
            check(graph, point)


@pytest.mark.parametrize("func", ["sigmoid'", "tanh'", "relu'", "softplus'", "exp'", "sin'"])
def test_primes(func):
    compute = compile_steps([Step("f", Call(func, (Add((Name("x"), Number("1"))),)), "")], ["x"], ["f"])
    expected = run([Step("f", Call(func, (Add((Name("x"), Number("1"))),)), "")], {"x": Fraction(1, 3)})["f"]
    assert compute(1 / 3)[0] == pytest.approx(float(as_real(expected)), rel=1e-14)


ACTIVATIONS = [
    row.name for row in FUNCTIONS.values() if len(row.params) == 1 and row.sample[0] < -1 < 1 < row.sample[1]
]
"""Those that exist at every sum of a layer, large and negative ones too."""


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "leaky_relu(0.1)", "elu(1)", "softmax"])
@pytest.mark.parametrize("biases", some_now(["neuron", "layer", "none"], 3))
def test_networks_of_every_activation(activation, biases):
    network_agrees(Network((3, 4, 3), (activation, "sigmoid"), biases=biases, mean=biases == "layer"))


@pytest.mark.parametrize("loss", LOSS_TEXTS)
@pytest.mark.parametrize("last", ["sigmoid", "softmax"])
def test_networks_of_every_loss(loss, last):
    network_agrees(Network((2, 5, 3), ("tanh", last), loss=loss, naming="numbered"))


def network_agrees(network):
    graph = from_network(network)
    generator = random.Random(str(network))
    least = 0 if network.loss in OF_PROBABILITIES else -128
    check(graph, {q.name: Fraction(generator.randint(least if q.kind == "target" else -128, 128) * 2 + 1, 256) for q in graph.leaves})


def random_rows(graph, count, seed=0):
    return np.random.default_rng(seed).normal(size=(len(graph.leaves), count))


@pytest.mark.parametrize("sizes", [(2, 2, 2), (4, 8, 8, 4), (8, 16, 16, 8), (10, 32, 32, 10)])
def test_the_forms_agree_with_each_other_at_every_size(sizes):
    network = Network(sizes, ("sigmoid",) * (len(sizes) - 1))
    graph, compiled = from_network(network), compile_gradients(network)
    rows = random_rows(graph, 37)
    many = compiled.many(rows)
    assert many.shape == (1 + len(compiled.wanted), 37)
    assert compiled.wanted == tuple(f"dL/d{q.name}" for q in graph.parameters)
    straight = forms(graph, [q.name for q in graph.parameters])[2]["straight"]
    for column in (0, 7, 36):
        values = rows[:, column]
        for found in (compiled.one(values.tolist()), compiled.array(values), straight(values.tolist())):
            assert np.allclose(found, many[:, column], rtol=1e-12, atol=1e-15)
    assert compiled.form == ("floats" if sizes[1] < 16 else "layers")


def test_a_layer_is_a_few_calls():
    network = Network((8, 16, 16, 8), ("sigmoid",) * 3)
    compiled, graph = compile_gradients(network, ["w2_3_4", "b3_1", "w1_1_1", "w2_3_3", "b3_2"]), from_network(network)
    assert compiled.form == "layers"
    assert len(compiled._plan.calls) < 36
    rows = random_rows(graph, 5)
    whole = compile_gradients(graph)
    places = [0, *(1 + whole.wanted.index(name) for name in compiled.wanted)]
    assert np.allclose(compiled.many(rows), whole.many(rows)[places], rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("affine", ["plain", "transposed"])
def test_graphs_over_layers_in_the_names_of_their_entries(affine):
    """The transposed matrices of a network are views; arrays that an exercise names itself too."""
    network = Network((9, 20, 12), ("tanh", "softmax"), loss="cross-entropy", biases="layer", naming="numbered")
    own = from_layers(
        ["z = W x + b", "a = sigmoid(z)", "L = sum((a - y)^2)"], {"W": (30, 20), "x": (20,), "b": (30,), "y": (30,)}
    )
    for layered in (from_network_layers(network, affine), own):
        compiled, scalar = compile_gradients(layered), compile_gradients(replace(write_out(layered), whole=None))
        assert (compiled.form, scalar.form) == ("layers", "floats")
        assert (compiled.leaves, compiled.wanted) == (scalar.leaves, scalar.wanted)
        rows = np.abs(random_rows(write_out(layered), 3))
        assert np.allclose(compiled.many(rows), scalar.many(rows), rtol=1e-11, atol=1e-14)
        assert np.allclose(compiled.one(rows[:, 1].tolist()), scalar.many(rows)[:, 1], rtol=1e-11, atol=1e-14)
    with pytest.raises(ValueProblem, match="no quantity q"):
        compile_gradients(own, ["q"])
    with pytest.raises(ValueProblem, match="the sizes n are letters"):
        compile_gradients(from_layers(["L = sum(x^2)"], {"x": ("n",)}))


def test_what_was_written_out_is_compiled_as_the_layers_it_was():
    network = Network((8, 16, 16, 8), ("sigmoid",) * 3, biases="layer", naming="numbered")
    layered = from_layers(
        ["z = W x + b", "a = sigmoid(z)", "L = sum((a - y)^2)"], {"W": (30, 20), "x": (20,), "b": (30,), "y": (30,)}
    )
    for graph in (from_network(network), write_out(layered)):
        compiled, again, scalar = (
            compile_gradients(graph),
            compile_gradients(derive(graph)),
            compile_gradients(replace(graph, whole=None)),
        )
        assert (compiled.form, again.form, scalar.form) == ("layers", "layers", "floats")
        assert (compiled.leaves, compiled.wanted) == (again.leaves, again.wanted) == (scalar.leaves, scalar.wanted)
        rows = random_rows(graph, 2)
        assert np.allclose(compiled.many(rows), scalar.many(rows), rtol=1e-11, atol=1e-14)


def test_a_graph_that_was_changed_is_no_network_any_more():
    graph = from_network(Network((8, 16, 16, 8), ("sigmoid",) * 3))
    last = graph.steps[-1]
    other = replace(graph, steps=(*graph.steps[:-1], replace(last, expr=Mul((Number("2"), last.expr)))))
    assert other.whole is graph.whole
    values = random_rows(graph, 1)[:, 0].tolist()
    assert compile_gradients(other).one(values)[0] == pytest.approx(2 * compile_gradients(graph).one(values)[0])


def test_results_in_another_order_cost_no_copies():
    graph = from_network(Network((3, 4, 4, 2), ("sigmoid",) * 3))
    leaves = [q.name for q in graph.leaves]
    steps = graph.steps + derive(graph).backward
    wanted = [f"dL/d{name}" for name in leaves]
    forward, backward = (compile_many(steps, leaves, names).plan.calls for names in (wanted, wanted[::-1]))
    assert len(forward) == len(backward)


MIXED = ["x*y + d*z", "x*y - d*z + d*x", "x + d + z", "x - (y + z)", "x - (y - d) - (z - x)", "x/(y*d)", "x/(y/d)", "-(x + d)*z",
         "(x - y)*(d - z)", "x*d*(1 - y)", "-x", "-(-x)", "-d*y + x", "x - -d", "exp(x*y + d*z)", "exp(x + y + d)",
         "(x*y + d*z + 1)*(x + y + z)", "x^2^2", "(x*d)^3", "d^y", "2*x", "3", "pi", "sqrt(9/4)", "x*(y*(z*(d*(x + 1))))"]  # fmt: skip


@pytest.mark.parametrize("text", MIXED)
def test_brackets_and_operands_from_everywhere(text):
    check(from_steps(["d = x*y*z", f"f = {text}"]), {"x": Fraction(3, 2), "y": Fraction(5, 4), "z": Fraction(7, 8)})


NOWHERE = [
    ("log(x)", -1.0, math.nan), ("log(x)", 0.0, -math.inf), ("1/x", 0.0, math.inf), ("-1/x", 0.0, -math.inf),
    ("x/x", 0.0, math.nan), ("sqrt(x)", -1.0, math.nan), ("x^0.3", -2.0, math.nan), ("x^(-3)", 0.0, math.inf),
    ("x^(-7)", 0.0, math.inf), ("exp(x)", 1000.0, math.inf), ("sinh(x)", -1000.0, -math.inf),
    ("x^60", 1e300, math.inf), ("exp(x) - exp(x)", 1000.0, math.nan), ("sin(x)", math.inf, math.nan),
    ("max(x, 1)", math.nan, math.nan), ("max(1, x)", math.nan, math.nan), ("min(2, x, 1)", math.nan, math.nan),
    ("relu(x)", math.nan, math.nan), ("if_positive(x, 1, 2)", math.nan, math.nan), ("sign(x)", math.nan, math.nan),
    ("sigmoid(x)", math.nan, math.nan), ("softplus(x)", math.nan, math.nan), ("x*1e400", 1.0, math.inf),
    ("abs(x)", math.nan, math.nan), ("cross_entropy(x, 1)", 0.0, math.inf),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "x", "expected"), NOWHERE + STABLE, ids=[f"{r[0]} at {r[1]}" for r in NOWHERE + STABLE]
)
def test_what_does_not_exist_is_nan_or_inf_and_nothing_raises(text, x, expected):
    step = Step("f", parse(text, functions=FUNCTIONS), "")
    (one,) = compile_steps([step], ["x"], ["f"])(x)
    many = compile_many([step], ["x"], ["f"])(np.array([[x, 0.7]]))
    for found in (one, many[0, 0]):
        assert found == pytest.approx(expected, rel=1e-12, abs=0, nan_ok=True), found
    assert type(one) is float
    assert math.isfinite(many[0, 1]) or text == "x*1e400"


def test_a_name_may_be_defined_again():
    """An update list in the manner of `run`: later steps see the new value."""
    steps = [Step("L", parse("w*w"), ""), Step("w", parse("w - g"), ""), Step("M", parse("w*w"), "")]
    given = {"w": Fraction(3), "g": Fraction(1)}
    expected = run(steps, given)
    wanted = ["L", "w", "M"]
    assert (
        compile_steps(steps, ["w", "g"], wanted)(3.0, 1.0)
        == tuple(float(expected[name]) for name in wanted)
        == (9, 2, 4)
    )
    assert compile_many(steps, ["w", "g"], wanted)(np.array([[3.0], [1.0]]))[:, 0].tolist() == [9, 2, 4]


def test_forward_backward_and_update_in_one_function():
    """10 steps of the lecture's linear neuron, compiled as one list, against exact fractions."""
    from descent import descend

    exercise = load("qmul/linear-neuron")
    derivation = derive(exercise.graph)
    update = [
        Step(f"{name}@1", Add((Name(name), Neg(Mul((Number("0.1"), Partial("E", name)))))), "update")
        for name in ("w_L", "b_L")
    ]
    leaves = [q.name for q in exercise.graph.leaves]
    step = compile_steps([*exercise.graph.steps, *derivation.backward, *update], leaves, ["w_L@1", "b_L@1"])
    values = {name: float(exercise.values[name]) for name in leaves}
    for _ in range(10):
        values["w_L"], values["b_L"] = step(*values.values())
    exact = descend(derivation, exercise.values, ("w_L", "b_L"), Fraction(1, 10), 10).traces[-1]
    assert values["w_L"] == pytest.approx(float(exact["w_L"]), rel=1e-13)
    assert values["b_L"] == pytest.approx(float(exact["b_L"]), rel=1e-13)


def test_determinism():
    graph = from_network(Network((4, 8, 8, 4), ("sigmoid", "softmax", "tanh")))
    leaves = [q.name for q in graph.leaves]
    wanted = ["L", *(f"dL/d{name}" for name in leaves)]
    programs = [lower(graph.steps + derive(graph).backward, leaves, wanted) for _ in range(2)]
    assert programs[0] == programs[1]
    assert emit.source(programs[0], packed=True) == emit.source(programs[1], packed=True)
    rows = random_rows(graph, 100)
    first, second = (compile_many(graph.steps + derive(graph).backward, leaves, wanted) for _ in range(2))
    assert first.plan.rows == second.plan.rows
    assert np.array_equal(first(rows), second(rows))
