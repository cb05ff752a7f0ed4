"""A job for every way to end, which copies of the test's process and fresh interpreters can both do."""

import os
import signal
import sys
import time


def job():
    return answer


def broken():
    raise LookupError("nothing\nhere")


def answer(text):
    what, _, rest = text.partition(" ")
    if what == "loop":
        while True:
            pass
    if what == "power":
        return str(9**9**9)[:1]  # no signal handler of Python's gets a chance in here
    if what == "sleep":
        time.sleep(1000)
    if what == "memory":
        return str(len(bytearray(1_000_000_000)))
    if what == "exit":
        os._exit(3)
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "raise":
        raise ValueError("no")
    if what == "deep":
        return _deep(0)
    if what == "print":
        print("to the screen")
        sys.stderr.write("and the other")
        os.write(1, b"raw")
    if what == "folder":
        return os.getcwd() + " " + " ".join(sys.path)
    return rest.upper()


def _deep(n):
    return _deep(n + 1) + "x"
