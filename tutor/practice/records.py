"""The nouns of practice: what a session is of, what a learner does, what is said, and what has become of each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from tutor.answer.read.asked_names import AskedNames
from tutor.errors import TutorError
from tutor.exercise.model import Exercise
from tutor.exercise.question import LISTS
from tutor.marking.judge import Earlier
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import MarkedAnswer
from tutor.numbers.arithmetic import Value
from tutor.practice.costs import STANDARD, Costs
from tutor.practice.ladder import Rung, write_answer, write_number
from tutor.practice.modes import MODES, Mode, ModeRow
from tutor.practice.tasks import AskedStep, list_tasks, list_told, make_marker
from tutor.practice.tracing import Trial

EventKind = Literal["answer", "hint", "keep", "skip", "back", "give-up", "go", "quit"]
Status = Literal["open", "right", "kept", "shown", "skipped", "implied", "given"]
"""What became of a task: ``right`` (or following from what was kept), ``kept`` though it is wrong, ``shown`` by the last hint, ``implied``
by a later answer that was right, ``given`` as a worked example."""
DONE: tuple[Status, ...] = ("right", "kept", "shown", "implied", "given")


class PracticeError(TutorError):
    """An event that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a session goes.

    ``wrt`` are the quantities whose gradients are wanted, ``layer`` asks for whole arrays.  Where tries and hints cost something,
    ``costs`` says how much.  A hint is unlocked by a wrong try, or by ``pause`` seconds without one; the first one at once.
    """

    mode: Mode = "practise"
    wrt: tuple[str, ...] = ()
    layer: bool = False
    seed: int = 0
    costs: Costs = STANDARD
    pause: float = 20.0

    @property
    def row(self) -> ModeRow:
        """What its mode is like."""
        return MODES[self.mode]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the learner does: ``text`` is an answer, or of ``go`` the task's id; ``at`` is the time in seconds."""

    kind: EventKind
    text: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of one task so far; ``text`` is the last answer, ``rungs`` how many hints were seen, ``first`` whether the first try was
    right, ``earned`` the share of its marks, ``seconds`` how long it was worked at,
    ``smaller`` how often a smaller question that is asked may be answered, ``follows`` the learner's own values that it is right
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
    smaller: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the session says to an event.

    ``task`` is what the event was about, ``marked`` the verdict of an answer, ``rung`` a hint.  ``placed`` is the step in symbols that is
    placed after two tries.  ``implied`` are the tasks that the answer settled, ``before`` the replies to other answers on the same line.
    ``chosen`` says of a choice of several that is not right whether something is ``missing``, ``too-many``, or ``other``.  ``note`` is a
    key: ``locked`` (a hint that is not there yet, with the seconds to ``wait``), ``no-hints``, ``blank``, ``unreadable``, ``formula``
    (where a number is asked), ``taken`` (in an exam), ``not-kept``, ``done`` (the task already is), ``end``, ``part-right`` and
    ``part-wrong`` (an answer to a smaller question), ``elsewhere`` (the answer would be right for the task of this field), ``early`` (a
    question that shows what is still asked for).
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
    chosen: str = ""
    elsewhere: str = ""


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
        found = list_tasks(self.marker, settings.wrt, layer=settings.layer, seed=settings.seed, exercise=self.exercise)
        if settings.row.tells:
            return found
        return tuple(task for task in found if not list_told(task, found))  # in an exam what was answered may be changed

    def list_told(self, task: AskedStep) -> tuple[str, ...]:
        """The tasks whose answers stand in the question of another."""
        return self._told.get(task.id, ())

    @cached_property
    def _told(self) -> Mapping[str, tuple[str, ...]]:
        return {task.id: told for task in self.tasks if (told := list_told(task, self.tasks))}

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
    since: float | None = None
    ended: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether verdicts are not said yet: in an exam until it ends."""
        return not self.lesson.settings.row.tells and not self.ended

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

    def list_own(self) -> frozenset[str]:
        """The tasks for which the learner's own numbers stand: those that are kept, what follows from them, and all of an exam."""
        tasks, look_up = self.lesson.tasks, self.look_up
        if not self.lesson.settings.row.tells:
            return frozenset(task.id for task in tasks)
        kept = {task.target or task.question.array for task in tasks if look_up(task.id).status == "kept"}
        return frozenset(task.id for task in tasks if look_up(task.id).status == "kept" or kept.intersection(look_up(task.id).follows))

    def list_shown(self) -> dict[str, str]:
        """The numbers that are on the table, by quantity: the learner's own where they are kept, the right ones where they were shown; in
        an exam all are the learner's own."""
        found: dict[str, str] = {name: write_number(value) for name, value in self.list_given().items()}
        marker, owned = self.lesson.marker, self.list_own()
        for task in self.lesson.tasks:
            own = self.look_up(task.id)
            if task.kind == "value" and task.question.kind == "number" and own.status in DONE:
                result = self.earlier.results.get(task.target)
                number = result.number if result is not None else None
                if task.id not in owned:
                    found[task.target] = write_answer(marker, task.question)
                elif number is not None:
                    found[task.target] = f"{number:.6g}"
        return found

    def list_entries(self) -> dict[str, str]:
        """The numbers on the table, and those of the arrays that are done, entry by entry."""
        found, marker, owned = self.list_shown(), self.lesson.marker, self.list_own()
        for task in self.lesson.tasks:
            own = self.look_up(task.id)
            if not task.question.array or task.question.kind not in LISTS or own.status not in DONE:
                continue
            for name in task.question.targets:
                result, truth = self.earlier.results.get(name), marker.sheet.truth.get(name)
                number = result.number if result is not None else None
                if task.id not in owned and truth is not None:
                    found[name] = write_number(truth)
                elif number is not None:
                    found[name] = f"{number:.6g}"
        return found
