"""Why a run ends early, the same in both arithmetics and whatever rows are kept."""

import pytest
from small_runs import exercise, perceptron

from tutor.exercise.training_task import make_task
from tutor.explain.words.wording import ENGLISH
from tutor.numbers.train import train_exactly
from tutor.numbers.train_fast import train_fast

ENDINGS = [  # task, updates, words
    ({"method": "gd", "rate": "1"}, 40, "diverges: after update 31 w is beyond 10⁶⁰"),
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
