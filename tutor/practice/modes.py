"""How a session goes: what is asked, and how much help there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Mode = Literal["learn", "practise", "exam"]
MODES: Mapping[Mode, str] = {
    "learn": "what is new is worked out first, then its last steps are asked, then all",
    "practise": "everything is asked, with hints",
    "exam": "everything is asked, without hints, and verdicts come at the end",
}
