"""Rows of an exported table: what cannot be filled in is refused, nobody is guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marks_made import ANNA, HEADER, QUESTIONS, student

from tutor.errors import OutputError
from tutor.export.mark_formats import fill
from tutor.export.output import Header

WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (grade)","Feedback comments"\r\n'
    '"Participant 11","Anna Berg",anna@x.de,"Submitted for grading - ",,4.00,Yes,-,"<p>good, ""so""\n=1</p>"\r\n'
    '"Participant 12","Ben, A.",ben@x.de,"No submission - ","1.00",4.00,Yes,-,\r\n'
    '"Participant 13","Zoe",zoe@x.de,"x",,4.00,Yes,-,\r\n'
    '"Participant 14",Otto,otto@x.de,x,-,4.00,No,-,\r\n'
    '"Participant 15",Nobody,nobody@x.de,x,-,4.00,Yes,-,'
)


CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 2 (41),Homework 3 (42),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,10,4,(read only)\n"
    '"Berg, Anna",101,s101,anna,"Sec 1, B",7,,70\n'
    "Ben,102,s102,ben,Sec 1,,EX,80\n"
    '"Student, Test",103,,,Sec 1,,,\n'
)


REFUSED = [
    ("canvas", CANVAS, Header("x", "Homework 9"), "no column is called Homework 9"),
    ("canvas", CANVAS, Header("x", "Final Score"), "Canvas drops a column"),
    ("canvas", CANVAS, Header("x", "Unposted current  points (x)"), "Canvas drops a column"),
    ("canvas", "a,b\n1,2\n", HEADER, "this is no gradebook of Canvas"),
    ("canvas", CANVAS.replace(",10,4,", ",10,(read only),"), HEADER, "is read only in Canvas"),
    ("canvas", CANVAS.replace("Homework 2 (41)", "Homework 3 (41)"), HEADER, "2 columns are called Homework 3"),
    ("moodle", "Identifier,Grade\nParticipant 1,\n", HEADER, "no column Last modified"),
    ("moodle", WORKSHEET.replace('ben@x.de,"No', 'ben@x.de,"No"'), HEADER, "row 3 of the table is broken"),
    ("moodle", "", HEADER, "the table is empty"),
    ("otter", "", HEADER, "there is nothing to fill in for otter"),
    ("odt", "", HEADER, "there is no format odt"),
]


@pytest.mark.parametrize(("name", "text", "header", "reason"), REFUSED)
def test_what_cannot_be_filled_in_is_refused(name, text, header, reason):
    with pytest.raises(OutputError, match=reason):
        fill(name, text, [ANNA], QUESTIONS, header)


def test_nobody_is_guessed_at_in_an_exported_table():
    text = "Student,ID,SIS Login ID,Section,Homework 3\nAnna,1,a,S,\nAnna,2,b,S,\nBen,3,c,S,\n"
    made = fill("canvas", text, [student("Anna", 2, 1, 1), student("3", 2, 1, 1), student("c", 0, 0, 0)], QUESTIONS, HEADER)
    assert made.text == text
    assert "Anna fits 2 rows of the table; none was filled in" in made.problems
    assert "3 and c fit the same row; it was not filled in" in made.problems


@given(st.text(max_size=80))
def test_filling_in_never_fails_otherwise(text):
    for name, head in (("moodle", "Identifier,Grade,Last modified (grade)\n"), ("canvas", "Student,ID,Section,Homework 3\n")):
        for start in ("", head):
            try:
                made = fill(name, start + text, [ANNA], QUESTIONS, HEADER)
            except OutputError:
                continue
            assert made.text == start + text or "2.6666" in made.text
