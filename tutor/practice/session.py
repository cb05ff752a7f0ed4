"""A session: its events, and what they come to.

    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, reply = step(session, Event("answer", "0.593"))

A session *is* its events: the same exercise, settings and events always give the same, so that a journal of events is all that has to be
kept.  Times stand in the events, seeds in the settings; nothing here looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from tutor.answer.handed_in import is_blank
from tutor.answer.read.asked_names import AskedNames
from tutor.errors import TutorError, hint_near
from tutor.exercise.model import Exercise
from tutor.marking.judge import Earlier
from tutor.marking.judge_answer import PERSON, RIGHT
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import MarkedAnswer
from tutor.numbers.arithmetic import Value
from tutor.practice.ladder import Rung, list_rungs, write_answer, write_number
from tutor.practice.modes import Mode
from tutor.practice.tasks import AskedStep, list_tasks, make_marker
from tutor.practice.tracing import MASTERY, Parameters, Trial, trace_trials
from tutor.text import make_visible

EventKind = Literal["answer", "hint", "keep", "skip", "back", "give-up", "go", "quit"]
Status = Literal["open", "right", "kept", "shown", "skipped", "implied", "given"]
"""What became of a task: ``right`` (or following from what was kept), ``kept`` though it is wrong, ``shown`` by the last hint, ``implied``
by a later answer that was right, ``given`` as a worked example."""
DONE: tuple[Status, ...] = ("right", "kept", "shown", "implied", "given")

SOME = 8
"""So many steps are named where one is asked for that there is not, and so many answers stand on a line."""
LONGEST_LINE = 2_000
"""A longer text is one answer."""
PLACED = 2
"""After so many tries the next step is placed for the learner to see."""


class PracticeError(TutorError):
    """An event that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a session goes.

    ``wrt`` are the quantities whose gradients are wanted, ``layer`` asks for whole arrays.  ``attempts`` is the share of a task's marks
    that is left after so many wrong tries (the last one for all that come), ``rung`` is the cost of each hint, ``floor`` the least that a
    right answer is worth.  A hint is unlocked by a wrong try, or by ``pause`` seconds since the last event; the first one at once.
    """

    mode: Mode = "practise"
    wrt: tuple[str, ...] = ()
    layer: bool = False
    seed: int = 0
    attempts: tuple[Fraction, ...] = (Fraction(1), Fraction(7, 10), Fraction(1, 2))
    rung: Fraction = Fraction(1, 10)
    floor: Fraction = Fraction(1, 5)
    pause: float = 20.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the learner does: ``text`` is an answer, or of ``go`` the task's id; ``at`` is the time in seconds."""

    kind: EventKind
    text: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of one task so far; ``text`` is the last answer, ``rungs`` how many hints were seen, ``first`` whether the first try was
    right, ``earned`` the share of its marks, ``seconds`` how long it was worked at, ``follows`` the learner's own values that it is right
    from."""

    status: Status = "open"
    attempts: int = 0
    rungs: int = 0
    text: str = ""
    first: bool | None = None
    earned: Fraction = Fraction(0)
    seconds: float = 0.0
    tags: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the session says to an event.

    ``task`` is what the event was about, ``marked`` the verdict of an answer, ``rung`` a hint.  ``placed`` is the step in symbols that is
    placed after two tries.  ``implied`` are the tasks that the answer settled, ``before`` the replies to other answers on the same line.
    ``note`` is a key: ``locked`` (a hint that is not there
    yet, with the seconds to ``wait``), ``no-hints``, ``blank``, ``unreadable``, ``taken`` (in an exam), ``not-kept``, ``done`` (the task
    already is), ``end``.
    """

    kind: EventKind
    task: str
    marked: MarkedAnswer | None = None
    rung: Rung | None = None
    placed: Rung | None = None
    note: str = ""
    wait: float = 0.0
    implied: tuple[str, ...] = ()
    before: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """An exercise, prepared for any number of sessions: made once, then only read."""

    exercise: Exercise
    settings: Settings

    @cached_property
    def marker(self) -> Marker:
        """What judges its answers."""
        return make_marker(self.exercise, self.settings.seed)

    @cached_property
    def tasks(self) -> tuple[AskedStep, ...]:
        """What is asked."""
        settings = self.settings
        return list_tasks(self.marker, settings.wrt, layer=settings.layer, seed=settings.seed, exercise=self.exercise)

    @cached_property
    def by_id(self) -> Mapping[str, AskedStep]:
        """The tasks by their ids."""
        return {task.id: task for task in self.tasks}

    @cached_property
    def names(self) -> AskedNames:
        """All that the quantities which are asked may be called."""
        return self.marker.list_names([task.question for task in self.tasks if task.question.kind != "choice"])


@dataclass(frozen=True, slots=True)
class Session:
    """A session after its ``events``; everything else follows from them.

    ``at`` is the task that is asked, empty at the end.  ``known`` has by skill how probable it is that it is mastered, ``trials`` are the
    first tries that say so; ``time`` is that of the last event.
    """

    lesson: Lesson
    events: tuple[Event, ...] = ()
    at: str = ""
    progress: Mapping[str, Progress] = field(default_factory=dict)
    earlier: Earlier = field(default_factory=Earlier)
    known: Mapping[str, float] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()
    time: float | None = None
    ended: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether verdicts are not said yet: in an exam until it ends."""
        return self.lesson.settings.mode == "exam" and not self.ended

    @property
    def task(self) -> AskedStep | None:
        """What is asked now."""
        return self.lesson.by_id.get(self.at)

    def look_up(self, ident: str) -> Progress:
        """What became of a task."""
        return self.progress.get(ident, Progress())

    def list_given(self) -> Mapping[str, Value]:
        """The values that the exercise gives, the step size among them."""
        marker = self.lesson.marker
        rate = marker.sheet.working.rate
        known = marker.sheet.leaves() if marker.exercise.values else {}
        return {name: value for name, value in known.items() if name in marker.exercise.values or name == rate}

    def list_shown(self) -> dict[str, str]:
        """The numbers that are on the table, by quantity: the learner's own where they are kept, the right ones where they were shown; in
        an exam all are the learner's own."""
        found: dict[str, str] = {}
        marker = self.lesson.marker
        found.update({name: write_number(value) for name, value in self.list_given().items()})
        for task in self.lesson.tasks:
            own = self.look_up(task.id)
            if task.kind == "value" and task.question.kind == "number" and own.status in DONE:
                result = self.earlier.results.get(task.target)
                number = result.number if result is not None else None
                is_own = own.status == "kept" or self.lesson.settings.mode == "exam"
                found[task.target] = f"{number:.6g}" if is_own and number is not None else write_answer(marker, task.question)
        return found


def start(exercise: Exercise | Lesson, settings: Settings | None = None, known: Mapping[str, float] | None = None) -> Session:
    """A session at its beginning; ``known`` is what the learner has shown elsewhere, by skill (`tutor.practice.tracing.trace_trials`).

    Raises `ExerciseError` for an exercise that asks for nothing, and for a ``wrt`` that has no gradient.

    >>> from tutor.exercise.load import load
    >>> session = start(load("qmul/activated-neuron"))
    >>> session.at
    'z_L'
    """
    lesson = exercise if isinstance(exercise, Lesson) else Lesson(exercise, settings or Settings())
    before = known or {}
    session = Session(lesson, known={task.skill: before.get(task.skill, Parameters().at_first) for task in lesson.tasks})
    return _fade(_move(session))


def step(session: Session, event: Event) -> tuple[Session, Reply]:
    """The session after an event, and what is said to it.

    Raises `PracticeError` for an event of a session that has ended, or that names a task which does not exist.

    >>> from tutor.exercise.load import load
    >>> session, reply = step(start(load("qmul/activated-neuron")), Event("hint"))
    >>> reply.rung.kind
    'look'
    """
    if session.ended:
        raise PracticeError("the session has ended", hint="start another one")
    before = session
    session = _spend_time(session, event)
    session, reply = _HANDLERS[event.kind](session, event)
    session = replace(session, events=(*before.events, event), time=event.at)
    if not session.ended and not session.at:
        session = replace(session, ended=is_finished(session))
    return session, reply


def replay(session: Session, events: Iterable[Event]) -> Session:
    """The session after more events: how a journal is read back."""
    for event in events:
        session, _ = step(session, event)
    return session


def is_finished(session: Session) -> bool:
    """Whether everything that is asked is done, in one way or another."""
    return all(session.look_up(task.id).status in DONE for task in session.lesson.tasks)


def choices(session: Session) -> tuple[EventKind, ...]:
    """What the learner may do now."""
    task = session.task
    if session.ended:
        return ()
    if task is None:
        return ("go", "back", "quit")
    own = session.look_up(task.id)
    found: list[EventKind] = ["answer"]
    if session.lesson.settings.mode != "exam":
        found.append("hint")
    if own.attempts and task.target in session.earlier.results:
        found.append("keep")
    found.append("skip")
    if session.events:
        found.append("back")
    if session.lesson.settings.mode != "exam":
        found.append("give-up")
    return (*found, "go", "quit")


def _spend_time(session: Session, event: Event) -> Session:
    if session.time is None or not session.at or event.at <= session.time:
        return session
    own = session.look_up(session.at)
    return _set(session, session.at, replace(own, seconds=own.seconds + event.at - session.time))


def _set(session: Session, ident: str, progress: Progress) -> Session:
    return replace(session, progress={**session.progress, ident: progress})


def _move(session: Session, after: str = "") -> Session:
    """The session at the next open task: after one, or from the beginning; what was skipped comes last."""
    tasks = session.lesson.tasks
    places = {task.id: place for place, task in enumerate(tasks)}
    start_at = places.get(after, -1) + 1
    for status in ("open", "skipped"):
        for task in (*tasks[start_at:], *tasks[:start_at]):
            if session.look_up(task.id).status == status and task.id != after:
                return replace(session, at=task.id)
    return replace(session, at="" if not after or session.look_up(after).status in DONE else after)


def _fade(session: Session) -> Session:
    """In ``learn``, the tasks that are given as they stand: of a skill that is new the first is worked out, of one that is mastered the
    small steps are left out.  What is asked at the end of a gradient always is."""
    if session.lesson.settings.mode != "learn":
        return session
    while (task := session.task) is not None:
        known = session.known[task.skill]
        alike = [other for other in session.lesson.tasks if other.skill == task.skill]
        met = any(session.look_up(other.id).status != "open" for other in alike)
        is_new = not met and len(alike) > 1 and known < MASTERY
        is_small = task.kind in ("ways", "factors", "why") or task.skill.startswith("local:")
        if not is_new and not (is_small and known >= MASTERY):
            return session
        session = _move(_set(session, task.id, Progress("given")), task.id)
    return session


def _take_answer(session: Session, event: Event) -> tuple[Session, Reply]:
    """An answer, or several that name their steps: "in_h1 = 0.3775; out_h1 = 0.5933"."""
    replies: list[Reply] = []
    for text in _split_answers(session, event.text):
        session, reply = _take_one_answer(session, replace(event, text=text))
        replies.append(reply)
    return session, replace(replies[-1], before=tuple(replies[:-1]))


_BETWEEN = re.compile(r"\s*[;\n]\s*|\s*,\s+(?=[^=]{1,100}=)")


def _split_answers(session: Session, text: str) -> list[str]:
    """The answers of a line, each of which names its step; else the line as it is."""
    parts = [part for part in _BETWEEN.split(text[:LONGEST_LINE]) if part]
    several = 1 < len(parts) <= SOME and len(text) <= LONGEST_LINE and all(_find_named(session, part) is not None for part in parts)
    return parts if several else [text]


def _take_one_answer(session: Session, event: Event) -> tuple[Session, Reply]:
    lesson = session.lesson
    task = _find_named(session, event.text) or session.task
    if task is None:
        return session, Reply("answer", "", note="done")
    if is_blank(event.text):
        return session, Reply("answer", task.id, note="blank")
    marked, earlier = lesson.marker.judge(task.question, event.text, session.earlier)
    own = session.look_up(task.id)
    if own.status in ("right", "implied"):
        return session, Reply("answer", task.id, marked=marked, note="done")
    if marked.verdict in PERSON:
        return session, Reply("answer", task.id, marked=marked, note="unreadable")
    right = marked.verdict in RIGHT
    tags = tuple(slip.tag for slips in marked.slips[:1] for slip in slips)
    first = own.first if own.first is not None else right and not own.rungs
    own = replace(own, text=event.text, first=first, attempts=own.attempts + (not right), tags=(*own.tags, *tags))
    session = replace(session, earlier=earlier)
    own = replace(own, follows=marked.follows if right else ())
    if session.look_up(task.id).first is None:
        session = _trace(session, Trial(task.skill, first, event.at))
    if lesson.settings.mode == "exam":
        own = replace(own, status="right" if right else "kept", earned=_count_earned(own, marked, lesson.settings))
        return _move(_set(session, task.id, own), task.id), Reply("answer", task.id, note="taken")
    if not right:
        placed = _find_rung(session, task, "symbols") if own.attempts >= PLACED else None
        return _set(session, task.id, own), Reply("answer", task.id, marked=marked, placed=placed)
    own = replace(own, status="shown" if own.status == "shown" else "right", earned=_count_earned(own, marked, lesson.settings))
    session = _set(session, task.id, own)
    session, implied = _settle(session, task)
    at = session.at if session.at and session.look_up(session.at).status not in DONE else ""
    return (session if at else _fade(_move(session, task.id))), Reply("answer", task.id, marked=marked, implied=implied)


def _count_earned(own: Progress, marked: MarkedAnswer, settings: Settings) -> Fraction:
    """The share of a task's marks for an answer: less for each wrong try and each hint, and nothing once it was shown."""
    if own.status == "shown":
        return Fraction(0)
    share = marked.marks / marked.out_of if marked.out_of else Fraction(1)
    if settings.mode == "exam":
        return share
    left = settings.attempts[min(own.attempts, len(settings.attempts) - 1)] - own.rungs * settings.rung
    return share * max(left, settings.floor)


def _settle(session: Session, task: AskedStep) -> tuple[Session, tuple[str, ...]]:
    """What follows from a right answer counts as done: all that it is computed from, and the choices about it."""
    if task.kind not in ("value", "declared") or not task.target:
        return session, ()
    lesson = session.lesson
    cone = lesson.marker.sheet.cone(task.target) if task.target in lesson.marker.sheet.working.by_name else frozenset([task.target])
    done = []
    for other in lesson.tasks:
        own = session.look_up(other.id)
        if other.id != task.id and other.target in cone and own.status in ("open", "skipped") and not own.attempts:
            session = _set(session, other.id, replace(own, status="implied", earned=Fraction(1)))
            done.append(other.id)
    return session, tuple(done)


def _find_named(session: Session, text: str) -> AskedStep | None:
    """The task that an answer names itself: "dL/dw5 = 0.0822"."""
    left, sign, _ = text.partition("=")
    if not sign or len(left) > 100 or (session.task is not None and session.task.question.kind == "choice"):
        return None
    found = session.lesson.names.find(left.strip())
    return session.lesson.by_id.get(found) if found else None


def _take_hint(session: Session, event: Event) -> tuple[Session, Reply]:
    task, settings = session.task, session.lesson.settings
    if task is None:
        return session, Reply("hint", "", note="done")
    if settings.mode == "exam":
        return session, Reply("hint", task.id, note="no-hints")
    own = session.look_up(task.id)
    rungs = list_rungs(session.lesson.marker, task, session.list_shown())
    paused = event.at - session.time if session.time is not None else 0.0
    unlocked = own.rungs <= own.attempts or paused >= settings.pause
    if not unlocked:
        return session, Reply("hint", task.id, note="locked", wait=settings.pause - paused)
    if own.rungs >= len(rungs) - 1:
        return _show(session, task, event)
    return _set(session, task.id, replace(own, rungs=own.rungs + 1)), Reply("hint", task.id, rung=rungs[own.rungs])


def _trace(session: Session, trial: Trial) -> Session:
    """The session after a first try."""
    return replace(session, known=trace_trials([trial], session.known), trials=(*session.trials, trial))


def _show(session: Session, task: AskedStep, event: Event) -> tuple[Session, Reply]:
    """The answer itself: shown, never known."""
    own = session.look_up(task.id)
    rung = list_rungs(session.lesson.marker, task, session.list_shown())[-1]
    if own.first is None:
        session = _trace(session, Trial(task.skill, False, event.at))
    session = _set(session, task.id, replace(own, status="shown", rungs=own.rungs + 1, first=False if own.first is None else own.first))
    if task.target in session.earlier.results:  # what follows is judged by the right value again
        kept = {name: result for name, result in session.earlier.results.items() if name != task.target}
        session = replace(session, earlier=replace(session.earlier, results=kept))
    return _fade(_move(session, task.id)), Reply(event.kind, task.id, rung=rung)


def _find_rung(session: Session, task: AskedStep, kind: str) -> Rung | None:
    rungs = list_rungs(session.lesson.marker, task, session.list_shown())
    return next((rung for rung in rungs if rung.kind == kind), None)


def _take_keep(session: Session, event: Event) -> tuple[Session, Reply]:
    task = session.task
    if task is None or task.target not in session.earlier.results:
        return session, Reply("keep", session.at, note="not-kept")
    session = _set(session, task.id, replace(session.look_up(task.id), status="kept"))
    return _fade(_move(session, task.id)), Reply("keep", task.id)


def _take_skip(session: Session, event: Event) -> tuple[Session, Reply]:
    task = session.task
    if task is None:
        return session, Reply("skip", "", note="done")
    session = _set(session, task.id, replace(session.look_up(task.id), status="skipped"))
    return _fade(_move(session, task.id)), Reply("skip", task.id)


def _take_back(session: Session, event: Event) -> tuple[Session, Reply]:
    tasks = [task.id for task in session.lesson.tasks]
    end = tasks.index(session.at) if session.at else len(tasks)
    for ident in reversed(tasks[:end]):
        if session.look_up(ident).status in ("open", "skipped", "kept"):
            return replace(session, at=ident), Reply("back", ident)
    return session, Reply("back", session.at, note="done")


def _take_give_up(session: Session, event: Event) -> tuple[Session, Reply]:
    task = session.task
    if task is None:
        return session, Reply("give-up", "", note="done")
    if session.lesson.settings.mode == "exam":
        return _take_skip(session, event)
    return _show(session, task, event)


def _take_go(session: Session, event: Event) -> tuple[Session, Reply]:
    known = session.lesson.by_id
    if event.text not in known:
        first = ", ".join(list(known)[:SOME])
        raise PracticeError(f"there is no step {make_visible(event.text)}", hint=hint_near(event.text, known) or f"there are {first}, …")
    return replace(session, at=event.text), Reply("go", event.text)


def _take_quit(session: Session, event: Event) -> tuple[Session, Reply]:
    return replace(session, ended=True), Reply("quit", session.at, note="end")


_HANDLERS = {
    "answer": _take_answer, "hint": _take_hint, "keep": _take_keep, "skip": _take_skip, "back": _take_back,
    "give-up": _take_give_up, "go": _take_go, "quit": _take_quit,
}  # fmt: skip
