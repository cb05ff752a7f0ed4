"""Arrays of evenly spaced numbers, as notebooks give them: ``W = "linspace(-0.1, 0.9)"``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from tutor.errors import ExerciseError
from tutor.graph.shapes import Shape, shape_text
from tutor.numbers.run import read_value
from tutor.text import make_visible

_CALL = re.compile(r"\s*(?:np\.|numpy\.|torch\.)?linspace\s*\((.*)\)\s*", re.ASCII)
EXAMPLE = 'such as W = "linspace(-0.1, 0.9)", from its first entry to its last'


def is_spaced(value: Any) -> bool:
    """Whether a value of a file is a text that asks for evenly spaced numbers."""
    return isinstance(value, str) and _CALL.fullmatch(value) is not None


def space_evenly(text: str, shape: Shape) -> Any:
    """The nested list that ``linspace(first, last)`` is for an array of a shape, row by row, as exact fractions.

    How many there are is what the shape has room for, and may stand as a third number.  Raises `ExerciseError` for
    anything but two numbers and that count, and for sizes that are letters.

    >>> space_evenly("linspace(0, 1)", (2, 2))
    [['0', '1/3'], ['2/3', '1']]
    """
    found = _CALL.fullmatch(text)
    parts = [part.strip() for part in found[1].split(",")] if found else []
    if len(parts) not in (2, 3) or not all(parts):
        raise ExerciseError("linspace has a first number and a last one", hint=EXAMPLE)
    sizes = [size for size in shape if isinstance(size, int)]
    if len(sizes) < len(shape):
        what = f"linspace needs sizes that are numbers, not {shape_text(shape)}"
        raise ExerciseError(what, hint="write the sizes as numbers under [shapes]")
    count = prod(sizes)
    if len(parts) == 3 and parts[2] != str(count):
        raise ExerciseError(f"linspace has {parts[2]} numbers here, and {shape_text(shape)} has room for {count}", hint=EXAMPLE)
    first, last = (_read_end(part) for part in parts[:2])
    step = (last - first) / max(count - 1, 1)
    numbers = iter([str(first + place * step) for place in range(count)])
    return _nest(numbers, sizes)


def _read_end(text: str) -> Fraction:
    value = read_value(text)
    if not isinstance(value, Fraction):
        raise ExerciseError(f"linspace begins and ends at a fraction, not at {make_visible(text)}", hint=EXAMPLE)
    return value


def _nest(numbers: Iterator[str], sizes: Sequence[int]) -> Any:
    if not sizes:
        return next(numbers)
    return [_nest(numbers, sizes[1:]) for _ in range(sizes[0])]
