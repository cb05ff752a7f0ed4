"""The instructions of `tutor.numbers.decimals` over NumPy columns: one expression at many points at once, in floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tutor.numbers.decimals import (
    ADD,
    CALLS,
    CONST,
    DIV,
    IF,
    LOAD,
    MAX,
    MIN,
    MUL,
    NEG,
    PI,
    POW,
    POWER,
    SQUARE,
    SUB,
    Program,
)
from tutor.numbers.functions import PRIMITIVES, columns_of

Column = Any
"""A NumPy array (points,), or a NumPy number where it is the same at all points."""


_COLUMN: dict[int, Callable[..., Column]] = {
    op: columns_of(PRIMITIVES[name], np) for name, op in CALLS.items()
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
            append(_COLUMN[op](done[a], done[b], done[c]))
        elif op in (MAX, MIN):
            append(_COLUMN[op](done[a], done[b]))
        elif op == POW:
            append(done[a] ** done[b])
        elif op == PI:
            append(_COLUMN[op]())
        elif op == NEG:
            append(-done[a])
        else:
            append(_COLUMN[op](done[a]))
    return done


def conditions(program: Program, done: Sequence[Column]) -> list[Column]:
    """The columns on whose sign the branches of a program depend."""
    return [done[a] if b is None else done[a] - done[b] for a, b in program.kinks]


def wide(column: Column, count: int) -> Column:
    """A column for so many points; a constant is repeated."""
    return column if column.ndim else np.full(count, column)
