"""A rung that is a smaller question: one term, or one entry; it costs nothing, gives nothing away, and the step is asked again."""

from fractions import Fraction

import pytest
from chosen_exercises import chosen_entries, load_once
from some_now import some_now

from tutor.contracts.practice_json import write_reply
from tutor.exercise.load import load
from tutor.explain.practice_page import write_reply as say_reply
from tutor.expression.plain import write_plain
from tutor.notation.profile import Notation
from tutor.practice.ladder import list_rungs, write_answer, write_number
from tutor.practice.session import Event, Settings, replay, start, step
from tutor.practice.smaller import TRIES, find_value
from tutor.results.practice import SaidPage

PARTS = [  # the exercise, whether in layers, a step, and what is asked first
    ("neuron/two-two-two", False, "in_h1", "w1*i1"), ("neuron/two-two-two", False, "dL/dout_h1", "dL/din_o1*din_o1/dout_h1"),
    ("neuron/two-two-two", False, "w5@1", "lambda*dL/dw5"), ("dl/index-network-layers", True, "s0", "s0_1"),
]  # fmt: skip


def come_to(ident, task, *, layer=False, mode="practise"):
    """A session whose smaller question of a task is asked, and that question."""
    session = start(load_once(ident), Settings(layer=layer, mode=mode))
    session, _ = step(session, Event("go", task, 0.0))
    for at in range(30, 400, 30):
        session, reply = step(session, Event("hint", "", float(at)))
        if reply.rung is not None and reply.rung.kind == "smaller":
            return session, reply.rung.parts[0]
    raise AssertionError(task)


def find_part(session, part):
    return find_value(part, session.lesson.marker.sheet.truth)


@pytest.mark.parametrize(("ident", "layer", "task", "asked"), PARTS)
def test_a_part_is_asked_and_the_step_again(ident, layer, task, asked):
    session, part = come_to(ident, task, layer=layer)
    assert write_plain(part) == asked
    before = session.look_up(task)
    for typed, note in ((write_number(find_part(session, part)), "part-right"), ("17.1717", "part-wrong")):
        after, reply = step(session, Event("answer", typed, 500.0))
        own = after.look_up(task)
        assert (reply.note, reply.marked, after.at) == (note, None, task)
        assert (own.attempts, own.first, own.earned, after.trials, after.known) == (0, None, Fraction(0), session.trials, session.known)
        assert after.earlier == session.earlier
        assert own.smaller == (0 if note == "part-right" else before.smaller - 1)
    done, reply = step(session, Event("answer", write_answer(session.lesson.marker, session.lesson.by_id[task].question), 500.0))
    assert done.look_up(task).status == "right"


def test_it_is_over_after_some_answers_and_then_a_try_counts():
    session, _ = come_to("neuron/two-two-two", "in_h1")
    for count in range(TRIES):
        session, reply = step(session, Event("answer", f"{17 + count}.1717", 500.0))
        assert reply.note == "part-wrong"
    session, reply = step(session, Event("answer", "17.1717", 501.0))
    assert (reply.note, session.look_up("in_h1").attempts) == ("", 1)


def test_the_next_hint_and_another_step_end_it():
    session, _ = come_to("neuron/two-two-two", "in_h1")
    after, reply = step(session, Event("hint", "", 900.0))
    assert (reply.rung.kind, after.look_up("in_h1").smaller) == ("symbols", 0)
    after, reply = step(session, Event("answer", "out_h1 = 0.9", 900.0))
    assert (reply.task, reply.note, after.look_up("out_h1").attempts) == ("out_h1", "", 1)


def test_their_own_values_count():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, _ = step(session, Event("answer", "in_h1 = 0.9"))
    session, _ = step(session, Event("go", "in_h1"))
    session, _ = step(session, Event("keep"))
    session, _ = step(session, Event("answer", "out_h1 = 0.6"))
    session, _ = step(session, Event("go", "out_h1"))
    session, _ = step(session, Event("keep"))
    session, _ = step(session, Event("go", "in_o1"))
    for at in range(30, 400, 30):
        session, reply = step(session, Event("hint", "", float(at)))
        if reply.rung.kind == "smaller":
            break
    assert write_plain(reply.rung.parts[0]) == "w5*out_h1"
    for typed in ("0.24", "0.237308"):  # 0.4·0.6, and with the right value
        assert step(session, Event("answer", typed, 900.0))[1].note == "part-right"


def test_it_costs_what_a_hint_costs_and_no_more():
    session, part = come_to("neuron/two-two-two", "in_h1", mode="graded")
    hints = session.look_up("in_h1").rungs
    session, _ = step(session, Event("answer", "17", 500.0))
    session, _ = step(session, Event("answer", write_number(find_part(session, part)), 501.0))
    session, _ = step(session, Event("answer", "0.3775", 502.0))
    assert session.look_up("in_h1").earned == 1 - hints * Fraction(1, 10)


def test_it_is_replayed():
    session, _ = come_to("neuron/two-two-two", "in_h1")
    for text in ("17", "0.0075", "0.3775"):
        session, _ = step(session, Event("answer", text, 500.0))
    assert replay(start(session.lesson), session.events) == session


@pytest.mark.parametrize("ident", some_now([entry.id for entry in chosen_entries()], every=25))
def test_no_number_is_in_it(ident):
    """What is asked has neither the answer nor its own in it; what is said to it neither."""
    for layer in (False, True):
        lesson = start(load_once(ident), Settings(layer=layer)).lesson
        for task in lesson.tasks[:30]:
            for rung in list_rungs(lesson.marker, task, {}):
                if rung.kind != "smaller":
                    continue
                session, part = come_to(ident, task.id, layer=layer)
                value = write_number(find_part(session, part))
                session, reply = step(session, Event("answer", "17.1717", 900.0))
                said = str(write_reply(session, reply)) + SaidPage(say_reply(session, reply), Notation()).to_text() + write_plain(part)
                for secret in (value, write_answer(lesson.marker, task.question)):
                    assert len(secret) < 6 or secret not in said


def test_an_exam_asks_none():
    session = start(load("neuron/two-two-two"), Settings(mode="exam"))
    _, reply = step(session, Event("hint", "", 900.0))
    assert reply.note == "no-hints"
