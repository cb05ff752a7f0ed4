"""Formulas that are written out where a function is meant: recognised, and differentiated rightly."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from independent import MP, Dual, OutsideError, close, dual, value

from tutor.derive.local import local_derivatives
from tutor.expression.nodes import Mul, Name, Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import names, substitute
from tutor.rules.functions import FUNCTIONS, OUT, function, value_of
from tutor.rules.patterns import PATTERNS, constant, recognise

IDS = [pattern.formula for pattern in PATTERNS]


def read(text):
    return parse(text, functions=FUNCTIONS)


def points(pattern, count=20):
    generator = random.Random(pattern.formula)
    used = names(pattern.tree)
    low, high = (0.1, 0.9) if "log" in pattern.formula else (-2, 2)
    for _ in range(count):
        point = {name: Fraction(generator.uniform(low, high)).limit_denominator(97) for name in used}
        yield point | {name: abs(point[name]) % 1 for name in pattern.constants}


def wrong(pattern):
    """The placeholders whose derivative differs from forward-mode numbers, at any point."""
    formula, partials = pattern.tree, pattern.partials
    found, checked = set(), 0
    for point in points(pattern):
        for name, partial in partials:
            known = {n: dual(x, int(n == name)) for n, x in point.items()}
            try:
                whole = value(formula, known)
                written = value(partial, {**known, OUT: whole})
            except OutsideError:
                continue
            checked += 1
            if not close(whole.slope, written.value):
                found.add(name)
    assert checked > 10
    return found


@pytest.mark.parametrize("pattern", PATTERNS, ids=IDS)
def test_derivatives_agree_with_an_independent_implementation(pattern):
    assert wrong(pattern) == set()
    assert {name for name, _ in pattern.partials} == set(names(pattern.tree)) - set(pattern.constants)


@pytest.mark.parametrize("pattern", PATTERNS, ids=IDS)
def test_a_derivative_wrong_by_a_thousandth_is_caught(pattern):
    name, partial = pattern.partials[0]
    assert wrong(replace(pattern, partials=((name, Mul((partial, Number("1.001")))), *pattern.partials[1:]))) == {name}


@pytest.mark.parametrize("pattern", PATTERNS, ids=IDS)
def test_the_function_named_is_the_function_meant(pattern):
    """The pattern's formula has the value of its row."""
    assert all(_same(pattern.tree, FUNCTIONS[pattern.rule], point) for point in points(pattern))


def _same(formula, row, point):
    known = {name: dual(x) for name, x in point.items()}
    try:
        ours = value(formula, known)
        theirs = value(value_of(row), known)
    except OutsideError:
        return True
    return close(ours.value, theirs.value)


RECOGNISED = [
    ("1/2*(t - o)^2", "half_squared_error"),
    ("0.5*(target - out)^2", "half_squared_error"),
    ("½(t - o)²", "half_squared_error"),
    ("(t - o)^2/2", "half_squared_error"),
    ("(yhat - y)^2", "squared_error"),
    ("|yhat - y|", "absolute_error"),
    ("max(0, 1 - y*s)", "hinge"),
    ("max(0, z)", "relu"),
    ("max(z, 0)", "relu"),
    ("max(0.1z, z)", "leaky_relu"),
    ("max(z, 1/10*z)", "leaky_relu"),
    ("1/(1 + exp(-z))", "sigmoid"),
    ("1/(1 + e^(-z))", "sigmoid"),
    ("-(y*log(p) + (1 - y)*log(1 - p))", "binary_cross_entropy"),
    ("(x - x)^2", ""),
    ("max(2z, z)", ""),
    ("max(0.1a, z)", ""),
    ("1/3*(t - o)^2", ""),
    ("(t + o)^2", ""),
    ("max(1, z)", ""),
    ("1/(1 + exp(z))", ""),
    ("(2t - o)^2", ""),
    ("x + y", ""),
    ("x", ""),
]


@pytest.mark.parametrize(("text", "rule"), RECOGNISED, ids=[row[0] for row in RECOGNISED])
def test_recognised(text, rule):
    known = recognise(read(text))
    assert (known[0].rule if known else "") == rule


@pytest.mark.parametrize(
    ("text", "rule"), [row for row in RECOGNISED if row[1]], ids=[row[0] for row in RECOGNISED if row[1]]
)
def test_the_derivatives_of_a_recognised_formula(text, rule):
    expr = read(text)
    point = {name: Fraction(2 * place + 3, 7) % 1 for place, name in enumerate(names(expr))}
    known = {name: dual(x) for name, x in point.items()}
    found = local_derivatives("f", expr, {})
    assert found[0] == rule
    whole = value(expr, known)
    for name, partial in found[1]:
        seeded = value(expr, {n: Dual(d.value, MP.mpf(n == name)) for n, d in known.items()})
        assert close(value(partial, {**known, "f": whole}).value, seeded.slope)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/2", Fraction(1, 2)), ("-0.5", Fraction(-1, 2)), ("2^10", Fraction(1024)), ("3*(1 + 1/3)", Fraction(4)),
        ("1/0", None), ("x", None), ("2*x", None), ("sin(0)", None), ("2^0.5", None), ("0^(-1)", None),
        ("2^(-2)", Fraction(1, 4)),
    ],
)  # fmt: skip
def test_constant(text, expected):
    assert constant(read(text)) == expected


def test_a_pattern_is_filled_with_names_only():
    table = {"a": Name("out"), "b": Number("1")}
    assert recognise(substitute(read("(a - b)^2"), table)) is None
    assert {write_plain(pattern.tree) for pattern in PATTERNS if pattern.rule == "squared_error"} == {"(a - y)^2"}
    assert function("squared_error", 2).value == "(a - y)^2"
