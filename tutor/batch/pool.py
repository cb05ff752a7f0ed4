"""Worker processes that can be killed: each does jobs (text in, text out), and one that dies costs its own job only.

Workers are forked.  What the parent has prepared (the exercise, the imports) is theirs at once, where a fresh interpreter would need half a
second each; and the parent has no threads when it forks.  Every job runs under a timer of the operating system, which ends the process
whatever Python is doing (a signal handler or a thread would wait for the end of a big-integer power), even when the parent is gone.  The
memory limit is the operating system's too.

A worker gets a few jobs at a time and answers each as it ends.  When it dies, the job that it was at is tried once more, first and alone
in a fresh process, and then has failed; the others of its batch go to whoever is free, and are charged nothing.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from tutor.errors import OutputError

Job = Callable[[str], str]
"""What a worker does: a line of text in, a line of text out."""

SECONDS = 10.0
MEGABYTES = 1000
MOST = 64
"""So many jobs are sent to a worker at once, at most."""
NEAR, FAR = 0.05, 0.4
"""A worker's next batch is twice as large when it was done within NEAR seconds, and half as large when it took more than FAR."""
GRACE = 5.0
"""So many seconds after its time a worker is killed from outside, in case its own timer did not."""
_NO_MEMORY = 77
_FAULT = 78


@dataclass(frozen=True, slots=True)
class Failure:
    """A job without a result: what kind of end its worker had, twice, and the sentence for the one who reads the row."""

    kind: Literal["time", "memory", "crash"]
    reason: str


@dataclass(slots=True)
class _Worker:
    """A process and what it is at.  ``jobs`` are those sent and not yet answered, in order."""

    pid: int
    ask: int
    tell: int
    size: int = 1
    sent: float = 0.0
    heard: float = 0.0
    overdue: bool = False
    jobs: deque[int] = field(default_factory=deque)
    rest: bytes = b""


class Pool:
    """So many processes that do a job.

    ``seconds`` is the time of one job by the clock on the wall, ``megabytes`` what it may need beyond what the process had when it began.

    >>> sorted(Pool(str.upper, workers=2).run(["a", "b"]))
    [(0, 'A'), (1, 'B')]
    """

    def __init__(self, job: Job, *, workers: int, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        if not hasattr(os, "fork"):
            raise OutputError("marking needs a system that can fork processes", hint="Linux, macOS, or WSL on Windows")
        self.job = job
        self.count = max(1, workers)
        self.seconds = seconds
        self.megabytes = megabytes
        self.workers: list[_Worker] = []
        self.selector = _selector()

    def run(self, texts: Iterable[str]) -> Iterator[tuple[int, str | Failure]]:
        """Do the jobs and give (number, result) as each ends, in no particular order.

        The texts are taken when they are needed.  Closing the iterator kills the workers.
        """
        queue = _Queue(texts)
        try:
            while True:
                while len(self.workers) < self.count and queue.more():
                    self._give(self._start(), queue)
                if not self.workers:
                    return
                for key, _ in self.selector.select(1.0):
                    yield from self._hear(key.data, queue)
                self._watch()
        finally:
            for worker in self.workers:
                os.kill(worker.pid, signal.SIGKILL)
                self._bury(worker)
            self.workers = []
            self.selector.close()
            self.selector = _selector()

    def _hear(self, worker: _Worker, queue: _Queue) -> Iterator[tuple[int, str | Failure]]:
        """Take what a worker says; give it more, let it go, or see to what its death leaves behind."""
        data = os.read(worker.tell, 1 << 20)
        worker.heard = time.monotonic()
        *lines, worker.rest = (worker.rest + data).split(b"\n")
        for line in lines:
            number = worker.jobs.popleft()
            queue.texts.pop(number)
            yield number, line.decode()
        if data and worker.jobs:
            return
        if data and queue.more():
            took = worker.heard - worker.sent
            worker.size = min(MOST, worker.size * 2) if took < NEAR else max(1, worker.size // 2) if took > FAR else worker.size
            self._give(worker, queue)
            return
        self.workers.remove(worker)
        status = self._bury(worker)
        if not worker.jobs:
            return
        charged, *others = worker.jobs
        queue.back(others)
        if charged in queue.tried:
            queue.texts.pop(charged)
            yield charged, self._failure(status, worker.overdue)
        else:
            queue.tried.add(charged)
            self._send(self._start(), [charged], queue)

    def _failure(self, status: int, overdue: bool) -> Failure:
        code = os.waitstatus_to_exitcode(status)
        if overdue or code == -signal.SIGALRM:
            return Failure("time", f"it took longer than {self.seconds:g} s")
        if code == _NO_MEMORY:
            return Failure("memory", f"it needed more than {self.megabytes:,} MB of memory")
        if code == _FAULT:
            return Failure("crash", "the marker failed")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Failure("crash", f"the process that marked it died ({how})")

    def _give(self, worker: _Worker, queue: _Queue) -> None:
        self._send(worker, queue.next(worker.size), queue)

    def _send(self, worker: _Worker, numbers: list[int], queue: _Queue) -> None:
        """Send jobs to a worker that is waiting for them.  One that has died meanwhile is found out when it is listened to."""
        worker.jobs.extend(numbers)
        worker.sent = worker.heard = time.monotonic()
        text = "".join(f"{queue.texts[number]}\n" for number in numbers)
        data = memoryview(f"{len(numbers)}\n{text}".encode())
        try:
            while data:
                data = data[os.write(worker.ask, data) :]
        except BrokenPipeError:
            pass

    def _watch(self) -> None:
        now = time.monotonic()
        for worker in self.workers:
            if worker.jobs and now - worker.heard > self.seconds + GRACE:
                worker.overdue = True
                os.kill(worker.pid, signal.SIGKILL)

    def _start(self) -> _Worker:
        job_out, job_in = os.pipe()
        result_out, result_in = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads; NumPy's are idle here
            pid = os.fork()
        if pid == 0:
            _serve(self.job, job_out, result_in, self.seconds, self.megabytes)
        os.close(job_out)
        os.close(result_in)
        worker = _Worker(pid, job_in, result_out)
        self.workers.append(worker)
        self.selector.register(result_out, selectors.EVENT_READ, worker)
        return worker

    def _bury(self, worker: _Worker) -> int:
        self.selector.unregister(worker.tell)
        os.close(worker.ask)
        os.close(worker.tell)
        return os.waitpid(worker.pid, 0)[1]


def _selector() -> selectors.BaseSelector:
    """Poll where there is one: it has no limit of files, and unlike epoll nothing of it is shared with a forked child."""
    return getattr(selectors, "PollSelector", selectors.SelectSelector)()


class _Queue:
    """The jobs that wait.  ``texts`` are those that are not done, as far as they have been taken; ``tried`` have cost a worker already."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.source = enumerate(texts)
        self.waiting: deque[int] = deque()
        self.texts: dict[int, str] = {}
        self.tried: set[int] = set()

    def more(self) -> bool:
        """Whether a job waits."""
        if not self.waiting:
            for number, text in self.source:
                self.texts[number] = text
                self.waiting.append(number)
                break
        return bool(self.waiting)

    def next(self, size: int) -> list[int]:
        """The next jobs, at most so many."""
        found: list[int] = []
        while len(found) < size and self.more():
            found.append(self.waiting.popleft())
        return found

    def back(self, numbers: list[int]) -> None:
        """Put jobs back that a worker did not come to."""
        self.waiting.extendleft(reversed(numbers))


def _serve(job: Job, ask: int, tell: int, seconds: float, megabytes: int) -> NoReturn:
    """A worker's life: read a batch, answer each job of it, until there are no more.  It never runs what its parent would do at its end."""
    try:
        _prepare(ask, tell, megabytes)
        with os.fdopen(ask, "rb") as asked:
            while head := asked.readline():
                texts = [asked.readline() for _ in range(int(head))]
                if not texts[-1].endswith(b"\n"):
                    break
                for text in texts:
                    signal.setitimer(signal.ITIMER_REAL, seconds)
                    answer = memoryview(job(text.decode().rstrip("\n")).encode() + b"\n")
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    while answer:
                        answer = answer[os.write(tell, answer) :]
        os._exit(0)
    except MemoryError:
        os._exit(_NO_MEMORY)
    finally:
        os._exit(_FAULT)


def _prepare(ask: int, tell: int, megabytes: int) -> None:
    """Leave everything of the parent's behind but the two pipes, be silent, and set the limits."""
    for number, action in ((signal.SIGINT, signal.SIG_IGN), (signal.SIGTERM, signal.SIG_DFL), (signal.SIGALRM, signal.SIG_DFL)):
        signal.signal(number, action)
    low, high = sorted((ask, tell))
    for first, after in ((3, low), (low + 1, high), (high + 1, os.sysconf("SC_OPEN_MAX"))):
        os.closerange(first, after)  # the others' pipes, so that each sees its end, and the journal with its lock
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  until the process ends
    gc.freeze()
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            base = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # a system that does not tell, and does not hold a process to its limit
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = base + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
