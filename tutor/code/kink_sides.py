"""Kinks of a program: a gradient is right only where it was tried on both sides of each.

A ReLU, an absolute value, a clip, a hinge or a mask has two sides.  Points are drawn, with smaller and larger numbers, too, until each
was seen on both sides; what was not, is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.code_values import CodeProblem, Guess
from tutor.code.exchanged_parts import find_function
from tutor.code.library_calls import take_real
from tutor.code.trial import ProgramTrial
from tutor.numbers.arrays import np

POINTS = ((11, 1.0), (12, 3.0), (13, 0.2), (14, 10.0), (15, 1.0), (16, 30.0), (17, 30.0), (18, 10.0), (19, 30.0), (20, 10.0))
"""Further points: a seed, and how large the numbers are."""
NEAR = POINTS[2]
TIED = range(21, 45)
"""Seeds of points that are looked at until several entries of an array are its largest."""
Place = tuple[int, int, int, int]
"""Line, column, where it ends, and which comparison or bound of it."""
SIGNED = (ast.Lt, ast.Gt, ast.LtE, ast.GtE)


@dataclass(slots=True)
class KinkWatch:
    """Sees what a run compares: ``sides`` by place, with True where the left was larger, False where it was smaller.

    A bound such as 10⁻⁷ keeps a logarithm from 0 and is no kink to be on both sides of; ``guarded`` says that one was reached.
    """

    sides: dict[Place, set[bool]] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    last: dict[int, Any] = field(default_factory=dict)
    guarded: bool = False
    tied: bool = False

    def look(self, node: ast.expr, value: Any) -> Any:
        """A part of the program and its value, which stays as it is."""
        self.last[id(node)] = value
        if isinstance(node, ast.Call) and not self.tied:
            self.tied = self._is_tied(node, value)
        for number, (left, right) in enumerate(self._list_pairs(node)):
            self._note(node, number, left, right)
        return value

    def _is_tied(self, node: ast.Call, value: Any) -> bool:
        """Whether several entries are the largest of those of which a maximum is taken: 0 behind a ReLU."""
        word = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if word not in LARGEST or not isinstance(node.func, ast.Attribute):
            return False
        of = take_real(self._take(node.func.value if _is_value(node.func.value) else node.args[0] if node.args else node))
        if not _is_real(of) or np.ndim(of) == 0:
            return False
        size = max(1, int(np.size(value)))
        alike = [axis for axis in range(np.ndim(of)) if np.size(of) == size * np.shape(of)[axis]]
        axes: list[int | None] = [*alike] if alike else [None]
        tops = [np.max(of, axis=axis, keepdims=True) for axis in axes]
        return any(int(np.sum(of == top)) > np.size(top) for top in tops)

    def _list_pairs(self, node: ast.expr) -> Iterator[tuple[Any, Any]]:
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
            for sign, left, right in zip(node.ops, parts, parts[1:], strict=False):
                yield (self._take(left), self._take(right)) if isinstance(sign, SIGNED) else (None, None)
            return
        if not isinstance(node, ast.Call):
            return
        word = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        of = [node.func.value] if isinstance(node.func, ast.Attribute) and word in METHODS and _is_value(node.func.value) else []
        values = [self._take(part) for part in (*of, *node.args)]
        if word in ("maximum", "minimum") and len(values) == 2:
            yield values[0], values[1]
        elif word in ("abs", "absolute", "fabs", "relu", "ReLU", "leaky_relu") and values:
            yield values[0], 0.0
        elif word in ("clip", "clamp") and values:
            bounds = values[1:] + [self._take(part.value) for part in node.keywords if part.arg in ("min", "max", "a_min", "a_max")]
            yield from ((values[0], bound) for bound in bounds)

    def _take(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        value = self.last.get(id(node))
        return value.value if type(value) is Guess else value  # it has got its numbers by now

    def _note(self, node: ast.expr, number: int, left: Any, right: Any) -> None:
        one, two = take_real(left), take_real(right)
        if not (_is_real(one) or _is_real(two)) or not all(_is_real(part) or type(part) is int for part in (one, two)):
            return
        try:
            apart = np.asarray(one) - np.asarray(two)
        except ValueError:
            return
        if isinstance(node, ast.Call) and is_guard(two):
            self.guarded |= bool(np.any(apart < 0) if two < 0.5 else np.any(apart > 0))
            return
        place = (node.lineno, node.col_offset, node.end_col_offset or 0, number)
        found = self.sides.setdefault(place, set())
        self.texts[place] = ast.unparse(node)
        found |= {side for side, there in ((True, np.any(apart > 0)), (False, np.any(apart < 0))) if there}


def is_guard(bound: Any) -> bool:
    """Whether a bound only keeps a chance from 0 or from 1.

    >>> is_guard(1e-7), is_guard(1 - 1e-7), is_guard(0.0), is_guard(0.1)
    (True, True, False, False)
    """
    return isinstance(bound, float) and (0 < bound <= GUARD or 0 < 1 - bound <= GUARD)


GUARD = 1e-4
LARGEST = frozenset({"max", "amax", "argmax"})
METHODS = ("clip", "clamp", "abs", "relu")


def _is_value(node: ast.expr) -> bool:
    """Whether a method stands behind a value and not behind a library: ``x.clip``, not ``np.clip``."""
    return not (isinstance(node, ast.Name) and node.id in ("np", "numpy", "torch", "F", "cp", "jnp"))


def _is_real(value: Any) -> bool:
    return isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def see_sides(trial: ProgramTrial) -> KinkWatch:
    """The sides of all kinks of a program that its forward pass was on; of one body all."""
    watch = KinkWatch()
    trial.run(backward=trial.plan.is_single, watch=watch.look)
    return watch


def list_one_sided(sides: Mapping[Place, set[bool]]) -> set[tuple[Place, bool]]:
    """The kinks that were seen on one side only, with the side that is missing.

    >>> list_one_sided({(1, 0, 9, 0): {True, False}, (2, 4, 9, 0): {True}})
    {((2, 4, 9, 0), False)}
    """
    return {(place, side) for place, seen in sides.items() for side in (True, False) if seen == {not side}}


def draw_near(trial: ProgramTrial, watch: KinkWatch) -> Iterator[ProgramTrial]:
    """The program at small numbers, which are near its kinks where they are at 0: none where it has no kinks or a guard is reached."""
    near = trial.put_in(replace(trial.world, seed=NEAR[0], scale=NEAR[1]))
    near.again = dict(trial.again)
    try:
        if watch.sides and not see_sides(near).guarded:
            yield near
    except CodeProblem:
        return


def draw_ties(trial: ProgramTrial, watch: KinkWatch) -> Iterator[ProgramTrial]:
    """The program at a point where several entries are the largest, if there is one: none where it does not ask which one is."""
    func = find_function(trial.source.tree, trial.plan.owner, trial.plan.backward) if trial.plan.backward else None
    asks = any(
        (isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq) and not isinstance(part.comparators[0], ast.Constant))
        or (isinstance(part, ast.Attribute) and part.attr == "argmax")
        for part in (ast.walk(func) if func is not None else ())
    )  # fmt: skip
    if watch.tied or not asks:
        return
    for seed in TIED:
        other = trial.put_in(replace(trial.world, seed=seed)).take_shapes(trial)
        try:
            found = see_sides(other)
        except CodeProblem:
            return
        if found.tied and not found.guarded:
            yield other
            return


def draw_points(trial: ProgramTrial, missing: set[tuple[Place, bool]]) -> Iterator[ProgramTrial]:
    """The program at further points where a side that is ``missing`` is seen; what is seen is taken out of it."""
    for seed, scale in POINTS:
        if not missing:
            return
        world = replace(trial.world, seed=seed, scale=scale)
        other = trial.put_in(world)
        other.again = dict(trial.again)
        try:
            watch = see_sides(other)
        except CodeProblem:
            continue
        if watch.guarded:
            continue
        seen = watch.sides
        new = {(place, side) for place, side in missing if side in seen.get(place, set())}
        if new:
            missing -= new
            yield other
