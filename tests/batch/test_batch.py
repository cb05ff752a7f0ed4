"""The batch: workers that die, runs that are killed, disks that are full.  The bytes are the same whatever happened."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tutor.batch.folder import Folder
from tutor.batch.journal import JournalHeader
from tutor.batch.journal_file import Journal
from tutor.batch.pool import MOST, Failure, Pool
from tutor.batch.recipe import Recipe
from tutor.batch.run_batch import BatchWork, mark_missing
from tutor.batch.workers import CHOICE, choose_way
from tutor.errors import OutputError, ValueProblem

HEADER = JournalHeader("e", "h", "v", 0)


# Workers


ENDS = [
    ("loop", "time", "it took longer than 0.5 s"),
    ("power", "time", "it took longer than 0.5 s"),
    ("sleep", "time", "it took longer than 0.5 s"),
    ("memory", "memory", "it needed more than 300 MB of memory"),
    ("exit", "crash", "the process that marked it died (exit code 3)"),
    ("kill", "crash", "the process that marked it died (signal 9)"),
    ("raise", "crash", "the marker failed"),
    ("deep", "crash", "the marker failed"),
]


NAUGHTY = Recipe("naughty:job")
WAYS = ["fork", "spawn"]


def ran(job, texts, **limits):
    """All results by number; each number comes once."""
    found = list(Pool(job, **limits).run(texts))
    assert sorted(number for number, _ in found) == list(range(len(texts)))
    return dict(found)


@pytest.mark.parametrize(("way", "workers"), [("fork", 1), ("fork", 2), ("spawn", 2)])
def test_a_dead_worker_costs_its_own_job_only(workers, way, monkeypatch):
    """By the timer in the worker: what watches from outside would take a quarter of an hour for each."""
    monkeypatch.setattr("tutor.batch.pool.GRACE", 900)
    texts = [f"fine {i}" for i in range(150)]
    for place, (what, _, _) in enumerate(ENDS):
        texts[20 + 13 * place] = what
    texts[140:142] = ["exit", "exit"]
    found = ran(NAUGHTY, texts, workers=workers, seconds=0.5, megabytes=300, way=way)
    for place, (_, kind, reason) in enumerate(ENDS):
        assert found.pop(20 + 13 * place) == Failure(kind, reason)
    assert {found.pop(140).kind, found.pop(141).kind} == {"crash"}
    assert found == {number: str(number) for number in found}


def test_a_job_that_dies_has_one_retry_alone(tmp_path):
    def job(text):
        with open(tmp_path / "tries", "a") as file:
            file.write(f"{text}\n")
        if text in ("7", "9") and not (tmp_path / text).exists():
            (tmp_path / text).touch()
            os._exit(1)
        if text == "8":
            os._exit(1)
        return text

    found = ran(job, [str(i) for i in range(40)], workers=2, way="fork")
    assert isinstance(found.pop(8), Failure)
    assert found == {number: str(number) for number in found}
    tries = (tmp_path / "tries").read_text().split()
    assert {text: tries.count(text) for text in set(tries) if tries.count(text) > 1} == {"7": 2, "8": 2, "9": 2}


@pytest.mark.parametrize("way", WAYS)
def test_workers_are_silent_and_take_texts_of_any_size(capfd, way):
    texts = ["print x", "fine " + "y" * 3_000_000, "fine σ", *["fine " + "z" * 100_000] * 30]
    found = ran(NAUGHTY, texts, workers=2, seconds=60, way=way)
    assert [found[0], len(found[1]), found[2]] == ["X", 3_000_000, "Σ"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("way", WAYS)
def test_no_jobs_and_an_iterator_that_is_closed_leave_nothing_behind(way):
    before = set(os.listdir("/proc/self/fd"))
    assert list(Pool(NAUGHTY, workers=3, way=way).run([])) == []
    running = Pool(NAUGHTY, workers=2, way=way).run(["fine 1", "loop", "loop", "loop"])
    assert next(running) == (0, "1")
    running.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert set(os.listdir("/proc/self/fd")) == before
    assert threading.active_count() == 1


def test_a_worker_whose_timer_fails_is_killed_from_outside(monkeypatch):
    monkeypatch.setattr("tutor.batch.pool.GRACE", 0.1)
    monkeypatch.setattr(signal, "setitimer", lambda *_: None)
    assert ran(NAUGHTY, ["loop", "fine 1"], workers=1, seconds=0.2, way="fork")[0].kind == "time"


@pytest.mark.parametrize("way", WAYS)
def test_a_worker_gets_more_at_once_when_jobs_are_short(monkeypatch, way):
    """What dispatching costs, counted: 5,000 short jobs are sent in a few hundred writes (tests/benchmarks/dispatch.py has the time)."""
    monkeypatch.setattr("tutor.batch.pool.NEAR", float("inf"))  # every batch is a short one, on any machine
    writes = []
    send = Pool._send
    monkeypatch.setattr(Pool, "_send", lambda self, worker, queue: (writes.append(len(worker.jobs)), send(self, worker, queue)))
    ran(NAUGHTY, ["fine " + "x" * 2_000] * 5_000, workers=2, seconds=60, way=way)
    assert sum(writes) == 5_000
    assert len(writes) < 5_000 / MOST + 20


def test_what_fresh_interpreters_can_and_cannot_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit")  # a file that was handed in is never imported
    found = ran(NAUGHTY, ["folder"], workers=1, way="spawn")[0].split()
    assert found[0] == str(tmp_path)
    assert str(tmp_path) not in found[1:]
    with pytest.raises(OutputError, match=r"cannot do their work \(LookupError: nothing here\)"):
        ran(Recipe("naughty:broken"), ["a"], workers=1, way="spawn")
    with pytest.raises(TypeError, match="Recipe"):
        ran(str.upper, ["a"], workers=1, way="spawn")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(OutputError, match="cannot be started"):
        ran(NAUGHTY, ["a"], workers=1, way="spawn")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OutputError, match=r"ended before it was ready \(exit code 1\)"):
        ran(NAUGHTY, ["a"], workers=2, way="spawn")


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


# Batches


PROGRAM = """
import random, resource, sys, time
from pathlib import Path
from tutor.answer.handed_in import Submission
from tutor.batch.run_batch import BatchWork, mark_missing, read_results
from tutor.batch.folder import Folder
from tutor.batch.journal_file import NAME, Journal
from tutor.batch.pool import Pool
from tutor.batch.journal import JournalHeader
from tutor.marking.record import dumps
from tutor.marking.work import unmarked

folder, workers, count, resume, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "resume", int(sys.argv[5])
gate, pause = int(sys.argv[6]), int(sys.argv[7])  # jobs from that number on, and the report of that number, never end
people = [Submission(f"student{n:04}", {"q": "x" * (n % 50)}) for n in range(count)]

def row(number, reason):
    return dumps(unmarked(people[number], "e", "h", 0, reason))

def job(text):
    number = int(text.split()[0])
    if number == 17:
        import os; os._exit(1)
    time.sleep(1e6 if number >= gate else random.Random(number).random() * 0.003)
    return row(number, f"marked {number}")

if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
try:
    out = Folder(Path(folder))
    header = JournalHeader("e", "h", "v", 0)
    journal = Journal(out.path, header, resume=resume)
    work = BatchWork(count, lambda n: f"{n} job", lambda n, failure: row(n, failure.reason), Pool(job, workers=workers, seconds=1e6).run)
    print("begun", flush=True)
    keys = mark_missing(work, journal)
    marked = read_results(journal, keys)
    out.put("results.json", (text.encode() for text in journal.records(keys)))
    for number, one in enumerate(marked[:100]):
        if number == pause:
            time.sleep(1e6)
        out.put(f"reports/{one.student}.md", one.reason)
    out.put(NAME, journal.lines_in_order(keys), journal.close)
except Exception as error:
    print(error, flush=True)
    sys.exit(2)
"""
COUNT = 300


def start(folder, workers=2, *, resume=False, room=0, count=COUNT, gate=COUNT, pause=COUNT):
    """A batch in a process group of its own; with ``gate`` or ``pause`` it goes so far and no further."""
    arguments = [sys.executable, "-c", PROGRAM, folder, workers, count, "resume" if resume else "new", room, gate, pause]
    here = Path(__file__).parents[2]
    return subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=here)


def finish(process):
    said = process.communicate(timeout=600)[0]
    return process.returncode, said


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "new"
    assert finish(start(folder)) == (0, "begun\n")
    found = tree(folder)
    assert len(found) == 102
    assert b"the process that marked it died" in found["results.json"]
    return found


def test_any_number_of_workers_gives_the_same_bytes(undisturbed, tmp_path):
    for workers in (1, 3):
        assert finish(start(tmp_path / str(workers), workers)) == (0, "begun\n")
        assert tree(tmp_path / str(workers)) == undisturbed


def test_killed_at_any_moment_and_resumed_gives_the_same_bytes(undisturbed, tmp_path):
    """SIGKILL for the whole group five times, then once for the parent alone, whose workers must not hold the lock."""
    chance = random.Random(4)
    folder = tmp_path / "killed"
    journal = folder / "journal.jsonl"
    size = 0
    for kill in range(6):
        gate = 40 * (kill + 1)  # so far it gets, whoever is quicker
        process = start(folder, resume=kill > 0, gate=gate)
        wanted = size + chance.randrange(30 * len(undisturbed["journal.jsonl"]) // COUNT)
        while not journal.exists() or journal.stat().st_size <= wanted:
            assert process.poll() is None
            time.sleep(0.000_2)
        if kill < 5:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
        size = journal.stat().st_size
    assert size < len(undisturbed["journal.jsonl"])
    assert finish(start(folder, resume=True)) == (0, "begun\n")
    assert tree(folder) == undisturbed


def test_killed_while_the_outputs_are_written(undisturbed, tmp_path):
    folder = tmp_path / "late"
    process = start(folder, pause=4)
    while not (folder / "reports" / "student0003.md").exists():
        assert process.poll() is None
        time.sleep(0.000_5)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert finish(start(folder, resume=True)) == (0, "begun\n")
    assert tree(folder) == undisturbed


def test_a_torn_and_a_damaged_line_are_marked_again(undisturbed, tmp_path):
    folder = tmp_path / "torn"
    assert finish(start(folder))[0] == 0
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:50], lines[50][:30] + b"\n", *lines[52:200], lines[200][:-9]]))
    assert finish(start(folder, resume=True)) == (0, "begun\n")
    assert tree(folder) == undisturbed


def test_a_disk_that_is_full_in_mid_run(undisturbed, tmp_path):
    """The system refuses a file of more than so many bytes: a journal stays whole, and the run can go on."""
    folder = tmp_path / "full"
    code, said = finish(start(folder, room=30_000))
    assert code == 2
    assert "journal.jsonl cannot be written: File too large" in said
    assert "--resume" in said
    assert (folder / "journal.jsonl").read_bytes().endswith(b"}\n")
    code, said = finish(start(folder, resume=True, room=len(undisturbed["results.json"]) - 100))
    assert code == 2  # there is room for less than the results
    assert "cannot be written: File too large" in said
    assert finish(start(folder, resume=True)) == (0, "begun\n")
    assert tree(folder) == undisturbed


# The journal on disk


def echo(texts):
    return enumerate(f'{{"n":{text}}}' for text in texts)


def work(run=echo, count=3):
    return BatchWork(count, str, lambda number, failure: f'{{"failed":{number}}}', run)


def test_no_space_left(tmp_path, monkeypatch):
    journal = Journal(tmp_path, HEADER, resume=False)
    real = os.write

    def write(file, data):
        if file == journal.file and journal.end > 200:
            real(file, bytes(data)[:5])
            raise OSError(28, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OutputError, match=r"journal\.jsonl cannot be written: No space left on device"):
        mark_missing(work(), journal)
    monkeypatch.undo()
    journal.close()
    journal = Journal(tmp_path, HEADER, resume=True)
    assert (len(journal.done), journal.damaged) == (1, 0)
    assert list(journal.records(mark_missing(work(), journal))) == ['{"n":0}', '{"n":1}', '{"n":2}']
    journal.close()


def test_a_journal_is_never_overwritten_shared_or_followed_elsewhere(tmp_path):
    journal = Journal(tmp_path, HEADER, resume=True)  # nothing there: it begins
    with pytest.raises(OutputError, match="another run is writing"):
        Journal(tmp_path, HEADER, resume=True)
    mark_missing(work(), journal)
    journal.close()
    before = (tmp_path / "journal.jsonl").read_bytes()
    with pytest.raises(OutputError, match=r"(?s)marks of an earlier run are there.*--resume"):
        Journal(tmp_path, HEADER, resume=False)
    with pytest.raises(OutputError, match=r"the seed: 0 there, 1 now"):
        Journal(tmp_path, JournalHeader("e", "h", "v", 1), resume=True)
    assert (tmp_path / "journal.jsonl").read_bytes() == before
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="cannot be opened"):
        Journal(tmp_path / "link", HEADER, resume=False)
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_done_is_not_done_again_and_what_failed_is(tmp_path):
    asked = []

    def run(texts):
        for number, text in enumerate(texts):
            asked.append(text)
            yield number, Failure("time", "slow") if text == "1" else f'{{"n":{text}}}'

    for _ in range(2):
        journal = Journal(tmp_path, HEADER, resume=True)
        mark_missing(work(run), journal)
        journal.close()
    journal = Journal(tmp_path, HEADER, resume=True)
    mark_missing(work(run, 4), journal)
    journal.close()
    assert asked == ["0", "1", "2", "1", "1", "3"]


# The folder


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ".hidden", "a/.hidden", "", "a\\..\\x", "a\nb", "reports/..", "a\x1bb"])
def test_nothing_gets_out_of_the_folder(tmp_path, name):
    with pytest.raises(OutputError, match="is no name for a file"):
        Folder(tmp_path / "out").put(name, "x")
    assert tree(tmp_path) == {}


def test_links_in_the_folder_are_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "reports").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out" / "marks.csv").symlink_to(tmp_path / "elsewhere" / "x")
    folder = Folder(tmp_path / "out")
    with pytest.raises(OutputError, match="reports is a symbolic link"):
        folder.put("reports/anna.md", "x")
    folder.put("marks.csv", "x\ud800")
    assert (tmp_path / "out" / "marks.csv").read_text() == "x\\ud800"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_is_a_file_or_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file"):
        Folder(tmp_path / "file")
    with pytest.raises(OutputError, match="cannot be made: Not a directory"):
        Folder(tmp_path / "file" / "below")
