"""One program in one world, judged: its gradients, which of them are wrong, and what could be said against that."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tutor.code.code_values import NotRead, ValueEvent
from tutor.code.code_verdicts import WrongLine
from tutor.code.derived_program import DerivedProgram, drop_given, list_derived
from tutor.code.find_edits import EditSearch
from tutor.code.forward_graph import NOT_READ
from tutor.code.given_gradients import GivenGradient, list_computed
from tutor.code.gradient_check import GradientCheck
from tutor.code.guess_shapes import LABELS, is_parameter
from tutor.code.merged_slopes import find_before, is_loss, list_activations
from tutor.code.pass_loss import is_sum
from tutor.code.pass_run import Outcome
from tutor.code.refused_runs import refuse_empty, refuse_loss
from tutor.code.repair_test import RepairTest
from tutor.code.statement_names import (
    find_loss_names,
    is_taken_out,
    is_used_later,
    name_targets,
)
from tutor.code.trial import ProgramTrial
from tutor.errors import tell
from tutor.numbers.arrays import Floats, np


class Judgement:
    """One program in one world: its outputs, and what is wrong; with what the search for the wrong lines needs."""

    def __init__(self, trial: ProgramTrial) -> None:
        self.trial = trial
        self.first = trial.run()
        self.check = GradientCheck(trial, self.first)
        self.edits: Mapping[int, tuple[ast.stmt, ...]] = {}
        self.called: Sequence[tuple[Mapping[int, tuple[ast.stmt, ...]], Sequence[WrongLine]]] = ()
        self.spared: set[int] = set()
        self.beside: list[Judgement] = []
        self.steps: set[str] = set()
        self.outputs = self.pick_outputs(self.first)
        if self.first.loss is None:
            refuse_loss(self.trial.source.file, self.first.record)
        refuse_empty(self.trial.source.file, self.first.record.events[: self.first.begins or None])
        self.right = {output.key: self.check.judge_output(output) for output in self.outputs}
        self._leave_forward_names()
        self._leave_steps()
        self._keep_means()
        self._keep_before()
        self.test = RepairTest(trial, self.check, self.right, self.pick_outputs)
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
        self.outputs = self.pick_outputs(self.first)
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
            if {*output.of} & self.trial.stepped - named:  # b -= rate * db: no other gradient of b is given
                continue
            event = self.check.find_target(output)
            fits = event is not None and output.value is not None and np.shape(event.value) == np.shape(output.value)
            if complete or named & {*output.of} or not fits:
                self.steps.add(output.key)
        self.outputs = self.pick_outputs(self.first)
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
        if self.is_mean(self.outputs, wrong):
            self.right |= dict.fromkeys(wrong, True)
            cost = self._find_cost()
            if cost:
                self.trial.conventions.add(tell("{name} is the sum over the samples, and the gradients are those of the mean", name=cost))

    def _keep_before(self) -> None:
        """A loss may give the gradient by what softmax or sigmoid is given, in front of it: ``p - y`` of a cross-entropy.

        A convention, where no backward pass of one is in the file: with that the slope of the activation would count twice.
        """
        wrong = [output for output in self.outputs if not self.right[output.key]]
        if len(self.outputs) != 1 or not wrong or self.trial.plan.is_single or any(self.first.upstream):
            return
        event = self.check.find_target(wrong[0])
        alone = event is not None and event.leaf and wrong[0].value is not None and np.ndim(event.value) > 0
        if not alone or event is None or not is_loss(self.trial.source.tree, self.trial.plan) or list_activations(self.trial.source.tree):
            return
        if np.shape(wrong[0].value) != np.shape(event.value) or not self.has_loss:
            return
        name = find_before(wrong[0].value, event.value, self.check.find_gradient(event), self.check.same)
        if name:
            self.right[wrong[0].key] = True
            self.trial.conventions.add(
                tell("{name} gives the gradient by what {function} is given", name=self.trial.plan.backward, function=name)
            )

    def _find_cost(self) -> str:
        """The cost that is differentiated, where backward is given no gradient from above."""
        return "" if any(self.first.upstream) else self.trial.plan.cost

    def is_mean(self, outputs: Sequence[GivenGradient], wrong: Sequence[str]) -> bool:
        """Whether the gradients that are wrong are only divided by the number of samples, beside right ones or a cost that is a sum."""
        cost = self._find_cost()
        if self.trial.plan.is_single or (cost and not is_sum(self.trial.source.tree, cost)):
            return False
        if any(map(is_parameter, (word for one in outputs if one.key not in wrong for word in one.of))):
            return False  # dW the sum and db the mean
        events = self.first.record.events[: self.first.begins]
        found = {float(size) for event in events for size in np.shape(event.value)[:2] if size > 1}
        for output in outputs:
            if output.key in wrong and output.value is not None:  # of layers that are alike any may be meant
                ratios = (self.check.find_ratio(output.value, event) for event in self.check.choose_versions(output))
                found &= {round(ratio or 0.0, 6) for ratio in ratios}
        summed = len(found) == 1
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
        """Whether a sigmoid is at its end somewhere, so that few digits of 1 − a are left, or none of its logarithm.

        Or so near to it that the small number in a logarithm, ``log(p + 1e-12)``, makes more of a difference than is let pass.
        """
        forward = self.first.record.events[: self.first.begins or None]
        arrays = (np.asarray(event.value) for event in forward if not event.leaf)
        return not self.is_finite or any(_is_at_end(array, self.check.guarded) for array in arrays if array.dtype.kind == "f")

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

    def pick_outputs(self, outcome: Outcome) -> list[GivenGradient]:
        """The gradients that count: of what is given, and of weights; where there are none all of them."""
        if not self.trial.plan.is_single:
            return outcome.outputs
        names = {*list_computed(self.first.record.events)} - self.trial.stepped
        outputs = [output for output in outcome.outputs if output.key.rpartition(".")[2] not in self.check.forward]
        outputs = [output for output in outputs if not (output.local and output.key in self.steps)]
        leaves = [output for output in outputs if any(one not in names for one in output.of)]
        return leaves or outputs

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

def _is_at_end(chances: Floats, guarded: float) -> bool:
    """Whether an entry is 1 but for the last digits: of a sigmoid, or of a softmax whose others are next to nothing."""
    if guarded and np.any((chances > 0) & (chances < guarded)) and np.all((chances >= 0) & (chances <= 1)):
        return True
    gap = np.abs(chances - 1)
    ended = bool(np.any((gap > 0) & (gap < 1e-7)))
    return ended or bool(np.any(gap == 0) and np.any((chances > 0) & (chances < 1e-15)) and np.all((chances >= 0) & (chances <= 1)))
