"""One entry of an array program as a program of single quantities: what balls confirm of what whole arrays have shown in floats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from math import prod
from typing import TypeAlias

from tutor.errors import ExpressionError
from tutor.expression.nodes import ONE, ZERO, Number
from tutor.graph.entries import Array
from tutor.graph.index_form import read_whole
from tutor.numbers.array_code import (
    DIVIDED_OUT,
    DOT,
    EQUAL,
    GIVEN,
    LARGEST,
    PI,
    STRAIGHT,
    ArrayProgram,
    Instruction,
    Part,
)
from tutor.numbers.lowering import ADD, DIV, MAX, MUL, NEG, NUMBER, POW, SQUARE, SUB
from tutor.numbers.program import MAX_CODE, Instructions, Program

Places: TypeAlias = tuple[int, ...]
"""An index, from 0."""
Needed: TypeAlias = dict[Places, list[tuple[int, Places]]]
"""Entries of one result, each with the entries that it is made of: the number of an instruction, and an index."""


def write_entry(program: ArrayProgram, place: Sequence[int], names: Callable[[str], Array[str]], most: int = MAX_CODE) -> Program:
    """The program of the entry at an index, from 1, of what is wanted; ``names`` tells the single quantities of a given array.

    Raises `ExpressionError` for an entry that takes more than so many operations, `ValueProblem` for an array that has no entries.

    >>> from tutor.expression.nodes import Call, Name
    >>> from tutor.numbers.array_program import lower_formula
    >>> made = lower_formula(Call("matmul", (Name("W"), Name("x"))), {"W": (1, 2), "x": (2,)}.__getitem__)
    >>> known = {"W": Array((1, 2), ("W_1_1", "W_1_2")), "x": Array((2,), ("x_1", "x_2"))}
    >>> write_entry(made, (1,), known.__getitem__).names
    ('W_1_1', 'W_1_2', 'x_1', 'x_2')
    """
    needed: list[Needed] = [{} for _ in program.code]
    wanted = _look(program.wanted[0], tuple(index - 1 for index in place))
    needed[wanted[0]][wanted[1]] = []
    count = 0
    for step, own in zip(reversed(program.code), reversed(needed), strict=True):
        for at in own:
            parts = own[at] = _list_parts(step, at)
            count += len(parts)
            if count > most:
                raise ExpressionError(f"an entry of more than {most:,} operations", hint="write it in steps")
            for number, index in parts:
                needed[number].setdefault(index, [])
    made = Instructions()
    done: list[dict[Places, int]] = []
    for step, own in zip(program.code, needed, strict=True):
        done.append({at: _write(step, at, [done[number][index] for number, index in parts], made, names) for at, parts in own.items()})
    return made.finish(done[wanted[0]][wanted[1]])


def count_written(program: ArrayProgram) -> int:
    """How many nodes the formulas of all entries have, when what is used twice is written twice: that grows with each product.

    >>> from tutor.expression.nodes import Call, Name
    >>> from tutor.numbers.array_program import lower_formula
    >>> count_written(lower_formula(Call("matmul", (Name("W"), Name("x"))), {"W": (1, 2), "x": (2,)}.__getitem__))
    5
    """
    sizes: list[int] = []
    for step in program.code:
        sizes.append(1 + prod(step.loops) * sum(sizes[part.place] for part in step.parts))
    part = program.wanted[0]
    return prod(part.shape) * sizes[part.place]


def has_entries(program: ArrayProgram) -> bool:
    """Whether balls can tell its entries: whether two of them are equal they cannot."""
    return all(step.op != EQUAL for step in program.code)


def _look(part: Part, at: Places) -> tuple[int, Places]:
    """Which entry of a result stands at an index of a view of it."""
    if part.axes == STRAIGHT[len(part.axes)]:
        return part.place, at
    own = {axis: index for axis, index in zip(part.axes, at, strict=True) if axis is not None}
    return part.place, tuple([own[axis] for axis in range(len(own))])


def _list_parts(step: Instruction, at: Places) -> list[tuple[int, Places]]:
    """The entries that an entry is made of; of a sum of products term by term."""
    if step.loops:
        return [_look(part, (*at, *inner)) for inner in product(*map(range, step.loops)) for part in step.parts]
    if step.pick is None:
        return [_look(part, at) for part in step.parts]
    index = _find_index(step, at)
    return [_look(part, index) for part in step.parts] if index is not None else []


def _find_index(step: Instruction, at: Places) -> Places | None:
    """Which entry is picked, from 0; nothing outside."""
    pick = step.pick
    assert pick is not None
    known = {**dict(pick.known), **{letter: place + 1 for letter, place in zip(pick.letters, at, strict=True)}}
    index = tuple(read_whole(part, known) for part in pick.index)
    inside = all(1 <= i <= size for i, size in zip(index, pick.limits, strict=True))
    return tuple(i - 1 for i in index) if inside else None


def _write(step: Instruction, at: Places, parts: list[int], made: Instructions, names: Callable[[str], Array[str]]) -> int:
    """The place of an entry, from those of what it is made of."""
    op = step.op
    if op == GIVEN:
        name = names(step.name).pick_entry([index + 1 for index in at])
        assert name is not None
        return made.load(name)
    if op == NUMBER:
        return made.call(PI, ()) if step.name == PI else made.number(Number(step.name))
    if op == DOT:
        width = len(step.parts)
        terms = [parts[k : k + width] for k in range(0, len(parts), width)]
        kept = [made.multiply(term) for term in terms if not any(map(made.is_zero, term))]  # what is outside is no term
        return made.add(kept) if kept else made.number(ZERO)
    if op == LARGEST:
        return made.call(MAX, parts) if len(parts) > 1 else parts[0]
    if op == DIVIDED_OUT:
        return reduce(made.find_larger, parts)
    if step.pick is not None:
        return parts[0] if parts else made.number(ZERO if step.parts or _find_index(step, at) is None else ONE)
    return _APPLIED[op](made, parts) if op in _APPLIED else made.call(op, parts)


_APPLIED: dict[str, Callable[[Instructions, list[int]], int]] = {
    ADD: Instructions.add, MUL: Instructions.multiply, SUB: lambda made, parts: made.subtract(*parts),
    DIV: lambda made, parts: made.divide(*parts), NEG: lambda made, parts: made.negate(parts[0]),
    POW: lambda made, parts: made.power(*parts), SQUARE: lambda made, parts: made.multiply([parts[0], parts[0]]),
}  # fmt: skip
