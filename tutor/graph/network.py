"""Building a graph from a network that is written as layers, neuron by neuron; and counting what a network has.

The naming of quantities is a table (`SCHEMES`): the same network can be called as one course or another does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tutor.errors import GraphError, Problems, hint_near
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Number
from tutor.expression.walk import substitute
from tutor.graph.nouns import Graph, Kind, Quantity, Step
from tutor.graph.pause_collector import pause_collection
from tutor.rules.classify import rule_of
from tutor.rules.functions import FUNCTIONS, function, value_of
from tutor.text import make_visible

Biases = Literal["neuron", "layer", "none"]
MAX_WRITTEN = 200_000


@dataclass(frozen=True, slots=True)
class NamingScheme:
    """How the quantities of a network are called.  Patterns know ``l`` (layer, inputs are 0), ``j`` (neuron), ``i`` (neuron
    of the layer before), ``n`` (running number), ``p`` (layer − 1), and ``L`` (h, h2, …, o: the layer's letter).
    """

    input: str = "x{j}"
    weight: str = "w{l}_{i}_{j}"
    bias_neuron: str = "b{l}_{j}"
    bias_layer: str = "b{l}"
    sum: str = "z{l}_{j}"
    activation: str = "a{l}_{j}"
    target: str = "y{j}"
    part: str = "L{j}"
    loss: str = "L"


SCHEMES = {
    "plain": NamingScheme(),
    "numbered": NamingScheme(
        input="i{j}", weight="w{n}", sum="in_{L}{j}", activation="out_{L}{j}", target="target_{L}{j}", part="L_{L}{j}",
        bias_neuron="b_{L}{j}",
    ),
}  # fmt: skip

LOSSES = {row.words: row.name for row in FUNCTIONS.values() if row.words}
"""What a network's loss is called, and the function that it is."""


@dataclass(frozen=True, slots=True)
class Network:
    """A fully connected network: the sizes of its layers (inputs first), an activation for each layer of neurons, a loss.

    ``mean`` divides the loss by the number of outputs.  Checks itself: sizes are positive, activations and the loss exist.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str = "half squared error"
    biases: Biases = "neuron"
    naming: str = "plain"
    mean: bool = False

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if len(faults) == 1:
            raise faults[0]
        if faults:
            raise Problems(faults)

    def _faults(self) -> Iterator[GraphError]:
        if len(self.sizes) < 2 or any(size < 1 for size in self.sizes):
            yield GraphError("a network needs at least two layers of at least one", hint="such as sizes = [2, 2, 1]")
        elif len(self.activations) != len(self.sizes) - 1:
            yield GraphError(
                f"{len(self.activations)} activations for {len(self.sizes) - 1} layers of neurons",
                hint="name one for all layers, or one a layer (inputs have none)",
            )
        for name in dict.fromkeys(self.activations):
            if not is_whole_layer(name) and activation(name) is None:
                known = [row.name for row in FUNCTIONS.values() if len(row.params) == 1 or row.layer]
                wants = "write its number too: " + f"{name}(0.1)" if name in FUNCTIONS else ""
                yield GraphError(
                    f"there is no activation {make_visible(name)}",
                    hint=wants or hint_near(name, known) or f"known: {', '.join(known)}",
                )
        if loss(self.loss) is None:
            wants = f"write its number too: {self.loss}(1)" if self.loss in LOSSES else ""
            hint = wants or hint_near(self.loss, LOSSES) or f"known: {', '.join(LOSSES)}"
            yield GraphError(f"there is no loss {make_visible(self.loss)}", hint=hint)
        for what, value, known_values in (
            ("biases", self.biases, ("neuron", "layer", "none")),
            ("naming", self.naming, tuple(SCHEMES)),
        ):
            if value not in known_values:
                hint = hint_near(value, known_values) or f"known: {', '.join(known_values)}"
                yield GraphError(f"there is no {what} {make_visible(value)}", hint=hint)


_WRITTEN = re.compile(r"(.*?)(?:\(([0-9]+(?:\.[0-9]+)?)\))?", re.ASCII)


def _split_number(text: str) -> tuple[str, tuple[Number, ...]]:
    """What is written before a number in brackets, and the number."""
    match = _WRITTEN.fullmatch(text.strip())
    return (match[1], (Number(match[2]),) if match[2] else ()) if match else (text, ())


def activation(text: str) -> tuple[str, tuple[Number, ...]] | None:
    """An activation as it is written, ``tanh`` or ``leaky_relu(0.1)``: the function and its numbers; nothing for none.

    >>> activation("leaky_relu(0.1)")
    ('leaky_relu', (Number(text='0.1'),))
    """
    name, numbers = _split_number(text)
    row = FUNCTIONS.get(name)
    return (name, numbers) if row is not None and row.role != "loss" and len(row.params) == 1 + len(numbers) else None


def is_whole_layer(text: str) -> bool:
    """Whether an activation takes all sums of a layer at once, so that it is a step for each of its components.

    >>> is_whole_layer("softmax"), is_whole_layer("tanh")
    (True, False)
    """
    row = FUNCTIONS.get(text)
    return row is not None and row.layer


def loss(text: str) -> tuple[str, tuple[Number, ...]] | None:
    """A network's loss as it is written, ``squared error``: the function and its numbers; nothing for none.

    >>> loss("squared error")
    ('squared_error', ())
    """
    words, numbers = _split_number(text)
    name = LOSSES.get(words)
    return (name, numbers) if name is not None and len(FUNCTIONS[name].settings) == len(numbers) else None


def loss_term(text: str, output: Expr, target: Expr) -> tuple[str, Expr]:
    """The loss of one output, and its rule: written out as the lectures print it, or by its name.

    >>> loss_term("absolute error", Name("o"), Name("t"))
    ('absolute_error', Call(func='abs', args=(Add(args=(Name(name='o'), Neg(arg=Name(name='t')))),)))
    """
    known = loss(text)
    assert known is not None
    row = function(known[0], 2 + len(known[1]))
    filled = (output, target, *known[1])
    formula = value_of(row) if row.by_formula else None
    if formula is None:
        return row.name, Call(row.name, filled)
    return row.name, substitute(formula, dict(zip(row.params, filled, strict=True)))


def counts(network: Network) -> dict[str, int]:
    """How many neurons, weights, biases and parameters a network has, without writing it out.

    The inputs are no neurons.  Source: cmu, "How many neurons / weights / learnable parameters?".

    >>> counts(Network((3, 4, 2), ("relu", "identity")))
    {'inputs': 3, 'outputs': 2, 'neurons': 6, 'weights': 20, 'biases': 6, 'parameters': 26}
    """
    sizes = network.sizes
    weights = sum(a * b for a, b in pairwise(sizes))
    biases = {"neuron": sum(sizes[1:]), "layer": len(sizes) - 1, "none": 0}[network.biases]
    return {
        "inputs": sizes[0],
        "outputs": sizes[-1],
        "neurons": sum(sizes[1:]),
        "weights": weights,
        "biases": biases,
        "parameters": weights + biases,
    }


def from_network(network: Network) -> Graph:
    """Write a network out neuron by neuron: a weighted sum and an activation for each, then the loss.

    Raises `GraphError` for a network of more than `MAX_WRITTEN` weights: `counts` works for every size.

    >>> [step.target for step in from_network(Network((2, 1), ("sigmoid",))).steps]
    ['z1_1', 'a1_1', 'L']
    """
    if counts(network)["weights"] > MAX_WRITTEN:
        raise GraphError(
            f"a network of {counts(network)['weights']:,} weights is too large to write out neuron by neuron",
            hint=f"the limit is {MAX_WRITTEN:,}; its neurons and parameters can be counted at any size",
        )
    with pause_collection():
        return _NetworkWriter(network).graph()


class _NetworkWriter:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.scheme = SCHEMES[network.naming]
        self.parameters: list[Quantity] = []
        self.steps: list[Step] = []
        self.nodes: list[Quantity] = []
        self.number = 0

    def call(self, pattern: str, l: int, j: int = 0, i: int = 0) -> str:  # noqa: E741
        last = len(self.network.sizes) - 1
        letter = "o" if l == last else "h" if last == 2 else f"h{l}_"
        return pattern.format(l=l, j=j, i=i, n=self.number, p=l - 1, L=letter)

    def node(self, name: str, expr: Expr, kind: Kind, index: tuple[int, ...], rule: str = "") -> Name:
        self.steps.append(Step(name, expr, rule or rule_of(expr)))
        self.nodes.append(Quantity(name, kind, index=index))
        return Name(name)

    def parameter(self, name: str, kind: Kind, index: tuple[int, ...]) -> Name:
        self.parameters.append(Quantity(name, kind, index=index))
        return Name(name)

    def graph(self) -> Graph:
        sizes = self.network.sizes
        inputs = [Quantity(self.call(self.scheme.input, 0, j), "input", index=(0, j)) for j in range(1, sizes[0] + 1)]
        layer = [Name(q.name) for q in inputs]
        for l, func in enumerate(self.network.activations, 1):  # noqa: E741
            layer = self.layer(l, layer, func)
        last = len(sizes) - 1
        targets = [Quantity(self.call(self.scheme.target, last, j), "target", index=(last, j))
                   for j in range(1, sizes[-1] + 1)]  # fmt: skip
        self.loss(layer, targets)
        parameters, loss = tuple(self.parameters), self.scheme.loss
        return Graph(tuple(self.steps), tuple(inputs + targets), parameters, loss, tuple(self.nodes), self.network)

    def layer(self, l: int, before: Sequence[Name], func: str) -> list[Name]:  # noqa: E741
        scheme, shared = self.scheme, None
        size = self.network.sizes[l]
        rows: list[tuple[int, list[Name]]] = []
        for j in range(1, size + 1):
            weights = []
            for i in range(1, len(before) + 1):
                self.number += 1
                name = self.call(scheme.weight, l, j, i)
                weights.append(self.parameter(name, "weight", (l, j, i, self.number)))
            rows.append((j, weights))
        sums = []
        for j, weights in rows:
            terms: list[Expr] = [Mul((w, x)) for w, x in zip(weights, before, strict=True)]
            if self.network.biases == "layer":
                shared = shared or self.parameter(self.call(scheme.bias_layer, l), "bias", (l,))
                terms.append(shared)
            elif self.network.biases == "neuron":
                terms.append(self.parameter(self.call(scheme.bias_neuron, l, j), "bias", (l, j)))
            expr: Expr = terms[0] if len(terms) == 1 else Add(tuple(terms))
            z = self.node(self.call(scheme.sum, l, j), expr, "sum", (l, j), "weighted sum" if len(terms) > 1 else "")
            sums.append(z)
            if not is_whole_layer(func):
                self.activate(l, j, func, (z,))
        if is_whole_layer(func):
            for j in range(1, size + 1):
                self.activate(l, j, f"{func}_{j}", tuple(sums))
        return [Name(self.call(scheme.activation, l, j)) for j in range(1, size + 1)]

    def activate(self, l: int, j: int, func: str, args: tuple[Expr, ...]) -> None:  # noqa: E741
        known = activation(func)
        if known is not None:
            func, args = known[0], (*args, *known[1])
        self.node(self.call(self.scheme.activation, l, j), Call(func, args), "activation", (l, j), func)

    def loss(self, outputs: Sequence[Name], targets: Sequence[Quantity]) -> None:
        last = len(self.network.sizes) - 1
        terms = [loss_term(self.network.loss, a, Name(q.name)) for a, q in zip(outputs, targets, strict=True)]
        if len(terms) == 1:
            func, part = terms[0]
            self.node(self.scheme.loss, part, "loss", (), func)
            return
        named = [
            self.node(self.call(self.scheme.part, last, j), part, "loss", (last, j), func)
            for j, (func, part) in enumerate(terms, 1)
        ]
        total: Expr = Add(tuple(named))
        if self.network.mean:
            total = Div(total, Number(str(len(named))))
        self.node(self.scheme.loss, total, "loss", ())


def quantities(graph: Graph) -> Iterator[Quantity]:
    """All quantities of a graph: leaves, then nodes."""
    yield from graph.leaves
    yield from graph.nodes
