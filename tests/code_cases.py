"""The programs of `exercises/programs`, with the slips that stand in their last lines as comments.

``# slip TAG: OLD => NEW`` is a wrong version and what it must be told; ``# right: OLD => NEW`` looks like a slip and is none.
``OLD@1`` is the second place where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "exercises" / "programs"
_CASE = re.compile(r"^# (?:slip ([a-z-]+)|right): (.+?)(?:@(\d))? => (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A version of a program: its text, the line that was changed, and the tag of the slip, empty where it is right."""

    name: str
    text: str
    line: int
    tag: str
    change: str


def list_programs() -> list[tuple[str, str]]:
    """Names and texts of the right programs."""
    return [(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.py"))]


def list_cases() -> list[Case]:
    """All versions that are said."""
    found = []
    for name, text in list_programs():
        body = text.partition("\n# slip")[0]
        for tag, old, place, new in _CASE.findall(text):
            parts = body.split(old)
            at = int(place or 0)
            assert len(parts) > at + 1, f"{name}: {old} is not there"
            before = old.join(parts[: at + 1])
            line = before.count("\n") + 1
            found.append(Case(name, before + new + old.join(parts[at + 1 :]), line, tag, f"{old} => {new}"))
    return found
