"""Slopes in lanes are those of runs one by one; where they cannot be, nothing is said."""

from unittest.mock import patch

import pytest
from code_cases import list_programs
from judged_programs import write_blocks

from tutor.code import lane_arrays
from tutor.code.code_worlds import find_training_loops, list_worlds
from tutor.code.lane_slopes import SlopeMove, find_entries, find_slopes
from tutor.code.pair_functions import find_plans
from tutor.code.step_budget import StepBudget
from tutor.code.trial import ProgramTrial
from tutor.numbers.arrays import np
from tutor.program.source import read_source
from tutor.results.code_check import check_code

PROGRAMS = dict(list_programs())


def make_trials(name):
    source = read_source(PROGRAMS[name], f"{name}.py")
    for plan in find_plans(source.tree):
        yield ProgramTrial(source, plan, next(iter(list_worlds(source, plan))), find_training_loops(source.tree))


def count_steps(text):
    """The verdicts on a program, and the parts of it that were worked out for them."""
    spent, spend = [0], StepBudget.spend

    def note(budget, steps):
        spent[0] += steps
        spend(budget, steps)

    with patch.object(StepBudget, "spend", note):
        return check_code(text).verdicts, spent[0]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_slopes_of_all_values_together_are_those_of_each(name):
    together = 0
    for trial in make_trials(name):
        first = trial.run()
        events = [event for event in first.record.events[: first.begins or None] if event.leaf and np.size(event.value)][:6] * 3
        chance = np.random.default_rng(1)
        ways = [chance.standard_normal(np.shape(event.value)) for event in events]
        found = find_slopes(trial, [SlopeMove(event.number, way) for event, way in zip(events, ways, strict=True)])
        if found is not None:
            together += 1
            alone = [trial.find_slope(event, way) for event, way in zip(events, ways, strict=True)]
            assert np.allclose(found, alone, rtol=1e-12, atol=1e-14)
    assert together


def test_the_entries_of_a_derivative_are_its_slopes():
    trial = next(make_trials("two_layer_net"))
    first = trial.run()
    event = next(event for event in first.record.events if event.key == "W1")
    unit = np.zeros(np.shape(event.value))
    unit[1, 2] = 1
    assert find_entries(trial, event)[1, 2] == pytest.approx(trial.find_slope(event, unit), rel=1e-12)


def test_nothing_is_said_where_a_rule_of_lanes_is_wrong(monkeypatch):
    trial = next(make_trials("two_layer_net"))
    first = trial.run()
    events = [event for event in first.record.events if event.key in ("W1", "W2", "b1", "b2")]
    moves = [SlopeMove(event.number, np.ones(np.shape(event.value))) for event in events]
    assert find_slopes(trial, moves) is not None
    wrong = {**lane_arrays._RULES, "dot": lambda made, one, two: 2 * np.matmul(lane_arrays._spread(one, 2), lane_arrays._spread(two, 2))}
    monkeypatch.setattr(lane_arrays, "_RULES", wrong)
    assert find_slopes(trial, moves) is None
    assert not trial.has_lanes


BLOCKS = write_blocks(3)
NET = PROGRAMS["two_layer_net"].partition("\n# slip")[0]


@pytest.mark.parametrize(
    ("text", "old", "new", "root", "steps"),
    [
        (NET, "", "", None, 2_000),  # 2,879 with each slope in a run of its own
        (NET, "dh * (z > 0)", "dh", "mask-forgotten", 30_000),  # 34,616
        (NET, "X.T.dot(dz) + 2 * reg", "X.T.dot(dz) + reg", "constant-factor", 19_000),  # 54,951
        (BLOCKS, "", "", None, 8_000),
        (BLOCKS, "dx2 = dy2 + dA2", "dx2 = dy2 - dA2", "sign", 140_000),
    ],
)
def test_a_verdict_takes_few_steps(text, old, new, root, steps):
    verdicts, taken = count_steps(text.replace(old, new, 1) if old else text)
    assert [line.tag for verdict in verdicts for line in verdict.roots] == ([root] if root else [])
    assert taken <= steps, f"{taken:,} steps"
