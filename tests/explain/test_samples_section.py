"""A data set on the page: a sample is a row, and what is made of them the last."""

from fractions import Fraction

import pytest

import tutor
from tutor.errors import TutorError
from tutor.exercise.load import load
from tutor.explain.document import Table

F = Fraction


def line(**more):
    return tutor.train(
        "yhat = w*x + b; L = (y - yhat)^2", at={"w": 1, "b": 0}, data={"x": [0, 1, 2], "y": [1, 3, 4]}, **more
    )


def test_a_sample_is_a_row_and_their_mean_is_the_last():
    trained = line(rate="0.1", steps=1)
    data = load("cmu/smallest-perceptron").samples
    assert len(data) == 4
    whole = trained.worked.samples.whole
    assert whole["dL/dw"] == sum(each["dL/dw"] for each in trained.worked.samples.each) / 3
    assert whole["L"] == F(9, 3)
    assert trained.run.first["dL/dw"] == whole["dL/dw"]


def test_solving_an_exercise_with_data_shows_every_sample():
    solution = tutor.solve("cmu/smallest-perceptron")
    text = solution.to_text(80)
    assert "the gradient of the summed loss is the sum of the gradients." in " ".join(text.split())
    assert "−0.55" in text
    assert "tutor train cmu/smallest-perceptron" in text
    with pytest.raises(TutorError, match="updates over a data set"):
        tutor.solve("cmu/smallest-perceptron", steps=3)


@pytest.mark.parametrize(("weights", "said"), [(9, ""), (14, "The table has 12 of 14 gradients.")])
def test_every_gradient_has_a_column_or_it_is_said_how_many_have_one(weights, said):
    names = [f"w_{place}" for place in range(1, weights + 1)]
    steps = f"y = {' + '.join(f'{name}*x' for name in names)}; L = (y - t)^2"
    text = " ".join(tutor.train(steps, at=dict.fromkeys(names, 1), data={"x": [1, 2], "t": [1, 2]}, rate="0.1", steps=1).to_text().split())
    assert said in text
    assert "∂L/∂w₉" in text


def test_samples_with_updates_between_them_are_shown_without_what_they_cost_at_the_start():
    """The first update changes that: but for the first sample no figure of it is one of the run."""
    between, whole = line(rate="0.1", steps=3, batch=1, order="given"), line(rate="0.1", steps=3)
    heads = [next(block for block in page.document().blocks if isinstance(block, Table)).header for page in (between, whole)]
    assert [len(head) for head in heads] == [3, 6]
