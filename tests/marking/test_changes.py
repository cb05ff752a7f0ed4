"""Whose mark changed between two markings, and why."""

from fractions import Fraction

import pytest

from tutor.marking.changes import changes, differences, to_csv
from tutor.marking.marked import Marked, MarkedAnswer, Slip


def answer(question="q", text="2", verdict="wrong", marks=0, **more):
    return MarkedAnswer(question, text, verdict, Fraction(marks), Fraction(1), **more)


def student(*answers, name="anna", **more):
    return Marked(name, "e", answers, sum((a.marks for a in answers), Fraction(0)), Fraction(len(answers)), **more)


CHANGES = [  # before, after: (question, old, new, old verdict, new verdict, why)
    (
        student(answer()), student(answer(text="3", verdict="correct", marks=1)),
        [("q", "0 of 1", "1 of 1", "wrong", "correct", "the answer changed")],
    ),
    (student(answer()), student(answer()), []),
    (
        student(answer(), exercise_hash="1"), student(answer(verdict="correct", marks=1), exercise_hash="2"),
        [("q", "0 of 1", "1 of 1", "wrong", "correct", "the exercise's text changed")],
    ),
    (
        student(answer(), answer("r")), student(answer(text="3"), answer("r", verdict="follow-through", marks=1, follows=("q",))),
        [("r", "0 of 1", "1 of 1", "wrong", "follow-through", "another answer changed; follows from q")],
    ),
    (
        student(answer(), version="1"),
        student(answer(verdict="misconception", slips=((Slip("missing-path", "dL/dh"),),)), version="2"),
        [("q", "0 of 1", "0 of 1", "wrong", "misconception",
          "another version of tutor; diagnosed as missing-path, before as nothing known")],
    ),
    (student(answer()), student(answer(), answer("r")), [("r", "", "0 of 1", "", "wrong", "was not asked before")]),
    (student(answer(), answer("r")), student(answer()), [("r", "0 of 1", "", "wrong", "", "no longer asked")]),
    (
        student(answer()), Marked("anna", "e", status="could not be marked", reason="too slow"),
        [("(total)", "0 of 1", "0 of 0", "marked", "could not be marked", "too slow")],
    ),
    (
        Marked("anna", "e", status="could not be marked", reason="too slow"), student(answer()),
        [("(total)", "0 of 0", "0 of 1", "could not be marked", "marked", "could be marked now")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_whose_mark_changed_and_why(before, after, expected):
    found = changes([before], [after])
    assert [(c.question, c.old, c.new, c.old_verdict, c.new_verdict, c.why) for c in found] == expected
    assert {c.student for c in found} <= {"anna"}


def test_students_who_came_and_went():
    found = changes([student(answer(), name="zoe"), student(answer())], [student(answer()), student(answer(), name="=ben")])
    assert [(c.student, c.why) for c in found] == [("=ben", "was not there before"), ("zoe", "is no longer there")]
    assert "'=ben,(total),,0 of 1," in to_csv(found)


def test_what_the_batches_were_marked_with():
    old, new = [student(version="1", seed=0)], [student(version="2", seed=3)]
    assert differences(old, new) == ["the version of tutor: 1 → 2", "the seed: 0 → 3"]
    assert differences(old, old) == differences([], new) == []
