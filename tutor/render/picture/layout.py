"""The layered layout of a computational graph: where each box stands and how each edge runs, in any unit of length.

Layers are counted from the output: a box stands one layer before the first step that uses it, so that each weight is
right before its operation.  An edge that spans several layers runs through lanes in those between; edges from the same
box share them.  Boxes are ordered within their layer by barycentre sweeps and by exchanging neighbours, as long as
edges cross less; then they are moved towards their neighbours (least squares under the order and the distances,
solved exactly for one layer at a time).

No edge crosses a box, by construction: an edge bends only in the gap between two layers, where no box is, and runs
straight through its lane elsewhere.  The method is Sugiyama, Tagawa and Toda's (1981); everything is deterministic and
without recursion.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, TypeAlias

from tutor.explain.document import Node, Picture
from tutor.render.picture.fold import bundle, evaluation_order, fold

LIMIT, LANES = 400, 4_000
"""Boxes, and layers that edges pass without a stop, of the largest graph that is drawn whole."""

Direction = Literal["right", "down"]
Point: TypeAlias = tuple[float, float]
Measure: TypeAlias = Callable[[Node], tuple[float, float]]
"""Width and height of a box, from what stands in it."""


@dataclass(frozen=True, slots=True)
class BoxSpacing:
    """Distances, in the unit of the measure.

    ``layer`` is the least gap between layers, ``box`` the one between boxes of a layer, ``lane`` that round a lane.
    ``climb`` is how much of the height that an edge climbs is added to the gap it climbs in.
    """

    layer: float = 46.0
    box: float = 16.0
    lane: float = 12.0
    climb: float = 0.16


DEFAULT_SPACING = BoxSpacing()
"""For boxes measured in pixels or points."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its left upper corner, its width and height, and the node it shows."""

    x: float
    y: float
    w: float
    h: float
    node: Node


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge as cubic Bézier curves, end to end: a start, then two control points and an end for each curve."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The picture with coordinates: x to the right, y downwards, both from 0 to ``width`` and ``height``."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    direction: Direction = "right"


@dataclass(frozen=True, slots=True)
class Order:
    """Layers and order, before any lengths: numbers below ``len(nodes)`` are boxes, the others lanes.

    ``layers`` begins with the leaves and ends with the output.  ``inputs`` and ``outputs`` are the neighbours in the
    layers before and behind.  ``routes`` holds, for each edge, the box, lanes and box that it runs through.
    """

    nodes: tuple[Node, ...]
    layers: tuple[tuple[int, ...], ...]
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    routes: tuple[tuple[int, ...], ...]


def layout(
    picture: Picture, measure: Measure, direction: Direction = "right", spacing: BoxSpacing = DEFAULT_SPACING
) -> Layout:
    """The layout of a picture, in the unit of ``measure``.

    A picture beyond `LIMIT` and `LANES` is not drawn whole (see `make_drawable`).

    >>> chain = Picture((Node("x", "input"), Node("y", "value")), (("x", "y"),), loss="y")
    >>> [(box.x, box.y) for box in layout(chain, lambda node: (80.0, 40.0)).boxes]
    [(0.0, 0.0), (126.0, 0.0)]

    Raises `tutor.errors.GraphError` for a cycle, a doubled name or an edge without its box.
    """
    return coordinates(arrange(make_drawable(picture)), measure, direction, spacing)


def make_drawable(picture: Picture) -> Picture:
    """The picture itself, or a smaller one if it has more than `LIMIT` boxes or its edges need more than `LANES` lanes.

    First leaves that feed the same operation are bundled ("⋮ 10 parameters"); where that is not enough, only the first
    ten and the last ten steps are kept, with a box between them that says how many were left out ("⋮ 9,980 steps").
    """
    folded = fold(picture, LIMIT)
    number = {node.name: item for item, node in enumerate(evaluation_order(folded))}
    links = list(dict.fromkeys((number[source], number[target]) for source, target in folded.edges))
    rank = _ranks(len(number), links, number.get(folded.loss, -1))
    furthest: dict[int, int] = {}
    for link in links:
        furthest[link[0]] = max(furthest.get(link[0], 1), _span(link, rank))
    return folded if sum(furthest.values()) - len(furthest) <= LANES else fold(bundle(folded), 21)


def arrange(picture: Picture) -> Order:
    """Layers and order of a picture; the same for every size and direction."""
    nodes = tuple(evaluation_order(picture))
    number = {node.name: place for place, node in enumerate(nodes)}
    place_of = {node.name: place for place, node in enumerate(picture.nodes)}
    links = list(dict.fromkeys((number[source], number[target]) for source, target in picture.edges))
    rank = _ranks(len(nodes), links, number.get(picture.loss, -1))
    layers: list[list[int]] = [[] for _ in range(max(rank, default=0) + 1)]
    for place, depth in enumerate(rank):
        layers[depth].append(place)
    inputs: list[list[int]] = [[] for _ in nodes]
    outputs: list[list[int]] = [[] for _ in nodes]
    lanes: dict[tuple[int, int], int] = {}
    routes = []
    for source, target in sorted(links, key=lambda link: (_span(link, rank), link)):
        route = [source]
        for depth in range(rank[source] - 1, rank[target], -1):
            lane = lanes.get((source, depth))
            if lane is None:
                lane = lanes[source, depth] = len(inputs)
                inputs.append([route[-1]])
                outputs[route[-1]].append(lane)
                outputs.append([])
                layers[depth].append(lane)
            route.append(lane)
        inputs[target].append(route[-1])
        outputs[route[-1]].append(target)
        routes.append((*route, target))
    layers.reverse()
    given = [place_of[node.name] for node in nodes]
    keys = _order_by_walk(links, given, lanes), [*given, *(given[source] for source, _ in lanes)]
    ordered = _order_layers(layers, inputs, outputs, *keys)
    return Order(nodes, tuple(map(tuple, ordered)), tuple(map(tuple, inputs)), tuple(map(tuple, outputs)), tuple(routes))


def _span(link: tuple[int, int], rank: list[int]) -> int:
    return rank[link[0]] - rank[link[1]]


def _ranks(count: int, links: list[tuple[int, int]], loss: int) -> list[int]:
    """Layers from the output: a box is one before its furthest user, a side result right behind its makers."""
    users: list[list[int]] = [[] for _ in range(count)]
    makers: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        users[source].append(target)
        makers[target].append(source)
    rank = [0] * count
    for place in reversed(range(count)):
        rank[place] = max((rank[user] + 1 for user in users[place]), default=0)
    for place in range(count):
        if not users[place] and place != loss and makers[place] and loss >= 0:
            rank[place] = min(rank[maker] for maker in makers[place]) - 1
    return rank


def _order_by_walk(links: list[tuple[int, int]], given: list[int], lanes: dict[tuple[int, int], int]) -> list[int]:
    """A key for each box and lane: when the walk back from the ends, as they are given, first meets it, input by input."""
    count = len(given)
    makers: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        makers[target].append(source)
    used = {source for source, _ in links}
    key = [-1] * count
    clock = 0
    for root in sorted(set(range(count)) - used, key=lambda place: given[place]):
        pending = [root]
        while pending:
            place = pending.pop()
            if key[place] < 0:
                key[place] = clock
                clock += 1
                pending += sorted(makers[place], reverse=True)
    return key + [key[source] for source, _ in lanes]


# ---------------------------------------------------------------------------------------------------------------- order


def _order_layers(
    layers: list[list[int]], inputs: list[list[int]], outputs: list[list[int]], key: list[int], given: list[int]
) -> list[list[int]]:
    """The layers in the order with the fewest crossings found, from the walk on, or as they are given where that is better."""
    size = sum(map(len, layers)) + sum(map(len, outputs))
    best = [sorted(layer, key=lambda item: key[item]) for layer in layers]
    best_cost = _cost(best, outputs)
    current = [list(layer) for layer in best]
    for sweep in range(max(4, min(24, 400_000 // (size + 1)))):
        if sweep % 2:
            for before, layer in pairwise(current):
                _sort_by_neighbours(layer, before, inputs)
        else:
            for layer, behind in pairwise(reversed(current)):
                _sort_by_neighbours(behind, layer, outputs)
        if sweep % 4 == 1 and size < 6_000:
            _exchange(current, inputs, outputs)
        cost = _cost(current, outputs)
        if cost < best_cost:
            best, best_cost = [list(layer) for layer in current], cost
    as_given = [sorted(layer, key=lambda item: given[item]) for layer in layers]
    return as_given if _cost(as_given, outputs) < best_cost else best


def _sort_by_neighbours(layer: list[int], fixed: list[int], neighbours: list[list[int]]) -> None:
    """Sorts a layer, in place, by the mean position of neighbours in a fixed one; without any they keep their place."""
    at = {item: place for place, item in enumerate(fixed)}
    linked = [item for item in layer if neighbours[item]]
    mean = {item: sum(at[other] for other in neighbours[item]) / len(neighbours[item]) for item in linked}
    moved = iter(sorted(mean, key=lambda item: mean[item]))
    layer[:] = [next(moved) if item in mean else item for item in layer]


def _cost(layers: list[list[int]], outputs: list[list[int]]) -> tuple[int, float]:
    """Crossings, then how far the edges climb."""
    crossings, climb = 0, 0.0
    for layer, behind in pairwise(layers):
        at = {item: place for place, item in enumerate(behind)}
        shift = (len(behind) - len(layer)) / 2
        seen: list[int] = []
        for place, item in enumerate(layer):
            ends = sorted(at[other] for other in outputs[item])
            for end in ends:
                crossings += len(seen) - bisect_right(seen, end)
                climb += (end - place - shift) ** 2
            for end in ends:
                insort(seen, end)
    return crossings, climb


def _exchange(layers: list[list[int]], inputs: list[list[int]], outputs: list[list[int]]) -> None:
    """Swaps neighbours within a layer, in place, as long as that takes crossings away."""
    for _ in range(4):
        better = False
        for depth, layer in enumerate(layers):
            before = {item: place for place, item in enumerate(layers[depth - 1])} if depth else {}
            behind = {item: place for place, item in enumerate(layers[depth + 1])} if depth + 1 < len(layers) else {}
            ends = {item: (_sort_items(inputs[item], before), _sort_items(outputs[item], behind)) for item in layer}
            for place in range(len(layer) - 1):
                (in_1, out_1), (in_2, out_2) = ends[layer[place]], ends[layer[place + 1]]
                gain = _count_between(in_1, in_2) + _count_between(out_1, out_2) - _count_between(in_2, in_1) - _count_between(out_2, out_1)
                if gain > 0:
                    layer[place], layer[place + 1] = layer[place + 1], layer[place]
                    better = True
        if not better:
            return


def _sort_items(items: list[int], at: dict[int, int]) -> list[int]:
    return sorted(at[item] for item in items)


def _count_between(upper: list[int], lower: list[int]) -> int:
    """Crossings of the edges of two neighbours when the one with the ends ``upper`` stands first."""
    return sum(bisect_left(lower, end) for end in upper)


# ---------------------------------------------------------------------------------------------------------- coordinates


def coordinates(
    order: Order, measure: Measure, direction: Direction = "right", spacing: BoxSpacing = DEFAULT_SPACING
) -> Layout:
    """Coordinates for an order.  All boxes of one layer are equally long in the direction of the edges."""
    sizes = [measure(node) for node in order.nodes]
    along = [size[0] if direction == "right" else size[1] for size in sizes]
    across = [size[1] if direction == "right" else size[0] for size in sizes]
    count = len(order.nodes)
    centre = _straighten(order, across, spacing)
    starts, lengths, end = _layer_places(order, along, centre, spacing)
    low = min((centre[item] - across[item] / 2 for item in range(count)), default=0.0)
    lanes = centre[count:]
    low = min([low, *lanes])
    high = max([centre[item] + across[item] / 2 for item in range(count)] + lanes, default=0.0)
    middle = [value - low for value in centre]
    depth = {item: layer for layer, items in enumerate(order.layers) for item in items}

    def turn_point(first: float, second: float) -> Point:
        return (first, second) if direction == "right" else (second, first)

    boxes = []
    for item, node in enumerate(order.nodes):
        x, y = turn_point(starts[depth[item]], middle[item] - across[item] / 2)
        boxes.append(Box(x, y, *turn_point(lengths[depth[item]], across[item]), node))
    edges = []
    for route in order.routes:
        points = _curve(route, depth, starts, lengths, middle)
        names = order.nodes[route[0]].name, order.nodes[route[-1]].name
        edges.append(Edge(*names, tuple(turn_point(*point) for point in points)))
    return Layout(*turn_point(end, high - low), tuple(boxes), tuple(edges), direction)


def strokes(edges: tuple[Edge, ...]) -> list[tuple[Point, ...]]:
    """The curves to draw: each edge without the beginning that an earlier edge of the same box has drawn already."""
    seen: set[tuple[Point, ...]] = set()
    drawn = []
    for edge in edges:
        points = edge.points
        skip = 0
        while points[skip : skip + 4] in seen and skip + 4 < len(points):
            skip += 3
        drawn.append(points[skip:])
        seen.update(points[start : start + 4] for start in range(skip, len(points) - 1, 3))
    return drawn


def measure_least(order: Order, measure: Measure, direction: Direction, spacing: BoxSpacing) -> Point:
    """A width and a height that `coordinates` will not come below; quick to compute."""
    count = len(order.nodes)
    sizes = [measure(node) if direction == "right" else measure(node)[::-1] for node in order.nodes]
    along, across = -spacing.layer, 0.0
    for layer in order.layers:
        boxes = [sizes[item] for item in layer if item < count]
        along += spacing.layer + max((size[0] for size in boxes), default=0.0)
        across = max(across, sum(size[1] + spacing.box for size in boxes) - spacing.box)
    return (along, across) if direction == "right" else (across, along)


def _curve(
    route: tuple[int, ...], depth: dict[int, int], starts: list[float], lengths: list[float], middle: list[float]
) -> list[Point]:
    """An edge in (along, across): a bend in each gap, a straight piece through each lane."""
    first = route[0]
    points = [(starts[depth[first]] + lengths[depth[first]], middle[first])]
    for here, there in pairwise(route):
        begin, end = points[-1][0], starts[depth[there]]
        half = (begin + end) / 2
        points += [(half, middle[here]), (half, middle[there]), (end, middle[there])]
        if there != route[-1]:
            length = lengths[depth[there]]
            points += [(end + part * length / 3, middle[there]) for part in (1, 2)] + [(end + length, middle[there])]
    return points


def _layer_places(
    order: Order, along: list[float], centre: list[float], spacing: BoxSpacing
) -> tuple[list[float], list[float], float]:
    """Where each layer begins and how long it is; a gap is wider where edges climb far, to tell them apart."""
    count = len(order.nodes)
    starts, lengths, at = [], [], 0.0
    for layer in order.layers:
        length = max((along[item] for item in layer if item < count), default=0.0)
        starts.append(at)
        lengths.append(length)
        climb = max((abs(centre[item] - centre[other]) for item in layer for other in order.outputs[item]), default=0.0)
        at += length + max(spacing.layer, min(spacing.climb * climb, 3.5 * spacing.layer))
    return starts, lengths, starts[-1] + lengths[-1]


def _straighten(order: Order, across: list[float], spacing: BoxSpacing) -> list[float]:
    """The middle of each box and lane across the layers: as straight as the edges can be without changing the order."""
    count, total = len(order.nodes), len(order.inputs)
    half = [across[item] / 2 if item < count else 0.0 for item in range(total)]
    steps = []
    for layer in order.layers:
        pairs = pairwise(layer)
        steps.append([half[a] + half[b] + (spacing.box if a < count and b < count else spacing.lane) for a, b in pairs])
    centre = [0.0] * total
    for layer, distances in zip(order.layers, steps, strict=True):
        at = -sum(distances) / 2
        for item, place in zip(layer, accumulate(distances, initial=at), strict=False):
            centre[item] = place
    pulls = [_pulls(order, item) for item in range(total)]
    indices = range(len(order.layers))
    for _ in range(max(6, min(60, 300_000 // (total + 1)))):
        for depth in (*reversed(indices), *indices):
            _settle(order.layers[depth], steps[depth], pulls, centre)
    _align(order, steps, centre)
    _pull_in(order, steps, half, centre)
    return centre


def _pull_in(order: Order, steps: list[list[float]], half: list[float], centre: list[float]) -> None:
    """Moves leaves that stick out beside the widest layer, in place, where that moves nothing but leaves: no picture is wider for them."""
    ends = [(centre[layer[0]] - half[layer[0]], centre[layer[-1]] + half[layer[-1]]) for layer in order.layers if layer]
    low, high = max(ends, key=lambda end: end[1] - end[0], default=(0.0, 0.0))
    for layer, distances in zip(order.layers, steps, strict=True):
        wished = dict(zip(layer, map(centre.__getitem__, layer), strict=True))
        limit = high - (half[layer[-1]] if layer else 0.0)
        for place in reversed(range(len(layer))):
            wished[layer[place]] = limit = min(wished[layer[place]], limit)
            limit -= distances[place - 1] if place else 0.0
        limit = low + (half[layer[0]] if layer else 0.0)
        for place, item in enumerate(layer):
            limit += distances[place - 1] if place else 0.0
            wished[item] = limit = max(wished[item], limit)
        moved = [item for item in layer if wished[item] != centre[item]]
        if moved and all(item < len(order.nodes) and not order.inputs[item] for item in moved):
            for item in moved:
                centre[item] = wished[item]


def _pulls(order: Order, item: int) -> list[tuple[int, float]]:
    """The neighbours of an item and how strongly each edge wants to be straight."""
    count = len(order.nodes)
    pulls = []
    for other, source, target in [(maker, maker, item) for maker in order.inputs[item]] + [
        (user, item, user) for user in order.outputs[item]
    ]:
        if source >= count and target >= count:
            weight = 8.0
        elif _is_chain(order, source, target):
            weight = 6.0
        elif source < count and not order.inputs[source]:
            weight = 0.3  # a leaf follows its operation, not the other way round
        else:
            weight = 1.0
        pulls.append((other, weight))
    return pulls


def _is_chain(order: Order, source: int, target: int) -> bool:
    """Whether an edge is the only way on, from the one end, and the only operation behind the other."""
    count = len(order.nodes)
    made = [maker for maker in order.inputs[target] if maker >= count or order.inputs[maker]]
    return len(order.outputs[source]) == 1 and (len(order.inputs[target]) == 1 or made == [source])


def _settle(
    layer: tuple[int, ...], steps: list[float], pulls: list[list[tuple[int, float]]], centre: list[float]
) -> None:
    """Moves one layer, in place, to the least weighted square distance from its neighbours that order and steps allow.

    This is isotonic regression (pool adjacent violators), after taking away the distances that must be kept.
    """
    blocks: list[tuple[float, float, int]] = []  # weight, weighted mean, how many
    offset = 0.0
    for place, item in enumerate(layer):
        offset += steps[place - 1] if place else 0.0
        weight = sum(pull for _, pull in pulls[item])
        if weight:
            wish = sum(pull * centre[other] for other, pull in pulls[item]) / weight - offset
        else:
            weight, wish = 0.01, centre[item] - offset
        size = 1
        while blocks and blocks[-1][1] > wish:
            more, mean, items = blocks.pop()
            wish = (weight * wish + more * mean) / (weight + more)
            weight, size = weight + more, size + items
        blocks.append((weight, wish, size))
    place, offset = 0, 0.0
    for _, mean, size in blocks:
        for _ in range(size):
            offset += steps[place - 1] if place else 0.0
            centre[layer[place]] = mean + offset
            place += 1


def _align(order: Order, steps: list[list[float]], centre: list[float]) -> None:
    """Makes an edge of a chain exactly straight, in place, where the neighbours leave room."""
    layers = list(zip(order.layers, steps, strict=True))
    for layer, distances in reversed(layers):
        for place in (*range(len(layer)), *reversed(range(len(layer)))):
            users = order.outputs[layer[place]]
            if len(users) == 1 and _is_chain(order, layer[place], users[0]):
                _move(layer, distances, place, centre[users[0]], centre)
    for layer, distances in layers:
        for place in (*range(len(layer)), *reversed(range(len(layer)))):
            for maker in order.inputs[layer[place]]:
                if _is_chain(order, maker, layer[place]) and (maker >= len(order.nodes) or order.inputs[maker]):
                    _move(layer, distances, place, centre[maker], centre)


def _move(layer: tuple[int, ...], distances: list[float], place: int, wish: float, centre: list[float]) -> None:
    """Moves one item of a layer, in place, unless a neighbour stands in the way."""
    slack = 1e-6
    above = place == 0 or wish - centre[layer[place - 1]] >= distances[place - 1] - slack
    below = place + 1 == len(layer) or centre[layer[place + 1]] - wish >= distances[place] - slack
    if above and below:
        centre[layer[place]] = wish
