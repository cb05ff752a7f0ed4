"""Every gradient of more than a thousand random graphs against forward-mode numbers, independently implemented."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from independent import close, dual, forward, gradients
from random_graphs import SHAPES, random_graph

from tutor.derive.backward import derive
from tutor.derive.chains import count_routes, list_full_chains
from tutor.derive.chains import gradients as steps_of
from tutor.expression.walk import names
from tutor.numbers.run import compute, evaluate
from tutor.rules.functions import FUNCTIONS


def chains_agree(derivation, trace):
    """The products of the factors along all paths, added up, give the gradient again."""
    loss = derivation.graph.loss
    routes = count_routes(derivation)
    for wrt in derivation.graph.names:
        chains = list_full_chains(derivation, wrt)
        if chains is None:
            continue
        assert len(chains) == routes[wrt]
        total = 0
        for path in chains:
            product = 1
            for factor in path.factors:
                product *= dual(compute(factor.expr, trace)).value
            total += product
            assert path.factors[0].of == loss
            assert path.factors[-1].wrt == wrt
            assert all(a.wrt == b.of for a, b in zip(path.factors, path.factors[1:], strict=False))
        assert close(total, trace[f"d{loss}/d{wrt}"])


def uses(graph, name):
    """The steps that use a quantity, among those that the loss depends on."""
    steps = {step.target: step for step in graph.steps}
    needed, stack = set(), [graph.loss]
    while stack:
        target = stack.pop()
        if target in steps and target not in needed:
            needed.add(target)
            stack += names(steps[target].expr)
    return [step.target for step in graph.steps if step.target in needed and name in names(step.expr)]


@given(st.integers(0, 2**40))
@settings(max_examples=800)
def test_all_gradients_of_random_graphs(seed):
    graph, leaves = random_graph(seed)
    derivation = derive(graph)
    trace = evaluate(derivation, leaves)
    expected = gradients(graph, leaves)
    steps = steps_of(derivation)
    assert set(steps) == set(graph.names)
    for name, gradient in expected.items():
        assert close(trace[f"d{graph.loss}/d{name}"], gradient), name
        if name != graph.loss:
            users = uses(graph, name)
            assert [path.factors[1].of for path in steps[name].paths] == users
            assert gradient == 0 or users
    chains_agree(derivation, trace.values)


def test_the_forward_pass_agrees_too():
    for seed in range(100):
        graph, leaves = random_graph(seed)
        trace = evaluate(derive(graph), leaves)
        independent = forward(graph, leaves)
        assert all(close(trace[name], independent[name].value) for name in graph.names)


def test_the_random_graphs_reach_every_rule():
    used, reached, fan_out = Counter(), set(), 0
    for seed in range(1500):
        graph, _ = random_graph(seed, used)
        fan_out += any(len(uses(graph, name)) > 1 for name in graph.names)
        reached |= {step.rule for step in graph.steps}
    assert [shape for shape in SHAPES if not used[shape]] == []
    assert fan_out > 250
    assert set(FUNCTIONS) - {"softmax", "log_softmax", "max_share", "min_share"} <= reached  # the last are derivatives of max and min
    assert {
        "softmax_1",
        "softmax_2",
        "sum",
        "difference",
        "weighted sum",
        "product",
        "quotient",
        "power",
        "formula",
    } <= reached


def test_the_test_catches_a_bent_gradient():
    graph, leaves = random_graph(7)
    trace = evaluate(derive(graph), leaves)
    expected = gradients(graph, leaves)
    name = next(name for name, gradient in expected.items() if gradient != 0 and name != graph.loss)
    assert not close(dual(trace[f"d{graph.loss}/d{name}"]).value * dual("1.001").value, expected[name])
