"""The journals of a learner: a folder a learner, a file an exercise, a line an event, written before it is answered.

The first line says with which exercise and settings, and what the learner knew.  A closed terminal loses nothing: a line that was cut off
when the machine stopped is taken away before the next is written, and a session that is begun anew keeps the one before under another
name.  Beside each journal its first tries are kept (``.trials.json``), so that what a learner knows need not be worked out again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tutor.errors import OutputError, TutorError
from tutor.text import file_name, make_visible

if TYPE_CHECKING:
    from tutor.practice.session import Event, Session
    from tutor.practice.tracing import Trial


class NotKept(OutputError):
    """What cannot be written down, with the ``reason`` of the system, and whether it is ``needed``; what was before it is kept."""

    def __init__(self, path: Path, error: OSError, *, needed: bool = True) -> None:
        hint = "make room, or set XDG_STATE_HOME to a folder that can be written"
        self.needed = needed
        self.reason = make_visible(error.strerror or str(error), 200)
        super().__init__(f"the journal {make_visible(str(path), 200)} cannot be kept: {self.reason}", hint=hint)


@dataclass(slots=True)
class EventJournal:
    """The journal at ``path``, the ``session`` after its events, and how many bytes it has: who finds more is not alone.

    A session without a name goes on though it cannot be kept; one whose journal is ``needed`` does not.
    """

    path: Path
    session: Session
    size: int = 0
    needed: bool = True

    def keep(self, event: Event) -> None:
        """Write an event down, all of it or nothing; raises `NotKept`, and `OutputError` where somebody else has written since."""
        from tutor.contracts.practice_json import write_event

        line = (json.dumps(write_event(event)) + "\n").encode()
        try:
            with self.path.open("rb+") as file:
                if file.seek(0, os.SEEK_END) != self.size:
                    raise OutputError("this session goes on in another terminal, and this answer was not taken",
                                      hint="go on there, or here again with --resume")  # fmt: skip
                self._add_line(file, line)
        except OSError as error:
            raise NotKept(self.path, error, needed=self.needed) from None
        self.size += len(line)

    def _add_line(self, file: BinaryIO, line: bytes) -> None:
        """A line at the end; where the disk has room for a part of it only, that is taken away again."""
        try:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                os.truncate(self.path, self.size)
            raise


@dataclass(frozen=True, slots=True)
class Past:
    """What a learner has done: the first tries of all sessions, and the exercises that are finished."""

    trials: tuple[Trial, ...] = ()
    finished: tuple[str, ...] = ()


def find_folder(name: str) -> Path:
    """Where the journals of a learner lie."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return state / "tutor" / "practice" / file_name(name)


def open_journal(name: str, session: Session, *, resume: bool) -> EventJournal:
    """The journal of a learner with one exercise: a new one, or with ``resume`` the one that is there, its events taken again.

    Raises `OutputError` where it cannot be read or written, where there is none to go on with, and where the exercise has changed since.
    """
    folder = find_folder(name)
    path = folder / f"{file_name(session.lesson.exercise.id)}.jsonl"
    begun = path.with_suffix(".begun")  # where the disk has no room for it, the session before stays where it is
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if resume:
            return EventJournal(path, _take_again(session, path), path.stat().st_size)
        head = json.dumps(describe_session(session) | {"known": dict(session.known)}) + "\n"
        begun.write_text(head, "utf-8", newline="\n")
        _keep_old(path)
        begun.replace(path)
    except OSError as error:
        with suppress(OSError):
            begun.unlink(missing_ok=True)
        raise NotKept(path, error) from None
    return EventJournal(path, session, len(head))


def describe_session(session: Session) -> dict[str, Any]:
    """What a session is of: who goes on with its events has to have the same exercise and settings."""
    settings = session.lesson.settings
    return {
        "schema": 1, "exercise": session.lesson.exercise.id, "hash": session.lesson.exercise.digest, "mode": settings.mode,
        "wrt": list(settings.wrt), "layer": settings.layer, "seed": settings.seed,
        "costs": str(settings.costs),
    }  # fmt: skip


def _keep_old(path: Path) -> None:
    """The journal of the session before under the first name that is free."""
    if not path.exists():
        return
    number = next(number for number in range(1, 1_000_000) if not path.with_suffix(f".{number}.jsonl").exists())
    kept, trials = path.with_suffix(f".{number}.jsonl"), _name_trials(path)
    path.rename(kept)
    if trials.exists():
        trials.rename(_name_trials(kept))


def _take_again(session: Session, path: Path) -> Session:
    """The session after the events of a journal; what was cut off behind the last line is taken away."""
    from tutor.practice.session import replay, start

    if not path.exists():
        raise OutputError("there is no session to go on with", hint="leave --resume out, or say whose with --as NAME")
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        path.write_bytes(whole)
    head, events = _read_journal(path, whole)
    own = describe_session(session)
    changed = [key for key in own if head.get(key) != own[key]]
    if changed:
        raise OutputError(f"the journal is of another session: {', '.join(changed)} changed since",
                          hint="leave --resume out to begin anew; it is kept")  # fmt: skip
    return replay(start(session.lesson, known=_read_known(head)), events)


def _read_journal(path: Path, data: bytes) -> tuple[dict[str, Any], list[Event]]:
    """The first line of a journal and its events."""
    from tutor.contracts.practice_json import read_event
    from tutor.practice.costs import Costs

    head: dict[str, Any] = {}
    events: list[Event] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        try:
            read = json.loads(line)
            if number > 1:
                events.append(read_event(read, 0.0))
        except (ValueError, RecursionError, TutorError):
            raise OutputError(f"line {number} of the journal {make_visible(str(path), 200)} is broken",
                              hint="leave --resume out to begin anew; it is kept") from None  # fmt: skip
        if number == 1:
            head = {"costs": str(Costs()), **read} if isinstance(read, dict) else {}  # older journals say nothing of costs
    return head, events


def _read_known(head: dict[str, Any]) -> dict[str, float]:
    known = head.get("known")
    pairs = known.items() if isinstance(known, dict) else ()
    return {skill: float(chance) for skill, chance in pairs if isinstance(chance, float | int) and 0 <= chance <= 1}


def _name_trials(journal: Path) -> Path:
    return journal.with_suffix(".trials.json")


def keep_trials(journal: EventJournal, session: Session) -> None:
    """Write down what a session says of its learner; where that cannot be done it is worked out again when it is wanted."""
    from tutor.practice.session import is_finished

    try:
        size = journal.path.stat().st_size
        data = {"size": size, "exercise": session.lesson.exercise.id, "finished": is_finished(session), "trials": session.trials}
        _name_trials(journal.path).write_text(json.dumps(data) + "\n", "utf-8")
    except OSError:
        return


def read_past(name: str) -> Past:
    """What a learner has done in all sessions that are kept; journals that cannot be read, or are of exercises that have changed, are
    passed over."""
    trials: list[Trial] = []
    finished: list[str] = []
    for path in _list_journals(find_folder(name)):
        found = _read_trials(path) or _work_out_trials(path)
        if found is not None:
            trials += found.trials
            finished += found.finished
    return Past(tuple(sorted(trials, key=lambda trial: trial.at)), tuple(dict.fromkeys(finished)))


def _list_journals(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*.jsonl"))
    except OSError:
        return


def _read_trials(journal: Path) -> Past | None:
    """The first tries that are written down beside a journal, as far as they are of all its events."""
    from tutor.practice.tracing import Trial

    try:
        read = json.loads(_name_trials(journal).read_text("utf-8"))
        if read["size"] != journal.stat().st_size:
            return None
        trials = tuple(Trial(str(skill), bool(right), float(at)) for skill, right, at in read["trials"])
        return Past(trials, (str(read["exercise"]),) if read["finished"] else ())
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _work_out_trials(path: Path) -> Past | None:
    """The first tries of a journal, its events taken again."""
    from tutor.exercise.load import load
    from tutor.practice.costs import read_costs
    from tutor.practice.session import Settings, is_finished, replay, start

    try:
        head, events = _read_journal(path, path.read_bytes())
        settings = Settings(mode=head["mode"], wrt=tuple(head["wrt"]), layer=bool(head["layer"]), seed=int(head["seed"]),
                            costs=read_costs(str(head["costs"])))  # fmt: skip
        session = start(load(str(head["exercise"])), settings, _read_known(head))
        if describe_session(session) != {key: head[key] for key in describe_session(session)}:
            return None
        session = replay(session, events)
    except (OSError, ValueError, KeyError, TypeError, TutorError):
        return None
    if session.is_secret:
        return None  # what an exam says of its learner is said at its end
    keep_trials(EventJournal(path, session), session)
    return Past(session.trials, (session.lesson.exercise.id,) if is_finished(session) else ())
