"""What may have become of a wrong number besides a known slip: a factor, digits in another order, the value of another quantity.

A known slip bends a step (`tutor.marking.diagnose`); here the right result itself is changed, as whoever types or copies it may do.  The
same evidence decides (`tutor.marking.evidence`): an explanation is told where so many digits agree that chance explains them less well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt, sqrt

from tutor.expression.keys import read_edge
from tutor.marking.evidence import Explanations, Given, collect, share_weights
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import Slip
from tutor.marking.worlds import BentWorld
from tutor.numbers.arrays import np

ANOTHER = "another-quantity"
"""The value of another quantity: the slip's place is that quantity."""
SWAPPED = "digits-swapped"
POINT = "point-misplaced"
TWICE, HALF, SIGN = "twice-too-large", "half-too-large", "sign-turned"
COUNT, SHARED, ROOT, ROOTED = "count-times", "count-shared", "root-times", "root-shared"
FACTORS = frozenset({TWICE, HALF, SIGN, COUNT, SHARED, ROOT, ROOTED, POINT})
"""Tags of those that multiply the right result."""
MOST_SIZES = 6
MOST_TOLD = 3
LEAST_DIGITS = 2
_MASSES = {TWICE: 3.0, HALF: 3.0, SIGN: 3.0, COUNT: 2.0, SHARED: 2.0, ROOT: 1.0, ROOTED: 1.0, POINT: 1.0, SWAPPED: 2.0, ANOTHER: 2.0}


@dataclass(frozen=True, slots=True)
class PageFactor:
    """A factor that results are multiplied by: its tag, what it is as text, and its value."""

    tag: str
    text: str
    value: float


def list_factors(sizes: Sequence[int]) -> list[PageFactor]:
    """The factors that are tried, for arrays of these sizes: 2, ½, −1, n and 1/n, √n and 1/√n, powers of ten.

    >>> [factor.text for factor in list_factors([3, 4])][3:11]
    ['3', '1/3', 'sqrt(3)', '1/sqrt(3)', '4', '1/4', '10', '1/10']
    """
    found = [PageFactor(TWICE, "2", 2.0), PageFactor(HALF, "1/2", 0.5), PageFactor(SIGN, "-1", -1.0)]
    for size in [size for size in dict.fromkeys(sizes) if size > 1][:MOST_SIZES]:
        if size != 2:
            found += [PageFactor(COUNT, str(size), float(size)), PageFactor(SHARED, f"1/{size}", 1 / size)]
        if isqrt(size) ** 2 != size:
            found += [PageFactor(ROOT, f"sqrt({size})", sqrt(size)), PageFactor(ROOTED, f"1/sqrt({size})", 1 / sqrt(size))]
    found += [PageFactor(POINT, text, value) for text, value in (("10", 10.0), ("1/10", 0.1), ("100", 100.0), ("1/100", 0.01))]
    once: dict[float, PageFactor] = {}
    for factor in found:
        once.setdefault(factor.value, factor)
    return list(once.values())


def list_exchanged(right: float, given: Given) -> Iterator[float]:
    """The right value, rounded or cut off as a number is written, with two neighbouring digits exchanged."""
    place = given.place
    if not place or given.digits < LEAST_DIGITS or abs(right) > 1e15 * place:
        return
    for whole in dict.fromkeys((round(abs(right) / place), int(abs(right) / place))):
        digits = str(whole)
        for at in range(len(digits) - 1):
            if digits[at] != digits[at + 1]:
                swapped = int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
                yield (swapped if right > 0 else -swapped) * place


def explain_changed(sheet: Sheet, target: str, given: Given, worlds: Sequence[BentWorld], sizes: Sequence[int]) -> Explanations:
    """What may have become of the right number for a quantity, in any of some worlds, the first that explains it.

    Nothing where a number is too short to say, or chance explains it as well.
    """
    if given.certain or given.digits < LEAST_DIGITS or target not in sheet.order:
        return ()
    for world in worlds:
        right = float(world.env[target][0])
        if not np.isfinite(right) or given.is_pen(right):
            continue
        kinds: list[str] = []
        values: list[float] = []
        why: list[tuple[Slip, ...]] = []
        for factor in list_factors(sizes):
            kinds.append(factor.tag)
            values.append(factor.value * right)
            why.append((Slip(factor.tag, target),))
        for swapped in dict.fromkeys(list_exchanged(right, given)):
            kinds.append(SWAPPED)
            values.append(swapped)
            why.append((Slip(SWAPPED, target),))
        for name, value in list_others(sheet, target, world.env):
            kinds.append(ANOTHER)
            values.append(value)
            why.append((Slip(ANOTHER, name),))
        weights = share_weights(kinds, [_MASSES[kind] for kind in kinds], [1.0] * len(kinds))
        table = collect([np.array(values).reshape(-1, 1)], why, weights, np.array([right]))
        for reading in given.readings(0.0):
            found = table.explain(reading, right)
            if found:
                first = [slips for slips in found if slips[0].tag != ANOTHER] or list(found)
                return tuple(first[:MOST_TOLD])
    return ()


def list_others(sheet: Sheet, target: str, env: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """The other quantities of the page with their values: what is computed before and after, and what is given."""
    seen: set[float] = set()
    for name in (*(step.target for step in sheet.working.steps), *(q.name for q in sheet.working.graph.leaves)):
        if name == target or name not in env or read_edge(name):
            continue
        value = float(env[name][0])  # type: ignore[index]
        if np.isfinite(value) and value not in seen and abs(value) not in (0.0, 1.0):
            seen.add(value)
            yield name, value


def find_common_factor(given: Sequence[Given], right: Sequence[float], sizes: Sequence[int], target: str) -> Explanations:
    """The factor by which a whole array is off, where its entries have the digits for it: two different ones, of two digits each."""
    pairs = [(one, value) for one, value in zip(given, right, strict=True) if value]
    if any(not value and one.own for one, value in zip(given, right, strict=True)):
        return ()
    if len({round(abs(one.own), 12) for one, _ in pairs if one.digits >= LEAST_DIGITS}) < LEAST_DIGITS:
        return ()
    fits = [f for f in list_factors(sizes) if all(one.low <= f.value * value <= one.high for one, value in pairs)]
    return tuple((Slip(factor.tag, target),) for factor in fits[:MOST_TOLD])
