"""Every function of the table takes part in everything: it solves, is proved, is asked for, and each slip with it is diagnosed as itself.

The last tests add rows that the product does not have, in a process of their own, and expect the same of them.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rows import diagnosed, exercise_of, expected_tags

from tutor.graph.network import LOSSES, Network, from_network, loss
from tutor.marking.mark_submission import Marker
from tutor.results.solution import solve
from tutor.rules.functions import FUNCTIONS, Function
from tutor.errors import GraphError, TutorError

ROWS = list(FUNCTIONS.values())
LEFT = ["w1 = -0.32", "w2 = 0.21"]
"""Where one neuron is left of 0: a slope that is taken as 1 everywhere shows there only."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_small_network_solves_and_proves(row):
    solution = solve(exercise_of(row))
    assert solution.proof is None or solution.to_text()
    assert Marker(exercise_of(row)).questions


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_slip_is_diagnosed_as_itself(row):
    found = diagnosed(Marker(exercise_of(row)), row)
    for tag, ok in diagnosed(Marker(exercise_of(row, LEFT)), row).items():
        found[tag] = found.get(tag, False) or ok
    missing = expected_tags(row) - {tag for tag, ok in found.items() if ok}
    assert not missing
    assert all(found.values()), found
