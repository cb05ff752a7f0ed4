"""The workers of the server: jobs are answered, one that takes too long or dies is told so, and the next is answered again."""

import asyncio
import json
import os
import signal
import sys

import pytest

from tutor.batch.recipe import Recipe
from tutor.web.judging import Desks, JobFailed

pytestmark = pytest.mark.slow  # each starts processes
JOBS = "tests_of_judging_jobs"
SOURCE = """
import json, os, time
def make():
    def answer(line):
        job = json.loads(line)
        if job["do"] == "sleep":
            time.sleep(60)
        if job["do"] == "die":
            os._exit(3)
        if job["do"] == "fault":
            return json.dumps({"fault": "ValueError"})
        return json.dumps({"said": job["text"], "pid": os.getpid()})
    return answer
"""


@pytest.fixture
def desks(tmp_path, monkeypatch):
    (tmp_path / f"{JOBS}.py").write_text(SOURCE, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert str(tmp_path) in sys.path

    def run(use, count=1, seconds=0.3, **more):
        made = Desks(count, seconds, recipe=Recipe(f"{JOBS}:make"), **more)

        async def main():
            try:
                return await asyncio.wait_for(use(made), 120)
            finally:
                made.stop()

        return asyncio.run(main())

    return run


def say(desks, text, key=0):
    return desks.ask(key, {"do": "say", "text": text})


def test_jobs_are_answered_in_any_number(desks):
    async def use(made):
        found = await asyncio.gather(*(say(made, "ü" * 50_000 if number == 7 else str(number), number) for number in range(40)))
        return [one["said"] for one in found], {one["pid"] for one in found}

    texts, workers = desks(use, count=2)
    assert texts == ["ü" * 50_000 if number == 7 else str(number) for number in range(40)]
    assert len(workers) == 2


def test_who_had_a_session_has_it_again(desks):
    async def use(made):
        return [(await say(made, "x", key))["pid"] for key in (0, 1, 0, 1)]

    first, second, *again = desks(use, count=2)
    assert again == [first, second]
    assert first != second


@pytest.mark.parametrize(("what", "kind"), [("sleep", "slow"), ("die", "failed"), ("fault", "failed")])
def test_a_job_that_fails_costs_itself_only(desks, what, kind):
    async def use(made):
        failing, after = made.ask(0, {"do": what, "text": ""}), say(made, "after")
        failed, fine = await asyncio.gather(failing, after, return_exceptions=True)
        return failed, fine["said"], made.died

    failed, said, died = desks(use)
    assert isinstance(failed, JobFailed)
    assert failed.kind == kind
    assert said == "after"
    assert died == (what != "fault")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals as on Unix")
def test_a_worker_that_is_killed_is_replaced(desks):
    async def use(made):
        before = (await say(made, "x"))["pid"]
        os.kill(before, signal.SIGKILL)
        for _ in range(2):
            try:
                return before, (await say(made, "y"))["pid"]
            except JobFailed:
                continue
        return before, before

    before, after = desks(use)
    assert before != after


def test_workers_that_cannot_begin_say_so(desks, monkeypatch):
    async def use(made):
        made.means.head = json.dumps({"maker": "no_such:thing", "arguments": "[]", "seconds": 1, "megabytes": 100}).encode() + b"\n"
        with pytest.raises(JobFailed, match="before it was ready"):
            await say(made, "x")

    desks(use)
