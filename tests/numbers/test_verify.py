"""The proof: it passes what is right, and stops what is wrong by a thousandth."""

import sys
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from independent import MP

from tutor.derive.backward import derive
from tutor.errors import ProofError, ValueProblem
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Mul, Number
from tutor.graph.build import from_steps
from tutor.graph.network import Network, from_network
from tutor.graph.nouns import Derivation
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.run import evaluate
from tutor.numbers.sympy_loss import number
from tutor.numbers.verify import check_locals, random_points, verify
from tutor.results.solution import solve
from tutor.rules.functions import FUNCTIONS

F = Fraction
GRAPH = ["z = w*x + b", "a = sigmoid(z)", "L = 1/2*(t - a)^2"]
VALUES = {"w": F(1, 2), "x": F(2), "b": F(-1, 3), "t": F(1)}


def test_a_right_derivation_is_proved():
    derivation = derive(from_steps(GRAPH))
    proof = verify(derivation, VALUES, derivation.graph.names)
    assert (proof.symbolic, proof.at_values, proof.points, proof.unproved) == (6, True, 1, None)
    assert proof.numeric == 6
    assert MP.mpf(proof.error) < MP.mpf(10) ** -20


def test_without_values_at_two_random_points():
    derivation = derive(from_steps(GRAPH))
    proof = verify(derivation, None, ["w", "b"])
    assert (proof.symbolic, proof.numeric, proof.points, proof.at_values) == (2, 2, 2, False)
    assert proof == verify(derivation, None, ["w", "b"])


def test_on_a_kink_the_proof_moves_away_and_says_so():
    proof = verify(derive(from_steps(["f = relu(x)*y"])), {"x": F(0), "y": F(1)}, ["x"])
    assert not proof.at_values
    assert proof.unproved is not None
    assert proof.unproved.at == "kink"
    assert "convention" in ENGLISH.proofs.say_proof(proof)


BENT = {  # a row, and a graph through it
    "sigmoid": ["z = w*x", "f = sigmoid(z)"],
    "tanh": ["z = w*x", "f = tanh(z)"],
    "exp": ["z = w*x", "f = exp(z)"],
    "elu": ["z = w*x", "f = elu(z, 2)"],
    "squared_error": ["z = w*x", "f = squared_error(z, y)"],
    "softplus": ["z = w*x", "f = softplus(z)*sin(z)"],
}


def forget():
    """Empty every cache of the package, so that a changed row is read again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tutor"):
            for thing in vars(module).values():
                if hasattr(thing, "cache_clear"):
                    thing.cache_clear()


@pytest.fixture
def bent(monkeypatch):
    """Bends a row of the table itself: its first derivative times 1.001."""

    def bend(name):
        row = FUNCTIONS[name]
        monkeypatch.setitem(FUNCTIONS, name, replace(row, partials=(f"1.001*({row.partials[0]})", *row.partials[1:])))
        forget()

    yield bend
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize("name", BENT)
def test_a_row_bent_by_a_thousandth_is_stopped(name, bent):
    bent(name)
    derivation = derive(from_steps(BENT[name]))
    values = {q.name: F(3, 4) for q in derivation.graph.leaves}
    with pytest.raises(ProofError) as caught:
        verify(derivation, values, ["w"])
    assert "was derived as" in caught.value.what
    assert "fault of tutor" in caught.value.hint
    with pytest.raises(ProofError):
        verify(derivation, None, ["w"])
    with pytest.raises(ProofError):
        check_locals(derivation, evaluate(derivation, values).values, derivation.graph.names)
    with pytest.raises(ProofError):
        solve("; ".join(BENT[name]), wrt=["w"])


def bent_step(derivation, target):
    """The derivation with one backward step wrong by a thousandth."""
    steps = tuple(
        replace(step, expr=Mul((Number("1.001"), step.expr))) if step.target == target else step
        for step in derivation.backward
    )
    return Derivation(derivation.graph, steps, derivation.wanted)


@pytest.mark.parametrize("target", ["dL/dw", "dL/dz", "dL/da", "dL/dt"])
def test_any_bent_step_is_stopped(target):
    derivation = bent_step(derive(from_steps(GRAPH)), target)
    with pytest.raises(ProofError):
        verify(derivation, VALUES, derivation.graph.names)


def test_finite_differences_alone_stop_it_too():
    """Where the formula is too large for SymPy only numbers are compared."""
    derivation = bent_step(derive(from_steps(GRAPH)), "dL/dw")
    with pytest.raises(ProofError, match="finite difference"):
        verify(derivation, VALUES, derivation.graph.names, symbolic=())


def test_sympy_alone_stops_it_too():
    derivation = bent_step(derive(from_steps(GRAPH)), "dL/dw")
    with pytest.raises(ProofError, match="SymPy"):
        verify(derivation, VALUES, (), symbolic=["w"])


def test_a_large_graph_is_checked_along_a_direction():
    graph = from_network(Network((12, 20, 20, 3), ("tanh", "tanh", "sigmoid")))
    derivation = derive(graph)
    values = {q.name: F(k % 17 - 8, 20) for k, q in enumerate(graph.leaves)}
    proof = verify(derivation, values, [q.name for q in graph.leaves] * 20, symbolic=())
    assert proof.numeric == len(graph.leaves)
    bent = bent_step(derivation, "dL/dw1_3_2")
    with pytest.raises(ProofError, match="slope of L"):
        verify(bent, values, [q.name for q in graph.leaves] * 20, symbolic=())


def test_random_points_are_inside_the_domain_and_off_the_kinks():
    graph = from_steps(["a = log(x)", "b = sqrt(1 - y)", "f = max(a, b)/z"])
    points = random_points(graph, 5)
    assert len(points) == 5
    assert all(point["x"] > 0 and point["y"] < 1 and point["a"] != point["b"] for point in points)
    assert points == random_points(graph, 5)
    assert points != random_points(graph, 5, seed=1)


def test_nowhere_to_stand_is_said():
    derivation = derive(from_steps(["f = log(-x^2)"]))
    with pytest.raises(ValueProblem, match="no point was found at which the whole formula exists") as caught:
        verify(derivation, None, ["x"])
    assert "logarithm of a negative number" in caught.value.what
    assert "--at x=1" in caught.value.hint


def test_a_gradient_that_is_too_small_is_not_said_to_be_proved():
    """Forty sigmoids on top of each other: the gradient is about 10^-26 and still resolved; four hundred: it is not."""
    for length, small in ((40, 0), (400, 1)):
        graph = from_steps([f"x{i + 1} = sigmoid(x{i})" for i in range(length)])
        proof = verify(derive(graph), {"x0": F(1, 2)}, ["x0"], symbolic=())
        assert (proof.numeric, proof.small) == (1 - small, small)


def test_what_sympy_counts_with_whole_numbers_stays_exact():
    """Heaviside(x)/2 is the fraction 1/2; a plain 1 of Python's divided by 2 would be a float."""
    x = sympy.Symbol("x", real=True)
    for expression, right in [(sympy.Heaviside(x), 1), (1 / (1 + sympy.Heaviside(x)), Fraction(1, 2)), (sympy.DiracDelta(x), 0)]:
        found = number(expression, {"x": Fraction(3)}, {})
        assert (found, type(found)) == (right, Fraction)


def test_finite_differences_say_what_rounding_leaves_of_them():
    """Of e^(5000 + x) no digits in use tell a difference at x = 10⁻⁹⁰⁰: that is no fault, and not proved by it either."""
    derivation = derive(from_steps(["a = 5000 + x", "f = exp(a) - exp(5000)"]))
    proof = verify(derivation, {"x": F(1, 10**900)}, ["x", "a"])
    assert (proof.symbolic, proof.numeric, proof.small) == (2, 1, 1)


def test_finite_differences_of_fractions_are_exact():
    proof = verify(derive(from_steps(["f = x*y^2/3"])), {"x": F(1), "y": F(2)}, ["x", "y"])
    assert proof.error <= CONTEXT.mpf(10) ** -58


def test_at_a_minimum_the_third_derivative_is_no_disagreement():
    """The difference quotient of a slope of 0 is h²·f'''/6, with any number of digits, and there is nothing that it is small against."""
    derivation = derive(from_steps(["D = log(q/p) + p^2/(2*q^2)"]))
    at = {"p": F(1), "q": F(1)}
    assert verify(derivation, at, ["p", "q"]).numeric == 2
    check_locals(derivation, evaluate(derivation, at).values, ["p", "q"])
