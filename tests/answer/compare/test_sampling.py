"""Points where formulas are compared: on both sides of every kink, inside the domain, around the given values, the same for a seed."""

from functools import cache

import numpy as np
import pytest
from justice import graph

from tutor.answer.compare.formulas import points_of
from tutor.answer.read.vocabulary import vocabulary
from tutor.derive.backward import derive
from tutor.exercise.load import load
from tutor.graph.build import from_steps


@cache
def of_exercise(ident):
    return points_of(derive(graph(ident)), load(ident).values), vocabulary(load(ident))


def test_points_have_both_sides_of_every_kink():
    steps = ["z1 = w1*x + 3", "h1 = relu(z1)", "h2 = abs(h1 - 6)", "L = max(0, 1 - y*h2)"]
    env = points_of(derive(from_steps(steps))).env
    for column in (env["z1"], env["h1"] - 6, 1 - env["y"] * env["h2"]):
        assert {True, False} == set((column > 0).tolist())


@pytest.mark.parametrize(
    "steps",
    [["L = log(x) + log(y)"], ["a = log(p)", "b = log(1 - p)", "L = a + b"], ["L = sqrt(x - 1)*log(3 - x)"], ["L = exp(5*x)*log(y)"]],
)
def test_points_lie_inside_the_domain(steps):
    points = points_of(derive(from_steps(steps)))
    assert len(points.near) > 20
    assert all(np.isfinite(column).all() for column in points.env.values())


def test_a_side_that_few_points_reach_is_looked_for():
    env = points_of(derive(from_steps(["z = w*x + 30", "L = relu(z)*relu(20 - x)"]))).env
    for column in (env["z"], 20 - env["x"]):
        assert {True, False} == set((column > 0).tolist())


def test_points_lie_around_the_given_values():
    points, _ = of_exercise("neuron/two-two-two")
    assert points.near.sum() >= 10
    assert np.abs(points.env["w5"][points.near] / 0.4 - 1).max() <= 0.2 + 1e-9
    assert points.env["w5"].min() < 0
    assert np.abs(points.env["w5"]).max() > 3


def test_the_same_seed_gives_the_same_points():
    derivation = derive(graph("dl/bce"))
    one, same, other = (points_of(derivation, load("dl/bce").values, seed=seed) for seed in (0, 0, 1))
    assert all((one.env[name] == same.env[name]).all() for name in one.env)
    assert any(len(one.near) != len(other.near) or (one.env[name] != other.env[name]).any() for name in one.env)


def test_targets_that_sum_to_one_do_so_at_all_points():
    points, _ = of_exercise("neuron/softmax-cross-entropy")
    assert np.allclose(points.env["y_1"] + points.env["y_2"] + points.env["y_3"], 1)
    assert len(set(points.env["y_1"].tolist())) > 10
