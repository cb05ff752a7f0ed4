"""Which values of a long table the default run takes; ``.ci/run`` takes all."""

import pytest
from chosen_exercises import list_others

OTHERS = frozenset(list_others())


def some_now(values, every, first=0, *, rows=False):
    """Each so-and-so-many-th value, from the ``first`` on; the others have the marker ``slow``.  ``rows``: a value is one of several.

    Exercises of today's networks are all among the others: each of them takes seconds.
    """
    return [
        value if place % every == first and find_exercise(value, rows) not in OTHERS
        else pytest.param(*(value if rows else (value,)), marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]  # fmt: skip


def take_each(values, every):
    """The same of exercises, those of today's networks too, for what is quick."""
    return [value if place % every == 0 else pytest.param(value, marks=pytest.mark.slow) for place, value in enumerate(values)]


def find_exercise(value, rows):
    own = value[0] if rows else value
    return own if isinstance(own, str) else ""
