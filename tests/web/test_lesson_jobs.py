"""What workers do: a session is the same however it was come by, a fault is one job's own, and nothing that is typed breaks a worker."""

import json

import pytest
from learners_made import RUBBISH

from tutor.exercise.catalogue import exercise_text
from tutor.web.lesson_jobs import LessonDesk
from tutor.web.store import chain_hash, dump_record

KEY = "neuron/two-two-two"
HEAD = {"mode": "practise", "layer": False, "seed": 0}


def job(do, **more):
    text = exercise_text(KEY)[1]
    return {"do": do, "exercise": KEY, "digest": "d", "text": text, "language": "", "settings": HEAD, **more}


def ask(desk, do, **more):
    return json.loads(desk.answer(json.dumps(job(do, **more))))


TYPED = ["0.3775", "0.7", "0.6", "dL/dw5 = 0.0822"]
EVENTS = [dump_record({"event": "answer", "text": text, "at": float(at)}) for at, text in enumerate(TYPED)]
EVENTS += [dump_record({"event": kind, "at": 100.0 + at}) for at, kind in enumerate(["hint", "skip", "back"])]


def take_all(desk, events=EVENTS):
    chain, states = "start", []
    for number, event in enumerate(events):
        states.append(ask(desk, "take", session=1, chain=chain, count=number, event=event))
        chain = chain_hash(chain, event)
    return chain, states


def test_a_session_that_is_taken_again_is_the_same():
    chain, states = take_all(LessonDesk())
    again = LessonDesk()
    assert ask(again, "show", session=1, chain=chain, count=len(EVENTS)) == {"need": "events"}
    assert ask(again, "show", session=1, chain=chain, count=len(EVENTS), events=EVENTS) == states[-1]["state"]


def test_what_was_never_committed_is_not_in_the_way():
    """A worker took an event that another process was faster with: its chain is another, and the events are taken again."""
    desk = LessonDesk()
    ask(desk, "take", session=1, chain="start", count=0, event=EVENTS[0])
    chain = chain_hash("start", EVENTS[1])
    assert ask(desk, "show", session=1, chain=chain, count=1) == {"need": "events"}
    shown = ask(desk, "show", session=1, chain=chain, count=1, events=[EVENTS[1]])
    assert shown["progress"]["done"] == 0


def test_the_text_of_an_exercise_is_asked_for_once():
    desk = LessonDesk()
    bare = {name: value for name, value in job("introduce").items() if name != "text"}
    assert json.loads(desk.answer(json.dumps(bare))) == {"need": "text"}
    assert ask(desk, "introduce")["count"] > 40
    assert json.loads(desk.answer(json.dumps(bare)))["count"] > 40


@pytest.mark.parametrize("text", [*RUBBISH, "9**9**9**9", "\ud83d", "\x00", "(" * 500, "1e9999999", "[[" * 30])
def test_nothing_that_is_typed_breaks_a_worker(text):
    desk = LessonDesk()
    event = dump_record({"event": "answer", "text": text, "at": 1.0})
    at = {"session": 1, "chain": "c", "count": 0}
    for found in (ask(desk, "take", event=event, **at), ask(desk, "preview", typed=text, **at)):
        assert "fault" not in found, found


def test_a_fault_is_named_and_the_session_forgotten(monkeypatch):
    desk = LessonDesk()
    chain, _ = take_all(desk, EVENTS[:1])
    monkeypatch.setattr("tutor.web.lesson_jobs.step", lambda *_: 1 / 0)
    assert ask(desk, "take", session=1, chain=chain, count=1, event=EVENTS[1]) == {"fault": "ZeroDivisionError"}
    assert desk.sessions == {}


def test_an_exercise_that_is_none_is_refused():
    found = json.loads(LessonDesk().answer(json.dumps(job("introduce") | {"text": "title = 'x'\nsteps = ['d = (']", "digest": "other"})))
    assert found["error"]["what"]


def test_a_solution_has_its_graph():
    found = ask(LessonDesk(), "solve", layer=False)
    assert "0.0821670" in found["html"]
    assert 'data-node="w5"' in found["graph"]
    assert "<style" not in found["html"] + found["graph"]
    assert ask(LessonDesk(), "solve", layer=True)["graph"] == ""


def test_skills_have_names():
    assert ask(LessonDesk(), "name", skills={"forward:sigmoid": 0.3})["skills"] == {"forward:sigmoid": "computing the sigmoid"}
