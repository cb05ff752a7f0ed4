"""Whether an answer agrees with what a slip gives to more digits than chance would give it.

The wrong answers that slips give are candidates, each with a *weight*: how likely it is that somebody who goes wrong once goes wrong there.
All that were tried share one, so that each has the less, the more there are.  An arbitrary wrong number is met with a probability, too: the
smaller, the more digits it has, the farther it is from the right one, and the less it looks like a slip of the pen.  An explanation is told
where the weight of what fits is so many times the probability that chance gives just this number (Bayes' rule).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.marking.marked import Slip
from tutor.numbers.arrays import Floats, np

Explanations = tuple[tuple[Slip, ...], ...]

SAME, EQUAL = 1e-9, 1e-6
"""Floats that are the same, and candidates that fit equally well: what they are computed from may have been rounded to six digits."""
NOISE, SPREAD = 0.5, 0.4
"""The share of unexplained wrong answers that are about as large as the right one, and how far they spread, as a share of it."""
NEAR, ANY = 0.2, 0.02
"""The share of those that just miss it, and how dense the others are in the logarithm: any number whatever, of either sign."""
TYPED, NOTHING = 0.2, 0.005
"""The share of those in which one digit is another one, and of those that are 0."""
PEN, PEN_SHARE = 3.0, 0.1
"""What is off by so many units in the last place, and by no more than this share, is a slip of the pen or of rounding."""
CLOSE, CLOSE_UNITS = 0.0125, 2.5
"""A near miss is off by this share, or by so many units in the last place."""
CLOSE_MOVE = 0.25
"""A near miss of an updated parameter is off by no more than this share of how far it moves."""

SURE, SURE_OF_PAIRS = 3.0, 10.0
"""So many times likelier than chance is what is told, and two slips together."""
ACCIDENTS, ACCIDENTS_OF_PAIRS = 0.008, 0.0008
"""How often it is accepted that an arbitrary wrong number about as large is explained as well, and by two slips (it is met less often)."""
LEAST_POINTS, NOWHERE = 4, 7.1943e77
"""A formula needs values at so many points; what stands where it has none."""
CUTS = 8
ABOUT, ANYWHERE = 0.2, 3.0
"""Numbers that differ by no more than this share are about as large as each other; how much more an accident counts of any number."""
SHORT, SURE_OF_SHORT, SURE_OF_SHORT_RARE = 6, 0.2, 10.0
"""A number of fewer digits that is exactly what slips give was not rounded: where numbers are small and whole, less is enough."""
MADE = 0.5
"""The weight of the slips that were made in an earlier answer: who takes a slope the other way round does so everywhere."""
PAIRS = 0.05
"""The weight of two slips in one answer, all pairs together."""
ROUNDED, CUT = 0.8, 0.2
"""How many round to the last digit that they write, and how many cut the rest off."""
SELDOM = 0.05
"""What fits too but has so small a share of the weight of the likeliest is not told."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the candidates are searched by: its value at every point, and how far it may be off.

    ``low`` and ``high`` bound what it may stand for: a decimal of three places stands for all that is rounded or cut off to it.
    ``digits`` are the significant ones it was written with; ``unit`` is what its last place is worth, 0 where it has no point; of a whole
    number ``place`` is.  ``exact`` says that nothing but the number itself counts.
    """

    value: Floats
    low: float
    high: float
    digits: int = 99
    unit: float = 0.0
    place: float = 0.0
    exact: bool = False

    @property
    def own(self) -> float:
        """The number itself; of a formula its value at the first point."""
        return float(self.value[0])

    @property
    def certain(self) -> bool:
        """Whether it is a formula: what agrees with it at many points is no accident."""
        return len(self.value) > 1

    @property
    def is_short(self) -> bool:
        """Whether just this number counts, of so few digits that others are met by accident: 2, 0.5."""
        return self.exact and self.digits < SHORT

    @property
    def sure(self) -> bool:
        """Whether it has enough digits for two slips to be told."""
        return self.digits >= 3

    def readings(self, blur: float) -> tuple[Given, ...]:
        """The readings of an answer, the strictest first: just this number; rounded; and rounded from what had been rounded (``blur``)."""
        exact = SAME * abs(self.own)
        tried = [replace(self, low=self.own - exact, high=self.own + exact, exact=True)]
        if self.digits >= 2:
            tried.append(self)
        if blur:
            wide = blur * abs(self.own)
            tried.append(replace(self, low=self.low - wide, high=self.high + wide))
        return tuple(tried)

    def loosen(self) -> Given:
        """The same, worked with numbers that were rounded on the way without being shown: a few units in the last place off."""
        return replace(self, low=self.own - PEN * self.place, high=self.own + PEN * self.place)

    def is_pen(self, right: float) -> bool:
        """Whether it is the right value but for a few units in its last place."""
        return abs(self.own - right) <= min(PEN * self.unit, PEN_SHARE * abs(right))

    def is_close(self, right: float, before: float | None = None) -> bool:
        """Whether it is a near miss: the arithmetic, or the rounding, went wrong.  What was ``before`` an update is none."""
        apart = abs(self.own - right)
        if before is not None and apart > CLOSE_MOVE * abs(right - before):
            return False
        return apart <= CLOSE * abs(right) or apart <= min(CLOSE_UNITS * self.unit, PEN_SHARE * abs(right))

    @property
    def is_plain(self) -> bool:
        """Whether it stands for what is rounded or cut off to it, and no more."""
        return 0 < self.high - self.low <= 1.6 * self.place

    @property
    def width(self) -> float:
        """How far from the next it is of the numbers that are written so."""
        return self.place if self.is_plain else self.high - self.low

    def find_chance(self, right: float) -> float:
        """How probable it is that just this number is written where nothing explains it, and another is right."""
        if not self.own:
            return NOTHING
        dense = float(list_densities(np.array([self.own]), right)[0])
        return dense * self.width + (TYPED / (9 * self.digits) if self._is_typed(right) else 0.0)

    def _is_typed(self, right: float) -> bool:
        """Whether it is the right value with one digit changed."""
        if not self.place or self.digits < 3:
            return False
        if self.own * right <= 0 or abs(right) > 1e15 * self.place:
            return False
        own = str(abs(round(self.own / self.place)))
        for written in {str(round(abs(right) / self.place)), str(int(abs(right) / self.place))}:
            if len(own) == len(written) and sum(mine != theirs for mine, theirs in zip(own, written, strict=True)) == 1:
                return True
        return False


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """Candidates by value: ``values`` (rows, points), sorted by ``column``, the first point; the explanation and the weight of each row.

    ``common`` are the tags of slips that many make; ``sure`` is how many times likelier than chance is what is told.
    """

    values: Floats
    column: list[float]
    why: tuple[tuple[Slip, ...], ...]
    weights: list[float]
    common: frozenset[str] = frozenset()
    sure: float = SURE
    accidents: float = ACCIDENTS

    def explain(self, given: Given, right: float, made: frozenset[str] = frozenset()) -> Explanations:
        """The explanations that fit, the likeliest first; none where chance explains the answer as well.

        Slips that were ``made`` before are likelier than any.
        """
        start, stop = bisect_left(self.column, given.low), bisect_right(self.column, given.high)
        if given.certain:
            fitting = [row for row in range(start, stop) if alike(self.values[row], given.value)]
            fitting = [row for row in fitting if self._is_made(row, made)] or fitting
            return self._list_why({row: self.weights[row] for row in fitting})
        if start == stop:
            return ()
        again = [row for row in range(start, stop) if self._is_made(row, made)] if made else []
        if again:
            share = MADE / sum(self._is_made(row, made) for row in range(len(self.why)))
            fit = dict.fromkeys(again, share)
        else:
            fit = {row: self.weights[row] * self._fit(row, given) for row in range(start, stop)}
        if again and share >= given.find_chance(right):
            return self._list_why(fit)
        if not (self._is_sure(fit, given, right) or (given.is_short and self._is_sure_of_short(fit, given, right))):
            return ()
        return self._list_why(self._choose(fit))

    def _is_sure(self, fit: Mapping[int, float], given: Given, right: float) -> bool:
        """Whether what fits is likelier than chance, and an arbitrary number would seldom be explained as well as this one."""
        ratio = sum(fit.values()) / given.find_chance(right)
        return ratio >= self.sure and self._expect_accidents(ratio, given, right) <= self.accidents

    def _expect_accidents(self, ratio: float, given: Given, right: float) -> float:
        """How probable it is that an arbitrary wrong number meets a candidate that explains it so well: any number, or one about as large.

        The smaller of both counts: the few numbers of a small exercise are sure because they are few, those where others are far because
        they are alone.
        """
        if not given.own:
            return NOTHING
        values, share = self.values[:, 0], given.width / abs(given.own)
        hit = list_densities(values, right) * np.abs(values) * share
        cells = np.floor(np.log(np.maximum(np.abs(values), 1e-300)) / share) * np.sign(values)  # what one number meets
        starts = np.flatnonzero(np.diff(cells, prepend=math.nan) != 0)
        chances, weights = np.maximum.reduceat(hit, starts), np.add.reduceat(np.array(self.weights), starts)
        chances = np.where(weights >= ratio * chances, chances, 0.0)
        low, high = sorted((given.own * (1 - ABOUT), given.own * (1 + ABOUT)))
        near = (values[starts] >= low) & (values[starts] <= high)
        cuts = np.array([low + (high - low) * (place + 0.5) / CUTS for place in range(CUTS)])
        about = math.fsum(list_densities(cuts, right).tolist()) / CUTS * (high - low)
        return min(ANYWHERE * math.fsum(chances.tolist()), math.fsum(chances[near].tolist()) / about)

    def _is_sure_of_short(self, fit: Mapping[int, float], given: Given, right: float) -> bool:
        likely = sum(share for row, share in fit.items() if all(slip.tag in self.common for slip in self.why[row]))
        chance = given.find_chance(right)
        return likely >= SURE_OF_SHORT * chance or sum(fit.values()) >= SURE_OF_SHORT_RARE * chance

    def _is_made(self, row: int, made: frozenset[str]) -> bool:
        return all(slip.tag in made for slip in self.why[row])

    def _fit(self, row: int, given: Given) -> float:
        """How probable it is that a candidate is written as an answer is."""
        if not given.is_plain or given.exact:
            return 1.0
        return ROUNDED if abs(self.column[row] - given.own) <= 0.5000001 * given.place else CUT

    def _choose(self, fit: Mapping[int, float]) -> dict[int, float]:
        """The rows that fit about as well as the likeliest, and those of the same value but for what rounding changes."""
        best = max(fit.values())
        chosen = [self.column[row] for row, share in fit.items() if share >= SELDOM * best]
        wide = EQUAL * max(abs(chosen[0]), abs(chosen[-1]))
        rows = range(bisect_left(self.column, chosen[0] - wide), bisect_right(self.column, chosen[-1] + wide))
        return {row: fit.get(row, self.weights[row]) for row in rows if fit.get(row, 0.0) >= SELDOM * best or self._is_near(row, chosen)}

    def _is_near(self, row: int, chosen: Sequence[float]) -> bool:
        wide = EQUAL * abs(self.column[row])
        return bisect_left(chosen, self.column[row] - wide) < bisect_right(chosen, self.column[row] + wide)

    def _list_why(self, fit: Mapping[int, float]) -> Explanations:
        return tuple(dict.fromkeys(self.why[row] for row in sorted(fit, key=lambda row: -fit[row])))


def collect(
    rows: Sequence[Floats], why: Sequence[tuple[Slip, ...]], weights: Sequence[float], right: Floats,
    common: frozenset[str] = frozenset(), sure: float = SURE, accidents: float = ACCIDENTS,
) -> WrongAnswers:  # fmt: skip
    """The candidates that exist and differ from what is right, by value."""
    values = np.concatenate(rows) if rows else np.empty((0, len(right)))
    size = np.maximum(np.abs(right), 1e-300)
    places = np.flatnonzero(np.all(np.isfinite(values), axis=1) & np.any(np.abs(values - right) > SAME * size, axis=1))
    places = places[np.argsort(values[places, 0], kind="stable")]
    values, listed = values[places], places.tolist()
    own = tuple(why[place] for place in listed)
    return WrongAnswers(values, values[:, 0].tolist(), own, [weights[place] for place in listed], common, sure, accidents)


def mark_nowhere(values: Floats) -> Floats:
    """Values at several points, one large number where there is none: two formulas are alike that have none at the same points.

    What has hardly any value stays without: there the few that there are say too little.

    >>> from tutor.numbers.arrays import np
    >>> bool(np.isfinite(mark_nowhere(np.array([1.0, 2.0, 3.0, 4.0, np.inf]))).all())
    True
    """
    if np.all(np.isfinite(values)):
        return values
    return _mark_row(values) if values.ndim == 1 else np.stack([_mark_row(values[place]) for place in range(len(values))])


def _mark_row(row: Floats) -> Floats:
    there = np.isfinite(row)
    return np.where(there, row, NOWHERE) if np.count_nonzero(there) >= LEAST_POINTS else row


def list_densities(values: Floats, right: float) -> Floats:
    """How dense unexplained wrong answers lie at some numbers where another is right."""
    with np.errstate(divide="ignore"):
        dense = ANY / np.abs(values)
    if right:
        apart, spread = values - right, SPREAD * abs(right)
        dense = dense + NOISE / math.pi * spread / (spread * spread + apart * apart)
        dense = dense + np.where(np.abs(apart) <= CLOSE * abs(right), NEAR / (2 * CLOSE * abs(right)), 0.0)
    return dense


def share_weights(kinds: Sequence[str], masses: Sequence[float], parts: Sequence[float]) -> list[float]:
    """The weights of candidates: the mass of each kind is shared among its own by their parts, and all together come to 1.

    >>> share_weights(["a", "a", "b"], [2, 2, 1], [3, 1, 1])
    [0.5, 0.16666666666666666, 0.3333333333333333]
    """
    sums: dict[str, float] = {}
    for kind, part in zip(kinds, parts, strict=True):
        sums[kind] = sums.get(kind, 0.0) + part
    total = sum(dict(zip(kinds, masses, strict=True)).values())
    return [mass * part / sums[kind] / total for kind, mass, part in zip(kinds, masses, parts, strict=True)]


def alike(a: Floats, b: Floats) -> bool:
    """Whether two rows are the same but for the last digits of floats."""
    scale = np.maximum(np.abs(a), np.abs(b))
    return bool(np.all(np.abs(a - b) <= SAME * np.maximum(scale, 1e-300)))
