"""The parts of a lesson's page: each kind of task has its field, and what is told of it is what the session says."""

import pytest
from chosen_exercises import chosen_ids
from some_now import some_now

from tutor.exercise.load import load
from tutor.explain.words.wording import ENGLISH
from tutor.practice.ladder import write_answer
from tutor.practice.session import Event, Lesson, Settings, start, step
from tutor.web.lesson_page import PreparedLesson, SessionPage, choose_field, find_mood, measure_grid, write_progress


def prepare(key="neuron/two-two-two", **settings):
    return PreparedLesson(Lesson(load(key), Settings(**settings)), ENGLISH)


def show(prepared, *events):
    session, reply = start(prepared.lesson), None
    for at, event in enumerate(events):
        session, reply = step(session, Event(*event, at=float(at)))
    return SessionPage(prepared, session, reply)


@pytest.mark.parametrize("key", some_now(chosen_ids(), every=25))
def test_every_task_has_a_field(key):
    for layer in (False, True):
        for task in prepare(key, layer=layer).lesson.tasks:
            field, grid = choose_field(task), measure_grid(task)
            assert field in ("text", "area", "grid", "one", "many")
            assert (field == "grid") == (grid["rows"] > 0)
            assert grid["rows"] * grid["columns"] in (0, len(task.question.targets))


@pytest.mark.parametrize("key", some_now(chosen_ids(), every=40))
def test_every_task_has_its_page(key):
    prepared = prepare(key)
    for task in prepared.lesson.tasks:
        question = show(prepared, ("go", task.id)).write_state()["question"]
        if task.kind == "wrong-line" and question["id"] != task.id:
            continue  # it waits for the steps that it shows
        assert question["id"] == task.id
        assert len(question["options"]) == len(task.question.options)


def test_a_page_says_what_the_session_says():
    state = show(prepare(), ("answer", "0.3775"), ("answer", "0.7")).write_state()
    told = {"count": 47, "done": 1, "right": 1, "ended": False, "finished": False}
    assert state["progress"].items() >= told.items()
    assert [trial[:2] for trial in state["progress"]["trials"]] == [["forward:weighted sum", True], ["forward:sigmoid", False]]
    assert state["said"]["mood"] == "bad"
    assert [one["target"] for one in state["steps"]] == ["in_h1"]
    assert state["steps"][0]["touched"] == ["in_h1", "w1", "i1", "w2", "i2", "b1"]
    assert state["question"]["field"] == "text"
    assert state["question"]["touched"] == ["out_h1"]
    assert "keep" in state["choices"]
    assert {one["mark"] for one in state["list"]} == {"done", "now", "open"}


def test_a_step_is_written_once():
    page = show(prepare(), ("answer", "0.3775"))
    page.write_state()
    first = page.written["in_h1"]
    page.write_state()
    assert page.written["in_h1"] is first


def test_the_graph_has_no_numbers_that_are_asked():
    prepared = prepare()
    for task in prepared.lesson.tasks:
        if task.question.kind == "number":
            assert write_answer(prepared.lesson.marker, task.question) not in prepared.graph
    assert 'data-node="out_h1"' in prepared.graph
    assert "<style" not in prepared.graph


@pytest.mark.parametrize(("events", "mood"), [
    ([("answer", "0.3775")], "good"), ([("answer", "0.5")], "bad"), ([("answer", "((")], "note"), ([("hint",)], "hint"),
    ([("skip",)], "note"), ([("answer", "0.5"), ("keep",)], "note"),
])  # fmt: skip
def test_moods(events, mood):
    assert find_mood(show(prepare(), *events).reply) == mood


def test_an_exam_shows_what_was_written_and_no_verdict():
    told = []
    for text in ("0.3775", "0.4"):
        state = show(prepare(mode="exam"), ("answer", text)).write_state()
        assert text in state["steps"][0]["html"]
        assert state["known"] == ""
        told.append({name: str(state[name]).replace(text, "") for name in ("said", "steps", "known", "list", "question")})
    assert told[0] == told[1]


def test_progress_counts_skills_that_were_tried():
    progress = write_progress(show(prepare(), ("answer", "0.3775")).session)
    assert list(progress["known"]) == ["forward:weighted sum"]
