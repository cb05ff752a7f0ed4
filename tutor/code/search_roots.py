"""The search for the lines that are wrong: one change at a time, until the gradients are the slopes of the loss."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.code.code_values import CodeProblem, ValueEvent
from tutor.code.code_verdicts import WrongLine
from tutor.code.judgement import Judgement
from tutor.code.line_edits import LineEdit, find_end, write_lines
from tutor.code.pair_functions import split_gradient
from tutor.code.repairable_lines import has_formula
from tutor.code.split_returns import join_returns
from tutor.code.statement_names import group_by_line, leave_line, name_targets
from tutor.numbers.arrays import np

MOST_ROOTS = 5


@dataclass(frozen=True, slots=True)
class RootSearch:
    """The search for the wrong lines of a program that was judged."""

    judged: Judgement

    def find_roots(self) -> tuple[list[WrongLine], dict[int, tuple[ast.stmt, ...]]]:
        """The lines that are wrong by themselves, one after the other, each taken back before the next is looked for."""
        wrong = [key for key, right in self.judged.right.items() if not right]
        edits, roots, done = self._take_called(wrong)
        if roots and not edits:  # a line of what is called is wrong, and nothing known takes it back
            return roots, edits
        wrong = [key for key in wrong if key not in done]
        changed = [0 for _ in roots]
        while wrong and len(roots) < MOST_ROOTS and not (roots and self.judged.trial.budget.is_low):
            best = None if self.judged.trial.budget.is_low else self.judged.search.find_edit(edits, wrong)
            if best is None:
                roots += self._list_unexplained(edits, wrong)
                break
            edit, fixed = best.edit, best.fixed
            original = next((key for key, made in edits.items() if edit.statement in made), id(edit.statement))
            if original == id(edit.statement):
                edits[original] = edit.statements
            else:
                edits[original] = tuple(
                    part for one in edits[original] for part in (edit.statements if one is edit.statement else (one,))
                )
            others = tuple(self._describe(other, fixed) for other in best.others)
            found = self._describe(edit, fixed, others)  # of a line that was changed before it is the whole change
            if original in changed:
                found = replace(found, repairs=(*roots.pop(changed.index(original)).repairs, *found.repairs))
                changed.remove(original)
            roots.append(found)
            changed.append(original)
            wrong = [key for key in wrong if key not in fixed]
            if len(wrong) > 1 and self.judged.is_mean(self.judged.pick_outputs(self.judged.trial.run(edits=edits)), wrong):
                break
        return join_returns(roots, edits, self.judged.list_statements()), edits

    def _take_called(self, wrong: Sequence[str]) -> tuple[dict[int, tuple[ast.stmt, ...]], list[WrongLine], list[str]]:
        """The lines of a backward pass that this one calls, where they are wrong by themselves; with what they make right here."""
        for edits, roots in self.judged.called:
            if not edits and len(self.judged.called) == 1:
                return {}, [replace(root, repairs=tuple(wrong), others=()) for root in roots], list(wrong)
            try:
                fixed = self.judged.test.compare(self.judged.check, self.judged.trial.run(edits=edits), wrong)
            except CodeProblem:
                continue
            if fixed:
                return dict(edits), [replace(root, repairs=tuple(fixed), others=()) for root in roots], fixed
        return {}, [], []

    def _describe(self, edit: LineEdit, fixed: Sequence[str], others: tuple[WrongLine, ...] = ()) -> WrongLine:
        node = edit.statement
        home = self.judged.trial.find_home(node)
        before, after = write_lines(home.lines, edit)
        problem = self.judged.first.record.problems.get(id(node))
        target = name_targets(node)
        return WrongLine(node.lineno, find_end(node), edit.tag, *edit.words, edit.factor, tuple(before),
            tuple(after), tuple(self.judged.trial.shown.get(key, key) for key in fixed),
                         next(iter(sorted(target)), ""), problem.what if problem is not None and problem.fails else "", others,
                         file="" if home is self.judged.trial.source else home.file)  # fmt: skip

    def _list_unexplained(self, edits: Mapping[int, tuple[ast.stmt, ...]], wrong: Sequence[str]) -> list[WrongLine]:
        """Lines that no known slip explains: where a name is wrong first, though all before it is right."""
        outcome = self.judged.trial.run(edits=edits)
        claims = sorted(self.judged.check.judge_claims(outcome).items(), key=lambda item: item[1][1].number)
        if self.judged.trial.budget.is_low:
            doubted = [event for _, (right, event) in claims if not right and isinstance(event.statement, ast.stmt)]
            plain = (event for event in doubted if not self._is_multiple(event))  # a factor may stand in another line
            event = next(plain, next(iter(doubted), None))
            if event is not None and isinstance(event.statement, ast.stmt):
                return [self._describe(leave_line(event.statement), wrong)]
        found: list[WrongLine] = []
        left = list(wrong)
        failed = next((node for node in self.judged.list_statements() if id(node) in outcome.record.problems), None)
        if failed is not None and outcome.record.problems[id(failed)].fails:  # what Python itself would stop at
            return [self._describe(leave_line(failed), left)]
        computing = any(
            self.judged.search.repairs.get(id(node), frozenset()) >= set(wrong) and has_formula(node)
            for node in self.judged.list_statements()
        )
        for key, (right, event) in claims:
            if right or not left or event.statement is None:
                continue
            if computing and not has_formula(event.statement):  # x = x.T: what it turns is wrong
                continue
            versions = [
                one
                for one in self.judged.check.list_versions(split_gradient(key))
                if np.shape(one.value) == np.shape(event.value)
            ][:3] or self.judged.check.list_versions(split_gradient(key))[:2]
            fixed: list[str] = []
            for version in versions:
                forced = {event.number: self.judged.check.find_gradient(version)}
                made = self.judged.trial.run(edits=edits, forced=forced)
                fixed = self.judged.test.compare(self.judged.check, made, left)
                if fixed:
                    break
            if fixed:
                found.append(self._describe(leave_line(event.statement), fixed))
                left = [one for one in left if one not in fixed]
        nodes = self.judged.list_statements()
        for key in left:
            problem = next((node for node in nodes if id(node) in self.judged.first.record.problems), None)
            last = key.rpartition(".")[2]
            own = [node for node in nodes if last in name_targets(node)]
            able = [node for node in nodes if self.judged.search.repairs.get(id(node), frozenset()) >= set(left)]
            able = [node for node in able if has_formula(node)] or able
            node = problem or (able[-1] if able else own[-1] if own else nodes[-1] if nodes else None)
            if node is not None and not any(root.line == node.lineno for root in found):
                found.append(self._describe(leave_line(node), left if able else [key]))
            if able:
                break
        return found

    def _is_multiple(self, event: ValueEvent) -> bool:
        versions = self.judged.check.list_versions(split_gradient(event.key))
        return any(self.judged.check.find_ratio(event.value, one) for one in versions[:3])

    def list_followers(self, edits: Mapping[int, tuple[ast.stmt, ...]], roots: Sequence[WrongLine]) -> tuple[int, ...]:
        """The lines whose values change once the roots are right."""
        after = self.judged.trial.run(edits=edits)
        changed: set[int] = set()
        old, new = (
            group_by_line(self.judged.trial.list_own(self.judged.first.record.events[self.judged.first.begins :])),
            group_by_line(self.judged.trial.list_own(after.record.events[after.begins :])),
        )
        for line, values in old.items():
            others = new.get(line, [])
            if len(values) != len(others) or any(np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-8, atol=1e-12)
                                                 for a, b in zip(values, others, strict=True)):  # fmt: skip
                changed.add(line)
        nodes = {node.lineno for node in self.judged.list_statements() if self.judged.trial.find_home(node) is self.judged.trial.source}
        rooted = {line for root in roots if not root.file for line in range(root.line, root.last + 1)}
        return tuple(sorted(line for line in changed & nodes if line not in rooted))
