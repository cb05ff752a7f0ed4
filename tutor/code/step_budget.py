"""The steps that the judgement of one file may take: counted, never timed, so that the same file is told the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

MOST_STEPS = 4_000_000
"""So many parts of programs are worked out for one file: some half a minute."""
MOST_OF_ONE = 2_000_000
"""So many for one of its backward passes."""
KEPT = 200_000
"""So many are kept to name the first wrong line when the search for what it should be has used up the rest."""


@dataclass(slots=True)
class StepBudget:
    """What is left, in all and for the backward pass that is judged now.

    >>> budget = StepBudget()
    >>> budget.spend(1_900_000)
    >>> budget.is_low, budget.is_spent
    (True, False)
    >>> budget.begin_pass()
    >>> budget.is_low
    False
    """

    left: int = MOST_STEPS
    own: int = MOST_OF_ONE

    def begin_pass(self) -> None:
        """Another backward pass is judged."""
        self.own = min(self.left, MOST_OF_ONE)

    def spend(self, steps: int) -> None:
        """Take steps away."""
        self.left -= steps
        self.own -= steps

    @property
    def is_low(self) -> bool:
        """Whether a search should stop."""
        return self.own <= KEPT

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is worked out."""
        return self.own <= 0
