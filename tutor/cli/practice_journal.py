"""The journal of a learner: the events of one session, a line each, written before they are answered.

The first line says with which exercise and settings.  A closed terminal loses nothing: a line that was cut off when the machine stopped
is taken away before the next is written, and a session that is begun anew keeps the one before under another name.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.errors import OutputError, TutorError
from tutor.text import file_name, make_visible

if TYPE_CHECKING:
    from tutor.practice.session import Event, Session


@dataclass(frozen=True, slots=True)
class EventJournal:
    """The journal at ``path``, and the ``session`` after its events."""

    path: Path
    session: Session

    def keep(self, event: Event) -> None:
        """Write an event down; raises `OutputError` where it cannot be."""
        from tutor.contracts.practice_json import write_event

        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(write_event(event)) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _refuse(self.path, error) from None


def open_journal(name: str, session: Session, *, resume: bool) -> EventJournal:
    """The journal of a learner with one exercise: a new one, or with ``resume`` the one that is there, its events taken again.

    Raises `OutputError` where it cannot be read or written, where there is none to go on with, and where the exercise has changed since.
    """
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "tutor" / "practice"
    path = folder / f"{file_name(f'{name} {session.lesson.exercise.id}')}.jsonl"
    head = describe_session(session)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if resume:
            return EventJournal(path, _take_again(session, path, head))
        _keep_old(path)
        path.write_text(json.dumps(head) + "\n", "utf-8")
    except OSError as error:
        raise _refuse(path, error) from None
    return EventJournal(path, session)


def describe_session(session: Session) -> dict[str, Any]:
    """What a session is of: who goes on with its events has to have the same exercise and settings."""
    settings = session.lesson.settings
    return {
        "schema": 1, "exercise": session.lesson.exercise.id, "hash": session.lesson.exercise.digest, "mode": settings.mode,
        "wrt": list(settings.wrt), "layer": settings.layer, "seed": settings.seed,
    }  # fmt: skip


def _refuse(path: Path, error: OSError) -> OutputError:
    hint = "set XDG_STATE_HOME to a folder that can be written"
    return OutputError(f"the journal {make_visible(str(path), 200)} cannot be kept: {error.strerror}", hint=hint)


def _keep_old(path: Path) -> None:
    """The journal of the session before under the first name that is free."""
    if path.exists():
        number = next(number for number in range(1, 1_000_000) if not path.with_suffix(f".{number}.jsonl").exists())
        path.rename(path.with_suffix(f".{number}.jsonl"))


def _take_again(session: Session, path: Path, head: dict[str, Any]) -> Session:
    """The session after the events of a journal; what was cut off behind the last line is taken away."""
    from tutor.contracts.practice_json import read_event
    from tutor.practice.session import replay

    if not path.exists():
        raise OutputError("there is no session to go on with", hint="leave --resume out, or say whose with --as NAME")
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        path.write_bytes(whole)
    events: list[Event] = []
    for number, line in enumerate(whole.decode("utf-8", "replace").splitlines(), 1):
        try:
            read = json.loads(line)
            events += [read_event(read, 0.0)] if number > 1 else []
        except (ValueError, TutorError):
            raise OutputError(f"line {number} of the journal {make_visible(str(path), 200)} is broken",
                              hint="leave --resume out to begin anew; it is kept") from None  # fmt: skip
        if number == 1 and read != head:
            changed = [key for key in head if not isinstance(read, dict) or read.get(key) != head[key]]
            raise OutputError(f"the journal is of another session: {', '.join(changed)} changed since",
                              hint="leave --resume out to begin anew; it is kept")  # fmt: skip
    return replay(session, events)
