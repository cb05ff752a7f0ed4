"""What is asked, resolved once: a table of options and what becomes of them, in either form."""

from fractions import Fraction

import pytest

from tutor.errors import TutorError
from tutor.exercise.load import from_text, load
from tutor.solving.request import Options, resolve_solution, resolve_training
from tutor.solving.target import target_exercise

F = Fraction
NEURON = "neuron/two-two-two"


def resolved(target, subject="solution", **options):
    exercise = target_exercise(target) if isinstance(target, str) else target
    resolve = resolve_solution if subject == "solution" else resolve_training
    return resolve(exercise, Options(**options))


FOUND = [  # target, subject, options, field, value
    (NEURON, "solution", {}, "form", "scalar"),
    (NEURON, "solution", {}, "updates", 1),
    (NEURON, "solution", {"steps": 0, "rate": 1}, "trained", ()),
    (NEURON, "solution", {"wrt": ["w5", "w1", "w5"]}, "wanted", ("w5", "w1")),
    (NEURON, "solution", {"wrt": ["w5"]}, "trained", ("w5",)),
    (NEURON, "solution", {"wrt": ["w5"]}, "focused", True),
    (NEURON, "solution", {}, "own", True),
    (NEURON, "solution", {"at": {"w5": 1}}, "own", False),
    (NEURON, "solution", {"rate": "1/4"}, "rate", F(1, 4)),
    (NEURON, "solution", {"form": "layer"}, "trained", ("W1", "b1", "W2", "b2")),
    (NEURON, "solution", {"form": "layer", "wrt": ["w5", "W2"]}, "wanted", ("W2",)),
    (NEURON, "training", {"optimiser": "adam"}, "subject", "training"),
    (NEURON, "training", {"form": "layer"}, "trained", ("W1", "b1", "W2", "b2")),
    (NEURON, "training", {"steps": 3}, "updates", 3),
    ("(x+y)*z", "solution", {}, "values", None),
    ("(x+y)*z", "solution", {}, "wanted", ("z", "x", "y")),
    ("dl/layer-sizes-one", "solution", {}, "task", None),
]


@pytest.mark.parametrize(("target", "subject", "options", "field", "value"), FOUND)
def test_what_becomes_of_options(target, subject, options, field, value):
    found = getattr(resolved(target, subject, **options), field)
    assert (found[0][1] if field == "wanted" else found) == value


REFUSED = [
    (NEURON, "solution", {"wrt": ["w55"]}, "there is no quantity w55"),
    (NEURON, "solution", {"form": "layer", "wrt": ["w55"]}, "there is no quantity w55"),
    (NEURON, "solution", {"form": "layer", "chain": "full"}, "--chain"),
    (NEURON, "solution", {"steps": -1}, "-1 updates"),
    (NEURON, "solution", {"steps": 10**9}, "1000000000 updates"),
    (NEURON, "solution", {"rate": 0}, "a step size is positive"),
    (NEURON, "training", {"steps": -1}, "-1 updates"),
    (NEURON, "training", {"steps": 10**9}, "the limit is"),
    (NEURON, "training", {"batch": 2}, "larger than the data"),
    (NEURON, "training", {"optimiser": "adamm"}, "there is no"),
    (NEURON, "training", {"data": {"x": [1], "y": [1, 2]}}, "different lengths"),
    ("(x+y)*z", "solution", {"form": "layer"}, "no layer form"),
    ("w*x", "solution", {"steps": 1, "rate": 1}, "updates need numbers"),
    ("qmul/linear-neuron-samples", "solution", {"steps": 2}, "tutor train"),
]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{row[1]}: {row[3]}" for row in REFUSED])
def test_what_cannot_be_is_said(row):
    target, subject, options, words = row
    with pytest.raises(TutorError) as error:
        resolved(target, subject, **options)
    assert words in str(error.value)


def test_a_request_is_resolved_once_and_is_a_value():
    assert resolved(NEURON) == resolved(load(NEURON))


def test_sizes_that_are_letters_have_no_values():
    text = 'title = "x"\nsteps = ["L = sum(x^2)"]\n[shapes]\nx = "n"\n'
    request = resolved(from_text(text, "mine"))
    assert (request.form, request.values) == ("layer", None)
    with pytest.raises(TutorError, match="letters"):
        resolved(from_text(text, "mine"), at={"x_1": 1})
