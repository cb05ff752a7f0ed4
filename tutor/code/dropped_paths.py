"""A whole way that a line leaves out: what stands there is the derivative by one use of a quantity, where all of its uses count."""

from __future__ import annotations

from typing import Any

from tutor.code.part_slopes import PartSlopes
from tutor.numbers.arrays import np


def find_dropped(parts: PartSlopes, given: Any, expected: Any) -> str:
    """The quantity of which only some uses stand in a line: ``given`` is the derivative by these, ``expected`` that by all; or nothing."""
    values = [given, expected - given] if np.shape(given) == np.shape(expected) else [given]
    used = {part.use for value in values for part, _ in parts.find_parts(value) if part.use}
    whole = [part.word for part, _ in parts.find_parts(expected) if part.word and part.also is None]
    return next((word for word in whole if word in used), "")
