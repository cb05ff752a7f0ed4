"""The search for the lines that are wrong: one change at a time, until the gradients are the slopes of the loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tutor.code.code_values import CodeProblem, NotRead, ValueEvent
from tutor.code.code_verdicts import CodeVerdict, JudgedOutput, UnreadStatement, WrongLine
from tutor.code.derived_program import DerivedProgram, drop_given, list_derived
from tutor.code.failures import say_line
from tutor.code.find_edits import EditSearch
from tutor.code.forward_graph import NOT_READ
from tutor.code.given_gradients import GivenGradient, list_computed
from tutor.code.gradient_check import GradientCheck
from tutor.code.guess_shapes import LABELS
from tutor.code.line_edits import LineEdit, write_lines
from tutor.code.pair_functions import split_gradient
from tutor.code.pass_loss import is_sum
from tutor.code.refused_runs import refuse_empty, refuse_loss
from tutor.code.repair_test import RepairTest
from tutor.code.repairable_lines import has_formula
from tutor.code.split_returns import join_returns
from tutor.code.statement_names import (
    find_loss_names,
    group_by_line,
    is_taken_out,
    is_used_later,
    leave_line,
    name_targets,
)
from tutor.code.trial import Outcome, ProgramTrial
from tutor.errors import tell
from tutor.numbers.arrays import Floats, np

MOST_ROOTS = 5


class Judgement:
    """One program in one world: its outputs, what is wrong, and the search for the lines that are."""

    def __init__(self, trial: ProgramTrial) -> None:
        self.trial = trial
        self.first = trial.run()
        self.check = GradientCheck(trial, self.first)
        self.edits: Mapping[int, tuple[ast.stmt, ...]] = {}
        self.called: Sequence[tuple[Mapping[int, tuple[ast.stmt, ...]], Sequence[WrongLine]]] = ()
        self.spared: set[int] = set()
        self.beside: list[Judgement] = []
        self.steps: set[str] = set()
        self.outputs = self._pick_outputs(self.first)
        if self.first.loss is None:
            refuse_loss(self.trial.source.file, self.first.record)
        refuse_empty(self.trial.source.file, self.first.record.events[: self.first.begins or None])
        self.right = {output.key: self.check.judge_output(output) for output in self.outputs}
        self._leave_forward_names()
        self._leave_steps()
        self._keep_means()
        self.test = RepairTest(trial, self.check, self.right, self._pick_outputs)
        self.derived: list[DerivedProgram] = []
        self._underived = list_derived(self.trial, self.first)
        self._arrays: list[Sequence[Floats]] = []
        self.check.derive = self._derive
        self.search = EditSearch(self.test, self.first, self.list_statements(), self._derive)

    def list_derived(self) -> Iterator[DerivedProgram]:
        """The derivations of the forward pass, each read once; none where it is not read."""
        yield from self.derived
        for made in self._underived:
            self.derived.append(made)
            yield made

    def _derive(self) -> Sequence[Floats]:
        """The arrays of the first derivation, for the search: worked out once."""
        if not self._arrays:
            self._arrays.append(self._work_out_derivation())
        return self._arrays[0]

    def _work_out_derivation(self) -> Sequence[Floats]:
        try:
            derived = next(self.list_derived(), None) if drop_given(self.trial) is self.trial else None
        except NOT_READ:
            return ()
        return () if derived is None else derived.list_gradients(self.first)

    def _leave_forward_names(self) -> None:
        """What the loss itself depends on is no gradient, whatever it is called: ``dp = a - p`` of a distance."""
        if not self.trial.plan.is_single:
            return
        last = {event.key: event for event in self.first.record.events if not event.leaf}
        for output in self.outputs:
            event = last.get(output.key)
            if not self.right[output.key] and event is not None and self._moves_loss(event):
                self.check.forward.add(output.key.rpartition(".")[2])
        self.outputs = self._pick_outputs(self.first)
        self.right = {output.key: self.right[output.key] for output in self.outputs}

    def _leave_steps(self) -> None:
        """A name inside one body is a step where the gradient is given in the end: ``dW`` before ``grads["W"] = dW / N``.

        So is one of another shape than what it is called after, and any where all that is given is right.  What nothing uses later
        stays a gradient of its own.
        """
        given = [output for output in self.outputs if not output.local]
        if not given or not self.trial.plan.is_single:
            return
        named = {word for output in given for word in output.of}
        complete = all(self.right[output.key] for output in given)
        for output in self.outputs:
            if not output.local or self.right[output.key] or not is_used_later(self.first.after.values(), output.key):
                continue
            event = self.check.find_target(output)
            fits = event is not None and output.value is not None and np.shape(event.value) == np.shape(output.value)
            if complete or named & {*output.of} or not fits:
                self.steps.add(output.key)
        self.outputs = self._pick_outputs(self.first)
        self.right = {output.key: self.right[output.key] for output in self.outputs}

    def _moves_loss(self, event: ValueEvent) -> bool:
        """Whether the loss depends on a value, also where its slope happens to be 0 there."""
        if self.trial.ends is not None and event.number > self.trial.ends:
            return False
        if self.check.find_slope(event, 0):
            return True
        lost = self.trial.run(forced={event.number: np.full(np.shape(event.value), np.nan)}, backward=False)
        return lost.loss is None or not np.all(np.isfinite(lost.loss))

    def _keep_means(self) -> None:
        """A pair may take the gradient from above as that of each sample, and divide by their number where it sums.

        A convention, no slip; so are gradients of the mean beside a cost that is the sum, which is divided where it is summed up.
        """
        wrong = [output.key for output in self.outputs if not self.right[output.key] and output.value is not None]
        if self._is_mean(self.outputs, wrong):
            self.right |= dict.fromkeys(wrong, True)
            cost = self._find_cost()
            if cost:
                self.trial.conventions.add(tell("{name} is the sum over the samples, and the gradients are those of the mean", name=cost))

    def _find_cost(self) -> str:
        """The cost that is differentiated, where backward is given no gradient from above."""
        return "" if any(self.first.upstream) else self.trial.plan.cost

    def _is_mean(self, outputs: Sequence[GivenGradient], wrong: Sequence[str]) -> bool:
        """Whether the gradients that are wrong are only divided by the number of samples, beside right ones or a cost that is a sum."""
        cost = self._find_cost()
        if self.trial.plan.is_single or (cost and not is_sum(self.trial.source.tree, cost)):
            return False
        sizes = {size for event in self.first.record.events[: self.first.begins] for size in np.shape(event.value)[:2]}
        found: set[float] = set()
        for output in outputs:
            target = self.check.find_target(output)
            if output.key in wrong and target is not None and output.value is not None:
                found.add(round(self.check.find_ratio(output.value, target) or 0.0, 6))
        summed = len(found) == 1 and found <= {float(size) for size in sizes if size > 1}
        return summed and len(wrong) >= 2 and (bool(cost) or len(wrong) < len(outputs))

    @property
    def is_right(self) -> bool:
        """Whether all outputs are right, and there are any."""
        return bool(self.outputs) and all(self.right.values())

    @property
    def has_loss(self) -> bool:
        """Whether the loss is a number: no logarithm of a negative one."""
        return self.first.loss is not None and bool(np.all(np.isfinite(np.asarray(self.first.loss))))

    @property
    def is_finite(self) -> bool:
        """Whether the loss and all gradients are numbers: nothing overflows where the numbers are large."""
        values = [self.first.loss, *(output.value for output in self.outputs if output.value is not None)]
        return all(bool(np.all(np.isfinite(np.asarray(value)))) for value in values)

    @property
    def is_saturated(self) -> bool:
        """Whether a sigmoid is at its end somewhere, so that few digits of 1 − a are left, or none of its logarithm."""
        forward = self.first.record.events[: self.first.begins or None]
        arrays = (np.asarray(event.value) for event in forward if not event.leaf)
        return not self.is_finite or any(_is_at_end(array) for array in arrays if array.dtype.kind == "f")

    @property
    def stops(self) -> bool:
        """Whether Python would stop in the backward pass, though all that is compared is right."""
        return any(why.fails and number in self.first.after for number, why in self.first.record.problems.items())

    @property
    def reads_all(self) -> bool:
        """Whether every line was read."""
        return not any(not problem.fails for problem in self.first.record.problems.values())

    @property
    def varies(self) -> bool:
        """Whether another world could be another answer: what nobody gives has been guessed."""
        return any(
            event.leaf and (LABELS.match(event.key) or not self.first.begins) for event in self.first.record.events
        ) or any(problem.fails for problem in self.first.record.problems.values())

    @property
    def score(self) -> tuple[int, ...]:
        """The fewer, the likelier is the world what is meant: lines that fail, gradients that are wrong, those by more than a factor."""
        wrong = [output for output in self.outputs if not self.right[output.key]]
        targets = [(output.value, self.check.find_target(output)) for output in wrong]
        rough = sum(value is None or target is None or self.check.find_ratio(value, target) is None for value, target in targets)
        return (not self.outputs, len(self.first.record.problems), len(wrong), rough)

    def _pick_outputs(self, outcome: Outcome) -> list[GivenGradient]:
        """The gradients that count: of what is given, and of weights; where there are none all of them."""
        if not self.trial.plan.is_single:
            return outcome.outputs
        names = set(list_computed(self.first.record.events))
        outputs = [output for output in outcome.outputs if output.key.rpartition(".")[2] not in self.check.forward]
        outputs = [output for output in outputs if not (output.local and output.key in self.steps)]
        leaves = [output for output in outputs if any(one not in names for one in output.of)]
        return leaves or outputs

    # the search

    def give_verdict(self) -> CodeVerdict:
        """The verdict, with the lines that are wrong."""
        plan = self.trial.plan
        unread = tuple(self._list_unread())
        first = self._find_first_line()
        if not self.outputs:
            why = self.first.why or tell("no gradient of it is found")
            return CodeVerdict(
                plan.name, plan.forward, "undecided", (), (), (), unread, self._find_first_line(), self.trial.world, why
            )
        lost = [output for output in self.outputs if output.lost is not None and not output.lost.fails]
        failed = self._find_failed_line() if self.is_right else None
        if failed is not None:
            outputs = tuple(self._list_judged())
            within = any(one is failed and number in self.first.after for number, one in self.first.record.problems.items())
            why = say_line(failed) if within else tell("the forward pass is not read: {why}", why=say_line(failed))
            return CodeVerdict(plan.name, plan.forward, "undecided", outputs, (), (), unread, first, self.trial.world, why)
        if self.is_right:
            return CodeVerdict(
                plan.name,
                plan.forward,
                "right",
                tuple(self._list_judged()),
                (),
                (),
                unread,
                self._find_first_line(),
                self.trial.world,
            )
        if lost and len(lost) == sum(not right for right in self.right.values()):
            return CodeVerdict(
                plan.name,
                plan.forward,
                "undecided",
                tuple(self._list_judged()),
                (),
                (),
                unread,
                self._find_first_line(),
                self.trial.world,
                say_line(lost[0].lost) if lost[0].lost is not None else "",
            )
        if not self.has_loss:
            why = tell("the loss is no finite number at the numbers that were tried")
            return CodeVerdict(
                plan.name, plan.forward, "undecided", tuple(self._list_judged()), (), (), unread, first, self.trial.world, why,
                tell("give numbers: --given values.json")
            )  # fmt: skip
        reason = self.find_doubt()
        if reason is not None:
            outputs = tuple(self._list_judged())
            why = say_line(reason)
            return CodeVerdict(
                plan.name, plan.forward, "undecided", outputs, (), (), unread, first, self.trial.world, why
            )
        roots, edits = self.find_roots()
        self.edits = edits
        cut = self.trial.budget.is_low
        follows = self._list_followers(edits, roots) if edits and not cut else ()
        last = max((root.last for root in roots), default=0)
        why = tell("the steps for one program are used up: lines behind {line} were not tried", line=last) if cut and last else ""
        hint = tell("mend what is named first, and run this again") if why else ""
        return CodeVerdict(plan.name, plan.forward, "wrong", tuple(self._list_judged()), tuple(sorted(roots, key=lambda one: one.line)),
            follows, unread, first, self.trial.world, why, hint)  # fmt: skip

    def _find_failed_line(self) -> NotRead | None:
        """A line that fits no sizes: what is right without it says nothing; nor is a backward pass right that stops."""
        problems = self.first.record.problems.items()
        return next((why for number, why in problems if why.fails and (number in self.first.after or not self.trial.plan.is_single)), None)

    def find_doubt(self) -> NotRead | None:
        """A line that was not read, or failed otherwise than by shapes, so that a wrong gradient may be the reader's own fault."""
        backward = {id(node) for node in self.list_statements()}
        told: set[int] = set()
        for number, problem in self.first.record.problems.items():
            if id(problem) in told:
                continue
            told.add(id(problem))
            if not problem.by_shapes or number not in backward:
                return problem
        return None

    def leave_out(self, nodes: Sequence[ast.stmt]) -> None:
        """No line of a backward pass that is right by itself is at fault in another that calls it."""
        self.spared |= {id(node) for node in nodes}
        self.search.nodes = self.list_statements()

    def _find_first_line(self) -> int:
        lines = [getattr(node, "lineno", 0) for node in self.first.after.values()]
        return min((line for line in lines if line), default=0)

    def _list_judged(self) -> Iterator[JudgedOutput]:
        for output in self.outputs:
            event = self.check.find_target(output)
            right = self.right[output.key]
            ratio = (
                None if right or event is None or output.value is None else self.check.find_ratio(output.value, event)
            )
            shape = np.shape(output.value) if output.value is not None else ()
            verdict = "right" if right else "wrong" if output.value is not None else "lost"
            expected = np.shape(event.value) if event is not None else ()
            of = event.key if event is not None else output.of[0] if output.of else output.key
            name = self.trial.shown.get(output.key, output.key)
            yield JudgedOutput(name, of, verdict, shape, expected, f"{1 / ratio:.6g}" if ratio else "")

    def _list_unread(self) -> Iterator[UnreadStatement]:
        lines = self.trial.source.lines
        told: set[int] = set()
        for number, problem in self.first.record.problems.items():
            if id(problem) in told:
                continue
            told.add(id(problem))
            node = self.first.record.visited.get(number)
            line = getattr(node, "lineno", 0)
            if node is None or self.trial.find_home(node) is not self.trial.source:
                continue
            if number in self.first.after and line and not isinstance(node, ast.Return | ast.For | ast.If | ast.With):
                yield UnreadStatement(
                    line, lines[line - 1].strip() if line <= len(lines) else "", problem.what, problem.fails
                )

    def list_statements(self) -> list[ast.stmt]:
        """The statements of the backward pass, in their order: those that the loss does not need."""
        nodes: list[ast.stmt] = [
            node
            for node in self.first.after.values()
            if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.AnnAssign)
        ]
        nodes = [node for node in nodes if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        nodes = [node for node in nodes if not is_taken_out(node) and id(node) not in self.spared]
        if not self.trial.plan.is_single:
            return nodes
        needed, last = find_loss_names(nodes)
        needed |= self.check.forward
        return [
            node
            for node in nodes
            if not isinstance(node, ast.Return) and (node.lineno > last or not name_targets(node) & needed)
        ]

    def find_roots(self) -> tuple[list[WrongLine], dict[int, tuple[ast.stmt, ...]]]:
        """The lines that are wrong by themselves, one after the other, each taken back before the next is looked for."""
        wrong = [key for key, right in self.right.items() if not right]
        edits, roots, done = self._take_called(wrong)
        if roots and not edits:  # a line of what is called is wrong, and nothing known takes it back
            return roots, edits
        wrong = [key for key in wrong if key not in done]
        changed = [0 for _ in roots]
        while wrong and len(roots) < MOST_ROOTS and not (roots and self.trial.budget.is_low):
            best = None if self.trial.budget.is_low else self.search.find_edit(edits, wrong)
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
            if len(wrong) > 1 and self._is_mean(self._pick_outputs(self.trial.run(edits=edits)), wrong):
                break
        return join_returns(roots, edits, self.list_statements()), edits

    def _take_called(self, wrong: Sequence[str]) -> tuple[dict[int, tuple[ast.stmt, ...]], list[WrongLine], list[str]]:
        """The lines of a backward pass that this one calls, where they are wrong by themselves; with what they make right here."""
        for edits, roots in self.called:
            if not edits and len(self.called) == 1:
                return {}, [replace(root, repairs=tuple(wrong), others=()) for root in roots], list(wrong)
            try:
                fixed = self.test.compare(self.check, self.trial.run(edits=edits), wrong)
            except CodeProblem:
                continue
            if fixed:
                return dict(edits), [replace(root, repairs=tuple(fixed), others=()) for root in roots], fixed
        return {}, [], []

    def _describe(self, edit: LineEdit, fixed: Sequence[str], others: tuple[WrongLine, ...] = ()) -> WrongLine:
        node = edit.statement
        home = self.trial.find_home(node)
        before, after = write_lines(home.lines, edit)
        problem = self.first.record.problems.get(id(node))
        target = name_targets(node)
        return WrongLine(node.lineno, node.end_lineno or node.lineno, edit.tag, *edit.words, edit.factor, tuple(before),
            tuple(after), tuple(self.trial.shown.get(key, key) for key in fixed),
                         next(iter(sorted(target)), ""), problem.what if problem is not None and problem.fails else "", others,
                         file="" if home is self.trial.source else home.file)  # fmt: skip

    def _list_unexplained(self, edits: Mapping[int, tuple[ast.stmt, ...]], wrong: Sequence[str]) -> list[WrongLine]:
        """Lines that no known slip explains: where a name is wrong first, though all before it is right."""
        outcome = self.trial.run(edits=edits)
        claims = sorted(self.check.judge_claims(outcome).items(), key=lambda item: item[1][1].number)
        if self.trial.budget.is_low:
            doubted = [event for _, (right, event) in claims if not right and isinstance(event.statement, ast.stmt)]
            plain = (event for event in doubted if not self._is_multiple(event))  # a factor may stand in another line
            event = next(plain, next(iter(doubted), None))
            if event is not None and isinstance(event.statement, ast.stmt):
                return [self._describe(leave_line(event.statement), wrong)]
        found: list[WrongLine] = []
        left = list(wrong)
        failed = next((node for node in self.list_statements() if id(node) in outcome.record.problems), None)
        if failed is not None and outcome.record.problems[id(failed)].fails:  # what Python itself would stop at
            return [self._describe(leave_line(failed), left)]
        computing = any(
            self.search.repairs.get(id(node), frozenset()) >= set(wrong) and has_formula(node)
            for node in self.list_statements()
        )
        for key, (right, event) in claims:
            if right or not left or event.statement is None:
                continue
            if computing and not has_formula(event.statement):  # x = x.T: what it turns is wrong
                continue
            versions = [
                one
                for one in self.check.list_versions(split_gradient(key))
                if np.shape(one.value) == np.shape(event.value)
            ][:3] or self.check.list_versions(split_gradient(key))[:2]
            fixed: list[str] = []
            for version in versions:
                forced = {event.number: self.check.find_gradient(version)}
                made = self.trial.run(edits=edits, forced=forced)
                fixed = self.test.compare(self.check, made, left)
                if fixed:
                    break
            if fixed:
                found.append(self._describe(leave_line(event.statement), fixed))
                left = [one for one in left if one not in fixed]
        nodes = self.list_statements()
        for key in left:
            problem = next((node for node in nodes if id(node) in self.first.record.problems), None)
            last = key.rpartition(".")[2]
            own = [node for node in nodes if last in name_targets(node)]
            able = [node for node in nodes if self.search.repairs.get(id(node), frozenset()) >= set(left)]
            able = [node for node in able if has_formula(node)] or able
            node = problem or (able[-1] if able else own[-1] if own else nodes[-1] if nodes else None)
            if node is not None and not any(root.line == node.lineno for root in found):
                found.append(self._describe(leave_line(node), left if able else [key]))
            if able:
                break
        return found

    def _is_multiple(self, event: ValueEvent) -> bool:
        versions = self.check.list_versions(split_gradient(event.key))
        return any(self.check.find_ratio(event.value, one) for one in versions[:3])

    def _list_followers(self, edits: Mapping[int, tuple[ast.stmt, ...]], roots: Sequence[WrongLine]) -> tuple[int, ...]:
        """The lines whose values change once the roots are right."""
        after = self.trial.run(edits=edits)
        changed: set[int] = set()
        old, new = (
            group_by_line(self.trial.list_own(self.first.record.events[self.first.begins :])),
            group_by_line(self.trial.list_own(after.record.events[after.begins :])),
        )
        for line, values in old.items():
            others = new.get(line, [])
            if len(values) != len(others) or any(np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-8, atol=1e-12)
                                                 for a, b in zip(values, others, strict=True)):  # fmt: skip
                changed.add(line)
        nodes = {node.lineno for node in self.list_statements() if self.trial.find_home(node) is self.trial.source}
        rooted = {line for root in roots if not root.file for line in range(root.line, root.last + 1)}
        return tuple(sorted(line for line in changed & nodes if line not in rooted))


def _is_at_end(chances: Floats) -> bool:
    """Whether an entry is 1 but for the last digits: of a sigmoid, or of a softmax whose others are next to nothing."""
    gap = np.abs(chances - 1)
    ended = bool(np.any((gap > 0) & (gap < 1e-7)))
    return ended or bool(np.any(gap == 0) and np.any((chances > 0) & (chances < 1e-15)) and np.all((chances >= 0) & (chances <= 1)))
