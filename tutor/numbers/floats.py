"""Programs over columns of floats: one formula at many points at once, one array a quantity.

For what-if runs and for comparing, where many variants of one computation are needed and 15 digits are enough.  Nothing raises where a
value does not exist: it is nan or inf there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from tutor.expression.nodes import Expr, Number
from tutor.numbers.arithmetic import as_real
from tutor.numbers.arrays import Column, Floats, as_scalar, np
from tutor.numbers.functions import ColumnFunctions
from tutor.numbers.lowering import ADD, DIV, MUL, NAME, NEG, NUMBER, POW, POWER, SQUARE, SUB, round_to_float
from tutor.numbers.program import Program, program
from tutor.numbers.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

Env: TypeAlias = "Mapping[str, Floats | float]"
"""The values of quantities by name."""

Entry = TypeVar("Entry", bound="np.float64 | np.bool_")
_FUNCTIONS: Mapping[str, Callable[..., Column]] = ColumnFunctions(np)


def columns(steps: Program, env: Mapping[str, Column]) -> list[Column]:
    """The columns of all sub-terms of a program, by their places; to be called within ``np.errstate(all="ignore")``."""
    done: list[Column] = []
    append = done.append
    for op, a, b, c in steps.code:
        if op == MUL:
            append(done[a] * done[b])
        elif op == NAME:
            append(env[a])
        elif op == NUMBER:
            append(as_scalar(b))
        elif op == SUB:
            append(done[a] - done[b])
        elif op == ADD:
            append(done[a] + done[b])
        elif op == SQUARE:
            append(done[a] * done[a])
        elif op == DIV:
            append(done[a] / done[b])
        elif op == NEG:
            append(-done[a])
        elif op == POWER:
            append(done[a] ** as_scalar(b))
        elif op == POW:
            append(done[a] ** done[b])
        elif b is None:
            append(_FUNCTIONS[op](*(() if a is None else (done[a],))))
        else:
            append(_FUNCTIONS[op](done[a], done[b], *(() if c is None else (done[c],))))
    return done


def conditions(steps: Program, done: Sequence[Column]) -> list[Column]:
    """The columns on whose sign the branches of a program depend."""
    return [done[a] if b is None else done[a] - done[b] for a, b in steps.kinks]


def widen(column: NDArray[Entry], count: int) -> NDArray[Entry]:
    """A column for so many points; a constant is repeated."""
    return column if column.ndim else np.full(count, column)


def evaluate_at_points(expr: Expr, env: Env) -> Floats:
    """The values of a formula where its quantities have those of ``env``; a derivative is looked up as ``dL/dw5``.

    Raises `KeyError` for what ``env`` does not have, and `ExpressionError` for a function that does not exist.

    >>> from tutor.expression.parse import parse
    >>> evaluate_at_points(parse("x^2 + y"), {"x": np.array([1.0, 2.0]), "y": 1.0}).tolist()
    [2.0, 5.0]
    """
    steps = find_program(expr)
    used = {name: np.asarray(env[name], dtype=float) for name in steps.names}
    with np.errstate(all="ignore"):
        return columns(steps, used)[steps.result]


_KNOWN: dict[int, tuple[Expr, Program]] = {}
_ROOM = 20_000


def find_program(expr: Expr) -> Program:
    """The program of an expression, kept for the next run of the same expression."""
    known = _KNOWN.get(id(expr))
    if known is None:
        if len(_KNOWN) >= _ROOM:
            _KNOWN.clear()
        known = _KNOWN[id(expr)] = expr, program(expr)  # the expression is kept with it: its id stays its own
    return known[1]


def run_at_points(steps: Sequence[tuple[str, Expr]], env: Env) -> dict[str, Floats | float]:
    """Run (target, formula) pairs one after the other; returns everything that was given and computed."""
    found = dict(env)
    for target, expr in steps:
        found[target] = evaluate_at_points(expr, found)
    return found


@cache
def number(expr: Number) -> float:
    """The float of a written number, rounded once; infinite where it is too large for one."""
    return round_to_float(expr.value)


def as_float(value: Value) -> float:
    """An exact value or one of 60 digits as a float; infinite where it is too large for one."""
    try:
        return float(value.numerator / value.denominator if type(value) is Fraction else as_real(value))
    except OverflowError:
        return math.inf if value > 0 else -math.inf
