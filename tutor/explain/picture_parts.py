"""A large picture in parts: cut where few quantities cross, as between two layers or two steps of a recurrent network.

A quantity of an earlier part that a later one uses is a box without its formula there; a leaf stands in each part that uses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.explain.document import Math, Node, Picture, Sentence
from tutor.explain.words.sentence_grammar import split_places
from tutor.expression.nodes import Name, children

MOST_BOXES, MOST_DEEP = 40, 8
"""Boxes of a part, and how many of them one behind the other; a step with very many leaves has more."""
_PART, _TWICE, _APART, _UNEVEN, _DEEP = 4.0, 2.0, 15.0, 1.0, 0.5
"""What a part more costs, a box that is drawn again, a function apart from what it is applied to, a part that is full, each box behind
another."""


def caption_parts(parts: Sequence[Picture], caption: Sentence) -> list[Sentence]:
    """What stands below each part: which it is, and from where to where it goes; the picture's own caption below the first.

    >>> [part] = caption_parts([Picture((Node("x", "input"), Node("y", "node")), (("x", "y"),))], ("The graph.",))
    >>> "".join(piece if isinstance(piece, str) else piece.expr.name for piece in part)
    'The graph. Part 1 of 1: y.'
    """
    told: list[Sentence] = []
    for number, part in enumerate(parts, 1):
        fed = {target for _, target in part.edges}
        steps = [node.name for node in part.nodes if node.name in fed]
        said_ends = part.words.PART if len(steps) > 1 else part.words.PART_OF_ONE
        words = said_ends.format(number=number, count=len(parts), first="{first}", last="{last}")
        said = tuple(split_places(words, {"first": [Math(Name(steps[0]))], "last": [Math(Name(steps[-1]))]}))
        told.append((*caption, " ", *said) if number == 1 and caption else said)
    return told


def split_picture(picture: Picture) -> tuple[Picture, ...]:
    """The picture in parts that have room on a page, in evaluation order; one that is small enough is its only part.

    >>> steps = [Node(f"z{i}", "node") for i in range(20)]
    >>> chain = Picture(tuple(steps), tuple((f"z{i}", f"z{i + 1}") for i in range(19)), loss="z19")
    >>> [[part.nodes[0].name, part.nodes[-1].name] for part in split_picture(chain)]
    [['z0', 'z7'], ['z7', 'z13'], ['z13', 'z19']]
    """
    plan = _PictureSteps(picture)
    return tuple(plan.take(*ends) for ends in plan.choose_parts()) if plan.steps else (picture,)


class _PictureSteps:
    """The computed boxes of a picture by their places, with what each uses."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.boxes = {node.name: node for node in picture.nodes}
        self.uses: dict[str, list[str]] = {name: [] for name in self.boxes}
        for source, target in picture.edges:
            self.uses[target].append(source)
        self.steps = [node.name for node in picture.nodes if self.uses[node.name]]
        self.place = {name: place for place, name in enumerate(self.steps)}
        self.first_used: dict[str, int] = {}
        for place, name in enumerate(self.steps):
            for used in self.uses[name]:
                self.first_used.setdefault(used, place)

    def choose_parts(self) -> list[tuple[int, int]]:
        """The parts as (first, behind the last), at the least cost."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(self.steps) + 1):
            found: tuple[float, int] | None = None
            for start, cost in self._list_costs(end):
                total = best[start][0] + cost
                if found is None or total < found[0] - 1e-9:
                    found = total, start
            assert found is not None
            best.append(found)
        parts = []
        end = len(self.steps)
        while end:
            parts.append((best[end][1], end))
            end = best[end][1]
        return parts[::-1]

    def _list_costs(self, end: int) -> list[tuple[int, float]]:
        """Where a part that ends here may begin, and what it costs: the nearest beginning first."""
        leaves: set[str] = set()
        carried: set[str] = set()
        found: list[tuple[int, float]] = []
        for start in range(end - 1, -1, -1):
            name = self.steps[start]
            carried.discard(name)
            carried.update(used for used in self.uses[name] if used in self.place)
            leaves.update(used for used in self.uses[name] if used not in self.place)
            boxes = end - start + len(leaves) + len(carried)
            deep = self._measure_depth(start, end)
            if found and (boxes > MOST_BOXES or deep >= MOST_DEEP):
                break
            apart = _APART * (start > 0 and self._is_applied(name, self.steps[start - 1]))
            again = len(carried) + sum(self.first_used[leaf] < start for leaf in leaves)
            found.append((start, _PART + _TWICE * again + apart + _UNEVEN * (boxes / MOST_BOXES) ** 2 + _DEEP * deep))
        return found

    def _measure_depth(self, start: int, end: int) -> int:
        """How many computed boxes of a part stand one behind the other."""
        depth: dict[str, int] = {}
        for name in self.steps[start:end]:
            depth[name] = 1 + max((depth.get(used, 0) for used in self.uses[name]), default=0)
        return max(depth.values())

    def _is_applied(self, name: str, before: str) -> bool:
        """Whether a step is a function of the step before it alone."""
        expr = self.boxes[name].expr
        return expr is not None and len(children(expr)) == 1 and self.uses[name] == [before]

    def take(self, start: int, end: int) -> Picture:
        """A part with all that its steps use."""
        inside = self.steps[start:end]
        nodes: dict[str, Node] = {}
        for name in inside:
            for used in self.uses[name]:
                node = self.boxes[used]
                nodes.setdefault(used, replace(node, expr=None) if used in self.place else node)
            nodes[name] = self.boxes[name]
        edges = tuple(edge for edge in self.picture.edges if edge[1] in inside)
        locals_ = tuple(local for local in self.picture.locals if local.target in inside)
        return replace(self.picture, nodes=tuple(nodes.values()), edges=edges, locals=locals_)

