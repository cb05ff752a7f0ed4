"""What was probably done: the right working is bent, one known slip at a time and then two, and what comes out is compared with the answer.

For the true values this is a table, made once for each quantity and searched by value.  For a student's own earlier results the few
steps that lie between them and the answer are run anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from itertools import islice

from tutor.expression.keys import read_after, read_edge
from tutor.expression.nodes import Expr, Mul, Neg
from tutor.graph.nouns import Step
from tutor.marking.bends import Bend
from tutor.marking.evidence import (
    ACCIDENTS_OF_PAIRS,
    PAIRS,
    SAME,
    SURE_OF_PAIRS,
    Explanations,
    Given,
    WrongAnswers,
    collect,
    mark_nowhere,
    share_weights,
)
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import Slip
from tutor.marking.misconceptions import BY_TAG, NEIGHBOUR, list_bends
from tutor.marking.question_list import parts
from tutor.marking.worlds import BentWorld, Variant
from tutor.numbers.arrays import Floats, np

MOST_PAIRS, MOST_OF_LONG, MOST_FORMULA_PAIRS, MOST_OWN_PAIRS = 1_500, 20_000, 3_000, 150
"""How many pairs of slips are tried, the likeliest first: of a number, a long one, a formula, and from a student's own results."""
LONG = 8
"""Of a number of so many digits more pairs are tried."""
MOST_TOLD, MOST_TAGS = 8, 10
"""So many different explanations are told, the likeliest; where more than so many would fit, nothing is explained."""
LOOSE = 6
"""A number of so many digits may be a little off what a slip gives: its last digits come from numbers that were rounded on the way."""
COMMON, RARE, OTHER = 3.0, 1.0, 1.0
"""How likely it is that a common slip is made, a rarer one, and that another quantity is answered."""
HERE, ELSEWHERE = 3.0, 1.0
"""How likely it is made in the step that is asked or at all its places, and at one of the others."""
COMMON_TAGS = frozenset(tag for tag, row in BY_TAG.items() if row.common and tag != NEIGHBOUR)


@dataclass(frozen=True, slots=True)
class Singles:
    """What single slips make of a quantity: the candidates, and the slips that have an effect of their own, with their weights."""

    table: WrongAnswers
    effective: tuple[tuple[int, float], ...]
    between: tuple[str, ...]


class Diagnosis:
    """The slips of one exercise; the tables are made when they are first needed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.bends: list[Bend] = [b for b in list_bends(sheet.working) if not any(name in sheet.whole for name, _ in b.edits)]
        self.variants = [Variant((i,), dict(bend.edits)) for i, bend in enumerate(self.bends)]
        self.touching: dict[str, list[int]] = {}
        for i, bend in enumerate(self.bends):
            for target, _ in bend.edits:
                self.touching.setdefault(target, []).append(i)
        self.order = sheet.order
        self.singles: dict[tuple[str, bool], Singles] = {}
        self.pairs: dict[tuple[str, bool, int, int], WrongAnswers] = {}
        self.kin: dict[str, tuple[str, ...]] = {}

    def explain(
        self, target: str, given: Given, world: BentWorld, *, formula: bool, blur: float = 0.0, made: frozenset[str] = frozenset()
    ) -> Explanations:  # fmt: skip
        """What was probably done to get this answer for a quantity, in the world of the student's earlier results.

        One slip first, from the student's own values (``world.fixed``) and from the true ones; then two.  What gives just this number wins
        over what gives it rounded (``blur``: as far as the student's own results were); slips that were ``made`` before need little
        evidence.  All explanations that fit equally well are given; none of a derivative that is 0 (a slope that vanishes says nothing), of
        what is right but for its last place, and where chance explains as much.
        """
        if target in self.sheet.whole or target not in self.order:
            return ()
        rights = [float(one.env[target][0]) for one in (world, self._base(formula))]
        if not given.certain and ((given.own == 0 and parts(target)[0]) or any(given.is_pen(right) for right in rights)):
            return ()
        neighbours: Explanations = ()
        tries = [(world, self._make_singles(target, world))] if world.fixed else []
        tries.append((self._base(formula), self._find_singles(target, formula=formula)))
        for loose in (False, True) if given.digits >= LOOSE and not given.certain else (False,):
            for pairs in (False, True) if given.sure and not loose else (False,):
                for own, singles in tries:
                    table = self._find_pairs(target, own, singles, given, rights[-1], formula=formula) if pairs else singles.table
                    for reading in [given.loosen()] if loose else given.readings(blur if own.fixed else 0.0):
                        found = _keep_few(table.explain(reading, rights[-1], made))
                        if found and found[0][0].tag != NEIGHBOUR:
                            return found
                        neighbours = neighbours or found
                if neighbours:
                    return neighbours
        return ()

    def _base(self, formula: bool) -> BentWorld:
        return self.sheet.formulas if formula else self.sheet.numbers

    def _find_singles(self, target: str, *, formula: bool) -> Singles:
        key = (target, formula)
        if key not in self.singles:
            self.singles[key] = self._make_singles(target, self._base(formula))
        return self.singles[key]

    def _find_pairs(self, target: str, world: BentWorld, singles: Singles, given: Given, right: float, *, formula: bool) -> WrongAnswers:
        """The pairs that could be told of an answer: none so unlikely that chance explains it as well whatever they give."""
        least = -99 if given.certain else math.floor(math.log10(max(SURE_OF_PAIRS * given.find_chance(right), 1e-99)))
        if world.fixed:
            return self._pair_slips(target, world, singles, MOST_OWN_PAIRS, least)
        most = MOST_FORMULA_PAIRS if formula else MOST_OF_LONG if given.digits >= LONG else MOST_PAIRS
        key = (target, formula, most, least)
        if key not in self.pairs:
            self.pairs[key] = self._pair_slips(target, world, singles, most, least)
        return self.pairs[key]

    def _make_singles(self, target: str, world: BentWorld) -> Singles:
        """The answers that single slips give, and those of neighbours."""
        steps = world.steps_for([target])
        between = tuple(step.target for step in steps)
        inside = sorted({i for name in between for i in self.touching.get(name, ())})
        others = self._neighbours(target, world)
        right = world.env[target]
        values = self._run_bent([self.variants[i] for i in inside], target, world) if inside else np.empty((0, len(right)))
        changed = np.all(np.isfinite(values), axis=1) & np.any(np.abs(values - right) > SAME * np.maximum(np.abs(right), 1e-300), axis=1)
        inside, values = [i for i, effective in zip(inside, changed.tolist(), strict=True) if effective], values[changed]
        weights = self._weigh(target, inside, len(others))
        why: list[tuple[Slip, ...]] = [(Slip(self.bends[i].tag, self._place(self.bends[i], between)),) for i in inside]
        why += [(Slip(NEIGHBOUR, target),)] * len(others)
        rows = [values, *([np.stack([world.env[name] for name in others])] if others else [])]
        effective = self._list_effective(inside, values, weights)
        return Singles(collect(rows, why, weights, right, COMMON_TAGS), effective, between)

    def _run_bent(self, variants: Sequence[Variant], target: str, world: BentWorld) -> Floats:
        """What slips give for a quantity; a formula may have no value at some points, as one has that divides by the slope of a ReLU."""
        values = world.run_bent(variants, [target])[target]
        return mark_nowhere(values) if world is self.sheet.formulas else values

    def _weigh(self, target: str, inside: Sequence[int], others: int) -> list[float]:
        """The weights of slips and, after them, of the quantities that may be answered instead."""
        kinds, masses, parts = [], [], []
        for i in inside:
            bend = self.bends[i]
            here = bend.systematic or any(name == target for name, _ in bend.edits)
            kinds.append(bend.tag)
            masses.append(COMMON if BY_TAG[bend.tag].common else RARE)
            parts.append(HERE if here else ELSEWHERE)
        return share_weights(kinds + [NEIGHBOUR] * others, masses + [OTHER] * others, parts + [1.0] * others)

    def _list_effective(self, inside: Sequence[int], values: Floats, weights: Sequence[float]) -> tuple[tuple[int, float], ...]:
        """The slips with their weights, the likeliest first; of those of a kind that give the same, one; none made in some layers only."""
        found: dict[tuple[str, bytes], tuple[int, float]] = {}
        for i, row, weight in zip(inside, np.round(values, 12), weights, strict=False):
            if self.bends[i].partial:
                continue
            key = (self.bends[i].tag, row.tobytes())
            first, sum_so_far = found.get(key, (i, 0.0))
            found[key] = first, sum_so_far + weight
        return tuple(sorted(found.values(), key=lambda one: -one[1]))

    def _pair_slips(self, target: str, world: BentWorld, singles: Singles, most: int, least: int) -> WrongAnswers:
        """The answers that two slips give together, the likeliest pairs and none below ten to the power of ``least``."""
        couples: list[tuple[int, int]] = []
        weights: list[float] = []
        edits: list[dict[str, Expr]] = []
        for weight, i, j in islice(self._list_couples(singles.effective, 10.0**least / PAIRS), most):
            both = self._combine_edits(i, j)
            if both is not None:
                couples.append((i, j))
                weights.append(PAIRS * weight)
                edits.append(both)
        variants = [Variant(couple, both) for couple, both in zip(couples, edits, strict=True)]
        rows = [self._run_bent(variants, target, world)] if couples else []
        own = {i: Slip(self.bends[i].tag, self._place(self.bends[i], singles.between)) for i, _ in singles.effective}
        why = [tuple(sorted((own[i], own[j]), key=lambda slip: self.order.get(slip.at, 0))) for i, j in couples]
        return collect(rows, why, weights, world.env[target], COMMON_TAGS, SURE_OF_PAIRS, ACCIDENTS_OF_PAIRS)

    def _list_couples(self, effective: Sequence[tuple[int, float]], least: float) -> Iterator[tuple[float, int, int]]:
        """The pairs of slips of different kinds, with how likely they are, the likeliest first.

        ``effective`` is sorted: behind each slip the next partner waits, and of those the likeliest is taken.  Of a long exercise, with a
        million of pairs, only those are made that are wanted.
        """
        tags, weights = [self.bends[i].tag for i, _ in effective], [weight for _, weight in effective]
        waiting = [(-weights[place] * weights[place + 1], place, place + 1) for place in range(len(weights) - 1)]
        heapify(waiting)
        while waiting and -waiting[0][0] >= least:
            weight, place, other = waiting[0]
            if other + 1 < len(weights):
                heapreplace(waiting, (-weights[place] * weights[other + 1], place, other + 1))
            else:
                heappop(waiting)
            if tags[place] != tags[other]:
                i, j = effective[place][0], effective[other][0]
                yield -weight, min(i, j), max(i, j)

    def _combine_edits(self, i: int, j: int) -> dict[str, Expr] | None:
        """The edits of two slips together; at a step that both change, the one that only scales is made after the other."""
        first, second = self.variants[i].edits, self.variants[j].edits
        found = {**first, **second}
        for target in first.keys() & second.keys():
            right = self.sheet.working.by_name[target].expr
            both = _scale_bent(second[target], right, first[target]) or _scale_bent(first[target], right, second[target])
            if both is None:
                return None
            found[target] = both
        return found

    def _place(self, bend: Bend, between: Sequence[str]) -> str:
        """The first step on the way to the answer that a slip was made in."""
        own = {target for target, _ in bend.edits}
        return next((name for name in between if name in own), bend.edits[0][0])

    def _neighbours(self, target: str, world: BentWorld) -> list[str]:
        """The quantities of the same sort that could have been answered instead."""
        if target not in self.kin:
            self.kin[target] = self._find_kin(target)
        return [name for name in self.kin[target] if name in world.env and name not in world.fixed]

    def _find_kin(self, target: str) -> tuple[str, ...]:
        own = self.sheet.work(target)
        if own is None:
            return ()
        of, wrt, k = parts(target)
        kinds = {q.name: q.kind for q in (*self.sheet.working.graph.leaves, *self.sheet.working.graph.nodes)}

        def is_alike(step: Step) -> bool:
            if step.target == target or step.sort != own.sort or step.after != k or read_edge(step.target):
                return False
            other_of, other_wrt, _ = parts(step.target)
            if kinds.get(other_wrt) == "target" or read_after(other_of).updates:
                return False
            if step.sort == "local":
                return other_of == of or other_wrt == wrt
            if step.sort == "gradient":
                return other_of == of and _kin(kinds.get(other_wrt, ""), kinds.get(wrt, ""))
            return step.sort == "update" or kinds.get(other_wrt) == kinds.get(wrt)

        return tuple(step.target for step in self.sheet.working.steps if is_alike(step))


_TRAINED = ("weight", "bias")


def _kin(a: str, b: str) -> bool:
    return a == b or (a in _TRAINED and b in _TRAINED)


def _scale_bent(scaling: Expr, right: Expr, bent: Expr) -> Expr | None:
    """The same scaling (a sign, a factor) of a bent formula instead of the right one; nothing for what does not scale."""
    if scaling == Neg(right):
        return Neg(bent)
    if type(scaling) is Mul and len(scaling.args) == 2 and scaling.args[1] == right:
        return Mul((scaling.args[0], bent))
    return None


def _keep_few(found: Explanations) -> Explanations:
    """The explanations, one place for each set of tags where they are many; nothing where too much would explain the answer."""
    slipped = tuple(slips for slips in found if slips[0].tag != NEIGHBOUR)
    found = slipped or found  # the value of another quantity is said only where no slip gives it
    if len(found) <= MOST_TOLD:
        return found
    first: dict[tuple[str, ...], tuple[Slip, ...]] = {}
    for slips in found:
        first.setdefault(tuple(slip.tag for slip in slips), slips)
    return tuple(first.values())[:MOST_TOLD] if len(first) <= MOST_TAGS else ()


def tags(found: Iterable[tuple[Slip, ...]]) -> tuple[str, ...]:
    """The tags in explanations, each once."""
    return tuple(dict.fromkeys(slip.tag for slips in found for slip in slips))
