"""Worker processes that can be killed: each does jobs (text in, text out), and one that dies costs its own job only.

Workers are copies of this process where that can be done, else fresh interpreters (see `tutor.batch.workers`); each is held to its limits
by the system, even when its parent is gone (see `tutor.batch.serve`).

A worker gets a few jobs at a time and answers each as it ends.  When it dies, the job that it was at is tried once more, first and alone
in a new process, and then has failed; the others of its batch go to whoever is free, and are charged nothing.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tutor.batch.recipe import Job, Recipe
from tutor.batch.serve import ALARM, FAULT, NO_MEMORY, READY
from tutor.batch.workers import WAYS, Worker, Workers, choose_way
from tutor.errors import OutputError
from tutor.text import make_visible

SECONDS = 10.0
MEGABYTES = 1000
MOST = 64
"""So many jobs are sent to a worker at once, at most."""
NEAR, FAR = 0.05, 0.4
"""A worker's next batch is twice as large when it was done within NEAR seconds, and half as large when it took more than FAR."""
GRACE = 5.0
"""So many seconds after its time a worker is killed from outside, in case its own timer did not."""
START = 300.0
"""So many seconds a fresh interpreter has to make its job, on the slowest machine."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A job without a result: what kind of end its worker had, twice, and the sentence for the one who reads the row."""

    kind: Literal["time", "memory", "crash"]
    reason: str


class Pool:
    """So many processes that do a job.

    ``seconds`` is the time of one job by the clock on the wall, ``megabytes`` what it may need beyond what the process had when it began.
    ``way`` is ``fork`` or ``spawn``; left out, `choose_way` says.  Only a `Recipe` can be done by both.

    >>> from tutor.batch.recipe import Recipe
    >>> sorted(Pool(Recipe("tutor.batch.recipe:prefix_job", '["> "]'), workers=2).run(["a", "b"]))
    [(0, '> a'), (1, '> b')]
    """

    def __init__(
        self, job: Job | Recipe, *, workers: int, seconds: float = SECONDS, megabytes: int = MEGABYTES, way: str = ""
    ) -> None:
        self.job = job
        self.count = max(1, workers)
        self.seconds = seconds
        self.megabytes = megabytes
        self.way = way or choose_way()
        self.workers: list[Worker] = []

    def run(self, texts: Iterable[str]) -> Iterator[tuple[int, str | Failure]]:
        """Do the jobs and give (number, result) as each ends, in no particular order.

        The texts are taken when they are needed.  Closing the iterator kills the workers.

        Raises `OutputError` when the system does not let workers start.
        """
        queue = _Queue(texts)
        if not queue.has_more():
            return
        means = WAYS[self.way](self.job, self.seconds, self.megabytes)
        try:
            while True:
                while len(self.workers) < self.count and queue.has_more():
                    worker = self._start(means)
                    self._give(worker, queue.take_next(worker.size), queue)
                if not self.workers:
                    return
                for worker, data in means.hear(1.0):
                    if worker in self.workers:  # of one that was let go, the end is heard later
                        yield from self._hear(worker, data, queue, means)
                self._watch(means)
        finally:
            for worker in self.workers:
                means.kill(worker)
            for worker in self.workers:
                means.bury(worker)
            self.workers = []

    def _hear(self, worker: Worker, data: bytes, queue: _Queue, means: Workers) -> Iterator[tuple[int, str | Failure]]:
        """Take what a worker says; give it more, let it go, or see to what its death leaves behind."""
        now = time.monotonic()
        silent, worker.heard = now - worker.heard, now
        *lines, worker.rest = (worker.rest + data).split(b"\n")
        if not worker.ready and lines:
            _check_ready(lines.pop(0))
            worker.ready = True
            self._send(worker, queue)
        for line in lines:
            number = worker.jobs.popleft()
            queue.texts.pop(number)
            yield number, line.decode()
        if data and worker.jobs:
            return
        if data and queue.has_more():
            took = worker.heard - worker.sent
            worker.size = min(MOST, worker.size * 2) if took < NEAR else max(1, worker.size // 2) if took > FAR else worker.size
            self._give(worker, queue.take_next(worker.size), queue)
            return
        self.workers.remove(worker)
        code = means.bury(worker)
        if not worker.ready:
            last = make_visible(worker.rest.decode("utf-8", "replace").strip().rpartition("\n")[2], 300)
            raise OutputError(f"a worker process ended before it was ready (exit code {code}){last and f': {last}'}", hint=_KEPT)
        if not worker.jobs:
            return
        charged, *others = worker.jobs
        queue.put_back(others)
        if charged in queue.tried:
            queue.texts.pop(charged)
            yield charged, self._failure(code, worker.overdue or (code == ALARM and silent >= self.seconds))
        else:
            queue.tried.add(charged)
            self._give(self._start(means), [charged], queue)

    def _failure(self, code: int, overdue: bool) -> Failure:
        """What the end of a worker says about the job that it was at."""
        if overdue or (hasattr(signal, "SIGALRM") and code == -signal.SIGALRM):
            return Failure("time", f"it took longer than {self.seconds:g} s")
        if code == NO_MEMORY:
            return Failure("memory", f"it needed more than {self.megabytes:,} MB of memory")
        if code == FAULT:
            return Failure("crash", "the marker failed")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Failure("crash", f"the process that marked it died ({how})")

    def _start(self, means: Workers) -> Worker:
        worker = means.start()
        worker.sent = worker.heard = time.monotonic()
        self.workers.append(worker)
        return worker

    def _give(self, worker: Worker, numbers: list[int], queue: _Queue) -> None:
        """Give jobs to a worker that has none; they are sent when it is ready."""
        worker.jobs.extend(numbers)
        if worker.ready:
            self._send(worker, queue)

    def _send(self, worker: Worker, queue: _Queue) -> None:
        """Send a worker its jobs.  One that has died meanwhile is found out when it is listened to."""
        worker.sent = worker.heard = time.monotonic()
        text = "".join(f"{queue.texts[number]}\n" for number in worker.jobs)
        data = memoryview(f"{len(worker.jobs)}\n{text}".encode())
        try:
            while data:
                data = data[os.write(worker.ask, data) :]
        except OSError:  # a broken pipe, which Windows has other numbers for
            pass

    def _watch(self, means: Workers) -> None:
        """End workers that are over their time."""
        now = time.monotonic()
        for worker in self.workers:
            limit = self.seconds + GRACE if worker.ready else START
            if worker.jobs and now - worker.heard > limit:
                worker.overdue = True
                means.kill(worker)


_KEPT = "what is marked is kept: put that right, then run the same command with --resume"


def _check_ready(line: bytes) -> None:
    """Refuse to go on with a worker that could not make its job."""
    if line + b"\n" != READY:
        raise OutputError(f"worker processes cannot do their work ({make_visible(line.decode('ascii', 'replace'), 300)})", hint=_KEPT)


class _Queue:
    """The jobs that wait.  ``texts`` are those that are not done, as far as they have been taken; ``tried`` have cost a worker already."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.source = enumerate(texts)
        self.waiting: deque[int] = deque()
        self.texts: dict[int, str] = {}
        self.tried: set[int] = set()

    def has_more(self) -> bool:
        """Whether a job waits."""
        if not self.waiting:
            for number, text in self.source:
                self.texts[number] = text
                self.waiting.append(number)
                break
        return bool(self.waiting)

    def take_next(self, size: int) -> list[int]:
        """The next jobs, at most so many."""
        found: list[int] = []
        while len(found) < size and self.has_more():
            found.append(self.waiting.popleft())
        return found

    def put_back(self, numbers: list[int]) -> None:
        """Put jobs back that a worker did not come to."""
        self.waiting.extendleft(reversed(numbers))
