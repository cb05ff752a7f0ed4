"""The report for a grader: how the class did, by question and by misconception, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.explain.document import Bar, Bars, Block, Document, Heading, Inline, Paragraph, Sentence, Table
from tutor.explain.feedback_page import cut, quantity
from tutor.explain.words.marking_words import MarkingWords
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.written_maths import set_title
from tutor.marking.classwork import BINS, Classwork, QuestionCount
from tutor.marking.marked import VERDICTS
from tutor.marking.marks import points
from tutor.notation.profile import Notation

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
    words: Wording = ENGLISH


def document(room: Room) -> Document:
    """The report on a class."""
    return _ClassWriter(room).document()


def charts(room: Room) -> tuple[Bars, ...]:
    """The two charts of a class: students by marks, and the verdicts by question.  Labels are as typed (dL/dw5)."""
    work, wording = room.work, room.words.marking
    made: list[Bars] = []
    if work.spread.count:
        tenth = work.out_of / BINS
        bars = [
            Bar(wording.BIN.format(low=points(tenth * place), high=points(tenth * (place + 1))), (count,), str(count))
            for place, count in enumerate(work.bins)
        ]
        made.append(Bars(wording.DISTRIBUTION.format(out_of=points(work.out_of)), tuple(bars)))
    shares = [
        Bar(
            room.asks.get(question.question, question.question),
            tuple(count for _, count in question.verdicts),
            _count_right(question, wording),
        )
        for question in work.questions if question.count
    ]  # fmt: skip
    if shares:
        legend = tuple(wording.verdict(verdict).legend for verdict in VERDICTS)
        made.append(Bars(wording.SHARES, tuple(shares), legend, shares=True))
    return tuple(made)


def _count_right(question: QuestionCount, words: MarkingWords) -> str:
    """How many answers are right, beside a bar."""
    return words.RIGHT_OF.format(right=dict(question.verdicts)["correct"], count=question.count)


class _ClassWriter:
    """Writes one report."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.work = room.work
        self.words = room.words.marking
        self.in_programs = room.words.code.NAMES
        self.blocks: list[Block] = []

    def document(self) -> Document:
        self.numbers()
        self.blocks += charts(self.room)
        self.questions()
        self.tags()
        self.person()
        self.add_unused()
        self.add_list(self.words.NOT_MARKED, ("student", "reason"), self.work.failed)
        self.add_list(self.words.PROBLEMS, ("student", "problem"), self.work.problems)
        students = self.words.grammar.count(self.words.STUDENTS, self.work.students)
        title = self.words.CLASS.format(title=self.room.title or self.work.exercise)
        title, headline = set_title(title, Notation())
        return Document(title, self.room.ident, ((students,),), (), tuple(self.blocks), self.room.words.language, headline=headline)

    def numbers(self) -> None:
        spread = self.work.spread
        if not spread.count:
            self.blocks.append(Paragraph((self.words.NOBODY,), self.words.LABELS["marks"]))
        else:
            names = ("mean", "median", "lower", "upper", "low", "high")
            shown = {name: points(getattr(spread, name)) for name in names}
            words = self.words.SPREAD.format(**shown, out_of=points(self.work.out_of))
            self.blocks.append(Paragraph((words,), self.words.LABELS["marks"]))
        if self.work.waiting:
            words = self.words.grammar.count(self.words.WAITING, len(self.work.waiting))
            self.blocks.append(Paragraph((words,), self.words.FOR_PERSON))
        if self.work.failed:
            words = self.words.grammar.count(self.words.UNMARKED, len(self.work.failed))
            self.blocks.append(Paragraph((words,), self.words.LEFT_OUT))

    def ask(self, question: str) -> Inline:
        return quantity(self.room.asks.get(question, question), self.words)

    def questions(self) -> None:
        """A row a question; verdicts that nobody got have no column."""
        found = [question for question in self.work.questions if question.count]
        if not found:
            return
        kinds = [verdict for verdict in VERDICTS if any(dict(question.verdicts)[verdict] for question in found)]
        heads: list[Sentence] = [(self.words.HEADS["question"],), (self.words.HEADS["mean"],)]
        heads += [(self.words.verdict(kind).head,) for kind in kinds]
        rows: list[tuple[Sentence, ...]] = []
        for question in found:
            counts = dict(question.verdicts)
            cells: list[Sentence] = [(self.ask(question.question),)]
            cells.append((self.words.COUNTED_QUESTION.format(mean=points(question.mean), out_of=points(question.out_of)),))
            cells += [(str(counts[kind]) if counts[kind] else "",) for kind in kinds]
            rows.append(tuple(cells))
        self.blocks += [Heading(self.words.BY_QUESTION), Table(tuple(heads), tuple(rows), "lr" + "r" * len(kinds))]
        slips: list[tuple[Sentence, ...]] = [
            ((self.ask(question.question),), (self.words.explanation(tag, self.in_programs),), (str(count),))
            for question in found for tag, count in question.slips[:1]
        ]  # fmt: skip
        if slips:
            heads = [(self.words.HEADS[key],) for key in ("question", "slip", "answers")]
            self.blocks.append(Table(tuple(heads), tuple(slips), "llr", (self.words.COMMONEST,)))

    def tags(self) -> None:
        self.blocks.append(Heading(self.words.BY_SLIP))
        if not self.work.tags:
            self.blocks.append(Paragraph((self.words.NO_SLIPS,)))
            return
        heads = tuple((self.words.HEADS[key],) for key in ("misconception", "answers", "students", "where"))
        rows: list[tuple[Sentence, ...]] = []
        for tag in self.work.tags:
            count = self.words.SLIP_COUNT.format(sure=tag.answers, perhaps=tag.perhaps) if tag.perhaps else str(tag.answers)
            where = [self.ask(question) for question, _ in tag.where]
            students = names(tag.students, self.words)
            rows.append(((self.words.name_slip(tag.tag, self.in_programs),), (count,), (students,), tuple(name_some(where, self.words))))
        self.blocks.append(Table(heads, tuple(rows), "lrll", (self.words.SLIP_TABLE,)))

    def person(self) -> None:
        """What a person has to look at, one row an answer."""
        self.blocks.append(Heading(self.words.FOR_PERSON))
        if not self.work.person:
            whole = self.work.failed or self.work.problems or self.work.unused
            self.blocks.append(Paragraph((self.words.NO_ANSWERS if whole else self.words.FOR_NOBODY,)))
            return
        heads = tuple((self.words.HEADS[key],) for key in ("student", "question", "why", "text"))
        rows: list[tuple[Sentence, ...]] = []
        for item in self.work.person[:ROWS]:
            why = self.words.WHY.get(item.verdict, self.words.verdict(item.verdict).words)
            message = item.message.strip().partition("\n")[0]
            why = self.words.WHY_MESSAGE.format(why=why, message=self.cut(message)) if message else why
            rows.append(((self.cut(item.student),), (self.ask(item.question),), (why,), (self.cut(item.text),)))
        self.blocks.append(Table(heads, tuple(rows), "llll"))
        self.add_more(len(self.work.person))

    def add_unused(self) -> None:
        """What of submissions was not used, and why."""
        found = self.work.unused
        if not found:
            return
        heads = tuple((self.words.HEADS[key],) for key in ("student", "where", "reason", "text"))
        rows = tuple(
            ((self.cut(one.student),), (self.cut(one.place),), (self.cut(one.reason, 200),), (self.cut(one.text),)) for one in found[:ROWS]
        )
        self.blocks += [Heading(self.words.UNUSED_PARTS), Table(heads, rows, "llll")]
        self.add_more(len(found))

    def add_list(self, title: str, heads: Sequence[str], found: Sequence[tuple[str, str]]) -> None:
        """Students, and a sentence about each."""
        if not found:
            return
        rows = tuple(((self.cut(student),), (self.cut(words, 200),)) for student, words in found[:ROWS])
        self.blocks += [Heading(title), Table(tuple((self.words.HEADS[key],) for key in heads), rows, "ll")]
        self.add_more(len(found))

    def cut(self, text: str, limit: int = TEXT) -> str:
        """A text from outside, cut where it is long."""
        return cut(text, self.words, limit)

    def add_more(self, count: int) -> None:
        if count > ROWS:
            self.blocks.append(Paragraph((self.words.MORE_ROWS.format(count=count - ROWS),)))


def names(students: Sequence[str], words: MarkingWords) -> str:
    """A few students by name, and how many more there are.

    >>> names(["anna", "ben", "cleo", "dan", "eva", "finn"], MarkingWords())
    'anna, ben, cleo, dan and 2 more'
    """
    return "".join(map(str, name_some([cut(student, words, 40) for student in students], words)))


def name_some(parts: Sequence[Inline], words: MarkingWords) -> list[Inline]:
    """A few things as a list in a sentence, and how many more there are."""
    if len(parts) <= NAMES:
        return words.join_parts(parts)
    shown = words.grammar.enumerate_parts(parts[:NAMES], words.COMMA, words.COMMA)
    return split_places(words.NAMES_AND_MORE, {"names": shown, "count": [words.grammar.write_count(len(parts) - NAMES)]})
