"""A worker's life, as its parent hears it: one line when it is ready, one for each job, and silence otherwise."""

import json
import subprocess
import sys

import pytest

from tutor.batch.serve import ALARM, FAULT, NO_MEMORY, READY
from tutor.batch.workers import PROGRAM


def serve(maker, batches, seconds=60, megabytes=1000):
    """What a fresh interpreter writes, and its exit code."""
    return interpreter(maker, "".join(f"{len(batch)}\n" + "".join(f"{job}\n" for job in batch) for batch in batches), seconds, megabytes)


def interpreter(maker, text, seconds=60, megabytes=1000):
    head = json.dumps({"maker": maker, "arguments": "[]", "seconds": seconds, "megabytes": megabytes})
    command = [sys.executable, "-P", "-c", PROGRAM, *sys.path]
    done = subprocess.run(command, input=f"{head}\n{text}".encode(), capture_output=True, check=False, timeout=600)
    assert done.stderr == b""
    return done.stdout, done.returncode


def test_batches_are_answered_line_by_line():
    said, code = serve("naughty:job", [["fine a", "print b"], ["fine σ"]])
    assert (said, code) == (READY + "A\nB\nΣ\n".encode(), 0)


ENDS = [
    ("raise", FAULT), ("deep", FAULT), ("memory", NO_MEMORY), ("exit", 3), ("loop", -14),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code"), ENDS)
def test_the_exit_code_says_how_a_worker_ended(what, code):
    assert serve("naughty:job", [["fine a", what, "fine b"]], seconds=0.5, megabytes=300) == (READY + b"A\n", code)
    assert ALARM != FAULT


def test_a_batch_that_is_cut_off_is_not_begun():
    """Its parent has died while it wrote."""
    assert interpreter("naughty:job", "2\nfine a\nfin") == (READY, 0)


def test_a_job_that_cannot_be_made_is_said():
    said, code = serve("naughty:broken", [])
    assert (said, code) == (b"LookupError: nothing here\n", FAULT)
    said, code = serve("nowhere:job", [])
    assert said.startswith(b"ModuleNotFoundError: ")
