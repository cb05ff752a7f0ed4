"""How a problem sheet is laid out: what can be chosen, by name.  This module is light: the command line reads it for its help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from tutor.exercise.source_kinds import SOURCE_KINDS

if TYPE_CHECKING:
    from tutor.explain.document import Theme

Solutions = Literal["none", "after", "end", "only"]
SOLUTIONS: tuple[Solutions, ...] = get_args(Solutions)
"""Where the solutions stand: nowhere, after each exercise, at the end, or alone without the exercises."""
LABELLED: Mapping[str, tuple[str, ...]] = {
    "proof": ("proof",), "numbers": ("numbers",), "lecture": (*SOURCE_KINDS, "erratum", "errata"), "notes": ("note",),
}  # fmt: skip
"""Parts of worked solutions that can be left out, and the labels of their paragraphs."""
CLOSING = (*SOURCE_KINDS, "erratum", "errata", "note", "no derivative", "convention", "kink", "proof", "numbers")
"""The labels of what is said about a whole solution, below all that is derived."""
LEFT_OUT = ("name", "ids", "sources", *LABELLED)
"""What of a sheet can be left out: the field for a name, ids, where an exercise is from, parts of its solution."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """The choices for a sheet.  ``boxes`` frames the room for answers, ``marks`` shows marks, ``without`` is some of `LEFT_OUT`."""

    title: str = ""
    cover: str = ""
    solutions: Solutions = "none"
    boxes: bool = False
    marks: bool = False
    without: frozenset[str] = frozenset()
    theme: Theme | None = None
