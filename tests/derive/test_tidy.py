"""Products and sums in order: what is folded, and that nothing changes its value."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent import OutsideError, close, dual, value

from tutor.derive.tidy import decimal_text, product, sum_terms
from tutor.expression.nodes import Add, Mul
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.rules.functions import FUNCTIONS

F = Fraction


def read(text):
    return parse(text, functions=FUNCTIONS)


PRODUCTS = [
    (["2", "l/2", "W"], "l*W"),
    (["w", "x", "2", "1/2"], "w*x"),
    (["3", "0.044715", "x^2"], "0.134145*x^2"),  # a decimal stays one
    (["0.5", "1/3"], "1/6"),
    (["x", "1/x"], "1"),
    (["x", "x^2"], "x^3"),
    (["1/(2*sqrt(u))", "2*x"], "x/sqrt(u)"),
    (["x", "1/sqrt(x)"], "sqrt(x)"),
    (["sqrt(x)", "sqrt(x)"], "x"),
    (["sqrt(2/pi)", "3", "x"], "3*sqrt(2/pi)*x"),  # √(2/π) is no number
    (["-1", "y - p"], "p - y"),
    (["-1", "-a*b + c/d"], "a*b - c/d"),
    (["-2", "y - w*x", "x"], "-2*(y - w*x)*x"),  # the order of the writer
    (["1/2", "2*(a - b) + 4*c"], "(a - b) + 2*c"),
    (["(-x)^2", "-x"], "-x^3"),
    (["x^0.5", "x^0.5"], "x"),
    (["0", "log(x)"], "0"),
    ([], "1"),
    (["1e-30", "2"], "2*1e-30"),  # a number too small to be folded stays as it is
]


@pytest.mark.parametrize(("factors", "expected"), PRODUCTS, ids=[" · ".join(row[0]) for row in PRODUCTS])
def test_products(factors, expected):
    assert write_plain(product(map(read, factors))) == expected


SUMS = [
    (["1 + x^2", "-2*x*x"], "1 - x^2"),
    (["x", "x"], "2*x"),
    (["x*y", "y*x"], "2*x*y"),
    (["a - b", "-(a - b)"], "0"),
    (["y", "0", "-p"], "y - p"),
    (["1/2", "x", "0.25"], "0.75 + x"),
    ([], "0"),
]


@pytest.mark.parametrize(("terms", "expected"), SUMS, ids=[" + ".join(row[0]) for row in SUMS])
def test_sums(terms, expected):
    assert write_plain(sum_terms(map(read, terms))) == expected


@pytest.mark.parametrize(
    ("number", "text"),
    [(F(26829, 200000), "0.134145"), (F(1, 3), None), (F(-5, 2), "-2.5"), (F(7), "7"), (F(1, 2**40), None), (F(10**20), None)],
)
def test_decimals(number, text):
    assert decimal_text(number) == text


POINT = {"x": F(7, 5), "y": F(3, 4), "z": F(-2, 3)}
pieces = st.recursive(
    st.sampled_from(["x", "y", "z", "2", "0.5", "(1/3)", "(-1)"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("({}*{})".format, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({})^{}".format, inner, st.sampled_from(["2", "(-1)", "3", "0.5"])),
        st.builds("sqrt({})".format, inner),
        st.builds("(-{})".format, inner),
    ),
    max_leaves=7,
)


@given(st.lists(pieces, min_size=1, max_size=4))
@settings(max_examples=400)
def test_the_value_is_kept(texts):
    point = {name: dual(number) for name, number in POINT.items()}
    parts = tuple(map(read, texts))
    for whole, tidied in ((Mul(parts), product(parts)), (Add(parts), sum_terms(parts))):
        try:
            before = value(whole, point).value
        except OutsideError:
            assume(False)
        assert close(before, value(tidied, point).value)
