"""The journal itself: where it lies, what its first line says; what becomes of it is tested with the command."""

import json

import pytest

from tutor.cli.practice_journal import describe_session, open_journal
from tutor.errors import OutputError
from tutor.exercise.load import load
from tutor.practice.session import Event, start, step


def test_events_are_there_when_they_are_taken_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = start(load("dl/bce"))
    journal = open_journal("anna", session, resume=False)
    assert json.loads(journal.path.read_text().splitlines()[0]) == describe_session(session)
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
