"""Markdown and plain text: ``id: answer`` lines, headings with an id, and the lines of working that follow them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tutor.answer.files.found import Found, Read, check_count, key_of, person_field
from tutor.answer.read.ids import Ids
from tutor.text import visible

MAX_LABEL = 120
MAX_PROBLEMS = 20
MAX_COLONS = 4
_BULLET = re.compile(r"(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*$")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_WORD = re.compile(r"[^\s:]{1,40}")
_EQUALS = re.compile(rf"(?P<label>[^=\n]{{1,{MAX_LABEL}}}?)\s?=(?!=)")
_PROSE = re.compile(r"[A-Za-zÀ-ÿ]{2,}[ ,.-]+[A-Za-zÀ-ÿ]{2,}|[=≈]")
_SAID = frozenset({
    "also", "alternatively", "answer", "antwort", "because", "beweis", "calculation", "check", "da", "daher", "dann",
    "denn", "ergebnis", "explanation", "finally", "first", "hence", "here", "i.e.", "idea", "last", "lastly",
    "lösung", "mit", "next", "note", "now", "nun", "proof", "ps", "reason", "rechnung", "remark", "result", "second",
    "secondly", "since", "so", "solution", "then", "therefore", "third", "thus", "todo", "where", "with", "working",
})  # fmt: skip
"""Words with a colon behind them that begin a line of working and are meant as no id."""
_MARKS = "*_` \t"
"""What surrounds an id that is written in bold or as code."""


@dataclass(slots=True)
class _Part:
    """The lines of one student while they are read."""

    student: str = ""
    line: int = 1
    fields: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, list[str]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    beside: dict[str, tuple[int, str]] = field(default_factory=dict)
    lost: bool = False
    failed: str = ""

    def problem(self, text: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(text)


def read_lines(text: str, stem: str, ids: Ids) -> Read:
    """The students of a text: one, or several where each begins with a line ``student: …``.

    A text without a single ``id: …`` is read by its lines ``id = …``; beside ``id: …`` they are working.
    """
    parts = _parts(text, ids, equals=False)
    if not any(part.answers for part in parts) and any(part.beside for part in parts):
        parts = _parts(text, ids, equals=True)
    check_count(len(parts))
    if len(parts) == 2 and not parts[1].answers and not parts[0].fields:  # the one line student: … may stand at the end
        parts[0].fields = parts.pop().fields
    return Read(tuple(_found(part, stem, len(parts) > 1) for part in parts if part.answers or part.student or part is parts[-1]))


def _parts(text: str, ids: Ids, *, equals: bool) -> list[_Part]:
    """The lines of each student; with ``equals`` a line ``id = …`` begins an answer where the question has none yet."""
    parts = [_Part()]
    fence, opened, around = "", 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        part = parts[-1]
        if fence:  # nothing inside a code block is a label
            _keep(part, line, number)
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        mark = _FENCE.match(line)
        if mark and part.answers:
            if mark[1] == around == line.strip():  # the block is around all answers
                around = ""
                continue
            fence, opened = mark[1], number
            _keep(part, line, number)
            continue
        around = mark[1] if mark else around
        label, rest, heading = _labelled(line, ids)
        if "=" in line and not ids.find(label):
            name, right = _equated(line, ids)
            if name and equals and name not in part.given:
                label, rest, heading = name, right, False
            elif name:
                part.beside.setdefault(name, (number, part.answers[-1][0] if part.answers else ""))
        if ids.find(label):
            part.answers.append((label, [rest]))
            part.given.add(ids.find(label))
            part.lost = False
            mark = _FENCE.match(rest)
            fence, opened = (mark[1], number) if mark else ("", 0)
        elif label and not heading and _person(part, label, rest, number, parts):
            continue
        elif label and (heading or _meant(label, ids) or (part.answers and _value(label, rest))):
            if not heading or part.answers or _meant(label, ids):
                part.problem(f"line {number}: {ids.unknown(label)}")
            part.lost = True
        else:
            _keep(part, line, number)
    if fence:
        parts[-1].problem(f"line {opened}: the code block is never closed")
    return parts


def _equated(line: str, ids: Ids) -> tuple[str, str]:
    """The question whose id and an equals sign begin a line, and the text after them; two empty texts for any other line."""
    if line[:1] in (" ", "\t"):
        return "", ""
    bullet = _BULLET.match(line[: MAX_LABEL * 4])
    start = bullet.end() if bullet else 0
    match = _EQUALS.match(line, start)
    name = ids.find(match["label"].strip(_MARKS)) if match else ""
    if not match or not name:
        return "", ""
    rest = line[match.end() :].strip()
    mark = re.match(r"[*_`]{1,2}", line[start:])
    return name, rest.removesuffix(mark.group()).strip() if mark else rest


def _value(label: str, rest: str) -> bool:
    """Whether a line such as ``foo: 12`` is an answer with an id that is none, and not a remark or a line of working."""
    word = label.casefold()
    return bool(rest and _WORD.fullmatch(label) and word not in _SAID and re.search("[0-9]", rest) and not _PROSE.search(rest))


def _labelled(line: str, ids: Ids) -> tuple[str, str, bool]:
    """The label of a line, the text after it, and whether it is a heading; an indented line has none."""
    if line[:1] in (" ", "\t") or not line:
        return "", "", False
    short = line[: MAX_LABEL * 4]
    heading = _HEADING.fullmatch(line) if len(line) < MAX_LABEL * 4 else None
    if heading:
        inner = heading["text"].strip()
        label, colon, rest = inner.partition(":")
        if colon and ids.find(label.strip(_MARKS)):
            return label.strip(_MARKS), rest.strip(), True
        return inner.strip(_MARKS).removesuffix(":").strip(_MARKS), "", True
    bullet = _BULLET.match(short)
    start = bullet.end() if bullet else 0
    colon = short.find(":", start)
    for _ in range(MAX_COLONS):  # an id may have a colon of its own
        if not 0 <= colon <= start + MAX_LABEL:
            break
        label = short[start:colon].strip(_MARKS)
        if ids.find(label):
            rest = line[colon + 1 :]
            if short[start] in "*_`":  # **q1:** and **q1**: both
                rest = re.sub(r"\A[ \t]?[*_`]{1,2}(?=\s|\Z)", "", rest)
            return label, rest.strip(), False
        colon = short.find(":", colon + 1)
    label, sign, _ = short[start:].partition(":")
    if not sign or len(label) > MAX_LABEL:
        return "", "", False
    return label.strip(_MARKS), line[start + len(label) + 1 :].strip(" \t*"), False


def _meant(label: str, ids: Ids) -> bool:
    """Whether an unknown label is meant as the id of a question: one word like them."""
    if not _WORD.fullmatch(label):
        return False
    return any(c.isdigit() for c in label) or ids.resembles(label)


def _person(part: _Part, label: str, rest: str, number: int, parts: list[_Part]) -> bool:
    """Take in a line such as ``student: anna``; whether it was one."""
    name = person_field(label)
    if not name or not rest or (part.answers and name != "student"):
        return False
    if name == "student" and ("student" in part.fields or part.answers):
        parts.append(_Part(rest, number, {"student": rest}))
    elif part.fields.get(name, rest) != rest:
        part.problem(f"line {number}: {visible(label)!r} is given twice; the first counts")
    else:
        part.fields[name] = rest
    return True


def _keep(part: _Part, line: str, number: int) -> None:
    if part.answers and not part.lost:
        part.answers[-1][1].append(line)
    elif line.strip() and line.strip() not in ("---", "***", "```"):
        part.problem(f"line {number} belongs to no question: {visible(line.strip(), 40)}")


def _found(part: _Part, stem: str, several: bool) -> Found:
    for name, (number, above) in part.beside.items():
        if above and name not in part.given:
            part.problem(f"line {number} begins with {name} = …: taken as working of {above}; as an answer write {name}: …")
    entries = tuple((label, "\n".join(lines).strip("\n").rstrip()) for label, lines in part.answers)
    where = f"line {part.line}" if several else ""
    student = key_of(part.fields) or stem
    failed = ""
    if several and not part.fields:
        failed = "the first answers of the file stand before the first line student: …; whose are they?"
    return Found(student, entries, where, part.fields, tuple(part.problems), failed=failed)
