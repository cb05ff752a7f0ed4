"""``tutor practise``: a dialogue through a pipe, lines of JSON, a journal that goes on, messages where something cannot be."""

import io
import json
import re

import pytest
from terminal_driven import DrivenTerminal

from tutor.exercise.load import load


@pytest.fixture
def practise(tutor, monkeypatch, folder):
    """Runs a session with these lines typed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))

    def run(*arguments, typed=()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        return tutor("practise", *arguments)

    return run


def test_a_dialogue_through_a_pipe(practise):
    code, out, err = practise("neuron/two-two-two", "--wrt", "w5", typed=["0.3775", "?", "0.9", ":skip", ":nothing", ":quit"])
    assert (code, err) == (0, "")
    assert "Right." in out
    assert "Look at in_h1." in out
    assert "Not yet." in out
    assert "There is no command :nothing." in out
    assert "What you did" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_it_is_whole_in_german(practise):
    _, out, _ = practise("qmul/activated-neuron", "--lang", "de", typed=["?", "0.9", "0.8", ":give-up"])
    assert "Noch nicht." in out
    assert "Was Sie gemacht haben" in out
    assert not any(word in out for word in ("Step ", "Not yet", "shown"))


def test_lines_of_json(practise):
    typed = ['{"answer": "0.3775"}', '{"hint": true}', "no json", '{"dance": 1}', '{"event": "go", "text": "dL/dw5"}', '{"quit": true}']
    code, out, _ = practise("neuron/two-two-two", "--wrt", "w5", "--events", typed=typed)
    said = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert said[0]["state"]["question"]["id"] == "in_h1"
    assert said[1]["verdict"] == "correct"
    assert said[2]["hint"]["kind"] == "look"
    assert "error" in said[3]
    assert "error" in said[4]
    assert said[5]["state"]["question"]["id"] == "dL/dw5"
    assert said[6]["state"]["done"]


def test_a_journal_goes_on(practise, folder):
    practise("neuron/two-two-two", "--wrt", "w5", "--as", "anna", typed=["0.3775", "0.5933"])
    code, out, _ = practise("neuron/two-two-two", "--wrt", "w5", "--as", "anna", "--resume", typed=[])
    assert code == 0
    assert "Step 3 of" in out
    assert len(list((folder / "state").rglob("*.jsonl"))) == 1


def test_a_line_that_was_cut_off_takes_no_other_with_it(practise, folder):
    """Killed while an event was written: what is answered after it is there the next time."""
    practise("neuron/two-two-two", "--wrt", "w5", "--as", "anna", typed=["0.3775", "0.5933"])
    (journal,) = (folder / "state").rglob("*.jsonl")
    with journal.open("a") as file:
        file.write('{"event": "ans')
    assert "Step 3 of" in practise("neuron/two-two-two", "--wrt", "w5", "--as", "anna", "--resume", typed=["0.3925"])[1]
    assert "Step 4 of" in practise("neuron/two-two-two", "--wrt", "w5", "--as", "anna", "--resume")[1]


def test_a_session_begun_anew_keeps_the_one_before(practise, folder):
    practise("dl/bce", "--as", "anna", typed=["0.1", "0.2"])
    practise("dl/bce", "--as", "anna", typed=["0.3"])
    texts = {path.name.count("."): path.read_text() for path in (folder / "state").rglob("*.jsonl")}
    assert "0.1" in texts[2]
    assert "0.3" in texts[1]


def test_learners_do_not_share_a_journal(practise, folder):
    for name in ("../../anna", "anna", "Anna", "an na"):
        practise("dl/bce", "--as", name, typed=["0.1"])
    assert len(list((folder / "state" / "tutor" / "practice").iterdir())) == 4
    assert len(list((folder / "state").rglob("*.jsonl"))) == 4


def test_a_broken_journal(practise, folder):
    practise("dl/bce", "--as", "anna", typed=["0.1", "0.2"])
    (journal,) = (folder / "state").rglob("*.jsonl")
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([lines[0], "{broken", lines[2]]) + "\n")
    code, _, err = practise("dl/bce", "--as", "anna", "--resume")
    assert code == 2
    assert "line 2 of the journal" in err


def test_a_line_of_a_million_signs_is_one_answer(practise):
    _, out, _ = practise("dl/bce", "--wrt", "w11", typed=["1" * 1_000_000, ":skip"])
    assert out.count("> ") == 3


@pytest.mark.parametrize(("arguments", "said"), [
    (("neuron/two-two-two", "--wrt", "w55"), "there is no gradient of L with respect to w55"),
    (("neuron/two-two-two", "--resume", "--as", "nobody"), "there is no session to go on with"),
    (("neuron/nothing",), "nothing"),
])  # fmt: skip
def test_refusals(practise, arguments, said):
    code, out, err = practise(*arguments)
    assert code == 2
    assert said in err
    assert out == ""


def test_a_journal_of_another_session(practise):
    practise("neuron/two-two-two", "--wrt", "w5", "--as", "anna", typed=["0.3775"])
    code, _, err = practise("neuron/two-two-two", "--wrt", "w6", "--as", "anna", "--resume")
    assert code == 2
    assert "wrt changed since" in err


def test_a_state_folder_that_cannot_be_written(practise, folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))
    code, _, err = practise("dl/bce", "--as", "anna")
    assert code == 2
    assert "cannot be kept" in err


def test_a_terminal_that_is_closed_loses_nothing(folder):
    terminal = DrivenTerminal("practise", "graz/chain", "--as", "me", columns=60, env={"XDG_STATE_HOME": str(folder / "state")})
    terminal.wait_for("F10 :quit")
    terminal.send("?\r")
    terminal.wait_for("Look at")
    assert terminal.close() is not None
    (journal,) = (folder / "state").rglob("*.jsonl")
    assert json.loads(journal.read_text().splitlines()[1])["event"] == "hint"


def test_a_terminal_that_can_nothing_gets_the_dialogue(folder):
    terminal = DrivenTerminal("practise", "graz/chain", env={"XDG_STATE_HOME": str(folder / "state"), "TERM": "dumb"})
    terminal.wait_for("> ")
    terminal.send("?\n")
    terminal.wait_for("Look at")
    terminal.send("\x04")
    code, text = terminal.wait()
    assert code == 0
    assert "\x1b" not in text


def test_without_a_target_the_weakest_skill_is_trained(practise, folder):
    code, out, err = practise(typed=[":quit"])
    assert code == 0
    first = re.fullmatch(r"Next: (\S+)\. It trains the chain rule \(40%\)\.\n", err)[1]
    assert load(first).title in out
    practise(first, typed=["?"] * 1 + [":give-up"] * 40)
    _, out, err = practise(typed=[":quit"])
    assert f"{first}." not in err
    assert "Next: tutor practise" in out


def test_what_is_answered_elsewhere_is_known(practise, folder):
    for _ in range(4):
        practise("qmul/activated-neuron", typed=["1"])
    (journal,) = [path for path in (folder / "state").rglob("*.jsonl") if path.name.count(".") == 1]
    assert json.loads(journal.read_text().splitlines()[0])["known"]["forward:weighted sum"] != 0.4


@pytest.mark.parametrize(("suffix", "start"), [
    (".md", "# What you did"), (".html", "<!doctype html>"), (".json", "{"), (".tex", "% Made by"), (".txt", "What you did"),
])  # fmt: skip
def test_what_was_done_is_written(practise, folder, suffix, start):
    path = folder / f"done{suffix}"
    code, _, err = practise("graz/chain", "-o", str(path), typed=["?", ":quit"])
    assert (code, err) == (0, "")
    assert path.read_text().startswith(start)
    assert "graz/chain" in path.read_text()


def test_where_nothing_can_be_kept_it_goes_on(practise, folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))
    code, out, err = practise("graz/chain", typed=["?", ":quit"])
    assert code == 0
    assert "This session is not kept" in err
    assert "What you did" in out
