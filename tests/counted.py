"""Work that is counted instead of timed: every call of a function, Python's and C's, that takes place.

A count is the same on every machine, however busy it is.  What it does not see is one call that takes for ever (a power of big integers);
those end a test by pytest's own watchdog (``faulthandler_timeout`` in pyproject.toml).  What the clock says is printed by
``tests/benchmarks/limits.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

ANSWER = 400_000
"""Calls that stand for the 50 ms in which an answer is marked: an idle machine does five to eight million a second, and the costliest of
the hostile corpus takes 271,000."""


class Counted:
    """How many calls took place in a block."""

    calls = 0


@contextmanager
def counted() -> Iterator[Counted]:
    """Count the calls in a block."""
    seen, events = Counted(), count()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, arg: next(events))
    try:
        yield seen
    finally:
        sys.setprofile(before)
        seen.calls = next(events) // 2  # each call also returns


@contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Fail when a block needs more calls than that."""
    with counted() as seen:
        yield
    assert seen.calls <= calls, f"{seen.calls:,} calls, which may be {calls:,} at most"
