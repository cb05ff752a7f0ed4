"""What the source of an exercise is: pages name it by that, and a paper is no lecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.text import make_visible

SOURCE_KINDS = ("source", "lecture", "paper", "book", "course", "notebook", "documentation", "page")
"""``source`` is what is said where nobody says what it is; a ``course`` has notes and assignments, a ``page`` stands in the web."""


def read_source_kind(raw: Mapping[str, Any], fault: Callable[[str, str], None]) -> str:
    """The ``source_kind`` of an exercise file; anything else is a fault of its author.

    >>> read_source_kind({"source_kind": "paper"}, print), read_source_kind({}, print)
    ('paper', 'source')
    """
    kind = raw.get("source_kind", SOURCE_KINDS[0])
    if kind not in SOURCE_KINDS:
        fault(f"source_kind is one of {', '.join(SOURCE_KINDS)}, not {make_visible(kind)}", "source_kind")
        return SOURCE_KINDS[0]
    return str(kind)
