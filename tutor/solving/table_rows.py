"""Long tables: which rows are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

MAX_TABLE_ROWS = 60

T = TypeVar("T")


def choose_rows(last: int) -> list[int]:
    """The numbers of the rows that are shown of a table whose last row has this number: all of a short one, else the first ten, evenly
    spaced ones and the last.

    >>> choose_rows(3), len(choose_rows(10**6))
    ([0, 1, 2, 3], 31)
    """
    if last < MAX_TABLE_ROWS:
        return list(range(last + 1))
    return sorted({*range(11), *(round(i * last / 20) for i in range(21))})


def thin_rows(rows: Sequence[T]) -> list[T]:
    """The rows that are shown of a table."""
    return [rows[place] for place in choose_rows(len(rows) - 1)]
