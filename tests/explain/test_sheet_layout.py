"""What can be chosen for a sheet, by name; the names of parts are those of labels on pages."""

from tutor.explain.sheet_layout import LABELLED, LEFT_OUT, SOLUTIONS, SheetLayout
from tutor.explain.words.page_words import PageWords


def test_parts_of_solutions_have_labels():
    assert {label for labels in LABELLED.values() for label in labels} <= set(PageWords.LABELS)
    assert len(set(LEFT_OUT)) == len(LEFT_OUT)


def test_a_sheet_has_no_solutions_unless_they_are_wanted():
    assert SheetLayout().solutions == SOLUTIONS[0] == "none"
