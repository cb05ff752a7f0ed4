"""Forms become events: buttons, texts, grids of fields; what is no form is an empty one."""

import pytest

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.array_answers import read_entries
from tutor.expression.lexicon import Vocabulary
from tutor.web.forms import read_event, read_form, split_grid


@pytest.mark.parametrize(("form", "event"), [
    ({"do": "hint", "text": "x"}, ("hint", "")), ({"do": "go", "to": "f"}, ("go", "f")), ({"text": " 1 "}, ("answer", "1")),
    ({"text": "a, b"}, ("answer", "a, b")),
    ({"rows": "2", "columns": "2", "e1_1": "1", "e1_2": "2", "e2_1": "3", "e2_2": "0,5"}, ("answer", "[[1, 2], [3, 0.5]]")),
    ({"rows": "2", "columns": "1", "e1_1": "[1, 2]", "e2_1": ""}, ("answer", "[1, 2]")),
    ({"rows": "2", "columns": "1", "e1_1": "W x + b"}, ("answer", "W x + b")),
    ({"rows": "2", "columns": "1", "e2_1": "1"}, ("answer", "[, 1]")),
    ({"rows": "2", "columns": "1", "e1_1": "1"}, ("answer", "[1, ,]")), ({"rows": "2", "columns": "1"}, ("answer", "")),
    ({"rows": "9" * 30, "columns": "1", "text": "1"}, ("answer", "1")),
])  # fmt: skip
def test_forms_become_events(form, event):
    assert read_event(form) == event


def test_fields_of_one_name_are_joined():
    assert read_form(b"text=a&text=c&do=answer") == {"text": "a, c", "do": "answer"}
    assert read_form(b"text=%C3%BC%ff") == {"text": "ü\ufffd"}
    assert read_form(b"&".join(b"a=1" for _ in range(1000))) == {}


@pytest.mark.parametrize("cells", [
    ["1", "2", "3", "4"], ["1", "", "", "4"], ["", "2", "3", ""], ["1", "2", "3", ""],
    ["W0", "-1/2", "max(1,2)", "x"], ["(1)", "<b>", "\"", "0"],
])  # fmt: skip
def test_a_grid_comes_back_as_it_was_typed(cells):
    for rows, columns in ((4, 1), (2, 2), (1, 4)):
        fields = {f"e{place // columns + 1}_{place % columns + 1}": cell for place, cell in enumerate(cells)}
        _, text = read_event({"rows": str(rows), "columns": str(columns), **fields})
        assert split_grid(text, rows, columns) == cells
        if "" in cells:  # one that was left out is missed, and the rest is not taken for a shorter list
            read = [cell for row in read_entries(text, Vocabulary({}, {})) for cell in row]
            assert len(read) == 4
            assert sum(isinstance(cell, AnswerError) for cell in read) == cells.count("")
    assert split_grid("[1, max(1, 2)]", 2, 1) == split_grid("W x", 2, 1) == []
