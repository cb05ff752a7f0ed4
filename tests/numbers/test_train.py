"""Runs: exact recursions by hand, the two arithmetics against each other, PyTorch's figures, and how a run ends."""

import json
from fractions import Fraction
from itertools import islice

import pytest
from counted import at_most
from torch_live import need_torch, reference

from tutor.errors import TutorError, ValueProblem
from tutor.exercise.load import from_text, load
from tutor.exercise.read_training import samples
from tutor.exercise.training_task import make_task
from tutor.explain.words.wording import ENGLISH
from tutor.numbers.data_set import batches
from tutor.numbers.linear import solve
from tutor.numbers.run import read_value
from tutor.numbers.train import train_exactly
from tutor.numbers.train_fast import all_rows, train_fast
from tutor.rules.optimisers import OPTIMISERS

F = Fraction
torch_optimisers, TABLE = reference("optimisers")


def exercise(steps, values, parameters):
    lines = "\n".join(f'{name} = "{value!r}"' for name, value in values.items())
    text = f"title = 't'\nsteps = {json.dumps(steps)}\nparameters = {json.dumps(parameters)}\n[values]\n{lines}\n"
    return from_text(text, "t")


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


PERCEPTRON = samples(["x", "y"], [["10", "10.1"], ["2", "1.9"], ["3.5", "3.4"], ["1", "1.1"]], "sum")


def perceptron(**more):
    made = load("cmu/smallest-perceptron")
    return make_task(made, made.values, **more)


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


@pytest.mark.parametrize(("size", "last"), [(1, (3,)), (3, (3,)), (2, (2, 3)), (4, (0, 1, 2, 3))])
def test_batches_in_the_given_order(size, last):
    epoch = [batch for batch in islice(batches(4, size, "given", 0), 8) if batch.epoch == 1]
    assert [place for batch in epoch for place in batch.samples] == [0, 1, 2, 3]
    assert epoch[-1].samples == last
    assert [batch.number for batch in epoch] == list(range(1, len(epoch) + 1))


def test_a_shuffled_order_takes_every_sample_once_an_epoch_and_is_the_seeds():
    found = list(islice(batches(5, 2, "shuffled", 7), 30))
    for epoch in range(1, 11):
        assert sorted(p for b in found if b.epoch == epoch for p in b.samples) == [0, 1, 2, 3, 4]
    assert found == list(islice(batches(5, 2, "shuffled", 7), 30))
    assert found != list(islice(batches(5, 2, "shuffled", 8), 30))
    assert len({b.samples for b in found if b.number == 1}) > 1


@pytest.mark.parametrize("size", [0, -1, 5, 10**9])
def test_a_batch_is_part_of_the_data(size):
    with pytest.raises(ValueProblem, match="a batch of"):
        batches(4, size, "given", 0)


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


ENDINGS = [  # task, updates, words
    ({"method": "gd", "rate": "1"}, 40, "diverges: after update 31 w is beyond 10^60"),
    ({"method": "gd", "rate": "1"}, 12, "diverges: from update 1 on the loss rises with every update, to"),
    ({"method": "sgd", "rate": "1", "order": "given"}, 12, "goes in a circle: after update 8 everything is again as it was after update 4"),
    ({"method": "gd", "rate": "0.005"}, 40, ""),
    ({"method": "sgd", "rate": "0.005"}, 40, ""),
    ({"method": "adam", "rate": "0.1"}, 40, ""),
    ({"method": "newton", "rate": "1"}, 5, ""),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "steps", "words"), ENDINGS)
def test_how_a_run_ends_is_said(settings, steps, words):
    task = perceptron(**settings)
    exact = train_exactly(task, steps)
    assert ENGLISH.updates.say_stop(exact.stopped).startswith(words)
    assert bool(exact.stopped) == bool(words)
    if "circle" not in words:  # floats never come back exactly
        assert train_fast(task, steps, range(steps + 1)).stopped == exact.stopped


@pytest.mark.parametrize("keep", [[0, 500], [0, 1, 2, 3, 500]])
def test_a_long_run_ends_at_the_same_update_whatever_rows_are_kept(keep):
    run = train_fast(perceptron(method="gd", rate="1"), 500, keep)
    assert ENGLISH.updates.say_stop(run.stopped).startswith("diverges: after update 31 ")
    assert (run.made, run.rows[-1].step) == (30, 30)


def test_where_the_next_step_does_not_exist():
    made = exercise(["L = w*log(w)"], {"w": 1.0}, ["w"])
    task = make_task(made, made.values, rate="5")
    run = train_exactly(task, 9)
    assert (run.made, ENGLISH.updates.say_stop(run.stopped)) == (0, "ends: after update 1 the logarithm of a negative number (-4)")
    fast = train_fast(task, 9, range(10))
    assert fast.made <= 1
    assert ENGLISH.updates.say_stop(fast.stopped).startswith("ends: at update 2 w no longer has a value")


SINGULAR = [
    (["L = w + 2*v"], ["w", "v"], "no second derivative with respect to w differs from 0"),
    (["L = (w + v)^2"], ["w", "v"], "its column for v depends on that for w"),
    (["L = 3*w"], ["w"], "the second derivative with respect to w is 0"),
    (["L = (w + v)^2 + u^2"], ["u", "v", "w"], "its column for w depends on those for u, v"),
]


@pytest.mark.parametrize(("steps", "names", "words"), SINGULAR)
def test_a_singular_hessian_is_refused(steps, names, words):
    made = exercise(steps, dict.fromkeys(names, 1.0), names)
    with pytest.raises(ValueProblem, match="the Hessian is singular") as error:
        train_exactly(make_task(made, made.values, method="newton"), 1)
    assert words in error.value.what
    assert "gd or adam" in error.value.hint


def test_a_system_that_needs_another_pivot():
    found, determinant = solve([[F(0), F(2)], [F(3), F(1)]], [F(4), F(9)], ["a", "b"])
    assert (found, determinant) == ([F(7, 3), F(2)], F(-6))


BAD = [  # what is asked, pieces of the message
    ({"method": "adm"}, ["there is no optimiser adm", "did you mean adam"]),
    ({"rate": "0"}, ["positive, not 0"]),
    ({"rate": "-1"}, ["positive, not -1"]),
    ({"method": "adam", "settings": {"beta1": "1"}}, ["beta1 is 1", "0 ≤ beta1 < 1"]),
    ({"method": "adam", "settings": {"beta2": "-0.1"}}, ["beta2", "0 ≤ beta2 < 1"]),
    ({"method": "adam", "settings": {"eps": "0"}}, ["0 < eps"]),
    ({"method": "adam", "settings": {"beta": "0.9"}}, ["adam has no setting beta", "did you mean beta"]),
    ({"method": "gd", "settings": {"mu": "0.9"}}, ["gd has no setting mu", "none besides the step size"]),
    ({"method": "rmsprop-slide", "rate": "1"}, ["below 1"]),
    ({"method": "rmsprop-slide", "rate": "exp(1)"}, ["below 1"]),
    ({"method": "adam", "settings": {"beta1": "exp(1)"}}, ["0 ≤ beta1 < 1"]),
    ({"method": "minibatch"}, ["needs the size of its batches", "--batch 2"]),
    ({"samples": samples(["q"], [["1"]])}, ["column q, but nothing uses it"]),
    ({"samples": samples(["w"], [["1"]])}, ["w is trained"]),
]


@pytest.mark.parametrize(("settings", "pieces"), BAD)
def test_what_cannot_be_trained_says_why(settings, pieces):
    with pytest.raises(TutorError) as error:
        perceptron(**settings)
    assert [piece for piece in pieces if piece not in str(error.value)] == []


def test_a_step_size_that_is_no_fraction_is_compared_with_its_bound():
    assert perceptron(method="rmsprop-slide", rate="exp(-1)").rate == read_value("exp(-1)")


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
    found = list(all_rows(task, run))
    assert [row.step for row in found] == list(range(201))
    assert found[100].values["w"] == float(run.rows[1].values["w"])
    assert found[200].loss == float(run.rows[-1].loss)
