"""What depends on a quantity: the steps, and how large and deep their composed formula is."""

import pytest
from random_graphs import random_graph

from tutor.expression.walk import names, size, substitute
from tutor.graph.build import from_steps
from tutor.numbers.slices import slice_dependent

GRAPH = from_steps(["a = x + y", "b = x*z", "c = a*a", "L = c + b"])


@pytest.mark.parametrize(("wrt", "steps", "depth"), [
    ("x", ["a", "b", "c", "L"], 3), ("z", ["b", "L"], 2), ("a", ["c", "L"], 2), ("L", [], 0),
])  # fmt: skip
def test_only_the_steps_that_depend(wrt, steps, depth):
    found = slice_dependent(GRAPH, wrt)
    assert ([step.target for step in found.steps], found.depth) == (steps, depth)


@pytest.mark.parametrize("seed", range(8))
def test_the_size_is_that_of_the_composed_formula_or_more(seed):
    """Counted without making it: the formula put together has no more nodes."""
    graph, leaves = random_graph(seed)
    for wrt in leaves:
        found = slice_dependent(graph, wrt)
        whole = {}
        for step in found.steps:
            whole[step.target] = substitute(step.expr, whole)
        if graph.loss in whole and size(whole[graph.loss]) < 10**5:
            assert size(whole[graph.loss]) <= found.size
            assert wrt in names(whole[graph.loss])
