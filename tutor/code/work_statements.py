"""The statements of a program, worked through at numbers: each value that a name gets is an event, and each failure is its own line's.

Nothing is handed to Python: statements, functions, classes and loops are walked here, within bounds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakMethod

from tutor.code.code_values import (
    FunctionReturned,
    Guess,
    LossReached,
    Lost,
    NotRead,
    Object,
    OtherShape,
    ProgramFunction,
    RoundEnds,
    TooLong,
    ValueEvent,
    keep_scope,
)
from tutor.code.failures import say_failure
from tutor.code.guess_shapes import BIASES, NAMED_WEIGHTS, Sizes
from tutor.code.guessing import GuessedWorld
from tutor.code.library_calls import take_complex
from tutor.code.loop_pace import LoopPace
from tutor.code.pair_functions import split_gradient
from tutor.code.size_bounds import LONGEST, check_pair
from tutor.code.targets import (
    gather_starred,
    is_drawn,
    is_gradient_given,
    list_inner_targets,
    list_targets,
    load_target,
    may_end,
    spell_target,
)
from tutor.code.work_calls import KNOWN
from tutor.code.work_definitions import DefinitionWorker
from tutor.code.work_expressions import SIGNS
from tutor.errors import tell
from tutor.numbers.arrays import np
from tutor.program.unread_kinds import find_instead

STEP = 1e-30
"""How far along the imaginary axis a slope is taken: so small that its square is nothing."""
COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.TryStar, ast.Match, ast.AsyncFor, ast.AsyncWith)
"""Statements with others inside."""
MOST_KEPT = 60_000
"""So many names are kept in all, as they were in front of statements."""
FAILS = (ValueError, TypeError, IndexError, KeyError, ZeroDivisionError, AttributeError, OverflowError, RecursionError, StopIteration,
         MemoryError)  # fmt: skip


class StatementWorker(DefinitionWorker):
    """Works through statements.

    ``bump`` moves the value of one event in a direction, so that its slope is the imaginary part of what comes out.  ``edits`` are
    statements in the place of others, by the identity of their nodes.
    """

    def __init__(
        self,
        world: GuessedWorld,
        sizes: Sizes,
        *,
        number: type = float,
        table: Mapping[str, Callable[..., Any]] | None = None,
        bump: tuple[int, Any] | None = None,
        edits: Mapping[int, Sequence[ast.stmt]] | None = None,
    ) -> None:
        super().__init__(world, sizes, number=number, table=table)
        self.bump, self.edits = bump, edits or {}
        self.once: frozenset[int] = frozenset()
        self.handed: Mapping[str, Any] = {}  # what a backward pass takes out of a cache that nobody gives
        self.generic = False
        self.forced: dict[int, Any] = {}
        self.statement: ast.AST | None = None
        note = WeakMethod(self.note_given)  # else the two would hold each other, with all arrays
        self.guesser.found = lambda name, value: found(name, value) if (found := note()) is not None else value
        self.given_again: dict[str, tuple[int, ...]] = {}
        self.changes: dict[str, int] = {}
        self.settled_axes: dict[str, set[int]] = {}
        self.settled = False
        self.returned: ast.Return | None = None
        self.scopes: dict[int, dict[str, Any]] | None = None
        self.ends: int | None = None
        self.kept = 0

    # events

    def note_given(self, name: str, value: Any) -> Any:
        """What nobody gives has got its numbers: an event, too."""
        made = value.astype(self.number) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        made = self.note(name, made, self.statement or ast.Pass(), leaf=True)
        if isinstance(made, np.ndarray) and name not in self.guesser.given:
            self.guessed[name] = made
        return made

    def note(self, key: str, value: Any, node: ast.AST, *, leaf: bool = False, in_place: bool = False) -> Any:
        """A name gets a value: an event, whose value is moved where its slope is asked."""
        if type(value) is Guess and not value.known:
            return value
        if not isinstance(value, np.ndarray | float | complex | np.inexact):
            return value
        number = len(self.record.events)
        if self.bump is not None and self.bump[0] == number:
            move = 1j * STEP * self.bump[1]
            if in_place and isinstance(value, np.ndarray):
                value += move
            else:
                value = value + move
        if number in self.forced:
            if isinstance(value, np.ndarray) and in_place:
                value[...] = self.forced[number]
            else:
                value = self.forced[number]
        kept = np.array(value) if isinstance(value, np.ndarray) else value
        self.record.events.append(
            ValueEvent(number, key, getattr(self.statement or node, "lineno", 0), self.statement, kept, leaf)
        )
        if number == self.ends:
            raise LossReached(value)
        return value

    # running

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
            _RUN.get(type(node), StatementWorker.run_unread)(self, node)
        except (FunctionReturned, RoundEnds, TooLong, OtherShape):
            raise
        except NotRead as why:
            why.node = why.node or node
            if why.operands is not None and self.bump is None:
                self.guess_again(node, why.operands)
            self._note_failure(node, why, simple)
        except FAILS as why:
            self._note_failure(node, say_failure(why, node), simple)
        finally:
            self.statement = before

    def _note_failure(self, node: ast.stmt, why: NotRead, simple: bool) -> None:
        why.__traceback__ = why.__context__ = None  # which would hold this worker
        self.record.problems.setdefault(id(node), why)
        if isinstance(node, ast.Return):
            raise FunctionReturned(Lost(why))
        for target in list_targets(node) if simple else list_inner_targets(node):
            if self.generic and self.depth == 0 and not why.fails and isinstance(target, ast.Name | ast.Tuple):
                self._bind_guess(target)
            else:
                self._bind_lost(target, why)
        for part in ast.walk(node) if simple else ():
            if isinstance(part, ast.NamedExpr):
                self._bind_lost(part.target, why)

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

    def run_assign(self, node: ast.Assign) -> None:
        """``z = W @ x``."""
        if self._take_shape_apart(node) or self._take_usual(node):
            return
        value = take_complex(self.read(node.value), fresh=isinstance(node.value, ast.Call) and self.number is complex)
        unknown = type(value) is Guess and isinstance(node.value, ast.Name) and value is self.module.get(node.value.id)
        if unknown and isinstance(node.value, ast.Name) and is_gradient_given(node):
            raise NotRead(tell("{name} has no value here", name=node.value.id), node, fails=True)
        if (
            self.generic
            and self.depth == 0
            and type(value) is int
            and value >= 10
            and isinstance(node.targets[0], ast.Name)
        ):
            value = self.guesser.sizes.find(node.targets[0].id)
        if self.generic and self.depth == 0 and isinstance(node.targets[0], ast.Tuple) and isinstance(value, tuple):
            names = [part.id if isinstance(part, ast.Name) else "" for part in node.targets[0].elts]
            find = self.guesser.sizes.find
            value = tuple(
                find(name) if type(one) is int and one >= 10 and name else one
                for name, one in zip(names, value, strict=False)
            )
        if isinstance(value, dict) and isinstance(node.value, ast.Dict):
            self._note_entries(node.targets[0], node.value, value, node)
        if self.generic and is_drawn(node.value):
            value = self.make_generic(node.targets[0], value)
        for target in node.targets:
            self.give_value(target, value, node)

    def _take_usual(self, node: ast.Assign) -> bool:
        """``A, cache = sigmoid(Z)`` of a function that a course gives beside the file: the value, and what it is of."""
        call, target = node.value, node.targets[0]
        if not (
            isinstance(target, ast.Tuple)
            and len(target.elts) == 2
            and isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
        ):
            return False
        name = call.func.id
        if (
            name not in KNOWN
            or name in self.scope
            or isinstance(self.module.get(name), ProgramFunction)
            or len(call.args) != 1
        ):
            return False
        inner = self.take(call.args[0])
        made = self.table[name](inner, **self.name_axis(name, [inner], {}))
        self.give_value(target, (self.keep_made("*", inner, 1.0, made), inner), node)
        return True

    def _note_entries(self, target: ast.expr, literal: ast.Dict, made: dict[Any, Any], node: ast.AST) -> None:
        """What a dictionary is written with, where it has no other name: ``params = {"W": np.zeros((2, 3))}``."""
        for key, part in zip(literal.keys, literal.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and not isinstance(part, ast.Name | ast.Attribute):
                place = ast.Subscript(target, key)
                value = self.make_generic(place, made[key.value]) if self.generic and is_drawn(part) else made[key.value]
                made[key.value] = self.note(spell_target(place)[1], value, node)

    def make_generic(self, target: ast.expr, value: Any) -> Any:
        """Parameters that begin as zeros, or as small numbers, get numbers that tell mistakes."""
        if isinstance(value, np.ndarray) and value.dtype.kind in "fc" and value.size:
            name, spread = spell_target(target)[1], float(np.std(np.real(value)))
            last = name.rpartition(".")[2]
            if spread > 0.02 or split_gradient(name) or not (BIASES.match(last) or NAMED_WEIGHTS.match(last)):
                return value
            return 0.3 * self.guesser.make_numbers(f" {name}", value.shape).astype(self.number)
        return value

    def _take_shape_apart(self, node: ast.Assign) -> bool:
        """``N, C, H, W = x.shape`` says how many axes x has, and so does ``x.size()``."""
        value, target = node.value, node.targets[0]
        if isinstance(value, ast.Call) and not value.args and getattr(value.func, "attr", "") == "size":
            value = ast.Attribute(value.func.value, "shape", ast.Load()) if isinstance(value.func, ast.Attribute) else value
        if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute) and value.attr == "shape"):
            return False
        of = self.read(value.value)
        if type(of) is not Guess or of.known or of.hint is not None:
            return False
        letters = [part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else "" for part in target.elts]
        shape = tuple(
            self.guesser.sizes.find(letter if letter.strip("_") else "C" if (place, len(letters)) == (1, 4) else f" {of.name} {place}")
            for place, letter in enumerate(letters)
        )
        self.guesser.settle(of, shape)
        for part, size in zip(target.elts, np.shape(of.value), strict=True):
            self.give_value(part, size, node)
        return True

    def give_value(self, target: ast.expr, value: Any, node: ast.AST | None = None) -> None:
        """Give a value to what stands at the left."""
        node = node or target
        if isinstance(target, ast.Tuple | ast.List):
            if type(value) is Lost:
                raise value.why
            if type(value) is Guess and value.name in self.guesser.tuples:
                value = self.settle(value)
            if type(value) is Guess:
                names = [part.id if isinstance(part, ast.Name) else "" for part in target.elts]
                value = tuple(self.handed.get(name, Guess(name)) for name in names)
            listed = gather_starred(target.elts, list(value))
            if len(listed) != len(target.elts):
                raise ValueError(f"{len(target.elts)} names for {len(listed)} values")
            for part, one in zip(target.elts, listed, strict=True):
                self.give_value(part.value if isinstance(part, ast.Starred) else part, one, node)
            return
        if isinstance(target, ast.Subscript):
            self.set_part(target, value, node)
            return
        key = spell_target(target)[1]
        value = self.note(key, value, node)
        if isinstance(target, ast.Name):
            self.scope[target.id] = value
        elif isinstance(target, ast.Attribute):
            of = self.read(target.value)
            if isinstance(of, Object):
                of.attributes[target.attr] = value
            elif target.attr in ("data", "grad", "requires_grad"):
                return
            elif target.attr == "shape" and isinstance(of, np.ndarray):
                of.shape = value
            else:
                raise NotRead(tell("an attribute of this is not assigned"), node)

    def run_annotated(self, node: ast.AnnAssign) -> None:
        """``z: Tensor = W @ x``."""
        if node.value is not None:
            self.give_value(node.target, self.read(node.value), node)

    def run_changed(self, node: ast.AugAssign) -> None:
        """``W -= rate * dW``: an array is changed where it stands, as NumPy does it."""
        value = self.read(node.value)
        target = node.target
        if isinstance(target, ast.Subscript):
            of = self.settle(self.read(target.value))
            if isinstance(of, np.ndarray):
                index = self.read_index(target.slice, of)
                made = self.combine(node.op, of[index], value, node)
                of = self.widen(of, made, target.value)
                of[index] = made
                self.note(spell_target(target.value)[1], of, node, in_place=True)
                return
            if isinstance(of, dict):
                index = self.take(target.slice)
                old = of[index]
                of[index] = self._change(node.op, old, value, spell_target(target)[1], node)
                return
            index = self.read_index(target.slice, of)
            of[index] = self._change(node.op, of[index], value, spell_target(target)[1], node)
            return
        old = self.read(load_target(target))
        key = spell_target(target)[1]
        made = self._change(node.op, old, value, key, node)
        if isinstance(target, ast.Name):
            self.scope[target.id] = made
        elif isinstance(target, ast.Attribute):
            of = self.read(target.value)
            if isinstance(of, Object):
                of.attributes[target.attr] = made

    def _change(self, sign: ast.operator, old: Any, value: Any, key: str, node: ast.AST) -> Any:
        if type(old) is Guess or type(value) is Guess:
            old, value = self.guesser.settle_pair(SIGNS[type(sign)][0], old, value)
        if isinstance(old, list):
            check_pair("+", old, value)
            return [*old, *value]
        if isinstance(old, np.ndarray) and old.ndim:
            made = self.combine(sign, old, value, node)
            if np.shape(made) != old.shape:
                why = say_failure(ValueError(f"operand with shape {old.shape} doesn't match the broadcast shape {np.shape(made)}"), node)
                why.operands = (old, "in place", made)
                raise why
            if old.dtype.kind in "ib" and np.asarray(made).dtype.kind in "fc":
                raise TypeError("an array of whole numbers cannot hold the result: begin with floats")
            if old.dtype.kind == "f" and np.iscomplexobj(made):  # no room for it
                return self.note(key, made, node)
            old[...] = made
            return self.note(key, old, node, in_place=True)
        return self.note(key, self.combine(sign, old, value, node), node)

    def run_if(self, node: ast.If) -> None:
        """One branch or the other."""
        try:
            holds = self.judge(node.test)
        except NotRead as why:
            why.node = why.node or node
            for part in node.body:
                for target in list_targets(part):
                    self._bind_lost(target, why)
            raise
        repeats, self.repeats = self.repeats, 1  # it may hold in this round alone
        try:
            self.run(node.body if holds else node.orelse)
        finally:
            self.repeats = repeats

    def run_for(self, node: ast.For) -> None:
        """A loop, round by round; a loop of training one round."""
        values = self.list_rounds(self.take(node.iter))
        pace = None if id(node) in self.once or may_end(node) else LoopPace(len(values), self.repeats)
        repeats = self.repeats
        try:
            for number, value in enumerate(values):
                if number and id(node) in self.once:
                    break
                self.repeats = 1 if pace is None else pace.begin_round(number, self.parts)
                self.bind_plain(node.target, value)
                try:
                    self.run(node.body)
                except RoundEnds as end:
                    if end.whole:
                        return
                if pace is not None:
                    pace.end_round(number, self.parts)
        finally:
            self.repeats = repeats
        self.run(node.orelse)

    def run_while(self, node: ast.While) -> None:
        """A loop as long as something holds, within the bounds of a run."""
        if isinstance(node.test, ast.Constant) and node.test.value and not may_end(node):
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
        self.read(node.value)
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if call.func.attr == "update" and call.args and isinstance(call.args[0], ast.Dict):
                self._note_entries(call.func.value, call.args[0], self.read(call.func.value), node)
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
                    self.note(spell_target(changed)[1], value, node, in_place=True)

    def run_raise(self, node: ast.Raise) -> None:
        """The program itself refuses what it is given."""
        raise NotRead(tell("the program raises an error here"), node)


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
