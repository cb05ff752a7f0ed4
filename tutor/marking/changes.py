"""Two batches compared: whose mark changed, at which question, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tutor.marking.marked import Marked, MarkedAnswer
from tutor.text import guard_cell

COLUMNS = ("student", "question", "old", "new", "old verdict", "new verdict", "why")
ALL = "(total)"
"""Stands for the question where a whole row came, went, or could not be marked."""


@dataclass(frozen=True, slots=True)
class Change:
    """One mark that changed: ``old`` and ``new`` are like ``1/2 of 1``, empty where there was none."""

    student: str
    question: str
    old: str
    new: str
    old_verdict: str
    new_verdict: str
    why: str


def changes(old: Iterable[Marked], new: Sequence[Marked]) -> list[Change]:
    """Whose mark or verdict changed, in the order of the new batch; students who are gone come last.

    >>> from fractions import Fraction
    >>> before = Marked("anna", "e", (MarkedAnswer("q", "2", "wrong", Fraction(0), Fraction(1)),), Fraction(0), Fraction(1))
    >>> after = Marked("anna", "e", (MarkedAnswer("q", "2", "correct", Fraction(1), Fraction(1)),), Fraction(1), Fraction(1), version="2")
    >>> [(c.old, c.new, c.why) for c in changes([before], [after])]
    [('0 of 1', '1 of 1', 'another version of tutor')]
    """
    before = {marked.student: marked for marked in old}
    found = [change for marked in new for change in _student(before.get(marked.student), marked)]
    there = {marked.student for marked in new}
    return found + [change for student, marked in before.items() if student not in there for change in _student(marked, None)]


def differences(old: Sequence[Marked], new: Sequence[Marked]) -> list[str]:
    """What the two batches were marked with, where that differs, as sentences.

    >>> differences([Marked("a", "e", version="0.2")], [Marked("a", "e", version="0.3")])
    ['the version of tutor: 0.2 → 0.3']
    """
    told = []
    for what, of in _ORIGIN:
        first, second = (", ".join(dict.fromkeys(of(marked) for marked in batch)) for batch in (old, new))
        if first != second and old and new:
            told.append(f"{what}: {first or 'not said'} → {second or 'not said'}")
    return told


def to_csv(found: Iterable[Change]) -> str:
    """The changes as CSV, cells guarded against formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for c in found:
        writer.writerow([guard_cell(cell) for cell in (c.student, c.question, c.old, c.new, c.old_verdict, c.new_verdict, c.why)])
    return out.getvalue()


_ORIGIN: tuple[tuple[str, Callable[[Marked], str]], ...] = (
    ("the exercise", lambda marked: marked.exercise),
    ("the exercise's text (hash)", lambda marked: marked.exercise_hash[:12]),
    ("the version of tutor", lambda marked: marked.version),
    ("the seed", lambda marked: str(marked.seed)),
)

_HERE: tuple[tuple[str, Callable[[MarkedAnswer, MarkedAnswer], bool]], ...] = (
    ("the answer changed", lambda old, new: old.text != new.text),
    ("the question gives other marks", lambda old, new: old.out_of != new.out_of),
)
_ORIGINS: tuple[tuple[str, Callable[[Marked, Marked], bool]], ...] = (
    ("another exercise", lambda old, new: old.exercise != new.exercise),
    ("the exercise's text changed", lambda old, new: old.exercise_hash != new.exercise_hash),
    ("another version of tutor", lambda old, new: old.version != new.version),
    ("another seed", lambda old, new: old.seed != new.seed),
)
"""Why a mark may have changed, in the answer and outside of it; all that hold are said."""


def _student(old: Marked | None, new: Marked | None) -> list[Change]:
    if old is None and new is not None:
        return [Change(new.student, ALL, "", _total(new), "", new.status, new.reason or "was not there before")]
    if old is not None and new is None:
        return [Change(old.student, ALL, _total(old), "", old.status, "", "is no longer there")]
    assert old is not None
    assert new is not None
    if "marked" not in (old.status, new.status) or old.status != new.status:
        if (old.status, old.reason) == (new.status, new.reason):
            return []
        return [Change(new.student, ALL, _total(old), _total(new), old.status, new.status, new.reason or "could be marked now")]
    before = {answer.question: answer for answer in old.answers}
    there = {answer.question for answer in new.answers}
    pairs = [(before.get(answer.question), answer) for answer in new.answers]
    gone = [answer for answer in old.answers if answer.question not in there]
    found = [
        Change(new.student, a.question, _marks(b), _marks(a), b.verdict if b else "", a.verdict, _say_why(old, new, b, a))
        for b, a in pairs
        if b is None or (b.marks, b.out_of, b.verdict) != (a.marks, a.out_of, a.verdict)
    ]
    return found + [Change(new.student, b.question, _marks(b), "", b.verdict, "", "no longer asked") for b in gone]


def _say_why(old: Marked, new: Marked, before: MarkedAnswer | None, after: MarkedAnswer) -> str:
    if before is None:
        return "was not asked before"
    told = [reason for reason, holds in _HERE if holds(before, after)]
    told += [reason for reason, holds in _ORIGINS if holds(old, new)]
    if before.text == after.text and [a.text for a in old.answers] != [a.text for a in new.answers]:
        told.append("another answer changed")
    if before.tag != after.tag:
        told.append(f"diagnosed as {after.tag or 'nothing known'}, before as {before.tag or 'nothing known'}")
    if before.follows != after.follows and after.follows:
        told.append(f"follows from {', '.join(after.follows)}")
    return "; ".join(told) or "not known"


def _total(marked: Marked) -> str:
    return f"{marked.marks} of {marked.out_of}"


def _marks(answer: MarkedAnswer | None) -> str:
    return f"{answer.marks} of {answer.out_of}" if answer else ""
