"""Layer products: the form for many sets of numbers at once, and for one set and a large graph.

Instructions of the same form that do not need each other (the sums of a layer, its activations, the gradients of its weights) are one
*group*, found by form and by distance from the given values, whatever their names are.  A group is computed by a few calls of NumPy on
arrays whose first axes run over its members.  Values live in rows of three arrays: the given ones, the wanted ones, and a scratch array;
the operands of a group are a *view* of rows in regular steps (w11 w12 w21 w22 is a matrix of two strides, x1 x2 x1 x2 one with a stride
of 0), and are gathered by a copy only where they are not regular.  A sum of products of two values is a product of matrix and vector.

Many sets stand in the last axis and are taken in pieces that fit into the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tutor.numbers.functions import PRIMITIVES, columns_of
from tutor.numbers.trees import Node, Trees

Floats: TypeAlias = "NDArray[np.float64]"
GIVEN, WANTED, SCRATCH = 0, 1, 2
FAR = 1 << 40
"""Rows of different arrays are so far apart that no regular step leads from one into the other."""


@dataclass(frozen=True, slots=True)
class View:
    """Rows ``first + Σ index·step`` of an array; ``axes`` are (length, step), the last one runs fastest."""

    array: int
    first: int
    axes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls of NumPy: each a function and the numbers of its operands in ``operands``, the result last."""

    calls: tuple[tuple[Callable[..., object], tuple[int, ...]], ...]
    operands: tuple[View | float, ...]
    rows: tuple[int, int, int]
    """How many rows the given, the wanted and the scratch array have."""


@dataclass(slots=True)
class _Group:
    """Instructions of one form: their values, and for each place in the form the value of every member."""

    form: Any
    members: list[int] = field(default_factory=list)
    uses: list[list[int]] = field(default_factory=list)


def plan(program: Trees) -> Plan:
    """Group a program's instructions and give each value its row.  Linear in the number of edges."""
    return _Planner(program).plan()


def _form(node: Node, uses: list[int]) -> Any:
    """What is left of a tree without the values it uses, which are added to ``uses`` from left to right."""
    if type(node) is int:
        uses.append(node)
        return None
    if type(node) is float:
        return node
    op, args = node[0], node[1:]  # type: ignore[index]
    if op == "+":
        pairs = [arg for arg in args if type(arg) is tuple and len(arg) == 3 and arg[0] == "*"
                 and type(arg[1]) is int and type(arg[2]) is int]  # fmt: skip
        if len(pairs) > 1:
            uses.extend([pair[1] for pair in pairs])
            uses.extend([pair[2] for pair in pairs])
            known = set(map(id, pairs))
            return ("dot", len(pairs), *[_form(arg, uses) for arg in args if id(arg) not in known])
        if len(args) > 2 and all(type(arg) is int for arg in args):
            uses.extend(args)
            return ("sum", len(args))
    return (op, *[_form(arg, uses) for arg in args])


def _groups(program: Trees, home: dict[int, int]) -> list[_Group]:
    """The groups in an order in which they can be computed."""
    level = [0] * (program.given + len(program.instructions))
    array = [GIVEN] * program.given + [WANTED if number in home else SCRATCH for number, _ in program.instructions]
    levels: list[dict[Any, _Group]] = []
    for number, node in program.instructions:
        uses: list[int] = []
        form = _form(node, uses)
        height = 0
        for use in uses:
            if level[use] > height:
                height = level[use]
        level[number] = height + 1
        if height == len(levels):
            levels.append({})
        key = (form, array[number], *[array[use] for use in uses])
        group = levels[height].get(key)
        if group is None:
            group = levels[height][key] = _Group(form)
        group.members.append(number)
        group.uses.append(uses)
    return [group for found in levels for group in found.values()]


class _Planner:
    """Writes the calls of one group after the other."""

    def __init__(self, program: Trees) -> None:
        self.program = program
        self.address = [*range(program.given), *[0] * len(program.instructions)]
        self.calls: list[tuple[Callable[..., object], tuple[int, ...]]] = []
        self.operands: dict[View | float, int] = {}
        self.rows = 0
        self.extra = 0  # rows for intermediate results, behind the scratch rows; every group uses the same
        self.most = 0

    def plan(self) -> Plan:
        home: dict[int, int] = {}
        for place, node in enumerate(self.program.wanted):
            if type(node) is int and node >= self.program.given:
                home.setdefault(node, place)
        groups = _groups(self.program, home)
        for group in groups:
            for member in group.members:
                self.address[member] = home[member] + WANTED * FAR if member in home else self.rows + SCRATCH * FAR
                self.rows += member not in home
        for group in groups:
            self.extra = self.rows
            self.group(group)
        self.results(home)
        found = (self.program.given, len(self.program.wanted), self.most + 1)
        return Plan(tuple(self.calls), tuple(self.operands), found)

    def call(self, func: Callable[..., object], *operands: int) -> int:
        self.calls.append((func, operands))
        return operands[-1]

    def operand(self, what: View | float) -> int:
        return self.operands.setdefault(what, len(self.operands))

    def spare(self, axes: tuple[int, ...]) -> int:
        """Rows for an intermediate result, of the lengths ``axes``."""
        first = self.extra
        self.extra += int(np.prod(axes))
        self.most = max(self.most, self.extra)
        return self.operand(_contiguous(SCRATCH, first, axes))

    def results(self, home: dict[int, int]) -> None:
        """Wanted values that are given, constant, or wanted twice."""
        self.most = max(self.most, self.rows)
        for place, node in enumerate(self.program.wanted):
            if type(node) is int and home.get(node) == place:
                continue
            what = _view([self.address[node]], (1,)) if type(node) is int else node
            assert not isinstance(what, tuple | int)
            self.call(np.positive, self.operand(what), self.operand(View(WANTED, place, ((1, 1),))))

    def group(self, group: _Group) -> None:
        address, form = self.address, group.form
        targets = [address[member] for member in group.members]
        if type(form) is tuple and form[0] in ("dot", "sum"):
            count = form[1]
            matrices = [
                self.matrix([[address[use] for use in uses[place : place + count]] for uses in group.uses])
                for place in ((0, count) if form[0] == "dot" else (0,))
            ]
            rest = [
                [address[uses[place]] for uses in group.uses]
                for place in range(count * len(matrices), len(group.uses[0]))
            ]
            lists = [targets, *rest]
            axes: tuple[int, ...] = (len(targets),)
        else:
            matrices = []
            lists = [targets, *([address[use] for use in column] for column in zip(*group.uses, strict=True))]
            axes = _axes(lists)
        views = [self.regular(listed, axes) for listed in lists]
        target = views[0] if _is_regular(targets, axes) else self.spare(axes)
        _Form(self, axes, iter(views[1:])).into(form, target, matrices)
        if target != views[0]:
            self.scatter(target, targets, axes)

    def matrix(self, rows: list[list[int]]) -> int:
        """A matrix of addresses as a view, gathered if it has to be."""
        return self.regular([use for row in rows for use in row], (len(rows), len(rows[0])))

    def regular(self, listed: list[int], axes: tuple[int, ...]) -> int:
        """A list of addresses as a view of the lengths ``axes``."""
        if _is_regular(listed, axes):
            return self.operand(_view(listed, axes))
        copied = self.spare(axes)
        flat = self.operand(_contiguous(SCRATCH, self.extra - len(listed), (len(listed),)))
        for array, places, rows in _by_array(listed):
            whole = self.operand(_contiguous(array, 0, (self.length(array, rows),)))
            self.call(_Gather(places, rows), whole, flat)
        return copied

    def scatter(self, source: int, targets: list[int], axes: tuple[int, ...]) -> None:
        view = next(view for view, number in self.operands.items() if number == source)
        assert type(view) is View
        flat = self.operand(_contiguous(view.array, view.first, (len(targets),)))
        for array, places, rows in _by_array(targets):
            whole = self.operand(_contiguous(array, 0, (self.length(array, rows),)))
            self.call(_Scatter(places, rows), flat, whole)

    def length(self, array: int, rows: NDArray[np.intp]) -> int:
        return (self.program.given, len(self.program.wanted), int(rows.max()) + 1)[array]


class _Form:
    """The calls for one form: a walk over the tree from left to right, as `_form` walked it."""

    def __init__(self, planner: _Planner, axes: tuple[int, ...], views: Any) -> None:
        self.planner = planner
        self.axes = axes
        self.views = views

    def into(self, form: Any, target: int, matrices: Sequence[int] = ()) -> int:
        """Compute a form into a target; returns the target."""
        call = self.planner.call
        if type(form) is not tuple:
            return call(np.positive, self.leaf(form), target)
        op, args = form[0], form[1:]
        if op == "dot":
            call(_dot, *matrices, target)
            return self.add(target, args[1:], target)
        if op == "sum":
            return call(_total, *matrices, target)
        if op == "+":
            return self.add(self.plain(args[0], target), args[1:], target)
        if op in _FOLDED:
            left = self.plain(args[0], target)
            for arg in args[1:]:
                right = self.other(arg, left, target)
                left = call(_FOLDED[op], left, right, target)
            return left
        if op == "if_positive":
            return call(_CALLED[op], *[self.apart(arg) for arg in args], target)
        return call(_CALLED[op], self.plain(args[0], target), target)

    def add(self, left: int, forms: Sequence[Any], target: int) -> int:
        """Add further terms to what is there."""
        for form in forms:
            func: Callable[..., object] = np.add
            if type(form) is tuple and form[0] == "neg":
                func, form = np.subtract, form[1]
            left = self.planner.call(func, left, self.other(form, left, target), target)
        return left

    def leaf(self, form: Any) -> int:
        number: int = next(self.views) if form is None else self.planner.operand(form)
        return number

    def plain(self, form: Any, target: int) -> int:
        """A leaf as it is, anything else computed into the target."""
        return self.nested(form, target) if type(form) is tuple else self.leaf(form)

    def other(self, form: Any, left: int, target: int) -> int:
        """A second operand: computed apart where the first one stands in the target."""
        if type(form) is not tuple:
            return self.leaf(form)
        return self.apart(form) if left == target else self.nested(form, target)

    def apart(self, form: Any) -> int:
        return self.nested(form, self.planner.spare(self.axes)) if type(form) is tuple else self.leaf(form)

    def nested(self, form: tuple[Any, ...], target: int) -> int:
        if form[0] not in ("dot", "sum"):
            return self.into(form, target)
        # a sum inside a formula: its terms are taken one by one
        count = form[1]
        if form[0] == "sum":
            return self.into(("+", *[None] * count), target)
        left = [next(self.views) for _ in range(count)]
        right = [next(self.views) for _ in range(count)]
        call = self.planner.call
        call(np.multiply, left[0], right[0], target)
        product = self.planner.spare(self.axes)
        for a, b in zip(left[1:], right[1:], strict=True):
            call(np.multiply, a, b, product)
            call(np.add, target, product, target)
        return self.add(target, form[2:], target)


def _contiguous(array: int, first: int, axes: tuple[int, ...]) -> View:
    steps, step = [], 1
    for length in reversed(axes):
        steps.append((length, step))
        step *= length
    return View(array, first, tuple(reversed(steps)))


def _axes(lists: Sequence[list[int]]) -> tuple[int, ...]:
    """The lengths by which lists of addresses are regular: (n,), or (rows, columns)."""
    count = len(lists[0])
    inner = count
    for listed in lists:
        if count > 2:
            step = listed[1] - listed[0]
            broken = next((k for k in range(2, count) if listed[k] - listed[k - 1] != step), count)
            inner = min(inner, broken)
    return (count // inner, inner) if 1 < inner < count and count % inner == 0 else (count,)


def _view(listed: Sequence[int], axes: tuple[int, ...]) -> View:
    """The view of a regular list of addresses."""
    array, first = divmod(listed[0], FAR)
    steps = [(axes[-1], listed[1] - listed[0] if axes[-1] > 1 else 1)]
    if len(axes) > 1:
        steps.insert(0, (axes[0], listed[axes[1]] - listed[0] if axes[0] > 1 else 1))
    return View(array, first, tuple(steps))


def _is_regular(listed: Sequence[int], axes: tuple[int, ...]) -> bool:
    inner = axes[-1]
    step = listed[1] - listed[0] if inner > 1 else 0
    outer = listed[inner] - listed[0] if len(axes) > 1 and axes[0] > 1 else 0
    start = listed[0]
    for first in range(0, len(listed), inner):
        if any(listed[first + k] != start + k * step for k in range(inner)):
            return False
        start += outer
    return abs(step) < FAR // 2 and abs(outer) < FAR // 2


def _by_array(listed: Sequence[int]) -> list[tuple[int, NDArray[np.intp], NDArray[np.intp]]]:
    """Addresses sorted by array: (array, places in the list, rows)."""
    addresses = np.array(listed, dtype=np.int64)
    arrays = addresses // FAR
    return [
        (int(array), np.flatnonzero(arrays == array), (addresses[arrays == array] % FAR).astype(np.intp))
        for array in np.unique(arrays)
    ]


@dataclass(frozen=True, slots=True)
class _Gather:
    """Copy rows that do not follow each other regularly."""

    places: NDArray[np.intp]
    rows: NDArray[np.intp]

    def __call__(self, whole: Floats, copied: Floats) -> None:
        copied[self.places] = whole[self.rows]


@dataclass(frozen=True, slots=True)
class _Scatter:
    """Copy results to rows that do not follow each other regularly."""

    places: NDArray[np.intp]
    rows: NDArray[np.intp]

    def __call__(self, source: Floats, whole: Floats) -> None:
        whole[self.rows] = source[self.places]


def _dot(a: Floats, b: Floats, out: Floats) -> None:
    """Σ_i a_ki·b_ki for every k, with or without a last axis of many sets."""
    if a.ndim == 3:
        np.einsum("kin,kin->kn", a, b, out=out)
    elif out.strides[0] != out.itemsize:
        np.einsum("ki,ki->k", a, b, out=out)
    elif b.strides[0] == 0 or len(b) == 1:
        np.dot(a, b[0], out=out)
    elif a.strides[0] == 0:
        np.dot(b, a[0], out=out)
    else:
        np.einsum("ki,ki->k", a, b, out=out)


def _total(a: Floats, out: Floats) -> None:
    np.add.reduce(a, axis=1, out=out)


_CALLED: dict[str, Callable[..., object]] = {
    "neg": np.negative, **{name: columns_of(row, np) for name, row in PRIMITIVES.items()}
}  # fmt: skip
_FOLDED: dict[str, Callable[..., object]] = {
    "*": np.multiply, "/": np.divide, "pow": np.power, **{name: _CALLED[name] for name, row in PRIMITIVES.items() if row.extreme}
}  # fmt: skip
