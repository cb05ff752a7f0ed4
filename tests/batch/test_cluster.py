"""A batch on a cluster of real worker processes, one of which is killed in mid-run: the same results as here.

Needs dask.distributed; with TUTOR_NEEDS_CLUSTER set a missing one fails instead of skipping.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tutor.answer.handed_in import Submission
from tutor.batch.pool import Failure, Pool
from tutor.errors import OutputError
from tutor.exercise.catalogue import exercise_text
from tutor.marking.work import exercise_key, job_text, run_job

distributed = pytest.importorskip("distributed") if not os.environ.get("TUTOR_NEEDS_CLUSTER") else importlib.import_module("distributed")

pytestmark = pytest.mark.filterwarnings("ignore")  # those of distributed, tornado and asyncio are not ours

IDENT, TEXT = exercise_text("neuron/two-two-two")
KEY = exercise_key(IDENT, TEXT)
TABLE = {KEY: (IDENT, TEXT)}
ANSWERS = {"out_h1": "0.593", "out_o1": "0.751", "dL/dw5": "0.082", "dL/dw1": "0.000{}", "dL/dout_h1": "x y ("}


def jobs(count):
    answers = [{name: text.format(n) for name, text in ANSWERS.items()} for n in range(count)]
    return [job_text(KEY, 0, Submission(f"student{n}", found)) for n, found in enumerate(answers)]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A scheduler and two workers, each a process with a nanny."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    settings = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}  # how many workers a job may end: fewer, to be quick
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "start_new_session": True, "env": settings}
    started = [
        subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file], **quiet),
        subprocess.Popen([*dask, "worker", "--scheduler-file", file, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"], **quiet),
    ]
    try:
        until = time.monotonic() + 300
        while not (file.exists() and file.read_text()):
            time.sleep(0.05)
            assert time.monotonic() < until
        found = json.loads(file.read_text())["address"]
        with distributed.Client(found, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=300)
        yield found
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(autouse=True)
def two_workers(address):
    """A worker that was killed is there again before the next test."""
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=300)


def kill_one(address):
    with distributed.Client(address, set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    os.kill(pids[0], signal.SIGKILL)


def test_a_worker_killed_in_mid_run_costs_nothing(address):
    from tutor.batch.cluster import run

    texts = jobs(200)
    expected = dict(Pool(lambda text: run_job(TABLE, text), workers=2).run(texts))
    found = {}
    for number, result in run(address, TABLE, texts):
        assert number not in found
        found[number] = result
        if len(found) == 1:
            kill_one(address)
    assert found == expected
    assert {json.loads(text)["status"] for text in found.values()} == {"marked"}


def test_jobs_that_end_their_worker_or_never_end_cost_themselves_only(address, monkeypatch):
    from tutor.batch import cluster

    monkeypatch.setattr(cluster, "PATIENCE", 3.0)
    monkeypatch.setattr(cluster, "RESTART", 0.5)

    def naughty(texts):
        import os
        import time

        for text in texts:
            if text == "exit":
                os._exit(1)
            if text == "loop":
                time.sleep(1000)
            if text == "memory":
                raise MemoryError
        return [text.upper() for text in texts]

    texts = [f"fine {n}" for n in range(100)]
    texts[5], texts[50], texts[70] = "memory", "loop", "exit"
    with distributed.Client(address, set_as_default=False) as client:
        found = dict(cluster.dispatch(client, naughty, texts, seconds=2.0))
    assert found.pop(5).kind == "memory"
    assert found.pop(50) == Failure("time", "it took longer than 2 s")
    assert found.pop(70).kind == "crash"
    assert found == {n: f"FINE {n}" for n in range(100) if n not in (5, 50, 70)}


def test_the_command(tutor, folder, address):
    from tutor.cli.app import add_other_commands, app
    add_other_commands()
    from tutor.cli.tutor_mark import mark

    if all(command.callback is not mark for command in app.registered_commands):
        app.command()(mark)
    (folder / "class.csv").write_text("student,out_o1,dL/dw5\n" + "".join(f"s{n},0.751,0.08{n % 7}\n" for n in range(60)))
    assert tutor("mark", IDENT, "class.csv", "-o", "here")[0] == 0
    assert tutor("mark", IDENT, "class.csv", "-o", "there", "--cluster", address)[0] == 0
    here, there = ({path.name: path.read_bytes() for path in (folder / name).rglob("*") if path.is_file()} for name in ("here", "there"))
    assert here == there


def test_nobody_there(tutor, folder):
    from tutor.batch.cluster import check_versions

    (folder / "anna.txt").write_text("out_o1: 0.751\n")
    with pytest.raises(OutputError, match="no workers"):
        check_versions({})
    with pytest.raises(OutputError, match=r"has tutor 0\.0\.1"):
        check_versions({"tcp://1": "0.0.1"})
    from tutor.batch.cluster import run

    with pytest.raises(OutputError, match="no scheduler answers at nonsense://x"):
        list(run("nonsense://x", TABLE, []))
