"""The words of a name: ``reluBackward`` and ``relu_backward`` have the same."""

from __future__ import annotations

import re
from functools import lru_cache


def spell_words(name: str) -> str:
    """A name as words with lines between them.

    >>> spell_words("reluBackward"), spell_words("computeCost"), spell_words("conv_backward")
    ('relu_backward', 'compute_cost', 'conv_backward')
    """
    return "_".join(split_words(name))


@lru_cache(maxsize=4096)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters.

    >>> split_words("centerWordVec"), split_words("h_prev")
    (('center', 'word', 'vec'), ('h', 'prev'))
    """
    return tuple(part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name))
