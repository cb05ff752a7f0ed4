"""Where the local derivatives stand on the edges of a graph: on their edge, before the box it leads to, and on nothing else.

The gap before a box is wide enough for a label (`widen_gaps`), and there no box is in the way; each label looks for the place on its
curve where it covers least of other labels and of other edges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.render.picture.layout import BoxSpacing, Direction, Edge, Layout, Point

EdgeName = tuple[str, str]
Size = tuple[float, float]

_PLACES = tuple(place / 32 for place in (16, 14, 18, 12, 20, 10, 22, 8, 24, 6, 26))
"""Parts of the way along the last curve of an edge, the favourite first."""
_SWEEPS = 4
_AIR = 1.0


def widen_gaps(spacing: BoxSpacing, sizes: Mapping[EdgeName, Size], direction: Direction) -> BoxSpacing:
    """Distances that leave room for labels between the layers, and beside each other where the graph runs downwards.

    >>> widen_gaps(BoxSpacing(), {}, "right") == BoxSpacing()
    True
    """
    if not sizes:
        return spacing
    wide, high = max(size[0] for size in sizes.values()), max(size[1] for size in sizes.values())
    if direction == "right":
        return replace(spacing, layer=spacing.layer + wide, box=max(spacing.box, high))
    return replace(spacing, layer=spacing.layer + 2.5 * high, box=max(spacing.box, 0.6 * wide), lane=max(spacing.lane, 0.8 * wide))


def place_labels(drawn: Layout, sizes: Mapping[EdgeName, Size]) -> dict[EdgeName, Point]:
    """The middle of each label."""
    edges = [edge for edge in drawn.edges if (edge.source, edge.target) in sizes]
    own = [sizes[edge.source, edge.target] for edge in edges]
    curves = [_sample(edge) for edge in edges]
    every = [point for edge in drawn.edges for point in _sample(edge)]
    taken: list[Point | None] = [None] * len(edges)
    for _ in range(_SWEEPS):
        before = list(taken)
        for which, edge in enumerate(edges):
            spots = [_point_at(edge, place) for place in _PLACES]
            others = [(spot, size) for place, (spot, size) in enumerate(zip(taken, own, strict=True)) if place != which and spot]
            size, curve = own[which], curves[which]
            costs = [
                _measure_cost(spot, size, others, curve, every) + _measure_outside(edge, spot, size, drawn.direction) + rank * 0.3
                for rank, spot in enumerate(spots)
            ]
            taken[which] = spots[costs.index(min(costs))]
        if taken == before:
            break
    return {(edge.source, edge.target): spot for edge, spot in zip(edges, taken, strict=True) if spot}


def _measure_cost(
    spot: Point, size: Size, others: Sequence[tuple[Point, Size]], curve: Sequence[Point], every: Sequence[Point]
) -> float:
    """How bad a place is: labels under it count most, then points of other edges behind it."""
    cost = 0.0
    for there, other in others:
        across = (size[0] + other[0]) / 2 + _AIR - abs(spot[0] - there[0])
        up = (size[1] + other[1]) / 2 + _AIR - abs(spot[1] - there[1])
        if across > 0 and up > 0:
            cost += 50 + across * up
    own = set(curve)
    covered = sum(abs(x - spot[0]) < size[0] / 2 and abs(y - spot[1]) < size[1] / 2 and (x, y) not in own for x, y in every)
    return round(cost + covered, 6)


def _measure_outside(edge: Edge, spot: Point, size: Size, direction: Direction) -> float:
    """How bad it is that a label reaches into one of the layers beside its gap."""
    axis = 0 if direction == "right" else 1
    out = max(edge.points[-4][axis] + size[axis] / 2 - spot[axis], spot[axis] + size[axis] / 2 - edge.points[-1][axis])
    return 100 + out if out > 0 else 0.0


def _sample(edge: Edge) -> list[Point]:
    """Points of the last curve of an edge."""
    return [_point_at(edge, place / 16) for place in range(1, 16)]


def _point_at(edge: Edge, part: float) -> Point:
    """A point of the last curve of an edge."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = edge.points[-4:]
    rest = 1 - part
    one, two, three, four = rest**3, 3 * rest * rest * part, 3 * rest * part * part, part**3
    return round(one * ax + two * bx + three * cx + four * dx, 4), round(one * ay + two * by + three * cy + four * dy, 4)
