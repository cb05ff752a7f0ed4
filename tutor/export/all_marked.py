"""All marked work as JSON, one line a student: what `tutor mark --diff` compares with."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tutor.exercise.question import Question
from tutor.export.output import Header, MarkFile
from tutor.marking.marked import Marked
from tutor.marking.record import dump_record, from_record

SCHEMA = 1


def results(marked: Sequence[Marked], questions: Sequence[Question], header: Header) -> MarkFile:
    """The exercise, its questions, and a record a student (`tutor.marking.record`); marks are exact fractions as texts."""
    head = {
        "schema": SCHEMA,
        "exercise": header.exercise,
        "exercise_hash": header.exercise_hash,
        "version": header.version,
        "seed": header.seed,
        "questions": [{"id": question.id, "marks": str(question.marks)} for question in questions],
    }
    start = json.dumps(head, ensure_ascii=True)[:-1]
    return MarkFile(f'{start}, "results": [\n' + ",\n".join(dump_record(one) for one in marked) + "\n]}\n")


def read(text: str) -> tuple[Marked, ...]:
    """The marked work of such a file; raises `ValueError`, `KeyError` or `TypeError` for what is none."""
    return tuple(from_record(record) for record in json.loads(text)["results"])
