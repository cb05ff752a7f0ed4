"""What a right answer settles: what it would have shown to be wrong, and no more; no way to marks without the work."""

from fractions import Fraction

import pytest
from chosen_exercises import chosen_entries, load_once
from some_now import some_now

from tutor.exercise.load import load
from tutor.practice.ladder import write_answer, write_number
from tutor.practice.session import Event, Settings, start, step
from tutor.practice.settling import measure_unit


def take(ident, *texts, **settings):
    """A session after these answers (or ``:events``), a minute apart, and the last reply."""
    session, reply = start(load_once(ident), Settings(**settings)), None
    for place, text in enumerate(texts):
        kind, _, more = text[1:].partition(" ") if text.startswith(":") else ("answer", "", text)
        session, reply = step(session, Event(kind, more, place * 60.0))
    return session, reply


@pytest.mark.parametrize(("ident", "typed", "settles"), [
    ("neuron/two-two-two", "w5@1 = 0.358916", {"dL/dw5", "dL/din_o1", "out_o1", "in_o1", "out_h1"}),
    ("neuron/two-two-two", "dL/dw5 = 0.0822", {"dL/din_o1", "out_o1", "out_h1", "in_h1", "out_h2", "in_h2"}),
    ("neuron/two-two-two", "in_h1 = 0.3775", set()),
])  # fmt: skip
def test_what_it_would_have_shown(ident, typed, settles):
    _, reply = take(ident, typed, wrt=("w5",))
    assert reply.marked.verdict == "correct"
    assert settles <= set(reply.implied)
    assert bool(reply.implied) == bool(settles)


@pytest.mark.parametrize("ident", some_now([entry.id for entry in chosen_entries() if "training" in entry.abilities], every=6))
def test_what_was_there_before_settles_nothing(ident):
    """A parameter that is handed back as it was is not its update; where it is so near that it rounds to it, nothing follows."""
    session = start(load_once(ident))
    for task in session.lesson.tasks:
        name, _, k = task.id.partition("@")
        value = session.lesson.exercise.values.get(name)
        if k == "1" and value is not None and task.question.kind == "number":
            _, reply = step(session, Event("answer", f"{task.id} = {write_number(value)}"))
            assert reply.implied == ()


def test_a_dead_unit_settles_no_more_than_that_it_is_dead():
    session = start(load("dl/index-network-layers"))
    for task in session.lesson.tasks:
        if task.question.kind == "number" and write_answer(session.lesson.marker, task.question) == "0":
            _, reply = step(session, Event("answer", f"{task.id} = 0"))
            implied = [session.lesson.by_id[ident] for ident in reply.implied]
            assert all(write_answer(session.lesson.marker, one.question) == "0" for one in implied if one.question.kind == "number")


def test_a_formula_is_no_number():
    session, reply = take("qmul/activated-neuron", "w_L*x_Lm1 + b_L")
    assert reply.note == "formula"
    assert session.look_up("z_L").attempts == 0
    assert session.look_up("z_L").earned == 0


def test_a_formula_of_derivatives_settles_nothing():
    _, reply = take("graz/chain", "df/dx = df/dg*dg/dx")
    assert reply.implied == ()


@pytest.mark.parametrize(("ident", "typed", "fits"), [
    ("neuron/two-two-two", "0.0822", "dL/dw5"), ("neuron/two-two-two", "0.5933", "out_h1"), ("neuron/two-two-two", "0.6", ""),
    ("graz/chain", "2x (1 - tanh(x^2)^2)", "df/dx"), ("graz/chain", "7", ""),
    ("dl/index-network-layers", "[2, 1.5, 0, 1]", "h"), ("dl/index-network-layers", "[-1, -1, -1, -1]", ""),
    ("normalisation/unit-length", "dL/ds * x/s + 1/s * dL/du", "dL/dx"), ("normalisation/unit-length", "dL/ds * x", ""),
])  # fmt: skip
def test_an_answer_that_another_step_wants_is_no_try(ident, typed, fits):
    """Nobody loses a try who answers the gradient at once and does not say so; a few digits may be those of anything."""
    more = {"wrt": ("w5",)} if ident.startswith("neuron") else {"layer": True} if ident.startswith(("dl", "norm")) else {}
    session, reply = take(ident, typed, **more)
    assert reply.elsewhere == fits
    assert session.look_up(reply.task).attempts == (not fits)


def test_what_was_shown_settles_nothing():
    session, reply = take("qmul/activated-neuron", ":go b_L@1", ":give-up", ":go b_L@1", "0.992811")
    assert reply.implied == ()
    assert not any(session.look_up(task.id).earned for task in session.lesson.tasks)


def test_hints_that_were_seen_cost_though_a_later_answer_settles_it():
    session, _ = take("qmul/activated-neuron", ":hint", ":hint", ":hint", "b_L@1 = 0.992811", mode="graded")
    assert session.look_up("z_L").status == "implied"
    assert session.look_up("z_L").earned == Fraction(7, 10)


@pytest.mark.parametrize(("text", "right", "unit"), [
    ("0.5", 0.5, 0.05), ("2", 2.0, 2e-12), ("2", 2.3, 0.5), ("x = -1.25e2", -125.0, 0.5), ("0,08", 0.08, 8e-14), ("1/3", 1 / 3, 1e-12 / 3),
])  # fmt: skip
def test_what_a_number_leaves_open(text, right, unit):
    assert measure_unit(text, right) == pytest.approx(unit)
