"""Comparing formulas: a table of pairs with their verdicts, answers to real exercises, and random formulas rewritten and corrupted."""

import random
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import sympy
from chosen_exercises import chosen_ids, load_once
from counted import ANSWER, at_most
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent import MP, OutsideError, forward, value
from justice import PAIRS, graph, truth
from some_now import some_now
from sympy_back import from_sympy

from tutor.answer.compare.formulas import compare, points_of, sample
from tutor.answer.read.reading import read
from tutor.answer.read.vocabulary import vocabulary
from tutor.derive.backward import derive
from tutor.exercise.load import load
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.sympy_bridge import to_sympy
from tutor.expression.walk import substitute
from tutor.graph.build import from_steps
from tutor.graph.nouns import Step
from tutor.numbers.balls import as_decimal
from tutor.rules.functions import FUNCTIONS

SMALL = ["z = w*x", "L = relu(z)"]
CASES = """
relu(z)                        | L                     | equal
max(z, 0)                      | L                     | equal
(z + abs(z))/2                 | L                     | equal
if_positive(z, z, 0)           | L                     | equal
z*heaviside(z)                 | L                     | equal
z                              | L                     | different
abs(z)                         | L                     | different
sqrt(z^2)                      | L                     | different
max(z, 1e-9)                   | L                     | different
max(z, -1e-9)                  | L                     | different
abs(x)                         | x                     | different
sqrt(x^2)                      | x                     | different
sqrt(x^2)                      | abs(x)                | equal
max(x, -50)                    | x                     | different
max(x, -1e9)                   | x                     | different
max(x, -1e200)                 | x                     | different
max(x, w)                      | (x + w + abs(x - w))/2 | equal
max(x, w, z)                   | max(z, max(w, x))     | equal
max(x, w, z)                   | max(x, w)             | different
min(x, w)                      | -max(-x, -w)          | equal
x + heaviside(x - 1000)        | x                     | different
if_positive(x - 1, x, x + 1e-13) | x                   | different
if_positive(x - 0.7, if_positive(0.7001 - x, x + 1, x), x) | x | different
if_positive(x - 0.7, if_positive(0.7000000001 - x, x + 1, x), x) | x | different
if_positive(x, abs(x), -abs(x)) | x                    | equal
max(sigmoid(x), -1)            | sigmoid(x)            | equal
max(sigmoid(x), 1e-9)          | sigmoid(x)            | different
if_positive(z, x, 0)           | dL/dw                 | equal
if_positive(3*z, x, 0)         | dL/dw                 | equal
if_positive(w*x, x, 0)         | dL/dw                 | equal
if_positive(-z, 0, x)          | dL/dw                 | equal
relu'(z)*x                     | dL/dw                 | equal
relu(z)*x/z                    | dL/dw                 | equal
x                              | dL/dw                 | different
if_positive(x, x, 0)           | dL/dw                 | different
if_positive(z, x, 1e-30)       | dL/dw                 | different
if_positive(z - 1e-20, x, 0)   | dL/dw                 | different
if_positive(z, 1, if_positive(-z, 0, 1)) | heaviside(z) | undecided
x^2/x                          | x                     | equal
x*w/w                          | x                     | equal
log(exp(x))                    | x                     | equal
exp(log(x))                    | x                     | undecided
sqrt(x)*sqrt(x)                | x                     | undecided
log(w*x)                       | log(w) + log(x)       | equal
log(w) + log(x)                | log(w*x)              | equal
log(w) - log(x)                | log(w*x)              | different
log(-1)                        | x                     | undecided
1/(x - x)                      | x                     | undecided
1/0                            | 1                     | undecided
1/(1/0)                        | 0                     | undecided
x - x                          | 0                     | equal
x - x + 1e-50                  | 0                     | different
x - x + 1e-300                 | 0                     | different
(x + 1)^2 - x^2 - 2*x          | 1                     | equal
x + 1e15 - 1e15                | x                     | equal
(1e8 + x - 1e8)*1e8            | 1e8*x                 | equal
(x*1e15 + 1) - 1e15*x          | 1                     | equal
1e300*x/1e300                  | x                     | equal
1e200*x*1e200/1e300            | x*1e100               | equal
x + 1e-15                      | x                     | different
x + 1e-13                      | x                     | different
x + 1e-300                     | x                     | different
x + exp(-1000)                 | x                     | different
x*(1 + 1e-12)                  | x                     | different
x*(1 + 1e-20)*(1 - 1e-20)      | x                     | different
0.30000000000001*x             | 0.3*x                 | different
0.333*x                        | x/3                   | different
0.333                          | 1/3                   | different
3/9                            | 1/3                   | equal
0.25                           | 1/4                   | equal
-0                             | 0                     | equal
sigmoid(x)                     | exp(x)/(1 + exp(x))   | equal
sigmoid(x)                     | 1/(1 + exp(-x))       | equal
1/2 + tanh(x/2)/2              | sigmoid(x)            | equal
1 - sigmoid(-x)                | sigmoid(x)            | equal
sigmoid'(x)                    | sigmoid(x) - sigmoid(x)^2 | equal
tanh'(x)                       | 1 - tanh(x)^2         | equal
tanh'(x)                       | 1/cosh(x)^2           | equal
tanh'(x)                       | 1 - tanh(x)           | different
softplus(x)                    | log(1 + exp(x))       | equal
softplus(x) - softplus(-x)     | x                     | equal
sin(x)^2 + cos(x)^2            | 1                     | equal
tan(x)*cos(x)                  | sin(x)                | equal
sin(x)                         | x                     | different
sin(x)                         | sin(x + 2*pi)         | equal
sin(x)                         | sin(x*pi/180)         | different
log(x^2)                       | 2*log(abs(x))         | equal
log(w^2)/log(10)               | log(w^2)              | different
x^0.5*x^(1/2)                  | abs(x)                | undecided
x^3                            | x*x*x                 | equal
x^-2                           | 1/x^2                 | equal
(x*w)^3                        | x^3*w^3               | equal
2^x                            | exp(x*log(2))         | equal
0^0                            | 1                     | equal
x^0                            | 1                     | equal
sign(x)                        | x/abs(x)              | equal
sign(x)                        | 1                     | different
softmax_1(x, w)                | sigmoid(x - w)        | equal
x + sin(w)^2 + cos(w)^2 - 1    | x                     | equal
x + softmax_1(x, w) + softmax_2(x, w) - 1 | x          | equal
1e-13 + sin(w)^2 + cos(w)^2    | 1                     | different
sin(w)^2 + cos(w)^2 - 1 + 1e-13 | 0                    | different
sin(w)^2 + cos(w)^2 - 1        | exp(x)^2 - exp(2*x)   | equal
nosuch                         | x                     | undecided
dL/dz*dz/dw                    | dL/dw                 | equal
dL/dw*dw/dx                    | 0                     | equal
dz/dx                          | w                     | equal
dL/dnosuch                     | x                     | undecided
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in CASES.strip().splitlines()]


def tree(text):
    """A formula, with dL/dw as a derivative."""
    return parse(text, names=["w", "x", "z", "L", "nosuch"], functions=FUNCTIONS)


@cache
def small():
    return points_of(derive(from_steps(SMALL)))


@pytest.mark.parametrize(("student", "expected", "outcome"), ROWS, ids=[f"{a} = {b}" for a, b, _ in ROWS])
def test_the_table(student, expected, outcome):
    goal = expected if expected in ("L", "x", "dL/dw") else tree(expected)
    found = compare(tree(student), goal, small())
    assert found.outcome == outcome, found
    assert bool(found.yours) == (outcome == "different" or "kink" in found.reason)


@cache
def of_exercise(ident):
    return points_of(derive(graph(ident)), load_once(ident).values), vocabulary(load_once(ident))


@pytest.mark.slow
def test_the_labels_are_established_by_an_implementation_of_their_own():
    assert [pair for pair in PAIRS if truth(pair) != pair.right] == []
    assert len(PAIRS) >= 200


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{p.exercise} {p.target} = {p.answer}" for p in PAIRS])
def test_every_verdict_is_right(pair):
    points, words = of_exercise(pair.exercise)
    assert compare(read(pair.answer, words), pair.target, points).outcome == ("equal" if pair.right else "different")


@pytest.mark.parametrize("ident", some_now(chosen_ids(), 4))
def test_what_the_product_derives_is_equal_to_itself(ident):
    if load_once(ident).graph is None:
        pytest.skip("written in layers only")
    derivation = derive(load_once(ident).graph)
    points = points_of(derivation, load_once(ident).values)
    for step in [*derivation.graph.steps, *derivation.backward][:30]:
        found = compare(step.expr, step.target, points)
        assert found.outcome in ("equal", "undecided"), (step, found)
        exists = np.isfinite(points.env[step.target])
        if exists.any():
            assert found.outcome == "equal", (step, found)
        found = compare(Add((step.expr, Number("1e-13"))), step.target, points)
        assert found.outcome == ("different" if exists.any() else "undecided"), (step, found)


def test_fifty_digits_agree_with_the_second_implementation():
    points, _ = of_exercise("cmu/three-layer-chain")
    computation = load("cmu/three-layer-chain").graph
    for number in points.generic[:4]:
        leaves = {name: Fraction(value) for name, value in points.columns.points[number].items()}
        known = points.columns.place(number).values([f"dL/d{name}" for name in leaves], 60)
        for name in leaves:
            slope = forward(computation, leaves, name)["L"].slope
            assert abs(MP.mpf(str(as_decimal(known[f"dL/d{name}"], 55))) - slope) <= abs(slope) * MP.mpf(10) ** -40


def test_a_refuting_point_is_a_counterexample_with_short_values():
    points, words = of_exercise("qmul/linear-neuron")
    found = compare(read("2*(x_L - y)", words), "dE/dw_L", points)
    assert found.outcome == "different"
    at = {name: float(text) for name, text in found.point}
    assert set(at) == {"x_Lm1", "y", "w_L", "b_L"}
    assert all(len(text) <= 4 for _, text in found.point)
    z = at["w_L"] * at["x_Lm1"] + at["b_L"]
    assert float(found.yours) == pytest.approx(2 * (z - at["y"]), rel=1e-3)
    assert float(found.expected) == pytest.approx(2 * (z - at["y"]) * at["x_Lm1"], rel=1e-3)


def test_a_rounded_constant_is_different_by_little():
    assert compare(tree("0.333*x"), tree("x/3"), small()).gap == pytest.approx(0.001, rel=0.01)
    assert compare(tree("x*w"), tree("-x*w"), small()).gap == pytest.approx(2)


def test_a_difference_that_no_float_sees_is_shown():
    found = compare(tree("x + 1e-300"), "x", small())
    assert found.yours == f"{found.expected} + 1e-300"


LONG = [
    "+".join(f"log(x-{i})" for i in range(220)),
    "+".join(f"sqrt(x-{i}-1e-200)" for i in range(220)),
    "+".join(f"max(x-{i},0)" for i in range(220)),
    "relu(z)+0*(" + "+".join(f"exp(x*{i}+1e-390)" for i in range(220)) + ")",
    "+".join(f"sin(x*{i}+1e-390)" for i in range(220)),
    "relu(z)+" + "+".join(f"(max(x,{i}00)-max(x,{i}00))" for i in range(12)),
    "*".join(["(x+w)"] * 190),
    "(x+1e-300)^500",
    "exp(exp(exp(exp(x))))",
    "x^x^x^x",
]


@pytest.mark.parametrize("text", LONG, ids=[text[:30] for text in LONG])
def test_no_answer_takes_much_work(text):
    answer = tree(text)
    compare(answer, "L", small())
    with at_most(ANSWER):
        found = compare(answer, "L", small())
    assert found.outcome in (("equal",) if text.startswith("relu(z)+(") else ("different", "undecided"))


# --- random formulas ----------------------------------------------------------------------------------------------------------

STEPS = ["z = w*x + b", "s = sigmoid(z)", "r = relu(z)", "L = (s - y)^2 + r"]
NAMES = ("x", "w", "b", "y", "z", "s", "r")


@cache
def world():
    return points_of(derive(from_steps(STEPS)))


leaves = st.one_of(
    st.sampled_from([Name(name) for name in NAMES]),
    st.integers(1, 9).map(lambda n: Number(str(n))),
    st.sampled_from([Number("0.5"), Number("1.25")]),
)


def _grown(inner):
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Add(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Mul(tuple(parts))),
        inner.map(Neg),
        st.tuples(inner, st.sampled_from(["2", "3"])).map(lambda pair: Pow(pair[0], Number(pair[1]))),
        st.tuples(inner, st.sampled_from(["w", "s", "x"])).map(lambda pair: Div(pair[0], Name(pair[1]))),
    )


formulas = st.recursive(leaves, _grown, max_leaves=8)

Z = parse("w*x + b")
SIGMOIDS = ("exp(z)/(1 + exp(z))", "1/(1 + exp(-z))", "1/2 + tanh(z/2)/2", "1 - sigmoid(-z)", "sigmoid(w*x + b)", "exp(-softplus(-z))")
RELUS = ("max(0, z)", "(z + abs(z))/2", "if_positive(z, z, 0)", "z*heaviside(w*x + b)", "z - min(z, 0)")


def read_form(text):
    return parse(text, functions=FUNCTIONS)


def _by_sympy(change):
    return lambda expr, _: from_sympy(change(to_sympy(expr, lambda func, args: None)), expr)


def _reordered(expr, draw):
    parts = tuple(_reordered(part, draw) for part in children(expr))
    if isinstance(expr, Add | Mul):
        parts = tuple(draw(st.permutations(parts)))
    return rebuild(expr, parts) if parts else expr


def _fractions_as_powers(expr, draw):
    parts = tuple(_fractions_as_powers(part, draw) for part in children(expr))
    if isinstance(expr, Div):
        return Mul((parts[0], Pow(parts[1], Neg(Number("1")))))
    return rebuild(expr, parts) if parts else expr


REWRITES = {
    "expand": _by_sympy(sympy.expand),
    "factor": _by_sympy(sympy.factor),
    "together": _by_sympy(sympy.together),
    "reorder": _reordered,
    "powers": _fractions_as_powers,
    "sigmoid": lambda expr, draw: substitute(expr, {"s": read_form(draw(st.sampled_from(SIGMOIDS)))}),
    "relu": lambda expr, draw: substitute(expr, {"r": read_form(draw(st.sampled_from(RELUS)))}),
    "inner": lambda expr, _: substitute(expr, {"z": Z}),
    "derivative": lambda expr, _: substitute(expr, {"x": Partial("z", "w")}),
}


@settings(max_examples=250)
@given(st.data(), formulas, st.lists(st.sampled_from(sorted(REWRITES)), min_size=1, max_size=3))
def test_a_formula_rewritten_by_rules_is_equal(data, expr, rewrites):
    answer = expr
    for name in rewrites:
        if name in ("expand", "factor", "together") and _has_functions(answer):
            continue
        answer = REWRITES[name](answer, data.draw)
    found = compare(answer, expr, world())
    assert found.outcome == "equal", (write_plain(answer), write_plain(expr), found)


def _has_functions(expr):
    return isinstance(expr, Call | Partial) or any(_has_functions(part) for part in children(expr))


def _spots(expr, path=()):
    yield path
    for number, part in enumerate(children(expr)):
        yield from _spots(part, (*path, number))


def _changed(expr, path, change):
    if not path:
        return change(expr)
    parts = list(children(expr))
    parts[path[0]] = _changed(parts[path[0]], path[1:], change)
    return rebuild(expr, tuple(parts))


CORRUPTIONS = {
    "sign": Neg,
    "twice": lambda e: Mul((Number("2"), e)),
    "a little more": lambda e: Add((e, Number("1e-13"))),
    "a little less": lambda e: Mul((e, Number("0.999999999999"))),
    "another": lambda e: Name("y") if e != Name("y") else Name("x"),
    "size": lambda e: Call("abs", (e,)),
    "positive part": lambda e: Call("max", (e, Number("0"))),
    "bounded": lambda e: Call("max", (e, Number("-30"))),
    "same": lambda e: e,
}


def _different(a, b):
    """By fifty digits of mpmath at forty points and more, far ones among them; nothing where neither exists."""
    chance = random.Random(3)
    computation = from_steps(STEPS)
    seen = 0
    for size in (1, 1, 2, 3, 1, 40, 1, 300) * 6:
        point = {
            name: Fraction(chance.randint(-(10**9), 10**9), 10**9) * (size if chance.random() < 0.7 else 1)
            for name in ("w", "x", "b", "y")
        }
        try:
            known = forward(computation, point)
            one, other = value(a, known).value, value(b, known).value
        except (OutsideError, ZeroDivisionError):
            continue
        seen += 1
        if abs(one - other) > MP.mpf(10) ** -30 * max(abs(one), abs(other), MP.mpf(10) ** -5):
            return True
    return False if seen > 5 else None


@settings(max_examples=250)
@given(st.data(), formulas, st.sampled_from(sorted(CORRUPTIONS)))
def test_a_corrupted_formula_is_different(data, expr, corruption):
    path = data.draw(st.sampled_from(list(_spots(expr))))
    answer = _changed(expr, path, CORRUPTIONS[corruption])
    wrong = _different(answer, expr)
    assume(wrong is not None)
    found = compare(answer, expr, world())
    if not wrong and found.outcome == "different":  # the point that is named reaches further than ours
        known = forward(from_steps(STEPS), {name: Fraction(1) for name in ("w", "x", "b", "y")} | {n: Fraction(t) for n, t in found.point})
        assert value(answer, known).value != value(expr, known).value
        return
    if not wrong and found.outcome == "undecided":  # x/max(w, 0) for x/w: right, but at half of the points only
        assert corruption != "same"
        assert "no value" in found.reason or "kink" in found.reason
        return
    assert found.outcome == ("different" if wrong else "equal"), (write_plain(answer), write_plain(expr), found)


HUGE = ["softplus(x*1e200)", "1e200^(1e200*x)", "exp(exp(exp(x + 50)))", "tanh(softplus(1e200 + x))", "sigmoid'(1e9*(x*1e200))"]


@pytest.mark.parametrize("text", HUGE)
def test_what_no_number_can_hold_is_compared_without_a_fault(text):
    """Balls around infinity have no exponent, and decimals no exponents beyond 10^18."""
    points = sample([Step("L", parse("x^2", functions=FUNCTIONS), "power")], ["x"])
    assert compare(parse(text, functions=FUNCTIONS), "L", points).outcome in ("different", "undecided")
