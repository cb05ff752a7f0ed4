"""Graphs whose quantities are whole layers: written with shapes, or made of a network; and their write-out neuron by neuron."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, permutations, product
from math import prod
from typing import Literal

from tutor.errors import GraphError, TutorError
from tutor.expression.limits import MAX_AXES
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Number, children, rebuild
from tutor.expression.sizes import (
    is_at_least,
    list_size_letters,
    put_in_size,
    read_size,
)
from tutor.expression.walk import names, substitute
from tutor.graph.algebra import Formulas
from tutor.graph.array_products import arrange_products
from tutor.graph.build import assemble
from tutor.graph.entries import Array, Entries, places
from tutor.graph.expand_layers import expand_layers
from tutor.graph.layer_rules import layer_rule
from tutor.graph.network import MAX_WRITTEN, Network, activation, counts, from_network, loss_term, quantities
from tutor.graph.nouns import Graph, Kind, Quantity, Step
from tutor.graph.pause_collector import pause_collection
from tutor.graph.read_steps import read_steps
from tutor.graph.shapes import AXES, MAX_ENTRIES, SeenShapes, Shape, fold_settings, shape_of, shape_text
from tutor.rules.classify import rule_of
from tutor.rules.composite_layers import READABLE
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS, SLIDING, WRITABLE

Affine = Literal["plain", "transposed"]
"""Wx + b with one row of W for each neuron, or Wᵀx + b with one column for each (qmul, graz)."""

LAYER_FUNCTIONS = frozenset({*FUNCTIONS, *WRITABLE})


@dataclass(frozen=True, slots=True)
class Layered:
    """A graph over whole layers.

    ``entries`` are the names of the single quantities that each array consists of: ``W`` has ``W_1_1``, ``W_1_2``, …; in a network
    they are the names of its scheme (``w5``).  It is empty where a size is a letter.  ``inner`` are the letters of sizes that stand
    inside of formulas, the h of ``sum(x[0:h])``.
    """

    graph: Graph
    entries: Mapping[str, Array[str]]
    inner: tuple[str, ...] = ()

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every quantity."""
        return {quantity.name: quantity.shape for quantity in quantities(self.graph)}

    @property
    def symbolic(self) -> tuple[str, ...]:
        """The letters that stand for sizes."""
        return list_size_letters([*(size for shape in self.shapes.values() for size in shape), *self.inner])


def from_layers(
    lines: Sequence[str],
    shapes: Mapping[str, Shape],
    *,
    loss: str = "",
    parameters: Sequence[str] = (),
    kinds: Mapping[str, Quantity] | None = None,
    own: Collection[str] = (),
) -> Layered:
    """Read steps over arrays: ``z = W x + b``, ``a = sigmoid(z)``, ``L = sum((a - y)^2)``.

    ``shapes`` are those of the leaves (a leaf without one is a single number); those of the steps follow.
    ``own`` are the exercise's own functions.

    Raises `GraphError` for what does not fit, with both shapes, and for what is not known.

    >>> from_layers(["z = W x + b", "L = sum(z^2)"], {"W": (2, 3), "x": (3,), "b": (2,)}).graph.nodes[0].shape
    (2,)
    """
    shapes = {name: tuple(read_size(str(size)) or size for size in shape) for name, shape in shapes.items()}
    _check_shapes(shapes)
    formulas: dict[str, Expr] = {}
    for number, (target, expr) in enumerate(read_steps(lines, READABLE, tuple(shapes), own), 1):
        if target in formulas or target in shapes:
            raise GraphError(f"{target} is defined twice", where=f"step {number}", hint="give the second one another name")
        formulas[target] = expr
    return assemble_layers(formulas, shapes, loss=loss, parameters=parameters, kinds=kinds)


def assemble_layers(
    formulas: Mapping[str, Expr],
    shapes: Mapping[str, Shape],
    *,
    loss: str = "",
    parameters: Sequence[str] = (),
    kinds: Mapping[str, Quantity] | None = None,
) -> Layered:
    """The same of formulas that have been read, by their targets in the order of the computation; see `from_layers`.

    >>> from tutor.expression.parse import parse
    >>> assemble_layers({"L": parse("sum(x^2)", functions=["sum"])}, {"x": (3,)}).graph.loss
    'L'
    """
    loss = loss or next(reversed(list(formulas)), "")
    expanded = expand_layers(formulas.items(), shapes)
    formulas = dict(expanded.steps)
    kinds = {**{name: Quantity(name, "constant") for name in expanded.constants}, **(kinds or {})}
    named = {*shapes, *formulas, *parameters, *(kinds or {})}
    formulas = {target: _read_entries(expr, shapes, formulas, named) for target, expr in formulas.items()}
    graph = assemble(formulas, loss=loss, parameters=parameters, kinds=kinds, rule=layer_rule)
    known: dict[str, Shape] = {q.name: tuple(shapes.get(q.name, ())) for q in graph.leaves}
    steps, nodes = [], []
    for step, node in zip(graph.steps, graph.nodes, strict=True):
        try:
            expr = arrange_products(step.expr, known)
            known[step.target] = shape_of(expr, known)
        except TutorError as error:
            raise error.put_at(f"step {step.target}") from None
        steps.append(Step(step.target, expr, expanded.name_rule(step.target, layer_rule(expr, known))))
        nodes.append(replace(node, shape=known[step.target]))
    graph = _drop_letters(replace(graph, steps=tuple(steps)), shapes, known)
    if known[graph.loss]:
        raise GraphError(
            f"{graph.loss} has the shape {shape_text(known[graph.loss])}, and only a single number can be differentiated",
            hint=f"such as L = sum({graph.loss})",
        )
    graph = replace(
        graph, nodes=tuple(nodes),
        inputs=tuple(replace(q, shape=known[q.name]) for q in graph.inputs),
        parameters=tuple(replace(q, shape=known[q.name]) for q in graph.parameters),
    )  # fmt: skip
    inner = sorted({name for step in steps for name in _settings_of(step.expr)})
    return Layered(graph, {} if inner else _entries(graph), tuple(inner))


_ENTRY = re.compile(r"(?P<array>.+?)(?P<index>(?:_[1-9][0-9]{0,3}){1,4})")


def _read_entries(expr: Expr, shapes: Mapping[str, Shape], formulas: Mapping[str, Expr], own: Collection[str]) -> Expr:
    """The formula with ``p_2`` as an entry of the array p, where p is one and p_2 no quantity of its own; entries count from 1."""
    table: dict[str, Expr] = {}
    for name in names(expr):
        match = _ENTRY.fullmatch(name) if name not in own else None
        array = match["array"] if match else ""
        if match and (shapes.get(array) or array in formulas):
            table[name] = Call("entry", (Name(array), *(Number(part) for part in match["index"][1:].split("_"))))
    return substitute(expr, table) if table else expr


def _check_shapes(shapes: Mapping[str, Shape]) -> None:
    for name, shape in shapes.items():
        good = all(is_at_least(size, 1) for size in shape)
        if len(shape) > MAX_AXES:
            raise GraphError(f"{name} of shape {shape_text(shape)} has {len(shape)} axes", hint=AXES)
        if not good:
            raise GraphError(
                f"{name} cannot have the shape {shape_text(shape)}", hint=f"{AXES}; each size is a whole number from 1, or a letter"
            )


def _drop_letters(graph: Graph, shapes: Mapping[str, Shape], known: Mapping[str, Shape]) -> Graph:
    """The graph without the letters of sizes, which are no quantities (the N of ``columns(b, N)``, the h of ``x[0:h]``)."""
    letters = {letter for shape in (*shapes.values(), *known.values()) for letter in list_size_letters(shape)}
    letters |= {name for step in graph.steps for name in _settings_of(step.expr)}
    both = next((name for name in graph.names if name in letters and (name in shapes or name not in _list_unshaped(graph, shapes))), "")
    if both:
        raise GraphError(f"{both} is the letter of a size and a quantity", hint="choose another letter for one of the two")
    return replace(graph, inputs=tuple(quantity for quantity in graph.inputs if quantity.name not in letters))


def _settings_of(expr: Expr) -> set[str]:
    """The letters in the places of settings: the N of ``columns(b, N)``."""
    found = {name for part in children(expr) for name in _settings_of(part)}
    if type(expr) is Call and expr.func not in SLIDING and any(row.settings for row in LAYERS.get(expr.func, ())):
        found |= {name for part in expr.args[len(LAYERS[expr.func][0].arrays) :] for name in names(part)}
    return found


def _list_unshaped(graph: Graph, shapes: Mapping[str, Shape]) -> set[str]:
    return {quantity.name for quantity in graph.inputs if quantity.name not in shapes}


def _entries(graph: Graph) -> dict[str, Array[str]]:
    found: dict[str, Array[str]] = {}
    taken: dict[str, str] = {}
    listed = list(quantities(graph))
    if any(isinstance(size, str) for quantity in listed for size in quantity.shape):
        return {}
    counts = {quantity.name: prod(int(size) for size in quantity.shape) for quantity in listed}
    largest = max(counts, key=counts.__getitem__)
    if sum(counts.values()) > MAX_ENTRIES:
        alone = counts[largest] > MAX_ENTRIES
        raise GraphError(
            f"{largest} has {counts[largest]:,} entries" if alone else f"the arrays have {sum(counts.values()):,} entries together",
            hint=f"the limit is {MAX_ENTRIES:,}; give sizes as letters to derive without them",
        )
    for quantity in listed:
        shape = [int(size) for size in quantity.shape]
        singles = tuple("_".join([quantity.name, *map(str, place)]) for place in places(shape))
        for name in singles:
            other = taken.setdefault(name, quantity.name)
            if other != quantity.name:
                raise GraphError(
                    f"an entry of {other} and one of {quantity.name} are both called {name}", hint="rename one of the two"
                )
        found[quantity.name] = Array(tuple(shape), singles)
    return found


def from_network_layers(network: Network, affine: Affine = "plain") -> Layered:
    """A network as layers: z = Wx + b and a = σ(z) for each, then the loss.

    Raises `GraphError` for a network of more than `MAX_WRITTEN` weights.

    >>> [step.target for step in from_network_layers(Network((2, 1), ("sigmoid",))).graph.steps]
    ['z1', 'a1', 'L']
    """
    if counts(network)["weights"] > MAX_WRITTEN:
        raise GraphError(f"a network of {counts(network)['weights']:,} weights is too large", hint=f"the limit is {MAX_WRITTEN:,}")
    sizes = network.sizes
    scalar = from_network(network)
    inputs, parameters, steps, nodes = [Quantity("x", "input", (sizes[0],), (0,))], [], [], []

    def step(name: str, expr: Expr, kind: Kind, shape: Shape, index: tuple[int, ...]) -> Name:
        steps.append(Step(name, expr, layer_rule(expr)))
        nodes.append(Quantity(name, kind, shape, index))
        return Name(name)

    before = Name("x")
    for l, func in enumerate(network.activations, 1):  # noqa: E741
        rows, columns = sizes[l], sizes[l - 1]
        shape = (rows, columns) if affine == "plain" else (columns, rows)
        parameters.append(Quantity(f"W{l}", "weight", shape, (l,)))
        weights: Expr = Name(f"W{l}") if affine == "plain" else Call("transpose", (Name(f"W{l}"),))
        terms: list[Expr] = [Call("matmul", (weights, before))]
        if network.biases != "none":
            bias: Expr = Name(f"b{l}")
            shared = network.biases == "layer"
            parameters.append(Quantity(f"b{l}", "bias", () if shared else (rows,), (l,)))
            terms.append(Call("fill", (bias, Number(str(rows)))) if shared else bias)
        z = step(f"z{l}", terms[0] if len(terms) == 1 else Add(tuple(terms)), "sum", (rows,), (l,))
        known = activation(func)
        call = Call(func, (z,)) if known is None else Call(known[0], (z, *known[1]))  # of a whole layer: it has no numbers
        before = step(f"a{l}", call, "activation", (rows,), (l,))
    inputs.append(Quantity("y", "target", (sizes[-1],), (len(sizes) - 1,)))
    loss = Call("sum", (write_entrywise(loss_term(network.loss, before, Name("y"))[1]),))
    total: Expr = Div(loss, Number(str(sizes[-1]))) if network.mean else loss
    step("L", total, "loss", (), ())
    graph = Graph(tuple(steps), tuple(inputs), tuple(parameters), "L", tuple(nodes))
    return Layered(graph, _network_entries(scalar, graph, affine))


def write_entrywise(expr: Expr, singles: Collection[str] = (), *, as_written: bool = False) -> Expr:
    """A formula of single numbers, meant for every entry: products of quantities become ⊙, those of ``singles`` apart, in front; but
    what a function is taken of stays ``as_written``: tanh′(W·x), with a single x, as the forward pass has it."""
    parts = children(expr)
    if not parts:
        return expr
    as_written = as_written or (type(expr) is Call and expr.func not in LAYERS)
    done = rebuild(expr, tuple(write_entrywise(part, singles, as_written=as_written) for part in parts))
    if type(done) is not Mul:
        return done
    arrays = [factor for factor in done.args if any(name not in singles for name in names(factor))]
    numbers = [factor for factor in done.args if all(name in singles for name in names(factor))]
    if not arrays or (as_written and len(arrays) == 1):
        return done
    product = arrays[0]
    for factor in arrays[1:]:
        product = Call("hadamard", (product, factor))
    return Mul((*numbers, product)) if numbers else product


def _network_entries(scalar: Graph, layered: Graph, affine: Affine) -> dict[str, Array[str]]:
    """The names of the single quantities in each array, by their place in the network."""
    by_place = {(q.kind, q.index[:3]): q.name for q in quantities(scalar) if q.index}
    found = {}
    for quantity in quantities(layered):
        shape = tuple(int(size) for size in quantity.shape)
        if not quantity.index:
            found[quantity.name] = Array((), (scalar.loss,))
            continue
        listed = []
        for place in places(shape):
            index = place[::-1] if quantity.kind == "weight" and affine == "transposed" else place
            listed.append(by_place[quantity.kind, (*quantity.index, *index)])
        found[quantity.name] = Array(shape, tuple(listed))
    return found


def write_out(layered: Layered) -> Graph:
    """The same computation with every neuron a quantity of its own.

    >>> from tutor.expression.parse import parse
    >>> graph = write_out(from_layers(["z = W x", "L = sum(z^2)"], {"W": (1, 2), "x": (2,)}))
    >>> [step.target for step in graph.steps], graph.steps[0].expr == parse("W_1_1*x_1 + W_1_2*x_2")
    (['z_1', 'L'], True)
    """
    if layered.symbolic:
        raise GraphError(
            f"the sizes {', '.join(layered.symbolic)} are letters, so nothing can be written out neuron by neuron",
            hint="give [shapes] with numbers",
        )
    graph = layered.graph
    known = {name: Array(a.shape, tuple(Name(item) for item in a.items)) for name, a in layered.entries.items()}
    entries = Entries(known, Formulas())
    steps: list[Step] = []
    nodes: list[Quantity] = []
    with pause_collection():
        for step, node in zip(graph.steps, graph.nodes, strict=True):
            targets = layered.entries[step.target].items
            for name, place, expr in zip(targets, _list_places(node), entries.value(step.expr).items, strict=True):
                steps.append(Step(name, expr, rule_of(expr)))
                nodes.append(Quantity(name, node.kind, index=place))
        leaves = {q.name: _list_singles(q, layered.entries[q.name].items) for q in graph.leaves}
    return Graph(
        tuple(steps), tuple(single for q in graph.inputs for single in leaves[q.name]),
        tuple(single for q in graph.parameters for single in leaves[q.name]), graph.loss, tuple(nodes), layered, graph.ties,
        _cut_entries(layered),
    )  # fmt: skip


def _cut_entries(layered: Layered) -> tuple[tuple[str, str], ...]:
    """The cut uses of arrays, entry by entry."""
    entries = layered.entries
    return tuple(pair for of, used in layered.graph.cuts for pair in product(entries[of].items, entries[used].items))


def _list_places(quantity: Quantity) -> list[tuple[int, ...]]:
    """The place of each entry in a network, where the array has one: (layer, neuron)."""
    shape = tuple(int(size) for size in quantity.shape)
    if not quantity.index or len(shape) != 1:
        return [()] * prod(shape)
    return [(*quantity.index, *place) for place in places(shape)]


def _list_singles(quantity: Quantity, names: Collection[str]) -> list[Quantity]:
    return [
        Quantity(name, quantity.kind, index=place) for name, place in zip(names, _list_places(quantity), strict=True)
    ]


def put_sizes(layered: Layered, sizes: Mapping[str, int], *, named: bool = True) -> Layered:
    """The same graph with numbers in the place of the letters for sizes; ``named``: with a name for each entry of its arrays."""
    table: dict[str, Expr] = {letter: Number(str(size)) for letter, size in sizes.items()}

    def size_quantity(quantity: Quantity) -> Quantity:
        return replace(quantity, shape=tuple(put_in_size(size, sizes) for size in quantity.shape))

    graph = layered.graph
    graph = replace(
        graph, steps=tuple(replace(step, expr=fold_settings(substitute(step.expr, table))) for step in graph.steps),
        inputs=tuple(map(size_quantity, graph.inputs)), parameters=tuple(map(size_quantity, graph.parameters)),
        nodes=tuple(map(size_quantity, graph.nodes)),
    )  # fmt: skip
    return Layered(graph, _entries(graph) if named else {})


def choose_sizes(layered: Layered) -> tuple[Layered, dict[str, int]]:
    """The graph with the smallest numbers in the place of letters for sizes, all different, so that every slice is inside of its array.

    These are the sizes in which an exercise is written out, and in which its entries are asked for.

    Raises `GraphError` where no small numbers do that.
    """
    letters = layered.symbolic
    return _take_first(layered, _list_small_sizes(letters)) if letters else (layered, {})


def choose_telling_sizes(layered: Layered, besides: Mapping[str, int] | None = None) -> tuple[Layered, dict[str, int]]:
    """The graph with sizes in the place of letters with which a wrong formula is wrong; ``besides``: others than these.

    Where that fits they are all different, and none is 1 or 2 or a number that the graph has: a formula with n for n − 1, with one letter
    for another, or with n for the 2 of a square differs with them.

    Raises `GraphError` where no small numbers fit.
    """
    letters = layered.symbolic
    if not letters:
        return layered, {}
    taken, known = _list_numbers(layered), [(besides or {}).get(letter, 0) for letter in letters]
    free = [size for size in range(LEAST_SIZE, LEAST_SIZE + len(letters) + len(taken)) if size not in taken][: len(letters)]
    first: Iterable[Sequence[int]] = permutations(free)
    if besides:  # the letters change their numbers, else these grow by different steps
        first = [[*known[1:], known[0]], [size + 1 + place for place, size in enumerate(known)]]
    told = (dict(zip(letters, numbers, strict=True)) for numbers in islice(first, MOST_CHOSEN))
    return _take_first(layered, (sizes for sizes in chain(told, _list_small_sizes(letters)) if sizes != besides), besides)


def _take_first(
    layered: Layered, candidates: Iterable[Mapping[str, int]], otherwise: Mapping[str, int] | None = None
) -> tuple[Layered, dict[str, int]]:
    """The graph with the first sizes that fit."""
    problem: GraphError | None = None
    for sizes in candidates:
        try:
            small = put_sizes(layered, sizes)
            _check_steps(small)
        except GraphError as error:
            problem = problem or error
            continue
        return small, dict(sizes)
    if otherwise:
        return put_sizes(layered, otherwise), dict(otherwise)
    assert problem is not None
    raise problem


MOST_CHOSEN = 400
"""So many numbers for letters are tried."""
LEAST_SIZE = 3
"""With 2 samples n − 1 is 1, and n the 2 that comes down from a square."""


def _list_numbers(layered: Layered) -> set[int]:
    """The sizes and the small numbers that a graph has, from which those of letters are to be told."""
    sizes = {size for shape in layered.shapes.values() for size in shape if isinstance(size, int)}
    found: set[int] = set()
    pending: list[Expr] = [step.expr for step in layered.graph.steps]
    while pending:
        expr = pending.pop()
        if type(expr) is Number and expr.text.isdecimal():
            found.add(int(expr.text))
        pending += children(expr)
    return sizes | found


def _list_small_sizes(letters: Sequence[str]) -> Iterator[dict[str, int]]:
    """Numbers for the letters of sizes: the smallest, in other orders, far apart."""
    close = range(2, 2 + len(letters))
    apart = [2 * 3 ** min(place, 6) for place in range(len(letters))]
    for numbers in chain(islice(permutations(close), MOST_CHOSEN), islice(permutations(reversed(apart)), MOST_CHOSEN)):
        yield dict(zip(letters, numbers, strict=True))


def _check_steps(layered: Layered) -> None:
    """Refuse sizes with which a step does not fit."""
    shapes = SeenShapes(layered.shapes)
    for step in layered.graph.steps:
        if shape_of(step.expr, shapes) != shapes[step.target] or any(isinstance(size, int) and size < 1 for size in shapes[step.target]):
            raise GraphError(f"the sizes of {step.target} do not fit", hint="give [shapes] with numbers")
