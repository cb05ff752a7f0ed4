"""Derivation → picture: the boxes and edges of its graph, with the numbers that stand in them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from tutor.derive.local import local_derivatives
from tutor.explain.document import LocalDerivative, Node, Picture
from tutor.explain.words.drawn_words import ENGLISH_DRAWN, DrawnWords
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Call, Expr, Name
from tutor.expression.walk import names
from tutor.graph.nouns import Derivation, Graph, Kind, Step
from tutor.graph.telling_names import tell_kind
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_printed
from tutor.numbers.run import compute
from tutor.numbers.slices import slice_dependent
from tutor.rules.functions import FUNCTIONS
from tutor.rules.patterns import recognise
from tutor.solving.request import EdgeLabels


def picture(
    derivation: Derivation,
    trace: Mapping[str, Value] | None,
    digits: int = 6,
    *,
    gradients: bool = True,
    focus: Sequence[str] = (),
    words: DrawnWords = ENGLISH_DRAWN,
    edges: EdgeLabels = "plain",
    fractions: bool | None = None,
) -> Picture:
    """A derivation as a picture: boxes in evaluation order, each leaf before the first step that uses it.

    With ``focus`` only the paths from these quantities to the loss are drawn; ``words`` stand in the picture; with ``edges`` as
    ``derivatives`` each edge has its local derivative; ``fractions`` are written where the page writes them.
    """
    graph = derivation.graph
    few = min(digits, 4)

    def show_value(value: Value) -> Expr:
        return as_printed(value, few, fractions=fractions)

    def show(key: str) -> Expr | None:
        return show_value(trace[key]) if trace is not None and key in trace else None

    nodes, links, shown_steps = _draw(graph, show, focus, gradients)
    found = _list_locals(graph, shown_steps, set(links), trace, show_value) if edges == "derivatives" else ()
    return Picture(tuple(nodes), tuple(links), graph.loss, words, tuple(found))


def draw_known(graph: Graph, known: Mapping[str, Expr], words: DrawnWords = ENGLISH_DRAWN) -> Picture:
    """A graph with the numbers that somebody has: ``known`` are values and gradients, by their names in the working.

    >>> from tutor.expression.nodes import Number
    >>> from tutor.graph.build import from_steps
    >>> drawn = draw_known(from_steps(["z = w*x", "L = z^2"], loss="L"), {"w": Number("2"), "dL/dz": Number("4")})
    >>> [(node.name, node.value, node.gradient) for node in drawn.nodes][:3]
    [('w', Number(text='2'), None), ('x', None, None), ('z', None, Number(text='4'))]
    """
    nodes, links, _ = _draw(graph, known.get)
    return Picture(tuple(nodes), tuple(links), graph.loss, words)


def _draw(
    graph: Graph, show: Callable[[str], Expr | None], focus: Sequence[str] = (), gradients: bool = True
) -> tuple[list[Node], list[tuple[str, str]], Sequence[Step]]:
    """The boxes, the edges, and the steps that are drawn; ``show`` is the number of a value or derivative, where it is shown."""
    kinds = {quantity.name: quantity.kind for quantity in (*graph.leaves, *graph.nodes)} | tell_weights(graph) | tell_targets(graph)
    nodes: list[Node] = []
    links: list[tuple[str, str]] = []
    drawn: set[str] = set()
    shown_steps = graph.steps
    if focus:
        within = {step.target for name in focus for step in slice_dependent(graph, name).steps} | set(focus)
        shown_steps = tuple(step for step in graph.steps if step.target in within)
    computed = {step.target for step in shown_steps}
    hidden = {q.name for q in graph.leaves if focus and q.name not in focus}
    hidden |= {step.target for step in graph.steps} - computed

    def box(name: str, expr: Expr | None) -> Node:
        gradient = show(derivative_key(graph.loss, name)) if gradients else None
        return Node(name, kinds.get(name, "node"), expr, show(name), gradient)

    for step in shown_steps:
        for name in () if step.target in focus else names(step.expr):
            if name in hidden:
                continue
            if name not in drawn and name not in computed:
                nodes.append(box(name, None))
                drawn.add(name)
            links.append((name, step.target))
        nodes.append(box(step.target, step.expr))
        drawn.add(step.target)
    return nodes, links, shown_steps




def tell_weights(graph: Graph) -> dict[str, Kind]:
    """Weights and biases by their names, where nobody has said what is trained: what is called w is no input to the eye.

    >>> from tutor.graph.build import from_steps
    >>> tell_weights(from_steps(["z = w_1*x + b", "f = z^2"])), tell_weights(from_steps(["f = a*b"]))
    ({'w_1': 'weight', 'b': 'bias'}, {})
    """
    if graph.parameters:
        return {}
    free = [quantity.name for quantity in graph.leaves if quantity.kind == "input"]
    found: dict[str, Kind] = {name: "weight" for name in free if tell_kind(name) == "weight"}
    return found | {name: "bias" for name in free if found and tell_kind(name) == "bias"}


def tell_targets(graph: Graph) -> dict[str, Kind]:
    """Targets, where nobody has called them so: what is given and only compared with something computed, by a loss.

    >>> from tutor.graph.build import from_steps
    >>> tell_targets(from_steps(["p = w*x", "L = (t - p)^2"])), tell_targets(from_steps(["m = (x + y)/2", "v = (x - m)^2"]))
    ({'t': 'target'}, {})
    """
    inputs = {quantity.name for quantity in graph.leaves if quantity.kind == "input" and quantity not in graph.parameters}
    computed = {step.target for step in graph.steps}
    used = [name for step in graph.steps for name in set(names(step.expr))]
    found: dict[str, Kind] = {}
    for step in graph.steps:
        operands = _list_compared(step.expr)
        alone = [one.name for one in operands if type(one) is Name and one.name in inputs]
        if len(alone) == 1 and used.count(alone[0]) == 1 and any(not computed.isdisjoint(names(one)) for one in operands):
            found[alone[0]] = "target"
    return found


def _list_compared(expr: Expr) -> Sequence[Expr]:
    """The output and the target of a loss, called or written out; nothing for another formula."""
    known = recognise(expr)
    if known is not None:
        row, operands = known[0].row, [known[1][name] for name in known[0].row.params if name in known[1]]
    elif type(expr) is Call and expr.func in FUNCTIONS:
        row, operands = FUNCTIONS[expr.func], [*expr.args]
    else:
        return ()
    return operands if row.role == "loss" and row.operands == 2 else ()


def _list_locals(
    graph: Graph, steps: Sequence[Step], drawn: Container[tuple[str, str]], trace: Mapping[str, Value] | None, show: Callable[[Value], Expr]
) -> Iterator[LocalDerivative]:
    """The local derivative of each edge that is drawn."""
    for step in steps:
        for name, expr in local_derivatives(step.target, step.expr, {}, graph.ties)[1]:
            if (name, step.target) in drawn:
                value = show(compute(expr, trace)) if trace is not None else None
                yield LocalDerivative(name, step.target, expr, value)
