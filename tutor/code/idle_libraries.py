"""Libraries that draw, show how far a program is, or tell the time: what they are asked for changes no number of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.code.code_values import LibraryWord, Object
from tutor.numbers.arrays import np

IDLE = frozenset({"matplotlib", "seaborn", "progressbar", "tqdm", "time", "logging", "warnings"})
TIMES = frozenset({"time", "perf_counter", "process_time", "clock", "monotonic"})


def is_idle_library(path: str) -> bool:
    """Whether a path is one of a library that changes no number.

    >>> is_idle_library("matplotlib.pyplot.figure"), is_idle_library("numpy.sum")
    (True, False)
    """
    return path.partition(".")[0] in IDLE


def call_idle(path: str, values: Sequence[Any]) -> Any:
    """What such a function gives: a time, the rounds that it goes through (``tqdm(range(n))``), or something of the library again.

    >>> call_idle("time.time", []), call_idle("tqdm.tqdm", [range(3)]), call_idle("matplotlib.pyplot.figure", []).path
    (0.0, range(0, 3), 'matplotlib.any')
    """
    head, _, word = path.partition(".")
    if head == "time":
        return 0.0 if word in TIMES else None
    if head in ("tqdm", "progressbar") and values and isinstance(values[0], range | list | tuple):
        return values[0]
    return LibraryWord(f"{head}.any")


def describe_floats() -> Object:
    """``np.finfo(float)``: the smallest step behind 1, and the smallest float."""
    info = np.finfo(float)
    return Object(None, {word: float(getattr(info, word)) for word in ("eps", "tiny")})
