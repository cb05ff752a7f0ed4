"""The fuzzer for some inputs, or for TUTOR_FUZZ_SECONDS (60 in CI), from a seed that TUTOR_FUZZ_SEED may change."""

from __future__ import annotations

import os
import time

from counted import ANSWER
from hostile.fuzz import Fuzzer, Inputs

from tutor.marking.mark_submission import Marker

SECONDS = float(os.environ.get("TUTOR_FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("TUTOR_FUZZ_SEED", "0"))
LEAST, MOST = 700, 1_000_000


def test_no_input_is_too_much():
    end = time.monotonic() + SECONDS
    report = Fuzzer(SEED).run(lambda done: done >= MOST or (done >= LEAST and time.monotonic() > end))
    assert not report.wrong, "\n".join(report.wrong[:10])
    assert report.count >= LEAST
    assert {"correct", "wrong", "unreadable"} <= report.verdicts.keys()


def test_the_same_seed_makes_the_same_inputs():
    one, other = Inputs(3), Inputs(3)
    made = [one.text() for _ in range(300)]
    assert made == [other.text() for _ in range(300)]
    assert len(set(made)) > 250


def test_a_fault_is_noticed(monkeypatch):
    """A marker that raises is found at once."""
    fuzzer = Fuzzer(0)
    monkeypatch.setattr(Marker, "mark", lambda marker, submission: 1 / 0)
    fuzzer.run(lambda done: done >= 16)
    assert any("raised ZeroDivisionError" in line for line in fuzzer.report.wrong)


def test_too_much_work_is_noticed(monkeypatch):
    fuzzer = Fuzzer(0)
    monkeypatch.setattr("hostile.fuzz.read", lambda text, words: [abs(number) for number in range(ANSWER)])
    fuzzer.run(lambda done: done >= 1)
    assert any("calls, which may be" in line for line in fuzzer.report.wrong)
