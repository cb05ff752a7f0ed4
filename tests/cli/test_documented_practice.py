"""docs/practise.md and README: what they say is typed is typed, and what they show comes out."""

import io
import re
import shlex
from pathlib import Path

import pytest

from tutor.cli.practice_dialogue import COMMANDS, VIEWS
from tutor.cli.practice_screen import KEYS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "practise.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
RECORDED = re.findall(r"```sh\n(printf [^\n]*)\n```\n\n```text\n(.*?)```", PAGE + README, re.DOTALL)


def run(line, tutor, monkeypatch):
    """What comes of a line of the shell that pipes answers into a command."""
    typed, command = (shlex.split(part) for part in line.split(" | "))
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in typed[2:])))
    return tutor(*command[1:])


@pytest.mark.parametrize(("line", "shown"), RECORDED)
def test_what_is_recorded_comes_out(line, shown, tutor, monkeypatch, folder):
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    code, out, err = run(line, tutor, monkeypatch)
    assert (code, err) == (0, "")
    out = re.sub("Time: [0-9]:[0-9]{2}", "Time: 0:00", out)  # on a busy machine
    lines, wanted = out.splitlines(), shown.rstrip("\n").split("\n")
    for part in "\n".join(wanted).split("\n⋮\n"):
        assert part in "\n".join(lines)


def test_there_are_recordings():
    assert len(RECORDED) == 3


def test_every_key_is_described():
    assert all(f"| {key.upper()} | `{typed}` |" in PAGE for key, typed in KEYS.items())
    assert all(f"`{typed}`" in PAGE for typed in (*COMMANDS, *VIEWS) if typed not in (":hint", ":q"))


def test_the_lines_of_python_run():
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    exec(compile(code, "practise.md", "exec"), {})
