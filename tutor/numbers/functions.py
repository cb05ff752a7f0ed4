"""One table of the primitive functions: what each one means in every number system.

A row says what a function is

* for exact fractions (`exact`: a `Fraction`, or None where the value is not rational),
* for balls (`ball`: a ball that contains the value; nan where it does not exist, or where the digits in use do not tell),
* for one float (`one`: as IEEE 754 has it, nan and inf where a value does not exist; nothing raises),
* for arrays of floats (`many`: the name of NumPy's own function, or a function of NumPy and its arguments, the last of which may be the
  array to write into),
* in the text that `tutor.numbers.emit` compiles for one set of floats (`text`; it may raise, then `one` counts).

Every other function of `tutor.rules.functions` is built from these by its row's formula, so that a new row needs nothing here.  A row is
here because it has no formula, or because its formula overflows or cancels where the function does not: σ(−40) is 4.248…e-18, and not
what is left of 1 − 1.  The tests hold all systems against each other, and against mpmath, on hard arguments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from operator import methodcaller
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from tutor.numbers.balls import enclose, make_nowhere, pi, sign
from tutor.numbers.values import Ball

if TYPE_CHECKING:
    from tutor.numbers.arrays import Floats

MAX_ARGUMENT = 10**7
"""The largest argument of exp; beyond it the result has more digits before the point than anyone can use."""
MAX_ANGLE = 10**40
"""The largest angle; of a larger one nobody knows the digits that count."""

Exact = Callable[..., "Fraction | None"]
Many: TypeAlias = "Callable[..., Floats]"
"""A function of arrays; NumPy's own are looked up by name, so that the table can be read without NumPy."""


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row: a function in every number system.  ``text`` has ``{0}``, ``{1}`` for its arguments; ``often`` says that one stands in
    it twice.  ``extreme`` functions take any number of arguments and are folded two by two.
    ``costly`` ones take some forty times as long as a product.
    ``lost`` is how many bits it takes to tell the value from 1 (or from x), for an argument of so many bits before the point: σ(140) is 1
    to sixty digits.  ``make_nowhere`` says of a ball whether the function certainly has no value there."""

    name: str
    exact: Exact
    ball: Callable[..., Ball]
    one: Callable[..., float]
    many: str | Many
    text: str
    arity: int = 1
    often: bool = False
    extreme: bool = False
    lost: Callable[[int], int] | None = None
    costly: bool = True
    nowhere: Callable[..., bool] | None = None


def columns_of(row: Primitive, numpy: ModuleType) -> Many:
    """The function of arrays of a row, for NumPy or for what stands in for it."""
    found: Many = getattr(numpy, row.many) if isinstance(row.many, str) else partial(row.many, numpy)
    return found


class ColumnFunctions(dict[str, Many]):
    """The functions of arrays by name, each looked up in NumPy when it is first called for; ``more`` are others."""

    def __init__(self, numpy: ModuleType, more: Mapping[str, Many] | None = None) -> None:
        super().__init__(more or {})
        self.numpy = numpy

    def __missing__(self, name: str) -> Many:
        found = self[name] = columns_of(PRIMITIVES[name], self.numpy)
        return found


# exact fractions -----------------------------------------------------------------------------------------------------------------


def _make_only_at(argument: int, value: Fraction) -> Exact:
    """A function that is rational at one rational argument only (Lindemann and Weierstraß)."""
    return lambda x: value if x == argument else None


def root(value: Fraction) -> Fraction | None:
    """√value where it is rational.

    >>> root(Fraction(9, 4)), root(Fraction(2))
    (Fraction(3, 2), None)
    """
    if value < 0:
        return None
    over, under = math.isqrt(value.numerator), math.isqrt(value.denominator)
    return Fraction(over, under) if over * over == value.numerator and under * under == value.denominator else None


def _refuse_exact(*args: Fraction) -> None:
    return None


# balls ---------------------------------------------------------------------------------------------------------------------------


def _method(name: str) -> Callable[[Ball], Ball]:
    """A function that balls have of their own."""
    return methodcaller(name)


def _exp_ball(x: Ball) -> Ball:
    return make_nowhere() if x > MAX_ARGUMENT else x.exp()


def _sign_ball(x: Ball) -> Ball:
    found = sign(x)
    return make_nowhere() if found is None else enclose(found)


def _choice_ball(condition: Ball, yes: Ball, no: Ball) -> Ball:
    found = sign(condition)
    return make_nowhere() if found is None else yes if found > 0 else no


def _make_circular_ball(name: str) -> Callable[[Ball], Ball]:
    """sin, cos, tan: of angles that are not too large to mean anything."""
    own = _method(name)
    return lambda x: own(x) if abs(x) < MAX_ANGLE else make_nowhere()


# one float -----------------------------------------------------------------------------------------------------------------------


def _guard(function: Callable[[float], float], beyond: Callable[[float], float]) -> Callable[[float], float]:
    """A function of Python's as IEEE 754 has it: nan outside its domain, ``beyond`` where it overflows."""

    def compute(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return beyond(x)
        except ValueError:
            return math.nan

    return compute


def _log(x: float) -> float:
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def _artanh(x: float) -> float:
    return math.atanh(x) if -1 < x < 1 else math.copysign(math.inf, x) if abs(x) == 1 else math.nan


def _sign(x: float) -> float:
    return 1.0 if x > 0 else -1.0 if x < 0 else x * 0.0


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else math.exp(x)


def _softplus(x: float) -> float:
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def _max_floats(a: float, b: float) -> float:
    return a if a > b else b if b >= a else a + b


def _min_floats(a: float, b: float) -> float:
    return a if a < b else b if b <= a else a + b


def _choice(condition: float, yes: float, no: float) -> float:
    return yes if condition > 0 else no if condition <= 0 else math.nan


def power(base: float, exponent: float) -> float:
    """base^exponent as IEEE 754 has it."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 and not math.isnan(exponent) else math.nan


def quotient(a: float, b: float) -> float:
    """a/b as IEEE 754 has it."""
    try:
        return a / b
    except ZeroDivisionError:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


# arrays --------------------------------------------------------------------------------------------------------------------------


def _sigmoids(np: ModuleType, x: Floats, out: Floats | None = None) -> Floats:
    """1/(1 + e^(−x)), in place; where e^(−x) is infinite the result is 0, which is right to 10⁻³⁰⁰."""
    grown = np.exp(np.negative(x, out), out)
    found: Floats = np.divide(1.0, np.add(grown, 1.0, out), out)
    return found


def _softpluses(np: ModuleType, x: Floats, out: Floats | None = None) -> Floats:
    """max(x, 0) + log(1 + e^(−|x|))."""
    found: Floats = np.add(np.maximum(x, 0.0), np.log1p(np.exp(-np.abs(x))), out)
    return found


def _compute_erfs(np: ModuleType, x: Floats, out: Floats | None = None) -> Floats:
    """The error function, entry by entry: NumPy has none."""
    entries = np.asarray(x)
    found: Floats = np.array([math.erf(value) for value in entries.reshape(-1).tolist()])
    found = found.reshape(*entries.shape) if entries.shape else found[0]
    if out is None:
        return found
    np.copyto(out, found)
    return out


def _max_arrays(np: ModuleType, a: Floats, b: Floats, out: Floats | None = None) -> Floats:
    found: Floats = np.maximum(a, b, out=out)  # NumPy wants this one by its keyword
    return found


def _min_arrays(np: ModuleType, a: Floats, b: Floats, out: Floats | None = None) -> Floats:
    found: Floats = np.minimum(a, b, out=out)
    return found


def _choices(np: ModuleType, condition: Floats, yes: Floats, no: Floats, out: Floats | None = None) -> Floats:
    """``yes`` where the condition is positive, ``no`` where it is not, nan where it is nan."""
    found: Floats = np.where(condition > 0.0, yes, np.where(condition <= 0.0, no, np.nan))
    if out is None:
        return found
    np.copyto(out, found)
    return out


def _count_near_zero(bits: int) -> int:
    """e^x, cos x, cosh x near x = 0: as many as x has zeros behind the point, once or twice."""
    return -2 * bits


def _count_far_out(bits: int) -> int:
    """σ(x), tanh x, log(1 + e^x) far out: as many as e^(−2x) has zeros behind the point."""
    return 3 << min(bits, 60) if bits > 0 else 0


def _count_square_far_out(bits: int) -> int:
    """erf x far out: as many as e^(−x²) has zeros behind the point."""
    return 3 << min(2 * bits, 60) if bits > 0 else 0


def _overflow(x: float) -> float:
    return math.inf


def _make_beyond(limit: int) -> Callable[[Ball], bool]:
    return lambda x: bool(abs(x) >= limit)


_ROWS = (
    Primitive("exp", _make_only_at(0, Fraction(1)), _exp_ball, _guard(math.exp, _overflow), "exp", "exp({0})", lost=_count_near_zero,
              nowhere=lambda x: bool(x > MAX_ARGUMENT)),
    Primitive("log", _make_only_at(1, Fraction(0)), _method("log"), _log, "log", "log({0})",
              nowhere=lambda x: bool(x <= 0)),
    Primitive("sqrt", root, _method("sqrt"), _guard(math.sqrt, _overflow), "sqrt", "sqrt({0})", costly=False,
              nowhere=lambda x: bool(x < 0)),
    Primitive("sin", _make_only_at(0, Fraction(0)), _make_circular_ball("sin"), _guard(math.sin, _overflow), "sin", "sin({0})",
              nowhere=_make_beyond(MAX_ANGLE)),
    Primitive("cos", _make_only_at(0, Fraction(1)), _make_circular_ball("cos"), _guard(math.cos, _overflow), "cos", "cos({0})",
              lost=_count_near_zero, nowhere=_make_beyond(MAX_ANGLE)),
    Primitive("tan", _make_only_at(0, Fraction(0)), _make_circular_ball("tan"), _guard(math.tan, _overflow), "tan", "tan({0})",
              nowhere=_make_beyond(MAX_ANGLE)),
    Primitive("arctan", _make_only_at(0, Fraction(0)), _method("atan"), math.atan, "arctan", "atan({0})"),
    Primitive("arcsin", _make_only_at(0, Fraction(0)), _method("asin"), _guard(math.asin, _overflow), "arcsin", "asin({0})",
              nowhere=lambda x: bool(abs(x) > 1)),
    Primitive("arsinh", _make_only_at(0, Fraction(0)), _method("asinh"), math.asinh, "arcsinh", "asinh({0})"),
    Primitive("artanh", _make_only_at(0, Fraction(0)), _method("atanh"), _artanh, "arctanh", "atanh({0})",
              nowhere=_make_beyond(1)),
    Primitive("sinh", _make_only_at(0, Fraction(0)), _method("sinh"), _guard(math.sinh, lambda x: math.copysign(math.inf, x)),
              "sinh", "sinh({0})"),
    Primitive("cosh", _make_only_at(0, Fraction(1)), _method("cosh"), _guard(math.cosh, _overflow),
              "cosh", "cosh({0})", lost=_count_near_zero),
    Primitive("tanh", _make_only_at(0, Fraction(0)), _method("tanh"), math.tanh, "tanh", "tanh({0})", lost=_count_far_out),
    Primitive("erf", _make_only_at(0, Fraction(0)), _method("erf"), math.erf, _compute_erfs, "erf({0})", lost=_count_square_far_out),
    Primitive("abs", abs, abs, abs, "abs", "absolute({0})", costly=False),
    Primitive("sign", lambda x: Fraction((x > 0) - (x < 0)), _sign_ball, _sign, "sign",
              "(1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else {0}*0.0)",
              often=True, costly=False),
    # below -700 e^(-x) comes near to the overflow, and σ(x) = e^x to every digit
    Primitive("sigmoid", _make_only_at(0, Fraction(1, 2)), lambda x: 1 / (1 + (-x).exp()), _sigmoid, _sigmoids,
              "(1.0/(1.0 + exp(-{0})) if {0} > -700.0 else exp({0}))",
              often=True, lost=_count_far_out),
    Primitive("softplus", _refuse_exact, lambda x: x.exp().log1p(), _softplus, _softpluses,
              "({0} + log1p(exp(-{0})) if {0} > 0.0 else log1p(exp({0})))", often=True, lost=_count_far_out),
    Primitive("max", max, lambda a, b: a.max(b), _max_floats, _max_arrays, "({0} if {0} > {1} else {1} if {1} >= {0} else {0} + {1})",
              arity=2, often=True, extreme=True, costly=False),
    Primitive("min", min, lambda a, b: a.min(b), _min_floats, _min_arrays, "({0} if {0} < {1} else {1} if {1} <= {0} else {0} + {1})",
              arity=2, often=True, extreme=True, costly=False),
    # only the branch that counts is computed in the text
    Primitive("if_positive", lambda c, a, b: a if c > 0 else b, _choice_ball, _choice, _choices,
              "({1} if {0} > 0.0 else {2} if {0} <= 0.0 else nan)",
              arity=3, often=True, costly=False),
    Primitive("pi", _refuse_exact, pi, lambda: math.pi, lambda np: np.float64(math.pi), repr(math.pi), arity=0, costly=False),
)  # fmt: skip

PRIMITIVES: dict[str, Primitive] = {row.name: row for row in _ROWS}
"""The rows by name."""
