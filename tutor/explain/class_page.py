"""The report for a grader: how the class did, by question and by misconception, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.explain.document import Bar, Bars, Block, Document, Heading, Inline, Paragraph, Sentence, Table
from tutor.explain.feedback_page import cut, quantity, together
from tutor.explain.words import marking_words as wording
from tutor.marking.classwork import BINS, Classwork, QuestionCount
from tutor.marking.marked import VERDICTS
from tutor.marking.marks import points

ROWS = 200
"""So many rows of a list are shown; all of them are in the data."""
NAMES = 4
"""So many students are named beside a misconception."""
TEXT = 60
"""So many characters of an answer are shown in the list for a person."""


@dataclass(frozen=True, slots=True)
class Room:
    """All that the report on a class is written from; ``asks`` says what a question asks for, by its id."""

    work: Classwork
    title: str = ""
    ident: str = ""
    asks: Mapping[str, str] = field(default_factory=dict)


def document(room: Room) -> Document:
    """The report on a class."""
    return _ClassWriter(room).document()


def charts(room: Room) -> tuple[Bars, ...]:
    """The two charts of a class: students by marks, and the verdicts by question.  Labels are as typed (dL/dw5)."""
    work = room.work
    made: list[Bars] = []
    if work.spread.count:
        tenth = work.out_of / BINS
        bars = [
            Bar(f"{points(tenth * place)} to {points(tenth * (place + 1))}", (count,), str(count))
            for place, count in enumerate(work.bins)
        ]
        made.append(Bars(wording.DISTRIBUTION.format(out_of=points(work.out_of)), tuple(bars)))
    shares = [
        Bar(room.asks.get(question.question, question.question), tuple(count for _, count in question.verdicts), _right(question))
        for question in work.questions if question.count
    ]  # fmt: skip
    if shares:
        legend = tuple(wording.verdict(verdict).legend for verdict in VERDICTS)
        made.append(Bars(wording.SHARES, tuple(shares), legend, shares=True))
    return tuple(made)


def _right(question: QuestionCount) -> str:
    """How many answers are right, beside a bar."""
    return f"{dict(question.verdicts)['correct']} of {question.count} right"


class _ClassWriter:
    """Writes one report."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.work = room.work
        self.blocks: list[Block] = []

    def document(self) -> Document:
        self.numbers()
        self.blocks += charts(self.room)
        self.questions()
        self.tags()
        self.person()
        self.unused()
        self.listed(wording.NOT_MARKED, ("student", "reason"), self.work.failed)
        self.listed(wording.PROBLEMS, ("student", "problem"), self.work.problems)
        one, many = wording.STUDENTS
        students = one if self.work.students == 1 else many.format(count=self.work.students)
        title = wording.CLASS.format(title=self.room.title or self.work.exercise)
        return Document(title, self.room.ident, ((students,),), "", tuple(self.blocks))

    def numbers(self) -> None:
        spread = self.work.spread
        if not spread.count:
            self.blocks.append(Paragraph((wording.NOBODY,), "Marks"))
        else:
            names = ("mean", "median", "lower", "upper", "low", "high")
            shown = {name: points(getattr(spread, name)) for name in names}
            words = wording.SPREAD.format(**shown, out_of=points(self.work.out_of))
            self.blocks.append(Paragraph((f"{words[:1].upper()}{words[1:]}.",), "Marks"))
        if self.work.waiting:
            count = len(self.work.waiting)
            self.blocks.append(Paragraph((wording.WAITING.format(count=count, have="has" if count == 1 else "have"),), wording.FOR_PERSON))
        if self.work.failed:
            count = len(self.work.failed)
            words = wording.UNMARKED.format(count=count, are="is" if count == 1 else "are")
            self.blocks.append(Paragraph((words,), wording.LEFT_OUT))

    def ask(self, question: str) -> Inline:
        return quantity(self.room.asks.get(question, question))

    def questions(self) -> None:
        """A row a question; verdicts that nobody got have no column."""
        found = [question for question in self.work.questions if question.count]
        if not found:
            return
        kinds = [verdict for verdict in VERDICTS if any(dict(question.verdicts)[verdict] for question in found)]
        heads: list[Sentence] = [(wording.HEADS["question"],), (wording.HEADS["mean"],)]
        heads += [(wording.verdict(kind).head,) for kind in kinds]
        rows: list[tuple[Sentence, ...]] = []
        for question in found:
            counts = dict(question.verdicts)
            cells: list[Sentence] = [(self.ask(question.question),)]
            cells.append((f"{points(question.mean)}/{points(question.out_of)}",))
            cells += [(str(counts[kind]) if counts[kind] else "",) for kind in kinds]
            rows.append(tuple(cells))
        self.blocks += [Heading(wording.BY_QUESTION), Table(tuple(heads), tuple(rows), "lr" + "r" * len(kinds))]
        slips: list[tuple[Sentence, ...]] = [
            ((self.ask(question.question),), (wording.explanation(question.slips[0][0]),), (str(question.slips[0][1]),))
            for question in found if question.slips
        ]  # fmt: skip
        if slips:
            heads = [(wording.HEADS[key],) for key in ("question", "slip", "answers")]
            self.blocks.append(Table(tuple(heads), tuple(slips), "llr", (wording.COMMONEST,)))

    def tags(self) -> None:
        self.blocks.append(Heading(wording.BY_SLIP))
        if not self.work.tags:
            self.blocks.append(Paragraph((wording.NO_SLIPS,)))
            return
        heads = tuple((wording.HEADS[key],) for key in ("misconception", "answers", "students", "where"))
        rows: list[tuple[Sentence, ...]] = []
        for tag in self.work.tags:
            count = " + ".join(str(each) for each in (tag.answers, tag.perhaps) if each) or "0"
            if not tag.answers and tag.perhaps:
                count = f"0 + {tag.perhaps}"
            where = together([self.ask(question) for question, _ in tag.where[:NAMES]], "," if len(tag.where) > NAMES else "and")
            where += [wording.MORE_NAMES.format(count=len(tag.where) - NAMES)] if len(tag.where) > NAMES else []
            rows.append(((wording.slip(tag.tag).name,), (count,), (names(tag.students),), tuple(where)))
        self.blocks.append(Table(heads, tuple(rows), "lrll", (wording.SLIP_TABLE,)))

    def person(self) -> None:
        """What a person has to look at, one row an answer."""
        self.blocks.append(Heading(wording.FOR_PERSON))
        if not self.work.person:
            whole = self.work.failed or self.work.problems or self.work.unused
            self.blocks.append(Paragraph((wording.NO_ANSWERS if whole else wording.FOR_NOBODY,)))
            return
        heads = tuple((wording.HEADS[key],) for key in ("student", "question", "why", "text"))
        rows: list[tuple[Sentence, ...]] = []
        for item in self.work.person[:ROWS]:
            why = wording.WHY.get(item.verdict, wording.verdict(item.verdict).words)
            message = item.message.strip().partition("\n")[0]
            why += f": {cut(message, TEXT)}" if message else ""
            rows.append(((cut(item.student, TEXT),), (self.ask(item.question),), (why,), (cut(item.text, TEXT),)))
        self.blocks.append(Table(heads, tuple(rows), "llll"))
        self.more(len(self.work.person))

    def unused(self) -> None:
        """What of submissions was not used, and why."""
        found = self.work.unused
        if not found:
            return
        heads = tuple((wording.HEADS[key],) for key in ("student", "where", "reason", "text"))
        rows = tuple(
            ((cut(one.student, TEXT),), (cut(one.place, TEXT),), (cut(one.reason, 200),), (cut(one.text, TEXT),)) for one in found[:ROWS]
        )
        self.blocks += [Heading(wording.UNUSED_PARTS), Table(heads, rows, "llll")]
        self.more(len(found))

    def listed(self, title: str, heads: Sequence[str], found: Sequence[tuple[str, str]]) -> None:
        """Students, and a sentence about each."""
        if not found:
            return
        rows = tuple(((cut(student, TEXT),), (cut(words, 200),)) for student, words in found[:ROWS])
        self.blocks += [Heading(title), Table(tuple((wording.HEADS[key],) for key in heads), rows, "ll")]
        self.more(len(found))

    def more(self, count: int) -> None:
        if count > ROWS:
            self.blocks.append(Paragraph((wording.MORE_ROWS.format(count=count - ROWS),)))


def names(students: Sequence[str]) -> str:
    """A few students by name, and how many more there are.

    >>> names(["anna", "ben", "cleo", "dan", "eva", "finn"])
    'anna, ben, cleo, dan and 2 more'
    """
    shown = [cut(student, 40) for student in students[:NAMES]]
    if len(students) <= NAMES:
        return wording.listed(shown)
    return ", ".join(shown) + wording.MORE_NAMES.format(count=len(students) - NAMES)
