"""The bench of slips: a small part of it here, the whole under ``-m slow``; `tests/benchmarks/slips.py` prints it as a table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from slips import run, share


def check(count, named, accused):
    assert share(count, "right")[1] == 0
    for where in ("by hand", "table"):
        tried, found, part = share(count, where)
        assert part >= named, (where, tried, found)
    tried, found, part = share(count, "random")
    assert part <= accused, (tried, found)


def test_slips_are_named_and_nobody_is_accused():
    check(run(networks=2, digits=6, per_tag=1, at_random=40), named=0.94, accused=0.025)


@pytest.mark.slow
def test_the_whole_bench():
    check(run(networks=40, digits=6, per_tag=2, at_random=200), named=0.98, accused=0.005)
