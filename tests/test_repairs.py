"""What a fresh pair of eyes found, each kept as a row: hard numbers, mistyped names, several faults at once."""

from __future__ import annotations

import subprocess
import sys

import mpmath
import pytest

import tutor
from tutor.errors import TutorError
from tutor.exercise.catalogue import is_exercise_name
from tutor.exercise.load import from_text

MP = mpmath.MPContext()
MP.dps = 800

HARD = [  # expression, x, the derivative with 800 digits: cancellation, large angles, poles, the edge of a domain
    ("sigmoid(x)", "140", lambda x: MP.exp(-x) / (1 + MP.exp(-x)) ** 2),
    ("sigmoid(x)", "1000", lambda x: MP.exp(-x) / (1 + MP.exp(-x)) ** 2),
    ("tanh(x)", "68", lambda x: 1 / MP.cosh(x) ** 2),
    ("tanh(x)", "200", lambda x: 1 / MP.cosh(x) ** 2),
    ("sin(x)", "1e20", MP.cos),
    ("tan(x)", "1.57079632679", lambda x: 1 / MP.cos(x) ** 2),
    ("sin(1/x)", "1e-20", lambda x: -MP.cos(1 / x) / x**2),
    ("1/(1-x)", "0.99999999999999999999", lambda x: 1 / (1 - x) ** 2),
    ("log(1-sigmoid(x))", "200", lambda x: -1 / (1 + MP.exp(-x))),
    ("x^1.5", "0", lambda x: 0 * x),
]


@pytest.mark.parametrize(("text", "at", "slope"), HARD, ids=[f"{row[0]} at {row[1]}" for row in HARD])
def test_twenty_digits_whatever_cancels(text, at, slope):
    x = (
        MP.mpf(tutor.solve("x^1", at={"x": at}).trace["x"].numerator)
        / tutor.solve("x^1", at={"x": at}).trace["x"].denominator
    )
    found = tutor.solve(text, at={"x": at}).gradient("x")
    ours = MP.mpf(found.numerator) / found.denominator if hasattr(found, "numerator") else MP.mpf(found)
    assert abs(ours - slope(x)) <= abs(slope(x)) * MP.mpf(10) ** -20


@pytest.mark.parametrize(
    "name", ["two-two-two", "sqrt-cos", "relu-regression", "neuron", "nosuch", "nuron/two-two-two", "dl/nothing"]
)
def test_a_mistyped_exercise_is_no_algebra(name):
    with pytest.raises(TutorError, match="there is no exercise"):
        tutor.solve(name)


@pytest.mark.parametrize("text", ["x/out-target", "dl/dw", "dl/x", "x/y", "a-b", "x"])
def test_a_quotient_is_no_exercise(text):
    assert not is_exercise_name(text)


def test_all_faults_of_a_network_and_of_steps_are_reported():
    network = 'title="t"\n[network]\nsizes=[2,2,1]\nactivation=["foo"]\nloss="bar"\nbiases="some"\nnaming="x"\n'
    with pytest.raises(TutorError) as caught:
        from_text(network, "n")
    assert all(
        word in str(caught.value)
        for word in ("1 activations for 2", "activation foo", "loss bar", "biases some", "naming x")
    )
    with pytest.raises(TutorError) as caught:
        from_text('title="t"\nsteps=["a = x +", "b = foo(x)", "c = x", "c = y"]\n', "s")
    assert all(word in str(caught.value) for word in ("steps[1]", "steps[2]", "steps[4]"))


@pytest.mark.parametrize("course", ["qmul", "cmu", "graz", "dl"])
def test_no_two_weights_share_a_symbol(course):
    graph = tutor.from_network(tutor.Network((12, 12, 1), ("tanh", "tanh")))
    from tutor.graph.network import quantities
    from tutor.notation.profile import notation

    style = notation(course, quantities(graph), loss="L")
    names = [quantity.name for quantity in graph.leaves]
    assert len({style.symbol(name).latex for name in names}) == len(names)
    assert len({style.symbol(name).text for name in names}) == len(names)


def test_an_activation_with_a_number():
    graph = tutor.from_network(tutor.Network((1, 1), ("leaky_relu(0.1)",), loss="squared error", biases="none"))
    solution = tutor.solve(tutor.Exercise("own", "own", graph=graph), at={"x1": 1, "w1_1_1": -2, "y1": 0})
    assert solution.trace["a1_1"] == tutor.solve("x/y", at={"x": -1, "y": 5}).trace["f"]


def test_escapes_in_arguments_never_reach_the_terminal():
    for arguments in (
        ["check", "a/\x1b]0;x\x07"],
        ["solve", "\u202efoo.toml"],
        ["solve", "x*y", "--notation", "\x1b[31m"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "tutor", *arguments], capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 2
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)


def test_definitions_of_functions_are_written_out():
    page = tutor.solve("dl/activations").to_text(100)
    assert "= 1/(1 + exp(−" in page
    assert "PReLU(" in page.partition("Where")[2]


def test_a_derivative_of_one_is_a_term_of_a_sum():
    page = tutor.solve("qmul/heaviside-perceptron").to_text(120)
    assert "= 1" in page
    for line in page.splitlines():
        if "∂b" in line and "= 1 " in line:
            assert "partner" not in line


def test_a_claim_after_updates_needs_a_step_size():
    text = (
        'title="t"\nsteps=["L = w^2"]\nparameters=["w"]\n[values]\nw=1\n[[claim]]\nclaim="w after 1"\nprinted="0.8"\n'
    )
    with pytest.raises(TutorError, match="step size"):
        tutor.check(from_text(text, "t"))
