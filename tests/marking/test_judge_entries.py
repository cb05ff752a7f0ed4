"""The entries of an array: in a large computation only some wrong ones are looked into, and what explains these stands for the others."""

from types import SimpleNamespace

import pytest

from tutor.answer.handed_in import AnswerError
from tutor.expression.nodes import Number
from tutor.marking.judge import Judged
from tutor.marking.judge_entries import count_explained, judge_entries
from tutor.marking.marked import Slip

CELLS = [Number("1"), Number("2"), Number("3"), Number("4")]
TARGETS = ["a", "b", "c", "d"]


def judge_with(tags, most, cells=CELLS):
    judge = SimpleNamespace(explains=True)
    looked = []

    def judge_one(target, cell):
        tag = tags[target]
        if tag is None:
            return Judged("correct")
        if not judge.explains:
            return Judged("wrong")
        looked.append(target)
        return Judged("misconception", slips=((Slip(tag, target),),)) if tag else Judged("wrong")

    each = judge_entries(judge, judge_one, TARGETS, cells, most)
    assert judge.explains
    return [judged.verdict for judged in each], looked


@pytest.mark.parametrize(
    ("tags", "most", "verdicts", "looked"),
    [
        ("xxxx", 9, ["misconception"] * 4, TARGETS),
        ("xxxx", 2, ["misconception"] * 4, ["a", "b"]),
        ("xyxx", 2, ["misconception", "misconception", "wrong", "wrong"], ["a", "b"]),
        ("x-xx", 1, ["misconception", "correct", "misconception", "misconception"], ["a"]),
        ("xxxx", 0, ["wrong"] * 4, []),
        (" xxx", 1, ["wrong"] * 4, ["a"]),
    ],
)
def test_what_is_looked_into(tags, most, verdicts, looked):
    named = {name: None if tag == "-" else tag.strip() for name, tag in zip(TARGETS, tags, strict=True)}
    assert judge_with(named, most) == (verdicts, looked)


def test_an_entry_that_cannot_be_read_is_told():
    verdicts, _ = judge_with(dict.fromkeys(TARGETS), 1, [AnswerError("no number"), *CELLS[1:]])
    assert verdicts == ["unreadable", "correct", "correct", "correct"]


def test_small_computations_are_looked_into_whole():
    assert count_explained(0) > 10_000 < count_explained(30)
    assert count_explained(10**6) == 3
