"""Network → drawing: the columns of its neurons and the weights between them, with the middle of a large layer left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tutor.errors import GraphError
from tutor.explain.diagram import Diagram, DiagramColumn, DiagramUnit, Place, UnitKind, Wire
from tutor.explain.words.drawn_words import ENGLISH_DRAWN, DrawnWords
from tutor.expression.nodes import Add, Call, Expr, Mul, Name
from tutor.expression.walk import names
from tutor.graph.network import SCHEMES, Network, counts
from tutor.graph.nouns import Graph, Quantity
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_printed

MOST, FIRST = 8, 3
"""Neurons of a layer up to which all are drawn; how many are drawn before the dots in a larger one (and one behind them)."""


@dataclass(slots=True)
class _Named:
    """A network by the places of its quantities: layer (inputs are 0) and neuron from 1."""

    sizes: tuple[int, ...]
    neuron: Callable[[int, int], str]
    weight: Callable[[int, int, int], str | None]
    bias: Callable[[int, int], str | None]
    activations: tuple[str, ...]
    weights: tuple[int, ...]
    biases: int
    kinds: dict[str, Quantity] = field(default_factory=dict)


def diagram(source: Network | Graph, values: Mapping[str, Value] | None = None, words: DrawnWords = ENGLISH_DRAWN) -> Diagram:
    """The drawing of a network, or of a graph whose weights have a place in one; ``values`` put numbers on it, ``words`` stand in it.

    Raises `GraphError` for a graph whose quantities have no place.

    >>> [column.size for column in diagram(Network((16384, 1000, 10), ("relu", "identity"))).columns]
    [16384, 1000, 10]
    """
    named = _name_network(source) if isinstance(source, Network) else _name_graph(source)
    return replace(_assemble(named, values or {}), words=words)


def list_drawn_quantities(network: Network) -> list[Quantity]:
    """The quantities that a drawing of a network shows, for its notation; also of one too large to be written out."""
    named = _name_network(network)
    _assemble(named, {})
    return list(named.kinds.values())


def _assemble(named: _Named, values: Mapping[str, Value]) -> Diagram:
    few = 4

    def value(name: str | None) -> Expr | None:
        return as_printed(values[name], few) if name and name in values else None

    last = len(named.sizes) - 1
    rows = [_rows(size) for size in named.sizes]
    columns, wires = [], []
    for l, size in enumerate(named.sizes):  # noqa: E741
        kind: UnitKind = "input" if l == 0 else "output" if l == last else "neuron"
        units = []
        for j in rows[l]:
            name = named.neuron(l, j) if j else ""
            units.append(DiagramUnit(kind, name, value(name)) if j else DiagramUnit("omitted"))
        biased = l < last and any(named.bias(l + 1, j) is not None for j in rows[l + 1] if j)
        if biased:
            units.append(DiagramUnit("bias"))
        columns.append(DiagramColumn(tuple(units), size, named.activations[l - 1] if l else ""))
        if l == 0:
            continue
        for row, j in enumerate(rows[l]):
            if not j:
                continue
            for before, i in enumerate(rows[l - 1]):
                weight = named.weight(l, j, i) if i else None
                if weight is not None:
                    wires.append(Wire((l - 1, before), (l, row), weight, value(weight)))
            bias = named.bias(l, j)
            if bias is not None:
                wires.append(Wire((l - 1, len(rows[l - 1])), (l, row), bias, value(bias)))
    return Diagram(tuple(columns), tuple(wires), named.weights, named.biases)


def _rows(size: int) -> list[int]:
    """The neurons to draw, by number; 0 stands for those left out."""
    return list(range(1, size + 1)) if size <= MOST else [*range(1, FIRST + 1), 0, size]


def _name_network(network: Network) -> _Named:
    """The names that `tutor.graph.network.from_network` gives, without writing the network out."""
    scheme, sizes = SCHEMES[network.naming], network.sizes
    last = len(sizes) - 1
    before = [0]
    for a, b in pairwise(sizes):
        before.append(before[-1] + a * b)
    kinds: dict[str, Quantity] = {}

    def call(pattern: str, l: int, j: int = 0, i: int = 0, n: int = 0) -> str:  # noqa: E741
        letter = "o" if l == last else "h" if last == 2 else f"h{l}_"
        return pattern.format(l=l, j=j, i=i, n=n, p=l - 1, L=letter)

    def neuron(l: int, j: int) -> str:  # noqa: E741
        name = call(scheme.activation if l else scheme.input, l, j)
        kinds[name] = Quantity(name, "activation" if l else "input", index=(l, j))
        return name

    def weight(l: int, j: int, i: int) -> str:  # noqa: E741
        n = before[l - 1] + (j - 1) * sizes[l - 1] + i
        name = call(scheme.weight, l, j, i, n)
        kinds[name] = Quantity(name, "weight", index=(l, j, i, n))
        return name

    def bias(l: int, j: int) -> str | None:  # noqa: E741
        if network.biases == "none":
            return None
        shared = network.biases == "layer"
        name = call(scheme.bias_layer if shared else scheme.bias_neuron, l, j)
        kinds[name] = Quantity(name, "bias", index=(l,) if shared else (l, j))
        return name

    weights = tuple(a * b for a, b in pairwise(sizes))
    return _Named(sizes, neuron, weight, bias, network.activations, weights, counts(network)["biases"], kinds)


def _name_graph(graph: Graph) -> _Named:
    """A graph of written steps: its weights' places say where the neurons are, the steps what they are called."""
    weights = {q.index[:3]: q.name for q in graph.leaves if q.kind == "weight" and len(q.index) >= 3}
    biases = {q.index: q.name for q in graph.leaves if q.kind == "bias" and q.index}
    layers = sorted({index[0] for index in weights})
    if not weights or layers != list(range(1, len(layers) + 1)):
        raise GraphError(
            "this computation is no network: its weights have no place in one",
            hint="say where they are under [quantities]: w = { kind = \"weight\", index = [1, 2, 3, 1] } (layer, to, from, number); "
            "without --as network its graph is drawn",
        )
    sizes = [max(source for layer, _, source in weights if layer == 1)]
    sizes += [max(to for layer, to, _ in weights if layer == own) for own in layers]
    found: dict[Place, str] = {}
    functions: dict[int, str] = {}
    activated = dict(_list_activated(graph))
    places = {name: index for index, name in weights.items()}
    for step in graph.steps:
        for weight, partner in _products(step.expr):
            if weight not in places:
                continue
            layer, to, source = places[weight]
            found.setdefault((layer - 1, source), partner)
            name, function = activated.get(step.target, (step.target, ""))
            if isinstance(step.expr, Call):
                name, function = step.target, step.expr.func
            found[layer, to] = name
            functions.setdefault(layer, function)
    return _Named(
        tuple(sizes), lambda layer, j: found.get((layer, j), ""), lambda layer, j, i: weights.get((layer, j, i)),
        lambda layer, j: biases.get((layer, j), biases.get((layer,))),
        tuple(functions.get(layer, "") for layer in layers),
        tuple(sum(layer == own for layer, _, _ in weights) for own in layers), len(biases),
    )  # fmt: skip


def _list_activated(graph: Graph) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each sum with the step that applies a function to it alone, and that function."""
    for step in graph.steps:
        if isinstance(step.expr, Call) and names(step.expr):
            first = step.expr.args[0]
            if isinstance(first, Name) and not any(names(arg) for arg in step.expr.args[1:]):
                yield first.name, (step.target, step.expr.func)


def _products(expr: Expr) -> Iterator[tuple[str, str]]:
    """The pairs of quantities that are multiplied in a weighted sum, both ways round."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Mul) and len(node.args) == 2:
            a, b = node.args
            if isinstance(a, Name) and isinstance(b, Name):
                yield a.name, b.name
                yield b.name, a.name
        elif isinstance(node, Add | Call):
            stack.extend(reversed(node.args))
