"""Dense layers found in scalar steps: few calls, whatever the names and the order."""

import random

import numpy as np

from tutor.derive.backward import derive
from tutor.graph.network import Network, from_network
from tutor.numbers.blocks import plan
from tutor.numbers.compiled import compile_gradients, compile_many
from tutor.numbers.trees import lower


def random_rows(graph, count, seed=0):
    return np.random.default_rng(seed).normal(size=(len(graph.leaves), count))


def test_a_layer_is_a_few_calls_whatever_it_is_called():
    """Dense layers are found by their form: also with hostile names and rows in another order."""
    graph = from_network(Network((8, 16, 16, 8), ("sigmoid",) * 3))
    compiled = lower(graph.steps + derive(graph).backward, graph.names[: len(graph.leaves)], ["L"])
    assert len(plan(compiled).calls) < 30
    names = [q.name for q in graph.leaves]
    random.Random(3).shuffle(names)
    rows = random_rows(graph, 5)
    places = [[q.name for q in graph.leaves].index(name) for name in names]
    wanted = ["L", *(f"dL/d{name}" for name in names)]
    shuffled = compile_many(graph.steps + derive(graph).backward, names, wanted)(rows[places])
    plain = compile_gradients(graph, [q.name for q in graph.leaves]).many(rows)
    assert np.allclose(shuffled[0], plain[0], rtol=1e-13)
    assert np.allclose(shuffled[1:], plain[1:][places], rtol=1e-12, atol=1e-16)


def test_results_in_another_order_cost_no_copies():
    graph = from_network(Network((3, 4, 4, 2), ("sigmoid",) * 3))
    leaves = [q.name for q in graph.leaves]
    steps = graph.steps + derive(graph).backward
    wanted = [f"dL/d{name}" for name in leaves]
    forward, backward = (plan(lower(steps, leaves, names)).calls for names in (wanted, wanted[::-1]))
    assert len(forward) == len(backward)
