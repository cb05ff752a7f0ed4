"""What a target stands for: an exercise by id or file, an expression, or steps."""

import pytest

from tutor.errors import TutorError
from tutor.exercise.load import load
from tutor.solving.target import target_exercise


def steps(target, **options):
    return [step.target for step in target_exercise(target, **options).graph.steps]


def test_a_file_an_id_and_an_exercise_are_the_same(tmp_path):
    (tmp_path / "e.toml").write_text('title = "t"\nsteps = ["d = x + y", "f = d*z"]\n')
    assert steps(str(tmp_path / "e.toml")) == ["d", "f"]
    exercise = load("dl/add-multiply")
    assert target_exercise(exercise) is exercise
    assert target_exercise("dl/add-multiply").graph == exercise.graph


@pytest.mark.parametrize(("text", "found"), [("(x+y)*z", ["a", "f"]), ("d = x + y; f = d*z", ["d", "f"])])
def test_what_is_typed_is_an_exercise_too(text, found):
    assert steps(text) == found


def test_long_formulas_are_taken_apart_or_left():
    long = "f = (x + y)*z"
    assert len(steps(long, apart=True)) > len(steps(long, apart=False)) == 1


@pytest.mark.parametrize("text", ["", "x +", "neuron/no-such", "no-such.toml"])
def test_what_is_none_of_these_is_said(text):
    with pytest.raises(TutorError):
        target_exercise(text)
