"""What was probably done: the right working is bent, one known slip at a time and then two, and what comes out is compared with the answer.

For the true values this is a table, made once for each quantity and searched by value.  For a student's own earlier results the few
steps that lie between them and the answer are run anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from tutor.expression.keys import read_after, read_edge
from tutor.expression.nodes import Expr, Mul, Neg
from tutor.graph.nouns import Step
from tutor.marking.bends import Bend
from tutor.marking.evidence import (
    ACCIDENTS,
    ACCIDENTS_OF_PAIRS,
    ELSEWHERE,
    MISTAKEN,
    OTHER,
    OWN_STEP,
    RARE,
    Explanations,
    Given,
    WrongAnswers,
    alike,
    collect,
)
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import Slip
from tutor.marking.misconceptions import BY_TAG, NEIGHBOUR, list_bends
from tutor.marking.question_list import parts
from tutor.marking.worlds import BentWorld, Variant
from tutor.numbers.arrays import np

MOST_PAIRS, MOST_FORMULA_PAIRS, MOST_OWN_PAIRS = 8_000, 3_000, 400
"""How many pairs of slips are tried: of a number, of a formula (at several points), and from a student's own results."""
MOST_TAGS = 10
"""With more different explanations than this nothing is explained."""
LONG = 8
"""Only of a number of so many digits all pairs are tried, and not just those of common slips."""


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
        self.tables: dict[tuple[str, bool, int], WrongAnswers] = {}
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
        for pairs in _SINGLES if not given.sure else _ALL if given.digits >= LONG else _COMMON:
            for own in (True, False) if world.fixed else (False,):
                table = self._collect_answers(target, world, pairs) if own else self._table(target, formula, pairs)
                for reading in given.readings(blur if own else 0.0):
                    found = _keep_few(table.explain(reading, rights[-1], ACCIDENTS_OF_PAIRS if pairs else ACCIDENTS, made))
                    if found and found[0][0].tag != NEIGHBOUR:
                        return found
                    neighbours = neighbours or found
            if neighbours:
                return neighbours
        return ()

    def _base(self, formula: bool) -> BentWorld:
        return self.sheet.formulas if formula else self.sheet.numbers

    def _table(self, target: str, formula: bool, pairs: int) -> WrongAnswers:
        key = (target, formula, pairs)
        if key not in self.tables:
            world = self._base(formula)
            most = MOST_FORMULA_PAIRS if formula else MOST_PAIRS
            self.tables[key] = self._pair_slips(target, world, most, pairs) if pairs else self._make_answers(target, world)
        return self.tables[key]

    def _collect_answers(self, target: str, world: BentWorld, pairs: int) -> WrongAnswers:
        return self._pair_slips(target, world, MOST_OWN_PAIRS, pairs) if pairs else self._make_answers(target, world)

    def _list_inside(self, target: str, world: BentWorld) -> list[int]:
        """The bends that reach a quantity, by their places."""
        return sorted({i for step in world.steps_for([target]) for i in self.touching.get(step.target, ())})

    def _make_answers(self, target: str, world: BentWorld) -> WrongAnswers:
        """The answers that single slips give, and those of neighbours."""
        between = [step.target for step in world.steps_for([target])]
        inside = self._list_inside(target, world)
        variants = [self.variants[i] for i in inside]
        why: list[tuple[Slip, ...]] = [(Slip(self.bends[i].tag, self._place(self.bends[i], between)),) for i in inside]
        ranks = [self._rank(self.bends[i], target) for i in inside]
        rows = [world.run_bent(variants, [target])[target]] if variants else []
        others = self._neighbours(target, world)
        if others:
            rows.append(np.stack([world.env[name] for name in others]))
            why += [(Slip(NEIGHBOUR, target),)] * len(others)
            ranks += [OTHER] * len(others)
        return collect(rows, why, ranks, world.env[target])

    def _rank(self, bend: Bend, target: str) -> int:
        """A common slip is likelier than a rare one, in the step itself or at all its places likelier than somewhere on the way."""
        row = BY_TAG[bend.tag]
        if not row.common:
            return MISTAKEN if row.mistaken else RARE
        return OWN_STEP if bend.systematic or any(name == target for name, _ in bend.edits) else ELSEWHERE

    def _pair_slips(self, target: str, world: BentWorld, most: int, which: int) -> WrongAnswers:
        """The answers that two slips give together, each of which has an effect of its own."""
        between = [step.target for step in world.steps_for([target])]
        inside = self._list_effective(target, world)
        if which == COMMON:
            inside = [i for i in inside if BY_TAG[self.bends[i].tag].common]
        couples = [(i, j) for i, j in combinations(inside, 2) if self.bends[i].tag != self.bends[j].tag]
        if len(couples) > most:
            couples = [couple for couple in couples if self._is_single(couple[0]) and self._is_single(couple[1])][:most]
        both = {couple: self._combine_edits(*couple) for couple in couples}
        couples = [couple for couple in couples if both[couple] is not None]
        variants = [Variant(couple, both[couple] or {}) for couple in couples]
        rows = [world.run_bent(variants, [target])[target]] if variants else []
        own = {i: Slip(self.bends[i].tag, self._place(self.bends[i], between)) for i in inside}
        why = [tuple(sorted((own[i], own[j]), key=lambda slip: self.order.get(slip.at, 0))) for i, j in couples]
        return collect(rows, why, [OWN_STEP] * len(why), world.env[target])

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

    def _is_single(self, place: int) -> bool:
        return len(self.bends[place].edits) == 1

    def _list_effective(self, target: str, world: BentWorld) -> list[int]:
        """The bends that change a quantity, one of those that change it in the same way."""
        inside = self._list_inside(target, world)
        if not inside:
            return []
        values = world.run_bent([self.variants[i] for i in inside], [target])[target]
        right = world.env[target]
        found, seen = [], set()
        for i, row in zip(inside, values, strict=True):
            key = (self.bends[i].tag, tuple(np.round(row, 12).tolist()))
            if np.all(np.isfinite(row)) and not alike(row, right) and key not in seen:
                seen.add(key)
                found.append(i)
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


SINGLES, COMMON, EVERY = 0, 1, 2
"""Which slips are tried: one, pairs of common ones, all pairs."""
_SINGLES, _COMMON, _ALL = (SINGLES,), (SINGLES, COMMON), (SINGLES, COMMON, EVERY)
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
    first: dict[tuple[str, ...], tuple[Slip, ...]] = {}
    for slips in found:
        first.setdefault(tuple(slip.tag for slip in slips), slips)
    if len(first) > MOST_TAGS:
        return ()
    return found if len(found) <= MOST_TAGS else tuple(first.values())


def tags(found: Iterable[tuple[Slip, ...]]) -> tuple[str, ...]:
    """The tags in explanations, each once."""
    return tuple(dict.fromkeys(slip.tag for slips in found for slip in slips))
