"""Why a run of training ends early, or what is wrong with one that went to its end: facts, which `tutor.explain.words` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["beyond", "no update", "no loss", "no value", "rising", "rising rows", "circling"]


@dataclass(frozen=True, slots=True)
class RunStop:
    """What happened at or after update ``step``.

    ``beyond``: the parameter ``what`` is beyond every use; ``no update`` and ``no loss``: neither exists, ``what`` says the fault;
    ``no value``: the parameter ``what`` has none; ``rising`` (``rising rows`` where not every update is kept): the loss rises from update
    ``since`` on, to ``what``; ``circling``: everything is again as after update ``since``.
    """

    kind: Kind
    step: int
    what: str = ""
    since: int = 0

    @property
    def diverges(self) -> bool:
        """Whether a smaller step size may help."""
        return self.kind in ("beyond", "rising", "rising rows")
