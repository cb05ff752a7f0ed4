"""The page about a run: every rule has its words, long tables are thinned, symbols are made for what an update computes."""

import pytest

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Equations, Table
from tutor.results.solution import train


def test_six_parameters_are_explained_and_the_others_counted():
    page = tutor.train("neuron/two-two-two", steps=1)
    text = " ".join(page.to_text().split())
    assert "The other 4 parameters move in the same way." in text
    assert sum(isinstance(block, Equations) for block in page.document().blocks) == 6


def test_a_quantity_of_the_exercise_keeps_its_name_beside_the_optimisers():
    """An exercise may use t, beta1 and m_w itself."""
    page = tutor.train("yhat = w*t + beta1*m_w; L = (yhat - 1)^2", at={"w": 1}, optimiser="adam", rate="0.1", steps=2,
                       data={"t": [2, 1], "beta1": [3, 1], "m_w": ["1/2", 0]})  # fmt: skip
    assert page.task.parameters == ("w",)
    assert page.task.names.t == "t_update"
    assert page.task.states == ("m_w_update", "v_w")
    assert "β₁" in page.to_text()


def test_epochs_and_samples_have_columns_where_there_are_batches():
    def header(**more):
        page = tutor.train("cmu/smallest-perceptron", rate="0.001", steps=2, **more)
        tables = [block for block in page.document().blocks if isinstance(block, Table)]
        return [cell[0] for cell in tables[-1].header if isinstance(cell[0], str)]

    assert header() == ["k"]
    assert header(batch=2) == ["k", "epoch", "samples"]


@pytest.mark.parametrize("form", ["scalar", "layer"])
def test_a_table_says_which_parameters_it_has_no_room_for(form):
    text = 'title = "t"\nsteps = ["L = sum(T^2)"]\nparameters = ["T"]\n[shapes]\nT = [7]\n[values]\nT = [1, 2, 3, 4, 5, 6, 7]\n'
    page = train(from_text(text, "t"), rate="0.1", steps=2, form=form)
    assert "Of the 7 parameters the first 6 are shown." in " ".join(page.to_text().split())
    solved = tutor.solve(from_text(text, "t"), rate="0.1", steps=2, form=form)
    assert ("Of the 7 parameters" in " ".join(solved.to_text().split())) == (form == "layer")
