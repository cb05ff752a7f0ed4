"""What all formats share: one number everywhere, keys that an import may hold, and what a grader has to know."""

from dataclasses import replace
from fractions import Fraction

import pytest
from marks_made import ANNA, FAILED, QUESTIONS, WAITING

from tutor.export.output import choose_importable_key, is_graded, is_importable, number, remarks, sum_out_of
from tutor.marking.marked import ABSENT
from tutor.marking.marks import points


@pytest.mark.parametrize("marks", [Fraction(2), Fraction(3, 2), Fraction(1, 3), Fraction(0), Fraction(2, 3)])
def test_a_number_of_json_is_the_mark_that_is_shown(marks):
    assert str(number(marks)) == points(marks)
    assert type(number(Fraction(2))) is int


@pytest.mark.parametrize(("text", "may"), [
    ("anna", True), ("a@b.c", True), ("", False), ("=1+1", False), ("a\nb", False), ("@x", False), ("-5", True),
])  # fmt: skip
def test_what_an_import_may_hold(text, may):
    assert is_importable(text) is may


KEYS = [  # student, fields, by, key, why not
    ("anna", {}, "", "anna", ""),
    ("anna", {}, "username", "anna", ""),
    ("anna", {}, "email", "", "anna is left out: no email is known"),
    ("a@b.c", {}, "email", "a@b.c", ""),
    ("anna", {"email": "a@b.c"}, "email", "a@b.c", ""),
    ("4711", {}, "idnumber", "4711", ""),
    ("anna", {"id": "12"}, "idnumber", "12", ""),
    ("anna", {"email": "=1"}, "email", "", "anna is left out: '=1' cannot stand in an import"),
]


@pytest.mark.parametrize(("student", "fields", "by", "key", "why"), KEYS)
def test_what_a_platform_knows_a_student_by(student, fields, by, key, why):
    assert choose_importable_key(replace(ANNA, student=student, fields=fields), by) == (key, why)


def test_a_silent_zero_is_never_a_grade():
    absent = replace(ANNA, problems=(ABSENT,))
    assert [is_graded(one) for one in (ANNA, FAILED, absent)] == [True, False, False]
    assert [len(remarks(one)) for one in (ANNA, FAILED, absent, WAITING)] == [0, 1, 1, 1]
    assert remarks(absent) == ("anna handed in nothing and gets no grade",)


def test_what_the_questions_are_worth_is_the_sum_of_what_is_shown():
    thirds = [replace(QUESTIONS[0], marks=Fraction(1, 3))] * 3
    assert (sum_out_of(QUESTIONS), sum_out_of(thirds), sum_out_of([])) == (4, Fraction("0.9999"), 0)
