"""Proofs in words."""

from fractions import Fraction

import pytest

from tutor.explain.words.wording import ENGLISH
from tutor.numbers.verify import Proof

F = Fraction


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (Proof(1, 1, 1, F(0), 1, True), "The gradient asked for has the value of SymPy's derivative of the composed formula, to 12"),
        (
            Proof(3, 3, 5, F(1, 10**30), 2, False),
            "finite differences agree to 10⁻³⁰ for them and for 2 other quantities of the graph (at 2 random points)",
        ),
        (Proof(3, 3, 5, F(0), 1, True), "finite differences agree exactly for all 5 quantities (at the given values)"),
        (Proof(6, 6, 6, F(0), 1, True, entries=True), "All 6 entries of the gradients asked for have the values of SymPy's"),
        (Proof(9, 4, 9, F(0), 1, True), "The 4 compared of the 9 gradients asked for have the values of SymPy's"),
        (
            Proof(9, 0, 9, F(1, 10**20), 2, False, together=True),
            "agree to 10⁻²⁰ along a random direction through all 9 inputs and parameters",
        ),
        (
            Proof(2, 0, 0, F(0), 1, True, small=2),
            "2 gradients are too small, or at the edge of the domain, for finite differences",
        ),
        (Proof(0, 0, 0, F(0), 0, False), "Nothing to check"),
    ],
)
def test_the_proof_in_words(proof, words):
    assert words in ENGLISH.proofs.say_proof(proof)
