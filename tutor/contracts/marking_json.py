"""JSON of marked work: contracts, versioned by ``schema``.  Marks are decimals as texts, as every output shows them.

- one student: ``exercise``, ``student``, ``status`` ("marked" or "could not be marked"), ``reason``, ``reveal``, ``marks``,
  ``out_of``, ``first`` (the question that went wrong first), ``person`` [question], ``problems`` [words],
  ``unused`` [{``place``, ``text``, ``reason``}] (what became neither answer nor working), ``waits`` (no grade before a
  person has looked), ``answers`` [{``question``, ``text``, ``read``, ``verdict``, ``outcome``, ``message``, ``marks``, ``out_of``,
  ``tag``, ``slips`` [[{``tag``, ``at``, ``name``, ``done``, ``look``}]], ``follows`` [question], ``line`` {``number``, ``text``,
  ``against``, ``yours``, ``expected``} or null, ``refutation`` {``point`` {name: value}, ``yours``, ``expected``} or null, ``credits``
  [{``operation``, ``amount``, ``reason``}], ``solution`` {``formula``, ``value``} or null,
  ``programs`` (of a question of the kind program, as `tutor.contracts.code_json` has them)}].  What may not be shown is empty or null.
- a class: ``exercise``, ``students``, ``out_of``, ``marks`` {``count``, ``mean``, ``low``, ``lower``, ``median``, ``upper``, ``high``},
  ``bins`` [number] (tenths), ``questions`` [{``question``, ``out_of``, ``mean``, ``verdicts`` {verdict: number}, ``slips``
  [{``tag``, ``answers``}]}], ``misconceptions`` [{``tag``, ``name``, ``answers``, ``perhaps``, ``students`` [student], ``where``
  {question: number}}], ``person`` [{``student``, ``question``, ``verdict``, ``outcome``, ``text``, ``message``}], ``failed``
  [{``student``, ``reason``}], ``problems`` [{``student``, ``problem``}], ``unused`` [{``student``, ``place``, ``text``, ``reason``}],
  ``waiting`` [student].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tutor.code.code_verdicts import CodeVerdict
from tutor.contracts.code_json import code_json
from tutor.contracts.schema import SCHEMA
from tutor.explain.feedback_page import Solution
from tutor.explain.words.wording import ENGLISH
from tutor.expression.plain import write_plain
from tutor.marking.classwork import Classwork
from tutor.marking.disclosure import Reveal
from tutor.marking.marked import BrokenLine, Marked, MarkedAnswer, Refutation
from tutor.marking.marks import points, sum_earned, sum_possible


def feedback(
    marked: Marked, reveal: Reveal, solutions: Mapping[str, Solution], programs: Mapping[str, Sequence[CodeVerdict]] = MappingProxyType({})
) -> dict[str, Any]:
    """The contract of one student's report; ``marked`` holds no more than may be shown."""
    return {
        "schema": SCHEMA,
        "exercise": marked.exercise,
        "student": marked.student,
        "status": marked.status,
        "reason": marked.reason,
        "reveal": reveal,
        "marks": points(sum_earned(marked)),
        "out_of": points(sum_possible(marked)),
        "first": marked.first,
        "person": list(marked.person),
        "problems": list(marked.problems),
        "unused": [{"place": one.place, "text": one.text, "reason": one.reason} for one in marked.unused],
        "waits": marked.waits,
        "answers": [_answer(answer, solutions if reveal == "solution" else {}, programs) for answer in marked.answers],
    }


def _answer(
    answer: MarkedAnswer, solutions: Mapping[str, Solution], programs: Mapping[str, Sequence[CodeVerdict]]
) -> dict[str, Any]:
    return {
        "question": answer.question,
        "text": answer.text,
        "read": answer.read,
        "verdict": answer.verdict,
        "outcome": answer.outcome,
        "message": answer.message,
        "marks": points(answer.marks),
        "out_of": points(answer.out_of),
        "tag": answer.tag,
        "slips": [[_slip(each.tag, each.at) for each in way] for way in answer.slips],
        "follows": list(answer.follows),
        "line": _line(answer.line),
        "refutation": _refutation(answer.refutation),
        "credits": [{"operation": c.operation, "amount": points(c.amount), "reason": c.reason} for c in answer.credits],
        "solution": _solution(solutions[answer.question]) if answer.question in solutions else None,
        "programs": code_json("", programs[answer.question])["programs"] if answer.question in programs else [],
    }


def _slip(tag: str, at: str) -> dict[str, str]:
    said = ENGLISH.marking.slip(tag)
    return {"tag": tag, "at": at, "name": said.name, "done": said.done, "look": said.look}


def _line(line: BrokenLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "number": line.number, "text": line.text, "against": line.against, "yours": line.yours, "expected": line.expected or None,
    }  # fmt: skip


def _refutation(found: Refutation | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"point": dict(found.point), "yours": found.yours, "expected": found.expected or None}


def _solution(found: Solution) -> dict[str, str | None]:
    formula, value = found
    return {"formula": write_plain(formula) if formula is not None else None, "value": value or None}


def classwork(work: Classwork) -> dict[str, Any]:
    """The contract of the report on a class."""
    spread = work.spread
    return {
        "schema": SCHEMA,
        "exercise": work.exercise,
        "students": work.students,
        "out_of": points(work.out_of),
        "marks": {
            "count": spread.count,
            **{name: points(getattr(spread, name)) for name in ("mean", "low", "lower", "median", "upper", "high")},
        },
        "bins": list(work.bins),
        "questions": [
            {
                "question": question.question, "out_of": points(question.out_of), "mean": points(question.mean),
                "verdicts": dict(question.verdicts), "slips": [{"tag": tag, "answers": count} for tag, count in question.slips],
            }
            for question in work.questions
        ],
        "misconceptions": [
            {
                "tag": tag.tag, "name": ENGLISH.marking.name_slip(tag.tag, ENGLISH.code.NAMES), "answers": tag.answers,
                "perhaps": tag.perhaps,
                "students": list(tag.students), "where": dict(tag.where),
            }
            for tag in work.tags
        ],
        "person": [
            {
                "student": item.student, "question": item.question, "verdict": item.verdict, "outcome": item.outcome,
                "text": item.text, "message": item.message,
            }
            for item in work.person
        ],
        "failed": [{"student": student, "reason": reason} for student, reason in work.failed],
        "problems": [{"student": student, "problem": problem} for student, problem in work.problems],
        "unused": [{"student": one.student, "place": one.place, "text": one.text, "reason": one.reason} for one in work.unused],
        "waiting": list(work.waiting),
    }  # fmt: skip
