"""Runs in compiled floats: one call an update, progress, and all rows of a long run made again."""

import pytest
from counted import at_most
from small_runs import F, perceptron

from tutor.exercise.load import load
from tutor.exercise.training_task import make_task
from tutor.numbers.train import train_exactly
from tutor.numbers.train_fast import run_all_rows, train_fast
from tutor.rules.optimisers import OPTIMISERS


@pytest.mark.parametrize("row", [row for row in OPTIMISERS if not row.hessian], ids=lambda row: row.name)
@pytest.mark.parametrize("batch", [None, 2])
def test_both_arithmetics_make_the_same_run(row, batch):
    task = perceptron(method=row.name, rate="0.004", batch=batch or (3 if row.batch is None else None), seed=3)
    exact, fast = train_exactly(task, 30), train_fast(task, 30, range(31))
    assert (exact.exact, fast.exact) == (True, False)
    for a, b in zip(exact.rows, fast.rows, strict=True):
        assert a.step == b.step
        for name in a.values:
            assert float(b.values[name]) == pytest.approx(float(a.values[name]), rel=1e-11, abs=1e-13)
        assert float(b.loss) == pytest.approx(float(a.loss), rel=1e-10)


def test_newton_in_both_arithmetics():
    made = load("neuron/minibatch")
    task = make_task(made, {**made.values, "w": F(0)}, method="newton", rate="0.1")
    exact, fast = train_exactly(task, 4), train_fast(task, 4, range(5))
    assert [float(r.values["w"]) for r in exact.rows] == pytest.approx(
        [float(r.values["w"]) for r in fast.rows], rel=1e-12
    )


def test_a_million_updates_of_the_linear_neuron_run_in_compiled_steps():
    """One call an update, no more (tests/benchmarks/limits.py has the seconds)."""
    made = load("qmul/linear-neuron")
    task = make_task(made, made.values)
    with at_most(10**6 + 100_000):
        run = train_fast(task, 10**6, [0, 10**6])
    assert run.made == 10**6
    assert float(run.rows[-1].loss) == pytest.approx(0, abs=1e-25)


def test_progress_is_reported():
    made = load("qmul/linear-neuron")
    seen = []
    train_fast(make_task(made, made.values), 50_000, [0], seen.append)
    assert seen == sorted(seen)
    assert 3 <= len(seen) <= 10
    seen.clear()
    train_fast(perceptron(method="sgd", rate="0.001"), 20_000, [0], seen.append)
    assert seen == [8192, 16384]


def test_all_rows_of_a_long_run_are_made_again():
    task = perceptron(method="adam", rate="0.1")
    run = train_fast(task, 200, [0, 100])
    found = list(run_all_rows(task, run))
    assert [row.step for row in found] == list(range(201))
    assert found[100].values["w"] == float(run.rows[1].values["w"])
    assert found[200].loss == float(run.rows[-1].loss)
