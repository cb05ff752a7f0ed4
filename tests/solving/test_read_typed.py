"""What somebody types: values in steps, long formulas taken apart, what is trained."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tutor
from tutor import train
from tutor.errors import GraphError, ValueProblem
from tutor.explain.words.wording import ENGLISH
from tutor.expression.plain import write_plain
from tutor.solving.read_typed import make_typed_exercise

F = Fraction


def written(exercise):
    return {step.target: write_plain(step.expr) for step in exercise.graph.steps}


RATIO = "(x + sigma(y))/(sigma(x) + (x+y)^2)"
APART = {"a": "sigmoid(y)", "b": "x + a", "c": "sigmoid(x)", "d": "x + y", "e": "d^2", "g": "c + e", "f": "b/g"}
TABLE = [  # the text, apart, the steps, whether it is said
    (f"f = {RATIO}", None, APART, "taken apart into 7 steps"),
    (RATIO, None, APART, ""),
    (f"f = {RATIO}", False, {"f": "(x + sigmoid(y))/(sigmoid(x) + (x + y)^2)"}, "--apart takes it apart"),
    (RATIO, False, {"f": "(x + sigmoid(y))/(sigmoid(x) + (x + y)^2)"}, "--apart takes it apart"),
    ("z = w*x + b; L = (sigmoid(z) - y)^2", None, {"z": "w*x + b", "L": "(sigmoid(z) - y)^2"}, "--apart takes it apart"),
    ("z = w*x + b; L = (sigmoid(z) - y)^2", True, {"z": "w*x + b", "a": "sigmoid(z)", "c": "a - y", "L": "c^2"}, "L is taken apart into 3"),
    ("a = exp(x + y); b = exp(x*y)*a", True, {"c": "x + y", "a": "exp(c)", "d": "x*y", "e": "exp(d)", "b": "e*a"}, "a and b are"),
    ("L = 1/2*(t - o)^2", None, {"L": "1/2*(t - o)^2"}, ""),  # one operation, with a name
    ("L = max(0, 1 - y*a)", None, {"L": "max(0, 1 - y*a)"}, ""),
    ("d = x + y; f = d*z", None, {"d": "x + y", "f": "d*z"}, ""),
    ("f = x^y", None, {"f": "x^y"}, ""),
    ("a = x*y; b = x*y; f = log(a + b)", True, {"a": "x*y", "b": "x*y", "c": "a + b", "f": "log(c)"}, "f is taken apart"),
    ("f = g*exp(sin(x)); g = x", True, {"g": "x", "a": "sin(x)", "b": "exp(a)", "f": "g*b"}, "f is taken apart"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "apart", "expected", "said"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_apart_or_as_written(text, apart, expected, said):
    exercise = make_typed_exercise(text, apart=apart)
    assert written(exercise) == expected or sorted(written(exercise)) == sorted(expected)
    assert said in " ".join(map(ENGLISH.pages.remark, exercise.assumptions))
    assert bool(said) == bool(exercise.assumptions)


def test_the_page_says_it():
    assert "--as-written leaves it whole" in tutor.solve(f"f = {RATIO}").to_text(200)
    assert "--apart takes it apart" in tutor.solve(f"f = {RATIO}", apart=False, wrt=["x"]).to_text(200)


def test_an_exercise_stays_as_written_unless_asked():
    assert len(tutor.solve("dl/bce-columns", form="scalar").exercise.graph.steps) < len(
        tutor.solve("dl/bce-columns", apart=True, form="scalar").exercise.graph.steps
    )
    with pytest.raises(ValueProblem, match="--apart is for formulas of numbers"):
        tutor.solve("dl/bce-columns", apart=True, form="layer")


VALUES = [  # the text, what is given elsewhere, the given values, the gradients
    ("x = 3; y = x^2", {}, {"x": 3}, {"x": 6}),
    ("w = 2/3; x = 0.5; L = (w*x - 1)^2", {}, {"w": F(2, 3), "x": F(1, 2)}, {"w": F(-2, 3), "x": F(-8, 9)}),
    ("x = 3; y = x^2", {"x": 5}, {"x": 5}, {"x": 10}),  # given again, it counts
    ("x = 3; y = x^2*z", {"z": 2}, {"x": 3, "z": 2}, {"x": 12, "z": 9}),
    ("x = 2^3 + 1; y = -x", {}, {"x": 9}, {"x": -1}),
]


@pytest.mark.parametrize(("text", "at", "values", "expected"), VALUES, ids=[row[0] for row in VALUES])
def test_a_step_that_is_a_number_is_a_given_value(text, at, values, expected):
    solution = tutor.solve(text, at=at)
    assert dict(solution.values) == values
    assert {name: solution.gradient(name) for name in expected} == expected


def test_a_number_beside_an_open_quantity_stays_a_step():
    exercise = make_typed_exercise("x = 3; y = x^2*z")
    assert (written(exercise)["x"], dict(exercise.values)) == ("3", {})


def test_numbers_that_are_no_fractions_are_computed_too():
    solution = tutor.solve("x = sqrt(2); y = x^2")
    assert abs(solution.trace["y"] - 2) < 1e-50
    assert abs(solution.gradient("x") ** 2 - 8) < 1e-50
    assert tutor.solve("2^10").trace["f"] == 1024


TRAINED = [  # the text, the parameters, whether it is said
    ("(w*x - y)^2", ["w"], True),
    ("(w*x + b - y)^2", ["w", "b"], True),
    ("(w_1*x1 + w_2*x2 - t)^2", ["w_1", "w_2"], True),
    ("(theta*x - y)^2", ["theta"], True),
    ("x^2", ["x"], False),  # there is only one
]


@pytest.mark.parametrize(("text", "expected", "said"), TRAINED, ids=[row[0] for row in TRAINED])
def test_what_is_trained_is_said(text, expected, said):
    leaves = [quantity.name for quantity in make_typed_exercise(text).graph.leaves]
    at = {name: place + 1 for place, name in enumerate(leaves)}
    solution = tutor.solve(text, at=at, steps=1, rate="0.1")
    run = train(text, at=at, steps=1, rate="0.1")
    for names, page in ((solution.parameters, solution), (run.task.parameters, run)):
        assert list(names) == expected
        assert ("Assumed:" in page.to_text(200)) is said
    changed = {name for name, value in solution.run.rows[1].values.items() if value != at[name]}
    assert changed <= set(expected)


def test_nothing_is_guessed():
    for run in (tutor.solve, train):
        with pytest.raises(ValueProblem, match="nothing says which of x and y are trained"):
            run("x*y", at={"x": 1, "y": 2}, steps=1, rate="0.1")
        with pytest.raises(GraphError, match="no quantity"):
            run("x*y", at={"x": 1, "y": 2}, steps=1, rate="0.1", wrt=["q"])
    assert list(train("x*y", at={"x": 1, "y": 2}, steps=1, rate="0.1", wrt=["y"]).task.parameters) == ["y"]
    assert tutor.solve("x*y", at={"x": 1, "y": 2}, steps=1, rate="0.1", wrt=["y"]).parameters == ("y",)


def test_beside_a_data_set_the_rest_is_trained():
    run = train("(p*x + q - y)^2", at={"p": 1, "q": 0}, data={"x": [1, 2], "y": [2, 3]}, steps=1, rate="0.1")
    assert list(run.task.parameters) == ["p", "q"]
    assert "Assumed" not in run.to_text(200)


NAMES = st.sampled_from([*"abcdefghijklmnopqrstuvwxyz", "df", "dx", "n1", "f1", "pi1", "w_1", "eta", "alpha", "L", "E", "dL"])
pieces = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("{}*{}".format, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({})^2".format, inner),
        st.builds("{}({})".format, st.sampled_from(["sigmoid", "exp", "tanh", "sqrt"]), inner),
    ),
    max_leaves=10,
)


@given(pieces)
@settings(max_examples=120)
def test_no_expression_over_any_letters_collides(text):
    """In any way of asking: solved, drawn, trained with one of its own letters; the user's names all stay inputs."""
    exercise = make_typed_exercise(text)
    free = [quantity.name for quantity in exercise.graph.leaves]
    assert not set(free) & {step.target for step in exercise.graph.steps}
    assume(free)  # e^2 has none
    at = {name: F(place + 3, place + 2) for place, name in enumerate(free)}
    solution = tutor.solve(text, at=at, ask=lambda *_: dict)
    assert set(at) <= set(solution.trace)
    assert solution.to_text(80)
    assert solution.to_svg()
    run = train(text, at=at, wrt=free[:1], steps=1, rate="0.001", ask=lambda *_: dict)
    assert run.to_text(80)
    assert make_typed_exercise(f"Loss = {text}").graph.loss == "Loss"
