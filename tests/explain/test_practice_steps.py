"""The steps of a session so far: whole solutions at the end, the learner's own numbers, nothing that is not earned."""

import pytest
from chosen_exercises import chosen_entries, load_once
from learners_made import answer_right, take_hints
from some_now import some_now

from tutor.exercise.load import from_text, load
from tutor.explain.diagram import Diagram
from tutor.explain.practice_steps import MOST_BOXES, MOST_IN_PARTS, draw_parts, draw_so_far, write_so_far
from tutor.explain.words.languages import find_wording
from tutor.expression.walk import names
from tutor.notation.profile import Notation
from tutor.practice.ladder import find_step
from tutor.practice.session import Event, Settings, start, step
from tutor.render.terminal.terminal_page import write_plain_page

EXERCISES = some_now([(entry.id, layer) for entry in chosen_entries() for layer in (False, True)], every=37, first=3, rows=True)


def write(doc):
    return write_plain_page(doc, Notation(), 80)


@pytest.mark.parametrize(("ident", "layer"), EXERCISES)
def test_at_the_end_all_steps_stand_there(ident, layer):
    begun = start(load_once(ident), Settings(layer=layer))
    assert write_so_far(begun).blocks == ()
    for learner in (answer_right, take_hints):
        end = learner(begun)[0]
        doc = write_so_far(end)
        rows = [row for block in doc.blocks for row in block.rows]
        asked = [task for task in end.lesson.tasks if task.question.kind != "choice" and find_step(end.lesson.marker, task) is not None]
        assert len(rows) == len(asked)
        assert all(row.sides and not row.quiet for row in rows)
        write(doc)


def test_steps_of_whole_arrays_have_the_reasons_of_the_layer_form():
    """As a worked solution has them, in each language; never the name of an operation in a program."""
    end, _ = answer_right(start(load("dl/index-network-layers"), Settings(layer=True)))
    reasons = (("en", "weights times inputs, plus bias"), ("en", "back through the weights"), ("de", "Gewichte mal Eingaben plus Bias"))
    for lang, told in reasons:
        text = " ".join(write(write_so_far(end, find_wording(lang))).split())
        assert told in text
        assert "affine" not in text
        assert "chain rule" not in text


def take(session, *texts):
    for text in texts:
        session, _ = step(session, Event(text[1:]) if text.startswith(":") else Event("answer", text))
    return session


def test_a_value_of_ones_own_and_a_step_to_go_on_with():
    text = write(write_so_far(take(start(load("neuron/two-two-two"), Settings(wrt=("w5",))), "0.3775", "0.7", ":keep", "0.1", "0.2")))
    assert "0.593" not in text
    assert "(your own value, not right)" in text
    assert " ".join(text.split()).endswith("in_h2 = w₃·i₁ + w₄·i₂ + b₁ (to go on with; weighted sum)")


def test_what_follows_is_put_in():
    session = take(start(load("neuron/two-two-two"), Settings(wrt=("w5",))), "dL/dw5 = 0.0822", "dL/dw5 = 0.0822")
    session, _ = answer_right(session)
    text = write(write_so_far(session))
    assert "0.4 − 0.5·0.0821670" in text.replace("×", "·")
    assert "0.138499·0.593270" in " ".join(text.replace("×", "·").split()).replace(" ", "")


def test_only_the_last_steps():
    session, _ = answer_right(start(load("neuron/two-two-two"), Settings(wrt=("w5",))))
    text = write(write_so_far(session, most=3))
    assert "steps more stand above." in text
    assert "in_h1" not in text


def test_in_an_exam_only_what_was_said():
    session = take(start(load("neuron/two-two-two"), Settings(mode="exam", wrt=("w5",))), "0.3775", "0.59", "0.1")
    text = write(write_so_far(session))
    assert text.split() == ["in_h1", "=", "0.3775", "out_h1", "=", "0.59", "in_h2", "=", "0.1"]
    assert "0.593" not in write(draw_so_far(session))


def test_the_graph_has_what_is_known():
    session = take(start(load("graz/sqrt-cos")), "4", "54.6")
    text = write(draw_so_far(session))
    assert "54.5982" in text
    assert "58.59" not in text
    assert draw_so_far(start(load("cmu/counting"))).blocks == ()


LARGE = """
title = "A large network"
asked = ["dL/dw1_1_1"]
[network]
sizes = [%s]
activation = "sigmoid"
loss = "squared error"
"""


def start_large(sizes):
    return start(from_text(LARGE % sizes, "large"))


@pytest.mark.parametrize(("sizes", "count"), [("2, 2, 2", 1), ("4, 6, 4, 2", 3), pytest.param("12, 14, 12, 2", 1, marks=pytest.mark.slow)])
def test_a_large_graph_is_drawn_in_parts(sizes, count):
    """Every quantity and every edge is in one of them; one that has no room at all is drawn as a network."""
    session = start_large(sizes)
    parts = [figure.picture for figure in draw_parts(session)]
    graph = session.lesson.exercise.graph
    if isinstance(parts[0], Diagram):
        assert len(graph.names) > MOST_IN_PARTS
        assert [column.size for column in parts[0].columns] == [int(size) for size in sizes.split(", ")]
        return
    assert len(parts) >= count
    assert (len(parts) > 1) == (len(graph.names) > MOST_BOXES)
    assert {node.name for part in parts for node in part.nodes} == set(graph.names)
    assert {edge for part in parts for edge in part.edges} == {(name, step.target) for step in graph.steps for name in names(step.expr)}
    assert "Part 1 of" in write(draw_so_far(session)) or len(parts) == 1


def test_a_wrong_formula_that_is_kept_shows_no_right_one():
    session = take(start(load("graz/chain")), "2*g", "3*g")
    assert write_so_far(session).blocks == ()
    session = take(session, ":keep")
    assert "1" not in write(write_so_far(session))
