"""Blocks of weights in a graph: which sums share their inputs, and so form a matrix."""

from __future__ import annotations

from tutor.expression.nodes import Add, Expr, Mul, Name
from tutor.graph.nouns import Graph


def map_transposed_weights(graph: Graph) -> tuple[dict[str, str], ...]:
    """For every square block of weights, the weight that stands in each one's place when the block is transposed.

    A block is a set of n sums of n products each over the same n inputs, whose weights are all different leaves.

    >>> from tutor.graph.build import from_steps
    >>> map_transposed_weights(from_steps(["z1 = p*x + q*y", "z2 = r*x + s*y", "L = z1*z2"]))
    ({'q': 'r', 'r': 'q'},)
    """
    leaves = {quantity.name for quantity in graph.leaves}
    blocks: dict[frozenset[str], list[dict[str, str]]] = {}
    for step in graph.steps:
        row = _row(step.expr, leaves)
        if row:
            blocks.setdefault(frozenset(row), []).append(row)
    found = []
    for inputs, rows in blocks.items():
        if len(rows) != len(inputs) or len(rows) < 2:
            continue
        order = list(rows[0])
        weights = [[row[name] for name in order] for row in rows]
        if len({weight for line in weights for weight in line}) != len(rows) ** 2:
            continue
        size = range(len(rows))
        found.append({weights[i][j]: weights[j][i] for i in size for j in size if i != j})
    return tuple(found)


def _row(expr: Expr, leaves: set[str]) -> dict[str, str]:
    """The weight of each input of a weighted sum, in its order; nothing for what is none."""
    if type(expr) is not Add:
        return {}
    row: dict[str, str] = {}
    pairs = [term.args for term in expr.args if type(term) is Mul and len(term.args) == 2]
    if any(type(a) is not Name or type(b) is not Name for a, b in pairs):
        return {}
    firsts = [a.name for a, _ in pairs if type(a) is Name]
    weights_first = all(name in leaves for name in firsts)
    for a, b in pairs:
        assert type(a) is Name
        assert type(b) is Name
        weight, name = (a.name, b.name) if weights_first else (b.name, a.name)
        if weight not in leaves or name in row:
            return {}
        row[name] = weight
    return row
