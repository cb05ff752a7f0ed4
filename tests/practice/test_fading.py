"""``learn``: in every exercise something new is worked out before it is asked, its end is asked, and what is mastered is not explained."""

import pytest
from chosen_exercises import chosen_entries, load_once
from some_now import some_now

from tutor.exercise.load import load
from tutor.explain.practice_page import write_question
from tutor.practice.fading import choose_worked, list_introduced
from tutor.practice.ladder import write_answer
from tutor.practice.session import Event, Settings, start, step
from tutor.results.practice import practise

SHORT = [("graz/chain", False, 1), ("cmu/losses", False, 1), ("cmu/smallest-perceptron", False, 3), ("qmul/softmax-layer", True, 2),
         ("neuron/activations", True, 5), ("qmul/convolution-line", False, 2), ("qmul/heaviside-perceptron", False, 0)]  # fmt: skip
FORMS = some_now([(entry.id, layer) for entry in chosen_entries() for layer in (False, True)], every=31, rows=True)


def list_given(session):
    return [task.id for task in session.lesson.tasks if session.look_up(task.id).status == "given"]


@pytest.mark.parametrize(("ident", "layer", "count"), SHORT)
def test_of_a_short_exercise_the_first_half_is_worked_out(ident, layer, count):
    session = start(load_once(ident), Settings(mode="learn", layer=layer))
    tasks = [task.id for task in session.lesson.tasks]
    assert list_given(session) == tasks[:count] == list(choose_worked(session))
    assert session.at == tasks[count]


@pytest.mark.parametrize(("ident", "layer"), FORMS)
def test_something_new_is_shown_and_the_end_is_asked(ident, layer):
    session = start(load_once(ident), Settings(mode="learn", layer=layer))
    tasks, introduced, asked = session.lesson.tasks, [], 0
    while session.at and not session.ended:
        introduced += list_introduced(session)
        session, _ = step(session, Event("answer", write_answer(session.lesson.marker, session.task.question), float(asked)))
        asked += 1
    assert session.ended
    assert bool(list_given(session)) == (len(tasks) > 1)
    assert asked >= 1
    assert session.look_up(tasks[-1].id).status != "given" or tasks[-1].skill in [task.skill for task in tasks[:-1]]
    assert list_given(session) or introduced or tasks[0].question.kind == "choice"


def test_a_single_step_is_told_its_rule_up_front_and_that_is_no_hint():
    practice = practise("qmul/heaviside-perceptron", mode="learn")
    assert "The rule: the Heaviside step." in repr(practice)
    session = practice.session
    assert [rung.kind for rung in list_introduced(session)] == ["rule", "formula"]
    session, _ = step(session, Event("answer", write_answer(session.lesson.marker, session.task.question)))
    assert session.look_up("f").first is True
    assert session.trials[0].right


def test_nothing_is_explained_where_it_is_known_or_not_taught():
    for mode, known in (("learn", 0.99), ("practise", 0.1), ("exam", 0.1), ("graded", 0.1)):
        lesson = start(load("graz/chain"), Settings(mode=mode)).lesson
        session = start(lesson, known=dict.fromkeys((task.skill for task in lesson.tasks), known))
        assert list_introduced(session) == ()
        assert choose_worked(session) == ()
        assert len(write_question(session).blocks) == 1


def test_what_was_tried_is_not_introduced_again():
    session = start(load("graz/chain"), Settings(mode="learn"))
    assert list_introduced(session)
    session, _ = step(session, Event("answer", "17*x", 1.0))
    assert list_introduced(session) == ()
