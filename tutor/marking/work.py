"""Marking one submission as a pure function of plain values: what a worker process and a machine of a cluster run.

A job is one line of JSON: the key of its exercise, the seed, and the submission.  The text of each exercise is in a table by its key, so
that every student may have an exercise of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tutor.answer.handed_in import Submission, Unused
from tutor.errors import TutorError
from tutor.marking.marked import Marked
from tutor.marking.record import to_record
from tutor.text import make_visible
from tutor.version import VERSION

if TYPE_CHECKING:
    from tutor.marking.mark_submission import Marker

Table = Mapping[str, tuple[str, str]]
"""Exercises by their key: the id and the text of each one's file."""

PREPARED = 32
"""So many exercises stay prepared in a process."""


def exercise_key(ident: str, text: str) -> str:
    """What an exercise is known by in the table of a batch: SHA-256 of its id and its text.

    >>> exercise_key("dl/bce", "title = 1")[:8]
    '5354572e'
    """
    return sha256(f"{ident}\0{text}".encode()).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text: of an exercise's file it is the hash that results carry."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def submission_record(submission: Submission) -> dict[str, Any]:
    """A submission as plain JSON values."""
    known = {field.name: _as_plain(getattr(submission, field.name)) for field in fields(Submission)}
    return known | {"unused": [[one.place, one.text, one.reason] for one in submission.unused]}


def read_submission(record: Mapping[str, Any]) -> Submission:
    """The submission that a record tells.

    >>> anna = Submission("anna", {"w5": "0.4"}, problems=("a blank line",))
    >>> read_submission(submission_record(anna)) == anna
    True
    """
    unused = tuple(Unused(*one) for one in record.get("unused", ()))
    return Submission(**{**record, "problems": tuple(record["problems"]), "unused": unused})


def job_text(key: str, seed: int, submission: Submission) -> str:
    """One job as one line of JSON, always the same for the same work."""
    return _json({"exercise": key, "seed": seed, "submission": submission_record(submission)})


def run_job(table: Table, text: str) -> str:
    """A job's result: the record of the marked work as one line of JSON."""
    job = json.loads(text)
    ident, exercise = table[job["exercise"]]
    return _json(work(exercise, ident, job["seed"], job["submission"]))


def version() -> str:
    """The version of tutor that marks here: every machine of a cluster is asked."""
    return VERSION


def run_jobs(table: Table, texts: Sequence[str]) -> list[str]:
    """Several jobs, one after the other."""
    return [run_job(table, text) for text in texts]


def work(exercise_text: str, ident: str, seed: int, submission: Mapping[str, Any]) -> dict[str, Any]:
    """Mark one submission (a record of plain values, see `submission_record`) and give the marked work as a record.

    Whatever a submission contains, it has a result: a fault of the marker itself becomes "could not be marked" with the name of the
    fault.  `MemoryError` alone is passed on: what it leaves behind cannot be trusted.
    """
    read = read_submission(submission)
    key = text_hash(exercise_text)
    out_of = Fraction(0)
    try:
        prepared = marker(exercise_text, ident, seed)
        out_of = sum((question.marks for question in prepared.questions), Fraction(0))
        if read.failed:
            return to_record(make_unmarked(read, ident, key, seed, read.failed, out_of=out_of))
        marked = prepared.mark(read)
    except MemoryError:
        raise
    except TutorError as error:
        return to_record(make_unmarked(read, ident, key, seed, f"the marker says: {make_visible(error.what, 300)}", out_of=out_of))
    except Exception as error:  # one submission never harms another: its own row says what happened
        return to_record(make_unmarked(read, ident, key, seed, f"the marker failed ({type(error).__name__})", out_of=out_of))
    return to_record(replace(marked, **_origin(read, ident, key, seed)))


@lru_cache(maxsize=PREPARED)
def marker(exercise_text: str, ident: str, seed: int) -> Marker:
    """The marker of an exercise, prepared once in a process."""
    from tutor.exercise.load import from_text
    from tutor.marking.mark_submission import Marker

    return Marker(from_text(exercise_text, ident), seed=seed)


def make_unmarked(
    submission: Submission, ident: str, key: str, seed: int, reason: str, *, out_of: Fraction = Fraction(0)
) -> Marked:
    """The row of a submission that could not be marked.  ``key`` is the hash of the exercise's text, ``out_of`` the marks that it gives."""
    return Marked(
        exercise=ident, out_of=out_of, status="could not be marked", reason=reason, student=submission.student,
        **{name: value for name, value in _origin(submission, ident, key, seed).items() if name not in ("exercise", "student")},
    )  # fmt: skip


def _origin(submission: Submission, ident: str, key: str, seed: int) -> dict[str, Any]:
    """What says which work was marked with what."""
    return {
        "student": submission.student, "exercise": ident, "problems": submission.problems, "source": submission.source,
        "unused": submission.unused, "fields": dict(submission.fields), "version": VERSION, "exercise_hash": key, "seed": seed,
        "input_hash": submission.digest or text_hash(_json(submission_record(submission))),
    }  # fmt: skip


def _as_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
