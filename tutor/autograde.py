"""Assertions for cells of notebooks that otter, nbgrader or anybody else runs.

    from tutor.autograde import assert_correct

    assert_correct("neuron/two-two-two", "dL/dw5", answer)

The words of a failed assertion are feedback: the verdict, the slip that explains it, the student's own text with a caret where it
cannot be read.  They never hold the solution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any

from tutor.answer.handed_in import Submission, Unused
from tutor.answer.read.ids import Ids
from tutor.errors import TutorError
from tutor.exercise.load import load
from tutor.exercise.model import Exercise
from tutor.explain.words.languages import require_wording
from tutor.explain.words.marking_words import is_unpunished
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.limits import MAX_AXES
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import MarkedAnswer
from tutor.text import make_visible

MAX_ENTRIES = 10_000
MAX_SHOWN = 300
_MAPPING = 'write {"dL/dw5": "0.082"}'


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one answer: whether it is correct, its share of the marks (0 to 1), and the words for the student."""

    correct: bool
    share: Fraction
    words: str


def check_answer(exercise: str | Exercise, question: str, answer: Any, *, earlier: Mapping[str, Any] | None = None) -> Checked:
    """Mark one answer of one question.

    ``answer`` is a text, a number, a fraction, or a list or array of them (numpy's and torch's too); numbers are written out with all
    their digits, and nothing is ever evaluated.  ``earlier`` are the student's answers to other questions, for follow-through.

    Raises `TutorError` for an exercise or a question that does not exist, and an answer of another kind.

    >>> check_answer("neuron/two-two-two", "out_o1", 0.7513650695523157).correct
    True
    >>> check_answer("neuron/two-two-two", "dL/dw6", -0.0826676278).words
    'dL/dw6: a known slip. Probably the difference between output and target was taken the other way round, or ...'
    """
    marker = _marker(exercise)
    wanted = question_id(marker, question)
    texts, unused = collect_by_question(marker, {} if earlier is None else earlier)
    if unused:
        raise TutorError(unused[0].reason)
    texts[wanted] = as_text(answer)
    marked = marker.mark(Submission("", texts))
    found = next(each for each in marked.answers if each.question == wanted)
    share = found.marks / found.out_of if found.out_of else Fraction(0)
    said = words(found, require_wording(None, marker.exercise.language))
    return Checked(found.marks == found.out_of and (found.verdict == "correct" or is_unpunished(found)), share, said)


def assert_correct(exercise: str | Exercise, question: str, answer: Any, *, earlier: Mapping[str, Any] | None = None) -> None:
    """Raise `AssertionError` with feedback unless the answer is correct (see `check_answer`).

    >>> assert_correct("neuron/two-two-two", "out_o1", "0.751")
    """
    try:
        checked = check_answer(exercise, question, answer, earlier=earlier)
    except TutorError as error:
        raise AssertionError(str(error)) from None
    if not checked.correct:
        raise AssertionError(checked.words)


def as_text(answer: Any) -> str:
    """An answer as text: floats with all their digits, fractions as such, arrays as rows in brackets.

    Raises `TutorError` for what is none of these.

    >>> as_text(0.1), as_text([[1, 2.5], [Fraction(1, 3), -0.0]])
    ('0.1', '[[1, 2.5], [1/3, -0.0]]')
    """
    listed = getattr(answer, "tolist", None)
    if callable(listed) and not isinstance(answer, str):  # numpy and torch, arrays and single numbers
        shape = tuple(getattr(answer, "shape", ()))
        if len(shape) > MAX_AXES or prod(shape) > MAX_ENTRIES:
            raise TutorError(f"an answer is a number or an array of up to {MAX_AXES} axes, not an array of shape {shape}")
        answer = listed()
    if isinstance(answer, list | tuple):
        if len(answer) > MAX_ENTRIES:
            raise TutorError(f"an answer has at most {MAX_ENTRIES:,} entries, not {len(answer):,}")
        return f"[{', '.join(_part(entry, MAX_AXES - 1) for entry in answer)}]"
    return _write_scalar(answer)


def _part(entry: Any, axes: int) -> str:
    """A part of an array, which has up to so many axes more."""
    listed = getattr(entry, "tolist", None)
    entry = listed() if callable(listed) else entry
    if axes and isinstance(entry, list | tuple):
        return f"[{', '.join(_part(part, axes - 1) for part in entry[:MAX_ENTRIES])}]"
    return _write_scalar(entry)


def _write_scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise TutorError(
            f"an answer is a text, a number or an array of numbers, not {make_visible(type(value).__name__)}",
            hint="a formula is given as text: str(…)",
        )
    return repr(value) if isinstance(value, float) else str(value)


def collect_by_question(marker: Marker, answers: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Unused, ...]]:
    """The answers as texts by question id, and those to questions that do not exist, with near misses.

    Raises `TutorError` for answers that are no mapping from texts, an answer of another kind, and a question that is answered twice.
    """
    if not isinstance(answers, Mapping):
        raise TutorError(f"answers are a mapping from questions to answers, not {make_visible(type(answers).__name__)}", hint=_MAPPING)
    ids = Ids.make(marker.names)
    texts: dict[str, str] = {}
    unused: list[Unused] = []
    for name, value in answers.items():
        if not isinstance(name, str):
            raise TutorError(f"a question is named by a text, not by {make_visible(repr(name)[:200], 80)}", hint=_MAPPING)
        found, text = ids.find(name), as_text(value)
        if not found:
            unused.append(Unused(name[:100], text[:MAX_SHOWN], ids.describe_unknown(name)))
        elif texts.get(found, text) != text:
            raise TutorError(f"{found} is answered more than once", hint="keep one answer")
        else:
            texts[found] = text
    return texts, tuple(unused)


def question_id(marker: Marker, question: str) -> str:
    """The id of a question by its id or by what it asks (``w5 after 1``); raises `TutorError` with near misses."""
    if not isinstance(question, str):
        raise TutorError(f"a question is named by a text, not by {make_visible(repr(question)[:200], 80)}", hint=_MAPPING)
    ids = Ids.make(marker.names)
    found = ids.find(question)
    if not found:
        raise TutorError(ids.describe_unknown(question))
    return found


@lru_cache(maxsize=8)
def _prepare_marker(target: str) -> Marker:
    return Marker(load(target))


def _marker(exercise: str | Exercise) -> Marker:
    return _prepare_marker(exercise) if isinstance(exercise, str) else Marker(exercise)


def words(answer: MarkedAnswer, language: Wording = ENGLISH) -> str:
    """What a student is told of an answer, in one paragraph of a language: verdict, slip, where to look; nothing of the solution."""
    wording = language.marking
    said = [wording.ANSWER_IS.format(question=answer.question, verdict=wording.say_answer(answer))]
    if answer.outcome:
        said.append(wording.OUTCOMES.get(answer.outcome, ""))
    ways = [wording.AND.join(dict.fromkeys(wording.slip(slip.tag).done for slip in slips)) for slips in answer.slips]
    if ways:
        said.append(wording.PROBABLY.format(slips=wording.OR.join(dict.fromkeys(ways))))
    looks = dict.fromkeys(wording.slip(slip.tag).look for slips in answer.slips for slip in slips)
    said += list(looks)[:1]
    if answer.line is not None:
        said.append(wording.LINE_BROKEN.format(number=answer.line.number, line=make_visible(answer.line.text, 200)))
    if answer.verdict == "unreadable" and answer.message:
        said.append("\n" + "\n".join(make_visible(line, 200) for line in answer.message.split("\n")))
    return " ".join(part for part in said if part)
