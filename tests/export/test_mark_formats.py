"""Every output format: exact headers, one number everywhere, nothing obeyed, nobody lost."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from marks_made import ANNA, BEN, FAILED, WAITING, rows, student, written
from some_now import some_now

from tutor.answer.handed_in import Unused
from tutor.export.all_marked import read
from tutor.export.mark_formats import MARK_FORMATS
from tutor.marking.marks import points, sum_earned

HEADERS = [
    ("csv", "student,q1,q2,q3,total,out_of,status,first_wrong,misconceptions,for_a_person,remarks"),
    ("answers", "student,question,answer,verdict,marks,out_of,misconception,follows_from,outcome"),
    ("moodle", "username,Homework 3"),
    ("canvas", "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3"),
    ("otter", "file,q1,q2,q3,total_points_earned,percent_correct,grading_status"),
    (
        "nbgrader",
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score",
    ),
]


@pytest.mark.parametrize(("name", "header"), HEADERS)
def test_exact_headers(name, header):
    assert written(name, ANNA, BEN, FAILED).text.splitlines()[0] == header


def shown_total(name, one):
    text = written(name, one).text
    if name == "gradescope":
        return str(json.loads(text)["score"])
    if name == "json":
        return points(sum_earned(read(text)[0]))
    if name == "answers":
        return str(sum(float(row[4]) for row in rows(text)[1:]))
    column = {"csv": "total", "moodle": "Homework 3", "canvas": "Homework 3", "otter": "total_points_earned", "nbgrader": "score"}[name]
    return rows(text)[-1][rows(text)[0].index(column)]


@pytest.mark.parametrize("name", MARK_FORMATS)
def test_one_number_in_every_output(name):
    assert shown_total(name, ANNA) == "2.6666"
    assert shown_total(name, BEN) == "2.5"


@pytest.mark.parametrize("name", [name for name in MARK_FORMATS if name not in ("answers", "gradescope")])
def test_who_could_not_be_marked_has_a_row_and_no_grade(name):
    made = written(name, FAILED, ANNA)
    assert "zoe" in made.text
    if name in ("moodle", "canvas"):
        row = next(row for row in rows(made.text) if "zoe" in row)
        assert row[-1] == ""
        assert "zoe could not be marked and gets no grade: the file has a NUL byte" in made.problems
    if name in ("csv", "otter"):
        row = next(row for row in rows(made.text) if row[0].startswith("zoe"))
        assert row[1:5] == ["", "", "", ""]
        assert "the file has a NUL byte" in row[-1]
    if name == "nbgrader":
        assert rows(made.text)[1][-4:] == ["", "", "", "4"]


GRADES = {"moodle": [""], "canvas": [""], "otter": ["", "", "For a person: q2"], "nbgrader": ["", "", "", "4"]}


@pytest.mark.parametrize("name", GRADES)
def test_what_waits_for_a_person_is_no_grade(name):
    made = written(name, WAITING)
    assert "ben: a person has to look at q2; until then there is no grade" in made.problems
    assert rows(made.text)[-1][-len(GRADES[name]) :] == GRADES[name]


def test_what_waits_for_a_person_is_an_empty_cell():
    assert rows(written("csv", WAITING).text)[1][1:6] == ["1.5", "", "1", "", "4"]
    assert rows(written("csv", WAITING).text)[1][-2:] == ["q2", "2.5 so far: a person has to look at q2"]
    assert [row[4] for row in rows(written("answers", WAITING).text)[1:]] == ["1.5", "", "1"]
    known = json.loads(written("gradescope", WAITING).text)
    assert known["score"] == 2.5
    assert ["score" in test for test in known["tests"]] == ["status" in test for test in known["tests"]] == [True, False, True]
    assert known["output"] == "2.5 of 4 so far; a person will look at q2"


LOST = replace(
    BEN, unused=(Unused("line 3", "=0.7", "there is no question 'q9'"),),
    answers=(*BEN.answers[:2], replace(BEN.answers[2], verdict="blank", marks=Fraction(0))),
)  # fmt: skip


@pytest.mark.parametrize("name", MARK_FORMATS)
def test_what_was_not_used_may_be_the_answer_to_a_blank_question(name):
    """So there is no 0 for that question, and no grade; where every question is answered there is one."""
    text = written(name, LOST).text
    if name == "answers":
        assert rows(text)[-2][4] == ""
        assert rows(text)[-1] == ["ben", "", "'=0.7", "not used", "", "", "", "", "there is no question 'q9'"]
    elif name == "gradescope":
        assert "score" not in json.loads(text)["tests"][2]
    elif name != "json":
        assert shown_total(name, LOST) == ""
        assert shown_total(name, replace(BEN, unused=LOST.unused)) == "2.5"


HOSTILE = ['=HYPERLINK("x")', "+1+1", "-x", "@SUM(A1)", "\t=1", "\r=1", " =1", "a\x1b[31mb", "a\u202eb", 'x"y,z', "a\nb", "\x00", "<b>",
           "[red]x"]  # fmt: skip


@pytest.mark.parametrize("name", MARK_FORMATS)
@pytest.mark.parametrize("text", some_now(HOSTILE, 2))
def test_nothing_from_a_student_is_obeyed(name, text):
    one = student(text, 2, 0, 0, texts=(text, "-0.5", "1e-3"), email=text, name=text)
    made = written(name, one)
    assert not [c for c in made.text if not c.isprintable() and c not in "\n"]
    if name in ("json", "gradescope"):
        json.loads(made.text)
        return
    for row in rows(made.text):
        assert not [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@\t\r") and cell != "-0.5"], row
    if name in ("moodle", "canvas") and (text[:1] in "=+-@ \t\r" or not text.isprintable()):
        assert len(rows(made.text)) == (1 if name == "moodle" else 2)
        assert "is left out" in made.problems[0]


