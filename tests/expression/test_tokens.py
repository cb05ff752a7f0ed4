"""What is said of tokens that make no sense where they stand; whole formulas are read in test_grammar.py."""

import pytest

from tutor.expression.nodes import Add, Name, Neg, Number, Partial
from tutor.expression.tokens import (
    Compared,
    Stop,
    check_power,
    comma_hint,
    find_close,
    is_rest,
    read_partial,
    refuse_misplaced,
)

X, Y = Name("x"), Name("y")


@pytest.mark.parametrize(("token", "what"), [
    ((",", None), "a comma stands outside"), ((",", ";"), "a semicolon stands outside"),
    ((")", ")"), "never opened"), ((">", ""), "a comparison stands outside"),
    (("'", None), "a prime belongs to a function"), (("$", None), "it stops too early"), (("i", None), "no condition"),
    (("*", None), "out of place"),
])  # fmt: skip
def test_misplaced_tokens(token, what):
    with pytest.raises(Stop, match=what) as stop:
        refuse_misplaced([token, ("$", None)], 0)
    assert stop.value.at == 0


def test_a_bracket_is_closed_by_its_own_kind():
    assert find_close([("(", ")"), ("a", X), (")", ")")], 2, 0) == 3
    with pytest.raises(Stop, match="another kind"):
        find_close([("(", ")"), ("a", X), (")", "]")], 2, 0)
    with pytest.raises(Stop, match="never closed"):
        find_close([("(", ")"), ("a", X), ("$", None)], 2, 0)


def test_the_rest_of_a_condition():
    first = Compared(Add((X, Neg(Y))), False)  # x > y
    assert is_rest(first, Compared(Add((Y, Neg(X))), False))  # y > x; the border is the first one's
    assert is_rest(first, Compared(Add((X, Neg(Y))), True))  # not x > y
    assert not is_rest(first, Compared(Add((X, Neg(Y))), False))


def test_derivatives_and_decimals():
    tokens = [("p", None), ("a", X), ("/", None), ("d", Y), ("$", None)]
    assert read_partial(tokens, 0) == (Partial("x", "y"), 4)
    assert "0.5" in comma_hint([("a", Number("0")), (",", None), ("a", Number("5"))], 1)
    assert "1.234 or 1234" in comma_hint([("a", Number("1")), (",", None), ("a", Number("234"))], 1)


def test_powers_that_cannot_be_computed():
    check_power(0, Number("10"), Number("30"))
    with pytest.raises(Stop, match="exponent over"):
        check_power(0, X, Number("1000000"))
