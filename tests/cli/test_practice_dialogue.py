"""A line of a dialogue: an answer, a command, something to look at; what is no command is said."""

import errno
from pathlib import Path

import pytest

from tutor.cli.practice_dialogue import COMMANDS, VIEWS, list_keys, read_command, take_line
from tutor.cli.practice_journal import NotKept
from tutor.notation.profile import Notation
from tutor.render.terminal.terminal_page import write_plain_page
from tutor.results.practice import practise


@pytest.fixture
def practice():
    return practise("graz/sqrt-cos")


@pytest.mark.parametrize(("line", "said"), [
    ("4", "Right."), ("  4  ", "Right."), ("?", "Look at x."), (":hint", "Look at x."), (":table", "Quantity"), (":graph", "√c"),
    (":nothing", "no command :nothing"), (":go", "no command :go"), (":go dL/dw99", "there is no step dL/dw99"), (":go b", ""),
    (":skip", ""), ("\x1b[31m", "could not be read"), ("", "no answer in this"),
])  # fmt: skip
def test_a_line(practice, line, said):
    text = write_plain_page(take_line(practice, line), Notation(), 80)
    assert said in text
    assert "\x1b" not in text


def test_the_steps_can_be_looked_at(practice):
    take_line(practice, "4")
    assert "a = x² = 2²" in write_plain_page(take_line(practice, ":steps"), Notation(), 80)


def test_each_command_is_an_event():
    assert all(read_command(typed) == (kind, "") for typed, kind in COMMANDS.items())


def test_keys_name_the_commands(practice):
    line = list_keys(practice)
    assert all(typed in line for typed in (*VIEWS, ":skip", ":give-up", ":go STEP", "?"))


@pytest.mark.parametrize(("needed", "line", "said", "count"), [
    (True, "4", "This was not taken", 0), (True, ":quit", "From here on this session is not kept", 1),
    (False, "4", "From here on this session is not kept", 1),
])  # fmt: skip
def test_what_cannot_be_written_down(practice, needed, line, said, count):
    """Where a journal is needed it is not taken, and may be given again; else the session goes on without."""

    def keep(_):
        raise NotKept(Path("anna.jsonl"), OSError(errno.ENOSPC, "No space left on device"), needed=needed)

    practice.keep = keep
    text = write_plain_page(take_line(practice, line), Notation(), 80)
    assert said in text
    assert "No space left" in text
    assert len(practice.session.events) == count
