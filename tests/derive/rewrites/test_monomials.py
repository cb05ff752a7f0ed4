"""A formula as a sum of products of powers, whatever its spelling; and what is none."""

import pytest

from tutor.derive.rewrites.monomials import expand, multiply, pick_names, power_of
from tutor.expression.parse import parse


def read(text):
    return expand(parse(text, functions=("log", "exp", "sqrt", "tanh")), {"d": parse("m - n")}.get)


@pytest.mark.parametrize(("one", "two"), [
    ("(m - n)^2", "d*d"), ("log(s/t)", "log(s) - log(t)"), ("log(s^2)/2", "log(s)"), ("exp(a - b)", "exp(a)/exp(b)"),
    ("exp(a/2)^2", "exp(a)"),
    ("sqrt(s^4)", "s^2"), ("log(exp(a)*s)", "a + log(s)"), ("(a + b)*(a - b)", "a^2 - b^2"), ("a - a", "0"),
])  # fmt: skip
def test_two_spellings_are_one_sum(one, two):
    assert read(one) == read(two) is not None


@pytest.mark.parametrize("text", ["tanh(s)", "log(a + b)", "1/(a + b)", "exp(a*b)", "sqrt(2*a)", "(a + b)^a", "(a + b + c)^9"])
def test_what_is_no_sum_of_products(text):
    assert read(text) is None


def test_products():
    assert multiply(power_of("a", 2), power_of("a", -2), power_of("b")) == power_of("b")
    assert pick_names(read("a*b + log(c)")) == ["a", "b", "c"]
