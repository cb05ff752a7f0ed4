"""How far learners are, from what is kept of their sessions: what one of them knows, what is weakest in a class."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from tutor.practice.tracing import Trial, trace_trials
from tutor.web.store import Kept

WEAKEST = 8
"""So many skills of a class are listed."""


def trace_known(sessions: Iterable[Kept]) -> dict[str, float]:
    """What a learner has shown in all sessions, by skill: how probable it is that it is mastered."""
    trials = [Trial(*trial) for kept in sessions for trial in kept.progress.get("trials", ())]
    return {skill: round(chance, 4) for skill, chance in trace_trials(trials).items()}


def average_skills(sessions: Sequence[Kept]) -> dict[str, tuple[float, int]]:
    """How well each skill is known in a class, the weakest first, and by how many it was tried: of each learner the last that is known."""
    latest: dict[tuple[int, str], tuple[float, float]] = {}
    for kept in sessions:
        for skill, known in kept.progress.get("known", {}).items():
            if latest.get((kept.learner, skill), (-1.0, 0.0))[0] < kept.changed:
                latest[kept.learner, skill] = (kept.changed, known)
    found: dict[str, list[float]] = {}
    for (_, skill), (_, known) in latest.items():
        found.setdefault(skill, []).append(known)
    means = {skill: (sum(values) / len(values), len(values)) for skill, values in found.items()}
    return dict(sorted(means.items(), key=lambda row: row[1][0])[:WEAKEST])


def write_date(seconds: float) -> str:
    """When something was, by the clock of this machine; nothing for never."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else ""
