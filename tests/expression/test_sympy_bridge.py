"""The bridge to SymPy and back keeps the value, exactly."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent import OutsideError, close, dual, value
from sympy_back import from_sympy

from tutor.errors import ExpressionError
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Pow
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.sympy_bridge import symbol, to_sympy
from tutor.rules.functions import FUNCTIONS

POINT = {"x": Fraction(7, 5), "y": Fraction(-3, 4), "beta": Fraction(2, 3), "S": Fraction(5, 2)}
leaves = st.sampled_from([*map(Name, POINT), Number("2"), Number("0.05"), Number("3")])


def grown(inner):
    return st.one_of(
        st.builds(Neg, inner),
        st.builds(lambda a, b: Add((a, b)), inner, inner),
        st.builds(lambda a, b, c: Mul((a, b, c)), inner, inner, inner),
        st.builds(Div, inner, inner),
        st.builds(lambda a, n: Pow(a, Number(n)), inner, st.sampled_from(["2", "3"])),
        st.builds(lambda f, a: Call(f, (a,)), st.sampled_from(["exp", "sin", "cos", "abs"]), inner),
        st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(["max", "min"]), inner, inner),
    )


def no_functions(func, args):
    raise AssertionError(f"{func} is native to SymPy")


@given(st.recursive(leaves, grown, max_leaves=8))
@settings(max_examples=200)
def test_there_and_back_keeps_the_value(tree):
    point = {name: dual(number) for name, number in POINT.items()}
    try:
        before = value(tree, point)
    except OutsideError:
        assume(False)
    assume(abs(before.value) < 10**12)
    there = to_sympy(tree, no_functions)
    back = from_sympy(there, tree)
    try:
        after = value(back, point)
    except OutsideError:
        assume(False)
    assert close(before.value, after.value, 25)
    exact = sympy.N(
        there.subs({symbol(name): sympy.Rational(n.numerator, n.denominator) for name, n in POINT.items()}), 40
    )
    assert close(before.value, str(exact), 25)


@pytest.mark.parametrize(
    ("text", "like", "expected"),
    [
        ("b + w*x", "w*x + b", "w*x + b"),
        ("x*w", "w*x", "w*x"),
        ("y*exp(x)", "y*exp(x)", "y*exp(x)"),
        ("-x + 1", "1 - x", "1 - x"),
        ("x^(-2)", "x", "1/x^2"),
        ("2*x/3", "x", "2*x/3"),
        ("0.05*x", "x", "x/20"),
    ],
)
def test_the_readers_order(text, like, expected):
    tree, model = parse(text, functions=FUNCTIONS), parse(like, functions=FUNCTIONS)
    assert write_plain(from_sympy(to_sympy(tree, no_functions), model)) == expected


@pytest.mark.parametrize("name", ["beta", "gamma", "S", "N", "E", "I", "Q", "lambda", "pi_1", "oo"])
def test_names_that_sympy_uses_are_symbols(name):
    assert to_sympy(Name(name), no_functions) == sympy.Symbol(name, real=True)
    assert from_sympy(symbol(name), Name(name)) == Name(name)


def test_a_function_that_nobody_knows_is_named():
    with pytest.raises(ExpressionError, match="no rule knows SymPy's gamma"):
        from_sympy(sympy.gamma(symbol("x")), Name("x"))
