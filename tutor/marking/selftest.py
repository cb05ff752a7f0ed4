"""A mark scheme's own tests: each ``[[case]]`` of an exercise is marked, and held against what it says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tutor.answer.handed_in import Submission
from tutor.errors import hint_near
from tutor.exercise.model import Exercise
from tutor.exercise.question import Case
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import MarkedAnswer
from tutor.text import make_visible


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case: the answer as it was marked, and what differs from what the case says (nothing when it holds)."""

    exercise: str
    number: int
    case: Case
    answer: MarkedAnswer | None
    differs: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the case holds."""
        return not self.differs


def self_test(exercise: Exercise, seed: int = 0) -> list[CaseResult]:
    """Mark every case of an exercise.

    Raises `ExerciseError` where the exercise cannot be marked at all.

    >>> from tutor.exercise.load import load
    >>> all(result.ok for result in self_test(load("neuron/two-two-two")))
    True
    """
    if not exercise.cases:
        return []
    named = [name for case in exercise.cases for name in (case.question, *(question for question, _ in case.earlier))]
    marker = Marker(exercise, seed=seed, also=() if exercise.questions else named)
    return [_result(marker, exercise.id, number, case) for number, case in enumerate(exercise.cases, 1)]


def find_stray_cases(marker: Marker) -> list[str]:
    """What is to be said about cases that name a question which is not there: they test nothing.

    >>> from tutor.exercise.load import load
    >>> find_stray_cases(Marker(load("dl/bce")))
    []
    """
    found = ((number, _describe_unknown(marker, case)) for number, case in enumerate(marker.exercise.cases, 1))
    return [f"case {number}: {words}" for number, words in found if words]


def _describe_unknown(marker: Marker, case: Case) -> str:
    known = [question.id for question in marker.questions]
    for name in (case.question, *(question for question, _ in case.earlier)):
        if name not in known and (marker.exercise.questions or name not in marker.sheet.working.by_name):
            return f"there is no question {make_visible(name, 80)}; {hint_near(name, known)}".rstrip("; ")
    return ""


def _result(marker: Marker, ident: str, number: int, case: Case) -> CaseResult:
    unknown = _describe_unknown(marker, case)
    if unknown:
        return CaseResult(ident, number, case, None, (unknown,))
    marked = marker.mark(Submission("case", {**dict(case.earlier), case.question: case.answer}))
    answer = next(answer for answer in marked.answers if answer.question == case.question)
    differs = []
    if answer.verdict != case.verdict:
        differs.append(f"the verdict is {answer.verdict}, not {case.verdict}")
    told = answer.tag.split(" | ")
    if case.tag not in ("", answer.outcome) and not all(way in told for way in case.tag.split(" | ")):
        differs.append(f"the tag is {answer.tag or answer.outcome or 'empty'}, not {case.tag}")
    share = answer.marks / answer.out_of if answer.out_of else Fraction(0)
    if case.credit is not None and share != case.credit:
        differs.append(f"the credit is {share}, not {case.credit}")
    return CaseResult(ident, number, case, answer, tuple(differs))
