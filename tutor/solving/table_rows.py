"""Long tables: which rows are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

MAX_TABLE_ROWS = 60

T = TypeVar("T")


def choose_rows(last: int, most: int = MAX_TABLE_ROWS) -> list[int]:
    """The numbers of the rows that are shown of a table whose last row has this number: all of a short one, else the first ten, evenly
    spaced ones where there is room for ``most`` rows, and the last.

    >>> choose_rows(3), len(choose_rows(10**6))
    ([0, 1, 2, 3], 31)
    >>> choose_rows(40, 12)
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 40]
    """
    if last < most:
        return list(range(last + 1))
    spaced = [round(i * last / 20) for i in range(21)] if most > 31 else [last]
    return sorted({*range(11), *spaced})


def thin_rows(rows: Sequence[T], most: int = MAX_TABLE_ROWS) -> list[T]:
    """The rows that are shown of a table."""
    return [rows[place] for place in choose_rows(len(rows) - 1, most)]
