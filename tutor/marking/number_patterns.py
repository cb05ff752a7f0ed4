"""By what pattern an array of numbers is wrong: given what somebody computed and what is right, what was probably done to get the one.

    find_patterns(got, right, letters={"N": 4, "d": 3}, others={"Z": z})

knows nothing of derivations: it holds the numbers against the right ones turned round, scaled, summed, reordered, masked, and says what
fits, the likeliest first, each with its evidence.  What bends a step of a derivation is looked for elsewhere
(`tutor.marking.array_diagnose`).

A pattern must agree with every entry, within ``precision``.  Its *evidence* is how many entries tell it from what is right, and how
probable it is that arbitrary wrong numbers of so many digits would look so, all patterns that were tried counted: `NumberPattern.sure` says
whether that is less than one in a million.  One number alone is never sure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Literal

from tutor.marking.number_factors import NumberFactor, list_named_factors
from tutor.numbers.arrays import PLAIN, Floats, np

Kind = Literal[
    "factor", "transposed", "axes-kept", "read-otherwise", "flipped", "reordered", "sign-lost", "offset", "added", "missing", "alone",
    "another", "not-summed", "not-averaged", "summed", "averaged", "one-of", "masked", "zeroed", "all-zero", "clipped",
    "operand",
]  # fmt: skip
"""What stands in the place of the right array R; ``name`` is another array A, ``axes`` are axes of R or of what was given.

=============== ==================================================================================================
factor          a constant times R
transposed      R with its axes in another order (``order``: the axis of R that stands at each place)
axes-kept       R, with axes of one entry that it should not have, or without some
read-otherwise  the entries of R in the same sequence, or column after column, in this shape
flipped         R read backwards along ``axes``
reordered       the entries of R along an axis in another order (``order``: where each one stands in R); in blocks of ``block``
sign-lost       |R|
offset          R plus the constant ``factor``
added           R plus ``factor`` times A, which may be a row that is added to each
missing         R without the path (the term) A
alone           nothing of R but the path A
another         A itself
not-summed      R before it was summed over ``axes``; not-averaged: before its mean was taken
summed          R, or A, summed over ``axes``; averaged: its mean
one-of          the entry number ``order`` of A, where R has all of them together
masked          B where A is positive, else 0: B is ``base``, or R itself
zeroed          R, but 0 at some entries
all-zero        0 everywhere
clipped         R cut off at ±``factor``
operand         what R is computed as, with A in the place of B, which is ``base`` (found where the formula is known)
=============== ==================================================================================================
"""
CHANCE = 1e-6
"""What arbitrary wrong numbers would look like less often than this is sure."""
LEAST_TESTED = 2
"""One number alone is never sure."""
MOST_TOLD = 4
MOST_WEIGHED = 48
"""The evidence of so many entries is counted."""
MOST_ROWS = 512
"""Along axes of so many entries another order is looked for."""
MOST_OTHERS = 60
MOST_PAIRS = 400
MOST_AXES = 4
MOST_ENTRIES = 4_000_000
HALVED = 0.5
"""How probable it is that a 0 stands where a mask has one, by chance."""
TELLING = 4.0
"""What is right and what a pattern gives are told apart where they differ by so many times what an entry may be off."""
_ORDER: tuple[Kind, ...] = (
    "all-zero", "axes-kept", "factor", "transposed", "missing", "alone", "masked", "not-summed", "not-averaged", "summed", "averaged",
    "one-of", "flipped", "reordered", "another", "added", "read-otherwise", "clipped", "sign-lost", "offset", "zeroed",
)  # fmt: skip
"""What fits equally well is told in this order."""


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern that fits, see `Kind`; with a ``factor`` other than 1 all of it is multiplied by that.

    ``tested`` is the number of entries that tell it from what is right, ``chance`` how probable it is that arbitrary numbers look so.
    """

    kind: Kind
    factor: NumberFactor | None = None
    name: str = ""
    base: str = ""
    axes: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    block: int = 1
    tested: int = 0
    chance: float = 1.0

    @property
    def sure(self) -> bool:
        """Whether chance does not explain it: told without "perhaps"."""
        return self.chance < CHANCE and self.tested >= LEAST_TESTED


def find_patterns(
    got: Floats, right: Floats, *, letters: Mapping[str, int] | None = None, others: Mapping[str, Floats] | None = None,
    paths: Mapping[str, Floats] | None = None, precision: float = 1e-9,
) -> tuple[NumberPattern, ...]:  # fmt: skip
    """The patterns by which an array differs from the right one, the likeliest first; none where nothing fits, or nothing is wrong.

    ``letters`` are the sizes of the computation, for factors (those of both shapes are tried, too); ``others`` are other arrays of it, and
    ``paths`` the terms that the right one is the sum of.  ``precision`` is how far an entry may be off, as a share of the largest one.
    Entries of ``got`` that are not finite are left out.

    >>> right = np.array([[0.31, 1.27, -0.66], [2.45, -0.93, 0.12]])
    >>> [pattern.kind for pattern in find_patterns(right.T, right)]
    ['transposed']
    >>> found = find_patterns(4 * right, right, letters={"m": 4})[0]
    >>> found.kind, found.factor.texts, found.sure
    ('factor', ('m', '4'), True)
    """
    if PLAIN or max(got.size, right.size) > MOST_ENTRIES or not got.size or not np.all(np.isfinite(right)):
        return ()
    search = _Search(got, right, dict(letters or {}), _pick_arrays(others), _pick_arrays(paths), precision)
    with np.errstate(all="ignore"):
        return search.find()


def weigh_evidence(got: Floats, right: Floats, predicted: Floats, precision: float, tried: float) -> tuple[int, float]:
    """Of what fits: how many entries tell it from what is right, and how probable that is by chance where ``tried`` were compared.

    >>> tested, chance = weigh_evidence(np.array([1.0, 2.0]), np.array([0.31, 1.7]), np.array([1.0, 2.0]), 1e-9, 1)
    >>> tested, round(chance, 6)
    (2, 0.01)
    """
    search = _Search(got, right, {}, {}, {}, precision)
    with np.errstate(all="ignore"):
        found = search.weigh(NumberPattern("another"), predicted, tried)
    return (found.tested, found.chance) if found is not None else (0, 1.0)


def find_factor(got: Floats, base: Floats, letters: Mapping[str, int], precision: float) -> NumberFactor | None:
    """The factor, one that has a name, by which an array is a constant times another; none where it is not."""
    search = _Search(got, base, letters, {}, {}, precision)
    with np.errstate(all="ignore"):
        value = search.find_constant(base) if got.shape == base.shape else None
        if value is None or not search.is_near(base * value):
            return None
    return next((factor for factor in search.factors if abs(factor.value - value) <= 2 * search.precision * abs(value)), None)


def _pick_arrays(arrays: Mapping[str, Floats] | None) -> dict[str, Floats]:
    found = {name: np.asarray(array, dtype=float) for name, array in list((arrays or {}).items())[:MOST_OTHERS]}
    return {name: array for name, array in found.items() if np.all(np.isfinite(array))}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What a pattern makes of the right array; ``tried`` are how many like it there were; a ``scaled`` one may have a factor in front."""

    pattern: NumberPattern
    array: Floats
    tried: float = 1.0
    scaled: bool = True


class _Search:
    """One wrong array while its patterns are looked for."""

    def __init__(
        self, got: Floats, right: Floats, letters: Mapping[str, int], others: Mapping[str, Floats], paths: Mapping[str, Floats],
        precision: float,
    ) -> None:  # fmt: skip
        self.got, self.right = np.asarray(got, dtype=float), np.asarray(right, dtype=float)
        self.others, self.paths, self.precision = others, paths, max(precision, 1e-13)
        self.finite = np.isfinite(self.got)
        self.factors = list_named_factors(letters, (*self.right.shape, *self.got.shape))
        self.digits = max(1, min(12, round(-math.log10(self.precision))))

    def find(self) -> tuple[NumberPattern, ...]:
        found: list[NumberPattern] = []
        for candidate in self.list_candidates():
            pattern = self.fit(candidate)
            if pattern is not None:
                found.append(pattern)
        found += self.find_sums()
        found += self.find_unsummed()
        return choose_told([pattern for pattern in found if pattern.tested and pattern.chance < 1], len(self.paths))

    # what is compared

    def list_candidates(self) -> Iterator[_Candidate]:
        """All that the right array may have become, but for sums of two arrays."""
        got, right = self.got, self.right
        if got.shape != right.shape and _squeeze(got).shape == _squeeze(right).shape:
            yield _Candidate(NumberPattern("axes-kept"), right.reshape(got.shape))
        if got.shape == right.shape:
            yield _Candidate(NumberPattern("factor"), right)
            yield _Candidate(NumberPattern("all-zero"), np.zeros_like(right), scaled=False)
            yield _Candidate(NumberPattern("sign-lost"), np.abs(right))
            yield from self.list_flipped()
            yield from self.list_reordered()
            yield from self.list_masked()
        yield from self.list_turned()
        yield from self.list_summed()
        yield from self.list_others()

    def list_turned(self) -> Iterator[_Candidate]:
        """The axes in another order, and the entries in the order of another reading."""
        got, right = self.got, self.right
        if right.ndim <= MOST_AXES and right.ndim == got.ndim:
            for order in permutations(range(right.ndim)):
                if order != tuple(range(right.ndim)) and tuple(right.shape[axis] for axis in order) == got.shape:
                    yield _Candidate(NumberPattern("transposed", order=order), right.transpose(order), math.factorial(right.ndim))
        if got.size == right.size and max(got.ndim, right.ndim) > 1 and _squeeze(got).shape != _squeeze(right).shape:
            yield _Candidate(NumberPattern("read-otherwise"), right.reshape(got.shape))
        if got.size == right.size and max(got.ndim, right.ndim) > 1:
            yield _Candidate(NumberPattern("read-otherwise", order=(1, 0)), np.reshape(right, got.shape, order="F"))
            yield _Candidate(NumberPattern("read-otherwise", order=(1, 0)), np.reshape(right.ravel(order="F"), got.shape))
            yield _Candidate(NumberPattern("read-otherwise", order=(1, 0)), np.reshape(right.ravel(), got.shape, order="F"))

    def list_flipped(self) -> Iterator[_Candidate]:
        """Read backwards along some axes."""
        axes = [axis for axis, size in enumerate(self.right.shape) if size > 1]
        for count in range(1, min(len(axes), MOST_AXES) + 1):
            for chosen in combinations(axes, count):
                yield _Candidate(NumberPattern("flipped", axes=chosen), np.flip(self.right, chosen), 2.0 ** len(axes))

    def list_reordered(self) -> Iterator[_Candidate]:
        """The slices along one axis in another order, as those of the gates of an LSTM."""
        for axis, size in enumerate(self.right.shape):
            if not 1 < size <= MOST_ROWS:
                continue
            order = self.match_rows(axis)
            if order is None or order == tuple(range(size)) or order == tuple(range(size))[::-1]:
                continue
            block = find_block(order)
            tried = math.factorial(min(size // block, 150)) * len(self.right.shape)
            moved = NumberPattern("reordered", axes=(axis,), order=order, block=block)
            yield _Candidate(moved, np.take(self.right, order, axis), float(tried))

    def match_rows(self, axis: int) -> tuple[int, ...] | None:
        """Which slice of the right array stands at each place, where that is a rearrangement of all of them."""
        size = self.right.shape[axis]
        mine, theirs = (np.moveaxis(array, axis, 0).reshape(size, -1) for array in (self.got, self.right))
        keep = np.all(np.isfinite(mine), axis=0)
        mine, theirs = mine[:, keep][:, :MOST_WEIGHED], theirs[:, keep][:, :MOST_WEIGHED]
        if not mine.size:
            return None
        scale = float(np.max(np.abs(theirs))) * self.precision * 2
        apart = np.max(np.abs(mine[:, None, :] - theirs[None, :, :]), axis=2)
        order: list[int] = []
        for place in range(size):  # rows that are alike stand where they were
            fitting = [at for at in np.flatnonzero(apart[place] <= scale).tolist() if at not in order]
            if not fitting:
                return None
            order.append(place if place in fitting else fitting[0])
        return tuple(order)

    def list_masked(self) -> Iterator[_Candidate]:
        """What is 0 where another array is not positive."""
        gone = (self.got == 0) & self.finite
        if not np.any(gone) or np.all(gone):
            return
        bases = {"": self.right} | {name: array for name, array in self.others.items() if array.shape == self.right.shape}
        masks = {name: array for name, array in bases.items() if name}
        count = len(bases) * len(masks)
        if 0 < count <= MOST_PAIRS:
            for base, array in bases.items():
                for name, mask in masks.items():
                    kept = np.where(mask > 0, array, 0.0)
                    yield _Candidate(NumberPattern("masked", name=name, base=base), kept, float(count), scaled=False)
        lost = min(int(np.sum(gone & (self.right != 0))), 900)
        yield _Candidate(NumberPattern("zeroed"), np.where(gone, 0.0, self.right), 2.0**lost, scaled=False)

    def list_summed(self) -> Iterator[_Candidate]:
        """Sums and means along axes that should not be, in any shape that holds them."""
        right, got = self.right, self.got
        for count in range(1, min(right.ndim, 3) + 1):
            for axes in combinations(range(right.ndim), count):
                if all(right.shape[axis] == 1 for axis in axes):
                    continue
                total = np.sum(right, axis=axes, keepdims=True)
                many = float(np.prod([right.shape[axis] for axis in axes]))
                for kind, array in (("summed", total), ("averaged", total / many)):
                    fitting = self.put_in_shape(array)
                    if fitting is not None and (got.shape == right.shape or got.size == array.size):
                        yield _Candidate(NumberPattern(kind, axes=axes), fitting, 14.0, scaled=False)  # type: ignore[arg-type]

    def put_in_shape(self, array: Floats) -> Floats | None:
        """An array as the given one: the same but for axes of one entry, or repeated along them."""
        if _squeeze(array).shape == _squeeze(self.got).shape:
            return array.reshape(self.got.shape)
        return np.broadcast_to(array, self.got.shape) if array.ndim == self.got.ndim and self.got.shape == self.right.shape else None

    def list_others(self) -> Iterator[_Candidate]:
        """Other arrays of the computation, paths alone, and one entry of what is summed up."""
        got = self.got
        for name, array in self.paths.items():
            if array.shape == got.shape == self.right.shape:
                yield _Candidate(NumberPattern("alone", name=name), array, float(len(self.paths)))
        for name, array in self.others.items():
            if array.shape == got.shape and name not in self.paths:
                yield _Candidate(NumberPattern("another", name=name), array, float(len(self.others)))
            if array.ndim == got.ndim + 1 and got.ndim:
                yield from self.list_sums_of(name, array)
            if array.ndim == got.ndim + 1 and array.shape[1:] == got.shape and 1 < len(array) <= MOST_ROWS:
                apart = np.where(self.finite, np.abs(array - got), 0.0).reshape(len(array), -1)
                place = int(np.argmin(np.max(apart, axis=1)))
                one = NumberPattern("one-of", name=name, order=(place,))
                yield _Candidate(one, array[place], float(len(array) * len(self.others)), scaled=False)

    def list_sums_of(self, name: str, array: Floats) -> Iterator[_Candidate]:
        """Another array summed, or averaged, along the wrong axis."""
        for axis, size in enumerate(array.shape):
            if size > 1 and array.shape[:axis] + array.shape[axis + 1 :] == self.got.shape:
                total, tried = np.sum(array, axis=axis), 4.0 * len(self.others)
                yield _Candidate(NumberPattern("summed", name=name, axes=(axis,)), total, tried, scaled=False)
                yield _Candidate(NumberPattern("averaged", name=name, axes=(axis,)), total / size, tried, scaled=False)

    def find_unsummed(self) -> list[NumberPattern]:
        """What is right once it is summed, or averaged, over some axes."""
        found: list[NumberPattern | None] = []
        got, right = self.got, self.right
        for count in range(1, min(got.ndim, 3) + 1) if got.size > right.size and np.all(self.finite) else ():
            for axes in combinations(range(got.ndim), count):
                rest = [size for axis, size in enumerate(got.shape) if axis not in axes and size > 1]
                if rest != [size for size in right.shape if size > 1]:
                    continue
                total = np.sum(got, axis=axes).reshape(right.shape)
                many = got.size / right.size
                for kind, array in (("not-summed", total), ("not-averaged", total / many)):
                    if _Search(array, right, {}, {}, {}, 10 * self.precision).is_near(right):
                        found.append(self.weigh(NumberPattern(kind, axes=axes), right, 14.0))  # type: ignore[arg-type]
        return [pattern for pattern in found if pattern is not None]

    # how it fits

    def fit(self, candidate: _Candidate) -> NumberPattern | None:
        """The pattern with its evidence, where it fits as it stands or multiplied by a constant."""
        array = candidate.array
        if array.shape != self.got.shape:
            return None
        if candidate.pattern.kind != "factor" and self.is_near(array):
            return self.weigh(candidate.pattern, array, candidate.tried)
        if not candidate.scaled:
            return None
        value = self.find_constant(array)
        if value is None or value == 0 or not self.is_near(array * value):
            return None
        return self.weigh_factor(candidate.pattern, array, value, candidate.tried)

    def weigh_factor(self, pattern: NumberPattern, array: Floats, value: float, tried: float) -> NumberPattern | None:
        """A constant in front: one that has a name is tested by every entry, another one by all but one."""
        named = [factor for factor in self.factors if abs(factor.value - value) <= 2 * self.precision * abs(value)]
        if named:
            factor = NumberFactor(tuple(dict.fromkeys(text for one in named for text in one.texts))[:3], named[0].value)
            return self.weigh(replace(pattern, factor=factor), array * factor.value, tried * len(self.factors))
        return self.weigh(replace(pattern, factor=NumberFactor((), value)), array * value, tried, free=1)

    def find_constant(self, array: Floats) -> float | None:
        """The constant that an array is multiplied by, from its largest entry."""
        usable = np.where(self.finite, np.abs(array), 0.0)
        place = int(np.argmax(usable))
        largest = float(array.reshape(-1)[place])
        return float(self.got.reshape(-1)[place]) / largest if largest else None

    def is_near(self, array: Floats) -> bool:
        """Whether an array is what was given, at every entry that is finite."""
        scale = float(np.max(np.abs(np.where(self.finite, array, 0.0)), initial=0.0))
        apart = np.abs(np.where(self.finite, self.got - array, 0.0))
        return bool(np.all(apart <= self.precision * scale))

    def weigh(self, pattern: NumberPattern, array: Floats, tried: float, free: int = 0) -> NumberPattern | None:
        """A pattern that fits with its evidence; ``free`` constants were taken from the entries themselves."""
        if pattern.kind == "all-zero":
            return replace(pattern, tested=int(np.sum((self.right != 0) & self.finite)), chance=0.0)
        finite = self.finite if array.shape == self.got.shape else np.isfinite(array)
        scale = max(float(np.max(np.abs(np.where(finite, array, 0.0)), initial=0.0)), 1e-300)
        if pattern.kind == "masked" and not pattern.base:
            return self.weigh_mask(pattern, tried)
        if self.got.shape == self.right.shape:
            telling = (np.abs(array - self.right) > TELLING * self.precision * scale) & self.finite
        else:
            telling = finite & (array != 0)
        values = array[telling].reshape(-1)
        if not values.size:
            return None
        few = values[: 40 * MOST_WEIGHED]
        _, first = np.unique(np.round(few / scale, self.digits), return_index=True)
        zeros = int(np.sum(values == 0))
        logs = sorted(self.find_log_chance(value, scale) for value in few[first[-MOST_WEIGHED:]].tolist() if value)
        logs = logs[: len(logs) - free] if free else logs
        log = math.log(tried) + sum(logs) + min(zeros, MOST_WEIGHED) * math.log(HALVED)
        chance = math.exp(min(max(log, -600.0), 0.0)) if log < 0 else 1.0
        return replace(pattern, tested=int(values.size), chance=chance) if len(logs) + zeros else None

    def find_log_chance(self, value: float, scale: float) -> float:
        """How probable it is that an arbitrary number is this one, as a logarithm: by the digits it has."""
        written = f"{abs(value):.{self.digits}e}".partition("e")[0].rstrip("0").replace(".", "")
        by_digits = 10.0 ** -len(written)
        by_width = 2 * self.precision * scale / max(abs(value), self.precision * scale)
        return math.log(min(HALVED, max(by_digits, by_width)))

    def weigh_mask(self, pattern: NumberPattern, tried: float) -> NumberPattern | None:
        """A mask: each entry that is not 0 anyway is there or not, as the mask says."""
        shown = int(np.sum((self.right != 0) & self.finite))
        lost = int(np.sum((self.right != 0) & (self.got == 0)))
        return replace(pattern, tested=shown, chance=min(1.0, tried * HALVED ** min(shown, 900))) if lost else None

    # sums of two

    def find_sums(self) -> list[NumberPattern]:
        """What differs from the right array by another one: a path left out, a term added, a constant, what is cut off."""
        got, right = self.got, self.right
        if got.shape != right.shape or not np.all(self.finite) or self.is_near(right):
            return []
        found: list[NumberPattern | None] = []
        difference = got - right
        for name, array in self.paths.items():
            if array.shape == got.shape and len(self.paths) > 1 and self.is_near_sum(right, -array):
                found.append(self.weigh(NumberPattern("missing", name=name), right - array, float(len(self.paths))))
        for name, array in {**self.others, **self.paths}.items():
            if array.ndim and array.shape == got.shape[got.ndim - array.ndim :]:  # a bias, in every row
                array = np.broadcast_to(array, got.shape)
            power = float(np.sum(array * array)) if array.shape == got.shape else 0.0
            value = float(np.sum(difference * array)) / power if power else 0.0
            if value and not (name in self.paths and abs(value + 1) < self.precision) and self.is_near_sum(right, value * array):
                named = [factor for factor in self.factors if abs(factor.value - value) <= 10 * self.precision * abs(value)]
                factor = named[0] if named else NumberFactor((), value)
                tried = float(len(self.others) + len(self.paths))
                found.append(self.weigh(NumberPattern("added", factor, name=name), right + value * array, tried, free=1))
        constant = float(np.mean(difference))
        if got.size > 1 and self.is_near_sum(right, np.full(got.shape, constant)):
            found.append(self.weigh(NumberPattern("offset", NumberFactor((), constant)), right + constant, 1.0, free=1))
        largest = float(np.max(np.abs(got)))
        cut = np.clip(right, -largest, largest)
        if largest and int(np.sum(np.abs(right) > largest * (1 + self.precision))) > 1 and self.is_near(cut):
            found.append(self.weigh_clipped(largest, cut))
        return [pattern for pattern in found if pattern is not None]

    def is_near_sum(self, first: Floats, second: Floats) -> bool:
        """The same for a sum, whose terms may be far larger than itself."""
        scale = max(float(np.max(np.abs(first), initial=0.0)), float(np.max(np.abs(second), initial=0.0)))
        return bool(np.all(np.abs(self.got - first - second) <= self.precision * scale))

    def weigh_clipped(self, largest: float, cut: Floats) -> NumberPattern | None:
        """Entries that are cut off at one bound: each is the same number, which chance would give as often as it has digits."""
        beyond = np.abs(self.right) > largest * (1 + self.precision)
        times = int(np.sum(beyond)) - 1
        chance = math.exp(max(min(times, MOST_WEIGHED) * self.find_log_chance(largest, largest), -600.0))
        return NumberPattern("clipped", NumberFactor((), largest), tested=times + 1, chance=chance)


def choose_told(found: Sequence[NumberPattern], paths: int = 2) -> tuple[NumberPattern, ...]:
    """What is told of all that fits: the sure ones where there are any, those without a factor besides where there are any; of two
    paths the one that is missing, and another reading only where nothing else fits."""
    kept = [pattern for pattern in found if pattern.sure] or list(found)
    kept = [pattern for pattern in kept if pattern.factor is None or pattern.kind in _WITH_FACTOR] or kept
    kinds = {pattern.kind for pattern in kept}
    if "missing" in kinds:
        kept = [pattern for pattern in kept if pattern.kind not in ("added", "another", *(("alone",) if paths == 2 else ()))]
    if kinds & {"factor", "transposed"}:
        kept = [pattern for pattern in kept if pattern.kind not in ("added", "another", "offset", "one-of")]
    if len(kinds) > 1:
        kept = [pattern for pattern in kept if pattern.kind != "read-otherwise"] or kept
    straight = [pattern for pattern in kept if pattern.kind == "read-otherwise" and not pattern.order]
    kept = [pattern for pattern in kept if pattern.kind != "read-otherwise" or not straight or pattern in straight]
    kept.sort(key=lambda pattern: (_ORDER.index(pattern.kind), pattern.chance))
    told: list[NumberPattern] = []
    for pattern in kept:
        if all((pattern.kind, pattern.name, pattern.order) != (one.kind, one.name, one.order) for one in told):
            told.append(pattern)
    return tuple(told[:MOST_TOLD])


_WITH_FACTOR = ("factor", "offset", "added", "clipped")
"""The patterns that a factor is a part of."""


def _squeeze(array: Floats) -> Floats:
    return np.squeeze(array)


def find_block(order: Sequence[int]) -> int:
    """The length of the longest blocks that an order moves as a whole.

    >>> find_block((0, 1, 4, 5, 2, 3)), find_block((2, 0, 1))
    (2, 1)
    """
    size = len(order)
    for block in range(size // 2, 1, -1):
        if size % block == 0 and all(
            order[start] % block == 0 and all(order[start + k] == order[start] + k for k in range(block)) for start in range(0, size, block)
        ):
            return block
    return 1


__all__ = ["Kind", "NumberFactor", "NumberPattern", "choose_told", "find_block", "find_factor", "find_patterns", "weigh_evidence"]
