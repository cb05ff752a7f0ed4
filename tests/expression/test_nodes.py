"""Nodes: parts are put back as they were taken, numbers are exact, trees compare by value."""

from fractions import Fraction

import pytest

from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow, children, rebuild

A, B = Name("a"), Number("2")
TREES = [Neg(A), Add((A, B)), Mul((A, B, A)), Div(A, B), Pow(A, B), Call("max", (A, B)), A, B, Partial("L", "a"), Call("pi", ())]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_parts_are_put_back_as_they_were(tree):
    assert rebuild(tree, children(tree)) == tree
    other = tuple(Name(f"q{place}") for place in range(len(children(tree))))
    assert children(rebuild(tree, other)) == other
    assert type(rebuild(tree, other)) is type(tree)


@pytest.mark.parametrize(("text", "value"), [
    ("0.05", Fraction(1, 20)), ("-0.822", Fraction(-411, 500)), ("4.38568e-4", Fraction(438568, 10**9)),
    ("1e3", Fraction(1000)), ("007", Fraction(7)),
])  # fmt: skip
def test_a_number_is_exactly_what_is_written(text, value):
    assert Number(text).value == value


def test_trees_are_equal_as_they_are_written():
    assert Number("0.50") != Number("0.5")
    assert Add((Add((A, B)), A)) != Add((A, B, A))
    assert len({Add((A, B)), Add((A, B)), Add((B, A))}) == 2
