"""The part of a computation that depends on one quantity."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.expression.walk import names, size
from tutor.graph.nouns import Graph, Step


@dataclass(frozen=True, slots=True)
class Slice:
    """The steps that depend on one quantity: only they have to be put into each other to see how the loss depends on it."""

    wrt: str
    steps: tuple[Step, ...]
    size: int
    depth: int


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
            known[step.target] = (
                size(step.expr) + sum(known[name][0] for name in used),
                1 + max(known[name][1] for name in used),
            )
    return Slice(wrt, tuple(steps), *known.get(graph.loss, (1, 0)))
