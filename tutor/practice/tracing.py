"""How probable it is that a learner has mastered a skill: Bayesian knowledge tracing.

Source: A. T. Corbett and J. R. Anderson, "Knowledge tracing: Modeling the acquisition of procedural knowledge", User Modeling and
User-Adapted Interaction 4 (1995), 253-278.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

MASTERY = 0.95
"""So probable, and a skill counts as mastered (Corbett and Anderson, section 3)."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The four parameters of a skill, each a probability: to know it ``at_first``; to ``learn`` it at a step; to ``slip`` though one knows
    it; to ``guess`` right though one does not.

    Corbett and Anderson estimated them skill by skill, and keep a slip below 0.1 and a guess below 0.3 so that an answer says something;
    these are in the middle of theirs, for all skills alike.
    """

    at_first: float = 0.4
    learn: float = 0.1
    slip: float = 0.1
    guess: float = 0.2


def trace_answer(known: float, right: bool, by: Parameters = Parameters()) -> float:
    """How probable it is that a skill is known after an answer, where it was known with probability ``known`` before.

    >>> round(trace_answer(0.4, True), 3), round(trace_answer(0.4, False), 3)
    (0.775, 0.169)
    """
    if right:
        knew, guessed = known * (1 - by.slip), (1 - known) * by.guess
    else:
        knew, guessed = known * by.slip, (1 - known) * (1 - by.guess)
    then = knew / (knew + guessed)
    return then + (1 - then) * by.learn


class Trial(NamedTuple):
    """A first try: whether it was ``right``, of which ``skill``, and when (seconds)."""

    skill: str
    right: bool
    at: float = 0.0


def trace_trials(trials: Iterable[Trial], known: Mapping[str, float] | None = None, by: Parameters = Parameters()) -> dict[str, float]:
    """How probable it is that each skill is known after these tries, in the order of their times; ``known`` is what was known before.

    >>> {skill: round(chance, 3) for skill, chance in trace_trials([Trial("chain", True), Trial("chain", True)]).items()}
    {'chain': 0.945}
    """
    found = dict(known or {})
    for trial in sorted(trials, key=lambda trial: trial.at):
        found[trial.skill] = trace_answer(found.get(trial.skill, by.at_first), trial.right, by)
    return found
