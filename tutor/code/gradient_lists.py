"""Lists of arrays, one a layer: each entry of a list of parameters is a quantity of its own, and so is each of a list of gradients.

``weights[0]`` of ``self.weights = [np.random.randn(y, x) for x, y in …]``, and ``nabla_w[0]`` of ``nabla_w[-2] = …``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tutor.numbers.arrays import np

_ENTRY = re.compile(r"(.*)\[(\d+)\]")
MOST_ENTRIES = 40
"""So many entries of a list are looked at."""


def spell_entry(key: str, place: int, count: int) -> str:
    """What an entry of a list is called, by its place from the front.

    >>> spell_entry("dW", -1, 3), spell_entry("dW", 0, 3), spell_entry("dW", 4, 3)
    ('dW[2]', 'dW[0]', 'dW[4]')
    """
    return f"{key}[{place + count if -count <= place < 0 else place}]"


def split_entry(key: str) -> tuple[str, str]:
    """The name of a list and the place of one of its entries, in its brackets.

    >>> split_entry("self.dW[2]"), split_entry("dW")
    (('self.dW', '[2]'), ('dW', ''))
    """
    found = _ENTRY.fullmatch(key)
    return (found[1], f"[{found[2]}]") if found else (key, "")


def is_array_list(value: Any) -> bool:
    """Whether a value is a list of arrays of floats, such as a program has for its layers; a scalar is none.

    >>> is_array_list([np.ones(2), np.ones((2, 3))]), is_array_list([1, 2]), is_array_list([])
    (True, False, False)
    """
    if not isinstance(value, list) or not 0 < len(value) <= MOST_ENTRIES:
        return False
    return all(isinstance(one, np.ndarray) and one.dtype.kind in "fc" for one in value)


def list_entries(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The entries of a list of arrays by their names; nothing of another value.

    >>> [name for name, _ in list_entries("dW", [np.ones(2), np.ones(3)])]
    ['dW[0]', 'dW[1]']
    """
    if is_array_list(value):
        yield from ((spell_entry(key, place, len(value)), one) for place, one in enumerate(value))
