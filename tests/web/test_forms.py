"""Forms become events: buttons, texts, grids of fields; what is no form is an empty one."""

import pytest

from tutor.web.forms import read_event, read_form


@pytest.mark.parametrize(("form", "event"), [
    ({"do": "hint", "text": "x"}, ("hint", "")), ({"do": "go", "to": "f"}, ("go", "f")), ({"text": " 1 "}, ("answer", "1")),
    ({"text": "a, b"}, ("answer", "a, b")),
    ({"rows": "2", "columns": "2", "e1_1": "1", "e1_2": "2", "e2_1": "3", "e2_2": "0,5"}, ("answer", "[[1, 2], [3, 0.5]]")),
    ({"rows": "2", "columns": "1", "e1_1": "[1, 2]", "e2_1": ""}, ("answer", "[1, 2]")),
    ({"rows": "9" * 30, "columns": "1", "text": "1"}, ("answer", "1")),
])  # fmt: skip
def test_forms_become_events(form, event):
    assert read_event(form) == event


def test_fields_of_one_name_are_joined():
    assert read_form(b"text=a&text=c&do=answer") == {"text": "a, c", "do": "answer"}
    assert read_form(b"text=%C3%BC%ff") == {"text": "ü\ufffd"}
    assert read_form(b"&".join(b"a=1" for _ in range(1000))) == {}
