"""The graph beside a question has what is earned, a step lights up what it is about, and a preview says what is understood."""

import pytest

from tutor.exercise.load import load
from tutor.explain.practice_parts import list_key_names, list_touched, write_preview
from tutor.explain.practice_steps import draw_session, draw_so_far, write_so_far
from tutor.explain.practice_summary import write_summary
from tutor.expression.nodes import Name, Number
from tutor.expression.plain import write_plain
from tutor.notation.profile import Notation
from tutor.practice.preview import Preview
from tutor.practice.session import Event, Settings, start, step
from tutor.render.terminal.terminal_page import write_plain_page


def play(*events, key="neuron/two-two-two", **settings):
    session = start(load(key), Settings(**settings))
    for at, event in enumerate(events):
        session, _ = step(session, Event(*event, at=float(at)))
    return session


def test_the_graph_has_what_is_earned():
    picture = draw_session(play(("answer", "0.3775")))
    known = {node.name for node in picture.nodes if node.value is not None}
    assert "in_h1" in known
    assert "out_h1" not in known
    assert ("w1", "in_h1") in picture.edges
    assert draw_session(play(key="cmu/counting")) is None


@pytest.mark.parametrize(("events", "shown"), [
    ((("answer", "[2, 1.5, -2, 1]"),), ["2", "1.5", "-2", "1"]), ((("answer", "[2, 1.5, -2, 7]"),), None),
    ((("answer", "[2, 1.5, -2, 7]"), ("keep",)), ["2", "1.5", "-2", "7"]),
    ((("answer", "[2, 1.5, -2, 7]"), ("give-up",)), ["2", "1.5", "-2", "1"]),
])  # fmt: skip
def test_the_graph_has_the_entries_of_arrays_that_are_done(events, shown):
    picture = draw_session(play(*events, key="dl/index-network-layers", layer=True))
    found = {node.name: write_plain(node.value) for node in picture.nodes if node.value is not None}
    assert [found.get(f"s0_{place}") for place in range(1, 5)] == (shown or [None] * 4)
    assert not any(name.startswith("h_") for name in found)


def test_arrays_can_be_gone_on_with():
    """A wrong one that is kept; what follows from it is right, and stands there as it was typed."""
    events = ("answer", "[2, 1.5, -2, 7]"), ("keep",), ("answer", "[2, 1.5, 0, 7]"), ("quit",)
    session = play(*events, key="dl/index-network-layers", layer=True)
    assert session.look_up("h").status == "right"
    assert session.look_up("h").follows == ("s0",)
    text = write_plain_page(write_so_far(session), Notation(), 80)
    assert "[2 1.5 −2 7]" in text
    assert "[2 1.5 0 7]" in text
    assert "right is [2, 1.5" in write_plain_page(write_summary(session), Notation(), 100)


@pytest.mark.parametrize("typed", ["0.3775", "0.9"])
def test_in_an_exam_it_has_what_is_given_and_what_was_typed(typed):
    session = play(("answer", typed), mode="exam")
    given = session.lesson.exercise.values
    computed = {node.name: node.value for node in draw_session(session).nodes if node.value is not None and node.name not in given}
    assert computed == {"in_h1": Number(typed)}


def test_what_a_step_touches():
    session = play()
    touched = list_touched(session.lesson.marker.sheet.working.by_name["dL/dw5"])
    assert {"L", "w5", "in_o1"} <= set(touched)
    assert list_key_names("w5@2") == ("w5",)


def test_what_is_understood_is_maths_or_a_reason():
    found = write_plain_page(write_preview(Preview((("", Name("x")), ("=", Number("2"))))), Notation(), 80)
    assert found.strip() == "x = 2"
    assert "never closed" in write_plain_page(write_preview(Preview(message="never closed\n  (1\n  ^")), Notation(), 80)
    assert write_preview(Preview()).blocks == ()


def test_before_the_backward_pass_no_gradient_is_0():
    """A gradient that is not yet computed has no number, not a 0, and the page says so."""
    session = play(("answer", "0.3775"))
    assert all(node.gradient is None for node in draw_session(session).nodes)
    said = " ".join(write_plain_page(draw_so_far(session), Notation(), 100).split())
    assert "what has no number is not yet computed" in said
