"""Formulas over whole arrays in floats, at many points at once: an array program that is run once, where the points are the last axis.

What a formula means is decided where everything over arrays is (`tutor.numbers.array_program`); here each instruction is carried out.
A plan (`tutor.numbers.array_plan`) takes ten times as long to be made as it takes to run one formula at the points of an exercise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from math import prod
from string import ascii_letters
from typing import TypeAlias

from tutor.errors import GraphError
from tutor.expression.nodes import Expr
from tutor.graph.entries import MAX_WORK, Array
from tutor.graph.index_form import read_whole
from tutor.graph.shapes import MAX_ENTRIES, Shape
from tutor.numbers.array_code import (
    DIVIDED_OUT,
    DOT,
    EQUAL,
    GIVEN,
    LARGEST,
    STRAIGHT,
    ArrayProgram,
    Instruction,
    Part,
    Pick,
)
from tutor.numbers.array_program import lower_formula
from tutor.numbers.arrays import PLAIN, Column, Floats, as_scalar, np
from tutor.numbers.functions import ColumnFunctions
from tutor.numbers.lowering import ADD, DIV, MAX, MUL, NEG, NUMBER, POW, SQUARE, SUB
from tutor.numbers.picks import find_inside, find_places

MAX_AXES = 24
"""So many axes may a sum of products run over: NumPy has no more than 32."""
Places: TypeAlias = tuple[int, ...]

_CALLED: Mapping[str, Callable[..., Floats]] = ColumnFunctions(np, {
    ADD: operator.add, SUB: operator.sub, MUL: operator.mul, DIV: operator.truediv, NEG: operator.neg, POW: operator.pow,
    SQUARE: lambda x: x * x, EQUAL: lambda x, y: np.where(x == y, 1.0, 0.0),
})  # fmt: skip


class ArrayColumns:
    """Works formulas over arrays out.  ``known`` gives the array of a name or a derivative (``dL/dW``), of shape (…, points).

    To be used within ``np.errstate(all="ignore")``.  One instruction may take ``most`` products.
    """

    def __init__(self, known: Callable[[str], Floats], points: int, most: int = MAX_WORK) -> None:
        self.known = known
        self.points = points
        self.most = most

    def value(self, expr: Expr) -> Floats:
        """The array that a formula stands for, with the points as its last axis (which may have the length 1).

        Raises `GraphError` for shapes that do not fit, and for more products than are worth their time.

        >>> from tutor.expression.nodes import Call, Name
        >>> x = np.array([[1.0, 5.0], [2.0, 6.0]])
        >>> ArrayColumns({"x": x}.__getitem__, 2).value(Call("sum", (Name("x"),))).tolist()
        [3.0, 11.0]
        """
        return self.run(self.lower(expr))

    def lower(self, expr: Expr) -> ArrayProgram:
        """The program of a formula.  Raises `GraphError` as `value` does."""
        program = lower_formula(expr, self._shape)
        for step in program.code:
            _check_work(step, self.most)
        return program

    def run(self, program: ArrayProgram) -> Floats:
        """The array that a program makes."""
        return _run_entries(program, self.known, self.points) if PLAIN else _run_arrays(program, self.known)

    def _shape(self, name: str) -> Shape:
        array = self.known(name)
        return array.shape if isinstance(array, Array) else array.shape[:-1]


def _check_work(step: Instruction, most: int) -> None:
    size, loops = prod(step.shape), prod(step.loops)
    if size > MAX_ENTRIES or size * loops > most or len(step.shape) + len(step.loops) > MAX_AXES:
        raise GraphError("this takes too many products", hint=f"the limit is {most:,}")


# whole arrays


def _run_arrays(program: ArrayProgram, known: Callable[[str], Floats]) -> Floats:
    done: list[Floats] = []
    for step in program.code:
        op, parts = step.op, step.parts
        if op == GIVEN:
            done.append(known(step.name))
        elif op == NUMBER:
            done.append(as_scalar(step.number))
        elif op == DOT:
            done.append(_sum_products(step, done))
        elif op in (LARGEST, DIVIDED_OUT):
            done.append(_find_largest(step, parts[0], done[parts[0].place]))
        elif step.pick is not None:
            done.append(_pick_entries(step.pick, [_look(done[part.place], part.axes) for part in parts]))
        else:
            found = _CALLED[op](*[_look(done[part.place], part.axes) for part in parts])
            done.append(found if found.shape[:-1] == step.shape or not found.ndim else _widen(found, step.shape))
    part = program.wanted[0]
    array = _look(done[part.place], part.axes)
    return _widen(array if array.ndim else np.array([array]), part.shape)


def _look(array: Floats, axes: Sequence[int | None]) -> Floats:
    """An array along given axes, with one of the length 1 where it is repeated; a constant is the same everywhere."""
    if not array.ndim or (array.ndim == len(axes) + 1 and axes == STRAIGHT[array.ndim - 1]):
        return array
    turned = array.transpose(*(axis for axis in axes if axis is not None), array.ndim - 1)
    return turned[tuple(None if axis is None else slice(None) for axis in axes)]


def _widen(array: Floats, shape: Sequence[int]) -> Floats:
    """An array with all of its entries; the points stay as they are."""
    return array if array.shape[:-1] == tuple(shape) else np.broadcast_to(array, (*shape, array.shape[-1]))


def _sum_products(step: Instruction, done: Sequence[Floats]) -> Floats:
    """The sum of products; what does not change along an axis that it runs over counts as often as the axis is long."""
    texts, arrays, factor = [], [], as_scalar(1.0)
    used: set[int] = set()
    for part in step.parts:
        array = done[part.place]
        if not array.ndim:
            factor = factor * array
            continue
        own = [place for place, axis in enumerate(part.axes) if axis is not None]
        turned = [axis for axis in part.axes if axis is not None]
        used.update(own)
        arrays.append(array.transpose(*turned, array.ndim - 1))
        texts.append("".join(ascii_letters[place] for place in own) + "Z")
    count = len(step.shape)
    repeated = prod(size for place, size in enumerate(step.loops, count) if place not in used)
    kept = [place for place in range(count) if place in used]
    if not arrays:
        return _widen(np.array([factor * repeated]).reshape(*(1,) * count, 1), step.shape)
    found: Floats = np.einsum(",".join(texts) + "->" + "".join(ascii_letters[place] for place in kept) + "Z", *arrays)
    if repeated != 1 or factor != 1.0:
        found = found * (factor * repeated)
    if len(kept) < count:
        found = found[tuple(slice(None) if place in used else None for place in range(count))]
    return _widen(found, step.shape)


def _find_largest(step: Instruction, part: Part, array: Floats) -> Floats:
    seen = _look(array, part.axes)
    return _widen(np.max(seen, axis=tuple(range(len(step.shape), len(part.axes)))), step.shape) if seen.ndim else seen


def _pick_entries(pick: Pick, sources: Sequence[Floats]) -> Floats:
    """Entries by their places, 0 outside; ones and zeros where nothing is picked from."""
    indices = find_places(pick)
    inside = find_inside(pick, indices)
    if not sources or not sources[0].ndim:
        return np.where(inside, sources[0] if sources else 1.0, 0.0)[..., None]
    array = _widen(sources[0], pick.limits)
    picked = tuple(np.broadcast_to(np.clip(index, 1, size) - 1, pick.sizes) for index, size in zip(indices, pick.limits, strict=True))
    found = array[picked]
    return found if np.all(inside) else np.where(np.expand_dims(inside, -1), found, 0.0)


# without NumPy there are arrays of two axes at most: one column of points for each entry


def _run_entries(program: ArrayProgram, known: Callable[[str], Floats], points: int) -> Floats:
    done: list[Array[Column]] = []
    for step in program.code:
        if step.op == GIVEN:
            given = known(step.name)
            done.append(given if isinstance(given, Array) else Array((), (given,)))
        elif step.op == NUMBER:
            done.append(Array((), (as_scalar(step.number),)))
        else:
            done.append(Array(step.shape, tuple(_make_entry(step, place, done) for place in _run_places(step.shape))))
    part = program.wanted[0]
    found = [_entry(part, place, done) for place in _run_places(part.shape)]
    return np.stack([np.broadcast_to(item, (points,)) for item in found]) if part.shape else found[0]


def _run_places(sizes: Sequence[int]) -> Iterator[Places]:
    return product(*map(range, sizes))


def _entry(part: Part, place: Places, done: Sequence[Array[Column]]) -> Column:
    """The entry of a part at an index, from 0."""
    array = done[part.place]
    at = 0
    own = {axis: index for axis, index in zip(part.axes, place, strict=True) if axis is not None}
    for axis, size in enumerate(array.shape):
        at = at * size + own[axis]
    return array.items[at]


def _make_entry(step: Instruction, place: Places, done: Sequence[Array[Column]]) -> Column:
    if step.op in (DOT, LARGEST, DIVIDED_OUT):
        terms = [
            reduce(operator.mul, [_entry(part, (*place, *inner), done) for part in step.parts]) for inner in _run_places(step.loops)
        ]
        return reduce(operator.add if step.op == DOT else _CALLED[MAX], terms)
    if step.pick is None:
        return _CALLED[step.op](*[_entry(part, place, done) for part in step.parts])
    pick = step.pick
    at = {**dict(pick.known), **{letter: index + 1 for letter, index in zip(pick.letters, place, strict=True)}}
    index = [read_whole(part, at) for part in pick.index]
    if not all(1 <= i <= size for i, size in zip(index, pick.limits, strict=True)):
        return as_scalar(0.0)
    return _entry(step.parts[0], tuple(i - 1 for i in index), done) if step.parts else as_scalar(1.0)
