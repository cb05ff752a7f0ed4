"""What is given, in an order in which it is looked up: families together, and a matrix whose entries are all given as a matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import TutorError
from tutor.notation.profile import Notation
from tutor.notation.symbol import guess, read_symbol

MOST_COLUMNS = 6
"""A wider matrix would not stand in a line of words."""
_PLACE = re.compile(r"(\d),?(\d)|(\d+),(\d+)")


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix that is given entry by entry: how it is written, and its entries row by row."""

    base: str
    columns: int
    names: tuple[str, ...]


def sort_given(names: Sequence[str]) -> list[str]:
    """The same names, each family where its first one stands: weights behind weights, inputs behind inputs; numbers that run on in order.

    >>> sort_given(["w_1", "x_1", "w_2", "x_2", "b"]), sort_given(["x_1", "h_0", "x_3", "x_2"]), sort_given(["w_14", "w_04"])
    (['w_1', 'w_2', 'x_1', 'x_2', 'b'], ['x_1', 'x_2', 'x_3', 'h_0'], ['w_14', 'w_04'])
    """
    return [name for family in list_families(names) for name in family]


def list_families(names: Sequence[str]) -> list[list[str]]:
    """The names family by family.

    >>> list_families(["w_1", "x_1", "w_2", "b"])
    [['w_1', 'w_2'], ['x_1'], ['b']]
    """
    families: dict[str, dict[str, int | None]] = {}
    for name in names:
        family, number = _part_name(name)
        families.setdefault(family, {})[name] = number
    return [_sort_family(family) for family in families.values()]


def _part_name(name: str) -> tuple[str, int | None]:
    """The family of a name and its number in it: of w5, w_5, w1_2_1 w, w, w1; of the last no number alone."""
    stem, _, last = name.rpartition("_")
    if stem and last.isdecimal():
        more = stem.rpartition("_")
        while more[0] and more[2].isdecimal():
            stem, last = more[0], ""
            more = stem.rpartition("_")
        return stem, int(last) if last else None
    bare = name.rstrip("0123456789")
    return (bare, int(name[len(bare) :])) if bare and bare != name else (name, None)


def _sort_family(family: Mapping[str, int | None]) -> list[str]:
    numbers = [number for number in family.values() if number is not None]
    if len(numbers) == len(family) and sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers))):
        return sorted(family, key=lambda name: family[name] or 0)
    return list(family)


def find_grids(names: Sequence[str], notation: Notation) -> list[Grid]:
    """The matrices of which all entries are among the names, by how these are written: u₀₀, u₀₁, u₁₀, u₁₁ are u.

    >>> find_grids(["w_11", "v", "w_22", "w_21", "w_12"], Notation())
    [Grid(base='w', columns=2, names=('w_11', 'w_12', 'w_21', 'w_22'))]
    >>> find_grids(["w_11", "w_12", "w_21"], Notation()), find_grids(["w_11", "w", "w_22", "w_21", "w_12"], Notation())
    ([], [])
    """
    places: dict[str, dict[tuple[int, int], str]] = {}
    written = {notation.symbol(name).latex for name in names}
    for name in names:
        try:
            parts = read_symbol(notation.symbol(name).latex)
        except TutorError:
            continue
        place = _PLACE.fullmatch(parts.sub.text)
        base = parts.base.latex + (f"^{{{parts.sup.latex}}}" if parts.sup.latex else "")
        if place is not None and base not in written and guess(base).latex == base:
            row, column = (int(number) for number in place.groups() if number is not None)
            places.setdefault(base, {})[row, column] = name
    grids = []
    for base, found in places.items():
        rows, columns = ({place[axis] for place in found} for axis in (0, 1))
        full = len(found) == len(rows) * len(columns) and max(rows) - min(rows) < len(rows) and max(columns) - min(columns) < len(columns)
        if full and min(len(rows), len(columns)) > 1 and len(columns) <= MOST_COLUMNS:
            grids.append(Grid(base, len(columns), tuple(found[place] for place in sorted(found))))
    return grids
