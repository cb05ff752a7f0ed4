"""The facade: exercises, expressions and steps in, proved solutions out."""

from fractions import Fraction

import pytest
from independent import close, gradients

import tutor
from tutor.errors import ExpressionError, GraphError, TutorError, ValueProblem
from tutor.exercise.load import from_text

F = Fraction

TARGETS = [  # target, values, gradients
    ("(x+y)*z", {"x": 1, "y": -3, "z": 4}, {"x": 4, "y": 4, "z": -2, "f": 1, "a": 4}),
    ("d = x + y; f = d*z", {"x": 1, "y": -3, "z": 4}, {"x": 4, "y": 4, "z": -2, "d": 4}),
    ("f = d*z\nd = x + y", {"x": 1, "y": -3, "z": 4}, {"x": 1, "y": 1}),
    ("x^2", {"x": "1/3"}, {"x": F(2, 3)}),
    ("x*y", {"x": 0.5, "y": F(1, 3)}, {"x": F(1, 3), "y": F(1, 2)}),
    ("relu(x)*y", {"x": -1, "y": 2}, {"x": 0, "y": 0}),
]


@pytest.mark.parametrize(("target", "at", "expected"), TARGETS, ids=[row[0] for row in TARGETS])
def test_gradients(target, at, expected):
    solution = tutor.solve(target, at=at)
    assert {name: solution.gradient(name) for name in expected} == expected


def test_the_2_2_2_network_against_the_independent_implementation():
    solution = tutor.solve("neuron/two-two-two")
    exercise = tutor.load("neuron/two-two-two")
    for name, gradient in gradients(exercise.graph, exercise.values).items():
        assert close(solution.gradient(name), gradient)


def test_values_replace_those_of_the_exercise():
    assert tutor.solve("dl/add-multiply", at={"z": 5}).gradient("x") == 5
    assert tutor.solve("dl/add-multiply").gradient("x") == 4


def test_an_exercise_object():
    exercise = from_text('title = "t"\nsteps = ["f = x*y"]\n[values]\nx = 2\ny = 3\n', "mine")
    assert tutor.solve(exercise).gradient("x") == 3


WRONG = [  # target, settings, the error, what is said
    ("(x+y", {}, ExpressionError, "never closed"),
    ("", {}, ExpressionError, "empty expression"),
    ("a = b; b = a", {}, GraphError, "circle"),
    ("x*y", {"at": {"x": 1}}, ValueProblem, "y has no value"),
    ("x*y", {"at": {"x": 1, "y": "many"}}, ValueProblem, "'many' is not a number"),
    ("x*y", {"at": {"x": 1, "y": float("nan")}}, ValueProblem, "nan is no number"),
    ("x*y", {"at": {"x": 1, "y": 1, "q": 1}}, ValueProblem, "no quantity q"),
    ("x*y", {"at": {"f": 1}}, ValueProblem, "f is computed"),
    ("x*y", {"wrt": ["q"]}, GraphError, "no quantity q"),
    ("x*y", {"steps": 3, "rate": 1}, ValueProblem, "updates need numbers"),
    ("x*y", {"steps": 3, "at": {"x": 1, "y": 1}}, ValueProblem, "no step size"),
    ("x*y", {"steps": -1}, ValueProblem, "-1 updates"),
    ("x*y", {"steps": 10**9}, ValueProblem, "1000000000 updates"),
    ("x*y", {"rate": 0}, ValueProblem, "positive"),
    ("x*y", {"notation_name": "greek"}, TutorError, "no notation greek"),
    ("1/x", {"at": {"x": 0}}, ValueProblem, "division by zero"),
    ("neuron/two-two-tow", {}, TutorError, "no exercise"),
]


@pytest.mark.parametrize(("target", "settings", "kind", "what"), WRONG, ids=[row[3] for row in WRONG])
def test_what_is_wrong_is_said(target, settings, kind, what):
    with pytest.raises(kind) as caught:
        tutor.solve(target, **settings)
    assert what in caught.value.what


def test_a_gradient_that_is_not_there():
    with pytest.raises(ValueProblem, match="without values"):
        tutor.solve("x*y").gradient("x")
    with pytest.raises(ValueProblem, match="with respect to w55"):
        tutor.solve("neuron/two-two-two").gradient("w55")


def test_what_is_asked():
    assert tutor.solve("neuron/two-two-two", wrt=["w5", "w1", "w5"]).wanted == (("w5", "w1"),)
    assert set(tutor.solve("(x+y)*z").wanted[0]) == {"x", "y", "z"}
    assert set(tutor.solve("neuron/two-two-two").wanted[0]) == {f"w{k}" for k in range(1, 9)} | {"b1", "b2"}


def test_a_chosen_gradient_does_not_freeze_the_other_parameters():
    """With --wrt only w5 is shown, but all parameters are trained."""
    alone = tutor.solve("neuron/two-two-two", wrt=["w5"], steps=2)
    all_of_them = tutor.solve("neuron/two-two-two", steps=2)
    assert alone.run.rows[2].values["w5"] == all_of_them.run.rows[2].values["w5"]


def test_updates():
    solution = tutor.solve("x^2", at={"x": 1}, steps=3, rate="0.1")
    assert [row.values["x"] for row in solution.run.rows] == [1, F(4, 5), F(16, 25), F(64, 125)]


@pytest.mark.parametrize("target", ["x*y", "dl/add-multiply", "neuron/two-two-two", "cmu/counting"])
def test_a_solution_shows_itself(target):
    solution = tutor.solve(target)
    bundle = solution._repr_mimebundle_()
    assert {"text/plain", "text/markdown", "text/latex"} <= set(bundle)
    assert ("image/svg+xml" in bundle) is bool(solution.derivations)
    assert str(solution) == solution.to_text(80)
    assert max(len(line) for line in str(solution).split("\n")) <= 80


def test_the_same_input_gives_the_same_bytes():
    first, second = tutor.solve("neuron/two-two-two"), tutor.solve("neuron/two-two-two")
    for make in ("to_text", "to_latex", "to_markdown", "to_json", "to_svg"):
        assert getattr(first, make)() == getattr(second, make)()
