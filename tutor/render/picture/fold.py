"""Leaving out what does not fit: many leaves of one operation, and the middle of a very long graph.

Nothing is left out silently: a dashed box says what and how many ("⋮ 9,980 steps").
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from heapq import heapify, heappop, heappush

from tutor.errors import GraphError
from tutor.explain.document import Node, Picture
from tutor.render.picture.label import OMITTED

_PARAMETERS = ("weight", "bias", "state")
_FEW = 3


def evaluation_order(picture: Picture) -> list[Node]:
    """The nodes, each after all that it is computed from: as given where that holds, the loss last.

    Raises `GraphError` for a cycle, for two boxes of one name and for an edge that begins or ends at no box.
    """
    at = {node.name: place for place, node in enumerate(picture.nodes)}
    if len(at) < len(picture.nodes):
        double = next(node.name for place, node in enumerate(picture.nodes) if at[node.name] != place)
        raise GraphError(f"two boxes of the picture are called {double!r}", hint="give each quantity a name of its own")
    waits = [0] * len(at)
    consumers: list[list[int]] = [[] for _ in at]
    for source, target in picture.edges:
        if source not in at or target not in at:
            stray = target if source in at else source
            raise GraphError(f"no box of the picture is called {stray!r}", where=f"edge {source} → {target}")
        waits[at[target]] += 1
        consumers[at[source]].append(at[target])
    ready = [place for place in range(len(at)) if not waits[place]]
    heapify(ready)
    order: list[Node] = []
    while ready:
        place = heappop(ready)
        order.append(picture.nodes[place])
        for target_place in consumers[place]:
            waits[target_place] -= 1
            if not waits[target_place]:
                heappush(ready, target_place)
    if len(order) < len(at):
        stuck = next(node.name for place, node in enumerate(picture.nodes) if waits[place])
        raise GraphError(f"the picture has a cycle through {stuck!r}", hint="a step may only use earlier steps")
    last = [node for node in order if node.name == picture.loss and not consumers[at[node.name]]]
    return [node for node in order if node not in last] + last if last else order


def bundle(picture: Picture) -> Picture:
    """More than three leaves of one kind that feed the same boxes become one box: "⋮ 10 parameters"."""
    fed = {target for _, target in picture.edges}
    feeds: dict[str, list[str]] = {node.name: [] for node in picture.nodes}
    for source, target in picture.edges:
        feeds[source].append(target)
    groups: dict[tuple[bool, tuple[str, ...]], list[Node]] = {}
    for node in picture.nodes:
        if node.name not in fed and node.name != picture.loss:
            groups.setdefault((node.kind in _PARAMETERS, tuple(feeds[node.name])), []).append(node)
    stands_for: dict[str, Node] = {}
    for (parameters, _), group in groups.items():
        if len(group) > _FEW:
            words = picture.words.FOLDED["parameters" if parameters else "inputs"].format(count=len(group))
            names = picture.words.FROM_TO.format(first=group[0].name, last=group[-1].name)
            box = Node(_make_free_name(f"⋮ {words} ({names})", feeds), OMITTED)
            stands_for.update({node.name: box for node in group})
    return _contract(picture, picture.nodes, stands_for)


def shorten(picture: Picture, keep: int) -> Picture:
    """The first and the last steps, ``keep`` boxes together; all between become one: "⋮ 9,980 steps"."""
    order = evaluation_order(picture)
    if len(order) <= keep + 1:
        return picture
    head, tail = keep // 2, keep - keep // 2
    middle = order[head : len(order) - tail]
    box = Node(_make_free_name("⋮ " + picture.words.FOLDED["steps"].format(count=len(middle)), [node.name for node in order]), OMITTED)
    return _contract(picture, tuple(order), {node.name: box for node in middle})


def fold(picture: Picture, limit: int) -> Picture:
    """The picture with at most ``limit`` boxes: whole, or with leaves bundled, or 20 boxes without the middle."""
    if len(picture.nodes) <= limit:
        return picture
    bundled = bundle(picture)
    return bundled if len(bundled.nodes) <= limit else shorten(picture, 20)


def _make_free_name(name: str, taken: Container[str]) -> str:
    while name in taken:
        name += "′"
    return name


def _contract(picture: Picture, order: tuple[Node, ...], stands_for: dict[str, Node]) -> Picture:
    """The picture with each box replaced by the one that stands for it, without double boxes and edges."""
    if not stands_for:
        return picture
    nodes: dict[str, Node] = {}
    for node in order:
        box = stands_for.get(node.name, node)
        nodes.setdefault(box.name, box)
    edges: dict[tuple[str, str], None] = {}
    for source, target in picture.edges:
        ends = tuple(stands_for[name].name if name in stands_for else name for name in (source, target))
        if ends[0] != ends[1]:
            edges[ends[0], ends[1]] = None
    kept = tuple(local for local in picture.locals if (local.source, local.target) in edges)
    return replace(picture, nodes=tuple(nodes.values()), edges=tuple(edges), locals=kept)
