"""Tables for spreadsheets: a cell comes back as one cell, and none is a formula."""

from hypothesis import given
from hypothesis import strategies as st
from marks_made import rows, student, written

from tutor.text import guard_cell


def test_numbers_are_never_guarded():
    assert [guard_cell(text) for text in ("-0.5", "+2", "1e-3", "-.5", "-", "-1+1", "")] == ["-0.5", "+2", "1e-3", "-.5", "'-", "'-1+1", ""]


@given(st.text(max_size=30))
def test_a_guarded_cell_comes_back_as_one_cell_and_no_formula(text):
    (row,) = rows(written("csv", student(text, 2, 0, 0)).text)[1:]
    assert row[0] == guard_cell(text)
    assert row[0][:1] not in tuple("=+-@\t\r") or row[0].lstrip("+-").replace(".", "").replace("e", "").replace("E", "")[:1].isdigit()
