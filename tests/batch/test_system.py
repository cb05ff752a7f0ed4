"""What systems do differently: marking a class where there is only what Windows has, and names that Windows does not take."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from tutor.batch import system
from tutor.batch.folder import Folder
from tutor.batch.journal import JournalHeader
from tutor.batch.journal_file import Journal
from tutor.batch.workers import CHOICE
from tutor.errors import OutputError
from tutor.text import file_name

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
CLASS = """student,out_h1,out_o1,dL/dw5,dL/dw1
anna,0.593,0.751,0.082,0.000439
ben,0.593,0.751,-0.082,no idea (
con,0.6,,,
"Æsa/../x",1/2,0.751,0.0822,σ(1)
"""


def run(folder, *arguments, hidden=False, **environment):
    """A process that runs the command; with ``hidden`` it and its workers lack what Windows lacks."""
    paths = [str(TESTS / "without_posix")] if hidden else []
    own = {"PYTHONPATH": os.pathsep.join([*paths, str(ROOT), str(TESTS)]), **environment}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=600, check=False)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_a_class_is_marked_with_the_same_bytes_everywhere(tmp_path):
    """Copies of the process, fresh interpreters, and a system that has only what Windows has."""
    (tmp_path / "class.csv").write_text(CLASS, encoding="utf-8")
    for out, hidden, environment in (("fork", False, {CHOICE: "fork"}), ("spawn", False, {CHOICE: "spawn"}), ("windows", True, {})):
        done = run(tmp_path, "-m", "tutor", "mark", "neuron/two-two-two", "class.csv", "-o", out, "--to", "gradescope", "--report", "json",
                   "--jobs", "2", hidden=hidden, **environment)  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
    assert tree(tmp_path / "fork") == tree(tmp_path / "spawn") == tree(tmp_path / "windows")
    assert len(tree(tmp_path / "fork")) == 14


HIDDEN_POOL = """
import json, os, signal
from tutor.batch.pool import Pool
from tutor.batch.recipe import Recipe
assert not hasattr(os, "fork") and not hasattr(signal, "setitimer")
texts = ["fine a", "loop", "power", "fine b", "exit", "raise", "deep", "sleep", "fine σ", "print c"]
found = dict(Pool(Recipe("naughty:job"), workers=2, seconds=0.5).run(texts))
print(json.dumps([getattr(found[n], "reason", found[n]) for n in range(len(texts))]))
"""


@pytest.mark.slow
def test_workers_are_held_to_their_time_where_the_system_has_no_timer(tmp_path):
    done = run(tmp_path, "-c", HIDDEN_POOL, hidden=True)
    assert done.stderr == ""
    late = "it took longer than 0.5 s"
    died = "the process that marked it died (exit code 3)"
    assert json.loads(done.stdout) == ["A", late, late, "B", died, "the marker failed", "the marker failed", late, "Σ", "C"]


def test_solving_needs_nothing_of_posix(tmp_path):
    command = ("-m", "tutor", "solve", "neuron/two-two-two", "--wrt", "w5")
    with_posix, without = run(tmp_path, *command), run(tmp_path, *command, hidden=True)
    assert with_posix.returncode == 0
    assert (without.returncode, without.stdout, without.stderr) == (0, with_posix.stdout, "")


@pytest.fixture
def windows(monkeypatch):
    """What this process can be without while a test runs; gives the calls of a stand-in for Windows' module of locks."""
    for name in ("pread", "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK"):
        monkeypatch.delattr(os, name)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    held = []

    def locking(file, mode, count):
        at = (os.fstat(file).st_ino, os.lseek(file, 0, os.SEEK_CUR), count)
        if at in held:
            raise PermissionError(13, "Permission denied")
        held.append(at)

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2, setmode=lambda file, mode: 0))
    return held


def test_a_journal_is_locked_and_replaced_only_when_it_is_closed(tmp_path, windows, monkeypatch):
    header = JournalHeader("e", "h", "v", 0)
    journal = Journal(tmp_path, header, resume=False)
    assert [at for _, at, _ in windows] == [system.LOCKED]
    with pytest.raises(OutputError, match="another run is writing"):
        Journal(tmp_path, header, resume=True)
    for key in ("aa", "bb", "aa"):
        journal.add(key, f'{{"n":"{key}{"x" * 70_000}"}}')
    assert [len(text) for text in journal.records(["aa", "bb"])] == [70_010, 70_010]
    replace = Path.replace

    def replace_closed(path, target):
        assert journal.file == -1, "Windows refuses to replace a file that is open"
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_closed)
    Folder(tmp_path).put("journal.jsonl", journal.lines_in_order(["bb", "aa"]), before_replacing=journal.close)
    journal.close()
    assert [json.loads(line).get("input") for line in (tmp_path / "journal.jsonl").read_text().splitlines()] == [None, "bb", "aa"]


def test_the_command_closes_the_journal_before_it_replaces_it(tmp_path, tutor, monkeypatch):
    """Windows would refuse to replace it; here a file that is open is found in the list of the process."""
    (tmp_path / "class.csv").write_text(CLASS, encoding="utf-8")
    replace = Path.replace

    def replace_closed(path, target):
        files = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{n}")]
        assert str(Path(target).absolute()) not in files
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_closed)
    assert tutor("mark", "neuron/two-two-two", "class.csv", "-o", "marks")[0] == 0
    assert (tmp_path / "marks" / "journal.jsonl").exists()


def test_links_are_refused_without_the_flag_for_it(tmp_path, windows):
    from tutor.batch.inputs import read_content

    (tmp_path / "real").write_bytes(b"a\r\nb\x1ac\n")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read_content(tmp_path / "real") == b"a\r\nb\x1ac\n"
    assert "symbolic link" in read_content(tmp_path / "link")
    assert "folder" in read_content(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match=r"cannot be opened: it is a symbolic link"):
        Journal(tmp_path / "out", JournalHeader("e", "h", "v", 0), resume=False)
    assert not (tmp_path / "elsewhere").exists()


def test_flags_that_a_system_lacks_are_left_out(monkeypatch):
    monkeypatch.setattr(os, "O_BINARY", 1 << 15, raising=False)
    assert system.open_flags("O_RDWR", "O_NOSUCH") == os.O_RDWR | 1 << 15


def test_a_system_without_locks_grants_them(tmp_path, monkeypatch):
    for name in ("fcntl", "msvcrt"):
        monkeypatch.setitem(sys.modules, name, None)
    with open(tmp_path / "x", "wb") as file:
        assert system.lock(file.fileno())


IMPOSSIBLE = [
    "con", "NUL.txt", "aux.md", "COM1", "lpt9.x", "a:b", "a?", "a*b", "a<b", 'a"b', "a|b", "trailing.", "blank ", "reports/con.md"
]  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_no_output_has_a_name_that_windows_does_not_take(tmp_path, name):
    with pytest.raises(OutputError, match="is no name for a file"):
        Folder(tmp_path).put(name, "x")


NAMES = [
    "con", "CON", "nul.txt", "com1", "lpt¹", "conin$", "a:b", "a.", "a ", "..", "Anna", "anna", "x/y", "x\\y", "", "ß" * 300, "a\u202eb",
    "*?<>|",
]  # fmt: skip


def test_every_student_has_a_file_name_on_every_system(tmp_path):
    """Also where upper and lower case are the same."""
    names = [f"reports/{file_name(name)}.md" for name in NAMES]
    assert len({name.lower() for name in names}) == len(NAMES)
    for name in names:
        assert name.isascii()
        Folder(tmp_path).put(name, "x")
