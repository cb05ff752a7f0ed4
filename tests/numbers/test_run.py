"""Values: exact as long as every rule is rational; what does not exist is named with its step."""

import pickle
from fractions import Fraction

import pytest
from counted import at_most
from independent import MP, close

from tutor.derive.backward import derive
from tutor.errors import ValueProblem
from tutor.expression.parse import parse
from tutor.graph.build import from_steps
from tutor.numbers.arithmetic import CONTEXT, DIGITS, Constant, as_real, compute_rigorously, is_exact
from tutor.numbers.balls import is_ball
from tutor.numbers.run import check_names, compute, compute_stable, evaluate, read_value, require, run
from tutor.rules.functions import FUNCTIONS


def value(text, **names):
    known = {name: Fraction(number) for name, number in names.items()}
    return compute(parse(text, functions=FUNCTIONS), known)


EXACT = [
    ("1/3 + 1/6", Fraction(1, 2)),
    ("0.05*3", Fraction(3, 20)),
    ("0.1 + 0.2", Fraction(3, 10)),
    ("4.38568e-4", Fraction(438568, 10**9)),
    ("(2/3)^3", Fraction(8, 27)),
    ("2^(-3)", Fraction(1, 8)),
    ("(-1)^1000", Fraction(1)),
    ("(-1)^999", Fraction(-1)),
    ("0^0", Fraction(1)),
    ("4^0.5", Fraction(2)),
    ("sqrt(9/4)", Fraction(3, 2)),
    ("exp(0)", Fraction(1)),
    ("log(1)", Fraction(0)),
    ("sin(0) + cos(0)", Fraction(1)),
    ("tanh(0)", Fraction(0)),
    ("sigmoid(0)", Fraction(1, 2)),
    ("sigmoid'(0)", Fraction(1, 4)),
    ("relu(-2) + relu(2)", Fraction(2)),
    ("leaky_relu(-2, 0.1)", Fraction(-1, 5)),
    ("abs(-3/7)", Fraction(3, 7)),
    ("max(1/3, 0.33)", Fraction(1, 3)),
    ("min(1/3, 0.33)", Fraction(33, 100)),
    ("sign(-2)", Fraction(-1)),
    ("heaviside(0)", Fraction(0)),
    ("if_positive(0, 1, 2)", Fraction(2)),
    ("if_positive(1, 2, log(-1))", Fraction(2)),
    ("half_squared_error(1, 3)", Fraction(2)),
    ("hinge(1/2, 1)", Fraction(1, 2)),
    ("softmax_1(3)", Fraction(1)),
    ("0*exp(5)", Fraction(0)),
]


@pytest.mark.parametrize(("text", "expected"), EXACT, ids=[row[0] for row in EXACT])
def test_exact(text, expected):
    found = value(text)
    assert is_exact(found) or text == "softmax_1(3)"
    assert found == expected


ROUNDED = [
    ("exp(1)", lambda: MP.e),
    ("log(2)", lambda: MP.log(2)),
    ("sqrt(2)", lambda: MP.sqrt(2)),
    ("2^0.5", lambda: MP.sqrt(2)),
    ("2^(1/3)", lambda: MP.cbrt(2)),
    ("pi", lambda: +MP.pi),
    ("sigmoid(-1)", lambda: 1 / (1 + MP.e)),
    ("sigmoid(-2000)", lambda: MP.exp(-2000)),
    ("tanh(1/3)", lambda: MP.tanh(MP.mpf(1) / 3)),
    ("softplus(2000)", lambda: MP.mpf(2000)),
    ("softplus(-2000)", lambda: MP.exp(-2000)),
    ("elu(-1, 2)", lambda: 2 * (MP.exp(-1) - 1)),
    ("softmax_2(1, 2)", lambda: MP.e**2 / (MP.e + MP.e**2)),
]


@pytest.mark.parametrize(("text", "expected"), ROUNDED, ids=[row[0] for row in ROUNDED])
def test_guard_digits(text, expected):
    assert close(value(text), expected(), 45)
    assert CONTEXT.dps == DIGITS


NOT_THERE = [  # text, what is said
    ("1/0", "division by zero"),
    ("1/(x - x)", "division by zero"),
    ("log(0)", "logarithm of zero"),
    ("log(-2)", "logarithm of a negative number (-2)"),
    ("sqrt(-2)", "square root of a negative number (-2)"),
    ("(-2)^(1/2)", "negative number to a power that is no whole number"),
    ("(-8)^(1/3)", "negative number to a power that is no whole number"),
    ("0^(-1)", "0 to a negative power"),
    ("0^(-0.5)", "0 to a negative power"),
    ("exp(10^9)", "overflow"),
    ("exp(exp(exp(exp(2))))", "overflow"),
    ("exp(x*10^8)", "overflow"),
    ("((x^999)^999)^999", "overflow"),
    ("(10^x)^(10^x)", "overflow"),
    ("sin(10^50)", "too large an angle"),
    ("1/exp(-10^9)", "division by zero"),
    ("q + 1", "q has no value"),
    ("log(-(x^250)^12)", "logarithm of a negative number"),
    ("sqrt(-(x^250)^12)", "square root of a negative number"),
    ("log(-1/(x^250)^12)", "logarithm of a negative number"),
]


@pytest.mark.parametrize(("text", "what"), NOT_THERE, ids=[row[0] for row in NOT_THERE])
def test_a_value_that_does_not_exist_is_said(text, what):
    with at_most(50_000), pytest.raises(ValueProblem) as caught:
        value(text, x=100)
    assert what in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["exp(-10^9)", "sigmoid(10^9)", "tanh(10^9)", "sigmoid(-10^9)", "softplus(10^8)", "(x^999)^999"]
)
def test_large_arguments_that_are_no_problem(text):
    with at_most(50_000):
        value(text, x=100)


@pytest.mark.parametrize(
    ("lines", "values", "where"),
    [
        (["a = x - 1", "f = 1/a"], {"x": 1}, "f = 1/a at a = 0"),
        (["f = log(x)"], {"x": -1}, "f = log(x) at x = -1"),
        (["f = sqrt(x)"], {"x": 0}, "df/dx = 1/(2*f) at f = 0"),
    ],
)
def test_a_problem_is_located(lines, values, where):
    with pytest.raises(ValueProblem) as caught:
        evaluate(derive(from_steps(lines)), {name: Fraction(number) for name, number in values.items()})
    assert caught.value.where == where


def test_a_derivative_that_is_not_asked_for_does_not_stop_the_others():
    """x^y at x = -2, y = 3 has ∂/∂x = 12; ∂/∂y does not exist."""
    # once a fault: every backward step was run, also those that nothing asked for needs
    from tutor.results.solution import solve

    assert solve("x^y", at={"x": -2, "y": 3}, wrt=["x"]).gradient("x") == 12


def test_all_missing_values_are_named():
    graph = from_steps(["f = " + " + ".join(f"x{n}" for n in range(12))])
    with pytest.raises(ValueProblem, match="x1, x2") as caught:
        require(graph, {"x0": 1})
    assert "and 3 more" in caught.value.what
    with pytest.raises(ValueProblem, match="x11 has no value"):
        require(graph, {f"x{n}": 1 for n in range(11)})


def test_only_leaves_can_be_given():
    graph = from_steps(["d = x + y", "f = d*z"])
    check_names({"x": 1, "z": 2}, graph)
    with pytest.raises(ValueProblem, match="d is computed"):
        check_names({"d": 1}, graph)
    with pytest.raises(ValueProblem, match="no quantity q"):
        check_names({"q": 1}, graph)


def test_running_keeps_what_was_given():
    graph = from_steps(["d = x + y", "f = d*z"])
    given = {"x": Fraction(1), "y": Fraction(-3), "z": Fraction(4)}
    assert run(graph.steps, given) == {**given, "d": -2, "f": -8}
    assert set(given) == {"x", "y", "z"}


READ = [
    ("0.05", Fraction(1, 20)), ("1/3", Fraction(1, 3)), ("-2", Fraction(-2)), ("−2.5", Fraction(-5, 2)),
    ("+ 3", Fraction(3)),
    ("1e-3", Fraction(1, 1000)), ("2^-3", Fraction(1, 8)), ("½", Fraction(1, 2)), (" 7 ", Fraction(7)),
    (".5", Fraction(1, 2)),
    ("1/0.5", Fraction(2)), ("2*3 - 1", Fraction(5)), ("1e308", Fraction(10**308)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ, ids=[row[0] for row in READ])
def test_read_value(text, expected):
    assert read_value(text) == expected


NO_NUMBER = [
    ("", "write it as 0.5"), ("abc", "abc"), ("nan", "finite"), ("-inf", "finite"), ("Infinity", "finite"),
    ("0,5", "with a point"),
    ("1/0", "division by zero"), ("9**9**9**9", "exponent"), ("log(-1)", "negative"), ("1 2", "two numbers"),
    ("x", "x"),
    ("__import__('os')", ""), ("1" * 500, "limit of 400 digits"), ("(" * 100, ""), ("True", "True"), ("0x10", ""),
    ("1e99999", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hint"), NO_NUMBER, ids=[repr(row[0][:20]) for row in NO_NUMBER])
def test_what_is_no_number_is_refused(text, hint):
    with pytest.raises(ValueProblem) as caught:
        read_value(text, "x")
    assert "the value of x" in caught.value.where
    assert hint in str(caught.value)
    assert len(str(caught.value)) < 400


def test_what_cancels_is_exactly_zero():
    """The slopes of a softmax add up to 0; with any number of digits something is left of each, and none of it is shown."""
    import tutor

    solution = tutor.solve("qmul/softmax-layer", form="scalar")
    assert [solution.gradient(name) for name in ("z_1", "z_2", "z_3")] == [0, 0, 0]


def test_what_is_small_stays_small():
    """σ'(1400) is 10⁻⁶⁰⁸, and no noise."""
    import tutor

    solution = tutor.solve("a = sigmoid(x); L = 3*a", at={"x": 1400})
    assert 0 < solution.gradient("x") < 1e-300


def test_a_given_root_is_not_its_first_sixty_digits():
    """x² − 2 at x = √2 was shown as 1.14492×10⁻⁶¹."""
    derivation = derive(from_steps(["f = x^2 - 2", "g = log(y) - 1", "L = f*g + x"]))
    values = evaluate(derivation, {"x": read_value("sqrt(2)"), "y": read_value("exp(1)")})
    assert (values["f"], values["g"]) == (0, 0)
    assert abs(values["dL/dx"] - 1) < 1e-60


def test_a_given_root_can_be_sent():
    root = read_value("sqrt(2)")
    again = pickle.loads(pickle.dumps(root))
    assert (again, type(again), again.formula) == (root, Constant, root.formula)


def test_a_sum_that_large_numbers_cancel_in_is_no_zero():
    """The terms are 10⁴³⁴: what differs is in their last digits, and thousands of them are looked at before anything counts as 0."""
    steps = ["f = exp(1000 + x) - exp(1000)", "g = exp(1000)*(sqrt(y)^2 - 2)"]
    values = {"x": Fraction(1, 10**300), "y": Fraction(2)}
    found = compute_stable(lambda: run(from_steps([*steps, "L = f + g"]).steps, values))
    assert found["g"] == 0
    assert abs(as_real(found["f"]) / CONTEXT.mpf(10) ** 134 - CONTEXT.mpf("1.970071114017046993888879352243")) < 1e-25
    compared = compute_stable(lambda: run(from_steps([*steps, "L = f + g"]).steps, values), least=350)  # no zero is shown of it
    assert abs(as_real(compared["g"])) < CONTEXT.mpf(10) ** -350 * as_real(compared["L"])
    assert abs(as_real(compared["f"]) / as_real(found["f"]) - 1) < 1e-55


def test_one_computation_within_another_leaves_the_digits_to_the_outer_one():
    inner = lambda: compute_stable(lambda: {"s": compute(parse("1/3 + x^(1/2)"), {"x": Fraction(2)})})  # noqa: E731
    with compute_rigorously(200):
        assert is_ball(inner()["s"])
    assert not is_ball(inner()["s"])


FAR = {
    "1/(1 + exp(-x))": Fraction(10) ** 10,
    "exp(-x) + 1 - 1": Fraction(10) ** 9,
    "tanh(x)": Fraction(10) ** 8,
    "sigmoid(x)": Fraction(3 * 10**9),
}


@pytest.mark.parametrize("text", FAR)
def test_what_would_need_a_billion_digits_is_refused_and_says_how_many(text):
    with pytest.raises(ValueProblem, match=r"needs about [0-9,]{9,} digits"):
        evaluate(derive(from_steps([f"L = {text}"])), {"x": FAR[text]})


def test_a_small_slope_that_thousands_of_digits_tell_is_no_zero():
    values = evaluate(derive(from_steps(["L = 1/(1 + exp(-x))"])), {"x": Fraction(5000)})
    slope = values["dL/dx"]
    assert 3.369e-2 < float(slope * CONTEXT.mpf(10) ** 2170) < 3.37e-2


TOO_SMALL = {"exp(-exp(x))": 100, "sigmoid(x)": -(10**9), "softplus(x)": -(10**9), "y*exp(x)": -(10**12)}


@pytest.mark.parametrize("text", TOO_SMALL)
def test_what_is_not_0_is_not_shown_as_0(text):
    with pytest.raises(ValueProblem, match=r"is not 0, but smaller than .* too small to be written"):
        evaluate(derive(from_steps([f"L = {text}"])), {"x": Fraction(TOO_SMALL[text]), "y": Fraction(2)})
