"""Whether a change of a line makes gradients right, leaves the others right, and does so with other numbers, too."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tutor.code.code_values import CodeProblem
from tutor.code.given_gradients import GivenGradient
from tutor.code.gradient_check import GradientCheck
from tutor.code.line_edits import LineEdit
from tutor.code.pass_run import Outcome
from tutor.code.statement_names import is_same
from tutor.code.trial import ProgramTrial
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
    points: dict[int, tuple[ProgramTrial, GradientCheck]] = field(default_factory=dict)
    elsewhere: list[tuple[ProgramTrial, GradientCheck] | None] = field(default_factory=list)

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
            try:
                trial, check = self.find_point(seed)
                outcome = trial.run(edits=self.merge(edits, edit))
            except CodeProblem:
                return False
            if len(self.compare(check, outcome, fixed)) < len(fixed):
                return False
        return self._holds_at_other_sizes(edits, edit, fixed)

    def find_point(self, seed: int) -> tuple[ProgramTrial, GradientCheck]:
        """The program with other numbers, and what its slopes are there: worked out once.  Raises `CodeProblem` where it is not read."""
        if seed not in self.points:
            trial = self.trial.move_to(seed)
            self.points[seed] = trial, GradientCheck(trial, trial.run())
        return self.points[seed]

    def _holds_at_other_sizes(self, edits: Edits, edit: LineEdit, fixed: Sequence[str]) -> bool:
        """Whether a change helps with other sizes as well, as far as the program goes wrong there in the same way."""
        if self.trial.given or self.trial.world.other_sizes:
            return True
        try:
            point = self._find_other_sizes()
            if point is None:
                return True
            trial, check = point
            return len(self.compare(check, trial.run(edits=self.merge(edits, edit)), fixed)) == len(fixed)
        except (CodeProblem, *FAILS):
            return True

    def _find_other_sizes(self) -> tuple[ProgramTrial, GradientCheck] | None:
        """The program with other sizes, where the same gradients are wrong there, worked out once; nothing where it does not work."""
        if not self.elsewhere:
            self.elsewhere.append(None)
            trial = self.trial.put_in(replace(self.trial.world, other_sizes=True), {})
            first = trial.run()
            check = GradientCheck(trial, first, forward=self.check.forward)
            if {output.key: check.judge_output(output) for output in self.pick(first)} == dict(self.right):
                self.elsewhere[0] = trial, check
        return self.elsewhere[0]
