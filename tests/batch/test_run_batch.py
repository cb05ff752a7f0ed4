"""Batches: runs that are killed, disks that are full.  The bytes are the same whatever happened."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import random, resource, sys, time
from pathlib import Path
from tutor.answer.handed_in import Submission
from tutor.batch.run_batch import BatchWork, mark_missing, read_results
from tutor.batch.folder import Folder
from tutor.batch.journal_file import NAME, Journal
from tutor.batch.pool import Pool
from tutor.batch.journal import JournalHeader
from tutor.marking.record import dump_record
from tutor.marking.work import make_unmarked

folder, workers, count, resume, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "resume", int(sys.argv[5])
gate, pause = int(sys.argv[6]), int(sys.argv[7])  # jobs from that number on, and the report of that number, never end
people = [Submission(f"student{n:04}", {"q": "x" * (n % 50)}) for n in range(count)]

def row(number, reason):
    return dump_record(make_unmarked(people[number], "e", "h", 0, reason))

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
