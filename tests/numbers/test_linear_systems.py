"""Newton's linear systems: exact, with another pivot where one is 0, refused where they are singular."""

import pytest
from small_runs import F, exercise

from tutor.errors import ValueProblem
from tutor.exercise.training_task import make_task
from tutor.numbers.linear_systems import solve
from tutor.numbers.train import train_exactly

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
