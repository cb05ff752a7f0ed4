"""A worker's life: it reads a batch of jobs, answers each as it ends, until there are no more.

Every job runs under a timer that ends the process whatever Python is doing (a signal handler or a thread of Python's would wait for the end
of a big-integer power), even when the parent is gone: the operating system's, or where it has none, the one that Python's own fault handler
has outside the interpreter.  The memory limit is the operating system's; Windows and macOS have none that holds a process.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO, NoReturn

from tutor.batch.recipe import Job, Recipe
from tutor.batch.system import set_binary

READY = b"ready\n"
"""What a fresh interpreter says when its job is made."""
NO_MEMORY = 77
FAULT = 78
ALARM = 1
"""The exit codes of a worker without memory, of one whose job raised an error, and of one that the fault handler's timer ended."""


def serve_forked(job: Job, ask: int, tell: int, seconds: float, megabytes: int) -> NoReturn:
    """The life of a copy of the parent.  It never runs what its parent would do at its end."""
    try:
        for number, action in ((signal.SIGINT, signal.SIG_IGN), (signal.SIGTERM, signal.SIG_DFL), (signal.SIGALRM, signal.SIG_DFL)):
            signal.signal(number, action)
        low, high = sorted((ask, tell))
        for first, after in ((3, low), (low + 1, high), (high + 1, os.sysconf("SC_OPEN_MAX"))):
            os.closerange(first, after)  # the others' pipes, so that each sees its end, and the journal with its lock
        _silence()
        gc.freeze()
        _answer(job, os.fdopen(ask, "rb"), tell, seconds, megabytes)
    except MemoryError:
        os._exit(NO_MEMORY)
    finally:
        os._exit(FAULT)


def serve_streams() -> NoReturn:
    """The life of a fresh interpreter: the task and the limits are the first line of its input, what it says goes to its output."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        ask, tell = os.dup(0), os.dup(1)
        for pipe in (ask, tell):
            set_binary(pipe)
        _silence()
        asked = os.fdopen(ask, "rb")
        head = asked.readline()
        if not head.endswith(b"\n"):
            os._exit(0)  # the parent has died
        known = json.loads(head)
        try:
            job = Recipe(known["maker"], known["arguments"]).job()
        except Exception as error:  # the parent says it
            os.write(tell, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}\n".encode("ascii", "backslashreplace"))
            os._exit(FAULT)
        gc.freeze()
        os.write(tell, READY)
        _answer(job, asked, tell, known["seconds"], known["megabytes"])
    except MemoryError:
        os._exit(NO_MEMORY)
    finally:
        os._exit(FAULT)


def _answer(job: Job, asked: BinaryIO, tell: int, seconds: float, megabytes: int) -> NoReturn:
    """Read batches (their number, then a line each) and answer, each job in its time, until the input ends."""
    arm, disarm = _timer(seconds)
    _limit_memory(megabytes)
    while head := asked.readline():
        texts = [asked.readline() for _ in range(int(head))]
        if not texts[-1].endswith(b"\n"):
            break
        for text in texts:
            arm()
            answer = memoryview(job(text.decode().rstrip("\n")).encode() + b"\n")
            disarm()
            while answer:
                answer = answer[os.write(tell, answer) :]
    os._exit(0)


def _timer(seconds: float) -> tuple[Callable[[], object], Callable[[], object]]:
    """What starts and what stops the timer that ends this process."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        return lambda: signal.setitimer(signal.ITIMER_REAL, seconds), lambda: signal.setitimer(signal.ITIMER_REAL, 0)
    import faulthandler

    nowhere = sys.stderr  # it wants to say where the process was
    return lambda: faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere), faulthandler.cancel_dump_traceback_later


def _silence() -> None:
    """Whatever a job writes to the standard streams goes nowhere."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  until the process ends


def _limit_memory(megabytes: int) -> None:
    """Hold this process to what it has now and so much more; a system that cannot is left as it is."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            base = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # a system that does not tell, and does not hold a process to its limit
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = base + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
