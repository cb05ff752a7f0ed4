"""What workers do, as text: a worker that shares nothing with its parent makes the same job from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pkgutil import resolve_name
from typing import Any

from tutor.errors import TutorError

Job = Callable[[str], str]
"""What a worker does: a line of text in, a line of text out."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A job by the function that makes it (``module:function``) and that function's arguments as JSON.

    >>> Recipe("tutor.batch.recipe:prefix_job", '["> "]').job()("a")
    '> a'
    """

    maker: str
    arguments: str = "[]"

    def job(self) -> Job:
        """The job, made in this process."""
        made: Job = resolve_name(self.maker)(*json.loads(self.arguments))
        return made


def prefix_job(prefix: str) -> Job:
    """The job that puts something before each text: the smallest there is, for examples and for measuring."""
    return partial(_prefix, prefix)


def _prefix(prefix: str, text: str) -> str:
    return prefix + text


def marking_recipe(exercises: Mapping[str, tuple[str, str]], seed: int) -> Recipe:
    """Marking: a submission goes in, its record comes out.  Exercises are given by their key, with the id and the text of each file."""
    return Recipe("tutor.batch.recipe:marking_job", _json([exercises, seed]))


def marking_job(exercises: Mapping[str, Sequence[str]], seed: int) -> Job:
    """The job of `marking_recipe`; exercises are prepared now, not when the time of the first submission runs already."""
    from tutor.marking.work import marker, run_job

    table = {key: (ident, text) for key, (ident, text) in exercises.items()}
    for ident, text in table.values():
        with suppress(TutorError):  # each submission's own row says what is wrong with its exercise
            marker(text, ident, seed)
    return partial(run_job, table)


def report_recipe(ident: str, text: str, seed: int, reveal: str, kind: str, language: str | None = None) -> Recipe:
    """Writing students' reports: a record goes in, the report as JSON text comes out."""
    return Recipe("tutor.batch.recipe:report_job", _json([ident, text, seed, reveal, kind, language]))


def report_job(ident: str, text: str, seed: int, reveal: str, kind: str, language: str | None = None) -> Job:
    """The job of `report_recipe`."""
    from tutor.batch.outputs import report_maker
    from tutor.marking.work import marker

    made: Job = report_maker(marker(text, ident, seed), reveal, kind, language)
    return made


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
