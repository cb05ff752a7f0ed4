"""Slopes of the loss, many in one run: each value or part that is asked for moves in a lane of its own.

One more run, in which all of them move at once, has to give the sum of the slopes; else nothing is said, and each is found in a run of
its own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.code.code_values import CodeProblem, ValueEvent
from tutor.code.lane_arrays import STEP, LaneMoves, NoLanes, put_in_lanes, read_slopes, take_plain
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np

FEWEST = 3
"""Two slopes take two runs each way."""
MOST_LANES = 128
MOST_ENTRIES = 2_000
"""Of so many entries is a derivative worked out one by one: each is a run."""
SAME = 1e-9
"""So near, relative to all of them, is the sum of the slopes to the slope of the sum."""


@dataclass(frozen=True, slots=True)
class SlopeMove:
    """What moves, and where: an event by its number, or else a part of a formula by its identity and how often it was worked out before.

    What divides may move as its reciprocal.
    """

    number: int
    direction: Any
    is_event: bool = True
    place: int = 0
    reciprocal: bool = False


def find_slopes(trial: ProgramTrial, moves: Sequence[SlopeMove]) -> list[float] | None:
    """The slope of the loss by each move; nothing where they cannot be found together."""
    found: list[float] = []
    for begin in range(0, len(moves), MOST_LANES):
        part = moves[begin : begin + MOST_LANES]
        slopes = _find_some(trial, part) if trial.has_lanes and len(moves) >= FEWEST and not trial.budget.is_low else None
        if slopes is None:
            return None
        found += slopes
    return found


def find_entries(trial: ProgramTrial, event: ValueEvent) -> Any:
    """The whole derivative of the loss by a value, entry by entry; not a number where there are too many."""
    shape = np.shape(event.value)
    if np.size(event.value) > MOST_ENTRIES or trial.budget.is_low:
        return np.full(shape, np.nan)
    units = [unit.reshape(shape) for unit in np.eye(int(np.size(event.value)))]
    together = find_slopes(trial, [SlopeMove(event.number, unit) for unit in units])
    found = [trial.find_slope(event, unit if shape else 1.0) for unit in units] if together is None else together
    return np.array([np.nan if slope is None else slope for slope in found]).reshape(shape)


def _find_some(trial: ProgramTrial, moves: Sequence[SlopeMove]) -> list[float] | None:
    try:
        slopes = read_slopes(_run_moved(trial, moves, len(moves)), len(moves))
        whole = None if slopes is None else _run_moved(trial, moves, 0)
    except (NoLanes, CodeProblem, *FAILS):
        slopes = whole = None
    size = np.nan if slopes is None else float(np.sum(np.abs(slopes)))
    if slopes is None or whole is None or not abs(float(np.imag(np.sum(whole))) / STEP - float(np.sum(slopes))) <= SAME * size:
        trial.has_lanes = False
        return None
    return [float(slope) for slope in slopes]


def _run_moved(trial: ProgramTrial, moves: Sequence[SlopeMove], count: int) -> Any:
    """The loss where everything moves: in so many lanes, or all at once."""
    bump: dict[int, Any] = {}
    parts: dict[int, list[tuple[int, SlopeMove]]] = {}
    for lane, move in enumerate(moves):
        if not move.is_event:
            parts.setdefault(move.number, []).append((lane, move))
        elif count:
            before = bump[move.number].moves if move.number in bump else ()
            bump[move.number] = LaneMoves(count, (*before, (lane, move.direction)))
        else:
            bump[move.number] = bump.get(move.number, 0) + move.direction
    return trial.run(bump=bump, watch=watch_moved(parts, count) if parts else None, backward=False).loss


def watch_moved(parts: Mapping[int, Sequence[tuple[int, SlopeMove]]], count: int = 0) -> Callable[[ast.expr, Any], Any]:
    """What moves parts of formulas while a program is worked through: each in its lane, or all in one."""
    seen: dict[int, int] = {}

    def move(node: ast.expr, value: Any) -> Any:
        number = id(node)
        if number not in parts or not isinstance(value, np.ndarray) or value.dtype.kind not in "fc" or value.size < 2:
            return value
        place = seen[number] = seen.get(number, -1) + 1
        plain = take_plain(value)
        own = [
            (lane, -(plain**2) * one.direction if one.reciprocal else one.direction) for lane, one in parts[number] if one.place == place
        ]
        if not own:
            return value
        return put_in_lanes(value, own, count) if count else value + 1j * STEP * sum(step for _, step in own)

    return move
