"""What is asked, and in which order."""

import numpy as np
import pytest

from tutor.errors import ExerciseError
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker
from tutor.numbers.floats import evaluate_at_points
from tutor.practice.session import Settings, start
from tutor.practice.tasks import list_tasks


def test_teaching_order():
    """Forward values first; before a gradient all that it is made of; the update at the end."""
    tasks = list_tasks(Marker(load("neuron/two-two-two")), ("w5",))
    order = [task.id for task in tasks]
    assert order[0] == "in_h1"
    assert order[-1] == "w5@1"
    assert order.index("dL/dout_o1") < order.index("dout_o1/din_o1") < order.index("dL/din_o1") < order.index("dL/dw5")
    assert order.index("dL/dw5.factors") < order.index("dL/dw5")


def test_choices_have_the_right_tiles_among_wrong_ones():
    tasks = {task.id: task for task in list_tasks(Marker(load("neuron/two-two-two")), ("b1",))}
    ways = tasks["dL/dout_h1.ways"]
    options = dict(ways.question.options)
    assert {options[letter] for letter in ways.question.right} == {"in_o1", "in_o2"}
    assert 2 < len(options) <= 6


def test_a_seed_mixes_the_tiles():
    def tiles(seed):
        return [task.question.options for task in list_tasks(Marker(load("neuron/two-two-two")), ("b1",), seed=seed) if task.tiles]

    assert tiles(1) == tiles(1)
    assert tiles(1) != tiles(2)


def test_a_gradient_that_is_not_there():
    with pytest.raises(ExerciseError, match="no gradient of L with respect to w55"):
        list_tasks(Marker(load("neuron/two-two-two")), ("w55",))


@pytest.mark.parametrize("ident", ["neuron/two-two-two", "graz/two-two-one", "cmu/three-layer-chain", "qmul/activated-neuron", "dl/bce"])
@pytest.mark.parametrize("seed", range(4))
def test_just_one_line_is_wrong(ident, seed):
    """At the given values each line but that one holds."""
    marker = Marker(load(ident))
    asked = [task for task in list_tasks(marker, seed=seed) if task.kind == "wrong-line"]
    for task in asked:
        env = {name: np.asarray(value) for name, value in marker.sheet.numbers.env.items()}
        values = [(evaluate_at_points(left, env), evaluate_at_points(right, env)) for left, right in task.lines]
        holds = [bool(np.allclose(left, right, rtol=1e-9, atol=0)) for left, right in values]
        wrong = [letter for (letter, _), is_right in zip(task.question.options, holds, strict=True) if not is_right]
        assert tuple(wrong) == task.question.right
    assert asked or ident in ("qmul/activated-neuron", "dl/bce")


def test_a_rule_is_asked_for_once():
    """Among those of other steps, each of which has other words."""
    tasks = [task for task in list_tasks(Marker(load("neuron/two-two-two"))) if task.kind == "why"]
    assert [task.skill for task in tasks] == ["why:half_squared_error", "why:sigmoid"]
    for task in tasks:
        (letter,) = task.question.right
        assert task.rules[ord(letter) - ord("a")][1] == task.skill.partition(":")[2]
        assert len(set(task.rules)) == len(task.rules) >= 3


def test_a_network_of_named_neurons_is_asked_by_arrays_in_layer_form():
    """Whatever its own questions are about; an entry of an array stands for that."""
    asked = {task.id: task.question.shape for task in start(load("neuron/two-two-two"), Settings(layer=True)).lesson.tasks}
    assert asked["z1"] == asked["dL/dz2"] == (2,)
    assert asked["dL/dW2"] == asked["W1@1"] == (2, 2)
    assert "in_h1" not in asked
    assert [task.id for task in start(load("neuron/two-two-two"), Settings(layer=True, wrt=("w5",))).lesson.tasks] == ["dL/dW2"]
