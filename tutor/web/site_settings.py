"""How a server is set."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.practice.modes import MODES, Mode


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How a server is set: ``mode`` is what learners meet, who may choose another where it is no exam; ``language`` is empty for that of
    each exercise, ``costs`` for what tries and hints cost otherwise (`tutor.practice.costs`).

    ``hosts`` are the names by which it may be asked, besides addresses; ``class_token`` opens the lecturer's page, where there is a class.
    ``events`` and ``previews`` are how often a learner may act: so many at once, then so many a second.
    """

    mode: Mode = "practise"
    language: str = ""
    costs: str = ""
    solutions: bool = True
    hosts: frozenset[str] = frozenset()
    class_token: str = ""
    events: tuple[float, float] = (40, 4)
    previews: tuple[float, float] = (40, 8)
    newcomers: tuple[float, float] = (300, 10)

    @property
    def tells(self) -> bool:
        """Whether verdicts, hints and solutions are given, which an exam does not."""
        return MODES[self.mode].tells
