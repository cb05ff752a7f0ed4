"""The journal itself: where it lies, what its first line says; what becomes of it is tested with the command."""

import errno
import json

import pytest
from learners_made import answer_right

from tutor.cli.practice_journal import NotKept, Past, describe_session, keep_trials, open_journal, read_past
from tutor.errors import OutputError
from tutor.exercise.load import load
from tutor.practice.costs import read_costs
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


def test_a_disk_that_is_full_costs_nothing_that_was_kept(tmp_path, monkeypatch):
    """A line of which a part was written is taken away, and can be written when there is room; the session before stays there."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    journal = open_journal("anna", start(load("dl/bce")), resume=False)
    before = journal.path.read_bytes()

    def fill_disk(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("os.fsync", fill_disk)
        with pytest.raises(NotKept, match="No space left") as refused:
            journal.keep(Event("answer", "0.5", 3.0))
        assert (refused.value.needed, journal.path.read_bytes()) == (True, before)
    journal.keep(Event("answer", "0.5", 3.0))
    kept = journal.path.read_bytes()
    monkeypatch.setattr("pathlib.Path.write_text", fill_disk)
    with pytest.raises(NotKept):
        open_journal("anna", start(load("dl/bce")), resume=False)
    assert [(path, path.read_bytes()) for path in journal.path.parent.iterdir()] == [(journal.path, kept)]


def test_what_a_learner_knew_goes_with_the_journal(tmp_path, monkeypatch):
    """In ``learn`` what is asked depends on it: a session that goes on has to start as it did."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lesson = start(load("neuron/two-two-two"), Settings(mode="learn")).lesson
    session = start(lesson, known=dict.fromkeys((task.skill for task in lesson.tasks), 0.99))
    open_journal("anna", session, resume=False)
    assert open_journal("anna", start(lesson), resume=True).session == session


def test_a_session_goes_on_with_the_same_costs_only(tmp_path, monkeypatch):
    """They are in the journal; one from before there were any to choose has those that there were."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lesson = load("dl/bce")
    own = start(lesson, Settings(mode="graded", costs=read_costs("1, 0.5; floor 0")))
    journal = open_journal("anna", own, resume=False)
    journal.keep(Event("answer", "17", 3.0))
    assert len(open_journal("anna", own, resume=True).session.events) == 1
    assert len(read_past("anna").trials) == 1
    with pytest.raises(OutputError, match="costs changed since"):
        open_journal("anna", start(lesson, Settings(mode="graded")), resume=True)
    standard = start(lesson, Settings(mode="graded"))
    old = open_journal("bert", standard, resume=False)
    old.path.write_text(old.path.read_text().replace(f', "costs": "{standard.lesson.settings.costs}"', ""))
    assert "costs" not in old.path.read_text()
    assert open_journal("bert", standard, resume=True).session == standard


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
