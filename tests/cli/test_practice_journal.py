"""The journal itself: where it lies, what its first line says; what becomes of it is tested with the command."""

import json

import pytest
from learners_made import answer_right

from tutor.cli.practice_journal import Past, describe_session, keep_trials, open_journal, read_past
from tutor.errors import OutputError
from tutor.exercise.load import load
from tutor.practice.session import Event, Settings, start, step


def test_events_are_there_when_they_are_taken_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = start(load("dl/bce"))
    journal = open_journal("anna", session, resume=False)
    head = json.loads(journal.path.read_text().splitlines()[0])
    assert head == describe_session(session) | {"known": dict(session.known)}
    event = Event("answer", "0.5", 3.0)
    journal.keep(event)
    assert open_journal("anna", session, resume=True).session == step(session, event)[0]


def test_a_journal_that_cannot_be_written_to(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    journal = open_journal("anna", start(load("dl/bce")), resume=False)
    journal.path.unlink()
    journal.path.mkdir()
    with pytest.raises(OutputError, match="cannot be kept") as refused:
        journal.keep(Event("hint"))
    assert "XDG_STATE_HOME" in refused.value.hint


def test_what_a_learner_knew_goes_with_the_journal(tmp_path, monkeypatch):
    """In ``learn`` what is asked depends on it: a session that goes on has to start as it did."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lesson = start(load("neuron/two-two-two"), Settings(mode="learn")).lesson
    session = start(lesson, known=dict.fromkeys((task.skill for task in lesson.tasks), 0.99))
    open_journal("anna", session, resume=False)
    assert open_journal("anna", start(lesson), resume=True).session == session


def test_first_tries_are_there_with_and_without_what_is_kept_beside_a_journal(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for ident in ("dl/bce", "graz/chain"):
        session = start(load(ident))
        journal = open_journal("anna", session, resume=False)
        for text in ("0.123", "17"):
            journal.keep(event := Event("answer", text, 3.0))
            session, _ = step(session, event)
        if ident == "dl/bce":
            keep_trials(journal, session)
    past = read_past("anna")
    assert len(past.trials) == 2
    assert past.finished == ()
    assert read_past("anna") == past
    assert len(list(journal.path.parent.glob("*.trials.json"))) == 2
    for path in journal.path.parent.glob("*.trials.json"):
        path.write_text("{broken")
    assert read_past("anna") == past
    assert read_past("nobody") == Past()


def test_what_follows_the_trials_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = start(load("graz/chain"))
    journal = open_journal("anna", session, resume=False)
    keep_trials(journal, session)
    end, _ = answer_right(session)
    for event in end.events:
        journal.keep(event)
    assert read_past("anna") == Past(end.trials, ("graz/chain",))
    open_journal("anna", session, resume=False)
    assert read_past("anna") == Past(end.trials, ("graz/chain",))
    (journal.path.parent / "torn.jsonl").write_bytes(b"\xff{")
    assert read_past("anna").finished == ("graz/chain",)
