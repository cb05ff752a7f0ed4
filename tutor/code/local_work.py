"""The value that a line gives behind a change, worked out without a run of the whole: in the names as they were in front of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.code.code_values import FunctionReturned, NotRead, OtherShape, Record, TooLong, keep_scope
from tutor.code.line_edits import LineEdit
from tutor.code.step_budget import StepBudget
from tutor.code.targets import list_targets, load_target
from tutor.code.work_statements import FAILS, StatementWorker
from tutor.numbers.arrays import np

SAME = 1e-7
"""So near, relative to the largest entry, is the same."""
MOST_LOCAL_WORK = 1_000_000
"""So many parts of lines are worked out behind changes in all."""
MOST_BETWEEN = 12
"""So many lines are worked out between a change and the line whose value is asked."""


@dataclass(slots=True)
class LocalWork:
    """The worker of a run, and the names as they were in front of each of its statements, the last time."""

    worker: StatementWorker
    scopes: Mapping[int, dict[str, Any]]
    places: Mapping[int, tuple[Sequence[ast.stmt], int]] = field(default_factory=dict)
    spent: int = 0
    budget: StepBudget = field(default_factory=StepBudget)

    def can_work(self, statement: ast.stmt) -> bool:
        """Whether a statement was reached, and gives one name a value."""
        targets = list_targets(statement)
        return id(statement) in self.scopes and len(targets) == 1 and not isinstance(targets[0], ast.Tuple)

    def is_giving(self, edit: LineEdit, line: ast.stmt, value: Any) -> bool:
        """Whether a line, or one in front of it that is changed, gives the line a value."""
        made = self.work_until(edit, line)
        if made is None or np.size(made) != np.size(value) or np.iscomplexobj(made):
            return False
        one, two = np.squeeze(made), np.squeeze(value)
        return one.shape == two.shape and bool(
            np.max(np.abs(one - two), initial=0.0) <= SAME * max(np.max(np.abs(two), initial=0.0), 1e-9)
        )

    def work_until(self, edit: LineEdit, line: ast.stmt) -> Any:
        """The value of a line behind a change of it, or of one in front in the same body; nothing where there is none."""
        if id(edit.statement) not in self.scopes or not self.can_work(line):
            return None
        rest = () if edit.statement is line else self._list_between(edit.statement, line)
        return None if rest is None else self.work(edit, rest, line)

    def work(self, edit: LineEdit, rest: Sequence[ast.stmt] = (), line: ast.stmt | None = None) -> Any:
        """The value of a line's name behind a change of the line, or of one in front; nothing where there is none."""
        worker = self.worker
        scope = self.scopes[id(edit.statement)]
        changed = any(map(is_in_place, (*edit.statements, *rest)))
        worker.scope, worker.record = keep_scope(scope) if changed else dict(scope), Record()
        if self.spent > MOST_LOCAL_WORK:
            return None
        before, worker.parts = worker.parts, 0
        worker.traced, worker.scopes, worker.watch = None, None, None
        target = list_targets(line or edit.statement)[0]
        try:
            with np.errstate(all="ignore"):
                for node in edit.statements:
                    worker.run_one(node)
                worker.run(rest)
                whole = isinstance(target, ast.Subscript) and not (
                    isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)
                )
                value = worker.read(
                    target.value if whole and isinstance(target, ast.Subscript) else load_target(target)
                )
        except (NotRead, TooLong, OtherShape, FunctionReturned, *FAILS):
            return None
        finally:
            self.spent += worker.parts
            self.budget.spend(worker.parts)
            worker.parts = before
        if worker.record.problems or not isinstance(value, np.ndarray | np.generic | float | int):
            return None
        return drop_imaginary(value)

    def read(self, statement: ast.stmt, node: ast.expr) -> Any:
        """The value of an expression in front of a statement; nothing where it has none."""
        worker = self.worker
        worker.scope, worker.record = dict(self.scopes[id(statement)]), Record()
        worker.traced, worker.scopes, worker.watch = None, None, None
        try:
            with np.errstate(all="ignore"):
                value = worker.read(node)
        except (NotRead, TooLong, OtherShape, FunctionReturned, *FAILS):
            return None
        return drop_imaginary(value) if isinstance(value, np.ndarray | np.generic | float | int) else None

    def _list_between(self, statement: ast.stmt, line: ast.stmt) -> Sequence[ast.stmt] | None:
        """The statements behind one up to another of the same body; nothing where they stand in two."""
        body, first = self.places.get(id(statement), ((), 0))
        other, last = self.places.get(id(line), ((), 0))
        return body[first + 1 : last + 1] if body is other and first < last <= first + MOST_BETWEEN else None


def drop_imaginary(value: Any) -> Any:
    """A value that has room for slopes and holds none, such as ``np.zeros(3)``, as it is without."""
    return value.real if np.iscomplexobj(value) and not np.any(np.imag(value)) else value


def is_in_place(node: ast.stmt) -> bool:
    """Whether a statement may change an array where it stands.

    >>> [is_in_place(node) for node in ast.parse("a = b * c\\na[0] = b\\na += b").body]
    [False, True, True]
    """
    if isinstance(node, ast.Assign):
        return any(not isinstance(target, ast.Name) for target in node.targets)
    return not isinstance(node, ast.AnnAssign)


def list_places(tree: ast.AST) -> dict[int, tuple[Sequence[ast.stmt], int]]:
    """The body that each statement stands in, and its place there.

    >>> tree = ast.parse("if x:\\n    a = 1\\n    b = 2")
    >>> list_places(tree)[id(tree.body[0].body[1])][1]
    1
    """
    found: dict[int, tuple[Sequence[ast.stmt], int]] = {}
    for node in ast.walk(tree):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(body, list):
                found |= {id(one): (body, place) for place, one in enumerate(body)}
    return found
