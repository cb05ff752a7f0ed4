"""Formulas evaluated in floats at many points at once: one array a quantity, NumPy does the rest.

For what-if runs, where many variants of one computation are needed and 15 digits are enough.  Nothing raises where a value does not
exist: it is nan or inf there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from tutor.errors import ExpressionError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.numbers.arithmetic import real
from tutor.numbers.functions import PRIMITIVES, columns_of
from tutor.rules.functions import OUT, function, partials_of, value_of

Floats = Any
"""A float, or an array of floats (NumPy's types say no more)."""
Env = Mapping[str, Floats]

_FUNCTIONS: dict[str, Callable[..., Floats]] = {name: columns_of(row, np) for name, row in PRIMITIVES.items()}


def _folded(operation: Any, args: Sequence[Floats]) -> Floats:
    total = args[0]
    for arg in args[1:]:
        total = operation(total, arg)
    return total


def at_points(expr: Expr, env: Env) -> Floats:
    """The values of a formula where its quantities have those of ``env``; a derivative is looked up as ``dL/dw5``.

    Raises `KeyError` for what ``env`` does not have, and `ExpressionError` for a function that does not exist.

    >>> from tutor.expression.parse import parse
    >>> at_points(parse("x^2 + y"), {"x": np.array([1.0, 2.0]), "y": 1.0}).tolist()
    [2.0, 5.0]
    """
    with np.errstate(all="ignore"):
        return _at(expr, env)


def run_at_points(steps: Sequence[tuple[str, Expr]], env: Env) -> dict[str, Floats]:
    """Run (target, formula) pairs one after the other; returns everything that was given and computed."""
    found = dict(env)
    with np.errstate(all="ignore"):
        for target, expr in steps:
            found[target] = _at(expr, found)
    return found


def _at(expr: Expr, env: Env) -> Floats:
    match expr:
        case Name(name):
            return env[name]
        case Number():
            return number(expr)
        case Partial(of, wrt):
            return env[derivative_key(of, wrt)]
        case Mul(args):
            total = _at(args[0], env)
            for arg in args[1:]:
                total = total * _at(arg, env)
            return total
        case Add(args):
            total = _at(args[0], env)
            for arg in args[1:]:
                total = total + _at(arg, env)
            return total
        case Neg(arg):
            return -_at(arg, env)
        case Div(num, den):
            return np.divide(_at(num, env), _at(den, env))
        case Pow(base, exp):
            return np.power(np.asarray(_at(base, env), dtype=float), _at(exp, env))
        case Call(func, args):
            return call(func, [_at(arg, env) for arg in args])


@cache
def number(expr: Number) -> float:
    """The float of a written number, rounded once; infinite where it is too large for one."""
    return as_float(expr.value)


def call(func: str, args: Sequence[Floats]) -> Floats:
    """A function of the rule tables at many points."""
    known = _FUNCTIONS.get(func)
    if known is not None:
        return _folded(known, args) if PRIMITIVES[func].extreme else known(*args)
    row = function(func.rstrip("'"), len(args))
    table = dict(zip(row.params, args, strict=True))
    if func.endswith("'"):
        return _at(partials_of(row)[0], {**table, OUT: call(func[:-1], args)})
    formula = value_of(row)
    if formula is None:
        raise ExpressionError(f"the function {func} has no value")
    return _at(formula, table)


def as_float(value: Any) -> float:
    """An exact value or one of 60 digits as a float; infinite where it is too large for one."""
    try:
        return float(real(value))
    except OverflowError:
        return math.inf if value > 0 else -math.inf
