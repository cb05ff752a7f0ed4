"""Single numbers of a program are marked as what students write: slips, follow-through, precision."""

import numpy as np

from tutor.answer.files.number_files import NumberArray, make_array
from tutor.exercise.load import load
from tutor.marking.compare_singles import SinglesJudge, put_values, write_answer

STEPS = {"dw5": 2.0, "dw6": 1.0, "dw7": 1.0, "dw8": 1.0}


def test_single_numbers_have_slips_and_precision():
    exercise = load("neuron/two-two-two")
    judge = SinglesJudge(exercise, list(STEPS))
    truth = {name: float(judge.marker.sheet.truth[f"dL/{name}"]) for name in STEPS}
    arrays = [make_array(name, np.array(truth[name] * factor), "float64") for name, factor in STEPS.items()]
    arrays[1] = NumberArray("w6.grad", np.array(float(np.float32(truth["dw6"]))), "float32")
    arrays += [make_array("dw9", np.array(1.0), "float64"), make_array("dw1", np.array([1.0, 2.0]), "float64")]
    found = judge.judge(arrays)
    said = {array.name: array for array in found.arrays}
    assert {name: array.verdict for name, array in said.items()} == {"dw5": "misconception", "w6.grad": "correct", "dw7": "correct",
                                                                    "dw8": "correct"}  # fmt: skip
    assert said["dw5"].bends[0].slips[0].tag == "half-lost"
    assert (said["w6.grad"].exact, said["dw7"].exact) == (False, True)
    assert [one.place for one in found.unused] == ["dw9", "dw1"]


def test_numbers_are_written_with_the_digits_that_they_have():
    assert write_answer(NumberArray("w", np.array(0.125), "decimals", 0.0005), 0.125) == "0.125"
    assert write_answer(NumberArray("w", np.array(2.0), "float16"), 2.0) == "2.00"
    changed = put_values(load("qmul/linear-neuron"), {"x": 7})
    assert changed.values["x"] == 7
