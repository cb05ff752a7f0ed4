"""Where the entries of an array are wrong, and how far two arrays are apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.numbers.arrays import Flags, Floats, np

MOST_PLACES = 6
MOST_SLICES = 3


@dataclass(frozen=True, slots=True)
class Where:
    """Where entries are wrong: how many of how many, the first places, and the slices along an axis that have all of them.

    ``axis`` is −1 where they are in no particular slices; ``kept`` says that all entries of these slices are wrong.
    """

    wrong: int
    entries: int
    places: tuple[tuple[int, ...], ...] = ()
    axis: int = -1
    slices: tuple[int, ...] = ()
    kept: bool = False


def find_places(wrong: Flags) -> Where:
    """Where an array of truth values is true, see `Where`.

    >>> found = find_places(np.array([[0, 0], [1, 1], [0, 0]]) > 0)
    >>> found.wrong, found.axis, found.slices, found.kept
    (2, 0, (1,), True)
    """
    total = int(np.sum(wrong))
    places = tuple(tuple(int(index) for index in place) for place in np.argwhere(wrong)[:MOST_PLACES])
    where = Where(total, int(wrong.size), places)
    if not total or total == wrong.size:
        return where
    best = where
    for axis, size in enumerate(wrong.shape):
        rest = tuple(other for other in range(wrong.ndim) if other != axis)
        hit = np.flatnonzero(np.any(wrong, axis=rest))
        few = len(hit) <= min(MOST_SLICES, size // 2)
        if few and wrong.ndim > 1 and (best.axis < 0 or len(hit) < len(best.slices)):
            kept = total == len(hit) * (wrong.size // size)
            best = replace(where, axis=axis, slices=tuple(int(index) for index in hit), kept=kept)
    return best


def measure_difference(got: Floats, right: Floats) -> float:
    """How far two arrays are apart at most, as a share of the largest right entry (absolute where all of these are 0)."""
    with np.errstate(all="ignore"):
        apart = np.max(np.abs(got - right), initial=0.0)
        scale = float(np.max(np.abs(right), initial=0.0))
    return float(apart) / scale if scale else float(apart)
