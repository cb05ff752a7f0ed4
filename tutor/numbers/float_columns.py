"""The instructions of `tutor.numbers.decimals` over NumPy columns: one expression at many points at once, in floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tutor.numbers.decimals import (
    ABS,
    ADD,
    CONST,
    COS,
    COSH,
    DIV,
    EXP,
    IF,
    LOAD,
    LOG,
    MAX,
    MIN,
    MUL,
    NEG,
    PI,
    POW,
    POWER,
    SIGMOID,
    SIN,
    SINH,
    SOFTPLUS,
    SQRT,
    SQUARE,
    SUB,
    TANH,
    Program,
)

Column = Any
"""A NumPy array (points,), or a NumPy number where it is the same at all points."""


def _softplus(x: Column) -> Column:
    return np.logaddexp(0.0, x)


def _sigmoid(x: Column) -> Column:
    return 1.0 / (1.0 + np.exp(-x))


_COLUMN: dict[int, Callable[[Column], Column]] = {
    EXP: np.exp, LOG: np.log, SQRT: np.sqrt, SIN: np.sin, COS: np.cos, SINH: np.sinh, COSH: np.cosh, TANH: np.tanh,
    SIGMOID: _sigmoid, SOFTPLUS: _softplus, ABS: np.abs, NEG: np.negative,
}  # fmt: skip


def columns(program: Program, env: Mapping[str, Column]) -> list[Column]:
    """The columns of all sub-terms of a program, by their places; to be called within ``np.errstate(all="ignore")``."""
    done: list[Column] = []
    append = done.append
    for op, a, b, c in program.code:
        if op == MUL:
            append(done[a] * done[b])
        elif op == LOAD:
            append(env[a])
        elif op == CONST:
            append(np.float64(a))
        elif op == SUB:
            append(done[a] - done[b])
        elif op == ADD:
            append(done[a] + done[b])
        elif op == SQUARE:
            append(done[a] * done[a])
        elif op == DIV:
            append(done[a] / done[b])
        elif op == POWER:
            append(done[a] ** np.float64(b))
        elif op == IF:
            condition = done[a]
            append(np.where(condition > 0, done[b], np.where(condition <= 0, done[c], np.nan)))
        elif op == MAX:
            append(np.maximum(done[a], done[b]))
        elif op == MIN:
            append(np.minimum(done[a], done[b]))
        elif op == POW:
            append(done[a] ** done[b])
        elif op == PI:
            append(np.float64(math.pi))
        else:
            append(_COLUMN[op](done[a]))
    return done


def conditions(program: Program, done: Sequence[Column]) -> list[Column]:
    """The columns on whose sign the branches of a program depend."""
    return [done[a] if b is None else done[a] - done[b] for a, b in program.kinks]


def wide(column: Column, count: int) -> Column:
    """A column for so many points; a constant is repeated."""
    return column if column.ndim else np.full(count, column)
