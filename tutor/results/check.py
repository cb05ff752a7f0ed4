"""`check` as the library offers it: for exercises, files, courses, or all."""

from __future__ import annotations

from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.solving.check_claims import Verdict
from tutor.solving.check_claims import check as check_exercise


def check(*targets: str | Exercise) -> list[Verdict]:
    """Recompute the printed figures of exercises (ids, TOML files, courses, `Exercise` objects); of all without an argument.

    Raises a `tutor.errors.TutorError` for a target that does not exist or a claim that cannot be computed.

    >>> [verdict.agreement for verdict in check("qmul/linear-neuron")][:2]
    ['exact', 'exact']
    """
    found: list[Verdict] = []
    for target in expand_targets(targets):
        found += check_exercise(load(target) if isinstance(target, str) else target)
    return found


def expand_targets(targets: tuple[str | Exercise, ...] | list[str]) -> list[str | Exercise]:
    """The targets with a course's name replaced by all of its exercises; all exercises where there is none."""
    known = ids()
    found: list[str | Exercise] = []
    for target in targets or tuple(known):
        course = [name for name in known if isinstance(target, str) and name.startswith(f"{target}/")]
        found += course or [target]
    return found
