"""What a learner should do next: the exercise that trains the weakest skill.

    propose_next({"gradient:chain rule": 0.3}, list_trained(), finished=["graz/chain"])

What is known comes from the first tries of all sessions (`tutor.practice.tracing.trace_trials`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tutor.exercise.catalogue import Trained
from tutor.practice.tracing import MASTERY, Parameters

MOST_TASKS = 60
"""A longer exercise is proposed only where there is no shorter one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An exercise to go on with, for the sake of ``skill``, which is known with a probability of ``known``."""

    exercise: str
    skill: str
    known: float


def propose_next(known: Mapping[str, float], trained: Sequence[Trained], finished: Collection[str] = ()) -> Proposal | None:
    """The exercise that trains the weakest skill; None where every skill is mastered, or everything is done.

    What was tried and failed is weaker than what was never tried; of those, what most exercises need comes first.  Of the exercises that
    train it the one comes first that asks for the fewest other things which are not mastered, so that one thing is learned at a time; then
    the shortest.

    >>> rows = [Trained("a", 3, ("x", "y")), Trained("b", 2, ("y",))]
    >>> propose_next({"x": 0.99, "y": 0.2}, rows).exercise, propose_next({"x": 0.99, "y": 0.2}, rows, ["b"]).exercise
    ('b', 'a')
    >>> propose_next({"x": 0.99, "y": 0.99}, rows) is None
    True
    """
    at_first = Parameters().at_first
    open_rows = [row for row in trained if row.id not in finished]
    skills = {skill: known.get(skill, at_first) for row in open_rows for skill in row.skills}
    weak = [skill for skill, chance in skills.items() if chance < MASTERY]
    if not weak:
        return None
    needed = Counter(skill for row in trained for skill in row.skills)

    def measure(row: Trained) -> tuple[bool, int, int, str]:
        return row.tasks > MOST_TASKS, sum(skills[skill] < MASTERY for skill in row.skills), row.tasks, row.id

    best = {skill: min((row for row in open_rows if skill in row.skills), key=measure) for skill in weak}
    weakest = min(weak, key=lambda skill: (skills[skill], -needed[skill], measure(best[skill]), skill))
    return Proposal(best[weakest].id, weakest, skills[weakest])
