"""The bench of slips: a small part of it here, the whole under ``-m slow``; `tests/benchmarks/slips.py` prints it as a table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from slips import run, share

HELD_OUT = 9_000
"""Networks from here on were not used when thresholds were chosen."""


def check(count, named, accused, where=("by hand", "table")):
    assert share(count, "right")[1] == 0
    for one in where:
        tried, found, part = share(count, one)
        assert part >= named, (one, tried, found)
    tried, found, part = share(count, "random")
    assert part <= accused, (tried, found)


def test_slips_are_named_and_nobody_is_accused():
    check(run(networks=2, digits=6, per_tag=1, at_random=40, seed=HELD_OUT), named=0.98, accused=0.0125)


@pytest.mark.slow
@pytest.mark.parametrize("digits", [6, 5, 4])
def test_the_whole_bench(digits):
    """At four digits, where the values of slips do not lie too dense; there, and at five digits, two of three are named, too."""
    count = run(networks=20, digits=digits, per_tag=2, at_random=200, seed=HELD_OUT)
    check(count, named=0.97 if digits == 4 else 0.98, accused=0.006)
    assert share(count, "dense")[2] >= (0.6 if digits == 4 else 0.9)
