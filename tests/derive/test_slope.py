"""Derivatives of formulas as they stand: in the order and the spelling of the writer, and right."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent import MP, Dual, OutsideError, close, dual, value

from tutor.derive import slope
from tutor.derive.slope import derivatives
from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.rules.functions import FUNCTIONS

U = "sqrt(2/pi)*(x + 0.044715*x^3)"
TABLE = [  # the formula, and every derivative
    ("x^y", {"x": "y*x^(y - 1)", "y": "x^y*log(x)"}),
    ("x^n", {"x": "n*x^(n - 1)", "n": "x^n*log(x)"}),
    ("2*(l/2)*W", {"l": "W", "W": "l"}),
    ("w*x*2/2", {"w": "x", "x": "w"}),
    (f"0.5*x*(1 + tanh({U}))",
     {"x": f"0.5*(1 + tanh({U})) + 0.5*x*(1 - tanh({U})^2)*sqrt(2/pi)*(1 + 0.134145*x^2)"}),
    ("x*sigmoid(1.702*x)", {"x": "sigmoid(1.702*x) + 1.702*x*sigmoid(1.702*x)*(1 - sigmoid(1.702*x))"}),
    ("(y - w*x)^2", {"y": "2*(y - w*x)", "w": "-2*(y - w*x)*x", "x": "-2*(y - w*x)*w"}),
    ("1/2*(y - p)^2 + lam/2*(w^2 + v^2)", {"y": "y - p", "p": "p - y", "lam": "(w^2 + v^2)/2", "w": "lam*w", "v": "lam*v"}),
    ("x/(1 + x^2)", {"x": "(1 - x^2)/(1 + x^2)^2"}),
    ("(x + 1)/(x + 2)", {"x": "1/(x + 2)^2"}),
    ("x*log(x)", {"x": "log(x) + 1"}),
    ("sqrt(a^2 + b^2)", {"a": "a/sqrt(a^2 + b^2)", "b": "b/sqrt(a^2 + b^2)"}),
    ("-(y*log(p) + (1 - y)*log(1 - p))", {"y": "log(1 - p) - log(p)", "p": "(1 - y)/(1 - p) - y/p"}),
    ("if_positive(x - 1, x^2, 2*x - 1)", {"x": "if_positive(x - 1, 2*x, 2)"}),
    ("sigmoid'(x)", {"x": "sigmoid(x)*(1 - sigmoid(x))^2 - sigmoid(x)^2*(1 - sigmoid(x))"}),
    ("x^0.5", {"x": "0.5/x^0.5"}),
    ("x^(1/3)", {"x": "1/(3*x^(2/3))"}),
    ("x^-2", {"x": "-2/x^3"}),
    ("2^x", {"x": "2^x*log(2)"}),
]  # fmt: skip


def read(text):
    return parse(text, functions=FUNCTIONS)


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_as_the_writer_would(text, expected):
    assert {name: write_plain(found) for name, found in derivatives("f", read(text))} == expected


ONE = ["exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sigmoid", "softplus", "relu", "abs", "sinh", "cosh"]
pieces = st.recursive(
    st.sampled_from(["x", "y", "z", "2", "0.5", "(1/3)", "pi"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("({}*{})".format, inner, inner),
        st.builds("({}*{}*{})".format, inner, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({})^{}".format, inner, st.sampled_from(["2", "(-1)", "3", "0.5", "x", "(1/2)"])),
        st.builds("abs({})^({})".format, inner, inner),
        st.builds("(-{})".format, inner),
        st.builds("{}({})".format, st.sampled_from(ONE), inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("if_positive({}, {}, {})".format, inner, inner, inner),
        st.builds("softmax_1({}, {})".format, inner, inner),
        st.builds("hinge({}, {})".format, inner, inner),
    ),
    max_leaves=9,
)
POINT = {"x": Fraction(7, 5), "y": Fraction(3, 4), "z": Fraction(-2, 3)}


@given(pieces)
@settings(max_examples=600)
def test_against_forward_mode(text):
    """Every derivative against dual numbers, which share nothing with the rules here."""
    expr = read(text)
    for name, found in derivatives("f", expr):
        known = {other: dual(number, other == name) for other, number in POINT.items()}
        try:
            expected = value(expr, known)
            made = value(found, known).value
        except (OutsideError, ZeroDivisionError):
            assume(False)
        assume(abs(expected.slope) < 10**9)
        assert close(made, expected.slope, 25), (name, write_plain(found))


@pytest.mark.parametrize("text", ["x^x^x^x", "(x^y)^z", "exp(-x^2/2)/sqrt(2*pi)", "log(1 + exp(-y*x))", "x/y/z"])
def test_hard_ones(text):
    expr = read(text)
    for name, found in derivatives("f", expr):
        known = {other: Dual(MP.mpf(number), MP.mpf(other == name)) for other, number in (("x", "1.3"), ("y", "0.7"), ("z", "1.9"))}
        assert close(value(found, known).value, value(expr, known).slope)
        assert set(names(found)) <= set(names(expr))


def test_a_derivative_that_would_fill_books_is_refused(monkeypatch):
    monkeypatch.setattr(slope, "MAX_NODES", 100)
    with pytest.raises(ExpressionError, match="the derivative of f is too long"):
        derivatives("f", read("*".join(f"(x{i} + x)" for i in range(12))))
