"""Which lines could be the wrong one at all: those for whose value some other value would make the gradients right.

What follows a line of a backward pass is affine in the value that it gives.  Runs with zeros and with unit directions in its place say
how; least squares say whether any value gives the right gradients.  Where none does, no change of the line helps, and none is tried.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.code.code_values import CodeProblem, Guess, ValueEvent
from tutor.code.given_gradients import GivenGradient
from tutor.code.gradient_check import GradientCheck, fit_shape
from tutor.code.lane_arrays import STEP, LaneMoves, NoLanes, has_lanes, take_plain
from tutor.code.line_edits import LineEdit
from tutor.code.local_work import LocalWork
from tutor.code.pair_functions import split_gradient
from tutor.code.parts_of_formulas import LIBRARY
from tutor.code.pass_run import Outcome
from tutor.code.statement_names import is_at_places
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np
from tutor.program.source import list_nodes

MOST_ENTRIES = 64
"""A value with more entries is left open: it takes one run for each."""
MOST_FILTER_WORK = 120_000
"""So many parts of the program are worked out for this in all; lines that are left then stay open."""
SAME = 1e-6
"""So near, relative to the largest entry, is the same."""
SHAPING = ("sum-", "mean-for-sum", "wrong-axis", "transpose-", "product-order", "function-too-many", "line-too-many", "axis-forgotten",
           "keepdims-", "product-for-entrywise", "entrywise-for-product")  # fmt: skip
"""Slips whose taking back may give a value another shape; then a run of all tells."""
KNOWN = (*LIBRARY, "range", "len")
FEWEST = 4
"""Of so few entries slopes are as soon found one by one."""
Pick = Callable[[Outcome], list[GivenGradient]]


@dataclass(frozen=True, slots=True)
class SolvedLine:
    """How the gradients depend on the value of a line: what they are at zeros, and their slopes; which of them can be made right."""

    shape: tuple[int, ...]
    zero: Mapping[str, Any]
    slopes: Mapping[str, Any]
    kept: Sequence[str]
    repaired: frozenset[str]


@dataclass(slots=True)
class RepairFinder:
    """The lines of one program under some edits, and which wrong gradients each could make right."""

    trial: ProgramTrial
    check: GradientCheck
    pick: Pick
    edits: Mapping[int, Sequence[ast.stmt]]
    outcome: Outcome
    wrong: Collection[str]
    targets: dict[str, Any] = field(default_factory=dict)
    ends: int = 0
    local: LocalWork | None = None
    solved: dict[int, SolvedLine] = field(default_factory=dict)

    def find_repairs(self, statements: Sequence[ast.stmt]) -> dict[int, frozenset[str]]:
        """For each statement (by identity) the wrong gradients that another value of it makes right.

        Statements that are open are left out.
        """
        self.ends = self.trial.work + MOST_FILTER_WORK
        for output in self.pick(self.outcome):
            target = self.check.find_target(output) if output.key in self.wrong else None
            if output.key not in self.wrong:
                self.targets[output.key] = np.asarray(output.value)
            elif target is not None and np.size(target.value) <= 4 * MOST_ENTRIES:
                self.targets[output.key] = np.asarray(self.check.find_gradient(target))
        if not any(key in self.targets for key in self.wrong):
            return {}
        given: dict[int, list[ValueEvent]] = {}
        for event in self.outcome.record.events[self.outcome.begins :]:
            given.setdefault(id(event.statement), []).append(event)
        found: dict[int, frozenset[str]] = {}
        for node in statements:
            events = given.get(id(node), [])
            if len(events) == 1:
                repaired = self._find_repaired(events[0])
                if repaired is not None:
                    found[id(node)] = repaired
        return found

    def _find_repaired(self, event: ValueEvent) -> frozenset[str] | None:
        """The gradients that another value makes right; nothing where that is not known."""
        if np.asarray(event.value).dtype.kind == "b":  # no number: a mask
            return None
        for shape in self._list_shapes(event):
            if int(np.prod(shape)) > MOST_ENTRIES or self.trial.work > self.ends or self.trial.budget.is_low:
                return None
            repaired = self._solve(event, shape)
            if repaired is None or repaired:
                return repaired
        return frozenset()

    def _list_shapes(self, event: ValueEvent) -> list[tuple[int, ...]]:
        """The shape that a value has, then those that it may have lost with an operand: of what its name means, and wider ones."""
        own = np.shape(event.value)
        shapes = [own, *(np.shape(one.value) for one in self.check.list_versions(split_gradient(event.key)))]
        for other in self.outcome.record.events[self.outcome.begins :]:
            wider = np.shape(other.value)
            if len(wider) >= len(own) and wider[len(wider) - len(own) :] == own:
                shapes.append(wider)
        kept = [(*own, 1), (1, *own)] if len(own) < 2 else []  # an axis that should have stayed
        return [*list(dict.fromkeys(shapes))[:3], *kept]

    def _run_with(self, event: ValueEvent, value: Any) -> dict[str, Any]:
        try:
            made = self.trial.run(edits=self.edits, forced={event.number: np.array(value)})
        except CodeProblem:
            return {}
        found = {}
        for output in self.pick(made):
            target = self.targets.get(output.key)
            fitted = None if target is None or output.value is None else fit_shape(output.value, target.shape)
            if fitted is not None and np.all(np.isfinite(fitted)):
                found[output.key] = np.ravel(fitted)
        return found

    def _solve(self, event: ValueEvent, shape: tuple[int, ...]) -> frozenset[str] | None:
        rng = np.random.default_rng(event.number)
        drawn = rng.standard_normal(shape)
        zero, moved = self._run_with(event, np.zeros(shape)), self._run_with(event, drawn)
        changed = [
            key for key in zero if key in moved and not np.allclose(zero[key], moved[key], rtol=1e-12, atol=1e-14)
        ]
        hoped = [key for key in changed if key in self.wrong]
        if not hoped:
            return frozenset()
        count = int(np.prod(shape))
        together = self._find_slopes(event, shape, changed)
        if together is not None and not all(_is_near(zero[key] + together[key] @ drawn.ravel(), moved[key]) for key in changed):
            together = None  # an array that goes by two names
        slopes: dict[str, Any] = together or {key: np.empty((zero[key].size, count)) for key in changed}
        for place, unit in enumerate(np.eye(count) if together is None else ()):
            made = self._run_with(event, unit.reshape(shape))
            for key in changed:
                if key not in made:
                    return None
                slopes[key][:, place] = made[key] - zero[key]
        for key in changed:
            if not _is_near(zero[key] + slopes[key] @ drawn.ravel(), moved[key]):
                return None  # not affine
        kept = [key for key in changed if key not in self.wrong]

        def is_solved(keys: Sequence[str]) -> bool:
            rows = np.concatenate([slopes[key] for key in keys])
            needed = np.concatenate([np.ravel(self.targets[key]) - zero[key] for key in keys])
            value = np.linalg.lstsq(rows, needed, rcond=1e-11)[0]
            return all(_is_near(zero[key] + slopes[key] @ value, np.ravel(self.targets[key])) for key in keys)

        repaired = frozenset(hoped)
        if not is_solved([*hoped, *kept]):
            repaired = frozenset(key for key in hoped if len(hoped) > 1 and is_solved([key, *kept]))
        if repaired:
            self.solved[id(event.statement)] = SolvedLine(shape, zero, slopes, kept, repaired)
        return repaired

    def _find_slopes(self, event: ValueEvent, shape: tuple[int, ...], changed: Sequence[str]) -> dict[str, Any] | None:
        """How the gradients that change depend on each entry of a value, in one run; nothing where that cannot be."""
        units = [unit.reshape(shape) for unit in np.eye(int(np.prod(shape)))]
        if len(units) < FEWEST or not self.trial.has_lanes:
            return None
        moves = LaneMoves(len(units), list(enumerate(units)))
        try:
            made = self.trial.run(edits=self.edits, forced={event.number: np.zeros(shape)}, bump={event.number: moves})
        except (NoLanes, CodeProblem, *FAILS):
            return None
        found = {output.key: output.value for output in self.pick(made) if output.key in changed and has_lanes(output.value)}
        if found.keys() != {*changed} or any(fit_shape(take_plain(found[key]), self.targets[key].shape) is None for key in found):
            return None
        return {key: np.imag(value.lanes).reshape(len(units), -1).T / STEP for key, value in found.items()}

    def has_names(self, edit: LineEdit) -> bool:
        """Whether all names that a change brings are known where the line stands: those of a function that it calls are not."""
        scope = self.local.scopes.get(id(edit.statement)) if self.local is not None else None
        if self.local is None or scope is None:
            return True
        had = {part.id for part in ast.walk(edit.statement) if isinstance(part, ast.Name)}
        given = {part.id for one in edit.statements for part in ast.walk(one) if isinstance(part, ast.Name)}
        return all(name in scope or name in KNOWN or self._is_global(name, self.local.worker.module) for name in given - had)

    def _is_global(self, name: str, module: Mapping[str, Any]) -> bool:
        """Whether a name is one of the file; not where it stands for something in a function alone, m of ``m = X.shape[1]``."""
        if type(module.get(name)) is not Guess:
            return name in module
        parts = (part for node in self.trial.source.tree.body for part in list_nodes(node))
        return not any(
            (isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)) or getattr(part, "arg", "") == name
            for part in parts
        )

    def may_repair(self, edit: LineEdit) -> bool:
        """Whether a change of a line may help: by the value that the line alone gives then, without a run of all.

        True where that is not known.
        """
        if edit.tag == "cache-changed":  # one array by two names: no matter of this line's value
            return True
        line = self.solved.get(id(edit.statement))
        if line is None or self.local is None or not self.local.can_work(edit.statement):
            return True
        value = self.local.work(edit)
        if not isinstance(value, np.ndarray | np.generic | float | int) or np.iscomplexobj(value):
            return False
        if not np.all(np.isfinite(value)):
            return False
        if np.shape(value) != line.shape:
            return edit.tag.startswith(SHAPING)
        moved = np.ravel(value)

        def is_right(key: str) -> bool:
            return _is_near(line.zero[key] + line.slopes[key] @ moved, np.ravel(self.targets[key]))

        return any(map(is_right, line.repaired)) and all(map(is_right, line.kept))


def is_renamed(node: ast.AST) -> bool:
    """Whether a line only gives an array another name, ``dscores = probs``.

    >>> [is_renamed(ast.parse(line).body[0]) for line in ("dscores = probs", "dscores = probs.copy()", "d[rows, y] = count")]
    [True, False, False]
    """
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and not any(map(is_at_places, node.targets))


def is_reshaped(node: ast.AST) -> bool:
    """Whether a line only gives an array another shape or order, ``dx = dx.reshape(x.shape)``.

    >>> is_reshaped(ast.parse("dx = d.reshape(4, -1)").body[0]), is_reshaped(ast.parse("dx = (d * r).reshape(4)").body[0])
    (True, False)
    """
    func = node.value.func if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else None
    plain = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name | ast.Attribute)
    return plain and func.attr in ("reshape", "view", "transpose", "copy", "squeeze")  # type: ignore[union-attr]


def has_formula(node: ast.AST) -> bool:
    """Whether a line computes something, rather than to turn an array or to put it into another shape.

    >>> has_formula(ast.parse("dx = dxhat * ivar").body[0]), has_formula(ast.parse("dx = dx.T.reshape(x.shape)").body[0])
    (True, False)
    """
    return any(isinstance(part, ast.BinOp | ast.AugAssign) for part in ast.walk(node))


def _is_near(one: Any, two: Any) -> bool:
    return bool(np.max(np.abs(one - two), initial=0.0) <= SAME * max(np.max(np.abs(two), initial=0.0), 1e-9))
