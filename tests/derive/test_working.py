"""The working (every local derivative, gradient and update a step of its own) against the derivation that solutions are made of."""

from fractions import Fraction

import pytest
from chosen_exercises import chosen_ids, load_once
from descent import descend
from some_now import some_now

from tutor.derive.backward import derive
from tutor.derive.working import list_referred, working
from tutor.exercise.training_task import make_task
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run import evaluate, run
from tutor.numbers.train import train_exactly
from tutor.numbers.verify import random_points

EXERCISES = {ident: load_once(ident) for ident in chosen_ids()}
GRAPHS = [ident for ident, exercise in EXERCISES.items() if exercise.graph and len(exercise.graph.steps) <= 60]


def close(a, b):
    return abs(as_real(a) - as_real(b)) <= 1e-30 * max(1, abs(as_real(a)))


@pytest.mark.parametrize("ident", some_now(GRAPHS, 3))
def test_gradients_are_those_of_the_derivation(ident):
    graph = EXERCISES[ident].graph
    points = random_points(graph, 2, seed=3)
    own = working(graph)
    for point in points:
        leaves = {quantity.name: point[quantity.name] for quantity in graph.leaves}
        worked = run(own.steps, leaves)
        for name, value in evaluate(derive(graph), leaves).values.items():
            if name in worked:
                assert close(worked[name], value), name


@pytest.mark.parametrize("ident", ["neuron/two-two-two", "qmul/linear-neuron", "cmu/three-layer-chain", "dl/batch-of-two"])
def test_updates_are_those_of_gradient_descent(ident):
    exercise = EXERCISES[ident]
    own = working(exercise.graph, updates=3)
    worked = run(own.steps, {**exercise.values, own.rate: exercise.rate})
    parameters = [quantity.name for quantity in exercise.graph.parameters]
    runs = descend(derive(exercise.graph), exercise.values, parameters, exercise.rate, 3).traces
    for k in (1, 2, 3):
        for name in (*parameters, exercise.graph.loss):
            assert close(worked[f"{name}@{k}"], runs[k][name])


@pytest.mark.parametrize("ident", ["neuron/adam", "neuron/adagrad", "neuron/rmsprop", "neuron/adam-as-printed"])
def test_updates_of_other_methods(ident):
    exercise = EXERCISES[ident]
    task = make_task(exercise, exercise.values)
    own = working(exercise.graph, updates=3, method=exercise.plan.optimiser)
    given = {**exercise.values, own.rate: task.rate, **dict.fromkeys(own.extra, Fraction(0)), **task.settings}
    worked = run(own.steps, given)
    rows = train_exactly(task, 3).rows
    for k in (1, 2, 3):
        for quantity in exercise.graph.parameters:
            assert close(worked[f"{quantity.name}@{k}"], rows[k].values[quantity.name])


def test_an_edge_is_not_the_whole_derivative():
    """f = x·g with g = x²: along the edge ∂f/∂x is g, in all it is 3x²."""
    own = working(from_steps(["g = x^2", "f = x*g"]))
    steps = {step.target: write_plain(step.expr) for step in own.steps}
    assert steps["f|x"] == "g"
    assert steps["df/dx"] == "df/dg*dg/dx + df/dx"
    assert own.cone(["df/dg"]) == {"df/dg", "x"}


def test_every_name_is_computed_before_it_is_used():
    for exercise in EXERCISES.values():
        if exercise.graph is None:
            continue
        own = working(exercise.graph, updates=1 if exercise.graph.parameters else 0)
        known = {quantity.name for quantity in exercise.graph.leaves} | {own.rate, *own.extra}
        for step in own.steps:
            assert set(list_referred(step.expr)) <= known, (exercise.id, step.target)
            known.add(step.target)
