"""The JSON of a solution in layer form."""

import json
from fractions import Fraction

import pytest

import tutor
from tutor.contracts.schema import SCHEMA
from tutor.contracts.worked_json import nest_texts
from tutor.exercise.load import from_text
from tutor.graph.entries import Array
from tutor.rules.optimisers import OPTIMISERS

SMALL = """
title = "t"
steps = ["z = W x", "L = sum(z^2)"]
parameters = ["W"]
[shapes]
W = [2, 2]
x = [2]
[values]
W = [[1, 2], [3, 4]]
x = [1, "-1/3"]
[train]
rate = 0.25
steps = 1
"""
KEYS = {"schema", "exercise", "form", "shapes", "values", "gradients", "steps", "rewrites", "updates", "proof"}


def contract(target, **settings):
    return json.loads(tutor.solve(target, form="layer", **settings).to_json())


def test_a_small_one_in_full():
    found = contract(from_text(SMALL, "mine"))
    assert set(found) >= KEYS
    assert (found["schema"], found["exercise"], found["form"]) == (SCHEMA, "mine", "layer")
    assert found["shapes"] == {"x": [2], "W": [2, 2], "z": [2], "L": []}
    assert found["values"] == {"x": ["1", "-1/3"], "W": [["1", "2"], ["3", "4"]], "z": ["1/3", "5/3"], "L": "26/9"}
    assert found["gradients"]["W"] == [["2/3", "-2/9"], ["10/3", "-10/9"]]
    assert found["updates"] == {"W": [["5/6", "37/18"], ["13/6", "77/18"]]}
    assert found["rewrites"] == []
    step = next(step for step in found["steps"] if step["target"] == "dL/dW")
    assert step["expression"] == "outer(dL/dz, x)"
    assert step["shape"] == [2, 2]
    assert step["value"] == found["gradients"]["W"]
    assert step["index"] is not None
    assert found["proof"].endswith(".")


STATES = {row.name: row.states for row in OPTIMISERS if not row.hessian and row.name != "minibatch"}


def flat(value):
    return [entry for part in value for entry in flat(part)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("optimiser", STATES)
@pytest.mark.parametrize("target", ["neuron/two-two-two", "graz/two-two-one-layers", "cube"])
def test_the_rows_of_a_run_have_the_states_in_both_forms(target, optimiser):
    if target == "cube":
        target = from_text(CUBE, "cube")
    layer, scalar = (
        json.loads(tutor.train(target, optimiser=optimiser, rate="0.1", steps=3, form=form).to_json()) for form in ("layer", "scalar")
    )
    assert set(layer["rows"][2]["values"]) == {
        *layer["parameters"], *(f"{word}_{name}" for word in STATES[optimiser] for name in layer["parameters"])
    }  # fmt: skip
    for arrays, singles in zip(layer["rows"], scalar["rows"], strict=True):
        listed = [entry for value in arrays["values"].values() for entry in flat(value)]
        assert sorted(listed) == sorted(singles["values"].values())


CUBE = """
title = "cube"
steps = ["Z = X W", "L = mean((Z - Y)^2)"]
parameters = ["W"]
[shapes]
X = [2, 1, 2]
W = [2, 1]
Y = [2, 1, 1]
[values]
X = [[[1, 2]], [[3, -1]]]
W = [[1], [0]]
Y = [[[1]], [[2]]]
"""


def test_letters_have_expressions_in_the_place_of_numbers():
    found = contract("dl/linear-collapse-layers")
    assert found["values"] == {}
    assert found["shapes"]["W"] == ["H", "D"]
    assert found["gradients"]["W"] == "outer(dL/df, x)"
    assert all(step["value"] is None for step in found["steps"])
    assert [row["left"] for row in found["rewrites"]] == ["What", "fhat"]


def test_rewrites_and_their_rule():
    found = contract("neuron/softmax-regression-batch")
    assert found["rewrites"] == [{"left": "dL/dZ", "expression": "1/N*(P - Y)", "rule": "softmax with cross-entropy"}]


@pytest.mark.parametrize("ident", ["neuron/two-two-two", "qmul/laplacian", "qmul/max-pooling", "dl/bce-columns"])
def test_every_step_has_its_numbers(ident):
    found = contract(ident)
    assert {step["target"] for step in found["steps"]} >= {f"d{found['steps'][-1]['target'][1:].partition('/')[0]}/d{w}"
                                                         for w in found["gradients"]} - {"dL/dL", "dE/dE"}  # fmt: skip
    for step in found["steps"]:
        value, shape = step["value"], step["shape"]
        for size in shape:
            assert len(value) == size
            value = value[0]
        assert isinstance(value, str)
    assert set(found["values"]) == set(found["shapes"])


def test_nested_numbers():
    half = Fraction(1, 2)
    assert nest_texts(Array((), (half,))) == "1/2"
    assert nest_texts(Array((3,), (half, half, half))) == ["1/2"] * 3
    assert nest_texts(Array((3, 1), (half, half, half))) == [["1/2"]] * 3
