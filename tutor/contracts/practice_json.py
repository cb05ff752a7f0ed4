"""A session of practice as JSON: events in and out of a journal, what is asked, what is said (``tutor practise --events``)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast, get_args

from tutor.contracts.schema import SCHEMA
from tutor.expression.own_functions import shorten_name
from tutor.expression.plain import write_plain
from tutor.marking.marks import points
from tutor.practice.ladder import Rung
from tutor.practice.session import DONE, Event, EventKind, PracticeError, Reply, Session, choices
from tutor.practice.tasks import AskedStep, write_tile
from tutor.text import make_lines_visible, make_visible

LONGEST = 20_000
"""An answer of more characters is refused."""


def write_event(event: Event) -> dict[str, Any]:
    """An event as it stands in a journal.

    >>> write_event(Event("answer", "0.593", 12.5))
    {'event': 'answer', 'text': '0.593', 'at': 12.5}
    """
    found: dict[str, Any] = {"event": event.kind}
    return found | ({"text": event.text} if event.text else {}) | {"at": event.at}


def read_event(data: object, at: float) -> Event:
    """An event from a journal or another front end: ``{"event": "answer", "text": …}``, or short ``{"answer": …}``, ``{"hint": true}``.

    ``at`` is its time where it has none.  Raises `PracticeError` for anything else.

    >>> read_event({"answer": "0.593"}, 3.0), read_event({"hint": True}, 4.0).kind
    (Event(kind='answer', text='0.593', at=3.0), 'hint')
    """
    kinds = get_args(EventKind)
    if not isinstance(data, Mapping):
        raise PracticeError("an event is an object", hint='such as {"answer": "0.593"} or {"hint": true}')
    kind = data.get("event") or next((key for key in kinds if data.get(key, False) is not False), "")
    if kind not in kinds:
        raise PracticeError(f"there is no event {make_visible(str(kind))}".rstrip(), hint=f"there are {', '.join(kinds)}")
    text = data.get("text", data.get(kind, "") if "event" not in data else "")
    if kind not in ("answer", "go"):
        text = ""
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        raise PracticeError("the text of an event is a text", hint='such as {"answer": "0.593"}')
    if len(text) > LONGEST:
        raise PracticeError(f"the text of an event has at most {LONGEST:,} characters", hint="write the answer only")
    when = data.get("at", at)
    if isinstance(when, bool) or not isinstance(when, int | float) or not 0 <= when < 1e12:
        raise PracticeError("the time of an event is a number of seconds", hint='such as "at": 12.5, or none')
    return Event(cast("EventKind", kind), text, float(when))


def write_state(session: Session) -> dict[str, Any]:
    """What is asked now, what may be done, and how far it is; no answer that is not earned."""
    task = session.task
    done = sum(session.look_up(one.id).status not in ("open", "skipped") for one in session.lesson.tasks)
    found: dict[str, Any] = {"schema": SCHEMA, "done": session.ended, "progress": {"done": done, "of": len(session.lesson.tasks)}}
    if task is not None and not session.ended:
        question = task.question
        found["question"] = {
            "id": task.id, "kind": task.kind, "answer": question.kind, "asks": question.ask, "about": task.target,
            "skill": hide_skill(session, task),
            "shape": list(question.shape), "text": question.text,
            "options": {letter: write_tile(tile) for (letter, _), tile in zip(question.options, task.tiles, strict=True)}
            if task.tiles else dict(question.options),
        }  # fmt: skip
        if session.look_up(task.id).smaller:
            found["question"]["smaller"] = True
        found["choices"] = list(choices(session))
    return found


def hide_skill(session: Session, task: AskedStep) -> str:
    """What a task trains; of a choice that is not made yet only its kind, since the rule or the slip is what is asked."""
    is_told = session.look_up(task.id).status in DONE and not session.is_secret
    return task.skill if task.kind not in ("why", "wrong-line") or is_told else task.kind


def write_report(session: Session) -> dict[str, Any]:
    """A session at its end, or as far as it is: each step with how it was done, the marks, what is known of each skill, and the events.

    An answer stands in it only where the learner has typed it; before an exam ends no verdict does.
    """
    lesson = session.lesson
    steps: list[dict[str, Any]] = []
    earned, possible = Fraction(0), Fraction(0)
    for task in lesson.tasks:
        own = session.look_up(task.id)
        row: dict[str, Any] = {"id": task.id, "kind": task.kind, "skill": hide_skill(session, task), "seconds": round(own.seconds, 3)}
        if session.is_secret:
            row["status"] = "taken" if own.text else "open"
        else:
            row |= {"status": own.status, "attempts": own.attempts, "hints": own.rungs, "slips": list(own.tags)}
        if own.text:
            row["answer"] = make_lines_visible(own.text[:LONGEST])
        if own.status != "given" and not session.is_secret:
            earned += own.earned * task.question.marks
            possible += task.question.marks
            row["marks"] = {"earned": points(own.earned * task.question.marks), "of": points(task.question.marks)}
        steps.append(row)
    settings, met = lesson.settings, {hide_skill(session, task) for task in lesson.tasks}
    return {
        "schema": SCHEMA, "exercise": lesson.exercise.id, "mode": settings.mode, "wrt": list(settings.wrt),
        "form": "layer" if settings.layer else "scalar", "seed": settings.seed, "done": session.ended,
        "marks": None if session.is_secret else {"earned": points(earned), "of": points(possible)}, "steps": steps,
        "skills": {} if session.is_secret else {skill: round(chance, 6) for skill, chance in sorted(session.known.items()) if skill in met},
        "events": [write_event(event) for event in session.events],
    }  # fmt: skip


def write_reply(session: Session, reply: Reply) -> dict[str, Any]:
    """What is said to an event, with the state after it; what was said to the answers before it on the same line is in ``before``."""
    found = _write_said(session, reply)
    if reply.before:
        found["before"] = [_write_said(session, one) for one in reply.before]
    return found | {"state": write_state(session)}


def _write_said(session: Session, reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = {"to": reply.kind, "id": reply.task}
    if reply.note:
        found["note"] = reply.note
    if reply.wait:
        found["wait"] = round(reply.wait, 3)
    if reply.marked is not None:
        marked = reply.marked
        found["verdict"] = marked.verdict
        found["outcome"] = marked.outcome
        found["marks"] = {"earned": points(session.look_up(reply.task).earned), "of": "1"}
        found["slips"] = [[{"tag": slip.tag, "at": slip.at} for slip in slips] for slips in marked.slips]
        found["follows"] = list(marked.follows)
        if reply.note == "unreadable":
            found["message"] = marked.message
    for key, rung in (("hint", reply.rung), ("placed", reply.placed)):
        if rung is not None:
            found[key] = write_rung(rung)
    if reply.chosen:
        found["chosen"] = reply.chosen
    if reply.elsewhere:
        found["elsewhere"] = reply.elsewhere
    if reply.implied:
        found["implied"] = list(reply.implied)
    return found


def write_rung(rung: Rung) -> dict[str, Any]:
    """A hint."""
    found: dict[str, Any] = {"kind": rung.kind}
    if rung.parts:
        found["parts"] = [write_plain(part) for part in rung.parts]
    if rung.rule:
        found |= {"rule": shorten_name(rung.rule), "sort": rung.sort}
    if rung.left is not None and rung.right is not None:
        found["formula"] = f"{write_plain(rung.left)} = {write_plain(rung.right)}"
    return found | ({"answer": rung.text} if rung.text else {})
