"""Working a request out: what is asked is what is there."""

import pytest
from chosen_exercises import chosen_entries

from tutor.solving.request import Options, resolve_solution, resolve_training
from tutor.solving.target import target_exercise
from tutor.solving.work_out import work


@pytest.mark.parametrize("target", ["(x+y)*z", "x = 3; y = x^2", "neuron/two-two-two", "cmu/counting", "dl/bce"])
def test_one_derivation_a_quantity(target):
    request = resolve_solution(target_exercise(target), Options())
    worked = work(request)
    assert [derivation.graph.loss for derivation in worked.derivations] == [of for of, _ in request.wanted]
    assert (worked.numbers is None) is (request.values is None)
    assert len(worked.proofs.gradients) == len(worked.derivations)


@pytest.mark.parametrize(("steps", "count"), [
    (["p = softplus(x)"], 0), (["s = sigmoid(x)", "p = softplus(x)"], 0), (["p = sigmoid(x)", "L = -log(p)"], 1),
])  # fmt: skip
def test_what_is_simplified_is_no_step_of_the_derivation(steps, count):
    worked = work(resolve_solution(target_exercise("; ".join(steps)), Options()))
    assert len(worked.rewrites) == count


def test_the_two_subjects_share_numbers():
    exercise = target_exercise("qmul/linear-neuron")
    solved = work(resolve_solution(exercise, Options(steps=3)))
    trained = work(resolve_training(exercise, Options(steps=3)))
    assert solved.training.run.rows == trained.training.run.rows


def test_progress_is_told_of_long_runs():
    told = []
    work(resolve_training(target_exercise("qmul/linear-neuron"), Options(steps=30_000)), progress=told.append)
    assert told
    assert told == sorted(told)
    assert told[-1] <= 30_000


def test_every_listed_exercise_resolves():
    for entry in chosen_entries():
        assert resolve_solution(target_exercise(entry.id), Options()).exercise.id == entry.id
