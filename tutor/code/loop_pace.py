"""Whether a loop will take more steps than there are: counted from its first rounds, so that it is refused before it has taken them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.code.code_values import TooLong

MOST_PARTS = 150_000
"""So many parts of a program are worked out in one run, loops included."""
MOST_BULK = 60_000
"""So many of them large arrays and long lists may stand for: sixty arrays of 200,000 entries, whether they are kept or not."""
MOST_HELD = 100_000_000
"""So many bytes have all values of one run, whether names still stand for them or not: several runs are kept."""
MARGIN = 2
"""Only a loop that would take so many times as much as there is, at the pace of the shortest of its rounds, is refused ahead."""
WATCHED = 8


@dataclass(slots=True)
class LoopPace:
    """One loop of ``count`` rounds, with ``outer`` more loops of it to come, and the shortest of its first rounds but the very first.

    >>> pace = LoopPace(5_000, outer=5_000)
    >>> pace.begin_round(0, 10), pace.end_round(0, 13), pace.begin_round(1, 13)
    (25000000, None, 24999999)
    >>> pace.end_round(1, 16)
    Traceback (most recent call last):
    ...
    tutor.code.code_values.TooLong
    """

    count: int
    outer: int = 1
    begun: int = 0
    taken: list[int] = field(default_factory=list)

    def begin_round(self, number: int, parts: int) -> int:
        """A round begins when so many parts have been worked out; how often what stands in it is worked out from now on."""
        self.begun = parts
        return self._count_left(number)

    def end_round(self, number: int, parts: int) -> None:
        """It ends.  Raises `TooLong` where those that are left take too many."""
        if not 0 < number <= WATCHED:
            return
        self.taken.append(parts - self.begun)
        if parts + min(self.taken) * (self._count_left(number) - 1) > MARGIN * MOST_PARTS:
            raise TooLong

    def _count_left(self, number: int) -> int:
        return self.count * self.outer - number
