"""Steps that are done, the graph beside a question, and what is understood: only what is earned is in them."""

from tutor.exercise.load import load
from tutor.explain.practice_steps import draw_lesson, list_done, list_key_names, list_touched, write_done, write_preview
from tutor.expression.nodes import Name, Number
from tutor.notation.profile import Notation
from tutor.practice.preview import Preview
from tutor.practice.session import Event, Settings, start, step
from tutor.render.terminal.terminal_page import write_plain_page


def play(*events, key="neuron/two-two-two", **settings):
    session = start(load(key), Settings(**settings))
    for at, event in enumerate(events):
        session, _ = step(session, Event(*event, at=float(at)))
    return session


def text_of(session, ident):
    return write_plain_page(write_done(session, session.lesson.by_id[ident]), Notation(), 100)


def test_a_step_that_is_done_has_symbols_numbers_and_result():
    session = play(("answer", "0.3775"))
    assert [task.id for task in list_done(session)] == ["in_h1"]
    shown = text_of(session, "in_h1")
    assert "w1·i1 + w2·i2 + b1" in shown
    assert "0.15" in shown
    assert shown.rstrip().endswith("0.3775")


def test_a_value_of_ones_own_stays_ones_own():
    session = play(("answer", "0.3775"), ("answer", "0.7"), ("keep",))
    shown = text_of(session, "out_h1")
    assert "0.7" in shown
    assert "0.593" not in shown
    assert "your own value" in shown


def test_what_was_shown_says_so():
    assert "shown to you" in text_of(play(("give-up",)), "in_h1")


def test_an_exam_has_what_was_written():
    shown = text_of(play(("answer", "0.4"), mode="exam"), "in_h1")
    assert "0.4" in shown
    assert "0.3775" not in shown
    assert "w1" not in shown


def test_arrays_are_matrices():
    session = play(("give-up",), key="qmul/network-deltas", layer=True)
    task = list_done(session)[0]
    assert "∂" in text_of(session, task.id)


def test_the_graph_has_names_and_formulas_only():
    picture = draw_lesson(play().lesson)
    assert {node.value for node in picture.nodes} == {None}
    assert {node.gradient for node in picture.nodes} == {None}
    assert ("w1", "in_h1") in picture.edges
    assert draw_lesson(play(key="cmu/counting").lesson) is None


def test_what_a_step_touches():
    session = play()
    step_of = session.lesson.marker.sheet.working.by_name["dL_total/dw5"] if "dL_total/dw5" in session.lesson.marker.sheet.working.by_name \
        else session.lesson.marker.sheet.working.by_name["dL/dw5"]  # fmt: skip
    assert {"w5", "out_o1", "in_o1"} <= set(list_touched(step_of))
    assert list_key_names("w5@2") == ("w5",)


def test_what_is_understood_is_maths_or_a_reason():
    found = write_plain_page(write_preview(Preview((("", Name("x")), ("=", Number("2"))))), Notation(), 80)
    assert found.strip() == "x = 2"
    assert "never closed" in write_plain_page(write_preview(Preview(message="never closed\n  (1\n  ^")), Notation(), 80)
    assert write_preview(Preview()).blocks == ()
