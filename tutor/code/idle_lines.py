"""The lines whose values have no part in some gradient that is wrong: no other value of theirs makes all of them right.

Each value moves in a lane of its own, so that one run tells which gradients do not change with it; one more run for each such gradient,
in which all of them have other values, makes sure.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tutor.code.code_values import CodeProblem, ValueEvent
from tutor.code.guess_shapes import find_seed
from tutor.code.lane_arrays import LaneMoves, NoLanes, has_lanes
from tutor.code.pass_run import Outcome
from tutor.code.repair_test import Edits, RepairTest
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np

FEWEST = 4
MOST_HELD = 2_000_000
"""So many numbers are held at most, of all values in all lanes."""


def draw_move(event: ValueEvent) -> Any:
    """Another value for a line, less its own."""
    return np.random.default_rng(find_seed(" probe", event.number)).standard_normal(np.shape(event.value))


def list_values(test: RepairTest, outcome: Outcome) -> dict[str, Any]:
    """The gradients that a run gives, by their names."""
    return {output.key: output.value for output in test.pick(outcome) if output.value is not None}


def find_idle(test: RepairTest, edits: Edits, outcome: Outcome, events: Sequence[ValueEvent], wrong: Collection[str]) -> set[int]:
    """The numbers of those events that certainly do not change all gradients that are wrong."""
    able = [event for event in events if _is_movable(event)]
    before = list_values(test, outcome)
    if len(able) < FEWEST or not test.trial.has_lanes or not {*wrong} <= before.keys():
        return set()
    each = max(1, MOST_HELD // sum(np.size(event.value) for event in outcome.record.events))
    still: dict[str, set[int]] = {key: set() for key in wrong}
    for begin in range(0, len(able), each):
        part = able[begin : begin + each]
        moves = {event.number: LaneMoves(len(part), [(lane, draw_move(event))]) for lane, event in enumerate(part)}
        after = _run_with(test, edits, bump=moves)
        for key in after.keys() & still:
            still[key] |= _find_still(after[key], part)
    left: set[int] = set().union(*still.values())
    found: set[int] = set()
    while left:
        key = max(still, key=lambda one: len(still[one] & left))
        group = [event for event in able if event.number in still[key] & left]
        left -= still[key]
        made = _run_with(test, edits, forced={event.number: event.value + draw_move(event) for event in group})
        if key in made and np.array_equal(before[key], made[key]):
            found |= {event.number for event in group}
    return found


def _is_movable(event: ValueEvent) -> bool:
    """Whether a line makes an array of numbers anew, and does not change one where it stands."""
    node = event.statement
    plain = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Subscript | ast.Tuple)
    return plain and isinstance(event.value, np.ndarray) and event.value.dtype.kind == "f"


def _find_still(value: Any, able: Sequence[ValueEvent]) -> set[int]:
    moved = [bool(np.any(np.imag(lane))) for lane in value.lanes] if has_lanes(value) else [False] * len(able)
    return {event.number for event, yes in zip(able, moved, strict=True) if not yes}


def _run_with(test: RepairTest, edits: Edits, **named: Mapping[int, Any]) -> dict[str, Any]:
    try:
        return list_values(test, test.trial.run(edits=edits, bump=named.get("bump"), forced=named.get("forced")))
    except (NoLanes, CodeProblem, *FAILS):
        return {}
