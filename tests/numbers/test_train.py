"""Runs: exact recursions by hand, the two arithmetics against each other, PyTorch's figures, and how a run ends."""


import pytest
from small_runs import PERCEPTRON, F, exercise, perceptron
from torch_live import need_torch, reference

from tutor.exercise.read_training import samples
from tutor.exercise.training_task import make_task
from tutor.numbers.run import read_value
from tutor.numbers.train import train_exactly
from tutor.numbers.train_fast import train_fast
from tutor.rules.optimisers import OPTIMISERS

torch_optimisers, TABLE = reference("optimisers")


def torch_task(case):
    """Our task for one of PyTorch's cases."""
    problem, name, settings, rate, batch, _, _ = torch_optimisers.CASES[case]
    steps, start, fixed = torch_optimisers.PROBLEMS[problem]
    line = problem == "line"
    given = {**start, **fixed, **({"x": 0.0, "y": 0.0} if line else {})}
    data = samples(["x", "y"], torch_optimisers.SAMPLES) if line else None
    made = exercise(steps, given, list(start))
    return make_task(made, made.values, method=name, rate=repr(rate), settings={key: repr(value) for key, value in settings.items()},
                     batch=batch or None, order="given", samples=data)  # fmt: skip


def agrees(run, table):
    assert len(run.rows) == torch_optimisers.STEPS + 1
    for name, values in table.items():
        for row, value in zip(run.rows, values, strict=True):
            assert abs(float(row.values[name]) - value) <= 1e-10, (name, row.step)


@pytest.mark.parametrize("case", torch_optimisers.CASES)
@pytest.mark.parametrize("arithmetic", ["exact", "double"])
def test_fifty_updates_agree_with_pytorch(case, arithmetic):
    task, steps = torch_task(case), torch_optimisers.STEPS
    run = train_exactly(task, steps) if arithmetic == "exact" else train_fast(task, steps, range(steps + 1))
    agrees(run, TABLE["cases"][case])


def test_the_table_covers_every_published_method():
    assert set(TABLE["cases"]) == set(torch_optimisers.CASES)
    tested = {case[1] for case in torch_optimisers.CASES.values()}
    assert {row.name for row in OPTIMISERS if not row.published and not row.hessian} == tested
    assert TABLE["torch"].startswith("2.")


@pytest.mark.parametrize("case", torch_optimisers.CASES)
def test_the_table_is_pytorchs(case):
    """Live, where PyTorch is installed."""
    need_torch()
    found = torch_optimisers.torch_table(case)
    assert found == {name: pytest.approx(values, abs=1e-12) for name, values in TABLE["cases"][case].items()}
    agrees(train_exactly(torch_task(case), torch_optimisers.STEPS), found)


def test_nesterov_is_sutskevers_form_at_its_point_ahead():
    """v ← μv − η∇f(θ + μv), θ ← θ + v: its point ahead θ + μv is our w, update by update."""
    made = exercise(["L = w^4 - 2*w^2"], {"w": 1.5}, ["w"])
    run = train_exactly(make_task(made, made.values, method="nesterov", rate="0.02", settings={"mu": "0.8"}), 8)
    theta, v, mu, rate = F(3, 2), F(0), F(4, 5), F(1, 50)
    for row in run.rows:
        ahead = theta + mu * v
        assert row.values["w"] == ahead
        v = mu * v - rate * (4 * ahead**3 - 4 * ahead)
        theta += v


def test_the_loss_and_gradient_of_a_set_are_those_of_its_samples():
    run = train_exactly(perceptron(rate="0.01"), 3)
    w = F(1)
    for row in run.rows:
        errors = [(y - w * x, x) for x, y in PERCEPTRON.rows]
        assert (row.values["w"], row.loss) == (w, sum(e * e for e, _ in errors) / 2)
        w += F(1, 100) * sum(e * x for e, x in errors)


def test_newton_is_least_squares_in_one_step():
    run = train_exactly(perceptron(method="newton"), 1)
    assert run.rows[1].values["w"] == F("117.8") / F("117.25")
    assert run.first["det H"] == F("117.25")


def test_a_step_size_that_is_no_fraction_is_compared_with_its_bound():
    assert perceptron(method="rmsprop-slide", rate="exp(-1)").rate == read_value("exp(-1)")


