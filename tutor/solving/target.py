"""What a target stands for: an exercise by id or file, an expression, or written steps."""

from __future__ import annotations

from collections.abc import Collection

from tutor.exercise.catalogue import is_exercise_name
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.solving.read_typed import make_typed_exercise, take_exercise_apart


def target_exercise(target: str | Exercise, *, apart: bool | None = None, given: Collection[str] = ()) -> Exercise:
    """An exercise by id or file, or one made of an expression (``(x+y)*z``) or of steps (``d = x + y; f = d*z``).

    ``apart`` and ``given`` as for `tutor.solving.read_typed.make_typed_exercise`.

    Raises a `tutor.errors.TutorError` for what is none of these.

    >>> [step.target for step in target_exercise("(x+y)*z").graph.steps]
    ['a', 'f']
    """
    if isinstance(target, str) and not is_exercise_name(target, given):
        return make_typed_exercise(target, apart=apart, given=given)
    exercise = load(target) if isinstance(target, str) else target
    return exercise if apart is None else take_exercise_apart(exercise, apart)
