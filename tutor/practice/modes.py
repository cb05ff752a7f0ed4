"""How a session goes: a row says what is asked, how much help there is, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["learn", "practise", "graded", "exam"]


@dataclass(frozen=True, slots=True)
class ModeRow:
    """One way in which a session goes: ``words`` are for the help of the command.

    ``tells``: verdicts and hints come at once, else at the end.  ``teaches``: steps of what is new are worked out first.  ``costs``: tries
    and hints take from the marks of a step.
    """

    words: str
    tells: bool = True
    teaches: bool = False
    costs: bool = False

    @property
    def has_mark(self) -> bool:
        """Whether a mark is told at the end."""
        return self.costs or not self.tells


MODES: Mapping[Mode, ModeRow] = {
    "learn": ModeRow("what is new is worked out first, then its last steps are asked, then all", teaches=True),
    "practise": ModeRow("everything is asked, with hints, and nothing costs anything"),
    "graded": ModeRow("as practise, with a mark: tries and hints cost", costs=True),
    "exam": ModeRow("everything is asked, without hints, and verdicts come at the end", tells=False),
}
