"""What was probably done: the right working is bent, one known slip at a time and then two, and what comes out is compared with the answer.

For the true values this is a table, made once for each quantity and searched by value.  For a student's own earlier results the few
steps that lie between them and the answer are run anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tutor.expression.keys import after_key, read_after, read_edge
from tutor.expression.nodes import Expr, Mul, Neg
from tutor.graph.nouns import Step
from tutor.marking.bends import Bend
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import Slip
from tutor.marking.misconceptions import NEIGHBOUR, ROUNDED, all_bends
from tutor.marking.question_list import parts
from tutor.marking.worlds import BentWorld, Variant
from tutor.numbers.arrays import Flags, Floats, np

Explanations = tuple[tuple[Slip, ...], ...]

MOST_PAIRS, MOST_FORMULA_PAIRS, MOST_OWN_PAIRS = 20_000, 3_000, 400
"""How many pairs of slips are tried: of a number, of a formula (at several points), and from a student's own results."""
MOST_TAGS, MOST_ROUNDED_TAGS = 8, 3
"""With more different explanations than this nothing is explained: of just this number, and of what it may be rounded from, or of pairs."""
ROUNDINGS = ((2, 0), (3, 0), (4, 0), (5, 0), (0, 1), (0, 2), (0, 3), (0, 4))
"""How students round, or cut off: to significant digits, or to places after the point."""
LONG = 5
"""A number of so many digits that is just what a slip gives is no accident of rounding."""
NEIGHBOURHOOD, MOST_ACCIDENTS, MOST_PAIR_ACCIDENTS = 0.2, 0.25, 0.05
"""A slip, or two, are said only where an arbitrary number within this share of the answer would rarely be explained."""
FAR = 0.05
"""Rounding on the way is said of what is off by this share at most."""
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the table is searched by: its value at every point, and how far it may be off.

    ``low`` and ``high`` bound what it may stand for: a decimal of three places stands for all that is rounded or cut off to it.
    ``digits`` are the significant ones it was written with: of less than three two slips cannot be told, and with less than two it counts
    as just this number only.
    """

    value: Floats
    low: float
    high: float
    digits: int = 99

    @property
    def sure(self) -> bool:
        """Whether it has enough digits for two slips to be told."""
        return self.digits >= 3

    @property
    def rough(self) -> bool:
        """Whether it has so few that nothing but the number itself counts."""
        return self.digits < 2

    def narrowing(self, blur: float) -> tuple[Given, ...]:
        """The readings of an answer, the strictest first: just this number, and this number rounded.

        ``blur`` is how far it may be off, relative to itself, because what it was computed from had been rounded.
        """
        own = float(self.value[0])
        wide = blur * abs(own)
        exact = SAME * abs(own) + wide
        tried = (replace(self, low=own - exact, high=own + exact), replace(self, low=self.low - wide, high=self.high + wide))
        return tried[:1] if self.rough else tried


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """Wrong answers by value: ``values`` (rows, points), sorted by the first point; ``why`` the explanation of each row."""

    values: Floats
    why: tuple[tuple[Slip, ...], ...]

    def expected(self, given: Given) -> float:
        """How many rows an arbitrary number near this one would hit: where they stand close together a hit says little."""
        own, width = float(given.value[0]), given.high - given.low
        around = max(NEIGHBOURHOOD * abs(own), 10 * width)
        low, high = np.searchsorted(self.values[:, 0], (own - around, own + around))
        return float(high - low) * width / (2 * around) if around else 0.0

    def explain(self, given: Given, *, accidents: float = float("inf")) -> Explanations:
        """All explanations that fit; none where more ``accidents`` than this are to be expected."""
        column = self.values[:, 0]
        start, stop = np.searchsorted(column, given.low, side="left"), int(np.searchsorted(column, given.high, side="right"))
        if self.expected(given) > accidents:
            return ()
        found = []
        for row in range(int(start), stop):
            if len(given.value) == 1 or _close(self.values[row], given.value):
                found.append(self.why[row])
        return tuple(dict.fromkeys(found))


def _close(a: Floats, b: Floats) -> bool:
    scale = np.maximum(np.abs(a), np.abs(b))
    return bool(np.all(np.abs(a - b) <= SAME * np.maximum(scale, 1e-300)))


class Diagnosis:
    """The slips of one exercise; the tables are made when they are first needed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.bends: list[Bend] = [b for b in all_bends(sheet.working) if not any(name in sheet.whole for name, _ in b.edits)]
        self.variants = [Variant((i,), dict(bend.edits)) for i, bend in enumerate(self.bends)]
        self.touching: dict[str, list[int]] = {}
        for i, bend in enumerate(self.bends):
            for target, _ in bend.edits:
                self.touching.setdefault(target, []).append(i)
        self.order = sheet.order
        self.singles: dict[tuple[str, bool], WrongAnswers] = {}
        self.pairs: dict[tuple[str, bool], WrongAnswers] = {}
        self.kin: dict[str, tuple[str, ...]] = {}

    def explain(self, target: str, given: Given, world: BentWorld, *, formula: bool, blur: float = 0.0) -> Explanations:
        """What was probably done to get this answer for a quantity, in the world of the student's earlier results.

        The step itself first, from the student's own values (``world.fixed``); then from the true ones; then two slips.  What gives
        just this number wins over what gives it rounded (``blur``: as far as the student's own results were).  Several explanations
        are given where they fit equally well, none where too many do.
        """
        if target in self.sheet.whole or target not in self.order:
            return ()
        for pairs in (False, True):
            neighbours: Explanations = ()
            if pairs and not given.sure:
                break
            tables = [self._own(target, world, pairs=pairs)] if world.fixed else []
            tables.append(self._pair_table(target, formula) if pairs else self._table(target, formula))
            for table in tables:
                for place, tried in enumerate(given.narrowing(blur if world.fixed and table is tables[0] else 0.0)):
                    allowed = MOST_PAIR_ACCIDENTS if pairs else MOST_ACCIDENTS if place else float("inf")
                    found = _few(table.explain(tried, accidents=allowed), MOST_TAGS if place == 0 else MOST_ROUNDED_TAGS, given.digits)
                    if found and not all(_neighbour(slips) for slips in found):
                        return found
                    neighbours = neighbours or found
            if neighbours:
                return neighbours
        return ()

    def _base(self, formula: bool) -> BentWorld:
        return self.sheet.formulas if formula else self.sheet.numbers

    def _table(self, target: str, formula: bool) -> WrongAnswers:
        key = (target, formula)
        if key not in self.singles:
            self.singles[key] = self._made(target, self._base(formula), self._inside(target, self._base(formula)))
        return self.singles[key]

    def _pair_table(self, target: str, formula: bool) -> WrongAnswers:
        key = (target, formula)
        if key not in self.pairs:
            self.pairs[key] = self._paired(target, self._base(formula), MOST_FORMULA_PAIRS if formula else MOST_PAIRS)
        return self.pairs[key]

    def _own(self, target: str, world: BentWorld, *, pairs: bool) -> WrongAnswers:
        if pairs:
            return self._paired(target, world, MOST_OWN_PAIRS)
        return self._made(target, world, self._inside(target, world))

    def _inside(self, target: str, world: BentWorld) -> list[int]:
        """The bends that reach a quantity, by their places."""
        return sorted({i for step in world.steps_for([target]) for i in self.touching.get(step.target, ())})

    def _made(self, target: str, world: BentWorld, inside: Sequence[int]) -> WrongAnswers:
        """The answers that single slips give, those of neighbours, and those of results that were rounded on the way."""
        between = [step.target for step in world.steps_for([target])]
        variants = [self.variants[i] for i in inside]
        why: list[tuple[Slip, ...]] = [(Slip(self.bends[i].tag, self._place(self.bends[i], between)),) for i in inside]
        rows = [world.bent(variants, [target])[target]] if variants else []
        others = self._neighbours(target, world)
        if others:
            rows.append(np.stack([world.env[name] for name in others]))
            why += [(Slip(NEIGHBOUR, target),)] * len(others)
        if len(next(iter(world.env.values()), ())) == 1 and len(between) > 1:
            values = self._rounded(target, world)
            rows.append(values)
            why += [(Slip(ROUNDED, between[0]),)] * len(values)
        return _sorted(rows, why, world.env[target])

    def _rounded(self, target: str, world: BentWorld) -> Floats:
        """What a quantity comes to where the results on the way are rounded: (ways, points), nan where that says nothing."""
        rounded = [
            Variant((), {}, digits, decimals, cut, products)
            for digits, decimals in ROUNDINGS for cut in (False, True) for products in (True, False)
        ]  # fmt: skip
        values = world.bent(rounded, [target])[target]
        values[self._says_nothing(target, values, world)] = np.nan
        return values

    def rounded(self, target: str, world: BentWorld) -> list[float]:
        """The numbers that a quantity may come to where the results on the way are rounded."""
        return [float(value) for value in dict.fromkeys(self._rounded(target, world)[:, 0]) if np.isfinite(value)]

    def _says_nothing(self, target: str, values: Floats, world: BentWorld) -> Flags:
        """Where so little is left after rounding that it is no answer: 0, a parameter that did not move, another number altogether."""
        _, name, k = parts(target)
        before = after_key(name, k - 1)
        old = world.env.get(before) if k and target in self.order else None
        same = (values == 0) if old is None else (values == 0) | np.isclose(values, old, rtol=1e-12)
        far = np.abs(values - world.env[target]) > FAR * np.abs(world.env[target])
        nothing: Flags = np.any(same | far, axis=1)
        return nothing

    def _paired(self, target: str, world: BentWorld, most: int) -> WrongAnswers:
        """The answers that two slips give together, each of which has an effect of its own."""
        between = [step.target for step in world.steps_for([target])]
        inside = self._effective(target, world)
        couples = [(i, j) for i, j in combinations(inside, 2) if self.bends[i].tag != self.bends[j].tag]
        if len(couples) > most:
            couples = [couple for couple in couples if self._single(couple[0]) and self._single(couple[1])][:most]
        both = {couple: self._both(*couple) for couple in couples}
        couples = [couple for couple in couples if both[couple] is not None]
        variants = [Variant(couple, both[couple] or {}) for couple in couples]
        rows = [world.bent(variants, [target])[target]] if variants else []
        why = [
            tuple(sorted((Slip(self.bends[i].tag, self._place(self.bends[i], between)) for i in couple),
                         key=lambda slip: self.order.get(slip.at, 0)))
            for couple in couples
        ]  # fmt: skip
        return _sorted(rows, why, world.env[target])

    def _both(self, i: int, j: int) -> dict[str, Expr] | None:
        """The edits of two slips together; at a step that both change, the one that only scales is made after the other."""
        first, second = self.variants[i].edits, self.variants[j].edits
        found = {**first, **second}
        for target in first.keys() & second.keys():
            right = self.sheet.working.by_name[target].expr
            both = _after(second[target], right, first[target]) or _after(first[target], right, second[target])
            if both is None:
                return None
            found[target] = both
        return found

    def _single(self, place: int) -> bool:
        return len(self.bends[place].edits) == 1

    def _effective(self, target: str, world: BentWorld) -> list[int]:
        """The bends that change a quantity, one of those that change it in the same way."""
        inside = self._inside(target, world)
        if not inside:
            return []
        values = world.bent([self.variants[i] for i in inside], [target])[target]
        right = world.env[target]
        found, seen = [], set()
        for i, row in zip(inside, values, strict=True):
            key = (self.bends[i].tag, tuple(np.round(row, 12).tolist()))
            if np.all(np.isfinite(row)) and not _close(row, right) and key not in seen:
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


_TRAINED = ("weight", "bias")


def _kin(a: str, b: str) -> bool:
    return a == b or (a in _TRAINED and b in _TRAINED)


def _sorted(rows: Sequence[Floats], why: Sequence[tuple[Slip, ...]], right: Floats) -> WrongAnswers:
    """The rows that exist and differ from what is right, by value."""
    if not rows:
        return WrongAnswers(np.empty((0, len(right))), ())
    values = np.concatenate(rows)
    size = np.maximum(np.abs(right), 1e-300)
    keep = np.all(np.isfinite(values), axis=1) & np.any(np.abs(values - right) > SAME * size, axis=1)
    places = np.flatnonzero(keep)
    places = places[np.argsort(values[places, 0], kind="stable")]
    return WrongAnswers(values[places], tuple(why[int(place)] for place in places))


def _after(scaling: Expr, right: Expr, bent: Expr) -> Expr | None:
    """The same scaling (a sign, a factor) of a bent formula instead of the right one; nothing for what does not scale."""
    if scaling == Neg(right):
        return Neg(bent)
    if type(scaling) is Mul and len(scaling.args) == 2 and scaling.args[1] == right:
        return Mul((scaling.args[0], bent))
    return None


def _neighbour(slips: tuple[Slip, ...]) -> bool:
    return slips[0].tag == NEIGHBOUR


def _few(found: Explanations, most: int, digits: int) -> Explanations:
    """The explanations, one place for each set of tags where they are many; nothing where too much would explain the answer.

    Of a number with few ``digits`` rounding is said before any slip.
    """
    rounded = tuple(slips for slips in found if slips[0].tag == ROUNDED)
    if rounded and digits < LONG:
        return rounded[:1]  # nobody is told of a slip that may be rounding
    slipped = tuple(slips for slips in found if not _neighbour(slips))
    found = slipped or found  # the value of another quantity is said only where no slip gives it
    first: dict[tuple[str, ...], tuple[Slip, ...]] = {}
    for slips in found:
        first.setdefault(tuple(slip.tag for slip in slips), slips)
    if len(first) > most:
        return ()
    return found if len(found) <= most else tuple(first.values())


def tags(found: Iterable[tuple[Slip, ...]]) -> tuple[str, ...]:
    """The tags in explanations, each once."""
    return tuple(dict.fromkeys(slip.tag for slips in found for slip in slips))
