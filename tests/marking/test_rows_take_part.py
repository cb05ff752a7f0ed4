"""Every function of the table takes part in everything: it solves, is proved, is asked for, and each slip with it is diagnosed as itself.

The last tests add rows that the product does not have, in a process of their own, and expect the same of them.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rows import diagnosed, exercise_of, expected_tags
from some_now import some_now

from tutor.errors import GraphError, TutorError
from tutor.graph.network import LOSSES, Network, from_network, loss
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import BY_TAG
from tutor.results.solution import solve
from tutor.rules.functions import FUNCTIONS, Function

ROWS = list(FUNCTIONS.values())
LEFT = ["w1 = -0.32", "w2 = 0.21"]
"""Where one neuron is left of 0: a slope that is taken as 1 everywhere shows there only."""
FAR = ["b1 = -4.15"]
"""Where one neuron is left of every kink."""


@pytest.mark.parametrize("row", some_now(ROWS, 4), ids=lambda row: row.name)
def test_a_small_network_solves_and_proves(row):
    solution = solve(exercise_of(row))
    assert solution.worked.proofs.gradients
    assert all(proof.numeric for proof in solution.worked.proofs.gradients)
    assert "w₁" in solution.to_text()
    assert len(Marker(exercise_of(row)).questions) >= 8


@pytest.mark.parametrize("row", some_now(ROWS, 4), ids=lambda row: row.name)
def test_each_slip_is_diagnosed_as_itself(row):
    found = diagnosed(Marker(exercise_of(row)), row)
    for values in (LEFT, *([FAR] if len(row.kinks) > 1 else [])):
        for tag, ok in diagnosed(Marker(exercise_of(row, values)), row).items():
            found[tag] = found.get(tag, False) or ok
    missing = expected_tags(row) - {tag for tag, ok in found.items() if ok}
    assert not missing
    assert all(ok for tag, ok in found.items() if BY_TAG[tag].common or tag in expected_tags(row)), found


NEW = """
import json, sys
from tutor.rules import functions as table
from tutor.rules.functions import Function, Misuse
table.FUNCTIONS["swish"] = Function(
    "swish", ("x",), ("sigmoid(x) + out*(1 - sigmoid(x))",), "x*sigmoid(x)", role="activation",
    written=("value", "x/(1 + exp(-x))"), slips=(Misuse("relu-slope-left", "slope", "1"),))
table.FUNCTIONS["log_cosh"] = Function(
    "log_cosh", ("a", "y", "delta"), ("sinh((a - y)/delta)/cosh((a - y)/delta)", "-sinh((a - y)/delta)/cosh((a - y)/delta)",
    "out/delta - (a - y)/delta*sinh((a - y)/delta)/cosh((a - y)/delta)"), "delta*log(cosh((a - y)/delta))",
    role="loss", words="log-cosh", settings=(("delta", "0", ""),), slips=(Misuse("sign-of-error", "slope", "-slope"),))
sys.path.insert(0, sys.argv[1])
from rows import diagnosed, exercise_of, expected_tags
from tutor.exercise.load import from_text
from tutor.expression.parse import parse
from tutor.marking.mark_submission import Marker
from tutor.results.solution import solve
from tutor.rules.classify import rule_of
said = {}
for name in ("swish", "log_cosh"):
    row = table.FUNCTIONS[name]
    found = diagnosed(Marker(exercise_of(row)), row)
    for tag, ok in diagnosed(Marker(exercise_of(row, ["w1 = -0.32"])), row).items():
        found[tag] = found.get(tag, False) or ok
    solution = solve(exercise_of(row))
    proved = all(proof.numeric for proof in solution.worked.proofs.gradients)
    said[name] = [proved, all(found.values()), sorted(expected_tags(row) - set(found)), len(found)]
network = from_text('title = "n"\\n[network]\\nsizes = [2, 2, 2]\\nactivation = "swish"\\nloss = "log-cosh(0.5)"\\n', "n")
said["network"] = [step.rule for step in network.graph.steps]
said["proved"] = [proof.numeric > 0 for proof in solve(network).worked.proofs.gradients]
said["written"] = rule_of(parse("z/(1 + exp(-z))", functions=table.FUNCTIONS))
print(json.dumps(said))
"""


def test_with_only_their_rows_new_functions_take_part_in_everything():
    """An activation and a loss with a number of its own, put into the table before anything reads it."""
    command = [sys.executable, "-c", NEW, str(Path(__file__).parents[1])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for name, least in (("swish", 4), ("log_cosh", 2)):
        proved, as_themselves, missing, count = said[name]
        assert (proved, as_themselves, missing) == (True, True, [])
        assert count >= least
    assert said["network"].count("swish") == 4
    assert said["network"].count("log_cosh") == 2
    assert all(said["proved"])
    assert said["written"] == "swish"


@pytest.mark.parametrize("words", LOSSES)
def test_every_loss_with_words_is_a_networks(words):
    row = FUNCTIONS[LOSSES[words]]
    text = f"{words}(1)" if row.settings else words
    assert loss(text) == (row.name, loss(text)[1])
    graph = from_network(Network((2, 2), ("sigmoid",), loss=text))
    assert [step.rule for step in graph.steps].count(row.name) == 2


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"settings": (("b", "", ""),)}, "not its last parameters"),
        ({"words": "my loss"}, "only a loss"),
        ({"written": ("value",), "value": ""}, "no formula"),
    ],
)
def test_a_row_checks_its_columns(change, what):
    with pytest.raises(TutorError, match=what):
        Function(**{"name": "f", "params": ("x", "a"), "partials": ("1", "1"), "value": "x + a", **change})


def test_a_loss_is_no_activation_and_needs_its_number():
    with pytest.raises(GraphError, match="no activation squared_error"):
        Network((1, 1), ("squared_error(2)",))
    with pytest.raises(GraphError, match="no loss squared error\\(1\\)"):
        Network((1, 1), ("tanh",), loss="squared error(1)")
