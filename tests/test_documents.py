"""Documents by compiling them: every exercise as LaTeX, and one weight of the 2-2-2 network on one page."""

from __future__ import annotations

import pytest
from chosen_exercises import chosen_ids
from some_now import some_now

import tutor


@pytest.mark.parametrize("ident", some_now(chosen_ids(), 24))
def test_every_exercise_compiles(pages, ident):
    assert pages(tutor.solve(ident).to_latex()) >= 1


@pytest.mark.parametrize("number", some_now([*range(1, 9)], 4))
def test_one_weight_fits_one_page(pages, number):
    """With its picture, also one of the first layer, along two paths, which has less room between its lines."""
    assert pages(tutor.solve("neuron/two-two-two", wrt=[f"w{number}"]).to_latex()) == 1


@pytest.mark.parametrize("course", some_now(["dl", "qmul", "graz", "cmu", "plain"], 5))
def test_the_network_compiles_in_every_notation(pages, course):
    for chain in ("full", "reuse"):
        assert pages(tutor.solve("neuron/two-two-two", notation_name=course, chain=chain).to_latex()) >= 1
