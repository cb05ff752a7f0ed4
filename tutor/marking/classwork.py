"""The marked work of a class, counted: by question, by verdict, by misconception, and what a person has to look at.

Only numbers, names and tags; the words are those of `tutor.explain.class_page`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tutor.marking.marked import VERDICTS, Marked, MarkedAnswer, Outcome, Verdict
from tutor.marking.marks import PLACES, sum_earned, sum_possible, units

BINS = 10
"""The distribution of marks has so many steps, each a tenth of what could be earned."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How marks are spread.  The quartiles lie between two marks in proportion (the usual one of spreadsheets); all exact."""

    count: int = 0
    mean: Fraction = Fraction(0)
    low: Fraction = Fraction(0)
    lower: Fraction = Fraction(0)
    median: Fraction = Fraction(0)
    upper: Fraction = Fraction(0)
    high: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """One question over the class.

    ``verdicts`` has a number for each of `VERDICTS`; ``slips`` the explanations, commonest first, with how many answers each
    explains (one that fits two slips equally well counts as ``a | b``).
    """

    question: str
    out_of: Fraction
    mean: Fraction
    verdicts: tuple[tuple[Verdict, int], ...]
    slips: tuple[tuple[str, int], ...] = ()

    @property
    def count(self) -> int:
        """The answers that were marked, blank ones included."""
        return sum(number for _, number in self.verdicts)


@dataclass(frozen=True, slots=True)
class TagCount:
    """One misconception over the class.

    ``answers`` show it for certain, ``perhaps`` so many more that another slip explains as well; ``students`` are those of both, in
    the order of the class; ``where`` the questions with their number of answers, in the order of the questions.
    """

    tag: str
    answers: int
    perhaps: int
    students: tuple[str, ...]
    where: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ForPerson:
    """An answer that a person has to look at."""

    student: str
    question: str
    verdict: Verdict
    outcome: Outcome
    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A part of a submission that was not used: a person has to look at it."""

    student: str
    place: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Classwork:
    """A class, counted.

    ``students`` counts everybody, ``failed`` are those whose work could not be marked, with the reason; the spread and ``bins`` (how
    many in each tenth of ``out_of``; the last one includes full marks) are those of the others.  ``problems`` are faults of
    submissions that were marked all the same.  ``unused`` are the parts of submissions that were not used, ``waiting`` the students who
    have no grade before a person has looked.
    """

    exercise: str = ""
    students: int = 0
    out_of: Fraction = Fraction(0)
    spread: Spread = Spread()
    bins: tuple[int, ...] = (0,) * BINS
    questions: tuple[QuestionCount, ...] = ()
    tags: tuple[TagCount, ...] = ()
    person: tuple[ForPerson, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    unused: tuple[NotUsed, ...] = ()
    waiting: tuple[str, ...] = ()


def count(works: Iterable[Marked], questions: Sequence[str] = ()) -> Classwork:
    """A class, counted in one pass; ``questions`` gives their order (else that in which they are met).

    >>> count([Marked("anna", "x", marks=Fraction(1), out_of=Fraction(2)), Marked("ben", "x", out_of=Fraction(2))]).spread.mean
    Fraction(1, 2)
    """
    counter = _Counter({name: _Question() for name in questions})
    for marked in works:
        counter.add(marked)
    return counter.finish_count()


def spread(marks: Iterable[Fraction]) -> Spread:
    """The spread of some marks.

    >>> spread([Fraction(each) for each in (1, 2, 3, 4)]).lower
    Fraction(7, 4)
    """
    ordered = sorted(marks)
    if not ordered:
        return Spread()
    quarters = [_interpolate(ordered, Fraction(part, 4)) for part in range(5)]
    return Spread(len(ordered), sum(ordered, Fraction(0)) / len(ordered), *quarters)


def _interpolate(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """The value at a part of the way from the first to the last."""
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(slots=True)
class _Question:
    out_of: Fraction = Fraction(0)
    units: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    slips: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Tag:
    answers: int = 0
    perhaps: int = 0
    students: dict[str, None] = field(default_factory=dict)
    where: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Counter:
    """The numbers while the class is walked over."""

    questions: dict[str, _Question]
    tags: dict[str, _Tag] = field(default_factory=dict)
    marks: list[Fraction] = field(default_factory=list)
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    person: list[ForPerson] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    unused: list[NotUsed] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    exercise: str = ""
    out_of: Fraction = Fraction(0)
    students: int = 0

    def add(self, marked: Marked) -> None:
        self.students += 1
        self.exercise = self.exercise or marked.exercise
        self.unused += [NotUsed(marked.student, one.place, one.text, one.reason) for one in marked.unused]
        if marked.status != "marked":
            self.failed.append((marked.student, marked.reason))
            return
        self.waiting += [marked.student] if marked.waits else []
        got, most = sum_earned(marked), sum_possible(marked)
        self.out_of = max(self.out_of, most)
        self.marks.append(got)
        self.bins[bin_of(got, most)] += 1
        self.problems += [(marked.student, problem) for problem in marked.problems]
        answers = {answer.question: answer for answer in marked.answers}
        for answer in marked.answers:
            self.answer(marked.student, answer)
        for name in marked.person:
            answer = answers.get(name) or MarkedAnswer(name, "", "undecided", Fraction(0), Fraction(0))
            self.person.append(
                ForPerson(marked.student, name, answer.verdict, answer.outcome, answer.text, answer.message)
            )

    def answer(self, student: str, answer: MarkedAnswer) -> None:
        question = self.questions.get(answer.question)
        if question is None:
            question = self.questions[answer.question] = _Question()
        if answer.out_of is not question.out_of:
            question.out_of = max(question.out_of, answer.out_of)
        question.units += units(answer.marks)
        question.verdicts[answer.verdict] += 1
        if not answer.slips:
            return
        question.slips[answer.tag] += 1
        sets = [{slip.tag for slip in slips} for slips in answer.slips]
        certain = set.intersection(*sets)
        for name in dict.fromkeys(slip.tag for slips in answer.slips for slip in slips):
            tag = self.tags.setdefault(name, _Tag())
            tag.answers += name in certain
            tag.perhaps += name not in certain
            tag.students[student] = None
            tag.where[answer.question] += 1

    def finish_count(self) -> Classwork:
        """Everything counted; the misconceptions of most students first."""
        order = {name: place for place, name in enumerate(self.questions)}
        tags = [
            TagCount(
                name, tag.answers, tag.perhaps, tuple(tag.students),
                tuple((question, tag.where[question]) for question in sorted(tag.where, key=order.__getitem__)),
            )
            for name, tag in self.tags.items()
        ]  # fmt: skip
        tags.sort(key=lambda tag: (-len(tag.students), -tag.answers, -tag.perhaps, tag.tag))
        return Classwork(
            self.exercise, self.students, self.out_of, spread(self.marks), tuple(self.bins),
            tuple(_count_question(name, question) for name, question in self.questions.items()), tuple(tags),
            tuple(self.person), tuple(self.failed), tuple(self.problems), tuple(self.unused), tuple(self.waiting),
        )  # fmt: skip


def bin_of(marks: Fraction, out_of: Fraction) -> int:
    """The tenth in which a mark lies, from 0; full marks are in the last."""
    return min(max(int(marks * BINS / out_of), 0), BINS - 1) if out_of > 0 else 0


def _count_question(name: str, question: _Question) -> QuestionCount:
    answers = sum(question.verdicts.values())
    return QuestionCount(
        name, question.out_of, Fraction(question.units, 10**PLACES * max(answers, 1)),
        tuple((verdict, question.verdicts[verdict]) for verdict in VERDICTS), _order_counts(question.slips),
    )  # fmt: skip


def _order_counts(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Commonest first; equally common ones by their names."""
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
