"""Calls of NumPy for array programs, against exact numbers: every operation, random graphs over layers, hard arguments, any rows."""

from fractions import Fraction
from math import prod
from random import Random

import numpy as np
import pytest
from hard_numbers import HARD
from random_layers import random_layers, random_network
from rules.test_operations import CASES, IDS, graph
from some_now import some_now

from tutor.derive.backward import derive
from tutor.errors import TutorError
from tutor.expression.nodes import Call, Name
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers, from_network_layers, write_out
from tutor.graph.nouns import Step
from tutor.numbers.arithmetic import as_real
from tutor.numbers.array_plan import SCRATCH_ROWS, Rows, plan_arrays
from tutor.numbers.array_program import lower_arrays
from tutor.numbers.compiled import compile_steps
from tutor.numbers.functions import PRIMITIVES
from tutor.numbers.run_arrays import evaluate_layers
from tutor.numbers.runner import Many, One


def planned(steps, shapes, names):
    """The plan with all arrays row after row."""
    program = lower_arrays(steps, shapes, names)
    given, at = [], 0
    for shape in shapes.values():
        given.append(range(at, at + prod(shape)))
        at += prod(shape)
    wanted, end = [], 0
    for part in program.wanted:
        wanted.append(Rows(tuple(range(prod(part.shape))), tuple(range(end, end + prod(part.shape)))))
        end += prod(part.shape)
    return plan_arrays(program, given, wanted, (at, end))


def against_exact_numbers(layered, values):
    """Every quantity and every gradient, of one set and of one of three sets.

    Where floats cannot compute it (1 − σ(20) has few digits left), all floats are as wrong: those of the form neuron by neuron.
    """
    derivation = derive(layered.graph)
    steps = layered.graph.steps + derivation.backward
    names = [step.target for step in steps]
    exact = evaluate_layers(derivation, values)
    expected = np.array([float(as_real(item)) for name in names for item in exact[name].items])
    plan = planned(steps, {q.name: q.shape for q in layered.graph.leaves}, names)
    numbers = [float(item) for q in layered.graph.leaves for item in values[q.name].items]
    scale = max(1.0, float(np.max(np.abs(expected))))
    many = Many(plan)(np.array([[0.5] * len(numbers), numbers, numbers]).T.copy())
    for found in (One(plan)(numbers), many[:, 1]):
        near = np.isclose(found, expected, rtol=1e-9, atol=1e-11 * scale)
        assert near.all() or close_to_single_floats(layered, names, numbers, np.array(found), near)


def close_to_single_floats(layered, names, numbers, found, near):
    """Whether the entries that are not near are those of the compiled form neuron by neuron."""
    scalar = derive(write_out(layered))
    loss, entries = scalar.graph.loss, layered.entries
    singles = []
    for name in names:
        _, _, wrt = name.partition("/")
        singles += [f"d{loss}/d{single}" for single in entries[wrt[1:]].items] if wrt else entries[name].items
    leaves = [quantity.name for quantity in scalar.graph.leaves]
    floats = np.array(compile_steps(scalar.graph.steps + scalar.backward, leaves, singles)(*numbers))
    scale = max(1.0, float(np.max(np.abs(floats[np.isfinite(floats)]))))
    return np.allclose(found[~near], floats[~near], rtol=1e-9, atol=1e-11 * scale, equal_nan=True)


def drawn(layered, generator, spread):
    """Values of all leaves that floats have, too; with a small ``spread`` many are equal."""
    return {
        q.name: Array(q.shape, tuple(Fraction(generator.randint(-spread, spread), 8) for _ in range(prod(q.shape))))
        for q in layered.graph.leaves
    }


@pytest.mark.parametrize("spread", [2, 40])
@pytest.mark.parametrize(("name", "shapes", "sizes"), some_now(CASES, 4, rows=True), ids=IDS)
def test_every_operation_and_its_pullbacks(name, shapes, sizes, spread):
    """Also where entries of a window are equal, so that each gets its share."""
    layered = graph(name, shapes, sizes)
    against_exact_numbers(layered, drawn(layered, Random(len(name)), spread))


@pytest.mark.parametrize("seed", some_now(range(8), 4))
def test_random_graphs_over_layers(seed):
    for number in range(20):
        random_graph_agrees(Random(20 * seed + number))


@pytest.mark.slow
def test_many_random_graphs_over_layers():
    for seed in range(1_000, 3_000):
        random_graph_agrees(Random(seed))


def random_graph_agrees(generator):
    layered = random_layers(generator)
    values = drawn(layered, generator, 20)
    try:
        evaluate_layers(derive(layered.graph), values)
    except TutorError:
        return
    against_exact_numbers(layered, values)


@pytest.mark.parametrize("seed", range(30))
def test_random_networks(seed):
    generator = Random(seed)
    layered = from_network_layers(random_network(generator), ("plain", "transposed")[seed % 2])
    values = drawn(layered, generator, 20)
    try:
        evaluate_layers(derive(layered.graph), values)
    except TutorError:
        return
    against_exact_numbers(layered, values)


@pytest.mark.parametrize("name", [name for name, row in PRIMITIVES.items() if row.arity == 1])
def test_hard_arguments_as_one_array(name):
    """A primitive of a whole array is the primitive of each entry."""
    numbers = [float(text) for text in HARD] + [float("inf"), float("-inf"), float("nan")]
    plan = planned([Step("f", Call(name, (Name("x"),)), "")], {"x": (len(numbers),)}, ["f"])
    expected = [PRIMITIVES[name].one(x) for x in numbers]
    assert np.allclose(One(plan)(numbers), expected, rtol=1e-13, atol=1e-300, equal_nan=True)


def test_softmax_of_large_scores_does_not_overflow():
    layered = from_layers(["p = softmax_rows(Z)", "L = sum(p ⊙ Y)"], {"Z": (2, 3), "Y": (2, 3)})
    plan = planned(layered.graph.steps, {q.name: q.shape for q in layered.graph.leaves}, ["p"])
    found = One(plan)([1e4, 0, 1e4, -1e4, -1e4, -1e4, *[0] * 6])
    assert found == pytest.approx([0.5, 0, 0.5, 1 / 3, 1 / 3, 1 / 3])


def test_any_rows_given_and_wanted():
    """Given entries and wanted ones in an order of their own, some of the wanted ones not at all, some twice."""
    layered = from_layers(["z = W x", "L = sum(z^2)"], {"W": (2, 3), "x": (3,)})
    steps = layered.graph.steps + derive(layered.graph).backward
    program = lower_arrays(steps, {"W": (2, 3), "x": (3,)}, ["dL/dW", "z", "dL/dW", "L"])
    values, generator = np.arange(1.0, 10.0), Random(4)
    order = generator.sample(range(9), 9)
    wanted = [Rows((5, 1, 5), (0, 6, 3)), Rows((1, 0), (1, 4)), Rows((0,), (2,)), Rows((0,), (5,))]
    plan = plan_arrays(program, [order[:6], order[6:]], wanted, (9, 7))
    moved = np.empty(9)
    moved[order] = values
    z = values[:6].reshape(2, 3) @ values[6:]
    slope = 2 * np.outer(z, values[6:]).ravel()
    expected = [slope[5], z[1], slope[0], slope[5], z[0], z @ z, slope[1]]
    assert One(plan)(moved.tolist()) == pytest.approx(expected)
    assert Many(plan)(moved[:, None])[:, 0] == pytest.approx(expected)


def test_rows_are_used_again():
    """A deep chain needs the scratch rows of two or three of its layers, not of all."""
    lines = ["a0 = tanh(x)", *(f"a{k} = tanh(2*a{k - 1})" for k in range(1, 50)), "L = sum(a49)"]
    plan = planned(from_layers(lines, {"x": (8,)}).graph.steps, {"x": (8,)}, ["L"])
    assert plan.rows[SCRATCH_ROWS] <= 24
