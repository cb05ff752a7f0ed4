"""The derivatives of the loss by every part of the forward pass: what the lines of a backward pass give, whatever they are called.

A backward pass that is worked out step by step gives nothing else.  A part moves in one direction, and the slope of the loss tells
whether a value is its derivative: of a name, of a part of a formula, or of one use of a name that is used twice.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.gradient_check import find_array
from tutor.code.guess_shapes import find_seed
from tutor.code.lane_arrays import STEP
from tutor.code.lane_slopes import SlopeMove, find_slopes, watch_moved
from tutor.code.line_edits import walk_expressions
from tutor.code.pair_functions import split_gradient
from tutor.code.pass_run import Outcome
from tutor.code.statement_names import name_targets
from tutor.code.targets import spell_target
from tutor.code.trial import ProgramTrial
from tutor.numbers.arrays import Floats, np

SAME = 1e-7
"""So near, relative to the largest terms of both, is the same."""
MOST_FORWARD_PARTS = 240
"""So many parts of a forward pass are moved at most."""
MOST_SLOPE_WORK = 250_000
"""So many parts of the program are worked out for their slopes in all."""
MOST_USES = 4
MOST_TOLD = 3
"""Of so many entries a derivative is as soon worked out as looked for."""
MOST_ENTRIES = 256
"""Of so many entries is a derivative worked out one by one."""


@dataclass(frozen=True, slots=True)
class ForwardPart:
    """A part of the forward pass: an expression by its identity and how often it was worked out before, or an event by its number.

    ``slope`` is that of the loss when it moves in the direction of its shape; ``word`` is the name that it was given to, ``use`` the
    name that it is.  Where it divides, what is meant may be its reciprocal; ``also`` is another use of the same name, which counts as well.
    """

    number: int
    place: int
    shape: tuple[int, ...]
    slope: float
    word: str = ""
    is_event: bool = False
    use: str = ""
    reciprocal: bool = False
    also: ForwardPart | None = None

    @property
    def key(self) -> tuple[tuple[int, ...], float]:
        """What parts with the same derivative share."""
        return tuple(sorted(_drop_ones(self.shape))), float(f"{self.slope:.9g}")

    @property
    def without_other(self) -> ForwardPart:
        """The one use of a name without the other."""
        return self if self.also is None else replace(self, slope=self.slope - self.also.slope, also=None)


@dataclass(slots=True)
class PartSlopes:
    """The parts of one program's forward pass in one world, with their slopes.

    ``derive`` gives the arrays of the program's derivation, where it is read; ``is_cut`` is whether some parts were too many.
    """

    trial: ProgramTrial
    first: Outcome
    derive: Callable[[], Sequence[Floats]] = tuple
    derived: list[Sequence[Floats]] = field(default_factory=list)
    parts: list[ForwardPart] = field(default_factory=list)
    gradients: dict[tuple[int, ...], Any] = field(default_factory=dict)
    is_cut: bool = False

    def __post_init__(self) -> None:
        ends = self.trial.work + MOST_SLOPE_WORK
        found: dict[int, ForwardPart] = {}
        listed = [*enumerate(self._list_parts())]
        listed.sort(key=lambda pair: (not pair[1].word, -pair[0]))  # a backward pass begins with what comes last
        moves = [move_part(part, choose_direction(part.shape)) for _, part in listed[:MOST_FORWARD_PARTS]]
        together = find_slopes(self.trial, moves)
        for turn, (place, part) in enumerate(listed[:MOST_FORWARD_PARTS]):
            if self.trial.work > ends or self.trial.budget.is_low:
                break
            slope = self.find_slope(part, choose_direction(part.shape)) if together is None else together[turn]
            if slope is not None and np.isfinite(slope) and abs(slope) > 1e-12:
                found[place] = replace(part, slope=slope)
        self.parts = [found[place] for place in sorted(found)]
        self.is_cut = len(listed) > MOST_FORWARD_PARTS or self.trial.work > ends
        used = [part for part in self.parts if part.use and not part.reciprocal]
        for place, part in enumerate(used):
            others = [one for one in used[place + 1 :] if (one.use, one.shape) == (part.use, part.shape)]
            self.parts += [replace(part, slope=part.slope + one.slope, also=one) for one in others[:MOST_USES]]

    def _list_parts(self) -> Iterator[ForwardPart]:
        """What can be moved: parts of formulas that are arrays, and what is given or changed in place."""
        formulas: dict[int, str] = {}
        divisors: set[int] = set()
        roots: set[int] = set()
        backward = {id(node) for node in self.first.after.values()} if not self.trial.plan.is_single else set()
        for node in list(self.first.record.visited.values()):
            if id(node) in backward or any(split_gradient(name) for name in name_targets(node)):
                continue
            for part in walk_expressions(node):
                formulas[id(part)] = ""
                if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
                    divisors.add(id(part.right))
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Subscript) and not is_renaming(node):
                formulas[id(node.value)] = spell_target(node.targets[0])[1].rpartition(".")[2]
                if isinstance(node.targets[0], ast.Name):
                    roots.add(id(node))
        seen: dict[int, int] = {}
        found: list[ForwardPart] = []

        def note(node: ast.expr, value: Any) -> Any:
            number = id(node)
            if number in formulas and isinstance(value, np.ndarray) and value.dtype.kind in "fc" and value.size > 1:
                place = seen[number] = seen.get(number, -1) + 1
                use = node.id if isinstance(node, ast.Name) else ""
                found.append(ForwardPart(number, place, value.shape, 0.0, formulas[number], use=use))
                if number in divisors:
                    found.append(ForwardPart(number, place, value.shape, 0.0, reciprocal=True))
            return value

        outcome = self.trial.run(backward=False, watch=note)
        events = outcome.record.events[: self.first.begins] if self.first.begins else outcome.record.events
        for event in events:
            fresh = event.leaf or (id(event.statement) not in roots and not split_gradient(event.key))
            if fresh and np.size(event.value) > 1:
                word = event.key.rpartition(".")[2]
                found.append(ForwardPart(event.number, 0, np.shape(event.value), 0.0, word, is_event=True))
        yield from sorted(found, key=lambda part: not part.word)

    def find_slope(self, part: ForwardPart, direction: Any) -> float | None:
        """The slope of the loss when a part moves in a direction; nothing where there is none."""
        if part.also is not None:
            one, two = self.find_slope(part.without_other, direction), self.find_slope(part.also, direction)
            return None if one is None or two is None else one + two
        if part.is_event:
            moved = self.trial.run(bump={part.number: direction}, backward=False)
        else:
            moved = self.trial.run(bump={}, watch=watch_moved({part.number: [(0, move_part(part, direction))]}), backward=False)
        return None if moved.loss is None else float(np.imag(np.sum(moved.loss))) / STEP

    def find_parts(self, value: Any) -> list[tuple[ForwardPart, bool]]:
        """The parts whose derivative a value is, with whether it is turned."""
        made = np.asarray(value)
        if made.dtype.kind not in "fiu" or made.size < 2 or not np.all(np.isfinite(made)):
            return []
        found = []
        for turned in (made, made.T)[: 2 if made.ndim == 2 and min(made.shape) > 1 else 1]:
            form = _drop_ones(turned.shape)
            terms = turned.reshape(form) * choose_direction(form)
            size, sum_ = float(np.sum(np.abs(terms))), float(np.sum(terms))
            for part in self.parts:
                if _drop_ones(part.shape) == form and abs(sum_ - part.slope) <= SAME * max(size, abs(part.slope)):
                    found.append((part, turned is not made))
        return found

    def is_told(self, part: ForwardPart) -> bool:
        """Whether the derivative by a part takes no run for each of its entries: it is known, or one of the derivation."""
        if _name_part(part) not in self.gradients:
            made = self._find_derived(part) if int(np.prod(part.shape)) > MOST_TOLD else None
            if made is None and part.also is not None:
                return self.is_told(part.without_other) and self.is_told(part.also)
            if made is None:
                return int(np.prod(part.shape)) <= MOST_TOLD
            self.gradients[_name_part(part)] = made
        return True

    def find_gradient(self, part: ForwardPart) -> Any:
        """The whole derivative by a part: of the derivation, or entry by entry; nothing where it has too many."""
        key = _name_part(part)
        if key in self.gradients or (self.is_told(part) and key in self.gradients):
            return self.gradients[key]
        if part.also is not None:
            one, two = self.find_gradient(part.without_other), self.find_gradient(part.also)
            found = None if one is None or two is None else one + two
        else:
            found = self._work_out(part) if int(np.prod(part.shape)) <= MOST_ENTRIES else None
        self.gradients[key] = found
        return found

    def _work_out(self, part: ForwardPart) -> Any:
        count = int(np.prod(part.shape))
        units = [unit.reshape(part.shape) for unit in np.eye(count)]
        together = find_slopes(self.trial, [move_part(part, unit) for unit in units])
        slopes: list[float | None] = [*(together or ())]
        for unit in units if together is None else ():
            if self.trial.budget.is_low:
                return None
            slopes.append(self.find_slope(part, unit))
        return None if None in slopes else np.array(slopes, dtype=float).reshape(part.shape)

    def _find_derived(self, part: ForwardPart) -> Any:
        """An array of the derivation that has the slopes of the loss in two directions; nothing where none has."""
        if not self.derived:
            self.derived.append(self.derive())
        one, two = choose_direction(part.shape), choose_direction(part.shape, 1)
        if find_array(self.derived[0], part.shape, [part.slope], [one]) is None:
            return None
        return find_array(self.derived[0], part.shape, [part.slope, self.find_slope(part, two)], [one, two])


def _name_part(part: ForwardPart) -> tuple[int, ...]:
    also = () if part.also is None else (part.also.number, part.also.place)
    return part.number, part.place, int(part.reciprocal), *also


def is_renaming(node: ast.Assign) -> bool:
    """Whether a line only gives an array another name."""
    return isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript)


def choose_direction(shape: tuple[int, ...], number: int = 0) -> Any:
    """The direction in which parts of a shape move; the same for one with axes of one entry."""
    form = _drop_ones(shape)
    rng = np.random.default_rng(find_seed(f" direction of {form}", number))
    return rng.standard_normal(form).reshape(shape)


def _drop_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def move_part(part: ForwardPart, direction: Any) -> SlopeMove:
    """The move of a part in a direction."""
    return SlopeMove(part.number, direction, part.is_event, part.place, part.reciprocal)
