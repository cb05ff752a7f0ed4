"""Marking one submission: a pure function of the exercise, the seed and the answers.

    marker = Marker(load("neuron/two-two-two"))
    marker.mark(Submission("anna", {"dL/dw5": "0.082"}))

The marker is made once an exercise and only read afterwards, apart from tables that are filled when they are first needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from tutor.answer.compare.figures import written_decimal
from tutor.answer.handed_in import AnswerError, Submission
from tutor.answer.read.array_answers import read_entries
from tutor.answer.read.choices import read_choice
from tutor.answer.read.entered import array_of
from tutor.answer.read.reading import MAX_LENGTH
from tutor.answer.read.spots import refusal
from tutor.answer.read.working_lines import Line as Member
from tutor.answer.read.working_lines import read_lines
from tutor.derive.working import referred
from tutor.errors import TutorError
from tutor.exercise.model import Exercise
from tutor.exercise.question import Question
from tutor.expression.nodes import Expr, Name
from tutor.expression.plain import plain
from tutor.marking.credit import credits_for, fold
from tutor.marking.edges import as_meant, edges
from tutor.marking.judge import Earlier, Judge, Judged
from tutor.marking.judge_lines import answer_of, first_broken, rounded_figures, without_question
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import Credit, Line, Marked, MarkedAnswer, Outcome, Slip, Verdict
from tutor.marking.written import last_place
from tutor.version import VERSION

RIGHT = ("correct", "follow-through")
PERSON = ("undecided", "unreadable")
MOST_MEANT = 20
"""In a line of more members than this a derivative is what it says, and no edge."""
_LISTS = ("vector", "matrix", "column")
_DECIMAL_COMMA = re.compile(r"\d,\d")


@dataclass(frozen=True, slots=True)
class _Read:
    """One answer, read: its members, and which of them is the answer."""

    members: tuple[Member, ...]
    place: int

    @property
    def expr(self) -> Expr | AnswerError:
        return self.members[self.place].expr


class Marker:
    """Marks submissions to one exercise.

    ``questions`` are what is asked, declared or generated.  Raises `ExerciseError` for an exercise that cannot be asked as it says.

    >>> from tutor.exercise.load import load
    >>> marker = Marker(load("neuron/two-two-two"))
    >>> [answer.verdict for answer in marker.mark(Submission("anna", {"out_o1": "0.751"})).answers if answer.text]
    ['correct']
    """

    def __init__(self, exercise: Exercise, seed: int = 0) -> None:
        self.exercise = exercise
        self.seed = seed
        self.sheet = Sheet(exercise, seed)
        self.judge = Judge(self.sheet)
        self.questions = self.sheet.questions
        self.edges = edges(self.sheet.working)

    def mark(self, submission: Submission) -> Marked:
        """Mark all answers; what is not answered is blank."""
        found: dict[str, MarkedAnswer] = {}
        read: dict[str, Expr] = {}
        with np.errstate(all="ignore"):  # what is no finite number in floats is judged with more digits, or is no number
            self._answers(submission, found, read)
        self._break_circles(found, read)
        answers = tuple(found[question.id] for question in self.questions)
        in_order = [found[question.id] for question in self.sheet.marking_order]
        return Marked(
            submission.student, self.exercise.id, answers, sum((a.marks for a in answers), Fraction(0)),
            sum((a.out_of for a in answers), Fraction(0)), _first(in_order), problems=submission.problems,
            person=tuple(a.question for a in answers if a.verdict in PERSON), source=submission.source, fields=dict(submission.fields),
            version=VERSION, exercise_hash=self.exercise.digest, input_hash=submission.digest, seed=self.seed,
        )  # fmt: skip

    def _answers(self, submission: Submission, found: dict[str, MarkedAnswer], read: dict[str, Expr]) -> None:
        """Mark the answers in the order of the computation."""
        earlier = Earlier()
        for question in self.sheet.marking_order:
            text, refused = submission.answers.get(question.id, ""), submission.refused.get(question.id, "")
            if refused:
                found[question.id] = self.made(question, text, Judged("unreadable", message=refused))
            else:
                found[question.id] = self.answer(question, text, earlier, read)

    def answer(self, question: Question, text: str, earlier: Earlier, read: dict[str, Expr]) -> MarkedAnswer:
        """Mark one answer, and keep it for those that follow from it."""
        if not text.strip():
            return self.made(question, text, Judged("blank"))
        self.judge.begin()
        try:
            if question.kind == "choice":
                return self.choice(question, text)
            if len(text) > MAX_LENGTH:
                what = f"an answer of {len(text):,} characters is over the limit of {MAX_LENGTH:,}"
                raise AnswerError(what, hint="write only what is asked for")
            if question.kind in _LISTS:
                return self.entries(question, text, earlier)
            return self.single(question, text, earlier, read)
        except AnswerError as error:
            return self.made(question, text, Judged("unreadable", message=_message(error)))

    def single(self, question: Question, text: str, earlier: Earlier, read: dict[str, Expr]) -> MarkedAnswer:
        """A number, an expression, a fraction or a chain, with its line of working."""
        target = question.targets[0]
        formula = question.kind in ("expression", "chain")
        members = self._as_meant(without_question(read_lines(text, self.sheet.vocabulary), target), target)
        if not members:
            raise AnswerError("there is no answer in this", hint="write a number or a formula")
        taken = _Read(tuple(members), answer_of(members, formula=formula))
        expr = taken.expr
        if isinstance(expr, AnswerError):
            raise expr
        read[question.id] = expr
        judged = self.one(question, target, expr, earlier, formula=formula)
        if not formula and judged.verdict in ("misconception", "wrong") and self.rounded_on_the_way(question, target, taken):
            return self.made(question, text, Judged("follow-through", "rounded-early"), read=plain(expr))
        if judged.verdict in ("wrong", "misconception") and judged.outcome == "":
            for member in members:
                if isinstance(member.expr, AnswerError):  # what decides may stand in it: a person looks
                    raise member.expr
        line = self.line(question, target, taken, judged, formula=formula)
        if line is not None and judged.verdict in RIGHT and not judged.outcome:
            judged = replace(judged, outcome="broken-line")
        return self.made(question, text, judged, line=line, read=plain(expr))

    def _as_meant(self, members: list[Member], target: str) -> list[Member]:
        """The members with ∂c/∂a as the derivative along one edge where that is what is meant."""
        if not self.edges or len(members) > MOST_MEANT:
            return members
        return [
            member if isinstance(member.expr, AnswerError)
            else replace(member, expr=as_meant(member.expr, target, self.edges, self.sheet.points))
            for member in members
        ]  # fmt: skip

    def rounded_on_the_way(self, question: Question, target: str, taken: _Read) -> bool:
        """Whether a wrong number is what right but rounded figures come to: its own, or those of the line before it."""
        own = taken.expr
        if isinstance(own, AnswerError) or "fraction" in (question.form, question.kind) or target not in self.sheet.truth:
            return False
        env = self.sheet.numbers.env
        goal = float(env[target][0]) if target in env else None
        if goal is None or referred(own):
            return False
        if written_decimal(own) is None:
            return rounded_figures(own, goal, env)
        before = taken.members[taken.place - 1].expr if taken.place else None
        if before is None or isinstance(before, AnswerError) or referred(before) or not rounded_figures(before, goal, env):
            return False
        try:
            return self.judge.against(own, self.judge.value(before), question.tolerance) in ("right", "near")
        except TutorError:
            return False

    def one(self, question: Question, target: str, expr: Expr, earlier: Earlier, *, formula: bool) -> Judged:
        """Judge one value or formula and keep it for what follows."""
        if formula:
            judged = self.judge.formula(question, target, expr, earlier)
            carried = self.judge.carried_formula(target, expr)
            if carried is not None and judged.verdict not in PERSON and judged.outcome != "typed-back":
                number = None
                if self.sheet.truth:
                    try:
                        number = self.judge.carried_number(target, self.judge.value(expr))
                    except TutorError:
                        number = None
                earlier.put(target, question.id, right=judged.verdict == "correct", formula=carried, number=number)
            return judged
        judged = self.judge.number(question, target, expr, earlier)
        if judged.verdict not in PERSON and judged.outcome != "typed-back":
            try:
                value = self.judge.value(expr)
            except TutorError:
                return judged
            number = self.judge.carried_number(target, value)
            if number is not None:
                earlier.put(target, question.id, right=judged.verdict == "correct", number=number, unit=last_place(expr))
        return judged

    def line(self, question: Question, target: str, taken: _Read, judged: Judged, *, formula: bool) -> Line | None:
        """The first line of working that does not hold, if there is more than one."""
        if len(taken.members) < 2 or judged.verdict in PERSON or judged.outcome == "typed-back":
            return None
        goal = judged.goal
        if goal is None and target in self.sheet.truth:
            goal = float(self.sheet.numbers.env[target][0])
        env = self.sheet.numbers.env if self.sheet.truth and target not in self.sheet.whole else {}
        if formula and judged.verdict == "follow-through":
            return None
        own = taken.expr
        points = self.sheet.points if formula and not isinstance(own, AnswerError) else None
        return first_broken(taken.members, target, goal, env, points)

    def entries(self, question: Question, text: str, earlier: Earlier) -> MarkedAnswer:
        """A vector, a matrix or a column: every entry is judged by itself."""
        rows = read_entries(array_of(text, self.sheet.vocabulary), self.sheet.vocabulary)
        cells = [cell for row in rows for cell in row]
        if len(cells) != len(question.targets):
            for cell in cells:
                if isinstance(cell, AnswerError):
                    raise cell
            if comma := _DECIMAL_COMMA.search(text):
                hint = "a decimal is written with a point: 0.5"
                raise refusal(text, "a comma between two digits separates entries", comma.start() + 1, hint)
            message = f"{len(cells)} entr{'y' if len(cells) == 1 else 'ies'} where {len(question.targets)} are asked"
            return self.made(question, text, Judged("wrong", message=message))
        if self.transposed(question, rows):
            slips = ((Slip("weights-transposed", question.targets[0]),),)
            return self.made(question, text, Judged("misconception", slips=slips, message="rows and columns are exchanged"))
        if len(question.shape) == 2 and 1 not in question.shape and len(rows) not in (1, question.shape[0]):
            shape, asked = f"{len(rows)}×{len(rows[0])}", "×".join(map(str, question.shape))
            return self.made(question, text, Judged("wrong", message=f"a matrix of shape {shape} where {asked} is asked"))
        formula = not self.sheet.truth
        each: list[Judged] = []
        for target, cell in zip(question.targets, cells, strict=True):
            if isinstance(cell, AnswerError):
                each.append(Judged("unreadable", message=_message(cell)))
            else:
                each.append(self.one(question, target, cell, earlier, formula=formula))
        shown = "; ".join(", ".join("?" if isinstance(cell, AnswerError) else plain(cell) for cell in row) for row in rows)
        judged = _together(question, each)
        scheme = self.exercise.scheme
        share = sum((fold(credits_for(one.verdict, one.outcome, one.slips, scheme)) for one in each), Fraction(0)) / len(each)
        return self.made(question, text, judged, read=f"[{shown}]", share=share)

    def transposed(self, question: Question, rows: Sequence[Sequence[Expr | AnswerError]]) -> bool:
        """Whether a matrix is right, and only right, with its rows and columns exchanged."""
        shape = question.shape
        if len(shape) != 2 or 1 in shape or len(rows) != shape[1] or any(len(row) != shape[0] for row in rows) or not self.sheet.truth:
            return False
        turned = [cell for column in zip(*rows, strict=True) for cell in column]
        own = [cell for row in rows for cell in row]
        return self.all_right(question, turned) and not (shape[0] == shape[1] and self.all_right(question, own))

    def all_right(self, question: Question, cells: Sequence[Expr | AnswerError]) -> bool:
        """Whether all entries are the true ones."""
        for target, cell in zip(question.targets, cells, strict=True):
            truth = self.sheet.truth.get(target)
            if isinstance(cell, AnswerError) or truth is None or referred(cell):
                return False
            if self.judge.against(cell, truth, question.tolerance) not in ("right", "near"):
                return False
        return True

    def choice(self, question: Question, text: str) -> MarkedAnswer:
        """A choice among options."""
        letters = read_choice(text, question.options)
        right = set(letters) == set(question.right)
        return self.made(question, text, Judged("correct" if right else "wrong"), read=", ".join(letters))

    def made(
        self, question: Question, text: str, judged: Judged, *, line: Line | None = None, read: str = "", share: Fraction | None = None
    ) -> MarkedAnswer:  # fmt: skip
        """An answer with its marks; ``share`` is what the entries of a list come to."""
        credits = (
            credits_for(judged.verdict, judged.outcome, judged.slips, self.exercise.scheme) if share is None
            else (Credit("award", share, "the mean over the entries"),)
        )  # fmt: skip
        return MarkedAnswer(
            question.id, text, judged.verdict, fold(credits) * question.marks, question.marks, credits, read, judged.slips,
            judged.follows, judged.outcome, line, judged.refutation, judged.message,
        )  # fmt: skip

    def _break_circles(self, found: dict[str, MarkedAnswer], read: Mapping[str, Expr]) -> None:
        """Answers that are explained by each other explain nothing: each on such a circle is said to be, and gets no marks."""
        owner = {question.targets[0]: question.id for question in self.questions if question.kind in ("expression", "chain")}
        edges = {
            ident: {owner[name] for name in referred(expr) if name in owner} for ident, expr in read.items()
            if found[ident].outcome == ""
        }  # fmt: skip
        for ident in on_circles(edges):
            if found[ident].verdict in RIGHT:
                question = self.sheet.by_id[ident]
                own = found[ident]
                found[ident] = self.made(question, own.text, Judged("wrong", "circular"), read=own.read)

    def solution(self, question: str) -> tuple[Expr | None, str]:
        """The formula of the step that a question is about and its right value as text; for ``--reveal solution``."""
        from tutor.numbers.printed import exact_text

        asked = self.sheet.by_id[question]
        if asked.kind == "choice":
            return None, ", ".join(asked.right)
        works = [self.sheet.work(target) for target in asked.targets]
        values = [self.sheet.truth[target] for target in asked.targets if target in self.sheet.truth]
        shown = [exact_text(value, 6) for value in values] if asked.kind not in ("expression", "chain") else []
        expr = works[0].expr if len(works) == 1 and works[0] is not None else None
        if expr is None and len(asked.targets) == 1 and not shown:
            expr = Name(asked.targets[0])
        return expr, shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]" if shown else ""


def on_circles(edges: Mapping[str, set[str]]) -> list[str]:
    """The nodes of a graph that lie on a circle of two or more, in their order.

    >>> on_circles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    ['a', 'b']
    """
    found = []
    for start in edges:
        seen: set[str] = set()
        stack = [name for name in edges[start] if name != start]
        while stack:
            name = stack.pop()
            if name == start:
                found.append(start)
                break
            if name not in seen:
                seen.add(name)
                stack.extend(edges.get(name, ()))
    return found


def _together(question: Question, each: list[Judged]) -> Judged:
    """The verdict on a list of entries.

    It is right if all entries are, follows through if all are right or follow, is unreadable if one entry is, and else what the first
    wrong entry is.
    """
    follows = tuple(dict.fromkeys(name for judged in each for name in judged.follows if name != question.id))
    waiting = next((judged for judged in each if judged.verdict in PERSON), None)
    if waiting is not None:
        return waiting
    wrong = next((judged for judged in each if judged.verdict not in RIGHT), None)
    if wrong is None:
        verdict: Verdict = "correct" if all(judged.verdict == "correct" for judged in each) else "follow-through"
        outcome: Outcome = next((judged.outcome for judged in each if judged.outcome), "")
        return Judged(verdict, outcome, follows=follows)
    count = sum(judged.verdict not in RIGHT for judged in each)
    verb = "is" if count == 1 else "are"
    message = f"{count} of {len(each)} entries {verb} not right, the first is number {each.index(wrong) + 1}"
    return replace(wrong, follows=follows, message=message)


def _first(answers: list[MarkedAnswer]) -> str:
    """The question that went wrong first, in the order of the computation; else the first that could not be judged."""
    for verdicts in (("misconception", "wrong"), PERSON):
        for answer in answers:
            if answer.verdict in verdicts and answer.marks < answer.out_of:
                return answer.question
    return ""


def _message(error: AnswerError) -> str:
    return str(error)
