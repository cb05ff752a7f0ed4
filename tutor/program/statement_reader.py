"""The statements of a program: assignments, loops whose rounds are known, choices that are known, helpers in the same file.

A statement that cannot be read is refused where what it assigns is used, and only there: a print or a plot on the way does no harm.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tutor.errors import ProgramError, tell
from tutor.expression.nodes import Name
from tutor.expression.walk import size
from tutor.program.decorators import find_odd_decorator, is_odd_class
from tutor.program.filled_arrays import write_part
from tutor.program.function_reader import FunctionReader, LoopEnds, Returned
from tutor.program.indexing import put_in_place
from tutor.program.known_arrays import make_known
from tutor.program.left_sides import list_changed, load_target, may_leave, settle_taken
from tutor.program.library_rows import LIBRARIES, LibraryRow
from tutor.program.open_choices import is_open
from tutor.program.open_statements import run_open_if
from tutor.program.operand_reader import LISTED, MOST_ROUNDS
from tutor.program.program_values import (
    Class,
    Condition,
    DrawnArray,
    FilledArray,
    Formula,
    Instance,
    KnownArray,
    Library,
    Method,
    Open,
    TorchLayer,
    Unread,
    WeightOf,
)  # fmt: skip
from tutor.program.recorder import Recorder
from tutor.program.shared_arrays import leave_shared
from tutor.program.side_effects import find_root, is_changeable, leave_touched, list_touched
from tutor.program.source import list_nodes
from tutor.program.unread_kinds import find_instead


class StatementReader(FunctionReader):
    """Reads statements, one after the other, into the steps of its recorder."""

    torch_table: Mapping[str, LibraryRow] = LIBRARIES["torch"]
    parts: dict[int, Sequence[ast.AST]]
    rest: Sequence[ast.stmt] = ()

    def __init__(self, recorder: Recorder, dialect: str) -> None:
        super().__init__(recorder, dialect)
        self.parts = {}

    def read_module(self) -> None:
        """The statements of the file itself: imports, functions, classes, numbers; what cannot be read waits to be used."""
        try:
            self.run(self.source.tree.body)
        except (Returned, LoopEnds):  # Python's parser lets a return stand outside of a function
            return

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in their order."""
        for place, node in enumerate(body):
            self.count(node)
            self.rest = body[place + 1 :]
            run = _STATEMENTS.get(type(node))
            try:
                if run is None:
                    name, instead = find_instead(node)
                    raise self.source.refuse(node, tell("{what} is not read", what=name), instead)
                try:
                    run(self, node)
                except (TypeError, ValueError, IndexError, KeyError, AttributeError, AssertionError, ArithmeticError):
                    raise self.source.refuse(node, tell("this statement is not read"), tell("write it in several statements")) from None
            except ProgramError as error:
                if type(node) in (ast.Return, ast.Raise) or self.recorder.at:  # of a program of ours every statement is read
                    raise
                self.leave_unread(node, error)

    def list_parts(self, node: ast.AST) -> Sequence[ast.AST]:
        """What stands in a part of the program; looked for once, and counted each time."""
        if id(node) not in self.parts:
            self.parts[id(node)] = list_nodes(node)
        self.count(node, len(self.parts[id(node)]) // LISTED)
        return self.parts[id(node)]

    def leave_unread(self, node: ast.stmt, error: ProgramError) -> None:
        """What a statement would have changed is refused from here on, wherever it is used."""
        parts = self.list_parts(node)
        changed = list(list_changed(node, parts))
        touched = [*list_touched({**self.module, **self.scope}, parts)]
        leave_touched(self, touched, error)
        for name in changed:
            self.scope[name] = Unread(error)
        if may_leave(node):  # what would be returned is not known, or which rounds go on
            raise error
        for part in parts:
            target = part.value if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store) else None
            if isinstance(target, ast.Name) and target.id in self.scope and not isinstance(self.scope[target.id], dict | Instance):
                old, self.scope[target.id] = self.scope[target.id], Unread(error)
                self._leave_value(old, error)  # also where it has another name
            elif isinstance(part, ast.Subscript | ast.Attribute) and isinstance(target, ast.expr):
                self._leave_entry(part, error)

    def _leave_entry(self, part: ast.Subscript | ast.Attribute, error: ProgramError) -> None:
        try:
            owner = self.read(part.value)
        except ProgramError:  # x.flat[0] = 1
            root = self.scope.get(find_root(part.value, calls=True))
            self._leave_value(None if isinstance(root, Instance | Class | Library) else root, error)
            return
        key: Any = part.attr if isinstance(part, ast.Attribute) else None
        with suppress(ProgramError):
            key = self.read(part.slice) if isinstance(part, ast.Subscript) else key
        if isinstance(owner, Instance) and isinstance(key, str):
            owner.attributes[key] = Unread(error)
        elif isinstance(owner, dict) and isinstance(key, str | int):
            owner[key] = Unread(error)
        else:
            self._leave_value(owner.of if isinstance(owner, Method) else owner, error)  # xs[t][i] = 1, x.flat[0] = 1

    def _leave_value(self, value: Any, error: ProgramError) -> None:
        for one in [value, *self.shared.list_sharers(value)] if is_changeable(value) else ():
            self.change_everywhere(one, Unread(error))

    # assignments

    def run_assign(self, node: ast.Assign) -> None:
        """x = …, also of several at once."""
        settle_taken(self.scope, self.recorder, node)
        value = self.read(node.value)
        for target in node.targets:
            self.bind(target, value)
            if isinstance(target, ast.Name):  # a = b = x * w: one array with two names
                value = self.read(load_target(target))

    def run_annotated(self, node: ast.AnnAssign) -> None:
        """x: Float[Array, "N"] = …"""
        if node.value is not None:
            self.bind(node.target, self.read(node.value))

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a value to what stands at the left side."""
        if isinstance(target, ast.Name):
            self.scope[target.id] = value = self.give_name(target.id, value, target)
            self.bind_outside(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self.bind_several(target, value)
        elif isinstance(target, ast.Attribute):
            owner = self.read(target.value)
            if isinstance(owner, TorchLayer) and isinstance(value, WeightOf) and not owner.path:
                owner.settings[target.attr] = value
                return
            if isinstance(owner, Class | Formula | Open | TorchLayer | DrawnArray) and target.attr in ("grad", "requires_grad", "data"):
                return
            if isinstance(owner, Class):
                owner.values[target.attr] = self.give_name(target.attr, value, target)
                return
            if not isinstance(owner, Instance):
                raise self.source.refuse(target, tell("an attribute is set of an object of the program only"))
            word = f"{owner.path}_{target.attr}" if owner.path else target.attr
            if owner.named or isinstance(value, Formula):
                named = self.name_weight(value, word, target) if isinstance(value, DrawnArray) and not value.fill else value
                value = named if isinstance(named, FilledArray | DrawnArray) else self.give_name(word, named, target)
            owner.attributes[target.attr] = value
        elif isinstance(target, ast.Subscript):
            self.bind_entry(target, value)
        else:
            raise self.source.refuse(target, tell("this left side is not read"), tell("assign to a name"))

    def bind_several(self, target: ast.Tuple | ast.List, value: Any) -> None:
        """a, b = …"""
        if isinstance(value, Formula) and value.shape and isinstance(value.shape[0], int):
            value = [self.pick(value, (place,), target) for place in range(value.shape[0])] if value.shape[0] < 50 else value
        stars = [place for place, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
        if not isinstance(value, tuple | list | range) or len(stars) > 1:
            raise self.source.refuse(target, tell("what is to be unpacked here is no tuple"))
        listed = list(value)
        if stars:
            end = len(listed) - (len(target.elts) - stars[0] - 1)
            listed = [*listed[: stars[0]], listed[stars[0] : end], *listed[end:]]
        if len(listed) != len(target.elts):
            what = tell("{count} names for {given} values", count=len(target.elts), given=len(listed))
            letters = ",".join(part.id for part in target.elts if isinstance(part, ast.Name))
            hint = tell("where this is a shape that nobody says, give it: --shapes X={letters}", letters=letters) if not listed else ""
            raise self.source.refuse(target, what, hint)
        for part, own in zip(target.elts, listed, strict=True):
            self.bind(part.value if isinstance(part, ast.Starred) else part, self.shared.stale.get(id(own), (own, own))[1])

    def bind_entry(self, target: ast.Subscript, value: Any) -> None:
        """params['W1'] = …; a list's entry; a part of an array, from here on."""
        owner = self.read(target.value)
        if isinstance(owner, dict):
            key = self.read_key(target)
            owner[key] = self.give_name(key, value, target) if isinstance(key, str) else self.name_entry(target.value, key, value)
            return
        index = self.read_index(target.slice)
        if isinstance(owner, list) and isinstance(index, int) and -len(owner) <= index < len(owner):
            owner[index] = self.name_entry(target.value, index % len(owner), value)
            return
        self.change_entries(target, owner, index if isinstance(index, tuple) else (index,), value, "=")

    def read_key(self, target: ast.Subscript) -> str | int | tuple[Any, ...]:
        """The key of a dictionary."""
        key = self.read_index(target.slice)
        if not isinstance(key, str | int | tuple):
            raise self.source.refuse(target, tell("a key is a text or a whole number"))
        return key

    def change_entries(self, target: ast.Subscript, owner: Any, parts: tuple[Any, ...], value: Any, sign: str) -> None:
        """A part of an array is changed in its place: from here on, whoever has the array has it so."""
        if isinstance(owner, KnownArray) and self.change_known(owner, parts, value, sign):
            return
        if not isinstance(owner, FilledArray | Formula | DrawnArray | KnownArray):
            raise self.source.refuse(target, tell("a change of some entries of an array is not read"),
                                     tell("write a whole new array: with np.concatenate, np.stack, or a mask"))  # fmt: skip
        if any(isinstance(part, Formula | Open | Condition | list | KnownArray) for part in parts):
            made = put_in_place(self, owner, parts, value, sign, target)
            self.exchange(target.value, owner, made)
            return
        filled = owner
        if not isinstance(filled, FilledArray):
            fill = owner.fill if isinstance(owner, DrawnArray) else ""
            filled = FilledArray(owner.shape, fill or self.take_array(owner, target))
        if sign != "=":
            value = self.combine(ast.Add() if sign == "+" else ast.Sub(), self.pick(filled, parts, target), value, target)
        part = self.take_array(value, target)
        if type(part.expr) is not Name and self.recorder.has_quantities(part.expr) and size(part.expr) > 6:
            word = target.value.id if isinstance(target.value, ast.Name) else "part"
            part = self.recorder.add_step(word, part, target)
        write_part(self, filled, parts, part, target)
        if not self.is_part(target.value):
            leave_shared(self, owner, target, parts)
        if filled is not owner:
            self.exchange(target.value, owner, filled, shared=False)

    def is_part(self, target: ast.expr) -> bool:
        """Whether a left side is a part of an array, W[0] of W[0][1] = …: the array has it when it is bound."""
        return isinstance(target, ast.Subscript) and isinstance(self.read(target.value), FilledArray | Formula | DrawnArray | KnownArray)

    def change_known(self, owner: KnownArray, parts: tuple[Any, ...], value: Any, sign: str) -> bool:
        """Numbers that are known, put into an array of them."""
        known = make_known(value)
        if known is None or sign != "=" or not all(part is Ellipsis or isinstance(part, int | slice) for part in parts):
            return False
        try:
            owner.entries[tuple(parts)] = known.entries
        except (ValueError, IndexError):
            return False
        return True

    def exchange(self, target: ast.expr, old: Any, new: Any, *, shared: bool = True) -> None:
        """A new value for a name, a key or an attribute, and for whatever has the old one; what is ``shared`` with others is left."""
        if shared and not self.is_part(target):
            leave_shared(self, old, target)
        self.shared.move(old, new)
        if isinstance(new, Formula) and isinstance(target, ast.Name):
            new = self.give_name(target.id, new, target)
        self.change_everywhere(old, new)
        if isinstance(target, ast.Name):
            self.scope[target.id] = new
            self.bind_outside(target.id, new)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            self.bind(target, new)
        else:
            raise self.source.refuse(target, tell("this left side is not read"), tell("assign to a name"))

    def run_changed(self, node: ast.AugAssign) -> None:
        """x += y: a new value of x, from here on."""
        if isinstance(node.target, ast.Subscript):
            owner = self.read(node.target.value)
            if isinstance(owner, FilledArray | Formula | DrawnArray) and owner.shape:
                index = self.read_index(node.target.slice)
                parts = index if isinstance(index, tuple) else (index,)
                value = self.read(node.value)
                if isinstance(node.op, ast.Add | ast.Sub):
                    self.change_entries(node.target, owner, parts, value, "-" if isinstance(node.op, ast.Sub) else "+")
                else:
                    self.change_entries(node.target, owner, parts, self.combine(node.op, self.pick(owner, parts, node), value, node), "=")
                return
        left = self.read(load_target(node.target))
        if isinstance(left, list) and isinstance(node.op, ast.Add):
            left.extend(self.list_rounds(self.read(node.value), node))
            return
        made = self.combine(node.op, left, self.read(node.value), node)
        if isinstance(left, Formula | FilledArray | KnownArray | DrawnArray) and left.shape and isinstance(made, Formula | KnownArray):
            self.exchange(node.target, left, made)
        else:
            self.bind(node.target, made)

    # control

    def run_if(self, node: ast.If) -> None:
        """A choice that is known while the program is read; or both ways of one that depends on numbers."""
        if isinstance(node.test, ast.Compare) and isinstance(node.test.left, ast.Name) and node.test.left.id == "__name__":
            return
        condition, rest = self.read(node.test), self.rest
        if is_open(condition):
            run_open_if(self, node, condition, rest)
        else:
            self.run(node.body if self.take_truth(condition, node.test) else node.orelse)

    def run_for(self, node: ast.For) -> None:
        """A loop, round by round."""
        rounds = self.list_rounds(self.read(node.iter), node.iter)
        for value in rounds:
            self.bind(node.target, value)
            try:
                self.run(node.body)
            except LoopEnds as end:
                if not end.goes_on:
                    return
        self.run(node.orelse)

    def run_with(self, node: ast.With) -> None:
        """What stands in a with; without gradients it is refused."""
        before = self.stopping
        words = {part.attr if isinstance(part, ast.Attribute) else part.id for item in node.items
                 for part in self.list_parts(item.context_expr) if isinstance(part, ast.Attribute | ast.Name)}  # fmt: skip
        self.stopping = before or not words.isdisjoint(("no_grad", "inference_mode"))
        try:
            self.run(node.body)
        finally:
            self.stopping = before

    def run_while(self, node: ast.While) -> None:
        """A loop that is known while the program is read, round by round."""
        ends = any(isinstance(part, ast.Break | ast.Return) for part in self.list_parts(node))
        endless = isinstance(node.test, ast.Constant) and not ends
        for count in range(MOST_ROUNDS + 1):
            if endless:
                break
            if not self.take_truth(self.read(node.test), node.test):
                self.run(node.orelse)
                return
            if count == MOST_ROUNDS:
                break
            try:
                self.run(node.body)
            except LoopEnds as end:
                if not end.goes_on:
                    return
        raise self.source.refuse(node, tell("this while has more than {limit} rounds", limit=MOST_ROUNDS),
                                 tell("write a for loop with a number of rounds that is known"))  # fmt: skip

    def run_return(self, node: ast.Return) -> None:
        """The end of a function."""
        raise Returned(None if node.value is None else self._read_result(node.value))

    def _read_result(self, node: ast.expr) -> Any:
        """What is returned; in a tuple or a dictionary, a part that cannot be read waits to be used."""
        if isinstance(node, ast.Tuple):
            return tuple(self._read_result(part) for part in node.elts)
        try:
            return self.read(node)
        except ProgramError as error:
            return Unread(error)

    def run_loop_end(self, node: ast.Break | ast.Continue) -> None:
        """The end of a loop, or of a round."""
        raise LoopEnds(goes_on=isinstance(node, ast.Continue))

    def run_raise(self, node: ast.Raise) -> None:
        """An error that the program would raise."""
        raise self.source.refuse(node, tell("here the program stops with an error"))

    def run_expression(self, node: ast.Expr) -> None:
        """A call whose result nobody takes."""
        if not isinstance(node.value, ast.Constant):
            self.read(node.value)

    def run_nothing(self, node: ast.stmt) -> None:
        """An assertion, a pass: nothing of the mathematics."""

    # names of other files, functions, classes

    def run_import(self, node: ast.Import) -> None:
        """import numpy as np: a name for a library; nothing is imported."""
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.partition(".")[0]
            self.scope[alias.asname or path] = Library(path)

    def run_import_from(self, node: ast.ImportFrom) -> None:
        """from torch import nn: names of a library; nothing is imported."""
        if any(alias.name == "*" for alias in node.names):
            raise self.source.refuse(node, tell("an import of everything is not read"), tell("write import numpy as np"))
        for alias in node.names:
            self.scope[alias.asname or alias.name] = Library(f"{node.module or ''}.{alias.name}")

    def run_definition(self, node: ast.FunctionDef) -> None:
        """A function of the program."""
        error = self.find_odd(node)
        self.scope[node.name] = self.make_function(node) if error is None else Unread(error)

    def find_odd(self, node: ast.FunctionDef) -> ProgramError | None:
        """Why a function is not read: a decorator, or it yields."""
        decorator = find_odd_decorator(node)
        if decorator is not None:
            return self.source.refuse(decorator, tell("a decorator may change what a function computes, and is not read"),
                                      tell("give the function without it"))  # fmt: skip
        for part in self.list_parts(node):
            if isinstance(part, ast.Yield | ast.YieldFrom | ast.Await):
                return self.source.refuse(part, tell("a function that yields is not read"), tell("return the values in a list"))
        return None

    def run_class(self, node: ast.ClassDef) -> None:
        """A class of the program."""
        if is_odd_class(node):
            raise self.source.refuse(node, tell("a class with a metaclass or a decorator is not read"))
        bases: list[Class] = []
        for base in node.bases:
            try:
                value = self.read(base)
            except ProgramError:
                if isinstance(base, ast.Name) and base.id in self.scope:  # a class of this file that is not read
                    raise
                continue
            bases += [value] if isinstance(value, Class) else []
        own, self.scope = self.scope, dict(self.scope)
        try:
            self.run([part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)])
            values = {name: value for name, value in self.scope.items() if name not in own or own[name] is not value}
        finally:
            self.scope = own
        try:
            self.scope[node.name] = Class(node, tuple(bases), values)
        except ValueError:
            raise self.source.refuse(node, tell("a class that comes from too many, or from classes in no order that Python has"),
                                     tell("write its methods in one class")) from None  # fmt: skip


_STATEMENTS: dict[type[ast.stmt], Callable[[StatementReader, Any], None]] = {
    ast.While: StatementReader.run_while,
    ast.Assign: StatementReader.run_assign, ast.AnnAssign: StatementReader.run_annotated, ast.AugAssign: StatementReader.run_changed,
    ast.If: StatementReader.run_if, ast.For: StatementReader.run_for, ast.With: StatementReader.run_with,
    ast.Return: StatementReader.run_return, ast.Break: StatementReader.run_loop_end, ast.Continue: StatementReader.run_loop_end,
    ast.Raise: StatementReader.run_raise, ast.Expr: StatementReader.run_expression, ast.Assert: StatementReader.run_nothing,
    ast.Pass: StatementReader.run_nothing, ast.Global: StatementReader.run_outside, ast.Nonlocal: StatementReader.run_outside,
    ast.Delete: StatementReader.run_nothing,
    ast.Import: StatementReader.run_import, ast.ImportFrom: StatementReader.run_import_from,
    ast.FunctionDef: StatementReader.run_definition, ast.ClassDef: StatementReader.run_class,
}  # fmt: skip
