"""Marked work as a record of plain JSON values, and back: what the journal, the results file and a cluster carry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from tutor.answer.handed_in import Unused
from tutor.marking.marked import BrokenLine, Credit, Marked, MarkedAnswer, Refutation, Slip


def to_record(marked: Marked) -> dict[str, Any]:
    """Marked work as a dictionary of texts, numbers and lists; fractions are texts ("3/4")."""
    return {name: _as_plain(getattr(marked, name)) for name in _names(Marked)}


def from_record(record: Mapping[str, Any]) -> Marked:
    """The marked work that a record tells; raises `ValueError`, `KeyError` or `TypeError` for what is none.

    >>> from_record(to_record(Marked("anna", "dl/bce"))) == Marked("anna", "dl/bce")
    True
    """
    known = {**record, "answers": tuple(_answer(answer) for answer in record["answers"])}
    known |= {name: _fraction(record[name]) for name in ("marks", "out_of")}
    known |= {name: tuple(record[name]) for name in ("problems", "person")}
    known["unused"] = tuple(Unused(**one) for one in record.get("unused", ()))  # which versions before 0.5 do not have
    return Marked(**known)


def dump_record(marked: Marked) -> str:
    """One line of JSON, always the same for the same work."""
    return json.dumps(to_record(marked), ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def loads(line: str) -> Marked:
    """The marked work of one line of a journal; raises as `from_record` does, and `ValueError` for what is no JSON."""
    return from_record(json.loads(line))


def _answer(record: Mapping[str, Any]) -> MarkedAnswer:
    line, refutation = record["line"], record["refutation"]
    return MarkedAnswer(
        record["question"], record["text"], record["verdict"], _fraction(record["marks"]), _fraction(record["out_of"]),
        tuple(Credit(c["operation"], _fraction(c["amount"]), c["reason"]) for c in record["credits"]), record["read"],
        tuple(tuple(Slip(**slip) for slip in slips) for slips in record["slips"]), tuple(record["follows"]),
        record["outcome"], None if line is None else BrokenLine(**line),
        None if refutation is None else Refutation(
            tuple((name, value) for name, value in refutation["point"]), refutation["yours"], refutation["expected"]),
        record["message"],
    )  # fmt: skip


def _as_plain(value: Any) -> Any:
    kind: type = type(value)
    if kind is str or value is None or kind is int:
        return value
    if kind is Fraction or isinstance(value, str):  # a sentence that is told is kept in English
        return str(value)
    if kind is tuple or kind is list:
        return [_as_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _as_plain(item) for key, item in value.items()}
    return {name: _as_plain(getattr(value, name)) for name in _names(kind)}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@lru_cache(maxsize=4_096)
def _fraction(text: str) -> Fraction:
    return Fraction(text)
