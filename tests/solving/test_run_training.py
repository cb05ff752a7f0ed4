"""Training in layer form: the printed matrix formulas give the numbers that the run neuron by neuron has."""

from fractions import Fraction

import pytest
from chosen_exercises import chosen_entries
from hypothesis import given, settings
from hypothesis import strategies as st

import tutor
from tutor.exercise.load import from_text
from tutor.explain.training_page import TrainingSections
from tutor.expression.keys import make_after_key
from tutor.graph.entries import Array
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run_arrays import run_layers
from tutor.rules.optimisers import OPTIMISERS

LAYERED = [e.id for e in chosen_entries() if {"layers", "training"} <= set(e.abilities)]


def array(value):
    return value if isinstance(value, Array) else Array((), (value,))


def check_printed_formulas(solution):
    """Every update step's matrix formula, as it is printed, evaluated: it gives the numbers shown beside it."""
    training = solution.worked.training
    page = TrainingSections(solution.worked, solution.words)
    for each in training.updates:
        entries = solution.layered.entries[each.parameter]
        spread = {n: v if isinstance(v, Array) else Array(entries.shape, (v,) * len(entries.items)) for n, v in training.first.items()}
        known = {name: array(value) for name, value in (spread if entries.shape else training.first).items()}
        for step in each.steps:
            formula = page.formula(step)
            found = run_layers([type(step)("made", formula, "")], known)["made"]
            shown = known[step.target]
            items = found.items if found.shape else found.items * len(entries.items)
            assert all(abs(as_real(a) - as_real(b)) <= 10**-40 * (1 + abs(as_real(b))) for a, b in zip(items, shown.items, strict=True))


@pytest.mark.parametrize("method", [row.name for row in OPTIMISERS if not row.hessian])
def test_every_optimiser_in_matrices(method):
    options = {"batch": 1} if method == "minibatch" else {}
    layer = tutor.train("neuron/two-two-two", form="layer", optimiser=method, rate="0.1", steps=2, **options)
    scalar = tutor.train("neuron/two-two-two", optimiser=method, rate="0.1", steps=2, **options)
    check_printed_formulas(layer)
    assert [row.values for row in layer.run.rows] == [row.values for row in scalar.run.rows]
    names = layer.layered.entries["W2"]
    assert layer.parameter("W2") == Array(names.shape, tuple(scalar.parameter(single) for single in names.items))
    first = layer.worked.training.first[make_after_key("W2", 1)]
    assert first.items == tuple(scalar.run.rows[1].values[single] for single in names.items)
    for text in (layer.to_text(60), layer.to_latex(), layer.to_markdown(), layer.to_json()):
        assert "hadamard" not in text.replace('"expression"', "") or text.startswith("{")


@pytest.mark.parametrize("ident", LAYERED)
def test_every_exercise_that_trains_has_a_layer_page(ident):
    solution = tutor.train(ident, form="layer", steps=1)
    check_printed_formulas(solution)
    assert "First update" in solution.to_text(80)


def test_newton_in_arrays():
    text = 'title = "x"\nsteps = ["L = sum((w - y)^2)"]\nparameters = ["w"]\n[shapes]\nw = 2\ny = 2\n[values]\nw = [1, 2]\ny = [3, 5]\n'
    solution = tutor.train(from_text(text, "mine"), form="layer", optimiser="newton", steps=1)
    assert solution.parameter("w").items == (3, 5)
    check_printed_formulas(solution)
    assert "d_w" in solution.to_text(80) or "d = " in solution.to_text(80)


def test_several_updates_in_layer_form():
    layer = tutor.solve("neuron/two-two-two", form="layer", steps=3)
    scalar = tutor.solve("neuron/two-two-two", form="scalar", steps=3)
    assert [row.loss for row in layer.run.rows] == [row.loss for row in scalar.run.rows]
    assert "Iterations" in layer.to_text(80)


@settings(max_examples=10)
@given(st.fractions(min_value=Fraction(1, 100), max_value=1), st.integers(0, 3))
def test_any_step_size(rate, steps):
    layer = tutor.solve("neuron/two-two-two", form="layer", steps=steps, rate=rate)
    scalar = tutor.solve("neuron/two-two-two", form="scalar", steps=steps, rate=rate)
    if steps:
        assert layer.run.rows == scalar.run.rows
    else:
        assert layer.worked.training is None


def test_exercises_over_arrays_train_their_arrays():
    exercise = "dl/bce-columns"
    solution = tutor.train(exercise, form="layer", rate="0.1", steps=2)
    assert set(solution.worked.request.trained) <= set(solution.layered.graph.names)
    check_printed_formulas(solution)
