"""Claims as they are read: before k is after k − 1, errata about what does not exist, counts of networks of any size."""

from tutor.exercise.load import from_text

GOOD = """
schema = 1
title = "A sum and a product"
steps = ["d = x + y", "f = d*z"]

[values]
x = 1
y = -3
z = 4
"""


def test_before_k_is_after_the_update_before():
    text = GOOD + '[[claim]]\nclaim = "x before 3"\nprinted = "1"\n'
    assert from_text(text, "mine").claims[0].after == 2


def test_a_claim_about_what_does_not_exist_can_be_an_erratum():
    text = GOOD + '[[claim]]\nclaim = "df/dq"\nprinted = "1"\nerratum = "the slide means z"\n'
    (claim,) = from_text(text, "mine").claims
    assert "no quantity" in claim.unknown


def test_a_network_of_any_size_can_be_counted():
    text = 'title = "t"\nasked = ["count weights"]\n[network]\nsizes = [1000000, 1000000]\n'
    exercise = from_text(text, "mine")
    assert exercise.graph is None
    assert exercise.counts == ("weights",)
