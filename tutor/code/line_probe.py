"""What the wrong gradients make of the value that one line gives: which derivatives cannot be what it should give, for a run each.

A derivative by a part with many entries takes a run for each of them.  A backward pass is linear in what it hands on, mostly: then one
set of runs tells the weights with which the value of a line goes into a gradient that is wrong, and the slope of the loss along these
weights tells for each part whether its derivative would make it right.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.code.code_values import CodeProblem, ValueEvent
from tutor.code.gradient_check import fit_shape
from tutor.code.idle_lines import draw_move, list_values
from tutor.code.lane_arrays import LaneMoves, NoLanes, has_lanes, read_slopes, take_plain
from tutor.code.lane_slopes import find_slopes
from tutor.code.part_slopes import MOST_ENTRIES, ForwardPart, PartSlopes, move_part
from tutor.code.pass_run import Outcome
from tutor.code.repair_test import Edits, RepairTest
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np

SAME = 1e-6
"""So far from what it has to be, relative to its terms, is certainly something else."""
LINEAR = 1e-7
FEWEST = 4
"""Of so few entries is a derivative as soon worked out."""


@dataclass(slots=True)
class LineProbe:
    """One line that gives its ``event`` once, under some edits, and the gradients that are wrong then."""

    test: RepairTest
    parts: PartSlopes
    edits: Edits
    event: ValueEvent
    wrong: Collection[str]
    outcome: Outcome
    slopes: dict[ForwardPart, float] = field(default_factory=dict)
    weights: list[Any] = field(default_factory=list)
    base: float = 0.0
    asked: float = 0.0

    def moves_all(self) -> bool:
        """Whether all gradients that are wrong change with what the line gives: else no other value of it makes all of them right."""
        before, after = list_values(self.test, self.outcome), self._run_with(self.event.value + draw_move(self.event))
        if after is None or not set(self.wrong) <= before.keys():
            return True
        return all(key not in after or not np.array_equal(before[key], after[key]) for key in self.wrong)

    def can_exclude(self, part: ForwardPart, scale: float) -> bool:
        """Whether the derivative by a part, times a size, is certainly not what the line should give."""
        along = self._find_way(part)
        if along is None:
            return False
        slope, weights = self.slopes.get(part) or self.parts.find_slope(part, along), self.weights[0]
        if slope is None:
            return False
        rest = self.base - float(np.sum(weights * self.event.value))
        terms = (scale * slope, rest, self.asked)
        return abs(scale * slope + rest - self.asked) > SAME * max(map(abs, (*terms, self.base)))

    def _find_way(self, part: ForwardPart) -> Any:
        """The weights in the shape of a part; nothing where it has another, or where there are none."""
        shape, own = tuple(filter(_is_long, part.shape)), tuple(filter(_is_long, np.shape(self.event.value)))
        if own not in (shape, shape[::-1]) or (not self.weights and not self._find_weights()) or self.weights[0] is None:
            return None
        return (self.weights[0] if own == shape else np.squeeze(self.weights[0]).T).reshape(part.shape)

    def look_at(self, parts: Sequence[ForwardPart]) -> None:
        """Find the slopes along the weights by many parts in one run."""
        ways = [(part, way) for part in dict.fromkeys(parts) if (way := self._find_way(part)) is not None]
        pieces = [(part, one, way) for part, way in ways for one in (part.without_other, part.also) if one is not None]
        found = find_slopes(self.test.trial, [move_part(one, way) for _, one, way in pieces]) or ()
        for (part, _, _), slope in zip(pieces, found, strict=False):
            self.slopes[part] = self.slopes.get(part, 0.0) + slope

    def _find_weights(self) -> bool:
        """The weights of the value in one gradient along a direction; none where it is not linear in it."""
        self.weights.append(None)
        value = np.asarray(self.event.value, dtype=float)
        key = next(iter(self.wrong))
        target = self._find_target(key)
        if target is None or not FEWEST < value.size <= MOST_ENTRIES:
            return False
        slope = self.test.check.find_slope(target, 0)
        base = self._sum_along(target, list_values(self.test, self.outcome).get(key))
        if slope is None or base is None:
            return False
        found = self._find_weights_together(key, target)
        for unit in np.eye(value.size) if found is None else ():
            made = self._sum_up(key, target, value + unit.reshape(value.shape))
            if made is None:
                return False
            found = np.append(found if found is not None else [], made - base)
        weights, move = found.reshape(value.shape), draw_move(self.event)
        moved = self._sum_up(key, target, value + move)
        size = float(np.sum(np.abs(weights * move))) + abs(base)
        if moved is None or abs(moved - base - float(np.sum(weights * move))) > LINEAR * size or not np.any(weights):
            return False
        self.weights[0], self.base, self.asked = weights, base, slope
        return True

    def _find_target(self, key: str) -> ValueEvent | None:
        output = next((one for one in self.test.pick(self.test.check.first) if one.key == key), None)
        return None if output is None else self.test.check.find_target(output)

    def _sum_up(self, key: str, target: ValueEvent, value: Any) -> float | None:
        """The gradient along the direction of its quantity, where the line gives a value."""
        return self._sum_along(target, (self._run_with(value) or {}).get(key))

    def _sum_along(self, target: ValueEvent, made: Any) -> float | None:
        fitted = None if made is None else fit_shape(made, np.shape(target.value))
        if fitted is None or not np.all(np.isfinite(fitted)):
            return None
        return float(np.sum(fitted * self.test.check.direction(target, 0)))

    def _run_with(self, value: Any) -> dict[str, Any] | None:
        """The gradients that are worked out where the line gives a value; nothing where that fails."""
        try:
            made = self.test.trial.run(edits=self.edits, forced={self.event.number: np.array(value)})
        except CodeProblem:
            return None
        return list_values(self.test, made)

    def _find_weights_together(self, key: str, target: ValueEvent) -> Any:
        """The weights in one run, each in its lane; nothing where that cannot be."""
        shape = np.shape(self.event.value)
        units = [unit.reshape(shape) for unit in np.eye(int(np.size(self.event.value)))]
        moves = LaneMoves(len(units), list(enumerate(units)))
        try:
            made = list_values(self.test, self.test.trial.run(edits=self.edits, bump={self.event.number: moves})).get(key)
        except (NoLanes, CodeProblem, *FAILS):
            return None
        fitted = fit_shape(take_plain(made), np.shape(target.value)) if has_lanes(made) else None
        if made is None or fitted is None or not np.all(np.isfinite(fitted)):
            return None
        return read_slopes(made * self.test.check.direction(target, 0).reshape(np.shape(made)), len(units))


def _is_long(size: int) -> bool:
    return size != 1
