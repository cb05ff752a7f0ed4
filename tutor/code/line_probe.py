"""What the wrong gradients make of the value that one line gives: which derivatives cannot be what it should give, for a run each.

A derivative by a part with many entries takes a run for each of them.  A backward pass is linear in what it hands on, mostly: then one
set of runs tells the weights with which the value of a line goes into a gradient that is wrong, and the slope of the loss along these
weights tells for each part whether its derivative would make it right.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from tutor.code.code_values import CodeProblem, ValueEvent
from tutor.code.gradient_check import fit_shape
from tutor.code.guess_shapes import find_seed
from tutor.code.part_slopes import MOST_ENTRIES, ForwardPart, PartSlopes
from tutor.code.repair_test import Edits, RepairTest
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
    weights: list[Any] = field(default_factory=list)
    base: float = 0.0
    asked: float = 0.0

    def moves_all(self) -> bool:
        """Whether all gradients that are wrong change with what the line gives: else no other value of it makes all of them right."""
        before, after = self._run_with(self.event.value), self._run_with(self.event.value + self._draw())
        if before is None or after is None or not set(self.wrong) <= before.keys():
            return True
        return all(key not in after or not np.array_equal(before[key], after[key]) for key in self.wrong)

    def can_exclude(self, part: ForwardPart, scale: float) -> bool:
        """Whether the derivative by a part, times a size, is certainly not what the line should give."""
        shape, own = tuple(filter(_is_long, part.shape)), tuple(filter(_is_long, np.shape(self.event.value)))
        if own not in (shape, shape[::-1]) or (not self.weights and not self._find_weights()):
            return False
        weights = self.weights[0]
        if weights is None:
            return False
        along = weights if own == shape else np.squeeze(weights).T
        slope = self.parts.find_slope(part, along.reshape(part.shape))
        if slope is None:
            return False
        rest = self.base - float(np.sum(weights * self.event.value))
        terms = (scale * slope, rest, self.asked)
        return abs(scale * slope + rest - self.asked) > SAME * max(map(abs, (*terms, self.base)))

    def _find_weights(self) -> bool:
        """The weights of the value in one gradient along a direction; none where it is not linear in it."""
        self.weights.append(None)
        value = np.asarray(self.event.value, dtype=float)
        key = next(iter(self.wrong))
        target = self._find_target(key)
        if target is None or not FEWEST < value.size <= MOST_ENTRIES:
            return False
        slope = self.test.check.find_slope(target, 0)
        base = self._sum_up(key, target, value)
        if slope is None or base is None:
            return False
        found = np.zeros(value.size)
        for place in range(value.size):
            unit = np.zeros(value.size)
            unit[place] = 1.0
            made = self._sum_up(key, target, value + unit.reshape(value.shape))
            if made is None:
                return False
            found[place] = made - base
        weights, move = found.reshape(value.shape), self._draw()
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
        made = (self._run_with(value) or {}).get(key)
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
        return {output.key: output.value for output in self.test.pick(made) if output.value is not None}

    def _draw(self) -> Any:
        rng = np.random.default_rng(find_seed(" probe", self.event.number))
        return rng.standard_normal(np.shape(self.event.value))


def _is_long(size: int) -> bool:
    return size != 1
