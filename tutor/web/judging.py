"""The workers of the server: processes that judge and solve, held to limits as those of ``tutor mark`` are; who dies is replaced.

The server itself has no SymPy: it starts at once, and nothing that a learner types is read in it.  A session goes to the same worker as
long as that one is free, since it has it in its memory.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.batch.recipe import Recipe
from tutor.batch.serve import ALARM, READY
from tutor.batch.workers import Fresh, Worker, tell_worker

SECONDS = 5.0
"""So long one job may take: an answer of 2,000 letters, or a worked solution."""
MEGABYTES = 1000
GRACE = 2.0
START = 120.0
BUSY = 0.25
"""A session goes to another worker when its own has been at one job for so many seconds."""
RECIPE = Recipe("tutor.web.lesson_jobs:make_job")


class JobFailed(Exception):
    """A job without a result; ``kind`` is ``slow`` or ``failed``, ``why`` is for the log."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


@dataclass(slots=True, eq=False)
class _Seat:
    """A place for a worker, its queue and what it is at."""

    worker: Worker | None = None
    waiting: deque[tuple[bytes, asyncio.Future[str]]] = field(default_factory=deque)
    now: asyncio.Future[str] | None = None
    since: float = 0.0
    timer: asyncio.TimerHandle | None = None
    overdue: bool = False
    failures: int = 0


class Desks:
    """So many workers, for the event loop that starts them."""

    def __init__(self, count: int, seconds: float = SECONDS, megabytes: int = MEGABYTES, recipe: Recipe = RECIPE) -> None:
        self.seconds = seconds
        self.means = Fresh(recipe, seconds, megabytes)
        self.seats = [_Seat() for _ in range(max(1, count))]
        self.closed = self.begun = False
        self.died = 0
        """How many workers died at a job."""

    def start(self) -> None:
        """Start the workers; jobs that come before they are ready wait.  A second time nothing happens."""
        if self.begun:
            return
        self.begun = True
        self.loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, daemon=True).start()
        for seat in self.seats:
            self._fill(seat)

    def stop(self) -> None:
        """End all of them."""
        self.closed = True
        for seat in self.seats:
            if seat.timer is not None:
                seat.timer.cancel()
            if seat.worker is not None:
                self.means.kill(seat.worker)
                self.means.bury(seat.worker)
                seat.worker = None

    async def ask(self, key: int, job: Mapping[str, Any]) -> dict[str, Any]:
        """Have a job done, where possible by the worker that had the last one with this key.

        Raises `JobFailed` where it took too long, or its worker died.
        """
        self.start()
        future: asyncio.Future[str] = self.loop.create_future()
        seat = self._choose_seat(key)
        seat.waiting.append((b"1\n" + json.dumps(job, ensure_ascii=True).encode() + b"\n", future))
        self._send_next(seat)
        found: dict[str, Any] = json.loads(await future)
        if "fault" in found:
            raise JobFailed("failed", str(found["fault"]))
        return found

    def _choose_seat(self, key: int) -> _Seat:
        own = self.seats[key % len(self.seats)]
        if own.now is not None and time.monotonic() - own.since > BUSY:
            return next((seat for seat in self.seats if seat.now is None and seat.worker is not None and seat.worker.ready), own)
        return own

    def _fill(self, seat: _Seat) -> None:
        """Put a new worker in a seat."""
        seat.worker, seat.overdue = self.means.start(), False
        seat.timer = self.loop.call_later(START, self._give_up, seat, seat.worker)

    def _listen(self) -> None:
        """A thread: what workers say goes to the event loop."""
        while not self.closed:
            for worker, data in self.means.hear(0.5):
                if not self.closed:
                    self.loop.call_soon_threadsafe(self._hear, worker, data)

    def _hear(self, worker: Worker, data: bytes) -> None:
        seat = next((seat for seat in self.seats if seat.worker is worker), None)
        if seat is None or self.closed:
            return
        if not data:
            self._replace(seat, worker)
            return
        *lines, worker.rest = (worker.rest + data).split(b"\n")
        for line in lines:
            if seat.timer is not None:
                seat.timer.cancel()
            if not worker.ready:
                worker.ready = line + b"\n" == READY
                seat.failures = 0 if worker.ready else seat.failures
            elif seat.now is not None:
                self._settle(seat, line.decode())
        self._send_next(seat)

    @staticmethod
    def _settle(seat: _Seat, line: str | JobFailed) -> None:
        """Give the result to who waits for it; they may have gone."""
        future, seat.now = seat.now, None
        if future is not None and not future.done():
            if isinstance(line, str):
                future.set_result(line)
            else:
                future.set_exception(line)

    def _send_next(self, seat: _Seat) -> None:
        worker = seat.worker
        if seat.now is not None or worker is None or not worker.ready:
            return
        while seat.waiting and seat.waiting[0][1].done():
            seat.waiting.popleft()
        if not seat.waiting:
            return
        line, seat.now = seat.waiting.popleft()
        seat.since = time.monotonic()
        seat.timer = self.loop.call_later(self.seconds + GRACE, self._give_up, seat, worker)
        tell_worker(worker, line)

    def _give_up(self, seat: _Seat, worker: Worker) -> None:
        if seat.worker is worker and not self.closed:
            seat.overdue = True
            self.means.kill(worker)

    def _replace(self, seat: _Seat, worker: Worker) -> None:
        """A worker has ended: its job has failed, the others that wait for the seat are done by the next one."""
        if seat.timer is not None:
            seat.timer.cancel()
        took = time.monotonic() - seat.since
        threading.Thread(target=self._bury, args=(seat, worker, seat.overdue, took), daemon=True).start()
        seat.worker = None

    def _bury(self, seat: _Seat, worker: Worker, overdue: bool, took: float) -> None:
        """A thread: wait for the end of a process, then say what it was."""
        code = self.means.bury(worker)
        if not self.closed:
            self.loop.call_soon_threadsafe(self._go_on, seat, worker.ready, overdue, code, took)

    def _go_on(self, seat: _Seat, was_ready: bool, overdue: bool, code: int, took: float) -> None:
        slow = overdue or code == -14 or (code == ALARM and took >= self.seconds)
        if was_ready:
            self.died += 1
            self._settle(seat, JobFailed("slow" if slow else "failed", f"a worker ended with code {code}"))
        else:
            seat.failures += 1
            if seat.failures > 2:
                while seat.waiting:
                    future = seat.waiting.popleft()[1]
                    if not future.done():
                        future.set_exception(JobFailed("failed", f"a worker ended with code {code} before it was ready"))
        if not self.closed:
            self.loop.call_later(min(30.0, 0.5 * seat.failures**2), self._fill_again, seat)

    def _fill_again(self, seat: _Seat) -> None:
        if not self.closed and seat.worker is None:
            self._fill(seat)
