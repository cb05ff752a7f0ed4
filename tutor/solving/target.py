"""What a target stands for: an exercise by id or file, an expression, or written steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tutor.errors import ExerciseError
from tutor.exercise.catalogue import is_exercise_name, is_program_name
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.graph.shapes import Shape
from tutor.solving.read_typed import make_typed_exercise, take_exercise_apart
from tutor.solving.read_typed_arrays import make_array_exercise


def target_exercise(
    target: str | Exercise, *, apart: bool | None = None, given: Collection[str] = (), shapes: Mapping[str, Shape] | None = None
) -> Exercise:
    """An exercise by id or file, or one made of an expression (``(x+y)*z``), of steps (``d = x + y; f = d*z``) or of a program.

    A program is a function in a Python file, ``model.py:forward``, which is read and not run (`tutor.program.read_program`).

    ``apart`` and ``given`` as for `tutor.solving.read_typed.make_typed_exercise`.  With ``shapes`` it is over arrays (see
    `tutor.solving.read_typed_arrays.make_array_exercise`); an exercise has its own.

    Raises a `tutor.errors.TutorError` for what is none of these.

    >>> [step.target for step in target_exercise("(x+y)*z").graph.steps]
    ['a', 'f']
    """
    if isinstance(target, str) and is_program_name(target):
        from tutor.solving.program_exercise import make_program_exercise  # what reads programs takes 20 ms to import

        exercise = make_program_exercise(target, shapes or {})
        return exercise if apart is None else take_exercise_apart(exercise, apart)
    typed = isinstance(target, str) and not is_exercise_name(target, (*given, *(shapes or ())))
    if shapes and not typed:
        raise ExerciseError("--shape goes with a formula or with steps", hint="an exercise has [shapes] of its own; leave --shape out")
    if shapes:
        exercise = make_array_exercise(str(target), shapes)
        return exercise if apart is None else take_exercise_apart(exercise, apart)
    if typed:
        return make_typed_exercise(str(target), apart=apart, given=given)
    exercise = load(target) if isinstance(target, str) else target
    return exercise if apart is None else take_exercise_apart(exercise, apart)
