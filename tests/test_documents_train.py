"""Pages about training, by compiling them: every optimiser, every course's notation, long tables, many parameters."""

from __future__ import annotations

import pytest
from chosen_exercises import chosen_ids, load_once
from some_now import some_now

import tutor
from tutor.rules.optimisers import optimiser_names

TRAINED = [ident for ident in chosen_ids() if load_once(ident).samples is not None or load_once(ident).plan.optimiser != "gd"]


@pytest.mark.parametrize("ident", some_now(TRAINED, 9))
def test_every_trained_exercise_compiles(pages, ident):
    assert 1 <= pages(tutor.train(ident).to_latex()) <= 4


@pytest.mark.parametrize("name", some_now([name for name in optimiser_names() if name != "newton"], 8))
def test_the_network_compiles_with_every_optimiser(pages, name):
    batch = 1 if name == "minibatch" else None
    trained = tutor.train("neuron/two-two-two", optimiser=name, rate="0.1", steps=80, batch=batch)
    assert pages(trained.to_latex()) >= 1


@pytest.mark.parametrize("course", some_now(["dl", "qmul", "graz", "cmu", "plain"], 5))
def test_adam_and_newton_compile_in_every_notation(pages, course):
    assert pages(tutor.train("neuron/adam", notation_name=course).to_latex()) >= 1
    assert pages(tutor.train("neuron/newton", notation_name=course).to_latex()) >= 1
