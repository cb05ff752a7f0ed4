"""How a gradient grows or shrinks from time to time: norms, and what they say about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tutor.graph.entries import Array
from tutor.numbers.arithmetic import Value, as_real

Kind = Literal["vanishes", "shrinks", "steady", "grows", "explodes", "zero"]
FAR, NEAR = 100.0, 1.5
"""By which factor from one end to the other a gradient has vanished or exploded, and below which one it is about the same."""


@dataclass(frozen=True, slots=True)
class Growth:
    """From the first norm to the last: both of them, the factor for each step (a geometric mean), and what kind that is."""

    kind: Kind
    first: float
    last: float
    factor: float


def find_norm(value: Value | Array[Value]) -> float:
    """The Euclidean norm of an array, the size of a number.

    >>> from fractions import Fraction
    >>> find_norm(Array((2,), (Fraction(3), Fraction(-4))))
    5.0
    """
    entries = value.items if isinstance(value, Array) else (value,)
    return math.hypot(*(float(as_real(entry)) for entry in entries))


def describe_growth(norms: Sequence[float]) -> Growth | None:
    """How norms go from the first to the last; nothing for fewer than two.

    >>> describe_growth([1.0, 0.1, 0.001]).kind, describe_growth([1.0, 1.2]).kind, describe_growth([1.0, 0.0]).kind
    ('vanishes', 'steady', 'zero')
    """
    if len(norms) < 2 or not all(map(math.isfinite, norms)):
        return None
    first, last = norms[0], norms[-1]
    if first == 0 or last == 0:
        return Growth("zero", first, last, 0.0) if first or last else None
    ratio = last / first
    kinds: tuple[tuple[float, Kind], ...] = ((1 / FAR, "vanishes"), (1 / NEAR, "shrinks"), (NEAR, "steady"), (FAR, "grows"))
    most: Kind = "explodes"
    return Growth(next((kind for bound, kind in kinds if ratio <= bound), most), first, last, ratio ** (1 / (len(norms) - 1)))
