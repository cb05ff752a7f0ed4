"""The part of a computation that depends on one quantity."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.expression.nodes import Call, Expr, children
from tutor.expression.walk import names, size
from tutor.graph.nouns import Graph, Step


@dataclass(frozen=True, slots=True)
class Slice:
    """The steps that depend on one quantity: only they have to be put into each other to see how the loss depends on it."""

    wrt: str
    steps: tuple[Step, ...]
    size: int
    depth: int


LONG, COMPARED = 60, 8
"""SymPy compares the operands of a maximum with each other: of long formulas that takes so many times as long (measured: 50 s for one)."""


def _has_extreme(expr: Expr) -> bool:
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if type(node) is Call and node.func in ("max", "min"):
            return True
        waiting.extend(children(node))
    return False


def slice_dependent(graph: Graph, wrt: str) -> Slice:
    """The part of a graph that depends on a quantity, with the size and depth of its composed formula (which is not made)."""
    known: dict[str, tuple[int, int]] = {wrt: (1, 0)}
    steps = []
    for step in graph.steps:
        if step.target == wrt:
            continue
        used = [name for name in names(step.expr) if name in known]
        if used:
            steps.append(step)
            whole = size(step.expr) + sum(known[name][0] for name in used)
            whole *= COMPARED if whole > LONG and _has_extreme(step.expr) else 1
            known[step.target] = (whole, 1 + max(known[name][1] for name in used))
    return Slice(wrt, tuple(steps), *known.get(graph.loss, (1, 0)))
