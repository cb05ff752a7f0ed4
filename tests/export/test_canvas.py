"""Canvas: one column of the gradebook is filled in, students are found by whatever it knows of them."""

import pytest
from marks_made import ANNA, BEN, HEADER, QUESTIONS, student

from tutor.export.mark_formats import fill

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 2 (41),Homework 3 (42),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,10,4,(read only)\n"
    '"Berg, Anna",101,s101,anna,"Sec 1, B",7,,70\n'
    "Ben,102,s102,ben,Sec 1,,EX,80\n"
    '"Student, Test",103,,,Sec 1,,,\n'
)


def test_canvas_fills_in_one_column():
    made = fill("canvas", CANVAS, [ANNA, BEN, student("berganna_LATE_999_1_x", 2, 1, 1)], QUESTIONS, HEADER)
    assert made.text == CANVAS.replace('"Sec 1, B",7,,70', '"Sec 1, B",7,2.6666,70')
    assert "ben has EX in the table, which was kept" in made.problems
    assert "berganna_LATE_999_1_x has no row in the table" in made.problems
    assert "no submission of 103: the row was left as it is" in made.problems


@pytest.mark.parametrize("name", ["berganna_101_77_hw", "berganna_LATE_101_77_hw", "101", "S101", "ANNA", "Berg, Anna"])
def test_canvas_knows_a_student_by(name):
    assert "7,4,70" in fill("canvas", CANVAS, [student(name, 2, 1, 1)], QUESTIONS, HEADER).text
