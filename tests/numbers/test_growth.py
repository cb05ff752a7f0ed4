"""Norms over time, and what they are called."""

from fractions import Fraction

import pytest

from tutor.graph.entries import Array
from tutor.numbers.growth import describe_growth, find_norm

KINDS = {
    (1, 1e-9): "vanishes", (1, 0.1, 0.0099): "vanishes", (1, 0.5): "shrinks", (1, 0.9): "steady", (2, 2.5): "steady", (1, 9): "grows",
    (1, 2, 101): "explodes", (1, 0): "zero", (0, 1): "zero",
}  # fmt: skip


def test_growth_has_a_kind_and_a_factor():
    assert {norms: describe_growth(norms).kind for norms in KINDS} == KINDS
    assert describe_growth((8, 3, 2)).factor == pytest.approx(0.5)
    assert describe_growth((1,)) is None
    assert describe_growth((0, 0)) is None
    assert find_norm(Fraction(-3, 2)) == 1.5
    assert find_norm(Array((1, 2), (Fraction(3), Fraction(4)))) == 5
