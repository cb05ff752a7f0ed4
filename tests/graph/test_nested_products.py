"""Nested products of arrays taken apart: the same numbers by shorter formulas."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.errors import ProofError
from tutor.graph import nested_products
from tutor.graph.layered import from_layers, write_out
from tutor.graph.nested_products import take_apart, write_apart
from tutor.numbers.form_agreement import agree
from tutor.numbers.run import run

LINES = ["H = X + softmax((X @ Q) @ (X @ K).T, axis=1) @ (X @ V)", "Y = tanh(H @ W + c)^2 @ U / 3", "L = sum(G ⊙ Y)"]
SHAPES = {"X": (2, 3), "Q": (3, 2), "K": (3, 2), "V": (3, 3), "W": (3, 4), "c": (4,), "U": (4, 1), "G": (2, 1)}


def test_an_inner_product_is_computed_once_and_the_numbers_are_the_same(monkeypatch):
    layers = from_layers(LINES, SHAPES)
    written = write_out(layers)
    apart = write_apart(written, layers)
    assert apart.leaves == written.leaves
    assert len(apart.steps) > len(written.steps)
    leaves = {q.name: Fraction(place % 7 - 3, 5) for place, q in enumerate(written.leaves)}
    ours, theirs = run(apart.steps, leaves), run(written.steps, leaves)
    assert all(abs(ours[step.target] - theirs[step.target]) < 1e-50 for step in written.steps)
    assert agree(layers, written, None).error < 1e-50
    other = write_out(from_layers([LINES[0], LINES[1], "L = sum(Y)"], SHAPES))
    assert write_apart(other, layers) is other  # not these layers written out

    bent = from_layers([LINES[0], LINES[1].replace("^2", "^3"), LINES[2]], SHAPES)
    monkeypatch.setattr(nested_products, "take_apart", lambda _: take_apart(bent))
    with pytest.raises(ProofError, match="in the layer form"):
        agree(layers, written, None)
