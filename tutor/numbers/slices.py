"""The part of a computation that depends on one quantity."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
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


def _measure_steps(graph: Graph) -> tuple[tuple[Step, tuple[str, ...], int, bool], ...]:
    """Each step with the names in its formula, the size of that, and whether a maximum is in it: once for all quantities of a graph."""
    for known, found in _LATEST:
        if known is graph:
            return found
    found = tuple((step, tuple(names(step.expr)), size(step.expr), _has_extreme(step.expr)) for step in graph.steps)
    _LATEST.append((graph, found))
    return found


_LATEST: deque[tuple[Graph, tuple[tuple[Step, tuple[str, ...], int, bool], ...]]] = deque(maxlen=4)


def list_dependent(graph: Graph, wrt: Collection[str]) -> set[str]:
    """The targets of the steps that depend on at least one of some quantities; those quantities only where another one reaches them."""
    found: set[str] = set()
    for step in graph.steps:
        if any(name in found or name in wrt for name in names(step.expr)):
            found.add(step.target)
    return found


def slice_dependent(graph: Graph, wrt: str) -> Slice:
    """The part of a graph that depends on a quantity, with the size and depth of its composed formula (which is not made)."""
    known: dict[str, tuple[int, int]] = {wrt: (1, 0)}
    steps = []
    for step, named, own, extreme in _measure_steps(graph):
        if step.target == wrt:
            continue
        used = [name for name in named if name in known]
        if used:
            steps.append(step)
            whole = own + sum(known[name][0] for name in used)
            whole *= COMPARED if whole > LONG and extreme else 1
            known[step.target] = (whole, 1 + max(known[name][1] for name in used))
    return Slice(wrt, tuple(steps), *known.get(graph.loss, (1, 0)))
