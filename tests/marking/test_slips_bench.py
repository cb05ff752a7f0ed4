"""The bench of slips: a small part of it here, the whole under ``-m slow``; `tests/benchmarks/slips.py` prints it as a table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from slips import DECIDABLE, run, run_formulas, share

HELD_OUT = 9_000
"""Networks from here on were not used when thresholds were chosen."""


@pytest.mark.slow
def test_slips_are_named_and_nobody_is_accused():
    count = run(networks=2, digits=6, per_tag=1, at_random=40, seed=HELD_OUT)
    assert share(count, "right")[1] == 0
    assert share(count, *DECIDABLE)[2] >= 0.98
    assert share(count, "random")[2] <= 0.0125


def test_slips_are_named_in_formulas():
    """Whether the way forward goes by its names or is written out; of two layers, too."""
    count = run_formulas(networks=2, per_tag=1, seed=HELD_OUT)
    for where in ("formula", "formula of the table"):
        tried, _, part = share(count, where)
        assert tried > 50
        assert part >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize(("digits", "dense"), [(6, 0.9), (5, 0.9), (4, 0.6)])
def test_the_whole_bench(digits, dense):
    """At four digits, where the values of slips do not lie too dense; there, and at five digits, two of three are named, too."""
    count = run(networks=16, digits=digits, per_tag=2, at_random=200, seed=HELD_OUT)
    assert share(count, "right")[1] == 0
    assert share(count, *DECIDABLE)[2] >= 0.98
    assert share(count, "by hand")[2] >= 0.98
    assert share(count, "random")[2] <= 0.005
    assert share(count, "dense")[2] >= dense


@pytest.mark.slow
def test_the_whole_bench_of_formulas():
    count = run_formulas(networks=16, seed=HELD_OUT)
    assert share(count, "formula")[2] >= 0.98
    assert share(count, "formula of the table")[2] >= 0.98
