"""Names for the quantities that the product makes itself: a, b, c, …, none of which anybody wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count
from string import ascii_lowercase

from tutor.rules.functions import FUNCTIONS

LAST = "f"
"""The label of what is differentiated, where it is free."""
NATURAL = ascii_lowercase.index(LAST) + 1
"""Up to so many labels end with f by themselves: a, b, c, d, e, f."""


def labels(number: int, taken: Collection[str], *, last: bool = True) -> list[str]:
    """So many labels, the last of them f where that is free (and ``last`` asks for it).

    ``taken`` are the words that somebody wrote: a label is none of them, and no function.  It also makes none of them with a d in
    front: beside quantities called x and dt, a label t would make dt/dx mean two things.

    >>> labels(2, {"x"}), labels(4, {"a", "b", "c"}), labels(2, {"x"}, last=False)
    (['a', 'f'], ['d', 'e', 'g', 'f'], ['a', 'b'])
    """
    avoided = {*taken, *FUNCTIONS, *(name[1:] for name in taken if name[:1] == "d")}
    free = last and LAST not in avoided
    letters = _letters(avoided | {LAST} if free and number <= NATURAL else avoided)
    found = [next(letters) for _ in range(number)]
    if free and found and LAST not in found:
        found[-1] = LAST
    return found


def _letters(avoided: Collection[str]) -> Iterator[str]:
    yield from (letter for letter in ascii_lowercase if letter not in avoided)
    yield from (name for number in count(1) if (name := f"n{number}") not in avoided)
