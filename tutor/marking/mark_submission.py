"""Marking one submission: a pure function of the exercise, the seed and the answers.

    marker = Marker(load("neuron/two-two-two"))
    marker.mark(Submission("anna", {"dL/dw5": "0.082"}))

The marker is made once an exercise and only read afterwards, apart from tables that are filled when they are first needed.  One marker
serves any number of students at once: what is known of a student is in a value (`Earlier`) that `Marker.judge` takes and gives back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import prod
from threading import RLock

from tutor.answer.compare.figures import write_decimal
from tutor.answer.handed_in import Submission, is_blank
from tutor.answer.read.asked_names import AskedNames
from tutor.answer.read.number_forms import has_decimal_commas
from tutor.derive.working import list_referred, write_printed
from tutor.errors import TutorError
from tutor.exercise.model import Exercise
from tutor.exercise.question import WITHOUT_VALUES, Question, Tolerance
from tutor.expression.nodes import Expr, Name
from tutor.marking.credit import total
from tutor.marking.diagnose import Diagnosis
from tutor.marking.judge import Earlier, Judge, Judged
from tutor.marking.judge_answer import AnswerJudge, award
from tutor.marking.judge_arrays import is_array_right
from tutor.marking.judge_programs import mark_program
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import PERSON, RIGHT, Marked, MarkedAnswer
from tutor.numbers.arithmetic import Value
from tutor.numbers.arrays import np
from tutor.version import VERSION

_BLANK = Judged("blank")
COMMAS_READ = "commas between digits are read as those of decimals: 0,5 as 0.5"
_ONE_AT_A_TIME = RLock()
"""Numbers of many digits share one precision in a process, so that of several threads one judges at a time."""


class Marker:
    """Marks submissions to one exercise.

    ``questions`` are what is asked, declared or generated, and the single quantities in ``also``.

    Raises `ExerciseError` for an exercise that cannot be asked as it says.

    >>> from tutor.exercise.load import load
    >>> marker = Marker(load("neuron/two-two-two"))
    >>> [answer.verdict for answer in marker.mark(Submission("anna", {"out_o1": "0.751"})).answers if answer.text]
    ['correct']
    """

    def __init__(self, exercise: Exercise, seed: int = 0, also: Sequence[str] = ()) -> None:
        self.exercise = exercise
        self.seed = seed
        self.sheet = Sheet(exercise, seed, also)
        self.diagnosis = Diagnosis(self.sheet)
        self.questions = self.sheet.questions

    @cached_property
    def names(self) -> AskedNames:
        """All that the questions may be called.

        >>> from tutor.exercise.load import load
        >>> Marker(load("neuron/two-two-two")).names.find(r"\\frac{dE}{dw_5}")
        'dL/dw5'
        """
        return self.list_names(self.questions)

    def list_names(self, asked: Sequence[Question]) -> AskedNames:
        """All that some questions about this exercise may be called."""
        if self.exercise.graph is None:
            return AskedNames.make_of_questions(asked)
        arrays = any(question.shape for question in asked) and self.sheet.layers is not None
        return AskedNames.make_of_questions(asked, self.sheet.vocabulary, *((self.sheet.array_vocabulary,) if arrays else ()))

    def judge(self, question: Question | str, text: str, earlier: Earlier | None = None) -> tuple[MarkedAnswer, Earlier]:
        """Mark one answer to a question (or its id), after the student's ``earlier`` ones: the marked answer, and what is known then.

        Pure: the same question, text and earlier results always give the same, whatever else is marked before or meanwhile.

        >>> from tutor.exercise.load import load
        >>> marker = Marker(load("neuron/two-two-two"))
        >>> first, known = marker.judge("out_h1", "0.7")
        >>> second, known = marker.judge("in_o1", "1.1486", known)
        >>> first.verdict, second.verdict, second.follows, list(known.results)
        ('wrong', 'follow-through', ('out_h1',), ['out_h1', 'in_o1'])
        """
        asked = self.sheet.by_id[question] if isinstance(question, str) else question
        if is_blank(text):
            return self._mark_blank(asked, text), earlier or Earlier()
        comma = asked.kind != "program" and self._has_commas([text])
        with _ONE_AT_A_TIME, np.errstate(all="ignore"):  # what is no finite number in floats is judged with more digits, or is no number
            return self._judge(asked, text, earlier or Earlier(), comma=comma)

    def is_value(self, expr: Expr, value: Value, tolerance: Tolerance) -> bool:
        """Whether a number that was typed is a value, to the digits that are asked for; of no question, so that nothing is kept of it."""
        with _ONE_AT_A_TIME, np.errstate(all="ignore"):
            try:
                return Judge(self.sheet, self.diagnosis).compare_with(expr, write_decimal(expr), value, tolerance) in ("right", "near")
            except TutorError:
                return False

    def is_array(self, question: Question, text: str) -> bool:
        """Whether an answer is right for a question about a whole array; of no question, so that nothing is kept of it."""
        with _ONE_AT_A_TIME, np.errstate(all="ignore"):
            return is_array_right(AnswerJudge(self.sheet, self.diagnosis, question, text, Earlier(), comma=self._has_commas([text])))

    def _judge(self, question: Question, text: str, earlier: Earlier, *, comma: bool) -> tuple[MarkedAnswer, Earlier]:
        if question.kind == "program":
            return mark_program(question, text, self.exercise.scheme), earlier
        judged = AnswerJudge(self.sheet, self.diagnosis, question, text, earlier, comma=comma)
        return judged.mark(), judged.earlier

    def _has_commas(self, texts: Iterable[str]) -> bool:
        """Whether a comma between digits is that of a decimal: the exercise says so, or all of these texts are written so."""
        return self.exercise.scheme.decimal_comma or has_decimal_commas(texts)

    def _mark_blank(self, question: Question, text: str) -> MarkedAnswer:
        return award(question, text, _BLANK, self.exercise.scheme)

    def mark(self, submission: Submission) -> Marked:
        """Mark all answers in the order of the computation; what is not answered is blank."""
        marked: dict[str, MarkedAnswer] = {}
        earlier = Earlier()
        problems = submission.problems
        programs = {question.id for question in self.questions if question.kind == "program"}
        if comma := self._has_commas(text for ident, text in submission.answers.items() if ident not in programs):
            problems = (*problems, COMMAS_READ)
        with _ONE_AT_A_TIME, np.errstate(all="ignore"):  # once for all answers
            for question in self.sheet.marking_order:
                text, refused = submission.answers.get(question.id, ""), submission.refused.get(question.id, "")
                if refused:
                    marked[question.id] = award(question, text, Judged("unreadable", message=refused), self.exercise.scheme)
                elif not is_blank(text):
                    marked[question.id], earlier = self._judge(question, text, earlier, comma=comma)
                else:
                    marked[question.id] = self._mark_blank(question, text)
        marked = self.settle(marked, earlier)
        answers = tuple(marked[question.id] for question in self.questions)
        in_order = [marked[question.id] for question in self.sheet.marking_order if question.id not in programs]
        return Marked(
            submission.student, self.exercise.id, answers,
            total(a.marks for a in answers), total(a.out_of for a in answers), _find_first_wrong(in_order), problems=problems,
            person=tuple(a.question for a in answers if a.verdict in PERSON), source=submission.source, fields=dict(submission.fields),
            version=VERSION, exercise_hash=self.exercise.digest, input_hash=submission.digest, seed=self.seed, unused=submission.unused,
        )  # fmt: skip

    def settle(self, marked: Mapping[str, MarkedAnswer], earlier: Earlier) -> dict[str, MarkedAnswer]:
        """The answers when all are in: those that are explained by each other explain nothing, and get no marks."""
        formulas = {ident: named for ident, expr in earlier.read.items() if (named := list_referred(expr))}
        if not formulas:
            return dict(marked)
        owners: dict[str, set[str]] = {}
        for ident in formulas:
            owners.setdefault(self.sheet.by_id[ident].targets[0], set()).add(ident)
        uses = {
            ident: {other for name in named for other in owners.get(name, ()) if other != ident} for ident, named in formulas.items()
        }
        settled = dict(marked)
        for ident in list_on_circles(uses):
            own = marked[ident]
            if own.verdict in RIGHT or own.outcome == "typed-back":
                settled[ident] = award(
                    self.sheet.by_id[ident], own.text, Judged("wrong", "circular"), self.exercise.scheme, read=own.read
                )
        return settled

    def solution(self, question: Question | str) -> tuple[Expr | None, str]:
        """The formula of the step that a question (or its id) is about and its right value as text; for ``--reveal solution``."""
        from tutor.numbers.printed import as_exact_text

        asked = self.sheet.by_id[question] if isinstance(question, str) else question
        if asked.kind in ("choice", "program"):
            return None, ", ".join(asked.right)
        works = [self.sheet.work(target) for target in asked.targets]
        values = [self.sheet.truth[target] for target in asked.targets if target in self.sheet.truth]
        shown = [as_exact_text(value, 6) for value in values] if asked.kind not in WITHOUT_VALUES else []
        expr = works[0].expr if len(works) == 1 and works[0] is not None else None
        if asked.array and asked.kind == "expression" and (step := self.sheet.layer_steps.get(asked.array)) is not None:
            expr = step.expr
        elif expr is not None:
            expr = write_printed(expr, asked.targets[0], self.sheet.steps)
        if expr is None and len(asked.targets) == 1 and not shown:
            expr = Name(asked.targets[0])
        if len(asked.shape) > 1 and len(shown) == prod(asked.shape):  # row after row, as it is answered
            return expr, nest_texts(shown, asked.shape)
        return expr, shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]" if shown else ""


def nest_texts(entries: Sequence[str], shape: Sequence[int]) -> str:
    """The entries of an array as nested lists, as they are answered.

    >>> nest_texts(["1", "2", "3", "4"], (2, 2))
    '[[1, 2], [3, 4]]'
    """
    parts = list(entries)
    for size in shape[::-1]:
        parts = [f"[{', '.join(parts[place : place + size])}]" for place in range(0, len(parts), size)]
    return parts[0]


def list_on_circles(edges: Mapping[str, set[str]]) -> list[str]:
    """The nodes of a graph that lie on a circle of two or more, in their order.

    >>> list_on_circles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
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


def _find_first_wrong(answers: list[MarkedAnswer]) -> str:
    """The question that went wrong first, in the order of the computation; what cannot be read is not wrong."""
    wrong = (one for one in answers if one.verdict in ("close", "misconception", "wrong") and one.marks < one.out_of)
    return next((answer.question for answer in wrong), "")
