"""Which entries a `Pick` of an array program means: indices as whole arrays, one axis a letter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tutor.graph.index_form import read_whole
from tutor.numbers.array_code import Pick
from tutor.numbers.arrays import Flags, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Whole: TypeAlias = "NDArray[np.intp]"


@lru_cache(256)
def find_places(pick: Pick) -> tuple[Whole, ...]:
    """The indices of what is picked (from 1), for all places of the result.

    >>> from tutor.expression.nodes import Add, Name, Number
    >>> find_places(Pick((Add((Name("i"), Name("p"))),), ("i",), (3,), (("p", 1),), (3,)))[0].tolist()
    [2, 3, 4]
    """
    at: dict[str, int | Whole] = dict(pick.known)
    for axis, (letter, size) in enumerate(zip(pick.letters, pick.sizes, strict=True)):
        at[letter] = np.arange(1, size + 1).reshape([-1 if k == axis else 1 for k in range(len(pick.letters))])
    return tuple(np.asarray(read_whole(part, at)) for part in pick.index)  # type: ignore[arg-type]


def find_inside(pick: Pick, indices: Sequence[Whole]) -> Flags:
    """Where all indices are inside of what is picked from, in the shape of the result."""
    found = np.ones(pick.sizes, dtype=np.bool_)
    for index, size in zip(indices, pick.limits, strict=True):
        found = found & (index >= 1) & (index <= size)
    return found
