"""A session: its events, and what they come to.

    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, reply = step(session, Event("answer", "0.593"))

A session *is* its events: the same exercise, settings and events always give the same, so that a journal of events is all that has to be
kept.  Times stand in the events, seeds in the settings; nothing here looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from tutor.answer.handed_in import AnswerError, is_blank
from tutor.answer.read.choices import read_choice
from tutor.answer.read.several_values import check_single
from tutor.errors import hint_near, tell
from tutor.exercise.model import Exercise
from tutor.exercise.question import LISTS
from tutor.marking.judge import Earlier, Judged
from tutor.marking.judge_answer import award
from tutor.marking.marked import PERSON, RIGHT, MarkedAnswer
from tutor.marking.misconceptions import NEIGHBOUR
from tutor.practice.fading import choose_worked, is_given
from tutor.practice.ladder import Rung, find_step, list_rungs
from tutor.practice.preview import read_preview
from tutor.practice.records import (
    DONE,
    Event,
    EventKind,
    Lesson,
    PracticeError,
    Progress,
    Reply,
    Session,
    Settings,
    Status,
)
from tutor.practice.settling import count_share, find_answered, find_answered_array, list_settled
from tutor.practice.smaller import TRIES, ask_part, choose_part, is_part_right
from tutor.practice.tasks import AskedStep
from tutor.practice.tracing import Parameters, Trial, trace_trials
from tutor.text import make_visible

__all__ = [
    "DONE", "Event", "EventKind", "Lesson", "PracticeError", "Progress", "Reply", "Session", "Settings", "Status", "choices", "is_finished",
    "replay", "start", "step",
]  # fmt: skip

SOME = 8
"""So many steps are named where one is asked for that there is not, and so many answers stand on a line."""
LONGEST_LINE = 2_000
"""A longer text is one answer."""
PLACED = 2
"""After so many tries the next step is placed for the learner to see."""


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
    for ident in choose_worked(session):
        session = _set(session, ident, Progress("given"))
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
        raise PracticeError(tell("the session has ended"), hint=tell("start another one"))
    before = session
    session = _spend_time(session, event)
    session, reply = _HANDLERS[event.kind](session, event)
    session = replace(session, events=(*before.events, event), time=event.at)
    if not session.ended and not session.at:
        session = replace(session, ended=is_finished(session))
    if session.ended and not session.lesson.settings.row.tells:
        session = _settle_exam(session)
    return _note_progress(before, session, event), reply


def _note_progress(before: Session, session: Session, event: Event) -> Session:
    """The session with the time since which its learner has been left alone: a step, a hint or a try ago; not a question for one."""
    here, there = session.look_up(session.at), before.look_up(session.at)
    is_new = session.at != before.at or (here.rungs, here.attempts) != (there.rungs, there.attempts)
    return replace(session, since=event.at) if is_new or session.since is None else session


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
    found: list[EventKind] = ["answer"]
    if session.lesson.settings.row.tells:
        found.append("hint")
    if _may_keep(session, task):
        found.append("keep")
    found.append("skip")
    if session.events:
        found.append("back")
    if session.lesson.settings.row.tells:
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
    for early, status in ((False, "open"), (False, "skipped"), (True, "open"), (True, "skipped")):
        for task in (*tasks[start_at:], *tasks[:start_at]):
            if session.look_up(task.id).status == status and task.id != after and _is_early(session, task) == early:
                return replace(session, at=task.id)
    return replace(session, at="" if not after or session.look_up(after).status in DONE else after)


def _is_early(session: Session, task: AskedStep) -> bool:
    """Whether a question shows what other tasks still ask for, as the lines of a worked solution do, and comes after these."""
    return any(session.look_up(ident).status not in DONE for ident in session.lesson.list_told(task))


def _fade(session: Session) -> Session:
    """In ``learn``, the session after the tasks that are given as they stand (`tutor.practice.fading`)."""
    while session.lesson.settings.row.teaches and (task := session.task) is not None and is_given(session, task):
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
    marked, earlier = _judge(session, task, event.text)
    own, exam = session.look_up(task.id), not lesson.settings.row.tells
    if own.status in ("right", "implied") and not exam:
        return _leave(session, task), Reply("answer", task.id, marked=marked, note="done")
    if marked.verdict in PERSON:
        return session, Reply("answer", task.id, marked=marked, note="unreadable")
    if marked.outcome == "other-form" and task.question.kind in ("number", *LISTS) and not exam:
        return session, Reply("answer", task.id, marked=marked, note="formula")
    right = marked.verdict in RIGHT
    if own.smaller and not right and _find_named(session, event.text) is None:
        return _take_part(session, task, event)
    tags = tuple(slip.tag for slips in marked.slips[:1] for slip in slips)
    slipped = any(slip.tag != NEIGHBOUR and not _is_of_entry(task, slip.at) for slips in marked.slips[:1] for slip in slips)
    if not right and not exam and not slipped and (other := _find_other(session, task, event.text, earlier)):
        return session, Reply("answer", task.id, note="elsewhere", elsewhere=other)
    first = own.first if own.first is not None else right and not own.rungs
    own = replace(own, text=event.text, smaller=0, first=first, attempts=own.attempts + (not right), tags=(*own.tags, *tags),
                  follows=marked.follows if right else ())  # fmt: skip
    session = replace(session, earlier=earlier)
    if session.look_up(task.id).first is None:
        session = _trace(session, Trial(task.skill, first, event.at))
    share = marked.marks / marked.out_of if marked.out_of else Fraction(1)
    if exam:
        own = replace(own, status="right" if right else "kept", earned=share)
        return _move(_set(session, task.id, own), task.id), Reply("answer", task.id, note="taken")
    if not right:
        placed = _find_rung(session, task, "symbols") if own.attempts >= PLACED else None
        return _set(session, task.id, own), Reply("answer", task.id, marked=marked, placed=placed, chosen=_compare_chosen(task, event.text))
    earned = share * count_share(own, lesson.settings)
    session = _set(session, task.id, replace(own, status="shown" if own.status == "shown" else "right", earned=earned))
    implied: tuple[str, ...] = ()
    if own.status != "shown" and share == 1:
        session, implied = _settle(session, task, event.text)
    return _leave(session, task), Reply("answer", task.id, marked=marked, implied=implied)


def _judge(session: Session, task: AskedStep, text: str) -> tuple[MarkedAnswer, Earlier]:
    """The answer to a task, marked.  Several values where one is asked cannot be read: in a session nobody chooses among them."""
    question, marker = task.question, session.lesson.marker
    try:
        check_single(question, text)
    except AnswerError as error:
        return award(question, text, Judged("unreadable", message=error.said), marker.exercise.scheme), session.earlier
    return marker.judge(question, text, session.earlier)


def _is_of_entry(task: AskedStep, at: str) -> bool:
    """Whether a slip is one in a single entry of an array: that the whole of it fits another step is the better reason."""
    return bool(task.question.array) and at in task.question.targets and at != task.question.array


def _find_other(session: Session, task: AskedStep, text: str, earlier: Earlier) -> str:
    """The open step that an answer is right for which names none and is not right where it is given."""
    expr, marker = earlier.read.get(task.question.id), session.lesson.marker
    if _find_named(session, text) is not None:
        return ""
    still = [other for other in session.lesson.tasks if session.look_up(other.id).status in ("open", "skipped")]
    if task.question.array and task.question.shape:
        return find_answered_array(marker, task, text, still)
    return find_answered(marker, task, expr, still) if expr is not None else ""


def _take_part(session: Session, task: AskedStep, event: Event) -> tuple[Session, Reply]:
    """An answer while a smaller question is asked: it earns and costs nothing, and when that is done the step is asked again."""
    own, marker = session.look_up(task.id), session.lesson.marker
    part = choose_part(marker, task.question, find_step(marker, task))
    members = read_preview(marker, ask_part(task), event.text).members
    right = bool(members) and part is not None and is_part_right(marker, task.question, part, members[-1][1], session.earlier)
    session = _set(session, task.id, replace(own, smaller=0 if right else own.smaller - 1))
    return session, Reply("answer", task.id, note="part-right" if right else "part-wrong")


def _compare_chosen(task: AskedStep, text: str) -> str:
    """What is not right about a choice of several, without saying which of them."""
    question = task.question
    if question.kind != "choice" or len(question.right) < 2:
        return ""
    chosen, right = set(read_choice(text, question.options, question.translated)), set(question.right)
    return "missing" if chosen < right else "too-many" if chosen > right else "other"


def _leave(session: Session, task: AskedStep) -> Session:
    """The session after a step that is done: where it is, if something is open there, else at the next open step."""
    is_open = bool(session.at) and session.look_up(session.at).status not in DONE
    return session if is_open else _fade(_move(session, task.id))


def _settle(session: Session, task: AskedStep, text: str) -> tuple[Session, tuple[str, ...]]:
    """What follows from a right answer counts as done: all that it shows to be known, and the choices about it."""
    if task.kind not in ("value", "declared") or not task.target:
        return session, ()
    lesson = session.lesson
    known = list_settled(lesson.marker, task, text, session.earlier)
    done = []
    for other in lesson.tasks:
        own = session.look_up(other.id)
        if other.id != task.id and other.target in known and own.status in ("open", "skipped") and not own.attempts:
            session = _set(session, other.id, replace(own, status="implied", earned=count_share(own, lesson.settings)))
            done.append(other.id)
    return session, tuple(done)


def _settle_exam(session: Session) -> Session:
    """At the end of an exam what follows from its right answers counts, too; before, it would have said that they are right."""
    for task in session.lesson.tasks:
        own = session.look_up(task.id)
        if own.status == "right" and own.earned == 1:
            session, _ = _settle(session, task, own.text)
    return session


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
    if not settings.row.tells:
        return session, Reply("hint", task.id, note="no-hints")
    own = session.look_up(task.id)
    if own.status in DONE:
        return _leave(session, task), Reply("hint", task.id, note="done")
    rungs = list_rungs(session.lesson.marker, task, session.list_shown())
    paused = event.at - session.since if session.since is not None else 0.0
    is_last = own.rungs >= len(rungs) - 1
    unlocked = own.rungs <= own.attempts - (is_last and not own.rungs) or paused >= settings.pause
    if not unlocked:
        return session, Reply("hint", task.id, note="locked", wait=settings.pause - paused)
    if is_last:
        return _show(session, task, event)
    rung = rungs[own.rungs]
    own = replace(own, rungs=own.rungs + 1, smaller=TRIES if rung.kind == "smaller" else 0)
    return _set(session, task.id, own), Reply("hint", task.id, rung=rung)


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
    own_names = {task.target, task.question.array, *task.question.targets}
    if own_names & session.earlier.results.keys():  # what follows is judged by the right value again
        kept = {name: result for name, result in session.earlier.results.items() if name not in own_names}
        session = replace(session, earlier=replace(session.earlier, results=kept))
    return _fade(_move(session, task.id)), Reply(event.kind, task.id, rung=rung)


def _find_rung(session: Session, task: AskedStep, kind: str) -> Rung | None:
    rungs = list_rungs(session.lesson.marker, task, session.list_shown())
    return next((rung for rung in rungs if rung.kind == kind), None)


def _take_keep(session: Session, event: Event) -> tuple[Session, Reply]:
    task = session.task
    if task is None or not _may_keep(session, task):
        return session, Reply("keep", session.at, note="not-kept")
    session = _set(session, task.id, replace(session.look_up(task.id), status="kept"))
    return _fade(_move(session, task.id)), Reply("keep", task.id)


def _may_keep(session: Session, task: AskedStep) -> bool:
    """Whether there is a wrong answer to go on with; in an exam nobody is told."""
    own = session.look_up(task.id)
    is_open = own.status in ("open", "skipped") and own.attempts > 0 and task.question.kind != "choice"
    keys = task.question.targets if task.question.array else (task.target,)
    return is_open and session.lesson.settings.row.tells and bool(keys) and all(key in session.earlier.results for key in keys)


def _take_skip(session: Session, event: Event) -> tuple[Session, Reply]:
    task = session.task
    if task is None:
        return session, Reply("skip", "", note="done")
    own = session.look_up(task.id)
    if own.status not in DONE:
        session = _set(session, task.id, replace(own, status="skipped"))
    return _fade(_move(session, task.id)), Reply("skip", task.id)


def _take_back(session: Session, event: Event) -> tuple[Session, Reply]:
    tasks = [task.id for task in session.lesson.tasks]
    end = tasks.index(session.at) if session.at else len(tasks)
    exam = not session.lesson.settings.row.tells  # there every answer may be changed: which are right is not told
    for ident in reversed(tasks[:end]):
        if (exam or session.look_up(ident).status in ("open", "skipped", "kept")) and not _is_early(session, session.lesson.by_id[ident]):
            return replace(session, at=ident), Reply("back", ident)
    return session, Reply("back", session.at, note="done")


def _take_give_up(session: Session, event: Event) -> tuple[Session, Reply]:
    task = session.task
    if task is None:
        return session, Reply("give-up", "", note="done")
    if not session.lesson.settings.row.tells:
        return _take_skip(session, event)
    if session.look_up(task.id).status in ("right", "implied", "shown", "given"):
        return _leave(session, task), Reply("give-up", task.id, note="done")
    return _show(session, task, event)


def _take_go(session: Session, event: Event) -> tuple[Session, Reply]:
    known, asked = session.lesson.by_id, event.text
    if asked not in known:
        asked = session.lesson.names.find(asked.strip()) or ""  # as an answer may name it
    if asked not in known:
        first = ", ".join(list(known)[:SOME])
        what = tell("there is no step {name}", name=make_visible(event.text))
        some = tell("there are {names}, …", names=first) if len(known) > SOME else tell("there are {names}", names=first)
        raise PracticeError(what, hint=hint_near(event.text, known) or some)
    if _is_early(session, known[asked]):
        return session, Reply("go", asked, note="early")
    return replace(session, at=asked), Reply("go", asked)


def _take_quit(session: Session, event: Event) -> tuple[Session, Reply]:
    return replace(session, ended=True), Reply("quit", session.at, note="end")


_HANDLERS = {
    "answer": _take_answer, "hint": _take_hint, "keep": _take_keep, "skip": _take_skip, "back": _take_back,
    "give-up": _take_give_up, "go": _take_go, "quit": _take_quit,
}  # fmt: skip
