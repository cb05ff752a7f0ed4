"""Numbers of a program, compared with what is right, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.answer.handed_in import Unused
from tutor.marking.disclosure import Reveal
from tutor.marking.marked import RIGHT, Slip, Verdict
from tutor.marking.number_patterns import NumberFactor, NumberPattern
from tutor.marking.number_places import Where


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """One entry that is wrong: its place from 0, what was given, what is right, and the ratio of both where there is one."""

    place: tuple[int, ...]
    got: float
    right: float | None
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Bent:
    """A slip that gives just these numbers, or two together, with a ``factor`` besides where there is one."""

    slips: tuple[Slip, ...]
    factor: NumberFactor | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class ComparedArray:
    """One array of a file, compared.

    ``name`` is what the file calls it, ``key`` the quantity or the derivative that it is.  ``apart`` is how far it is off at most, as a
    share of the largest right entry; ``precision`` how exactly the file keeps it; ``exact`` says that no more than doubles round off is
    missing.  ``turned``: it was compared with its rows and columns exchanged, as PyTorch keeps it.  ``special`` counts what is no number
    and what is infinite.  ``bends`` and ``patterns`` are what fits equally well; where ``after`` is not empty they start from these own
    wrong arrays, and so do ``where`` and ``entries``.  ``follows`` are the own wrong arrays that it is right from.
    """

    name: str
    key: str
    verdict: Verdict
    shape: tuple[int, ...] = ()
    wanted: tuple[int, ...] = ()
    precision: str = "float64"
    apart: float = 0.0
    exact: bool = True
    turned: bool = False
    where: Where | None = None
    entries: tuple[WrongEntry, ...] = ()
    special: tuple[int, int] = (0, 0)
    patterns: tuple[NumberPattern, ...] = ()
    bends: tuple[Bent, ...] = ()
    after: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong with it by itself: right, also within its precision."""
        return self.verdict == "correct"


@dataclass(frozen=True, slots=True)
class ComparedNumbers:
    """A file of numbers, compared: its arrays in the order of the computation, what could not be used, and what is not in it; ``copied``
    are those that only say again what was given.

    ``first`` is the key of the first wrong one, which others may follow from.
    """

    arrays: tuple[ComparedArray, ...]
    unused: tuple[Unused, ...] = ()
    missing: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        """The key of what went wrong first, in the order of the computation."""
        return next((array.key for array in self.arrays if array.verdict not in RIGHT), "")

    @property
    def ok(self) -> bool:
        """Whether all that is in the file was used, and is right."""
        return bool(self.arrays) and not self.unused and all(array.is_right for array in self.arrays)

    def list_following(self, key: str) -> Sequence[str]:
        """The arrays that are wrong only because of one."""
        return [array.key for array in self.arrays if array.verdict == "follow-through" and key in array.follows]


def disclose_numbers(compared: ComparedNumbers, reveal: Reveal) -> ComparedNumbers:
    """The same without what may not be shown: with ``hint`` no number that is right, with ``none`` verdicts alone."""
    if reveal == "solution":
        return compared
    if reveal == "none":
        arrays = tuple(
            replace(array, entries=(), patterns=(), bends=(), after=(), follows=(), where=None, apart=0.0) for array in compared.arrays
        )
    else:
        arrays = tuple(
            replace(array, apart=0.0, entries=tuple(replace(entry, right=None, ratio=None) for entry in array.entries))
            for array in compared.arrays
        )
    return replace(compared, arrays=arrays)
