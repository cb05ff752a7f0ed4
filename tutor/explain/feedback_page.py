"""The report for one student: marks, the first wrong step, what was probably done, what follows from it only, what to look at next.

What may be shown is decided before, in `tutor.marking.disclosure`: this module writes whatever is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.code.code_verdicts import CodeVerdict
from tutor.exercise.question import Question, labels
from tutor.explain.code_page import write_verdicts
from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Heading,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    Table,
    Verbatim,
)
from tutor.explain.said_causes import WAYS, write_slips
from tutor.explain.words.marking_words import MarkingWords, is_unpunished
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.written_maths import set_title
from tutor.expression.keys import make_after_key, read_after
from tutor.expression.nodes import Div, Expr, Name, Number, Partial
from tutor.marking.disclosure import Reveal
from tutor.marking.marked import BrokenLine, Credit, Marked, MarkedAnswer
from tutor.marking.marks import points, sum_earned, sum_possible, total
from tutor.notation.profile import Notation
from tutor.numbers.agreement import is_decimal

Solution = tuple[Expr | None, str]
"""The formula of an answer (or None) and its value as it is shown."""

OPEN = ("undecided", "unreadable")
"""Verdicts of answers that a person has to look at, whatever else is known."""
SHOWN = 400
"""So many characters of an answer are quoted."""
LINES = 12
BLANK = 4
"""More questions without an answer are listed below the table."""
MANY = 60
"""Lists of problems are cut there."""

_PARTIAL = re.compile(r"d([A-Za-z]\w{0,40})/d([A-Za-z]\w{0,40})")
_NAME = re.compile(r"[A-Za-z]\w{0,40}(@[0-9]{1,4})?")
_AFTER = re.compile(r"([A-Za-z]\w{0,40}) after ([0-9]{1,4})")
_FRACTION = re.compile(r"([-−]?[0-9]{1,30})/([0-9]{1,30})")


@dataclass(frozen=True, slots=True)
class FeedbackSheet:
    """All that a student's report is written from.

    ``marked`` holds no more than ``reveal`` allows (see `tutor.marking.disclosure.disclose`).  ``rules`` says by quantity what kind of
    rule its step needs ("the chain rule"); ``solutions`` has formula and value by question and is read only where the solution may be
    shown.  ``programs`` are the verdicts on the programs that were handed in, by question.
    """

    marked: Marked
    reveal: Reveal
    title: str = ""
    ident: str = ""
    notation: Notation = field(default_factory=Notation)
    questions: Sequence[Question] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    solutions: Mapping[str, Solution] = field(default_factory=dict)
    words: Wording = ENGLISH
    programs: Mapping[str, Sequence[CodeVerdict]] = field(default_factory=dict)


def document(sheet: FeedbackSheet) -> Document:
    """The report of one student."""
    return _FeedbackWriter(sheet).document()


def quantity(ask: str, words: MarkingWords) -> Inline:
    """What is asked, as maths where it is a name or a derivative, else in plain words.

    >>> quantity("dL/dw5", MarkingWords())
    Math(expr=Partial(of='L', wrt='w5'))
    """
    if found := _PARTIAL.fullmatch(ask):
        return Math(Partial(found[1], found[2]))
    if found := _AFTER.fullmatch(ask):
        return words.AFTER.format(name=found[1], count=found[2]).replace(" ", "\N{NO-BREAK SPACE}")
    return Math(Name(ask)) if _NAME.fullmatch(ask) else cut(ask, words, 80)


def value(text: str, words: MarkingWords) -> Inline:
    """A value given as text: a number as maths, anything else as words."""
    plain = text.strip().replace("−", "-")
    if len(plain) <= 60 and plain.isascii() and is_decimal(plain) and not plain.startswith("+"):
        return Math(Number(plain))
    if found := _FRACTION.fullmatch(plain):
        return Math(Div(Number(found[1]), Number(found[2])))
    return cut(text, words)


def cut(text: str, words: MarkingWords, limit: int = SHOWN) -> str:
    """A text from outside, cut where it is long, with its length said."""
    return text if len(text) <= limit else text[:limit] + words.CUT.format(count=len(text))


def verbatim(text: str, words: MarkingWords) -> Verbatim:
    """Several lines as they were typed, cut where they are many or long."""
    lines = text[: 4 * SHOWN].splitlines()
    kept = "\n".join(lines[:LINES])
    more = len(lines) > LINES or len(text) > 4 * SHOWN
    return Verbatim(kept + ("\n" + words.CUT.format(count=len(text)) if more else ""))


class _FeedbackWriter:
    """Writes one report."""

    def __init__(self, sheet: FeedbackSheet) -> None:
        self.sheet = sheet
        self.marked = sheet.marked
        self.words = sheet.words.marking
        self.asks = labels(sheet.questions)
        self.targets = {question.id: question.targets for question in sheet.questions}
        self.blocks: list[Block] = []

    def document(self) -> Document:
        marked = self.marked
        self.head()
        if marked.status == "marked":
            self.overview()
            self.add_first()
            self.add_each()
            self.solution()
        title, headline = set_title(self.words.FEEDBACK.format(title=self.sheet.title or marked.exercise), self.sheet.notation)
        return Document(title, self.sheet.ident, self.facts(), (), tuple(self.blocks), self.sheet.words.language, headline=headline)

    # What is said about the whole

    def facts(self) -> tuple[Sentence, ...]:
        if self.marked.status != "marked":
            return ()
        count = len(self.list_for_person())
        phrase = self.words.MARKS_OPEN if count else self.words.MARKS
        return ((phrase.format(marks=points(sum_earned(self.marked)), out_of=points(sum_possible(self.marked)), count=count),),)

    def list_for_person(self) -> list[str]:
        """The questions that a person has to look at."""
        found = [answer.question for answer in self.marked.answers if answer.verdict in OPEN]
        return list(dict.fromkeys([*found, *self.marked.person]))

    def head(self) -> None:
        marked = self.marked
        name = marked.fields.get("name", "") or " ".join(
            part for part in (marked.fields.get("first name", ""), marked.fields.get("last name", "")) if part
        )
        both = name and name != marked.student
        shown = self.words.NAMED.format(name=name, student=marked.student) if both else marked.student
        if shown:
            self.say("student", self.cut(shown, 200))
        if marked.status != "marked":
            self.blocks.append(Paragraph((self.words.FAILED,)))
            self.put(self.words.REASON, self.cut(marked.reason))
        for problem in marked.problems[:MANY]:
            self.put(self.words.PROBLEM, self.cut(problem))
        for part in marked.unused[:MANY]:
            told = self.words.UNUSED_PART.format(text=part.text, reason=part.reason) if part.text else part.reason
            self.put(self.words.UNUSED, self.cut(self.words.UNUSED_AT.format(place=part.place, part=told) if part.place else told))
        left = len(marked.problems) - MANY
        if left > 0:
            self.put(self.words.PROBLEM, self.words.MORE_ROWS.format(count=left))

    def say(self, label: str, *parts: Inline) -> None:
        """A paragraph with one of the labels in front."""
        self.put(self.words.LABELS[label], *parts)

    def put(self, label: str, *parts: Inline) -> None:
        self.blocks.append(Paragraph(tuple(part for part in parts if part), label))

    def cut(self, text: str, limit: int = SHOWN) -> str:
        """A text from outside, cut where it is long."""
        return cut(text, self.words, limit)

    def value(self, text: str) -> Inline:
        """A value given as text."""
        return value(text, self.words)

    def quantity(self, ask: str) -> Inline:
        """What is asked, as maths where that is possible."""
        return quantity(ask, self.words)

    def join_parts(self, questions: Sequence[str]) -> list[Inline]:
        """Questions as a list in a sentence."""
        return self.words.join_parts([self.ask(question) for question in questions])

    def ask(self, question: str) -> Inline:
        """What a question asks for, as it is shown in a sentence."""
        return self.quantity(self.asks.get(question, question))

    def step(self, name: str) -> Inline:
        """A step of the derivation, by what it computes: ``w5@1`` is w5 after 1."""
        after = read_after(name)
        return self.quantity(f"{after.key} after {after.updates}" if after.updates and _NAME.fullmatch(name) else name)

    def overview(self) -> None:
        """Marks and verdict of each question."""
        heads = [(self.words.HEADS[key],) for key in ("question", "marks", "verdict")]
        rows: list[tuple[Sentence, ...]] = []
        waiting = set(self.list_for_person())
        blank = [answer for answer in self.marked.answers if answer.verdict == "blank"]
        together_blank = len(blank) > BLANK
        for answer in self.marked.answers:
            if together_blank and answer.verdict == "blank":
                continue
            words = self.words.say_answer(answer)
            if answer.question in waiting and answer.verdict not in OPEN:
                words += "; " + self.words.TO_PERSON
            rows.append(((self.ask(answer.question),), (self.write_mark(answer),), (words,)))
        if rows:
            self.blocks.append(Table(tuple(heads), tuple(rows), "lll"))
        if together_blank:
            marks = self.words.OF.format(marks=points(total(a.marks for a in blank)), out_of=points(total(a.out_of for a in blank)))
            named = self.join_parts([answer.question for answer in blank])
            self.put("", *split_places(self.words.NO_ANSWER, {"count": [str(len(blank))], "marks": [marks], "questions": named}))
        if rows and all(answer.verdict == "correct" and not answer.outcome for answer in self.marked.answers):
            self.blocks.append(Paragraph((self.words.ALL_RIGHT,)))
        if waiting:
            self.put("", *split_places(self.words.PERSON, {"which": self.join_parts(self.list_for_person())}))

    def write_mark(self, answer: MarkedAnswer) -> str:
        """The mark of an answer; no number where a person decides."""
        if answer.verdict in OPEN:
            return self.words.OPEN_MARK.format(out_of=points(answer.out_of))
        return self.words.OF.format(marks=points(answer.marks), out_of=points(answer.out_of))

    def add_first(self) -> None:
        """The answer that went wrong first, and which ones are wrong only because of others."""
        caused: dict[tuple[str, ...], list[str]] = {}
        for answer in self.marked.answers:
            if answer.verdict == "follow-through" and answer.follows:
                caused.setdefault(answer.follows, []).append(answer.question)
        begun = [answer for answer in self.marked.answers if answer.question == self.marked.first]
        first = "" if any(map(is_unpunished, begun)) else self.marked.first
        if not first and not caused:
            return
        self.blocks.append(Heading(self.words.FIRST))
        if first:
            right = any(answer.verdict == "correct" for answer in begun)
            self.put("", *split_places(self.words.FIRST_PARTLY if right else self.words.FIRST_IS, {"question": [self.ask(first)]}))
        for roots, answers in caused.items():
            forms = self.words.grammar.choose(self.words.ONLY_BECAUSE, len(roots))
            places = {"answers": self.join_parts(answers), "reasons": self.join_parts(roots)}
            self.put("", *split_places(self.words.grammar.choose(forms, len(answers)), places))

    # What is said about an answer

    def add_each(self) -> None:
        """Everything that is known about each answer that is not simply right."""
        for answer in self.marked.answers:
            if self.has_more_to_say(answer):
                self.blocks.append(Heading(self.words.OF_QUESTION.format(mark=self.write_mark(answer)), (self.ask(answer.question),)))
                self.answer(answer)

    def has_more_to_say(self, answer: MarkedAnswer) -> bool:
        """Whether there is more to say about an answer than the table and the list of what follows from what say."""
        if answer.outcome or answer.line or answer.message:
            return True
        if self.sheet.reveal == "none" or answer.verdict == "blank":
            return False
        return answer.verdict not in ("correct", "follow-through") or answer.marks < answer.out_of

    def answer(self, answer: MarkedAnswer) -> None:
        if answer.question in self.sheet.programs:
            self.blocks += write_verdicts(self.sheet.programs[answer.question], self.sheet.words)
            if answer.message.strip() and answer.verdict != "undecided":
                self.put(self.words.REASON, self.cut(answer.message.strip()))
            if answer.verdict not in OPEN:
                self.say("marks", self.credits(answer))
            return
        if answer.verdict == "unreadable" and answer.message:
            self.blocks += [Paragraph((self.words.UNREAD,)), verbatim(answer.message, self.words)]
        elif "\n" in answer.text.strip():
            self.blocks.append(verbatim(answer.text, self.words))
        elif answer.text.strip():
            self.say("answer", self.cut(answer.text.strip()))
        if answer.read and answer.read != answer.text.strip() and answer.verdict != "unreadable":
            self.put("", *split_places(self.words.READ, {"answer": [self.value(answer.read)]}))
        if answer.verdict == "unreadable" and answer.message:
            return
        words = self.words.grammar.sentence(self.words.say_answer(answer))
        self.say("verdict", " ".join(part for part in (words, self.words.OUTCOMES.get(answer.outcome, "")) if part))
        if answer.message and "\n" in answer.message.strip():
            self.blocks.append(verbatim(answer.message, self.words))
        elif answer.message.strip():
            self.put(self.words.REASON, self.cut(answer.message.strip()))
        if answer.follows:
            self.add_follows(answer)
        if answer.slips:
            self.say("slip", *write_slips(answer.slips, self.words, self.step))
        if answer.line is not None:
            self.line(answer.line)
        self.point(answer)
        self.add_next(answer)
        if len(answer.credits) > 1 or (answer.credits and 0 < answer.marks < answer.out_of):
            self.say("marks", self.credits(answer))

    def add_follows(self, answer: MarkedAnswer) -> None:
        phrase = self.words.BESIDES
        if answer.outcome == "rounded-early" and answer.verdict == "correct":
            phrase = self.words.ROUNDED_FROM
        elif answer.verdict in ("follow-through", "correct"):
            phrase = self.words.FROM_OWN
        self.say("because", *split_places(phrase, {"answers": self.join_parts(answer.follows)}))

    def line(self, line: BrokenLine) -> None:
        places: dict[str, list[Inline]] = {
            "number": [str(line.number)], "line": [self.cut(line.text.strip())], "yours": [self.value(line.yours)],
            "expected": [self.value(line.expected)],
        }  # fmt: skip
        parts = split_places(self.words.LINE[line.against], places)
        if line.computed:
            parts += split_places(self.words.LINE_VALUES if line.expected else self.words.LINE_YOURS, places)
        self.say("working", *parts)

    def point(self, answer: MarkedAnswer) -> None:
        """A point at which the answer is refuted; without the expected value where it would give the answer away."""
        point = answer.refutation
        if point is None or not point.yours or not (point.point or point.expected):
            return
        where: list[Inline] = []
        for place, (name, given) in enumerate(point.point[:8]):
            where += [self.words.COMMA if place else "", self.quantity(name), " = ", self.value(given)]
        phrase = self.words.POINT[("at" if where else "values") + ("" if point.expected else ", hidden")]
        places = {"point": where, "yours": [self.value(point.yours)], "expected": [self.value(point.expected)]}
        self.say("point", *split_places(phrase, places))

    def add_next(self, answer: MarkedAnswer) -> None:
        """The next thing to look at, from what is known best: a slip, an outcome, a rule, a point."""
        if self.sheet.reveal == "none" or answer.verdict in (*OPEN, "blank"):
            return
        if answer.slips:
            looks = dict.fromkeys(self.words.slip(slip.tag).look for way in answer.slips[:WAYS] for slip in way)
            self.say("next", " ".join(looks))
        elif answer.outcome:
            self.say("next", self.words.NEXT_OUTCOMES.get(answer.outcome, self.words.LOOK_AGAIN))
        elif answer.verdict == "close":
            self.say("next", self.words.NEXT_CLOSE)
        elif answer.verdict == "wrong":
            rules = [self.sheet.rules[name] for name in self.targets.get(answer.question, ()) if name in self.sheet.rules]
            if rules:
                named = self.words.list_words(list(dict.fromkeys(rules))[:3])
                self.say("next", *split_places(self.words.NEXT_STEP, {"step": [self.ask(answer.question)], "rules": [named]}))
            else:
                away = answer.refutation is not None and bool(answer.refutation.expected)
                self.say("next", self.words.NEXT_POINT if away else self.words.NEXT_VALUES)

    def credits(self, answer: MarkedAnswer) -> str:
        said = "; ".join(self.credit(credit, answer) for credit in answer.credits[:8])
        return self.words.CREDITED.format(marks=self.write_mark(answer), operations=said)

    def credit(self, credit: Credit, answer: MarkedAnswer) -> str:
        """One operation in words.  Awards and caps are fractions of the marks, said as marks."""
        amount = credit.amount * answer.out_of if credit.operation in ("award", "cap") else credit.amount
        known = self.words.SLIPS.get(credit.reason)
        reason = known.name if known else self.cut(self.words.REASONS.get(credit.reason, credit.reason), 120)
        table = self.words.CREDITS if reason else self.words.CREDITS_BARE
        return table[credit.operation].format(amount=points(amount), reason=reason)

    def solution(self) -> None:
        """What is right, where it may be shown."""
        if self.sheet.reveal != "solution" or not self.sheet.solutions:
            return
        equations: list[Equation] = []
        words: list[Block] = []
        for answer in self.marked.answers:
            if answer.question not in self.sheet.solutions:
                continue
            formula, text = self.sheet.solutions[answer.question]
            ask, shown = self.ask(answer.question), self.value(text) if text else ""
            if found := _AFTER.fullmatch(self.asks.get(answer.question, answer.question)):
                ask = self.quantity(make_after_key(found[1], int(found[2])))
            if isinstance(ask, Math) and (formula is not None or isinstance(shown, Math)):
                sides = [Side(formula)] if formula is not None else []
                if isinstance(shown, Math) and shown.expr != formula:
                    sides.append(Side(shown.expr, result=True))
                equations.append(Equation(ask.expr, tuple(sides)))
                if isinstance(shown, Math) or not shown:
                    continue
                words.append(Paragraph((ask, " = ", shown)))
                continue
            named = ask if isinstance(ask, Math) else f"{ask}: "
            middle: list[Inline] = [Math(formula), *([" = "] if shown else [])] if formula is not None else []
            words.append(Paragraph((named, *([" = "] if isinstance(ask, Math) else []), *middle, shown)))
        self.blocks.append(Heading(self.words.SOLUTION))
        if equations:
            self.blocks.append(Equations(tuple(equations)))
        self.blocks += words
