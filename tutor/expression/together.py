"""Names that are written without signs between them: ``wx`` and ``w1i1`` as products, where that is certain."""

from __future__ import annotations

from collections.abc import Collection

MAX_TOGETHER = 4
"""So many names may stand together as a product."""
MAX_RUN = 48
"""How long a word may be that is taken apart."""


def names_together(word: str, declared: Collection[str]) -> tuple[str, ...]:
    """The 2 to 4 names of which a word consists, where that is certain: ``w1i1`` is w1 and i1; else nothing.

    A word that begins with d is none: dx belongs to a derivative.

    >>> names_together("w1i1", ["w1", "i1", "i"]), names_together("abc", ["a", "bc", "ab", "c"])
    (('w1', 'i1'), ())
    """
    if not 2 <= len(word) <= MAX_RUN or word[0] == "d":
        return ()
    whole: list[tuple[str, ...]] = []
    begun: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while begun and len(whole) < 2:
        at, names = begun.pop()
        for end in range(at + 1, len(word) + 1):
            name = word[at:end]
            if name not in declared:
                continue
            if end == len(word):
                whole.append((*names, name))
            elif len(names) + 1 < MAX_TOGETHER:
                begun.append((end, (*names, name)))
    return whole[0] if len(whole) == 1 else ()
