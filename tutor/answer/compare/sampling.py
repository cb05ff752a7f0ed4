"""Drawing the points of an exercise: short values, values around the given ones, values anywhere, both sides of every kink."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tutor.answer.compare.places import BLOCK, More, Place, Points, World, context, draw_number, place_beside
from tutor.derive.backward import derive
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.derive.rewrites.named import find_named
from tutor.expression.keys import derivative_key, is_derivative
from tutor.expression.nodes import ONE, ZERO, Add, Name
from tutor.graph.entries import SAMPLES, samples
from tutor.graph.layered import Layered, choose_sizes
from tutor.graph.nouns import Derivation, Graph, Step
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.arrays import Flags, np
from tutor.numbers.floats import columns, conditions, widen

SMALLEST = 1e-7
"""How near to a kink a point may be."""
LARGEST = (50.0, 1e9)
"""Points at which a step is larger are not taken; the second bound where the first leaves too few."""

_NICE: dict[str, tuple[str, ...]] = {
    "any": ("1", "-1", "0.5", "2", "-0.5", "-2", "3", "1.5", "-1.5", "0.25"),
    "positive": ("1", "0.5", "2", "3", "1.5", "0.25", "4"),
    "unit": ("0.5", "0.25", "0.75", "0.2", "0.4", "0.6"),
    "grown": ("2", "3", "4", "1.5", "2.5"),
}
_RANGE: dict[str, tuple[float, float, int]] = {
    "any": (-1.0, 0.5, 0), "positive": (-1.0, 0.5, 1), "unit": (-1.0, -0.0001, 1), "grown": (0.0001, 0.6, 1), "beyond": (-2.0, 1.2, 0),
    "far": (-1.0, 2.5, 0), "small": (-2.5, -0.5, 0), "beyond positive": (-2.0, 1.2, 1),
}  # fmt: skip


def sample(
    steps: Sequence[Step],
    leaves: Sequence[str],
    given: Mapping[str, Value] | None = None,
    *,
    seed: int = 0,
    more: More | None = None,
    sums: Sequence[tuple[str, ...]] = (),
) -> Points:
    """The points of a computation.

    ``steps`` have every target in any order (forward, backward, updates); ``leaves`` are what they start from; ``given`` the values of
    the exercise, as far as it has them; ``sums`` name leaves that add up to 1 (the targets of a softmax).  Points where a step has no
    finite value are drawn again (with positive leaves, with leaves between 0 and 1); the same seed gives the same points.
    """
    world = World({step.target: step.expr for step in steps}, leaves, more, sums)
    with np.errstate(all="ignore"):
        return _Sampler(world, given or {}, seed).points()


def points_of(
    derivation: Derivation, given: Mapping[str, Value] | None = None, *, seed: int = 0, extra: Sequence[Step] = (),
    groups: Sequence[tuple[str, ...]] = (),
) -> Points:
    """The points of a derivation; derivatives of any quantity with respect to any other are derived when an answer uses them.

    Where a named rewrite of the product holds for targets that sum to 1 (p − y for softmax with cross-entropy), and the given ones do,
    so do those of all points: an answer that lectures print is right.  ``groups`` are further leaves that add up to 1.
    """
    graph = derivation.graph
    leaves = [quantity.name for quantity in graph.leaves]
    steps = (*graph.steps, *derivation.backward, *extra)
    sums = conditions_of(derivation, given or {}, groups)
    return sample(steps, leaves, given, seed=seed, more=derivatives(graph), sums=sums)


def list_target_groups(layered: Layered) -> list[tuple[str, ...]]:
    """The targets of each sample that add up to 1 where lectures simplify the layer form: P − Y for a batch.

    >>> from tutor.graph.layered import from_layers
    >>> list_target_groups(from_layers(["P = softmax_rows(Z)", "L = -sum(Y ⊙ log(P))"], {"Z": (2, 2), "Y": (2, 2)}))
    [('Y_1_1', 'Y_1_2'), ('Y_2_1', 'Y_2_2')]
    """
    targets = {rewrite.targets: SAMPLES[rewrite.output] for rewrite in find_layer_rewrites(layered) if rewrite.targets}
    entries = [(layered.entries[name], by) for name, by in targets.items()]
    return [tuple(str(array.items[place]) for place in sample) for array, by in entries for sample in samples(array.shape, by)]


def conditions_of(
    derivation: Derivation, given: Mapping[str, Value], groups: Sequence[tuple[str, ...]] = ()
) -> list[tuple[str, ...]]:
    """The leaves that add up to 1 where lectures simplify, and those of ``groups``: as far as the given values do."""
    leaves = {quantity.name for quantity in derivation.graph.leaves}
    sums: dict[tuple[str, ...], None] = {}
    simplified = [rewrite.condition.args for rewrite in find_named(derivation) if isinstance(rewrite.condition, Add)]
    named = [tuple(term.name if isinstance(term, Name) else "" for term in terms) for terms in simplified]
    for group in (*named, *groups):
        if leaves.issuperset(group):
            values = [given[name] for name in group if name in given]
            if len(values) < len(group) or sum(Fraction(_decimal(value)) for value in values) == 1:
                sums[group] = None
    apart: list[tuple[str, ...]] = []
    for group in sums:
        if len(set(group)) == len(group) and not any(set(group) & set(other) for other in apart):
            apart.append(group)
    return apart


def list_conditions(
    graph: Graph, losses: Sequence[str], given: Mapping[str, Value], layered: Layered | None = None
) -> list[tuple[str, ...]]:
    """The leaves that add up to 1 in a whole exercise: those of each loss of its scalar form, and those of its layer form.

    >>> from tutor.graph.layered import from_layers, write_out
    >>> layers = from_layers(["p = softmax(z)", "L = sum(-t * log(p))"], {"z": (2,), "t": (2,)})
    >>> list_conditions(write_out(layers), ["L"], {}, layers)
    [('t_1', 't_2')]
    """
    groups = list_target_groups(choose_sizes(layered)[0]) if layered is not None else []
    found: dict[tuple[str, ...], None] = {}
    for loss in dict.fromkeys(losses):
        for group in conditions_of(derive(replace(graph, loss=loss)), given, groups):
            if not any(set(group) & set(other) for other in found):
                found[group] = None
    return list(found)


def derivatives(graph: Graph) -> More:
    """The steps of ∂of/∂wrt for any two quantities of a graph."""
    targets = [step.target for step in graph.steps]
    free = {quantity.name for quantity in graph.leaves}

    def derive_more(of: str, wrt: str) -> Sequence[Step]:
        if of in free:
            return (Step(derivative_key(of, wrt), ONE if of == wrt else ZERO, "no path"),) if wrt in free or wrt in targets else ()
        if of not in targets:
            return ()
        upto = targets.index(of) + 1
        part = derive(replace(graph, steps=graph.steps[:upto], loss=of)).backward
        if wrt in targets[upto:]:
            return (*part, Step(derivative_key(of, wrt), ZERO, "no path"))
        return part

    return derive_more


_ATTEMPTS = ("any", "beyond", "positive", "small", "beyond positive", "far", "unit", "any", "beyond", "far")
"""What is drawn, a block at a time, to reach a side of a kink that no point is on."""


class _Sampler:
    """Draws the points of a world."""

    def __init__(self, world: World, given: Mapping[str, Value], seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.seed = seed
        self.given = {name: _decimal(value) for name, value in given.items() if name in world.leaves}
        self.kinked = [target for target in world.table if world.program(target).kinks]
        self.targets = [target for target in world.table for _ in (world.ancestors(target),)]
        self.strict = True
        """Whether all steps have to be finite, or the forward ones only."""
        self.largest = LARGEST[0]
        self.kept: list[Mapping[str, Decimal]] = []
        self.signs: list[tuple[bool, ...]] = []

    def points(self) -> Points:
        for self.strict, self.largest in ((True, LARGEST[0]), (True, LARGEST[1]), (False, LARGEST[1])):
            if self.find(8):
                break
        self.kept, self.signs = [], []
        self.collect(self.draw_nice, ("any", "positive", "unit", "grown"), 12)
        shown = len(self.kept)
        on_kink: list[Place] = []
        if self.given:
            exact = [self.draw_around(0)]
            if not self.take(exact, 1) and self.is_forward_finite(exact[0]):
                on_kink.append(Place(self.world, exact[0]))
            self.collect(lambda _: [self.draw_around(1) for _ in range(16)], ("any", "any"), 11)
        end_near = len(self.kept)
        self.collect(self.draw_anywhere, ("any", "positive", "unit", "grown", "small", "any"), 24)
        self.collect(self.draw_anywhere, ("beyond", "beyond positive", "any", "positive", "unit", "grown"), 8)
        self.reach_both_sides()
        if not self.kept:
            self.kept = [dict.fromkeys(self.world.leaves, Decimal(1)), *self.draw_anywhere("any")[:3]]
            shown = end_near = 0
        near = np.zeros(len(self.kept), dtype=bool)
        near[shown:end_near] = True
        generic = range(end_near, len(self.kept)) if end_near < len(self.kept) else range(len(self.kept))
        columns = place_beside(self.world, self.kept)
        columns.fill(self.targets)
        on_kink += [Place(self.world, self.world.tie_sums(dict.fromkeys(self.world.leaves, Decimal(value)))) for value in (0, 1)]
        return Points(columns, near, generic, on_kink, self.seed)

    def find(self, count: int) -> bool:
        """Whether there are enough points within the bounds."""
        for mode in ("any", "positive", "unit", "grown", "small"):
            count -= self.take(self.draw_anywhere(mode), count)
            if count <= 0:
                return True
        return False

    def draw_nice(self, mode: str) -> list[Mapping[str, Decimal]]:
        return [{leaf: Decimal(self.chance.choice(_NICE[mode])) for leaf in self.world.leaves} for _ in range(BLOCK)]

    def draw_anywhere(self, mode: str) -> list[Mapping[str, Decimal]]:
        low, high, sign = _RANGE[mode]
        return [{leaf: draw_number(self.chance, low, high, sign) for leaf in self.world.leaves} for _ in range(BLOCK)]

    def draw_around(self, spread: int) -> Mapping[str, Decimal]:
        """The given values, exactly (0) or shifted by up to a fifth; what is not given is drawn."""
        point = {}
        for leaf in self.world.leaves:
            value = self.given.get(leaf)
            if value is None:
                value = Decimal(self.chance.choice(_NICE["positive"]))
            if spread:
                by = Decimal(self.chance.randint(-200, 200)) / 1000
                value = context(50).multiply(value, 1 + by) if value else by
            point[leaf] = value
        return point

    def collect(self, draw: Callable[[str], Sequence[Mapping[str, Decimal]]], modes: Sequence[str], count: int) -> None:
        """Keep so many more points, drawn in one mode after the other."""
        for _ in range(2):
            for mode in modes:
                if count > 0:
                    count -= self.take(draw(mode), count)

    def take(self, points: Sequence[Mapping[str, Decimal]], count: int) -> int:
        """Keep the first points at which everything exists and nothing stands on a kink; how many were kept."""
        points = [self.world.tie_sums(point) for point in points]
        signs, good = self.look(points)
        kept = [int(i) for i in np.flatnonzero(good)[:count]]
        self.kept += [points[i] for i in kept]
        self.signs += [tuple(bool(row[i]) for row in signs) for i in kept]
        return len(kept)

    def look(self, points: Sequence[Mapping[str, Decimal]]) -> tuple[list[Flags], Flags]:
        """The signs of all conditions at some points, and which points are good."""
        block = place_beside(self.world, points)
        block.fill(self.targets)
        good = np.ones(len(points), dtype=bool)
        for target in self.targets:
            if self.strict or not is_derivative(target):
                good &= np.abs(block.env[target]) < self.largest
        signs: list[Flags] = []
        for target in self.kinked:
            steps = self.world.program(target)
            for row in conditions(steps, columns(steps, block.env)):
                row = widen(row, len(points))
                if not np.all(row == row[0]):  # a condition that never changes is no kink
                    good &= np.abs(row) > SMALLEST
                signs.append(row > 0)
        return signs, good

    def is_forward_finite(self, point: Mapping[str, Decimal]) -> bool:
        block = place_beside(self.world, [point])
        block.fill(self.targets)
        return all(bool(np.isfinite(block.env[t][0])) for t in self.targets if not is_derivative(t))

    def reach_both_sides(self) -> None:
        """Add points until every condition has been seen with both signs, as far as a bounded number of attempts reaches."""
        if not self.kept or not self.signs[0]:
            return
        self.largest = LARGEST[1]
        for mode in _ATTEMPTS:
            seen = np.array(self.signs)
            missing = [(k, side) for k in range(seen.shape[1]) for side in (True, False) if not np.any(seen[:, k] == side)]
            if not missing:
                return
            points = [self.world.tie_sums(point) for point in self.draw_anywhere(mode)]
            signs, good = self.look(points)
            for k, side in missing:
                found = np.flatnonzero(good & (signs[k] == side))[:2]
                for i in found:
                    if points[i] not in self.kept:
                        self.kept.append(points[i])
                        self.signs.append(tuple(bool(row[i]) for row in signs))


def _decimal(value: Value) -> Decimal:
    """A given value as a decimal: exact where it is one, else to fifty digits."""
    if isinstance(value, Fraction):
        return context(50).divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(str(CONTEXT.nstr(as_real(value), 50)))
