"""Text of any layout: lines, headings and tables that name a question, and the lines of working that follow them.

`tutor.answer.files.text_blocks` takes a text apart, `tutor.answer.files.answer_labels` says what a line answers; here answers are put
together.  Every line becomes part of an answer, or a note (words alone), or it is listed as unused with the reason: nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tutor.answer.files.answer_labels import (
    SAID,
    STRONG,
    WEAK,
    AnswerLabel,
    has_value_at_end,
    is_head,
    is_remark,
    is_value,
    label_of,
    row_labels,
    sort_of,
    split_beside,
    split_pairs,
)
from tutor.answer.files.file_answers import Found, Read, check_count, key_of, person_field
from tutor.answer.files.html_pages import TABLE, read_html_blocks, tables_as_text
from tutor.answer.files.text_blocks import BrokenBlock, TextBlock, is_fence, read_blocks
from tutor.answer.handed_in import Unused, is_blank
from tutor.answer.read.ids import Ids
from tutor.text import make_visible

MAX_PROBLEMS = 20
MAX_UNUSED = 100
MAX_SHOWN = 300
"""So much of an unused line is kept."""
_NO_QUESTION = "no question is named in this line or above it"


@dataclass(slots=True)
class _Segment:
    """What stands from one label to the next: the lines of one question."""

    question: str
    strength: int
    number: int
    lines: list[str] = field(default_factory=list)
    below: bool = False
    written: str = ""
    inside: bool = False
    seen: int = 0

    @property
    def whole(self) -> list[str]:
        """All its lines, the first one with its label."""
        return [self.written, *self.lines[1:]]

    @property
    def text(self) -> str:
        return "\n".join(line for line in self.lines if not is_fence(line)).strip("\n").rstrip()

    @property
    def blank(self) -> bool:
        """Whether there is no answer yet.  Lines are looked at once."""
        while self.seen < len(self.lines) and is_blank(self.lines[self.seen]):
            self.seen += 1
        return self.seen == len(self.lines)


    def is_ended_by(self, label: AnswerLabel) -> bool:
        """Whether another quantity begins an answer of its own below this one: its value is below it, or one stands here already."""
        first = next((line for line in self.lines if not is_blank(line)), "")
        return not label.rest.strip() or (is_value(first) and not first.lstrip().startswith(("=", "≈")) and "=" not in first)


@dataclass(slots=True)
class _Part:
    """The blocks of one student while they are read."""

    ids: Ids
    number: int = 1
    fields: dict[str, str] = field(default_factory=dict)
    segments: list[_Segment] = field(default_factory=list)
    inner: list[tuple[str, str, int]] = field(default_factory=list)
    beside: list[tuple[_Segment, tuple[AnswerLabel, ...]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    more: int = 0
    lost: str = _NO_QUESTION
    failed: str = ""

    @property
    def open(self) -> _Segment | None:
        """The segment that lines belong to, if any does."""
        return self.segments[-1] if self.segments and not self.lost else None

    def problem(self, text: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(text)

    def unuse(self, number: int, text: str, reason: str) -> None:
        """Put a line on the list for a person."""
        if len(self.unused) < MAX_UNUSED:
            self.unused.append(Unused(f"line {number}", text.strip()[:MAX_SHOWN], reason))
        else:
            self.more += 1

    def begin(self, label: AnswerLabel, block: TextBlock) -> None:
        """Begin an answer."""
        self.segments.append(_Segment(label.question, label.strength, block.number, [label.rest], not label.rest.strip(), block.text))
        self.segments[-1].inside = block.sort == "inside"
        self.lost = ""

    def note(self, number: int, text: str) -> None:
        """A line in words: the student hears that nobody reads it as an answer."""
        self.problem(f"line {number} belongs to no question: {make_visible(text.strip(), 40)}")

    def add_stray(self, number: int, text: str, reason: str, bare: str = "") -> None:
        """A line that belongs to no question; ``bare`` is it without what only sets it."""
        sort = sort_of(bare or text, self.ids)
        if sort == "note":
            self.note(number, text)
        elif sort == "answer":
            self.unuse(number, text, reason)


def read_lines(text: str, stem: str, ids: Ids) -> Read:
    """The students of a text: one, or several where each begins with a line ``student: …``."""
    if TABLE.search(text):
        text = tables_as_text(text)
    return read_parts(read_blocks(text, lambda label: bool(ids.find(label))), stem, ids)


def read_html(text: str, stem: str, ids: Ids) -> Read:
    """The student of a page of HTML."""
    return read_parts(read_html_blocks(text, ids), stem, ids)


def read_parts(blocks: Iterable[TextBlock | BrokenBlock], stem: str, ids: Ids) -> Read:
    """The same for text that has been taken apart, whatever it was written with."""
    parts = [_Part(ids)]
    listed = list(blocks)
    for place, block in enumerate(listed):
        part = parts[-1]
        if isinstance(block, BrokenBlock):
            part.problem(f"line {block.number}: the code block is never closed")
        elif block.sort == "row":
            _row(parts, block)
        elif block.sort == "heading":
            _heading(part, block)
        else:
            _line(parts, block, listed, place)
    check_count(len(parts))
    if len(parts) == 2 and not parts[1].segments and not parts[0].fields:  # the one line student: … may stand at the end
        parts[0].fields = parts.pop().fields
    kept = [part for part in parts if part.segments or part.number > 1 or part is parts[-1] or part.unused]
    return Read(tuple(_make_found(part, stem, len(parts) > 1) for part in kept))


def _row(parts: list[_Part], block: TextBlock) -> None:
    """A row of a table."""
    part = parts[-1]
    labels = list(row_labels(block.cells, block.head if block.head != block.cells else (), part.ids))
    for label in labels:
        part.begin(label, block)
    told = [cell for cell in block.cells if cell.strip()]
    if not labels and not is_head(block) and not (len(told) == 2 and _person(parts, f"{told[0]}: {told[1]}", block.number)):
        part.add_stray(block.number, block.text, _say_unknown(part, block.cells), " ".join(told))
    part.lost = _NO_QUESTION


def _say_unknown(part: _Part, cells: Sequence[str]) -> str:
    first = next((cell for cell in cells if cell.strip()), "")
    return part.ids.describe_unknown(first)


def _heading(part: _Part, block: TextBlock) -> None:
    """A heading: a question's, or one that ends what stood above it."""
    label = label_of(block.text, part.ids) if ":" in block.text or "=" in block.text else None
    if label is not None:
        part.begin(AnswerLabel(label.question, label.rest), block)
    elif question := part.ids.find(block.text):
        part.begin(AnswerLabel(question, ""), block)
    else:
        shown = block.text.strip("*_` \t:")
        if part.segments or _is_meant_as_id(shown, part.ids):
            part.problem(f"line {block.number}: {part.ids.describe_unknown(shown)}")
        part.lost = f"the heading above it names no question: {part.ids.describe_unknown(shown)}" if shown else _NO_QUESTION


def _line(parts: list[_Part], block: TextBlock, listed: Sequence[TextBlock | BrokenBlock], place: int) -> None:
    """An ordinary line, or one that stands inside something."""
    part, text = parts[-1], block.text
    inside = block.sort == "inside" and part.open is not None and not part.open.inside
    for pair in (pairs := split_pairs(text, part.ids)):
        _line(parts, replace(block, text=pair), listed, place)
    if pairs:
        return
    label = label_of(text, part.ids) if text.strip() else None
    if label is not None:
        begun = len(part.segments)
        _split_label(part, block, label, inside=inside)
        if len(part.segments) > begun and (labels := split_beside(text, part.ids)):
            part.beside.append((part.segments[-1], labels))
        return
    question = part.ids.find(text) if text.strip() and len(text) < 200 else ""
    if question and block.sort == "line" and _is_heading_line(part, listed, place):
        part.begin(AnswerLabel(question, ""), block)
        return
    if not inside and (_person(parts, text, block.number) or _is_misnamed(part, block)):
        return
    _keep(part, block)


def _is_misnamed(part: _Part, block: TextBlock) -> bool:
    """Put a line on the list whose name is meant as a question's and is none: what follows it belongs to it."""
    name, colon, rest = block.text.strip().partition(":")
    shown = name.strip("*_` \t-•")
    if colon and _is_meant(part, shown, rest):
        reason = part.ids.describe_unknown(shown)
    else:
        reason = _say_near_miss(part, block.text)
    if reason:
        part.problem(f"line {block.number}: {reason}")
        part.unuse(block.number, block.text, reason)
        part.lost = reason
    return bool(reason)


def _split_label(part: _Part, block: TextBlock, label: AnswerLabel, *, inside: bool) -> None:
    """A line that begins with an asked quantity."""
    current = part.open
    if label.strength == STRONG:
        part.begin(label if not inside else AnswerLabel(label.question, label.rest, WEAK), block)
    elif current is not None and current.question == label.question and (current.below or not current.blank):
        current.lines.append(block.text)
    elif current is not None and (inside or (current.below and not current.is_ended_by(label))):
        # a line of its working, and perhaps the other's answer
        current.lines.append(block.text)
        part.inner.append((label.question, label.rest, block.number))
    else:
        part.begin(label, block)


def _is_heading_line(part: _Part, listed: Sequence[TextBlock | BrokenBlock], place: int) -> bool:
    """Whether a line that is only a quantity begins its answer below, and is no answer itself to the question above it."""
    following = next((b for b in listed[place + 1 : place + 6] if isinstance(b, TextBlock) and b.text.strip()), None)
    current = part.open
    waiting = current is not None and current.below and current.blank
    value = following is not None and following.sort in ("line", "inside") and is_value(following.text)
    return value or not waiting


def _is_meant(part: _Part, label: str, rest: str) -> bool:
    """Whether a label that is no question's is meant as one: one word like an id, or a word with a value behind it."""
    if not label or len(label) > 120 or label.casefold() in SAID or person_field(label):
        return False
    if _is_meant_as_id(label, part.ids):
        return sort_of(f"{label}: {rest}", part.ids) != "nothing"
    told = bool(part.segments and rest.strip()) and " " not in label and is_value(rest)
    return told and sort_of(f"{label}: {rest}", part.ids) == "answer"


def _is_meant_as_id(label: str, ids: Ids) -> bool:
    """Whether an unknown label is meant as the id of a question: one word like them."""
    if not label or " " in label or len(label) > 40 or ids.is_meant(label):
        return False
    return any(c.isdigit() for c in label) or ids.resembles(label)


def _say_near_miss(part: _Part, text: str) -> str:
    """What is said about a line ``dL/dw55 = …``: its name is no quantity of the exercise, but like one that is asked for."""
    name, sign, rest = text.partition("=")
    label = name.strip("*_` \t-•$:")
    if not sign or not label or " " in label or len(label) > 40 or not rest.strip():
        return ""
    if not part.ids.resembles(label) or part.ids.is_meant(label):
        return ""
    return part.ids.describe_unknown(label)


def _person(parts: list[_Part], line: str, number: int) -> bool:
    """Take in a line such as ``student: anna``; whether it was one."""
    part = parts[-1]
    label, colon, rest = line.strip().partition(":")
    label, rest = label.strip("*_` \t-•"), rest.strip(" \t*_`")
    name = person_field(label)
    if not name or not colon or not rest or (part.segments and name != "student"):
        return False
    if name == "student" and ("student" in part.fields or part.segments):
        parts.append(_Part(part.ids, number, {"student": rest}))
    elif part.fields.get(name, rest) != rest:
        part.problem(f"line {number}: {make_visible(label)!r} is given twice; the first counts")
    else:
        part.fields[name] = rest
    return True


def _keep(part: _Part, block: TextBlock) -> None:
    """A line without a label: working of the question above it, a note, or unused."""
    current, text = part.open, block.text
    if current is not None and current.inside and is_fence(text):
        current.lines.append(text)
        part.lost = _NO_QUESTION  # the block of code that the answers stand in ends
    elif current is None:
        part.add_stray(block.number, text, part.lost)
    elif block.sort == "line" and not current.blank and is_remark(text, part.ids):
        if sort_of(text, part.ids) == "answer":
            part.unuse(block.number, text, "these are words, which are not read as working")
        else:
            part.note(block.number, text)
    elif block.sort == "line" and not current.blank and (name := _find_unknown_name(text, part.ids)):
        part.unuse(block.number, text, f"{make_visible(name, 40)} is no quantity of the exercise")
    else:
        current.lines.append(text)


_NAMED = re.compile(r"\s*(?P<name>[^\W\d_]\w{0,30})\s?(?::=|=(?!=)|≈)\s?\S")


def _find_unknown_name(text: str, ids: Ids) -> str:
    """The name in front of ``foo = 0.3``, which the exercise does not have; empty for any other line."""
    match = _NAMED.match(text)
    name = match["name"] if match is not None else ""
    return name if name and not ids.is_meant(name) and not ids.find(name) and name.casefold() not in SAID else ""


def _make_found(part: _Part, stem: str, several: bool) -> Found:
    entries = _settle_answers(part)
    where = f"line {part.number}" if several else ""
    student = key_of(part.fields) or stem
    failed = ""
    if several and not part.fields:
        failed = "the first answers of the file stand before the first line student: …; whose are they?"
    unused = list(part.unused)
    if part.more:
        unused.append(Unused("", "", f"and {part.more:,} more lines"))
    return Found(student, tuple(entries), where, part.fields, tuple(part.problems), failed=failed, unused=tuple(unused))


def _take_apart(part: _Part) -> None:
    """Make answers of those that stand beside each other on one line, where nothing else answers their questions; else it is working."""
    beside = {id(segment): labels for segment, labels in part.beside}
    answered = {segment.question for segment in part.segments if not segment.blank} if beside else ()
    segments, part.segments = part.segments, []
    for segment in segments:
        part.segments.append(segment)
        first, *others = beside.get(id(segment)) or (None,)
        if first is None or any(label.question in answered for label in others):
            continue
        segment.lines[0] = first.rest
        made = [_Segment(label.question, segment.strength, segment.number, [label.rest], written=label.rest) for label in others]
        part.segments += made


def _settle_answers(part: _Part) -> list[tuple[str, str]]:
    """The answers: of several places that answer a question the surest counts, and the others are working of what stands above them."""
    _take_apart(part)
    best: dict[str, int] = {}
    for segment in part.segments:
        if not segment.blank:
            best[segment.question] = max(best.get(segment.question, 0), segment.strength)
    kept: list[_Segment] = []
    own: dict[str, _Segment] = {}
    for segment in part.segments:
        first = own.get(segment.question)
        surest = segment.strength == best.get(segment.question, segment.strength)
        if segment.blank and (first is not None or segment.question in best):
            continue
        if surest and (segment.strength == STRONG or first is None):
            kept.append(segment)
            own.setdefault(segment.question, segment)
        elif first is not None and not has_value_at_end(first.text) and has_value_at_end(segment.text) and surest:
            first.lines += segment.whole  # the formula stood there, and here is what it comes to
        elif kept:
            kept[-1].lines += segment.whole
        else:
            reason = f"{segment.question} is answered further below, and that answer was taken"
            part.unuse(segment.number, "\n".join(segment.whole), reason)
    entries = [(segment.question, segment.text) for segment in kept]
    answered = {segment.question for segment in kept if not segment.blank}
    for question, text, _ in part.inner:
        if question not in answered and text.strip():
            entries.append((question, text))
            answered.add(question)
    return entries
