"""The two ways to have workers: how one is chosen, and what a fresh interpreter has of its parent."""

import os
import sys

import pytest

from tutor.batch.pool import Pool
from tutor.batch.recipe import Recipe
from tutor.batch.workers import CHOICE, WAYS, choose_way
from tutor.errors import OutputError, ValueProblem

NAUGHTY = Recipe("naughty:job")


def ran(job, texts):
    """All results by number, from fresh interpreters."""
    return dict(Pool(job, workers=2, way="spawn").run(texts))


def test_what_fresh_interpreters_can_and_cannot_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit")  # a file that was handed in is never imported
    found = ran(NAUGHTY, ["folder"])[0].split()
    assert found[0] == str(tmp_path)
    assert str(tmp_path) not in found[1:]
    with pytest.raises(OutputError, match=r"cannot do their work \(LookupError: nothing here\)"):
        ran(Recipe("naughty:broken"), ["a"])
    with pytest.raises(TypeError, match="Recipe"):
        ran(str.upper, ["a"])
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(OutputError, match="cannot be started"):
        ran(NAUGHTY, ["a"])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OutputError, match=r"ended before it was ready \(exit code 1\)"):
        ran(NAUGHTY, ["a"])


def test_the_way_is_chosen(monkeypatch):
    monkeypatch.delenv(CHOICE, raising=False)
    assert choose_way() == "fork"
    for name in WAYS:
        monkeypatch.setenv(CHOICE, name)
        assert Pool(NAUGHTY, workers=1).way == name
    monkeypatch.setenv(CHOICE, "threads\x1b")
    with pytest.raises(ValueProblem, match=r"TUTOR_WORKERS: .*is no way to start workers\n.*fork or spawn"):
        choose_way()
    monkeypatch.delenv(CHOICE)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert choose_way() == "spawn"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "fork")
    assert choose_way() == "spawn"
    with pytest.raises(ValueProblem, match="cannot copy processes"):
        list(Pool(NAUGHTY, workers=1, way="fork").run(["a"]))
