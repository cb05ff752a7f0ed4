"""What the workers of the server do: a line of JSON in, a line of JSON out.  All that needs SymPy, and all judging, is here.

A worker keeps lessons and sessions that it has met.  It is told the hash of all events of a session; where it has not just this one it asks
for the events and takes them again, so that it is never in the way that a worker dies, or that another process has the same database.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

from tutor.contracts.practice_json import read_event
from tutor.errors import GraphError, TutorError
from tutor.exercise.catalogue import list_trained
from tutor.exercise.load import from_text
from tutor.exercise.model import Exercise
from tutor.explain.practice_parts import write_preview
from tutor.explain.practice_summary import write_proposal
from tutor.explain.words.languages import require_wording
from tutor.notation.profile import Notation
from tutor.practice.costs import read_costs
from tutor.practice.learner import propose_next
from tutor.practice.preview import read_preview
from tutor.practice.session import Lesson, Settings, start, step
from tutor.render.picture.svg import svg
from tutor.results.solution import solve
from tutor.web.lesson_page import (
    BESIDE,
    PreparedLesson,
    SessionPage,
    name_skills,
    write_inline,
    write_part,
    write_progress,
)
from tutor.web.store import chain_hash

LESSONS, SESSIONS, EXERCISES = 60, 400, 60
"""So many of each are kept in a worker."""
_Kept = TypeVar("_Kept")


class NeedError(Exception):
    """What a worker has to be told besides: ``text`` of an exercise, ``events`` of a session."""


def make_job() -> Callable[[str], str]:
    """The job of a worker, with nothing in its memory yet; SymPy is loaded now, not when the first learner waits for it."""
    import_module("tutor.expression.sympy_bridge")
    return LessonDesk().answer


class LessonDesk:
    """Answers jobs, and remembers lessons and sessions."""

    def __init__(self) -> None:
        self.exercises: OrderedDict[str, Exercise] = OrderedDict()
        self.lessons: OrderedDict[str, PreparedLesson] = OrderedDict()
        self.sessions: OrderedDict[int, tuple[str, SessionPage]] = OrderedDict()

    def answer(self, line: str) -> str:
        """The answer to one job.  A fault of the program is that job's alone: it is named, and nothing of the session is kept."""
        asked = json.loads(line)
        try:
            found = _JOBS[asked["do"]](self, asked)
        except NeedError as need:
            found = {"need": str(need)}
        except TutorError as error:
            found = {"error": {"what": f"{error.where}: {error.what}" if error.where else error.what, "hint": error.hint}}
        except MemoryError:
            raise  # what it leaves behind cannot be trusted
        except Exception as fault:
            self.sessions.pop(asked.get("session", 0), None)
            found = {"fault": type(fault).__name__}
        return json.dumps(found, ensure_ascii=True)

    def _find_exercise(self, asked: Mapping[str, Any]) -> Exercise:
        def make() -> Exercise:
            if "text" not in asked:
                raise NeedError("text")
            return from_text(asked["text"], asked["exercise"])

        return _keep(self.exercises, asked["digest"], EXERCISES, make)

    def _find_lesson(self, asked: Mapping[str, Any]) -> PreparedLesson:
        head = asked["settings"]
        key = f"{asked['digest']} {head['mode']} {head['layer']} {head['seed']} {head.get('costs', '')} {asked['language']}"

        def make() -> PreparedLesson:
            exercise = self._find_exercise(asked)
            words = require_wording(asked["language"] or None, exercise.language)
            costs = read_costs(head.get("costs", ""))
            layer = exercise.layers is not None if head["layer"] is None else head["layer"]
            return PreparedLesson(Lesson(exercise, Settings(mode=head["mode"], layer=layer, seed=head["seed"], costs=costs)), words)

        return _keep(self.lessons, key, LESSONS, make)

    def _find_session(self, asked: Mapping[str, Any]) -> SessionPage:
        """The session after all of its events."""
        ident, chain = asked["session"], asked["chain"]
        kept = self.sessions.get(ident)
        if kept is not None and kept[0] == chain:
            self.sessions.move_to_end(ident)
            return kept[1]
        prepared = self._find_lesson(asked)
        if "events" not in asked:
            if asked["count"]:
                raise NeedError("events")
            page = SessionPage(prepared, start(prepared.lesson, known=asked["settings"].get("known")))
        else:
            page = _take_again(prepared, asked["settings"].get("known"), asked["events"])
        self._put_session(ident, chain, page)
        return page

    def _put_session(self, ident: int, chain: str, page: SessionPage) -> None:
        self.sessions[ident] = (chain, page)
        self.sessions.move_to_end(ident)
        if len(self.sessions) > SESSIONS:
            self.sessions.popitem(last=False)

    def introduce(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """An exercise before anybody begins: its title, what is given, in which forms it is asked."""
        prepared = self._find_lesson(asked)
        return {
            "title": prepared.title, "plain_title": prepared.plain_title, "given": prepared.given, "count": len(prepared.lesson.tasks),
            "language": prepared.words.language, "layer": prepared.lesson.marker.sheet.layers is not None, "graph": prepared.graph,
            "scalar": prepared.lesson.exercise.graph is not None, "chosen": prepared.lesson.settings.layer,
        }  # fmt: skip

    def show(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A session as it is."""
        return self._find_session(asked).write_state()

    def take(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A session with one event more; raises `PracticeError` for one that cannot be taken."""
        page = self._find_session(asked)
        session, reply = step(page.session, read_event(json.loads(asked["event"]), 0.0))
        after = SessionPage(page.prepared, session, reply, page.written)
        self._put_session(asked["session"], chain_hash(asked["chain"], asked["event"]), after)
        state = after.write_state() if asked.get("shown", True) else {}
        return {"state": state, "progress": write_progress(session)}

    def preview(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What is understood of a text that is typed."""
        page = self._find_session(asked)
        task = page.session.task
        if task is None or page.session.ended:
            return {"html": "", "understood": False, "language": page.prepared.words.language}
        found = read_preview(page.session.lesson.marker, task, asked["typed"])
        html = write_part(write_preview(found, page.prepared.words), page.prepared.notation)
        return {"html": html, "understood": bool(found.members), "language": page.prepared.words.language}

    def solve(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A worked solution, with the picture of its graph."""
        exercise = self._find_exercise(asked)
        words = require_wording(asked["language"] or None, exercise.language)
        solution = solve(exercise, form="layer" if asked["layer"] else None, words=words)
        try:
            graph = svg(solution.picture(), solution.notation, alone=False, widest=BESIDE)
        except GraphError:
            graph = ""
        doc = solution.document()
        return {"html": write_part(doc, solution.notation, 0), "graph": graph, "plain_title": doc.title, "language": doc.language}

    def propose(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The exercise that a learner should go on with, of those that are served; none where everything is done or known."""
        served = set(asked["served"])
        found = propose_next(asked["known"], [row for row in list_trained() if row.id in served], asked["finished"])
        if found is None:
            return {"key": ""}
        words = require_wording(asked["language"] or None)
        return {"key": found.exercise, "html": write_inline(write_proposal(found, words), Notation())}

    def name(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What skills are called."""
        return {"skills": name_skills(asked["skills"], require_wording(asked["language"] or None))}


_JOBS: Mapping[str, Callable[[LessonDesk, Mapping[str, Any]], dict[str, Any]]] = {
    "introduce": LessonDesk.introduce, "show": LessonDesk.show, "take": LessonDesk.take, "preview": LessonDesk.preview,
    "solve": LessonDesk.solve, "propose": LessonDesk.propose, "name": LessonDesk.name,
}  # fmt: skip


def _take_again(prepared: PreparedLesson, known: Mapping[str, float] | None, events: list[str]) -> SessionPage:
    session, reply = start(prepared.lesson, known=known), None
    for line in events:
        session, reply = step(session, read_event(json.loads(line), 0.0))
    return SessionPage(prepared, session, reply)


def _keep(kept: OrderedDict[str, _Kept], key: str, most: int, make: Callable[[], _Kept]) -> _Kept:
    """What is kept under a key, or else made and kept; what was not used for longest is let go."""
    if key not in kept:
        kept[key] = make()
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]
