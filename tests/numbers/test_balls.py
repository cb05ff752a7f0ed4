"""Balls: what they contain, with python-flint and without it; both against mpmath and against each other."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hard_numbers import HARD, REFERENCE, arguments, exists, precise
from independent import MP
from some_now import some_now

from tutor.numbers import balls, intervals
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.balls import accuracy, as_decimal, bits_of, enclose, magnitude, midpoint, sign, working
from tutor.numbers.functions import PRIMITIVES

SYSTEMS = ["flint", "intervals"]


@pytest.fixture(params=SYSTEMS)
def system(request, monkeypatch):
    use(request.param, monkeypatch)


def use(name, monkeypatch):
    if name == "intervals":
        monkeypatch.setattr(balls, "flint", None)
        monkeypatch.setattr(balls, "BALL", intervals.Interval)
        monkeypatch.setattr(balls, "_CONTEXT", intervals.context)
    elif balls.flint is None:
        pytest.skip("python-flint is not installed")


def inside(ball, right):
    """Whether a ball contains a number that is known to 400 digits."""
    with MP.workdps(420):
        mid, rad = (MP.ldexp(int(part.man_exp()[0]), int(part.man_exp()[1])) for part in (ball.mid(), ball.rad()))
        return abs(mid - right) <= rad + abs(right) * MP.mpf(10) ** -390


@pytest.mark.parametrize("name", PRIMITIVES)
@pytest.mark.parametrize("digits", some_now([20, 60, 150], 3, 1))
def test_a_ball_contains_the_value_and_is_narrow(system, name, digits):
    row = PRIMITIVES[name]
    for args in arguments(name):
        with working(digits):
            found = row.ball(*[enclose(Fraction(arg)) for arg in args])
            if not exists(name, args):
                assert found.is_nan(), (name, args)
                continue
            right = precise(REFERENCE[name])(*map(Fraction, args))
            assert inside(found, right), (name, args)
            if right and not any(abs(Fraction(arg)) == Fraction("1e-17") or 0 < abs(1 - abs(Fraction(arg))) < 1e-9 for arg in args):
                assert accuracy(found) > bits_of(digits) - 40, (name, args, accuracy(found))


@pytest.mark.parametrize("name", [name for name, row in PRIMITIVES.items() if row.arity == 1])
def test_wide_balls_contain_the_values_of_all_that_they_contain(system, name):
    with working(30):
        for low, high in itertools.combinations(["-2", "-0.75", "0.1", "0.5", "1", "3"], 2):
            ends = [Fraction(low), Fraction(high)]
            middle, radius = enclose(sum(ends) / 2), enclose((ends[1] - ends[0]) / 2)
            one = enclose(0).max(enclose(1)) - enclose(Fraction(1, 2))
            wide = middle + radius * (2 * (one * (_around(one))))
            found = PRIMITIVES[name].ball(wide)
            if found.is_nan():
                continue
            for part in range(6):
                x = ends[0] + (ends[1] - ends[0]) * part / 5
                if exists(name, [x]):
                    assert inside(found, precise(REFERENCE[name])(x)), (name, low, high, x)


def _around(one):
    """A ball from −2 to 2 in either system, made of π's rounding: [-2, 2] = 2·[-1, 1]."""
    if balls.flint is not None:
        return balls.BALL(0, 2)
    return intervals.Interval(enclose(-2).ends[0], enclose(2).ends[0])


@pytest.mark.parametrize("name", PRIMITIVES)
def test_both_systems_overlap(name, monkeypatch):
    if balls.flint is None:
        pytest.skip("python-flint is not installed")
    found = []
    for which in SYSTEMS:
        with monkeypatch.context() as patch:
            use(which, patch)
            with working(60):
                results = [PRIMITIVES[name].ball(*[enclose(Fraction(arg)) for arg in args]) for args in arguments(name)]
                found.append([(value.is_nan(), None if value.is_nan() else midpoint(value, CONTEXT)) for value in results])
    for (one_nan, one), (other_nan, other) in zip(*found, strict=True):
        assert one_nan == other_nan
        if not one_nan:
            assert abs(one - other) <= abs(one) * MP.mpf(10) ** -40


def test_arithmetic_contains_the_exact_result(system):
    values = [Fraction(text) for text in HARD] + [Fraction(1, 3), Fraction(-22, 7)]
    with working(40):
        for a, b in itertools.product(values, repeat=2):
            x, y = enclose(a), enclose(b)
            exact = {"+": (x + y, a + b), "-": (x - y, a - b), "*": (x * y, a * b), "abs": (abs(x), abs(a)), "^3": (x**3, a**3)}
            if b:
                exact |= {"/": (x / y, a / b), "^-2": (y**-2, b**-2), "1/": (1 / y, 1 / b)}
            else:
                assert (x / y).is_nan()
            for what, (ball, right) in exact.items():
                assert inside(ball, precise(lambda v: v)(right)), (what, a, b)


def test_what_is_not_told_apart_overlaps(system):
    with working(30):
        third = enclose(Fraction(1, 3))
        assert (third * 3).overlaps(enclose(1))
        assert not third.overlaps(enclose(Fraction("0.3333333333333333333333333")))
        zero = third * 3 - enclose(1)
        assert sign(zero) is None
        assert zero.contains(0)
        assert accuracy(zero) < 0
        assert sign(third), sign(-third) == (1, -1)
        assert sign(enclose(0)) == 0
        assert PRIMITIVES["sign"].ball(zero).is_nan()
        assert PRIMITIVES["log"].ball(zero).is_nan()


def test_numbers_go_in_and_come_out(system):
    with working(60):
        for value in (Fraction(1, 3), Decimal("0.1"), 7, CONTEXT.mpf(2).sqrt() if hasattr(CONTEXT.mpf(2), "sqrt") else CONTEXT.sqrt(2)):
            ball = enclose(value)
            assert abs(midpoint(ball, CONTEXT) - CONTEXT.mpf(str(value) if isinstance(value, Decimal) else 1) * (
                1 if isinstance(value, Decimal) else CONTEXT.mpf(value.numerator) / value.denominator if isinstance(value, Fraction)
                else value)) < CONTEXT.mpf(10) ** -58  # fmt: skip
        assert as_decimal(enclose(Fraction(1, 8)), 20) == Decimal("0.125")
        assert as_decimal(balls.make_nowhere(), 20).is_nan()
        assert magnitude(enclose(8)) == 4
        assert magnitude(enclose(0)) < -(10**9)
