"""Which of a lecture's figures a solution shows."""

import pytest

import tutor
from tutor.exercise.load import load
from tutor.solving.check_claims import check

NEURON = "neuron/two-two-two"


def test_all_figures_are_shown_where_nothing_is_chosen():
    assert list(tutor.solve(NEURON).verdicts) == check(load(NEURON))


@pytest.mark.parametrize("options", [{"at": {"w5": 1}}, {"rate": "1/3"}, {"form": "layer", "wrt": ["W2"]}])
def test_figures_are_about_the_exercise_s_own_values(options):
    assert tutor.solve(NEURON, **options).verdicts == ()


def test_a_chosen_quantity_has_its_figures():
    claims = [verdict.claim for verdict in tutor.solve(NEURON, wrt=["w5"]).verdicts]
    assert set(claims) == {"dL/dw5", "w5 after 1"}
