"""Worker processes: those that die cost their own job only, whichever way they were started."""

import os
import signal
import threading

import pytest
from some_now import some_now

from tutor.batch.pool import MOST, Failure, Pool
from tutor.batch.recipe import Recipe

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


@pytest.mark.parametrize(("way", "workers"), some_now([("fork", 1), ("fork", 2), ("spawn", 2)], 3, 1, rows=True))
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
    before, threads = set(os.listdir("/proc/self/fd")), threading.active_count()
    assert list(Pool(NAUGHTY, workers=3, way=way).run([])) == []
    running = Pool(NAUGHTY, workers=2, way=way).run(["fine 1", "loop", "loop", "loop"])
    assert next(running) == (0, "1")
    running.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert set(os.listdir("/proc/self/fd")) == before
    assert threading.active_count() == threads


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
