"""Arrays of a program: each planted slip is named at its root, what follows from it is said to, and right ones are right."""

import numpy as np
import pytest
from programs_made import GIVEN, LAYERS, SIZES, run_backward

from tutor.answer.files.number_files import NumberArray, NumberFile, make_array
from tutor.graph.layered import put_sizes
from tutor.marking.array_world import ArrayWorld
from tutor.marking.judge_numbers import NumbersJudge
from tutor.marking.program_names import ProgramNames

WORLD = ArrayWorld(put_sizes(LAYERS, SIZES, named=False), GIVEN, SIZES, LAYERS)


def judge(arrays, tolerance=None):
    made = [array if isinstance(array, NumberArray) else make_array(name, array, "float64") for name, array in arrays.items()]
    return NumbersJudge(WORLD, ProgramNames(LAYERS, list(arrays)), tolerance).judge(NumberFile(tuple(made)))


PLANTED = [  # the slips of the backward pass; the roots with what is said of each: a slip, or the factor of a pattern
    ({"scale": 2.0}, {"dL/dZ2": "sum-for-mean"}),
    ({"scale": 1 / 5}, {"dL/dZ2": "factor-two-lost"}),
    ({"scale": 4 / 5}, {"dL/dZ2": "2"}),
    ({"scale": 8 / 5, "weights": 2.0}, {"dL/dZ2": "4", "dL/dW2": "2"}),  # two constants, each named
    ({"mask": "none"}, {"dL/dZ1": "inner-derivative-forgotten"}),
    ({"bias": np.mean}, {"dL/db2": "1/N"}),
    ({"mask": "none", "bias": np.mean, "scale": -2 / 5},
     {"dL/dZ2": "sign-of-error", "dL/db2": "1/N", "dL/dZ1": "inner-derivative-forgotten"}),
]


@pytest.mark.parametrize(("slips", "roots"), PLANTED)
def test_the_root_is_named_and_the_rest_follows(slips, roots):
    found = judge(run_backward(**slips))
    said = {}
    for array in found.arrays:
        if array.verdict not in ("correct", "follow-through"):
            tags = [slip.tag for bent in array.bends for slip in bent.slips]
            said[array.key] = tags[0] if tags else array.patterns[0].factor.text
    assert said == roots
    assert found.first == next(iter(roots))
    assert not found.ok


def test_right_numbers_are_right_in_every_precision():
    right = run_backward()
    for kind in ("float64", "float32", "float16"):
        found = judge({name: NumberArray(name, array.astype(kind).astype(float), kind) for name, array in right.items()})
        assert found.ok, kind
        assert all(array.exact for array in found.arrays) == (kind == "float64")
    rounded = {name: NumberArray(name, np.round(array, 3), "decimals", 0.0005) for name, array in right.items()}
    assert judge(rounded).ok
    assert not judge({name: np.round(array, 3) for name, array in right.items()}).ok
    assert judge({name: array * (1 + 1e-4) for name, array in right.items()}, tolerance=1e-3).ok
    kept = judge({"db1": right["db1"][None, :]})
    assert kept.ok
    assert kept.missing == ()


def test_shapes_layouts_and_what_is_no_number_are_said():
    right = run_backward()
    turned = judge({"dW1": right["dW1"].T}).arrays[0]
    assert (turned.verdict, turned.patterns[0].kind) == ("misconception", "transposed")
    modules = judge({"fc1.weight.grad": right["dW1"].T, "fc2.weight.grad": right["dW2"].T})
    assert modules.ok
    assert all(array.turned for array in modules.arrays)
    holed = right["dW2"].copy()
    holed[1, 2] = np.nan
    found = judge({"dW2": holed}).arrays[0]
    assert (found.verdict, found.special, found.where.wrong) == ("wrong", (1, 0), 1)
    one = right["dW2"].copy()
    one[:, 1] *= 3
    assert (judge({"dW2": one}).arrays[0].where.axis, judge({"dW2": one}).arrays[0].where.slices) == (1, (1,))
    near = judge({"dW2": right["dW2"] + 1e-5 * np.sin(np.arange(18)).reshape(6, 3)}).arrays[0]
    assert near.verdict == "close"
    assert [(one.place, "did you mean" in one.reason) for one in judge({"db9": right["db1"]}).unused] == [("db9", True)]


def test_another_array_in_the_place_of_one_is_named():
    right = run_backward()
    before = WORLD.array("Z1").T @ right["dZ2"]  # the value before the activation
    (found,) = judge({"dW2": before}).arrays
    first = found.patterns[0]
    assert (found.verdict, first.kind, first.name, first.base) == ("misconception", "operand", "Z1", "H")


def test_arbitrary_numbers_are_never_explained():
    chance = np.random.default_rng(3)
    found = judge({name: chance.normal(size=array.shape) for name, array in run_backward().items()})
    assert {array.verdict for array in found.arrays} == {"wrong"}
    assert not any(bent.sure for array in found.arrays for bent in array.bends)
