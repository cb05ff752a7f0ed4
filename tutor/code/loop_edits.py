"""Changes of a line that a loop works out in very many rounds, such as a convolution by loops: the loop alone is gone through again.

What the array has to be once the loop is through is known by its name: ``dw`` the gradient by ``w``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.code.code_values import FunctionReturned, NotRead, OtherShape, Record, TooLong, ValueEvent, keep_scope
from tutor.code.gradient_check import GradientCheck
from tutor.code.line_edits import LineEdit, Surroundings, measure_edit
from tutor.code.local_work import LocalWork, drop_imaginary
from tutor.code.pair_functions import split_gradient
from tutor.code.slips_of_lines import TABLE
from tutor.code.targets import list_targets
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np

MOST_LOOP_WORK = 500_000
"""So many parts of the program are worked out for one line at most."""
MOST_BEFORE = 4
FIRST = ("signs", "assignment", "masks", "operators", "means", "names", "windows", "units")
"""The rows of the table that are tried first: what goes wrong in a loop."""


@dataclass(slots=True)
class LoopEdits:
    """The loops of one backward pass: ``local`` has the names in front of each of its statements in a run."""

    local: LocalWork
    check: GradientCheck
    tree: ast.AST

    def list_fitting(self, node: ast.stmt, key: str, around: Surroundings) -> list[tuple[int, LineEdit]]:
        """The changes of a line after which its array ends as what its name says, the smallest first."""
        loop, name = self._find_loop(node), find_base(node)
        scope = self.local.scopes.get(id(loop)) if loop is not None else None
        before: Any = scope.get(name) if scope else None
        versions = [one for one in self.check.list_versions(split_gradient(key)) if np.shape(one.value) == np.shape(before)]
        if loop is None or scope is None or not versions or not isinstance(before, np.ndarray):
            return []
        found: list[tuple[int, LineEdit]] = []
        spent = 0
        before_it = [one for one in list_body(loop, node) if isinstance(one, ast.Assign)][-MOST_BEFORE:]
        for row in sorted(TABLE, key=lambda row: FIRST.index(row.name) if row.name in FIRST else len(FIRST)):
            for edit in (edit for one in (node, *before_it) for edit in row.take(one, around)):
                spent += self._try_edit(loop, name, scope, edit, versions, found)
                if spent > MOST_LOOP_WORK:
                    return sorted(found, key=lambda pair: pair[0])
            if found:
                break
        return sorted(found, key=lambda pair: pair[0])

    def _try_edit(
        self, loop: ast.stmt, name: str, scope: Mapping[str, Any], edit: LineEdit, versions: Sequence[ValueEvent],
        found: list[tuple[int, LineEdit]],
    ) -> int:  # fmt: skip
        """Go through the loop with a change; it is noted where the array ends right.  How much work that was."""
        worker = self.local.worker
        before, worker.edits, worker.parts = worker.edits, {**worker.edits, id(edit.statement): edit.statements}, 0
        worker.scope, worker.record = keep_scope(scope), Record()
        worker.traced, worker.scopes, worker.watch, worker.forced = None, None, None, {}
        try:
            with np.errstate(all="ignore"):
                worker.run_one(loop)
        except (NotRead, TooLong, OtherShape, FunctionReturned, *FAILS):
            return worker.parts
        finally:
            worker.edits = before
        value = drop_imaginary(worker.scope.get(name))
        if not worker.record.problems and any(self.check.is_slope(value, one) for one in versions[:2]):
            found.append((measure_edit(edit), edit))
        return worker.parts

    def _find_loop(self, node: ast.stmt) -> ast.For | None:
        """The outermost loop around a statement."""
        for part in ast.walk(self.tree):
            if isinstance(part, ast.For) and any(one is node for one in ast.walk(part)):
                return part
        return None


def list_body(loop: ast.For, node: ast.stmt) -> list[ast.stmt]:
    r"""The statements in front of one in the innermost loop around it.

    >>> loop = ast.parse("for i in r:\n    s = g[i]\n    d[i] += s").body[0]
    >>> [ast.unparse(one) for one in list_body(loop, loop.body[1])]
    ['s = g[i]']
    """
    for part in ast.walk(loop):
        body = getattr(part, "body", None)
        if isinstance(body, list) and any(one is node for one in body):
            return body[: next(place for place, one in enumerate(body) if one is node)]
    return []


def find_base(node: ast.stmt) -> str:
    """The name of the array that a statement changes a part of.

    >>> find_base(ast.parse("dw[f] += dout[n, f] * x[n]").body[0]), find_base(ast.parse("a.b = c").body[0])
    ('dw', '')
    """
    targets = list_targets(node)
    target = targets[0] if len(targets) == 1 else None
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""
