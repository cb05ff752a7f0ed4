"""How deep each quantity of a computation lies: neurons of one layer are as deep as each other, whatever they are called."""

from __future__ import annotations

from tutor.expression.walk import names
from tutor.graph.nouns import Graph


def find_depths(graph: Graph) -> dict[str, int]:
    """How many steps lie at most between the leaves and each quantity: neurons of a layer are as deep as each other.

    >>> from tutor.graph.build import from_steps
    >>> find_depths(from_steps(["z1 = w1*x", "z2 = w2*x", "a = z1*z2"]))
    {'w1': 0, 'x': 0, 'w2': 0, 'z1': 1, 'z2': 1, 'a': 2}
    """
    depths = dict.fromkeys((quantity.name for quantity in graph.leaves), 0)
    for step in graph.steps:
        depths[step.target] = 1 + max((depths[name] for name in names(step.expr)), default=-1)
    return depths
