"""The protocols of numbers: everything that they ask for is there, in mpmath, in python-flint and in what stands in for it."""

from fractions import Fraction

import mpmath
import pytest

from tutor.numbers import balls, values
from tutor.numbers.arithmetic import (
    CONTEXT,
    absolute,
    add,
    as_real,
    compute_rigorously,
    divide,
    multiply,
    signum,
    subtract,
)
from tutor.numbers.balls import enclose, is_ball, working
from tutor.numbers.intervals import Interval


def members(protocol):
    """What a protocol asks for, its bases' members among it."""
    return {name for base in protocol.__mro__ if base.__module__ == values.__name__ for name in (*vars(base), *base.__annotations__)
            if not name.startswith(("_abc", "__abstract", "_is_", "__parameters", "__orig", "__protocol", "__non_callable"))} - {
        "__module__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__subclasshook__", "__init__", "__hash__", "__slots__",
        "__firstlineno__", "__static_attributes__"}  # fmt: skip


def test_the_protocols_ask_for_something():
    assert {"contains", "rel_accuracy_bits", "__add__", "__lt__"} <= members(values.Ball)
    assert {"_mpf_", "__add__"} <= members(values.BigFloat)


@pytest.mark.parametrize("kind", [Interval, balls.BALL])
def test_balls_have_what_is_used(kind):
    assert [name for name in members(values.Ball) if not hasattr(kind, name)] == []


def test_mpmath_has_what_is_used():
    assert [name for name in members(values.BigFloat) if not hasattr(CONTEXT.mpf(1), name)] == []
    assert [name for name in members(values.BigContext) if not hasattr(mpmath.MPContext(), name)] == []


@pytest.mark.parametrize("operation", [add, subtract, multiply, divide])
def test_a_fraction_meets_every_other_kind(operation):
    third, other = Fraction(1, 3), CONTEXT.mpf(2) / 7
    plain = {add: Fraction(13, 21), subtract: Fraction(1, 21), multiply: Fraction(2, 21), divide: Fraction(7, 6)}[operation]
    assert abs(operation(third, other) - as_real(plain)) < CONTEXT.mpf(10) ** -58
    with compute_rigorously(60):
        found = operation(third, enclose(other))
        assert is_ball(found)
        assert abs(float(found) - float(plain)) < 1e-15


def test_sizes_and_signs_of_every_kind():
    with working(30):
        kinds = [Fraction(-1, 2), CONTEXT.mpf(-1) / 2, enclose(Fraction(-1, 2))]
    for value in kinds:
        assert float(absolute(value)) == 0.5
        assert type(absolute(value)) is type(value)
        assert signum(value) == -1
