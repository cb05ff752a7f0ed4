"""The database of learners and their sessions: SQLite, one row an event, committed before anybody is answered.

A session is its events, numbered from 0.  An event is only taken for the number that comes next, so that of two tabs one is told, and each
has the hash of all before it: whoever keeps a session in memory sees by it whether it is still the same.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tutor.errors import TutorError
from tutor.text import make_visible

VERSION = 1
"""Of the tables, in ``user_version``."""
APPLICATION = 0x7475746F
"""In ``application_id``: that a file is a database of tutor."""
WAIT = 2.0
"""So many seconds another process may have the database."""

_TABLES = """
CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE learners (id INTEGER PRIMARY KEY, name TEXT NOT NULL, student TEXT UNIQUE, token BLOB UNIQUE, made REAL NOT NULL);
CREATE TABLE cookies (hash BLOB PRIMARY KEY, learner INTEGER NOT NULL REFERENCES learners, made REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (id INTEGER PRIMARY KEY, learner INTEGER NOT NULL REFERENCES learners, exercise TEXT NOT NULL, head TEXT NOT NULL,
  made REAL NOT NULL, changed REAL NOT NULL, count INTEGER NOT NULL, chain TEXT NOT NULL, progress TEXT NOT NULL);
CREATE INDEX sessions_of ON sessions (learner, exercise);
CREATE TABLE events (session INTEGER NOT NULL REFERENCES sessions, number INTEGER NOT NULL, event TEXT NOT NULL, chain TEXT NOT NULL,
  PRIMARY KEY (session, number)) WITHOUT ROWID;
"""


class StoreError(TutorError):
    """A database that cannot be used: now, or at all."""


class Stale(Exception):
    """An event whose number is taken: somebody, perhaps the same learner in another tab, was first."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Who learns: a name that may be empty, and of a class the ``student`` on its list."""

    id: int
    name: str
    student: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it is kept: of which exercise and settings (``head``), how many events, and the hash of all of them (``chain``).

    ``progress`` says how far it is, for lists; it follows from the events.
    """

    id: int
    learner: int
    exercise: str
    head: Mapping[str, Any]
    count: int
    chain: str
    progress: Mapping[str, Any]
    made: float = 0.0
    changed: float = 0.0


def chain_hash(before: str, event: str) -> str:
    """The hash of a session's events with one more; of its head where there are none before.

    >>> chain_hash("", "{}") == chain_hash("", "{}") != chain_hash("a", "{}")
    True
    """
    return sha256(f"{before}\n{event}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def dump_record(value: object) -> str:
    """A record as one line of JSON, always the same for the same."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_HINTS = {
    "SQLITE_BUSY": ("is used by another process", "try again; if it stays so, end the other program that has it open"),
    "SQLITE_LOCKED": ("is used by another process", "try again; if it stays so, end the other program that has it open"),
    "SQLITE_READONLY": ("cannot be written", "give its file and its folder the right to be written, or choose another with --database"),
    "SQLITE_NOTADB": ("is no database", "choose another file with --database"),
    "SQLITE_CORRUPT": ("is broken", "keep a copy of it and begin another with --database; `sqlite3 FILE .recover` may save its rows"),
    "SQLITE_FULL": ("has no room on its disk", "make room"),
    "SQLITE_CANTOPEN": ("cannot be opened", "its folder has to be there and to be writable; choose another with --database"),
    "SQLITE_IOERR": ("cannot be read or written", "look at the disk"),
}


def explain_fault(path: str, error: sqlite3.Error) -> StoreError:
    """What is wrong with the database, as a message."""
    name = getattr(error, "sqlite_errorname", "") or ""
    what, hint = next((row for key, row in _HINTS.items() if name.startswith(key)), (f"fails: {make_visible(str(error))}", ""))
    return StoreError(f"the database {make_visible(path, 200)} {what}", hint=hint)


class Store:
    """The database at ``path``, opened and checked; made where there is none.  For one thread.

    Raises `StoreError` for a file that is none of tutor's, of another version, broken, locked, or not to be written.
    """

    def __init__(self, path: Path | str, now: Callable[[], float] = time.time, wait: float = WAIT) -> None:
        self.path = str(path)
        self.now = now
        with self._explain_faults():
            self.base = sqlite3.connect(self.path, timeout=wait, isolation_level=None, check_same_thread=False)
            self._open()

    @contextmanager
    def _explain_faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain_fault(self.path, error) from None

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing, on the disk when it is over."""
        with self._explain_faults():
            self.base.execute("BEGIN IMMEDIATE")
            try:
                yield self.base
                self.base.execute("COMMIT")
            except BaseException:
                if self.base.in_transaction:
                    self.base.execute("ROLLBACK")
                raise

    def _open(self) -> None:
        version, application = (self.base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
        tables = self.base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != APPLICATION:
            raise StoreError(f"{make_visible(self.path, 200)} is no database of tutor", hint="choose another file with --database")
        if tables and version != VERSION:
            hint = "use the tutor that made it, or begin another with --database; nothing was changed"
            raise StoreError(f"the database {make_visible(self.path, 200)} has version {version}; this tutor has {VERSION}", hint=hint)
        self.base.execute("PRAGMA journal_mode = WAL")
        self.base.execute("PRAGMA synchronous = FULL")  # on the disk before the answer, also when the power goes
        self.base.execute("PRAGMA foreign_keys = ON")
        with self._write() as base:
            if not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for command in _TABLES.split(";")[:-1]:
                    base.execute(command)
                base.execute(f"PRAGMA user_version = {VERSION}")
                base.execute(f"PRAGMA application_id = {APPLICATION}")
        if found := [row[0] for row in self.base.execute("PRAGMA quick_check(1)") if row[0] != "ok"]:
            what, hint = _HINTS["SQLITE_CORRUPT"]
            raise StoreError(f"the database {make_visible(self.path, 200)} {what}: {make_visible(found[0])}", hint=hint)

    def close(self) -> None:
        """Put the journal into the file and let go of it."""
        self.base.close()

    def keep_secret(self, name: str, made: bytes) -> bytes:
        """A secret of the server by its name: the one that is kept, or else ``made``, which is kept from now on."""
        with self._write() as base:
            base.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (name, made))
            return bytes(base.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()[0])

    # Learners

    def find_learner(self, cookie: bytes) -> Learner | None:
        """Whose cookie it is, by its hash."""
        with self._explain_faults():
            row = self.base.execute(
                "SELECT id, name, student FROM learners WHERE id = (SELECT learner FROM cookies WHERE hash = ?)", (cookie,)
            ).fetchone()
        return Learner(*row) if row else None

    def add_learner(self, cookie: bytes, name: str = "") -> Learner:
        """A learner who comes for the first time; the one that is there where two tabs come at once."""
        with self._write() as base:
            known = base.execute("SELECT learner FROM cookies WHERE hash = ?", (cookie,)).fetchone()
            if known:
                return Learner(*base.execute("SELECT id, name, student FROM learners WHERE id = ?", known).fetchone())
            made = base.execute("INSERT INTO learners (name, made) VALUES (?, ?)", (name, self.now())).lastrowid
            base.execute("INSERT INTO cookies VALUES (?, ?, ?)", (cookie, made, self.now()))
        return Learner(made or 0, name)

    def rename_learner(self, learner: int, name: str) -> None:
        """Write down how a learner wants to be called."""
        with self._write() as base:
            base.execute("UPDATE learners SET name = ? WHERE id = ? AND student IS NULL", (name, learner))

    def admit_student(self, token: bytes, cookie: bytes) -> Learner | None:
        """Let who has a student's link (its hash) in with this cookie; None for a link that is none."""
        with self._write() as base:
            row = base.execute("SELECT id, name, student FROM learners WHERE token = ?", (token,)).fetchone()
            if row:
                base.execute("INSERT OR REPLACE INTO cookies VALUES (?, ?, ?)", (cookie, row[0], self.now()))
        return Learner(*row) if row else None

    def list_tokens(self) -> dict[str, bytes]:
        """The hash of each student's link."""
        with self._explain_faults():
            return {student: bytes(token or b"") for student, token in
                    self.base.execute("SELECT student, token FROM learners WHERE student IS NOT NULL")}  # fmt: skip

    def put_students(self, students: Sequence[tuple[str, str, bytes]]) -> None:
        """Enter students (their id, name and the hash of their link), or give those who are there another link."""
        with self._write() as base:
            base.executemany(
                "INSERT INTO learners (student, name, token, made) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (student) DO UPDATE SET name = excluded.name, token = excluded.token",
                [(student, name, token, self.now()) for student, name, token in students],
            )

    # Sessions

    def find_session(self, learner: int, exercise: str) -> Kept | None:
        """The last session of a learner with an exercise."""
        with self._explain_faults():
            row = self.base.execute(
                f"SELECT {_COLUMNS} FROM sessions WHERE learner = ? AND exercise = ? ORDER BY id DESC LIMIT 1", (learner, exercise)
            ).fetchone()
        return _make_kept(row) if row else None

    def list_sessions(self, learner: int | None = None) -> list[Kept]:
        """The last session with each exercise of one learner, or of everybody."""
        whose = "" if learner is None else "WHERE learner = ?"
        query = f"SELECT {_COLUMNS} FROM sessions WHERE id IN (SELECT max(id) FROM sessions {whose} GROUP BY learner, exercise) ORDER BY id"
        with self._explain_faults():
            return [_make_kept(row) for row in self.base.execute(query, () if learner is None else (learner,))]

    def list_students(self) -> list[Learner]:
        """All students of the class, in the order of its list."""
        with self._explain_faults():
            rows = self.base.execute("SELECT id, name, student FROM learners WHERE student IS NOT NULL ORDER BY id").fetchall()
        return [Learner(*row) for row in rows]

    def begin_session(self, learner: int, exercise: str, head: Mapping[str, Any], after: int | None) -> Kept:
        """A new session; those before stay.  ``after`` is the id of the last one that was seen.

        Raises `Stale` where there is another since: a form that was sent twice begins one session.
        """
        text, now = dump_record(head), self.now()
        with self._write() as base:
            last = base.execute("SELECT max(id) FROM sessions WHERE learner = ? AND exercise = ?", (learner, exercise)).fetchone()[0]
            if last != after:
                raise Stale
            made = base.execute(
                "INSERT INTO sessions (learner, exercise, head, made, changed, count, chain, progress) VALUES (?, ?, ?, ?, ?, 0, ?, '{}')",
                (learner, exercise, text, now, now, chain_hash("", text)),
            ).lastrowid
        return Kept(made or 0, learner, exercise, json.loads(text), 0, chain_hash("", text), {}, now, now)

    def list_events(self, session: int) -> list[str]:
        """The events of a session, each as its line of JSON."""
        with self._explain_faults():
            rows = self.base.execute("SELECT event FROM events WHERE session = ? ORDER BY number", (session,)).fetchall()
        return [row[0] for row in rows]

    def find_event(self, session: int, number: int) -> str | None:
        """One event of a session."""
        with self._explain_faults():
            row = self.base.execute("SELECT event FROM events WHERE session = ? AND number = ?", (session, number)).fetchone()
        return row[0] if row else None

    def add_event(self, kept: Kept, event: str, progress: Mapping[str, Any]) -> Kept:
        """The session with one event more, which is on the disk then.

        Raises `Stale` where the session has gone on since it was read, and `StoreError` where it cannot be written.
        """
        chain, now = chain_hash(kept.chain, event), self.now()
        with self._write() as base:
            changed = base.execute(
                "UPDATE sessions SET count = count + 1, chain = ?, progress = ?, changed = ? WHERE id = ? AND count = ? AND chain = ?",
                (chain, dump_record(progress), now, kept.id, kept.count, kept.chain),
            ).rowcount
            if not changed:
                raise Stale
            base.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (kept.id, kept.count, event, chain))
        return Kept(kept.id, kept.learner, kept.exercise, kept.head, kept.count + 1, chain, progress, kept.made, now)


_COLUMNS = "id, learner, exercise, head, count, chain, progress, made, changed"


def _make_kept(row: Sequence[Any]) -> Kept:
    ident, learner, exercise, head, count, chain, progress, made, changed = row
    return Kept(ident, learner, exercise, json.loads(head), count, chain, json.loads(progress), made, changed)
