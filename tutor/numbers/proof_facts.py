"""What was proved about solutions in arrays, as facts; the proofs themselves are made where they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.numbers.arithmetic import CONTEXT, Value

if TYPE_CHECKING:
    from tutor.derive.rewrites.entrywise import LayerRewrite
    from tutor.graph.entries import Array

LEAST = CONTEXT.mpf(10) ** -50
"""A smaller difference is not told: it only says with how many digits both were computed."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the two forms agree: ``entries`` gradients compared, the largest relative difference ``error``, at ``points`` points.

    ``sizes`` are the numbers that were put in for letters; ``besides`` are gradients that were compared and are not shown, with how many
    entries each has.
    """

    entries: int
    error: Value
    at_values: bool
    points: int = 0
    sizes: Mapping[str, int] | None = None
    besides: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The rewrites that hold at the given values (all of them without values), with the arrays that they give.

    ``points`` is at how many random points they were compared, too.
    """

    rewrites: tuple[LayerRewrite, ...]
    arrays: Mapping[str, Array[Value]]
    points: int = 0
