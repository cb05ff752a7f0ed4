"""What an array program is made of: instructions, each for all entries of an array, and the views of their results that they take."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import NamedTuple, TypeAlias

from tutor.expression.nodes import Expr
from tutor.numbers.lowering import ADD, DIV, MUL, NEG, NUMBER, SQUARE, SUB

GIVEN, DOT, LARGEST, GATHER, PATTERN, EQUAL = "given", "dot", "largest", "gather", "pattern", "equal"
"""What an instruction does besides the operations entry by entry: nothing (its values are given); a sum of products; the largest of some
entries; entries picked by their places, 0 outside; ones and zeros by places; 1 where two entries are equal, else 0."""
DIVIDED_OUT = "divided out"
"""The largest of some exponents, which is divided out again: where another one becomes the largest is no kink."""
PI = "pi"

STRAIGHT = tuple(tuple(range(count)) for count in range(32))
"""The axes of a result as they are, by how many there are."""

Letters: TypeAlias = tuple[str, ...]


class Part(NamedTuple):
    """A view of the result of an instruction: for each of its axes the axis of the result, or None where it is repeated."""

    place: int
    axes: tuple[int | None, ...]
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """Which entries a `GATHER` takes, or where a `PATTERN` is 1.

    ``index`` is one formula for each axis of what is picked from (counted from 1, 0 is outside), in the ``letters`` that run over the
    axes of the result, of these ``sizes``, and in the ``known`` sizes and settings.  ``limits`` are the sizes beyond which an index is
    outside.
    """

    index: tuple[Expr, ...]
    letters: Letters
    sizes: tuple[int, ...]
    known: tuple[tuple[str, int], ...]
    limits: tuple[int, ...]


class Instruction(NamedTuple):
    """What is done, with which parts, and the shape of the result; of what is given its ``name``, of a constant the ``number`` and as a
    ``name`` its exact text.

    The axes of the operands are those of the result, and behind them the ``loops`` of a `DOT` or `LARGEST`; the operand of a `GATHER`
    has its own.
    """

    op: str
    parts: tuple[Part, ...]
    shape: tuple[int, ...]
    loops: tuple[int, ...] = ()
    name: str = ""
    number: float = 0.0
    pick: Pick | None = None


@dataclass(frozen=True, slots=True)
class ArrayProgram:
    """Instructions in an order in which they can be computed; those of ``given`` come first, in the order of their names.

    ``wanted`` are parts of their results.
    """

    code: tuple[Instruction, ...]
    given: tuple[str, ...]
    wanted: tuple[Part, ...]

    @property
    def size(self) -> int:
        """How many operations on single numbers this is, as `tutor.numbers.trees.Trees` counts them."""
        return sum(_cost(step) * prod(step.shape) * prod(step.loops) for step in self.code)


    def work(self, points: int) -> float:
        """What it takes to run it once at so many points, in operations with sixty digits, about: each instruction, and each product."""
        return sum(RUN_ONE + points * prod(step.shape) * prod(step.loops) / RUN_PRODUCTS for step in self.code)


RUN_ONE, RUN_PRODUCTS = 20, 1500
"""An instruction is made and carried out in the time of so many operations with sixty digits; so many products take that of one."""


def _cost(step: Instruction) -> int:
    if step.op in (GIVEN, NUMBER, GATHER, PATTERN):
        return 0
    return 2 if step.op == DOT else 1 if step.op in (ADD, SUB, MUL, DIV, NEG, SQUARE, LARGEST, DIVIDED_OUT, EQUAL) else 4
