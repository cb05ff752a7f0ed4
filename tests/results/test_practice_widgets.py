"""A session in a notebook: a page with a field where ipywidgets is there, words where it is not."""

import os

import pytest

from tutor.results.practice import practise
from tutor.results.practice_widgets import BUTTONS, show


def test_without_widgets_it_is_a_dialogue_in_words(capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    show(practise("graz/sqrt-cos"))
    assert "What is a?" in capsys.readouterr().out


@pytest.fixture
def box():
    if not os.environ.get("TUTOR_NEEDS_WIDGETS"):
        pytest.importorskip("ipywidgets")
    from tutor.results.practice_widgets import PracticeBox

    return PracticeBox(practise("graz/sqrt-cos"))


def test_a_field_and_buttons(box):
    assert box.field.disabled is False
    assert box.buttons["hint"].disabled is False
    assert box.buttons["keep"].disabled is True
    box.buttons["hint"].click()
    assert "Look at" in box.page.value
    box.field.value = "5"
    assert "Not yet." in box.page.value
    assert box.field.value == ""
    assert box.buttons["keep"].disabled is False
    box.field.value = "4"
    assert "Right." in box.page.value
    assert box.practice.session.at == "b"
    box.buttons["quit"].click()
    assert "What you did" in box.page.value
    assert box.field.disabled
    assert all(box.buttons[kind].disabled for kind in BUTTONS)


def test_what_is_given_stays_and_what_is_placed_stands_once(box):
    given = box.page.value[: box.page.value.index("<p><b>Step")]
    assert "<svg" in box.graph.value
    for answer in ("7", "8"):  # after the second the step is placed
        box.field.value = answer
        assert box.page.value.startswith(given)
    box.buttons["hint"].click()
    assert box.page.value.count("to go on with") == 1
    assert "Look at" in box.page.value
    box.field.value = "9"
    assert "Look at" in box.page.value  # hints stay until the step is done


def test_what_is_typed_comes_back_escaped(box):
    box.field.value = "<script>alert(1)</script>"
    assert "<script" not in box.page.value
    box.field.value = "<img src=x onerror=y>"
    box.buttons["quit"].click()
    assert "<img" not in box.page.value
