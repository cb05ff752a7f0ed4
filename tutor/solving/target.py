"""What a target stands for: an exercise by id or file, an expression, or written steps."""

from __future__ import annotations

from tutor.exercise.catalogue import is_exercise_name
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.graph.build import from_steps


def target_exercise(target: str) -> Exercise:
    """An exercise by id or file, or one made of an expression (``(x+y)*z``) or of steps (``d = x + y; f = d*z``).

    Raises a `tutor.errors.TutorError` for what is none of these.

    >>> [step.target for step in target_exercise("(x+y)*z").graph.steps]
    ['a', 'f']
    """
    if is_exercise_name(target):
        return load(target)
    if "=" in target:
        lines = [line for line in target.replace("\n", ";").split(";") if line.strip()]
        return Exercise("expression", " ".join(target.split())[:200], graph=from_steps(lines))
    from tutor.graph.decompose import from_expression  # imports SymPy, which exercises do not need

    return Exercise("expression", " ".join(target.split())[:200], graph=from_expression(target))
