"""JSON and TOML: one student, or a class as a list or as a table of students."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from tutor.answer.files.answer_labels import is_furniture
from tutor.answer.files.decode import FileProblem
from tutor.answer.files.file_answers import Found, Read, check_count, key_of, person_field
from tutor.answer.handed_in import Unused
from tutor.answer.read.ids import Ids
from tutor.expression.limits import MAX_AXES
from tutor.text import make_visible

MAX_TOML = 300_000
MAX_DOTS = 200
"""How long a TOML file may be, and how many dots a line of it may have: for keys of many parts the standard library needs time and memory
that grow with the square of their number."""
QUESTION_KEYS = (
    "question", "question_id", "questionid", "ask", "task", "item", "quantity", "label", "key", "id", "name", "frage", "aufgabe", "größe",
    "q",
)
ANSWER_KEYS = ("answer", "value", "response", "result", "solution", "text", "antwort", "wert", "ergebnis", "lösung", "a")
"""What the question and the answer are called where each answer is an object of its own."""
NO_TABLE = "the answers are no table of ids and texts"
SHAPES = '{"student": "anna", "answers": {"q1": "0.5"}}, a list of such, or {"anna": {"q1": "0.5"}}'


class Pairs(tuple[tuple[str, Any], ...]):
    """An object of JSON as its pairs, so that a key that is there twice is seen."""

    __slots__ = ()


def read_json(text: str, stem: str, ids: Ids, *, own: bool = False) -> Read:
    """The students of a JSON file; numbers stay as they are written.  With ``own`` it is one student's, so that tables in it are sections.

    Raises `FileProblem` for what is no JSON.
    """
    return _read(parse_json(text), stem, ids, own=own)


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


_LOOSE_PAIR = re.compile(r"\s{0,80}[\"'“]?(?P<key>[^\"'“”=:\n]{1,120}?)[\"'”]?\s?(?P<sign>[:=])\s?(?P<value>\S.*?)\s{0,80},?\s{0,80}")


def loosen_line(line: str) -> str:
    """A line of broken JSON or TOML as a line of text: ``"L": 0.298,`` is ``L: 0.298``.

    >>> loosen_line('  "dL/dw5": "0.082",'), loosen_line("L = 0.3"), loosen_line("{")
    ('dL/dw5: 0.082', 'L: 0.3', '')
    """
    match = _LOOSE_PAIR.fullmatch(line) if len(line) < 5_000 else None
    if match is None:
        return "" if not line.strip(" \t{}[],") else line
    return f"{match['key'].strip()}: {match['value'].rstrip(',').strip(chr(34) + chr(39))}"


def read_toml(text: str, stem: str, ids: Ids, *, own: bool = False) -> Read:
    """The students of a TOML file; decimals stay as they are written.  ``own`` is as for JSON.

    Raises `FileProblem` for what is no TOML; TOML itself forbids a key that is there twice, so that such a file is refused.
    """
    if len(text) > MAX_TOML:
        raise FileProblem(f"a TOML file may have {MAX_TOML:,} characters; this has {len(text):,}", hint="use CSV or JSON for a large class")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAX_DOTS:
            raise FileProblem(f"line {number} has more than {MAX_DOTS} dots", hint="write a long vector as a text in CSV or JSON")
    try:
        return _read(_pairs(tomllib.loads(text, parse_float=str)), stem, ids, own=own)
    except RecursionError:
        raise FileProblem("the file is nested too deep") from None
    except ValueError as error:
        twice = _find_repeated_key(text) if "overwrite" in str(error) else ""
        what = twice or f"this is no TOML: {make_visible(str(error), 200)}"
        raise FileProblem(what, hint='write q1 = "0.5", one line an answer') from None


def _find_repeated_key(text: str) -> str:
    """Which key of a TOML file is there twice, since the standard library does not say."""
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        key, sign, _ = line.partition("=")
        key = key.strip().strip("\"'")
        if line.startswith("["):
            seen = {}
        elif sign and seen.setdefault(key, number) != number:
            return f"{make_visible(key)!r} is there twice, in line {seen[key]} and in line {number}; keep one"
    return ""


def _pairs(value: Any) -> Any:
    """Tables of TOML as `Pairs`; only as deep as a class file is."""
    if not isinstance(value, dict):
        return value
    return Pairs((key, _read_inner(item)) for key, item in value.items())


def _read_inner(item: Any) -> Any:
    if isinstance(item, dict):
        return Pairs((key, Pairs(inner.items()) if isinstance(inner, dict) else inner) for key, inner in item.items())
    if isinstance(item, list):
        return [_read_inner(part) if isinstance(part, dict) else part for part in item]
    return item


def _read(value: Any, stem: str, ids: Ids, *, own: bool) -> Read:
    if isinstance(value, list):
        return Read(tuple(_read_list(value, stem, ids)))
    if not isinstance(value, Pairs):
        raise FileProblem("the file holds no answers", hint=f"write {SHAPES}")
    check_count(len(value))
    keys = [key for key, _ in value]
    listed = [item for key, item in value if key == "submissions" and isinstance(item, list) and not ids.find(key)]
    if listed:
        twice = ("the file has more than one list of submissions; all were read",) if len(listed) > 1 else ()
        rest = tuple(
            f"the file's entry {make_visible(key)!r} was not read" for key in keys if key not in ("submissions", "schema", "exercise")
        )[:20]
        return Read(tuple(_read_list([item for part in listed for item in part], stem, ids)), twice + rest)
    if own and (sections := _sections(value, ids)) is not None:
        return Read((_student(sections, stem, "", ids),))
    if "answers" not in keys and value and all(isinstance(item, Pairs) and not ids.find(key) for key, item in value):
        return Read(tuple(_student(item, key, f"student {make_visible(key)!r}", ids, named=True) for key, item in value))
    return Read((_student(value, stem, "", ids),))


def _sections(value: Pairs, ids: Ids) -> Pairs | None:
    """One student's answers out of tables such as "forward" and "backward"; nothing where two of them answer the same question."""
    flat: list[tuple[str, Any]] = []
    found: list[str] = []
    for key, item in value:
        if isinstance(item, Pairs) and not ids.find(key) and key != "answers" and _answer_of(item) is None:
            flat += item
            found += [question for inner, _ in item if (question := ids.find(inner))]
        else:
            flat.append((key, item))
    return Pairs(flat) if found and len(set(found)) == len(found) else None


def _read_list(items: list[Any], stem: str, ids: Ids) -> Iterator[Found]:
    check_count(len(items))
    if (answers := _answer_rows(items, ids)) is not None:
        yield from _group_by_student(answers, stem, ids)
        return
    for number, item in enumerate(items, 1):
        where, name = f"item {number}", f"{stem} item {number}"
        if not isinstance(item, Pairs):
            yield Found(name, where=where, failed=f"item {number} is no submission; write {SHAPES}")
            continue
        found = _student(item, "", where, ids)
        yield found if found.student else Found(name, where=where, failed=f"item {number} names no student: add \"student\"")


def _group_by_student(rows: Pairs, stem: str, ids: Ids) -> Iterator[Found]:
    """Rows of (student, (question, answer)), put together; without a student they are the file's."""
    students: dict[str, list[tuple[str, Any]]] = {}
    for student, pair in rows:
        students.setdefault(student, []).append(pair)
    for student, pairs in students.items():
        where = f"student {make_visible(student)!r}" if student else ""
        yield _student(Pairs([("answers", Pairs(pairs))]), student or stem, where, ids, named=True)


def _answer_rows(items: Any, ids: Ids) -> Pairs | None:
    """A list of answers, each an object ``{"question": …, "answer": …}`` or a pair, as (student, (question, answer)); else nothing."""
    if not isinstance(items, list) or not items:
        return None
    rows: list[tuple[str, Any]] = []
    any_known = False
    for item in items:
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):
            rows.append(("", (item[0], item[1])))
        elif isinstance(item, Pairs) and (answer := _answer_of(item)) is not None and (question := _question_of(item, ids)):
            student = key_of({
                field: inner for key, inner in item
                if isinstance(inner, str) and inner != question and (field := person_field(key))
            })  # fmt: skip
            rows.append((student, (question, answer[0])))
        elif isinstance(item, Pairs) and len(item) == 1:
            rows.append(("", item[0]))
        else:
            return None
        any_known = any_known or bool(ids.find(rows[-1][1][0]))
    return Pairs(rows) if any_known else None


def _question_of(item: Pairs, ids: Ids) -> str:
    """The question that an object names: a known one first."""
    named = [str(inner) for wanted in QUESTION_KEYS for key, inner in item if key.casefold() == wanted and isinstance(inner, str | int)]
    return next((name for name in named if ids.find(name)), named[0] if named else "")


def _answer_of(item: Pairs) -> tuple[Any] | None:
    """The answer in an object, if it has one."""
    return next(((inner,) for wanted in ANSWER_KEYS for key, inner in item if key.casefold() == wanted), None)


def _student(pairs: Pairs, stem: str, where: str, ids: Ids, *, named: bool = False) -> Found:
    """One student: flat answers, or answers in ``answers`` beside what is known about the student."""
    inside = [(key, _entries(item, ids) if key == "answers" else None) for key, item in pairs]
    nested = [part for _, part in inside if part is not None]
    fields: dict[str, str] = {}
    problems: list[str] = []
    unused: list[Unused] = []
    entries: list[tuple[str, Any]] = [pair for part in nested for pair in part]
    for (key, item), (_, taken) in zip(pairs, inside, strict=True):
        field = "" if ids.find(key) else person_field(key)
        if taken is not None:
            continue
        if key == "answers" and not ids.find(key):
            problems.append(NO_TABLE)
            unused.append(Unused("answers", json.dumps(item, ensure_ascii=False, default=str)[:300], NO_TABLE))
        elif field:
            text, problem = _text(item)
            if problem or (fields.get(field, text) != text):
                return Found(stem or text, where=where, failed=f"{make_visible(key)!r} {problem or 'is given twice'}")
            fields[field] = text
        elif not nested or ids.find(key):
            entries += [(key, item)] if ids.find(key) or not is_furniture(key) else []
        elif key not in ("schema", "exercise") and not is_furniture(key):
            problems.append(f"the entry {make_visible(key)!r} beside the answers was not read")
            unused.append(Unused(key[:100], _text(item)[0][:300], f"the entry {make_visible(key)!r} beside the answers was not read"))
    texts: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for key, item in entries:
        answer = _answer_of(item) if isinstance(item, Pairs) else None
        text, problem = _text(item if answer is None else answer[0])
        if problem:
            refused.append((key, problem))
        else:
            texts.append((key, text))
    student = stem if named else key_of(fields) or stem
    return Found(student, tuple(texts), where, fields, tuple(problems[:20]), tuple(refused), unused=tuple(unused))


def _entries(item: Any, ids: Ids) -> Pairs | None:
    """The answers in what is called "answers": a table of them, or a list."""
    if isinstance(item, Pairs):
        return item
    rows = _answer_rows(item, ids)
    return None if rows is None else Pairs(pair for _, pair in rows)


def _text(item: Any) -> tuple[str, str]:
    """An answer's text: texts and numbers as written, nested lists as a vector, a matrix, an array; or what is wrong with it."""
    text = _nest_lists(item, MAX_AXES)
    if text is None:
        return "", "is no text, number, list of numbers or list of rows" if isinstance(item, list) else "is no text or number"
    return text, ""


def _nest_lists(item: Any, axes: int) -> str | None:
    """Nested lists in brackets, up to so many deep; nothing for what is no answer."""
    if not isinstance(item, list):
        return _write_scalar(item)
    texts = [_nest_lists(part, axes - 1) for part in item] if axes else [None]
    return None if any(text is None for text in texts) else f"[{', '.join(str(text) for text in texts)}]"


def _write_scalar(item: Any) -> str | None:
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
