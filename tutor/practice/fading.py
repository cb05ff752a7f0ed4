"""How a session in ``learn`` fades: what is new is worked out, then its last steps are asked, then all of it.

Renkl and Atkinson, Educational Psychologist 38 (2003): a worked example, then completion problems, then problems.
"""

from __future__ import annotations

from collections import Counter

from tutor.practice.ladder import Rung, list_rungs
from tutor.practice.records import Session
from tutor.practice.tasks import AskedStep
from tutor.practice.tracing import MASTERY


def choose_worked(session: Session) -> tuple[str, ...]:
    """The steps that are worked out before anything is asked, where no skill that is new comes twice, so that no step is an example of
    a later one: the first half of the exercise, as far as it is new.  Its other half is then asked; nothing of a single step.

    >>> from tutor.exercise.load import load
    >>> from tutor.practice.session import Settings, start
    >>> [task for task, own in start(load("graz/chain"), Settings(mode="learn")).progress.items() if own.status == "given"]
    ['df/dg']
    """
    tasks = session.lesson.tasks
    new = Counter(task.skill for task in tasks if session.known[task.skill] < MASTERY)
    if not session.lesson.settings.row.teaches or any(count > 1 for count in new.values()):
        return ()
    return tuple(task.id for task in tasks[: len(tasks) // 2] if task.skill in new)


def is_given(session: Session, task: AskedStep) -> bool:
    """Whether a step is given when it is come to: of a skill that is new the first is worked out, of one that is mastered the small steps
    are left out.  What is asked at the end of a gradient always is."""
    known = session.known[task.skill]
    is_new = not _is_met(session, task) and sum(other.skill == task.skill for other in session.lesson.tasks) > 1 and known < MASTERY
    is_small = task.kind in ("ways", "factors", "why") or task.skill.startswith("local:")
    return is_new or (is_small and known >= MASTERY)


def list_introduced(session: Session) -> tuple[Rung, ...]:
    """What is said of the step that is asked before anybody tries it, where its skill is new and no step was worked out for it: its rule,
    by name and as a formula.  That is no hint: it costs nothing, and the first try counts."""
    task = session.task
    if task is None or not session.lesson.settings.row.teaches or task.kind not in ("value", "declared"):
        return ()
    own = session.look_up(task.id)
    if own.rungs or own.attempts or _is_met(session, task) or session.known[task.skill] >= MASTERY:
        return ()
    return tuple(rung for rung in list_rungs(session.lesson.marker, task, {}) if rung.kind in ("rule", "formula"))


def _is_met(session: Session, task: AskedStep) -> bool:
    """Whether a step of the same skill was given, or is done or tried."""
    alike = (other for other in session.lesson.tasks if other.skill == task.skill)
    return any(session.look_up(other.id).status != "open" for other in alike)
