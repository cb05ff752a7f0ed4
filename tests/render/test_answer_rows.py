"""Room for answers in letters of one width."""

import pytest

from tutor.explain.document import AnswerPlace
from tutor.render.answer_rows import write_answer_rows, write_blank


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        (None, []),
        (AnswerPlace(), []),
        (AnswerPlace(framed=True), ["[                ]"]),
        (AnswerPlace(1, 2, 2, framed=True), ["[        ] [        ]", "", "[        ] [        ]"]),
        (AnswerPlace(lines=2, whole=True, framed=True), ["[" + " " * 28 + "]"] * 2),
    ],
)
def test_rows_of_a_box(place, rows):
    assert write_answer_rows(place, 30) == rows


@pytest.mark.parametrize("columns", range(1, 9))
def test_no_row_is_wider_than_the_page(columns):
    assert max(map(len, write_answer_rows(AnswerPlace(2, columns, framed=True), 50))) <= 50


def test_a_blank_is_as_wide_as_it_is_asked_to_be():
    assert len(write_blank("Name", 30)) == 30
