"""The two ways to have worker processes: copies of this one, and fresh interpreters.

A copy (fork) has at once what the parent has prepared (the exercise, the imports).  A fresh interpreter takes half a second to make that
itself, and is all that Windows has; macOS has both, but its libraries do not survive the copying.  What workers do, how they are held to
their limits, what they are told and what they say is the same; pipes of processes cannot be waited for on Windows, so that a thread listens
to each fresh interpreter.  Nothing is copied while there are threads: a run has one way only.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import warnings
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

from tutor.batch.recipe import Job, Recipe
from tutor.batch.serve import serve_forked
from tutor.batch.system import forks_safely
from tutor.errors import OutputError, ValueProblem
from tutor.text import make_visible

CHOICE = "TUTOR_WORKERS"
"""The environment variable that chooses the way: ``fork`` or ``spawn``."""
PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from tutor.batch.serve import serve_streams; serve_streams()"
"""What a fresh interpreter runs: it imports from where its parent does, and not from the folder that it starts in."""


@dataclass(slots=True, eq=False)
class Worker:
    """A process and what it is at.  ``jobs`` are those given to it and not yet answered, in order; they are sent when it is ready."""

    ask: int
    tell: int
    pid: int = 0
    process: subprocess.Popen[bytes] | None = None
    listener: Thread | None = None
    ready: bool = True
    size: int = 1
    sent: float = 0.0
    heard: float = 0.0
    overdue: bool = False
    jobs: deque[int] = field(default_factory=deque)
    rest: bytes = b""


def tell_worker(worker: Worker, data: bytes) -> None:
    """Write to a worker; where it has died nothing happens, since its end is heard next."""
    left = memoryview(data)
    with suppress(OSError):
        while left:
            left = left[os.write(worker.ask, left) :]


class Workers(Protocol):
    """A way to have worker processes."""

    def start(self) -> Worker:
        """A new one."""

    def hear(self, seconds: float) -> list[tuple[Worker, bytes]]:
        """What workers have said, as soon as one has, or nothing after so many seconds; an empty text is a worker's end."""

    def kill(self, worker: Worker) -> None:
        """End one, whatever it does."""

    def bury(self, worker: Worker) -> int:
        """Free what one that has ended leaves; its exit code, or minus the signal that ended it."""


class Copies:
    """Workers that are copies of this process."""

    def __init__(self, job: Job | Recipe, seconds: float, megabytes: int) -> None:
        if not hasattr(os, "fork"):
            raise ValueProblem("this system cannot copy processes", where=CHOICE, hint=f"leave {CHOICE} out, or set it to spawn")
        self.job = job.job() if isinstance(job, Recipe) else job
        self.limits = (seconds, megabytes)
        self.selector = getattr(selectors, "PollSelector", selectors.SelectSelector)()
        """Poll where there is one: it has no limit of files, and unlike epoll nothing of it is shared with a copy."""

    def start(self) -> Worker:
        """A copy, with a pipe there and a pipe back."""
        job_out, job_in = os.pipe()
        result_out, result_in = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads; NumPy's are idle here
            pid = os.fork()
        if pid == 0:
            serve_forked(self.job, job_out, result_in, *self.limits)
        os.close(job_out)
        os.close(result_in)
        worker = Worker(job_in, result_out, pid)
        self.selector.register(result_out, selectors.EVENT_READ, worker)
        return worker

    def hear(self, seconds: float) -> list[tuple[Worker, bytes]]:
        """What workers have said."""
        return [(key.data, os.read(key.data.tell, 1 << 20)) for key, _ in self.selector.select(seconds)]

    def kill(self, worker: Worker) -> None:
        """End one."""
        os.kill(worker.pid, signal.SIGKILL)

    def bury(self, worker: Worker) -> int:
        """Close its pipes and take its exit code."""
        self.selector.unregister(worker.tell)
        os.close(worker.ask)
        os.close(worker.tell)
        return os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])


class Fresh:
    """Workers that are interpreters of their own."""

    def __init__(self, job: Job | Recipe, seconds: float, megabytes: int) -> None:
        if not isinstance(job, Recipe):
            raise TypeError("a fresh interpreter can only be given a Recipe")
        known = {"maker": job.maker, "arguments": job.arguments, "seconds": seconds, "megabytes": megabytes}
        self.head = json.dumps(known).encode() + b"\n"
        self.said: SimpleQueue[tuple[Worker, bytes]] = SimpleQueue()

    def start(self) -> Worker:
        """An interpreter that is told its task at once, and says when it is ready."""
        command = [sys.executable, "-P", "-c", PROGRAM, *sys.path]
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, creationflags=flags
            )
        except (OSError, ValueError) as error:
            raise OutputError(
                f"worker processes cannot be started ({type(error).__name__}: {make_visible(str(error), 200)})",
                hint="this system or its rights do not let tutor start Python",
            ) from None
        assert process.stdin is not None
        assert process.stdout is not None
        worker = Worker(process.stdin.fileno(), process.stdout.fileno(), process.pid, process, ready=False)
        worker.listener = Thread(target=self._listen, args=(worker,), daemon=True)
        worker.listener.start()
        return worker

    def _listen(self, worker: Worker) -> None:
        """A thread: tell a worker its task, then pass on whatever it says."""
        tell_worker(worker, self.head)
        while True:
            try:
                data = os.read(worker.tell, 1 << 20)
            except OSError:
                data = b""
            self.said.put((worker, data))
            if not data:
                return

    def hear(self, seconds: float) -> list[tuple[Worker, bytes]]:
        """What workers have said."""
        found: list[tuple[Worker, bytes]] = []
        try:
            found.append(self.said.get(timeout=seconds))
            while True:
                found.append(self.said.get_nowait())
        except Empty:
            return found

    def kill(self, worker: Worker) -> None:
        """End one."""
        assert worker.process is not None
        worker.process.kill()

    def bury(self, worker: Worker) -> int:
        """Close its pipes and take its exit code."""
        process, listener = worker.process, worker.listener
        assert process is not None
        assert process.stdin is not None
        assert listener is not None
        assert process.stderr is not None
        if worker.ready:
            process.stdin.close()  # it ends when there is no more; one that is not ready has ended, or been killed
        listener.join()
        with process:  # closes what is open, then waits
            if not worker.ready:
                worker.rest += process.stderr.read(1 << 12)  # what Python itself says when it cannot start
        return process.returncode


WAYS: dict[str, type[Copies] | type[Fresh]] = {"fork": Copies, "spawn": Fresh}
"""The ways by their names."""


def choose_way() -> str:
    """The way that the environment variable names; else copies where they are safe.

    Raises `ValueProblem` for a name that is none.
    """
    wanted = os.environ.get(CHOICE, "")
    if not wanted:
        return "fork" if forks_safely() else "spawn"
    if wanted not in WAYS:
        raise ValueProblem(f"{make_visible(wanted)!r} is no way to start workers", where=CHOICE, hint=f"set it to {' or '.join(WAYS)}")
    return wanted
