"""Arithmetic: fractions stay fractions, what is none has sixty digits, what does not exist is said."""

from fractions import Fraction

import pytest

from tutor.errors import ValueProblem
from tutor.numbers.arithmetic import (
    CONTEXT,
    DIGITS,
    absolute,
    add,
    apply,
    as_public,
    as_real,
    compute_rigorously,
    divide,
    is_exact,
    multiply,
    negate,
    power,
    signum,
    subtract,
)
from tutor.numbers.balls import enclose

F = Fraction
EXACT = [
    (add, (F(1, 3), F(1, 6)), F(1, 2)),
    (multiply, (F(2, 3), F(3, 4)), F(1, 2)),
    (divide, (F(1), F(3)), F(1, 3)),
    (negate, (F(1, 3),), F(-1, 3)),
    (power, (F(2, 3), F(-2)), F(9, 4)),
    (power, (F(4, 9), F(1, 2)), F(2, 3)),
    (power, (F(0), F(0)), F(1)),
    (power, (F(-8), F(3)), F(-512)),
]


@pytest.mark.parametrize(("operation", "operands", "value"), EXACT)
def test_fractions_stay_exact(operation, operands, value):
    found = operation(*operands)
    assert is_exact(found)
    assert found == value


def test_a_root_that_is_no_fraction_has_sixty_digits():
    root = power(F(2), F(1, 2))
    assert not is_exact(root)
    assert abs(root * root - 2) < CONTEXT.mpf(10) ** (2 - DIGITS)


MISSING = [(divide, (F(1), F(0))), (power, (F(0), F(-1))), (power, (F(-2), F(1, 2))), (power, (F(0), F(-1, 2)))]


@pytest.mark.parametrize(("operation", "operands"), MISSING)
def test_what_does_not_exist_is_said(operation, operands):
    with pytest.raises(ValueProblem):
        operation(*operands)


@pytest.mark.parametrize(("func", "args"), [("log", [F(0)]), ("log", [F(-1)]), ("sqrt", [F(-1)])])
def test_a_function_outside_its_domain_is_said(func, args):
    with pytest.raises(ValueProblem):
        apply(func, args)


def test_balls_hold_what_they_stand_for_and_are_public_numbers():
    with compute_rigorously(50):
        third = divide(as_real(F(1)), as_real(F(3)))
        assert signum(third) == 1
        shown = as_public(add(apply("exp", [F(1)]), third))
    assert abs(shown - (CONTEXT.e + CONTEXT.mpf(1) / 3)) < CONTEXT.mpf(10) ** -45


@pytest.mark.parametrize(("value", "sign"), [(F(-1, 10**40), -1), (F(0), 0), (F(3), 1)])
def test_signs(value, sign):
    assert signum(value) == sign
    assert signum(as_real(value)) == sign


def test_a_sign_is_turned_without_rounding_where_errors_are_bounded():
    """A number that has more digits than are in use: turned round and added to itself it is 0, and no rounding of it."""
    with CONTEXT.workdps(200):
        long = CONTEXT.mpf(2) / 3
    with CONTEXT.workdps(60), compute_rigorously(60):
        assert enclose(subtract(long, long)).contains(0)
        assert enclose(add(long, negate(long))).contains(0)
        assert enclose(subtract(absolute(negate(long)), long)).contains(0)


@pytest.mark.parametrize(("name", "x"), [("arcosh", F(1, 2)), ("arccos", F(3)), ("arcsin", F(-2)), ("artanh", F(1))])
def test_a_function_that_does_not_exist_is_said_by_its_own_name(name, x):
    with pytest.raises(ValueProblem, match=f"{name} of .* does not exist"):
        apply(name, [x])
