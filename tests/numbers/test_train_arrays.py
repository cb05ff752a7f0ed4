"""Runs over whole arrays against the same runs number by number: every optimiser, batches of two sizes, what is fixed and what is not."""

from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from tutor.exercise.load import from_text
from tutor.exercise.read_training import samples
from tutor.exercise.training_task import make_task
from tutor.numbers import train_arrays
from tutor.numbers.train import train_exactly
from tutor.numbers.train_arrays import ArrayMachine, array_machine
from tutor.numbers.train_fast import Machine, run_all_rows, states, train_fast
from tutor.rules.optimisers import OPTIMISERS

NETWORK = """
title = "t"
[network]
sizes = [3, 4, 2]
activation = ["tanh", "softmax"]
loss = "cross-entropy"
"""
STEPS = """
title = "t"
steps = ["z = transpose(W) @ x + fill(c, 2)", "a = tanh(z)", "L = half_squared_error(sum(a), d) + l*sum(W^2)"]
parameters = ["W", "c"]
[shapes]
W = [3, 2]
x = [3]
"""


def drawn(text, count=0, columns=(), **settings):
    """A task with numbers for everything, and so many samples of some columns."""
    generator = Random(7)
    made = from_text(text, "t")
    values = {q.name: round(generator.uniform(0.1, 0.9), 3) for q in made.graph.leaves}
    made = from_text(text + "[values]\n" + "\n".join(f"{name} = {value}" for name, value in values.items()) + "\n", "t")
    rows = [[round(generator.uniform(0.1, 0.9), 3) for _ in columns] for _ in range(count)]
    data = samples(list(columns), rows) if count else None
    return make_task(made, made.values, rate="0.05", samples=data, **settings)


def network(count=0, **settings):
    return drawn(NETWORK, count, ("x1", "x2", "x3", "y1", "y2") if count else (), **settings)


def same_run(task, steps, rel=1e-11):
    """Every state and loss of both machines."""
    fast, slow = ArrayMachine(task, task.layered), Machine(replace(task, layered=None))
    assert fast.kept == slow.kept
    for (k, batch, state, stop), (n, other, expected, why) in zip(states(task, fast, steps), states(task, slow, steps), strict=True):
        assert (k, batch, stop) == (n, other, why)
        assert fast.numbers(state) == pytest.approx(slow.numbers(expected), rel=rel, abs=1e-13)
        assert fast.loss(state) == pytest.approx(slow.loss(expected), rel=rel)


@pytest.mark.parametrize("row", [row for row in OPTIMISERS if not row.hessian], ids=lambda row: row.name)
def test_every_optimiser(row):
    """Five samples in batches of two: the last one of an epoch has one."""
    same_run(network(5, method=row.name, batch=2, seed=3), 12)


@pytest.mark.parametrize("method", ["gd", "adam"])
def test_one_sample_and_a_whole_set(method):
    same_run(network(method=method), 6)
    same_run(network(5, method=method), 6)


def test_some_entries_of_an_array_are_columns_and_some_are_fixed():
    """And a term of the loss that no sample has a part in counts once for the set."""
    same_run(drawn(STEPS, 4, ("x_1", "x_3", "d"), method="momentum", batch=3), 9)


def test_the_set_as_a_sum():
    task = network(5, method="gd")
    same_run(replace(task, samples=replace(task.samples, reduce="sum")), 6)


def test_a_run_that_diverges_ends_where_it_does():
    """The error grows a thousandfold with every update."""
    text = 'title = "t"\nsteps = ["z = W x", "L = sum((z - y)^2)"]\nparameters = ["W"]\n[shapes]\nW = [2, 2]\nx = [2]\ny = [2]\n'
    task = replace(drawn(text), rate=10**4)
    fast = ArrayMachine(task, task.layered)
    ended = list(states(task, fast, 100))[-1]
    assert ended[3].kind == "beyond"
    assert ended[3] == train_exactly(task, 100).stopped


def test_what_has_no_whole_arrays_to_train_runs_number_by_number():
    task = network(5)
    assert array_machine(replace(task, layered=None)) is None
    assert array_machine(replace(task, parameters=task.parameters[1:])) is None
    newton = drawn('title = "t"\nsteps = ["L = sum((w - y)^2)"]\nparameters = ["w"]\n[shapes]\nw = [2]\ny = [2]\n', method="newton")
    assert array_machine(newton) is None


def test_small_tasks_are_faster_in_straight_lines_and_large_ones_are_not(monkeypatch):
    assert array_machine(network()) is None
    large = network(60)
    assert array_machine(large) is not None
    run, slow = train_fast(large, 40, [0, 20]), train_fast(replace(large, layered=None), 40, [0, 20])
    assert [row.step for row in run.rows] == [row.step for row in slow.rows] == [0, 20, 40]
    for a, b in zip(run.rows, slow.rows, strict=True):
        assert float(a.loss) == pytest.approx(float(b.loss), rel=1e-11)
        assert a.batch == b.batch
    assert run.first == slow.first
    rows = list(islice(run_all_rows(large, run), 41))
    assert rows[40].values == {name: float(value) for name, value in run.rows[-1].values.items()}
    assert {type(value) for value in rows[3].values.values()} == {float}
    monkeypatch.setattr(train_arrays, "MOST", 100)
    assert array_machine(large) is None
