"""Which values of a long table the default run takes; ``.ci/run`` takes all."""

import pytest


def some_now(values, every, first=0):
    """Each so-and-so-many-th value, from the ``first`` on; the others have the marker ``slow``."""
    return [value if place % every == first else pytest.param(value, marks=pytest.mark.slow) for place, value in enumerate(values)]
