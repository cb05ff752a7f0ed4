"""Keys: what a number of a computation is called, made and taken apart in this one place.

A trace, a working and a contract know a number by its key: a quantity by its own name, a derivative as ``dL/dw5``, an edge that is not
the whole derivative as ``c|x``, anything after k updates as ``w5@1``, an entry of an array as ``W_1_2``, a loss over samples as ``L~mean``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def derivative_key(of: str, wrt: str) -> str:
    """The key of ∂of/∂wrt.

    >>> derivative_key("L", "w5")
    'dL/dw5'
    """
    return f"d{of}/d{wrt}"


@dataclass(frozen=True, slots=True)
class Derivative:
    """∂of/∂wrt, as a key: ``str(Derivative("L", "w5"))`` is ``dL/dw5``."""

    of: str
    wrt: str

    def __str__(self) -> str:
        return derivative_key(self.of, self.wrt)


def read_derivative(key: str) -> Derivative | None:
    """The derivative that a key stands for, or nothing for any other key (``dL/dw5@1`` is one after an update, see `read_after`).

    >>> read_derivative("dL/dw5"), read_derivative("d")
    (Derivative(of='L', wrt='w5'), None)
    """
    of, slash, wrt = key[1:].partition("/d")
    return Derivative(of, wrt) if slash and key[:1] == "d" else None


def is_derivative(key: str) -> bool:
    """Whether a key is that of a derivative, after any number of updates."""
    return key[:1] == "d" and "/d" in key


def edge_key(of: str, wrt: str) -> str:
    """The key of the derivative along one edge alone, where it is not the whole derivative.

    >>> edge_key("c", "x")
    'c|x'
    """
    return f"{of}|{wrt}"


def read_edge(key: str) -> Derivative | None:
    """The edge that a key stands for, or nothing.

    >>> read_edge("c|x")
    Derivative(of='c', wrt='x')
    """
    of, bar, wrt = key.partition("|")
    return Derivative(of, wrt) if bar else None


def make_after_key(key: str, updates: int) -> str:
    """The key of a quantity, a state or a derivative after so many updates; itself after none.

    >>> make_after_key("w5", 2), make_after_key("w5", 0)
    ('w5@2', 'w5')
    """
    return f"{key}@{updates}" if updates else key


@dataclass(frozen=True, slots=True)
class After:
    """A key and the number of updates after which it is meant."""

    key: str
    updates: int

    def __str__(self) -> str:
        return make_after_key(self.key, self.updates)


def read_after(key: str) -> After:
    """A key taken apart: ``w5@2`` is w5 after 2 updates.

    >>> read_after("w5@2"), read_after("w5")
    (After(key='w5', updates=2), After(key='w5', updates=0))
    """
    base, mark, updates = key.partition("@")
    return After(base, int(updates)) if mark and updates.isdecimal() else After(key, 0)


def make_over_key(loss: str, reduce: str) -> str:
    """The key of the mean or the sum of a loss over samples.

    >>> make_over_key("L", "mean")
    'L~mean'
    """
    return f"{loss}~{reduce}"


def entry_key(array: str, index: Iterable[int]) -> str:
    """The key of one entry of an array, counted from 1.

    >>> entry_key("W", (1, 2))
    'W_1_2'
    """
    return "_".join([array, *map(str, index)])
