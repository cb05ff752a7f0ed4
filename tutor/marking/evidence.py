"""Whether an answer agrees with what a slip gives to more digits than chance would give it.

The wrong answers that slips give are candidates.  An arbitrary wrong number lies within an answer's rounding of one of them more often, the
more candidates were tried and the fewer digits it has.  So candidates are tried in *ranks*, the likeliest first; at each rank the accidents
that are to be expected there are counted, and an explanation is told only where they are few.  Wrong answers are mostly about as large as
the right one (noise, slips of the pen), so that far from it an accident is rarer, and next to it a miss is nearly always just a miss.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.marking.marked import Slip
from tutor.numbers.arrays import Floats, np

Explanations = tuple[tuple[Slip, ...], ...]

SAME, EQUAL = 1e-9, 1e-6
"""Floats that are the same, and candidates that fit equally well: what they are computed from may have been rounded to six digits."""
NEIGHBOURHOOD = 0.2
"""Candidates within this share of an answer are counted."""
NEXT, ABOUT = 0.0125, 1.5
"""Next to the right value is what is off by this share; about as large what is up to this factor off."""
MISS_NEXT, MISS_ABOUT, MISS_FAR = 10.0, 1.0, 0.4
"""How dense wrong answers lie that nobody can explain: next to the right value, where they are about as large, and elsewhere."""
PEN, PEN_SHARE = 3.0, 0.1
"""What is off by so many units in the last place, and by no more than this share, is a slip of the pen or of rounding."""
CLOSE, CLOSE_UNITS = 0.0125, 2.5
"""A near miss is off by this share, or by so many units in the last place."""
CLOSE_MOVE = 0.25
"""A near miss of an updated parameter is off by no more than this share of how far it moves."""

OWN_STEP, ELSEWHERE, RARE, MISTAKEN, OTHER = 0, 1, 2, 3, 4
"""The ranks: a common slip in the step itself or at all its places; one at another step; a rarer slip; one quantity taken for another;
another quantity answered."""
ACCIDENTS, ACCIDENTS_OF_PAIRS = (0.01, 0.004, 0.003, 0.003, 0.001), (0.0005,)
"""So many accidents are accepted at each rank, and with two slips together."""
SHORT, ACCIDENTS_OF_SHORT = 6, (0.5, 0.3, 0.01, 0.01, 0.005)
"""A number of fewer digits that is exactly what a slip gives was not rounded: in exercises with small whole numbers accidents are more."""
ACCIDENTS_OF_MADE = 0.5
"""So many are accepted for a slip that was made in an earlier answer: who takes a slope the other way round does so everywhere."""


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

    def is_pen(self, right: float) -> bool:
        """Whether it is the right value but for a few units in its last place."""
        return abs(self.own - right) <= min(PEN * self.unit, PEN_SHARE * abs(right))

    def is_close(self, right: float, before: float | None = None) -> bool:
        """Whether it is a near miss: the arithmetic, or the rounding, went wrong.  What was ``before`` an update is none."""
        apart = abs(self.own - right)
        if before is not None and apart > CLOSE_MOVE * abs(right - before):
            return False
        return apart <= CLOSE * abs(right) or apart <= min(CLOSE_UNITS * self.unit, PEN_SHARE * abs(right))

    def density(self, right: float) -> float:
        """How dense unexplained wrong answers lie around it."""
        if not right or self.own / right <= 0:
            return MISS_FAR if right else MISS_ABOUT
        ratio = self.own / right
        return MISS_NEXT if abs(ratio - 1) <= NEXT else MISS_ABOUT if 1 / ABOUT < ratio < ABOUT else MISS_FAR


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """Candidates by value: ``values`` (rows, points), sorted by ``column``, the first point; the explanation and the rank of each row.

    ``counted`` are, for each rank, how many different values up to a row are of that rank or a likelier one.
    """

    values: Floats
    column: list[float]
    why: tuple[tuple[Slip, ...], ...]
    ranks: list[int]
    counted: tuple[list[int], ...]

    def expect_candidates(self, given: Given, rank: int, right: float) -> float:
        """How many candidates up to a rank an arbitrary wrong number about here would hit."""
        start, stop, share = self._look_around(given, right)
        return share * (self.counted[rank][stop] - self.counted[rank][start])

    def _look_around(self, given: Given, right: float) -> tuple[int, int, float]:
        """The rows in the neighbourhood of an answer, from and to, and the share of wrong numbers there that would hit one of them."""
        width = given.place if given.is_short else given.high - given.low
        around = max(NEIGHBOURHOOD * abs(given.own), 10 * width)
        if not around:
            return 0, 0, 0.0
        start, stop = bisect_left(self.column, given.own - around), bisect_right(self.column, given.own + around)
        return start, stop, width / (2 * around) * given.density(right)

    def explain(
        self, given: Given, right: float, accepted: Sequence[float] = ACCIDENTS, made: frozenset[str] = frozenset()
    ) -> Explanations:  # fmt: skip
        """The explanations that fit equally well, of the likeliest rank at which this is no accident; none where it is one everywhere.

        Slips that were ``made`` before are likelier than any.
        """
        start, stop = bisect_left(self.column, given.low), bisect_right(self.column, given.high)
        fitting = [row for row in range(start, stop) if not given.certain or alike(self.values[row], given.value)]
        again = [row for row in fitting if all(slip.tag in made for slip in self.why[row])] if made else []
        if again and not given.certain and self._expect_again(given, made, right) <= ACCIDENTS_OF_MADE:
            return tuple(dict.fromkeys(self.why[row] for row in again))
        for rank in sorted({self.ranks[row] for row in fitting}):
            if given.certain or self.expect_candidates(given, rank, right) <= (ACCIDENTS_OF_SHORT if given.is_short else accepted)[rank]:
                chosen = [row for row in fitting if self.ranks[row] <= rank]
                return tuple(dict.fromkeys(self.why[row] for row in (fitting if given.certain else self._list_equal(chosen))))
        return ()

    def _expect_again(self, given: Given, made: frozenset[str], right: float) -> float:
        """How many candidates of slips that were made before an arbitrary wrong number about here would hit."""
        start, stop, share = self._look_around(given, right)
        return share * len({self.column[row] for row in range(start, stop) if all(slip.tag in made for slip in self.why[row])})

    def _list_equal(self, chosen: Sequence[int]) -> list[int]:
        """The rows that fit as well as some: of the same values, but for what rounding of earlier results changes."""
        wide = EQUAL * max(abs(self.column[chosen[0]]), abs(self.column[chosen[-1]]))
        start = bisect_left(self.column, self.column[chosen[0]] - wide)
        return list(range(start, bisect_right(self.column, self.column[chosen[-1]] + wide)))


def collect(rows: Sequence[Floats], why: Sequence[tuple[Slip, ...]], ranks: Sequence[int], right: Floats) -> WrongAnswers:
    """The candidates that exist and differ from what is right, by value."""
    values = np.concatenate(rows) if rows else np.empty((0, len(right)))
    size = np.maximum(np.abs(right), 1e-300)
    places = np.flatnonzero(np.all(np.isfinite(values), axis=1) & np.any(np.abs(values - right) > SAME * size, axis=1))
    places = places[np.argsort(values[places, 0], kind="stable")]
    values, listed = values[places], [int(place) for place in places]
    column, ranked = values[:, 0].tolist(), [ranks[place] for place in listed]
    counted = tuple(_count(column, ranked, rank) for rank in range(len(ACCIDENTS)))
    return WrongAnswers(values, column, tuple(why[place] for place in listed), ranked, counted)


def _count(column: Sequence[float], ranks: Sequence[int], most: int) -> list[int]:
    """The number of different values before each place that are of a rank or a likelier one."""
    counted, total, last = [0], 0, math.nan
    for value, rank in zip(column, ranks, strict=True):
        if rank <= most and not abs(value - last) <= SAME * abs(value):
            total, last = total + 1, value
        counted.append(total)
    return counted


def alike(a: Floats, b: Floats) -> bool:
    """Whether two rows are the same but for the last digits of floats."""
    scale = np.maximum(np.abs(a), np.abs(b))
    return bool(np.all(np.abs(a - b) <= SAME * np.maximum(scale, 1e-300)))
