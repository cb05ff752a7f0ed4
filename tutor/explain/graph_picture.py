"""Derivation → picture: the boxes and edges of its graph, with the numbers that stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.explain.document import Node, Picture
from tutor.explain.words.drawn_words import ENGLISH_DRAWN, DrawnWords
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Expr
from tutor.expression.walk import names
from tutor.graph.nouns import Derivation
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_printed
from tutor.numbers.slices import slice_dependent


def picture(
    derivation: Derivation,
    trace: Mapping[str, Value] | None,
    digits: int = 6,
    *,
    gradients: bool = True,
    focus: Sequence[str] = (),
    words: DrawnWords = ENGLISH_DRAWN,
) -> Picture:
    """A derivation as a picture: boxes in evaluation order, each leaf before the first step that uses it.

    With ``focus`` only the paths from these quantities to the loss are drawn; ``words`` stand in the picture.
    """
    graph = derivation.graph
    kinds = {quantity.name: quantity.kind for quantity in (*graph.leaves, *graph.nodes)}
    few = min(digits, 4)
    nodes: list[Node] = []
    edges: list[tuple[str, str]] = []
    drawn: set[str] = set()
    shown_steps = graph.steps
    if focus:
        within = {step.target for name in focus for step in slice_dependent(graph, name).steps} | set(focus)
        shown_steps = tuple(step for step in graph.steps if step.target in within)
    computed = {step.target for step in shown_steps}
    hidden = {q.name for q in graph.leaves if focus and q.name not in focus}
    hidden |= {step.target for step in graph.steps} - computed

    def box(name: str, expr: Expr | None) -> Node:
        value = gradient = None
        if trace is not None:
            value = as_printed(trace[name], few)
            key = derivative_key(graph.loss, name)
            gradient = as_printed(trace[key], few) if gradients and key in trace else None
        return Node(name, kinds.get(name, "node"), expr, value, gradient)

    for step in shown_steps:
        for name in () if step.target in focus else names(step.expr):
            if name in hidden:
                continue
            if name not in drawn and name not in computed:
                nodes.append(box(name, None))
                drawn.add(name)
            edges.append((name, step.target))
        nodes.append(box(step.target, step.expr))
        drawn.add(step.target)
    return Picture(tuple(nodes), tuple(edges), graph.loss, words)
