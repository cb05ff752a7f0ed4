"""Symbols of an update: states with their parameter's index, alone without one, updated as the course writes it."""

import pytest

import tutor
from tutor.exercise.load import from_text

TEXT = 'title = "t"\nnotation = "{}"\nsteps = ["L = (w*x + b - y)^2"]\nparameters = {}\n[values]\nw = 1\nb = 0\nx = 2\ny = 3\n'


def symbols(profile, optimiser, *parameters):
    made = tutor.train(from_text(TEXT.format(profile, list(parameters)), "t"), optimiser=optimiser, rate="0.1", steps=1)
    return lambda *names: [made.notation.symbol(name).text for name in names]


COURSES = [("plain", "m"), ("cmu", "m"), ("dl", "m′"), ("neuron", "m^(t+1)"), ("qmul", "m₁")]


@pytest.mark.parametrize(("profile", "updated"), COURSES)
def test_a_state_after_the_update_is_written_as_the_course_writes_a_weight(profile, updated):
    assert symbols(profile, "adam", "w")("m_w", "m_w@1") == ["m", updated]


def test_states_of_several_parameters_have_their_index():
    assert symbols("plain", "adam", "w", "b")("m_w", "v_b") == ["m_w", "v_b"]


def test_settings_are_greek():
    assert symbols("plain", "adam", "w")("beta1", "eps") == ["β₁", "ε"]


def test_second_derivatives():
    found = symbols("plain", "newton", "w")
    assert found("ddL/dw/dw") == ["∂²L/∂w²"]


@pytest.mark.parametrize(("profile", "count"), [("plain", "t"), ("cmu", "t"), ("dl", "t"), ("neuron", "t+1"), ("qmul", "t")])
@pytest.mark.parametrize("optimiser", ["adam", "adam-slide"])
def test_time_is_counted_in_one_way(profile, optimiser, count):
    """Where the new weight is w^(t+1), the corrections of the same update have the power t + 1: the first update is t = 0."""
    assert symbols(profile, optimiser, "w")("t") == [count]
    if optimiser == "adam":
        page = str(tutor.train(from_text(TEXT.format(profile, ["w"]), "t"), optimiser=optimiser, rate="0.1", steps=1))
        assert ("β₁^(t+1)" in page, "β₁^t" in page) == (count == "t+1", count == "t")
