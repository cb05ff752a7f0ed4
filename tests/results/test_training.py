"""`tutor.train`: the explained run, the CSV and the JSON, for every optimiser and every kind of data."""

import json
import unicodedata
from fractions import Fraction

import pytest

import tutor
from tutor.errors import TutorError
from tutor.explain.words.wording import ENGLISH
from tutor.rules.optimisers import OPTIMISERS

F = Fraction


def line(**more):
    return tutor.train(
        "yhat = w*x + b; L = (y - yhat)^2", at={"w": 1, "b": 0}, data={"x": [0, 1, 2], "y": [1, 3, 4]}, **more
    )


@pytest.mark.parametrize("row", OPTIMISERS, ids=lambda row: row.name)
def test_every_optimiser_is_explained(row):
    trained = line(optimiser=row.name, rate="0.1", steps=12, batch=2 if row.batch is None else None)
    text = trained.to_text(80)
    assert max(sum(not unicodedata.combining(c) for c in line) for line in text.split("\n")) <= 80
    for piece in (
        "Start",
        "Samples",
        "Method",
        "First update",
        "Iterations",
        ENGLISH.updates.METHODS[row.name],
        "Convention",
        "Checked",
        "Numbers",
    ):
        assert piece in text
    for slip in row.slips:
        assert ENGLISH.updates.SLIPS[slip][1:30].split()[0] in text
    assert ("Erratum" in text, "published" in text) == (bool(row.slips), bool(row.slips))
    assert (trained.worked.training.published is not None) == bool(row.published)
    assert trained.to_latex().isascii()
    assert trained.to_markdown()
    assert str(trained) == trained.to_text()


@pytest.mark.parametrize("row", OPTIMISERS, ids=lambda row: row.name)
def test_what_is_explained_is_what_is_run(row):
    """The numbers of the first update's steps are those of row 1, and running them from row 0 gives them again."""
    from tutor.numbers.run import run

    trained = line(optimiser=row.name, rate="0.1", steps=2, batch=2 if row.batch is None else None)
    task, first = trained.task, trained.run.first
    for each in task.updates:
        again = run(each.steps, first)
        for step in each.steps:
            assert again[step.target] == first[step.target]
        for name in (each.parameter, *each.states):
            assert first[f"{name}@1"] == trained.run.rows[1].values[name]


def test_a_slide_says_what_the_published_method_gives():
    trained = tutor.train("neuron/adam-as-printed", steps=2)
    other = tutor.train("neuron/adam-as-printed", optimiser="adam", rate="0.1", steps=2)
    task, run = trained.worked.training.published
    assert task.row.name == "adam"
    assert [row.values["w1"] for row in run.rows] == [row.values["w1"] for row in other.run.rows]
    assert trained.parameter("w1") != other.parameter("w1")
    text = trained.to_text(100)
    assert "0.6325257667" in text
    assert "0.5986174102" in text


NOTATIONS = {"neuron": "w₁^(t+1)", "qmul": "w₁⁽¹⁾", "dl": "w₁′", "cmu": "←", "graz": "←", "plain": "←"}


@pytest.mark.parametrize("name", NOTATIONS)
def test_the_symbols_are_the_courses(name):
    text = tutor.train("neuron/adam", notation_name=name, steps=1).to_text(100)
    assert NOTATIONS[name] in text
    assert {"neuron": "λ", "qmul": "τ", "dl": "α"}.get(name, "η") in text
    assert "β₁" in text
    assert "ε" in text
    assert "beta" not in text


def test_the_contract():
    trained = line(optimiser="momentum", rate="1/20", steps=3, batch=2, seed=5, settings={"mu": "0.5"})
    data = json.loads(trained.to_json())
    assert (data["schema"], data["optimiser"], data["rate"], data["settings"]) == (1, "momentum", "1/20", {"mu": "1/2"})
    assert (data["samples"], data["batch"], data["order"], data["seed"]) == (3, 2, "shuffled", 5)
    assert (data["arithmetic"], data["updates"], data["rows_left_out"], data["stopped"]) == ("exact", 3, 0, None)
    assert [row["step"] for row in data["rows"]] == [0, 1, 2, 3]
    assert [len(row["batch"]) for row in data["rows"]] == [0, 2, 1, 2]
    assert all(isinstance(value, str) for row in data["rows"] for value in (row["loss"], *row["values"].values()))
    assert [step["target"] for step in data["steps"]] == ["v_w@1", "w@1", "v_b@1", "b@1"]
    assert data["steps"][1]["expression"] == "w - eta*v_w@1"


def test_the_same_input_gives_the_same_bytes():
    def made():
        trained = line(optimiser="sgd", rate="0.05", steps=40, seed=9)
        return trained.to_json(), trained.to_csv(), trained.to_text(), trained.to_latex()

    assert made() == made()


def test_the_exercises_own_settings_belong_to_its_own_optimiser():
    assert tutor.train("neuron/adam", steps=1).task.rate == F(1, 10)
    assert tutor.train("neuron/adam", optimiser="rmsprop", steps=1).task.rate == F(1, 1000)  # that method's usual one
    assert tutor.train("neuron/minibatch", steps=1).task.size == 2
    assert tutor.train("neuron/minibatch", optimiser="gd", rate=1, steps=1).task.size == 5


BAD = [  # arguments, pieces of the message
    ({"steps": 10**9}, ["a table of 1,000,000,000 rows", "10,000,000"]),
    ({"steps": -1}, ["-1 updates"]),
    ({"rate": "fast"}, ["the step size", "'fast' is not a number"]),
    ({"batch": 4}, ["a batch of 4 is larger than the data (3 samples)", "take 1 to 3"]),
    ({"batch": 0}, ["a batch of 0 samples"]),
    ({"optimiser": "adamm"}, ["there is no optimiser adamm", "adam"]),
    ({"rate": None}, ["no step size", "--rate"]),
]


@pytest.mark.parametrize(("arguments", "pieces"), BAD)
def test_bad_input(arguments, pieces):
    with pytest.raises(TutorError) as error:
        line(**{"rate": "0.1", "steps": 2, **arguments})
    assert [piece for piece in pieces if piece not in str(error.value)] == []


def test_columns_of_different_lengths():
    with pytest.raises(TutorError, match="different lengths"):
        tutor.train("L = (w*x - y)^2", at={"w": 1}, data={"x": [1, 2], "y": [1]}, rate=1)


def test_an_expression_trains_what_is_no_column():
    trained = tutor.train("L = (w*x - y)^2", at={"w": 0}, data={"x": [1, 2], "y": [2, 4]}, optimiser="newton", steps=1)
    assert trained.parameter("w") == 2
    with pytest.raises(TutorError, match="x is not trained"):
        trained.parameter("x")
