"""Whether a change of a line makes gradients right, leaves the others right, and does so with other numbers, too."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.code.code_values import CodeProblem
from tutor.code.given_gradients import GivenGradient
from tutor.code.gradient_check import GradientCheck
from tutor.code.line_edits import LineEdit
from tutor.code.statement_names import is_same
from tutor.code.trial import Outcome, ProgramTrial
from tutor.code.work_statements import FAILS

SEEDS = (0, 1, 2)
Edits = Mapping[int, tuple[ast.stmt, ...]]
"""Statements in the place of others, by the identity of their nodes."""


@dataclass(slots=True)
class RepairTest:
    """The tests of one program: which of its gradients were ``right`` at first, and how they are picked from a run."""

    trial: ProgramTrial
    check: GradientCheck
    right: Mapping[str, bool]
    pick: Callable[[Outcome], list[GivenGradient]]
    elsewhere: list[ProgramTrial] | None = None

    def try_edit(
        self, edits: Edits, edit: LineEdit, wrong: Sequence[str], kept: Collection[str]
    ) -> list[str]:
        """The gradients that a change makes right, where it makes none wrong and leaves the loss as it is."""
        made = self.merge(edits, edit)
        try:
            outcome = self.trial.run(edits=made)
        except CodeProblem:
            return []
        fixed = self.compare(self.check, outcome, wrong)
        if fixed and kept:  # what was right by its name stays right
            claims = self.check.judge_claims(outcome)
            if any(key in claims and not claims[key][0] for key in kept):
                return []
        return fixed

    def merge(self, edits: Edits, edit: LineEdit) -> dict[int, tuple[ast.stmt, ...]]:
        """The changes with one more, which may be of a line that is changed already."""
        merged = dict(edits)
        for key, made in edits.items():
            if edit.statement in made:
                merged[key] = tuple(
                    part for one in made for part in (edit.statements if one is edit.statement else (one,))
                )
                return merged
        merged[id(edit.statement)] = edit.statements
        return merged

    def compare(self, check: GradientCheck, outcome: Outcome, wrong: Sequence[str]) -> list[str]:
        """Which of the wrong gradients a run has right, where it leaves the others right and the loss as it is."""
        if self.trial.plan.is_single and not is_same(outcome.loss, check.first.loss):
            return []
        found = {output.key: output for output in self.pick(outcome)}
        fixed = [key for key in wrong if key in found and check.judge_output(found[key])]
        if not fixed:
            return []
        kept = [key for key, right in self.right.items() if right]
        return fixed if all(key in found and check.judge_output(found[key]) for key in kept) else []

    def holds(self, edits: Edits, edit: LineEdit, fixed: Sequence[str]) -> bool:
        """Whether a change makes them right with other numbers, too."""
        for seed in SEEDS[1:]:
            trial = self.trial.move_to(seed)
            try:
                first = trial.run()
                outcome = trial.run(edits=self.merge(edits, edit))
            except CodeProblem:
                return False
            if len(self.compare(GradientCheck(trial, first), outcome, fixed)) < len(fixed):
                return False
        return self._holds_at_other_sizes(edits, edit, fixed)

    def _holds_at_other_sizes(self, edits: Edits, edit: LineEdit, fixed: Sequence[str]) -> bool:
        """Whether a change helps with other sizes as well, as far as the program goes wrong there in the same way."""
        if self.trial.given or self.trial.world.other_sizes:
            return True
        if self.elsewhere is None:
            world = replace(self.trial.world, other_sizes=True)
            trial = ProgramTrial(self.trial.source, self.trial.plan, world, self.trial.once, self.trial.forward_source, self.trial.others)
            self.elsewhere = [trial]
        (trial,) = self.elsewhere
        try:
            first = trial.run()
            check = GradientCheck(trial, first, forward=self.check.forward)
            found = {output.key: check.judge_output(output) for output in self.pick(first)}
            if found != dict(self.right):
                return True
            return len(self.compare(check, trial.run(edits=self.merge(edits, edit)), fixed)) == len(fixed)
        except (CodeProblem, *FAILS):
            return True
