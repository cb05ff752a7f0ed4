"""JSON and TOML: one student, or a class as a list or as a table of students."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.found import Found, Read, check_count, key_of, person_field
from tutor.answer.read.ids import Ids
from tutor.expression.limits import MAX_AXES
from tutor.text import visible

MAX_TOML = 300_000
MAX_DOTS = 200
"""How long a TOML file may be, and how many dots a line of it may have: for keys of many parts the standard library needs time and memory
that grow with the square of their number."""
SHAPES = '{"student": "anna", "answers": {"q1": "0.5"}}, a list of such, or {"anna": {"q1": "0.5"}}'


class Pairs(tuple[tuple[str, Any], ...]):
    """An object of JSON as its pairs, so that a key that is there twice is seen."""

    __slots__ = ()


def read_json(text: str, stem: str, ids: Ids) -> Read:
    """The students of a JSON file; numbers stay as they are written.

    Raises `FileProblem` for what is no JSON.
    """
    return _read(parse_json(text), stem, ids)


def parse_json(text: str) -> Any:
    """JSON with objects as `Pairs` and numbers as texts; raises `FileProblem`."""
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        raise FileProblem("the file is nested too deep", hint=f"write {SHAPES}") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # "Invalid control character at"
        where = f"line {error.lineno} column {error.colno}"
        hint = "a line break inside a text is written \\n" if "control character" in what else f"write {SHAPES}"
        raise FileProblem(f"this is no JSON: {what}, {where}", hint=hint) from None


def read_toml(text: str, stem: str, ids: Ids) -> Read:
    """The students of a TOML file; decimals stay as they are written.

    Raises `FileProblem` for what is no TOML; TOML itself forbids a key that is there twice, so that such a file is refused.
    """
    if len(text) > MAX_TOML:
        raise FileProblem(f"a TOML file may have {MAX_TOML:,} characters; this has {len(text):,}", hint="use CSV or JSON for a large class")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAX_DOTS:
            raise FileProblem(f"line {number} has more than {MAX_DOTS} dots", hint="write a long vector as a text in CSV or JSON")
    try:
        return _read(_pairs(tomllib.loads(text, parse_float=str)), stem, ids)
    except RecursionError:
        raise FileProblem("the file is nested too deep") from None
    except ValueError as error:
        twice = _twice(text) if "overwrite" in str(error) else ""
        what = twice or f"this is no TOML: {visible(str(error), 200)}"
        raise FileProblem(what, hint='write q1 = "0.5", one line an answer') from None


def _twice(text: str) -> str:
    """Which key of a TOML file is there twice, since the standard library does not say."""
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        key, sign, _ = line.partition("=")
        key = key.strip().strip("\"'")
        if line.startswith("["):
            seen = {}
        elif sign and seen.setdefault(key, number) != number:
            return f"{visible(key)!r} is there twice, in line {seen[key]} and in line {number}; keep one"
    return ""


def _pairs(value: Any) -> Any:
    """Tables of TOML as `Pairs`; only as deep as a class file is."""
    if not isinstance(value, dict):
        return value
    return Pairs((key, _inner(item)) for key, item in value.items())


def _inner(item: Any) -> Any:
    if isinstance(item, dict):
        return Pairs((key, Pairs(inner.items()) if isinstance(inner, dict) else inner) for key, inner in item.items())
    if isinstance(item, list):
        return [_inner(part) if isinstance(part, dict) else part for part in item]
    return item


def _read(value: Any, stem: str, ids: Ids) -> Read:
    if isinstance(value, list):
        return Read(tuple(_listed(value, stem, ids)))
    if not isinstance(value, Pairs):
        raise FileProblem("the file holds no answers", hint=f"write {SHAPES}")
    check_count(len(value))
    keys = [key for key, _ in value]
    listed = [item for key, item in value if key == "submissions" and isinstance(item, list) and not ids.find(key)]
    if listed:
        twice = ("the file has more than one list of submissions; all were read",) if len(listed) > 1 else ()
        rest = tuple(
            f"the file's entry {visible(key)!r} was not read" for key in keys if key not in ("submissions", "schema", "exercise")
        )[:20]
        return Read(tuple(_listed([item for part in listed for item in part], stem, ids)), twice + rest)
    if "answers" not in keys and value and all(isinstance(item, Pairs) and not ids.find(key) for key, item in value):
        return Read(tuple(_student(item, key, f"student {visible(key)!r}", ids, named=True) for key, item in value))
    return Read((_student(value, stem, "", ids),))


def _listed(items: list[Any], stem: str, ids: Ids) -> Iterator[Found]:
    check_count(len(items))
    for number, item in enumerate(items, 1):
        where, name = f"item {number}", f"{stem} item {number}"
        if not isinstance(item, Pairs):
            yield Found(name, where=where, failed=f"item {number} is no submission; write {SHAPES}")
            continue
        found = _student(item, "", where, ids)
        yield found if found.student else Found(name, where=where, failed=f"item {number} names no student: add \"student\"")


def _student(pairs: Pairs, stem: str, where: str, ids: Ids, *, named: bool = False) -> Found:
    """One student: flat answers, or answers in ``answers`` beside what is known about the student."""
    nested = [item for key, item in pairs if key == "answers" and isinstance(item, Pairs)]
    fields: dict[str, str] = {}
    problems: list[str] = []
    entries: list[tuple[str, Any]] = [pair for part in nested for pair in part]
    for key, item in pairs:
        field = "" if ids.find(key) else person_field(key)
        if key == "answers" and isinstance(item, Pairs):
            continue
        if key == "answers" and not ids.find(key):
            problems.append("the answers are no table of ids and texts")
        elif field:
            text, problem = _text(item)
            if problem or (fields.get(field, text) != text):
                return Found(stem or text, where=where, failed=f"{visible(key)!r} {problem or 'is given twice'}")
            fields[field] = text
        elif not nested:
            entries.append((key, item))
        elif key not in ("schema", "exercise"):
            problems.append(f"the entry {visible(key)!r} beside the answers was not read")
    texts: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for key, item in entries:
        text, problem = _text(item)
        if problem:
            refused.append((key, problem))
        else:
            texts.append((key, text))
    student = stem if named else key_of(fields) or stem
    return Found(student, tuple(texts), where, fields, tuple(problems[:20]), tuple(refused))


def _text(item: Any) -> tuple[str, str]:
    """An answer's text: texts and numbers as written, nested lists as a vector, a matrix, an array; or what is wrong with it."""
    text = _nested(item, MAX_AXES)
    if text is None:
        return "", "is no text, number, list of numbers or list of rows" if isinstance(item, list) else "is no text or number"
    return text, ""


def _nested(item: Any, axes: int) -> str | None:
    """Nested lists in brackets, up to so many deep; nothing for what is no answer."""
    if not isinstance(item, list):
        return _scalar(item)
    texts = [_nested(part, axes - 1) for part in item] if axes else [None]
    return None if any(text is None for text in texts) else f"[{', '.join(str(text) for text in texts)}]"


def _scalar(item: Any) -> str | None:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return item
    if isinstance(item, int):
        return str(item)
    if isinstance(item, datetime | date | time):
        return item.isoformat()
    return None
