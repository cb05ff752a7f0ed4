"""The table of primitive functions: every number system against mpmath, with hard arguments, and all of them against each other."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hard_numbers import HARD, REFERENCE, arguments, exists, precise
from independent import MP

from tutor.errors import ExpressionError, ValueProblem
from tutor.expression.nodes import Call, Name
from tutor.graph.nouns import Step
from tutor.numbers.arithmetic import apply, as_real
from tutor.numbers.balls import enclose, working
from tutor.numbers.compiled import compile_many
from tutor.numbers.emit import emit_straight
from tutor.numbers.functions import PRIMITIVES, power, quotient
from tutor.numbers.trees import lower
from tutor.rules.functions import FUNCTIONS, function

NOTHING = (math.nan, math.inf, -math.inf)
TINY = 1e-300
"""Below it a float has lost digits: two systems agree when both are there."""


def floats_of(name, columns):
    """A primitive by the table's column for one, by the compiled text, by calls of NumPy, by columns: all floats of one set."""
    row = PRIMITIVES[name]
    names = [f"x{k}" for k in range(row.arity)]
    steps = [Step("out", Call(name, tuple(map(Name, names))), "primitive")]
    program, many = lower(steps, names, ["out"]), compile_many(steps, names, ["out"])
    table = [[float(v) for v in column] for column in columns]
    count = len(table[0]) if table else 1
    sets = list(zip(*table, strict=True)) if table else [()]
    careful = lambda values: (math.nan if not names else row.one(*values),)  # noqa: E731
    compiled = emit_straight(program, careful, packed=False)
    calls = many(np.array(table, dtype=float).reshape(len(names), count))[0].tolist()
    from tutor.numbers.floats import evaluate_at_points

    found = evaluate_at_points(Call(name, tuple(map(Name, names))), {n: np.array(c) for n, c in zip(names, table, strict=True)})
    return {
        "one": [row.one(*each) for each in sets],
        "text": [compiled(*each)[0] for each in sets],
        "calls": calls,
        "columns": np.broadcast_to(found, (count,)).tolist(),
    }


def close(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= 1e-13 * max(abs(a), abs(b)) or max(abs(a), abs(b)) <= TINY


@pytest.mark.parametrize("name", PRIMITIVES)
def test_floats_agree_with_mpmath_and_with_each_other(name):
    cases = arguments(name)
    systems = floats_of(name, list(zip(*cases, strict=True)))
    for place, args in enumerate(cases):
        values = {system: found[place] for system, found in systems.items()}
        if exists(name, args):
            right = precise(REFERENCE[name])(*[MP.mpf(float(arg)) for arg in args])
            expected = float(right) if abs(right) < MP.mpf(10) ** 308 else math.copysign(math.inf, right)
        else:
            poles = {("log", 0): -math.inf, ("artanh", 1): math.inf, ("artanh", -1): -math.inf}
            expected = poles.get((name, Fraction(args[0])), math.nan)
        for system, value in values.items():
            assert close(value, expected), (name, args, system, value, expected)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_floats_agree_where_there_is_no_number(name):
    arity = PRIMITIVES[name].arity
    if not arity:
        return
    cases = [case for case in itertools.product((*NOTHING, 0.0, 2.0, -2.0), repeat=arity) if set(map(str, case)) & set(map(str, NOTHING))]
    systems = floats_of(name, list(zip(*cases, strict=True)))
    for place, args in enumerate(cases):
        values = {system: found[place] for system, found in systems.items()}
        first = values["one"]
        assert all(close(value, first) for value in values.values()), (name, args, values)
        if arity < 3 and any(map(math.isnan, args)):
            assert math.isnan(first)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_exact_values_are_the_values_and_many_digits_agree(name):
    row = PRIMITIVES[name]
    for args in arguments(name):
        fractions = [Fraction(arg) for arg in args]
        if not exists(name, args):
            with pytest.raises(ValueProblem):
                apply(name, fractions)
            continue
        right = precise(REFERENCE[name])(*fractions)
        exact = row.exact(*fractions)
        if exact is not None:
            assert abs(MP.mpf(exact.numerator) / exact.denominator - right) <= MP.mpf(10) ** -45 * abs(right)
        value = as_real(apply(name, fractions))
        assert abs(value - right) <= MP.mpf(10) ** -40 * abs(right), (name, args)


@pytest.mark.parametrize("name", [n for n, row in FUNCTIONS.items() if len(row.params) == 1])
@pytest.mark.parametrize("prime", ["", "'"])
def test_rows_built_from_primitives_have_one_value_in_every_system(name, prime):
    """What is made of primitives by its formula, and its slope: many digits, compiled floats, calls of NumPy and columns."""
    from tutor.numbers.floats import evaluate_at_points

    expr = Call(name + prime, (Name("x"),))
    steps = [Step("out", expr, "row")]
    program, many, (low, high) = lower(steps, ["x"], ["out"]), compile_many(steps, ["x"], ["out"]), function(name, 1).sample
    bounded = name in ("arcsin", "arccos", "arcosh", "artanh", "logit")
    xs = [x for x in map(float, HARD[:13]) if x != 0 and (x > 0 or low < 0) and abs(x) < 50]
    xs = [x for x in xs if low <= x <= (max(high, 50 * low) if name == "arcosh" else high)] if bounded else xs
    columns = np.broadcast_to(evaluate_at_points(expr, {"x": np.array(xs)}), (len(xs),)).tolist()
    calls = many(np.array([xs]))[0].tolist()
    compiled = emit_straight(program, lambda values: many(np.array([values]).T)[:, 0].tolist(), packed=False)
    for x, *values in zip(xs, columns, calls, strict=True):
        values.append(compiled(x)[0])
        right = float(as_real(apply(name + prime, [Fraction(x)])))
        scale = max(abs(right), 1.0) if prime else abs(right)  # 1 − σ(40) has no digit left in floats, in none of them
        assert all(abs(value - right) <= 1e-12 * scale or close(value, right) for value in values), (name, x, values, right)
        assert all(close(value, values[0]) for value in values)


def test_sigmoid_far_out_is_no_zero():
    """A fault of version 0.3.0: two evaluators said 0 and 4.248e-18 for σ(−40), and differed by 4 % at −36."""
    systems = floats_of("sigmoid", [[-40.0, -36.0, -700.0]])
    for values in systems.values():
        assert values == pytest.approx([4.248354255291589e-18, 2.3195228302435691e-16, 9.859676543759771e-305], rel=1e-14)


def test_powers_and_quotients_are_those_of_ieee():
    special = (*NOTHING, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, 1e300)
    with np.errstate(all="ignore"):
        for a, b in itertools.product(special, repeat=2):
            if a not in (-math.inf, 0.0):  # there NumPy's own answers depend on the machine
                assert close(power(a, b), float(np.power(a, b))), (a, b)
            assert close(quotient(a, b), float(np.divide(a, b))), (a, b)


def test_a_function_that_no_row_knows_is_refused():
    with pytest.raises(ExpressionError):
        apply("nosuch", [Fraction(1)])


NOWHERE = {"log": (0, 1), "sqrt": (-1, 0), "exp": (10**8, 1), "sin": (10**41, 1), "cos": (10**41, 1), "tan": (10**41, 1),
           "arcsin": (2, 1), "artanh": (1, Fraction(1, 2))}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, row in PRIMITIVES.items() if row.nowhere])
def test_where_a_function_certainly_has_no_value(name):
    """Outside of the domain and inside of it, as its row says of a ball; the value there is refused, and given."""
    outside, inside = NOWHERE[name]
    with working(60):
        assert PRIMITIVES[name].nowhere(enclose(Fraction(outside)))
        assert not PRIMITIVES[name].nowhere(enclose(Fraction(inside)))
    with pytest.raises(ValueProblem):
        apply(name, [Fraction(outside)])
    apply(name, [Fraction(inside)])
