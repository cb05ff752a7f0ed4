r"""The journal of a batch, as text: its first line says what is marked with what, then comes one line a submission.

Each line is JSON and ends with a line feed.  A line that does not was being written when the run was killed; it counts for nothing.

>>> header = JournalHeader("dl/bce", "77ab", "0.3.0", 0, (("loss", "1"),))
>>> found = scan([header_line(header).encode(), entry_line("9f", "{}").encode(), b'{"input":"a0","rec'])
>>> found.header == header, sorted(found.done), found.end == len(header_line(header)) + len(entry_line("9f", "{}"))
(True, ['9f'], True)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.errors import OutputError
from tutor.text import make_visible

SCHEMA = 1
KIND = "tutor mark journal"
_FAILED = '","failed":"'
_RECORD = '","record":'


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """What a journal is about: the exercise's id and hash, the version that marked, the seed, and the questions (id, marks) in order."""

    exercise: str
    exercise_hash: str
    version: str
    seed: int
    questions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JournalScan:
    """What stands in a journal that is there already.

    ``done`` has, by the hash of the job, where its line begins (in bytes) and how long it is.  ``end`` is where the last whole line
    ends: what follows was torn and is cut off before anything is appended.  ``damaged`` counts lines in between that are no entries.
    """

    header: JournalHeader | None
    done: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    end: int = 0
    damaged: int = 0


def header_line(header: JournalHeader) -> str:
    """The first line."""
    known = {
        "schema": SCHEMA, "kind": KIND, "exercise": header.exercise, "exercise_hash": header.exercise_hash,
        "version": header.version, "seed": header.seed, "questions": [list(row) for row in header.questions],
    }  # fmt: skip
    return json.dumps(known, ensure_ascii=True, separators=(",", ":")) + "\n"


def entry_line(key: str, record: str, failed: str = "") -> str:
    """The line of one submission: the hash of its job, and the record as JSON.

    ``failed`` says that its worker ended: ``time``, ``memory`` or ``crash``.  Such an entry is a result, but a resumed run tries again.
    """
    return f'{{"input":"{key}{_FAILED}{failed}{_RECORD}{record}}}\n'


def record_text(line: bytes) -> str:
    """The record in an entry's line, as JSON."""
    return line.decode("ascii").partition(_RECORD)[2].rstrip("\n")[:-1]


def scan(lines: Iterable[bytes]) -> JournalScan:
    """Read a journal line by line (each with its line feed).  The last entry of a job counts.

    Raises `OutputError` for a first line that is whole and no header of a journal.
    """
    header: JournalHeader | None = None
    done: dict[str, tuple[int, int]] = {}
    end = damaged = 0
    for line in lines:
        if not line.endswith(b"\n"):
            break
        if end == 0:
            header = _header(line)
        else:
            key, failed = _entry(line)
            if not key:
                damaged += 1
            elif failed:
                done.pop(key, None)
            else:
                done[key] = (end, len(line))
        end += len(line)
    return JournalScan(header, done, end, damaged)


def check_header(found: JournalHeader, wanted: JournalHeader) -> None:
    """Refuse to go on with a journal of something else, naming every difference."""
    told = [
        f"{what}: {make_visible(str(old))} there, {make_visible(str(new))} now"
        for what, old, new in (
            ("the exercise", found.exercise, wanted.exercise),
            ("its text (hash)", found.exercise_hash[:12], wanted.exercise_hash[:12]),
            ("the version of tutor", found.version, wanted.version),
            ("the seed", found.seed, wanted.seed),
        )
        if old != new
    ]
    if not told and found.questions != wanted.questions:
        told = ["the questions or their marks"]
    if told:
        raise OutputError(
            f"the journal there is of something else ({'; '.join(told)})",
            hint="mark into another folder with -o; --diff OLD then shows whose mark changed",
        )


def _header(line: bytes) -> JournalHeader:
    known = _object(line)
    try:
        if known["kind"] != KIND:
            raise KeyError("kind")
        if known["schema"] != SCHEMA:
            raise OutputError(
                f"the journal has schema {make_visible(str(known['schema']))}, this version reads {SCHEMA}",
                hint="use another -o",
            )
        questions = tuple((str(name), str(marks)) for name, marks in known["questions"])
        return JournalHeader(
            str(known["exercise"]), str(known["exercise_hash"]), str(known["version"]), int(known["seed"]), questions
        )
    except (KeyError, TypeError, ValueError):
        raise OutputError("journal.jsonl is no journal of tutor mark", hint="use another -o") from None


def _entry(line: bytes) -> tuple[str, str]:
    """An entry's job and fault; no job for a line that is no entry."""
    known = _object(line)
    key, failed, record = known.get("input"), known.get("failed"), known.get("record")
    good = isinstance(key, str) and isinstance(failed, str) and isinstance(record, dict) and line.isascii()
    return (str(key), str(failed)) if good and list(known) == ["input", "failed", "record"] else ("", "")


def _object(line: bytes) -> dict[str, Any]:
    try:
        known = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}
