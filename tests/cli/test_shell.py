"""What the commands share: assignments, files that are replaced whole, and the width of the terminal."""

import io
import json
import os
import stat
from pathlib import Path

import pytest

from tutor.cli.shell import assignments, console, set_plain_utf8, write
from tutor.errors import OutputError, TutorError


def left(folder):
    """The files in the folder, hidden ones too."""
    return sorted(path.name for path in folder.rglob("*"))


def test_a_file_is_written_whole_and_replaced_at_once(tutor, folder):
    path = folder / "f.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    assert tutor("solve", "(x+y)*z", "--to", "json", "-o", "f.json") == (0, "", "")
    assert json.loads(path.read_text("utf-8"))["exercise"] == "expression"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert left(folder) == ["f.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file_is_written_to_and_stays(folder):
    """A pipe, /dev/stdout: it must not be replaced by a file."""
    path = folder / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write("σ", path)
    assert os.read(reader, 9) == "σ".encode()
    os.close(reader)
    assert path.is_fifo()


def test_a_failed_write_leaves_the_old_file(tutor, folder, monkeypatch):
    path = folder / "f.tex"
    path.write_text("old", encoding="utf-8")

    def broken(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    code, _, err = tutor("solve", "x^2", "--to", "latex", "-o", "f.tex")
    assert code == 2
    assert "No space left" in err
    assert path.read_text("utf-8") == "old"
    assert left(folder) == ["f.tex"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_file_without_permission(tutor, folder):
    path = folder / "f.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o400)
    assert tutor("solve", "x^2", "-o", "f.txt")[0] == 2
    assert path.read_text("utf-8") == "old"


def test_a_text_in_pieces_is_one_file(folder):
    write(iter(["σ", "\n", "b"]), Path("f"))
    assert Path("f").read_bytes() == "σ\nb".encode()
    write(b"\x00\r\n", Path("f"))
    assert Path("f").read_bytes() == b"\x00\r\n"
    with pytest.raises(OutputError, match="is a folder"):
        write("x", folder)
    assert left(folder) == ["f"]


def test_assignments():
    assert assignments(["x=2", "y=1/3", "η=0.1"]) == {"x": "2", "y": "1/3", "eta": "0.1"}
    assert assignments(None) == {}
    assert assignments(["x=2, y=1/3,z_1=-1"]) == {"x": "2", "y": "1/3", "z_1": "-1"}
    assert assignments(["v=[1, 2/3]", "W=[[1,2],[3,4]]"]) == {
        "v_1": "1", "v_2": "2/3", "W_1_1": "1", "W_1_2": "2", "W_2_1": "3", "W_2_2": "4",
    }  # fmt: skip
    assert assignments(["x=max(1, 2)", "y=1,5", "z=[[1,2]"]) == {"x": "max(1, 2)", "y": "1,5", "z": "[[1,2]"}  # refused where read
    for texts, what in ((["x"], "gives nothing a value"), (["x=1", "x=2"], "given two values"), (["1x=2"], "1x")):
        with pytest.raises(TutorError, match=what):
            assignments(texts)


def test_the_width_is_80_where_nobody_watches(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console().width == 80
    monkeypatch.setenv("COLUMNS", "57")
    assert console().width == 57


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_streams_write_utf_8_whatever_the_system_says(encoding):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    set_plain_utf8(stream)
    stream.write("σ ∂ \ud800")
    stream.flush()
    assert raw.getvalue() == "σ ∂ ?".encode()
    set_plain_utf8(io.StringIO())  # what cannot be told is left as it is


@pytest.mark.parametrize("name", ["x.docx", "x.pfd", "x.jpeg"])
@pytest.mark.parametrize("command", [("solve", "x^2"), ("train", "neuron/adam"), ("sheet", "dl/bce")])
def test_a_file_of_no_format_is_refused_and_not_written(tutor, folder, name, command):
    code, out, err = tutor(*command, "-o", name)
    assert (code, out) == (2, "")
    assert f"ends in {name[1:]}" in err
    assert ".pdf" in err
    assert not Path(name).exists()
    assert tutor(*command, "--to", "markdown", "-o", name)[0] == 0  # whoever says the format may call the file as they like
