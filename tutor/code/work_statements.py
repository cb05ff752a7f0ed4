"""The statements of a program, worked through at numbers, one after the other: each failure is its own line's.

Nothing is handed to Python: statements, functions, classes and loops are walked here, within bounds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from tutor.code.code_values import (
    FunctionReturned,
    Guess,
    Lost,
    NotRead,
    OtherShape,
    RoundEnds,
    TooLong,
    keep_scope,
)
from tutor.code.failures import say_failure
from tutor.code.guess_shapes import Sizes
from tutor.code.guessing import GuessedWorld
from tutor.code.loop_pace import LoopPace
from tutor.code.size_bounds import LONGEST
from tutor.code.targets import (
    list_inner_targets,
    list_targets,
    may_end,
)
from tutor.code.work_assignments import AssignmentWorker
from tutor.errors import tell
from tutor.numbers.arrays import np
from tutor.program.unread_kinds import find_instead

COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.TryStar, ast.Match, ast.AsyncFor, ast.AsyncWith)
"""Statements with others inside."""
MOST_KEPT = 60_000
"""So many names are kept in all, as they were in front of statements."""
MOST_FAILED = 40
"""What failed so often in one run, in a loop, is not tried again in it."""
FAILS = (ValueError, TypeError, IndexError, KeyError, ZeroDivisionError, AttributeError, OverflowError, RuntimeError, StopIteration,
         MemoryError)  # fmt: skip


class StatementWorker(AssignmentWorker):
    """Works through statements.

    ``edits`` are statements in the place of others, by the identity of their nodes; ``bump`` is as in `AssignmentWorker`.
    """

    def __init__(
        self,
        world: GuessedWorld,
        sizes: Sizes,
        *,
        number: type = float,
        table: Mapping[str, Callable[..., Any]] | None = None,
        bump: Mapping[int, Any] | None = None,
        edits: Mapping[int, Sequence[ast.stmt]] | None = None,
    ) -> None:
        super().__init__(world, sizes, number=number, table=table, bump=bump)
        self.edits = edits or {}
        self.once: frozenset[int] = frozenset()
        self.given_again: dict[str, tuple[int, ...]] = {}
        self.changes: dict[str, int] = {}
        self.settled_axes: dict[str, set[int]] = {}
        self.settled = False
        self.returned: ast.Return | None = None
        self.worked = 0
        self.scopes: dict[int, dict[str, Any]] | None = None
        self.kept = 0

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Statements, one after the other; one that is not read loses what it assigns, and no more."""
        for node in body:
            for own in self.edits.get(id(node), (node,)):
                self.run_one(own)

    def run_one(self, node: ast.stmt) -> None:
        """One statement."""
        self.parts += 1
        simple = not isinstance(node, COMPOUND)
        before, self.statement = self.statement, node
        self.record.visited[id(node)] = node
        if self.scopes is not None and (simple or (isinstance(node, ast.For) and id(node) not in self.scopes)):
            self.kept += len(self.scope)
            if self.kept < MOST_KEPT:
                self.scopes[id(node)] = keep_scope(self.scope)
        try:
            if self.record.failed.get(id(node), 0) >= MOST_FAILED:
                self._drop_values(node, self.record.problems[id(node)])
                return
            _RUN.get(type(node), StatementWorker.run_unread)(self, node)
            self.worked += 1
        except (FunctionReturned, RoundEnds, TooLong, OtherShape):
            raise
        except NotRead as why:
            why.node = why.node or node
            if why.operands is not None and self.bump is None:
                self.guess_again(node, why.operands)
            self._note_failure(node, why)
        except FAILS as why:
            at = self.failing[1] if self.failing[0] is why else None
            self.failing = None, None
            self._note_failure(node, say_failure(why, at or node))
        finally:
            self.statement = before

    def _note_failure(self, node: ast.stmt, why: NotRead) -> None:
        why.__traceback__ = why.__context__ = None  # which would hold this worker
        self.record.failed[id(node)] = self.record.failed.get(id(node), 0) + 1
        self.record.problems.setdefault(id(node), why)
        self._drop_values(node, why)

    def _drop_values(self, node: ast.stmt, why: NotRead) -> None:
        """What a statement would assign is lost, and what it would return."""
        if isinstance(node, ast.Return):
            raise FunctionReturned(Lost(why))
        for target in list_lost(node):
            if self.generic and self.depth == 0 and not why.fails and isinstance(target, ast.Name | ast.Tuple):
                self._bind_guess(target)
            else:
                self._bind_lost(target, why)

    def _bind_guess(self, target: ast.expr) -> None:
        """Data that a script reads from somewhere: names that nobody gives."""
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(part, ast.Name):
                self.scope[part.id] = Guess(part.id)

    def _bind_lost(self, target: ast.expr, why: NotRead) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._bind_lost(part, why)
        elif isinstance(target, ast.Name):
            self.scope[target.id] = Lost(why)
        else:
            try:
                self.give_value(target, Lost(why))
            except (NotRead, *FAILS):
                return

    def run_nothing(self, node: ast.stmt) -> None:
        """A statement without meaning here."""

    def run_unread(self, node: ast.stmt) -> None:
        """A statement of a kind that is not read: passed over it would leave out what it changes."""
        name, instead = find_instead(node)
        why = NotRead(tell("{what} is not read: {instead}", what=name, instead=instead), node)
        if isinstance(node, ast.AsyncFunctionDef):
            self.scope[node.name] = Lost(why)
        raise why

    def run_if(self, node: ast.If) -> None:
        """One branch or the other."""
        try:
            holds = self.judge(node.test)
        except NotRead as why:
            if not why.fails and not node.orelse and isinstance(node.body[0], ast.Raise):
                return  # a check of what is given: if type(a).__name__ != "Tensor": raise …
            why.node = why.node or node
            for part in node.body:
                for target in list_targets(part):
                    self._bind_lost(target, why)
            raise
        except ValueError:
            self._ask_number(node.test)
            raise
        repeats, self.repeats = self.repeats, 1  # it may hold in this round alone
        try:
            self.run(node.body if holds else node.orelse)
        finally:
            self.repeats = repeats

    def _ask_number(self, test: ast.expr) -> None:
        """One axis less for what a condition compares as one number: y of ``y[i] * score < 1``.  Raises `OtherShape`."""
        value = self.read(test.left) if isinstance(test, ast.Compare) else None
        if isinstance(value, np.ndarray) and value.ndim == 1 and self.bump is None and not self.settled:
            for asked in self.list_asked(value, (), any_rank=True):
                self.ask(*asked)

    def run_for(self, node: ast.For) -> None:
        """A loop, round by round; a loop of training one round."""
        self.one_round = id(node) in self.once  # of how many does not matter then
        try:
            values = self.list_rounds(self.take(node.iter))
        finally:
            self.one_round = False
        pace = None if id(node) in self.once or may_end(node) else LoopPace(len(values), self.repeats)
        repeats = self.repeats
        try:
            for number, value in enumerate(values):
                if number and id(node) in self.once:
                    break
                self.repeats = 1 if pace is None else pace.begin_round(number, self.parts)
                self.bind_plain(node.target, value)
                worked = self.worked
                try:
                    self.run(node.body)
                except RoundEnds as end:
                    if end.whole:
                        return
                if self.worked == worked and number > MOST_FAILED:  # nothing in it is tried any more
                    break
                if pace is not None:
                    pace.end_round(number, self.parts)
        finally:
            self.repeats = repeats
        self.run(node.orelse)

    def run_while(self, node: ast.While) -> None:
        """A loop as long as something holds, within the bounds of a run."""
        if isinstance(node.test, ast.Constant) and node.test.value and not may_end(node) and id(node) not in self.once:
            raise TooLong
        rounds = 0
        while self.judge(node.test):
            rounds += 1
            if rounds > LONGEST:
                raise TooLong
            try:
                self.run(node.body)
            except RoundEnds as end:
                if end.whole:
                    return
            if id(node) in self.once:
                return

    def run_with(self, node: ast.With) -> None:
        """What stands inside."""
        self.run(node.body)

    def run_try(self, node: ast.Try) -> None:
        """What stands inside."""
        self.run(node.body)

    def run_return(self, node: ast.Return) -> None:
        """The end of a function."""
        value = None if node.value is None else self.read(node.value)
        self.returned = node  # the last one is that of the function that was called first
        raise FunctionReturned(value)

    def run_loop_end(self, node: ast.stmt) -> None:
        """``break``, ``continue``."""
        raise RoundEnds(isinstance(node, ast.Break))

    def run_expression(self, node: ast.Expr) -> None:
        """A call whose value nobody wants."""
        if isinstance(node.value, ast.Constant):
            return
        if isinstance(node.value, ast.Yield) and self.yielded is not None:
            if len(self.yielded) >= LONGEST:
                raise TooLong
            self._keep_yielded(node.value, self.yielded)
            return
        self.read(node.value)
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if call.func.attr == "update" and call.args and isinstance(call.args[0], ast.Dict):
                self.note_entries(call.func.value, call.args[0], self.read(call.func.value), node)
            changed = (
                call.args[0]
                if call.func.attr == "at" and call.args
                else call.func.value
                if call.func.attr.endswith("_")
                else None
            )
            if changed is not None:
                value = self.read(changed)
                if isinstance(value, np.ndarray):
                    self.note_changed(changed, value, node)

    def _keep_yielded(self, node: ast.Yield, kept: list[Any]) -> None:
        """What a function gives with ``yield``, kept for the loop over it: nothing that it gives once more after a change."""
        value = None if node.value is None else self.read(node.value)
        before = {id(one) for row in kept for one in (row if isinstance(row, tuple) else (row,)) if isinstance(one, np.ndarray)}
        if any(id(one) in before for one in (value if isinstance(value, tuple) else (value,))):
            raise NotRead(tell("a function that yields is not read"), node)
        kept.append(value)

    def run_raise(self, node: ast.Raise) -> None:
        """The program itself refuses what it is given."""
        raise NotRead(tell("the program raises an error here"), node)


def list_lost(node: ast.stmt) -> tuple[ast.expr, ...]:
    """What a statement assigns, wherever in it, and keeps losing in the rounds of a loop: looked through once."""
    if node not in _LOST:
        inside = (part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
        _LOST[node] = (*list_inner_targets(node),) if isinstance(node, COMPOUND) else (*list_targets(node), *inside)
    return _LOST[node]


_LOST: WeakKeyDictionary[ast.stmt, tuple[ast.expr, ...]] = WeakKeyDictionary()
_RUN: dict[type[ast.stmt], Callable[[Any, Any], None]] = {
    ast.Assign: StatementWorker.run_assign, ast.AnnAssign: StatementWorker.run_annotated, ast.AugAssign: StatementWorker.run_changed,
    ast.If: StatementWorker.run_if, ast.For: StatementWorker.run_for, ast.While: StatementWorker.run_while,
    ast.With: StatementWorker.run_with,
    ast.Try: StatementWorker.run_try, ast.Return: StatementWorker.run_return, ast.Break: StatementWorker.run_loop_end,
    ast.Continue: StatementWorker.run_loop_end, ast.Raise: StatementWorker.run_raise, ast.Expr: StatementWorker.run_expression,
    ast.Import: StatementWorker.run_import, ast.ImportFrom: StatementWorker.run_import_from,
    ast.FunctionDef: StatementWorker.run_definition,
    ast.ClassDef: StatementWorker.run_class,
    ast.Pass: StatementWorker.run_nothing, ast.Assert: StatementWorker.run_nothing, ast.Delete: StatementWorker.run_nothing,
    ast.Global: StatementWorker.run_nothing, ast.Nonlocal: StatementWorker.run_nothing,
}  # fmt: skip
