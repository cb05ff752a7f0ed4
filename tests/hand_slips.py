"""Programs as students write them, each right, with slips that they make: read from `tests/hand_written/*.txt`.

A program stands behind ``=== name``, its slips behind ``--- slips``, one a line: what stands in the program, what the student writes,
and how the slip is called, ``old => new :: tag``; ``?`` where no name is asked for.  ``pass`` is a line that was left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "hand_written"


@dataclass(frozen=True, slots=True)
class HandSlip:
    """One slip in one program: the wrong program, the line, the tag of the slip."""

    name: str
    text: str
    line: int
    tag: str
    change: str


@dataclass(frozen=True, slots=True)
class HandProgram:
    """A right program with its slips."""

    name: str
    text: str
    slips: tuple[HandSlip, ...]


def list_hand_programs() -> Iterator[HandProgram]:
    """All programs, in the order of their files."""
    for path in sorted(FOLDER.glob("*.txt")):
        for part in path.read_text("utf-8").split("=== ")[1:]:
            name, _, rest = part.partition("\n")
            text, _, rows = rest.partition("--- slips\n")
            yield HandProgram(name, text, tuple(_read_slip(name, text, row) for row in rows.splitlines() if row.strip()))


def _read_slip(name: str, text: str, row: str) -> HandSlip:
    change, _, tag = row.partition(" :: ")
    old, _, new = change.partition(" => ")
    assert old in text, (name, old)
    line = text[: text.index(old)].count("\n") + 1
    return HandSlip(name, text.replace(old, new, 1), line, tag.strip(), change)
