"""Which values of a long table the default run takes; ``.ci/run`` takes all."""

import pytest


def some_now(values, every, first=0, *, rows=False):
    """Each so-and-so-many-th value, from the ``first`` on; the others have the marker ``slow``.  ``rows``: a value is one of several."""
    return [
        value if place % every == first else pytest.param(*(value if rows else (value,)), marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]
