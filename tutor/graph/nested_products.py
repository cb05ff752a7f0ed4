"""Products of arrays that stand inside of others, each as a step of its own: for what is computed and not shown.

Written out entry by entry, ``gelu(X @ W) @ V`` has the whole sum of the inner product in every entry of the outer one, once for each
path to an entry of W.  With ``p = X @ W`` and ``h = gelu(p)`` as steps each entry is computed once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tutor.expression.nodes import Add, Call, Expr, Name, Neg, children, rebuild
from tutor.expression.walk import size
from tutor.graph.entries import Array, places
from tutor.graph.layered import Layered, write_out
from tutor.graph.nouns import Graph, Quantity, Step
from tutor.graph.shapes import INDEXED, SeenShapes, Shape, shape_of
from tutor.rules.operations import LAYERS, SOFTMAXES, formula

MARK = "in "
"""Begins the name of what is taken apart: no reader's quantity has a space in its name."""

MUCH = 2
"""So many times as long the formulas neuron by neuron have to be before it is worth while."""


def take_apart(layered: Layered) -> Layered:
    """The same computation with a step for each array that a nested product, a sum, or a function of one makes; sizes are numbers.

    The quantities that were there keep their names, their order and their entries.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> nested = from_layers(["y = tanh(X @ W) @ V", "L = sum(y)"], {"X": (2, 3), "W": (3, 4), "V": (4, 2)})
    >>> [(step.target, write_plain(step.expr)) for step in take_apart(nested).graph.steps][:2]
    [('in 1', 'matmul(X, W)'), ('in 2', 'tanh(in 1)')]
    """
    graph = layered.graph
    shapes = SeenShapes(layered.shapes)
    known: dict[Expr, str] = {}
    steps: list[Step] = []
    nodes: list[Quantity] = []

    def keep(expr: Expr) -> Expr:
        if expr not in known:
            known[expr] = name = f"{MARK}{len(known) + 1}"
            shape = shape_of(expr, shapes)
            shapes[name] = shape
            steps.append(Step(name, expr, "formula"))
            nodes.append(Quantity(name, shape=shape))
        return Name(known[expr])

    def split(expr: Expr) -> tuple[Expr, bool]:
        """The formula with names for what is nested in it, and whether anything in it is added up."""
        parts = children(expr)
        if not parts or (type(expr) is Call and expr.func == INDEXED):
            return expr, False
        count = len(LAYERS[expr.func][0].arrays) if type(expr) is Call and expr.func in LAYERS else len(parts)
        done = [split(part) for part in parts[:count]]
        sums = any(inside for _, inside in done)
        if sums and type(expr) not in (Add, Neg):
            done = [(keep(part) if inside and children(part) else part, inside) for part, inside in done]
        made = rebuild(expr, (*(part for part, _ in done), *parts[count:]))
        return made, sums or (type(expr) is Call and _has_sum(expr.func))

    cut = {target for target, _ in graph.cuts}  # such a step keeps all of its uses
    for step, node in zip(graph.steps, graph.nodes, strict=True):
        made = step.expr if step.target in cut else split(step.expr)[0]
        steps.append(step if made == step.expr else replace(step, expr=made))
        nodes.append(node)
    if not known:
        return layered
    entries = {**layered.entries, **{name: _name_entries(name, shapes[name]) for name in known.values()}}
    return replace(layered, graph=replace(graph, steps=tuple(steps), nodes=tuple(nodes)), entries=entries)


def write_apart(graph: Graph, layered: Layered) -> Graph:
    """A graph neuron by neuron with what is nested in the layers as quantities of its own.

    As it is, where it is not these layers written out, or would become little shorter.

    >>> from tutor.graph.layered import from_layers
    >>> nested = from_layers(["L = sum(tanh(W x) * v)"], {"W": (3, 8), "x": (8,), "v": (3,)})
    >>> write_apart(write_out(nested), nested) == write_out(nested)
    True
    >>> nested = from_layers(["L = sum(U @ tanh(W x))"], {"U": (5, 3), "W": (3, 8), "x": (8,)})
    >>> [step.target for step in write_apart(write_out(nested), nested).steps][::3]
    ['in 1_1', 'in 2_1', 'in 3_1', 'in 3_4']
    """
    apart = take_apart(layered)
    if apart is layered or write_out(layered) != graph:
        return graph
    written = write_out(apart)
    return written if _count_parts(graph) > MUCH * _count_parts(written) else graph


def _count_parts(graph: Graph) -> int:
    return sum(size(step.expr) for step in graph.steps)


def _name_entries(name: str, shape: Shape) -> Array[str]:
    sizes = tuple(int(size) for size in shape)
    return Array(sizes, tuple("_".join([name, *map(str, place)]) for place in places(sizes)))


@cache
def _has_sum(func: str) -> bool:
    """Whether an entry of an operation is made of many entries."""
    return func in SOFTMAXES or any(_has_loop(formula(row.index)) for row in LAYERS.get(func, ()))


def _has_loop(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func in ("sum_over", "max_over")) or any(map(_has_loop, children(expr)))
