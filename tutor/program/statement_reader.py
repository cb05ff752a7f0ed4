"""The statements of a program: assignments, loops whose rounds are known, choices that are known, helpers in the same file.

A statement that cannot be read is refused where what it assigns is used, and only there: a print or a plot on the way does no harm.
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tutor.errors import ProgramError, tell
from tutor.expression.nodes import Expr, Name
from tutor.expression.walk import names
from tutor.graph.nouns import Kind
from tutor.program import torch_layers
from tutor.program.call_reader import CallReader
from tutor.program.indexing import pick_entries, put_in_place
from tutor.program.library_rows import LIBRARIES, LibraryRow
from tutor.program.program_values import (
    Class,
    DrawnArray,
    Formula,
    Instance,
    Library,
    OwnFunction,
    TorchLayer,
    Unread,
    write_number,
)  # fmt: skip

MOST_CALLS = 12
"""So many helpers may call each other."""


class Returned(Exception):
    """A function has come to its end."""

    def __init__(self, value: Any) -> None:
        super().__init__("return")
        self.value = value


class _LoopEnds(Exception):
    def __init__(self, *, goes_on: bool) -> None:
        super().__init__("loop")
        self.goes_on = goes_on


class StatementReader(CallReader):
    """Reads statements, one after the other, into the steps of its recorder."""

    torch_table: Mapping[str, LibraryRow] = LIBRARIES["torch"]

    def __init__(self, recorder: Any, dialect: str) -> None:
        super().__init__(recorder, dialect)
        self.depth = 0
        self.drawn_kind: Kind = "weight"

    def read_module(self) -> None:
        """The statements of the file itself: imports, functions, classes, numbers; what cannot be read waits to be used."""
        try:
            self.run(self.source.tree.body)
        except (Returned, _LoopEnds):  # Python's parser lets a return stand outside of a function
            return

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in their order."""
        for node in body:
            self.count(node)
            run = _STATEMENTS.get(type(node))
            try:
                if run is None:
                    raise self.source.refuse(node, tell("{what} is not read", what=_NAMES.get(type(node), type(node).__name__)),
                                             _HINTS.get(type(node), ""))  # fmt: skip
                run(self, node)
            except ProgramError as error:
                if type(node) in (ast.Return, ast.Raise):
                    raise
                self.leave_unread(node, error)

    def leave_unread(self, node: ast.stmt, error: ProgramError) -> None:
        """What a statement would have changed is refused from here on, wherever it is used."""
        changed = list(_list_changed(node))
        for name in changed:
            self.scope[name] = Unread(error)
        ends = any(isinstance(part, ast.Return) for part in ast.walk(node)) and not isinstance(node, ast.FunctionDef | ast.ClassDef)
        if ends:  # what would be returned is not known
            raise error
        for part in ast.walk(node):
            target = part.value if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store) else None
            if isinstance(target, ast.Name) and target.id in self.scope and not isinstance(self.scope[target.id], dict | Instance):
                self.scope[target.id] = Unread(error)
            elif isinstance(part, ast.Subscript | ast.Attribute) and isinstance(target, ast.expr):
                self._leave_entry(part, error)

    def _leave_entry(self, part: ast.Subscript | ast.Attribute, error: ProgramError) -> None:
        try:
            owner, key = self.read(part.value), part.attr if isinstance(part, ast.Attribute) else self.read(part.slice)
        except ProgramError:
            return
        if isinstance(owner, Instance) and isinstance(key, str):
            owner.attributes[key] = Unread(error)
        if isinstance(owner, dict) and isinstance(key, str | int):
            owner[key] = Unread(error)

    # assignments

    def run_assign(self, node: ast.Assign) -> None:
        """x = …, also of several at once."""
        value = self.read(node.value)
        for target in node.targets:
            self.bind(target, value)

    def run_annotated(self, node: ast.AnnAssign) -> None:
        """x: Float[Array, "N"] = …"""
        if node.value is not None:
            self.bind(node.target, self.read(node.value))

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a value to what stands at the left side."""
        if isinstance(target, ast.Name):
            self.scope[target.id] = self.give_name(target.id, value, target)
        elif isinstance(target, ast.Tuple | ast.List):
            self.bind_several(target, value)
        elif isinstance(target, ast.Attribute):
            owner = self.read(target.value)
            if not isinstance(owner, Instance):
                raise self.source.refuse(target, tell("an attribute is set of an object of the program only"))
            word = f"{owner.path}_{target.attr}" if owner.path else target.attr
            owner.attributes[target.attr] = self.give_name(word, value, target) if owner.named or isinstance(value, Formula) else value
        elif isinstance(target, ast.Subscript):
            self.bind_entry(target, value)
        else:
            raise self.source.refuse(target, tell("this left side is not read"), tell("assign to a name"))

    def bind_several(self, target: ast.Tuple | ast.List, value: Any) -> None:
        """a, b = …"""
        if isinstance(value, Formula) and value.shape and isinstance(value.shape[0], int):
            value = [pick_entries(self, value, (place,), target) for place in range(value.shape[0])] if value.shape[0] < 50 else value
        stars = [place for place, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
        if not isinstance(value, tuple | list | range) or len(stars) > 1:
            raise self.source.refuse(target, tell("what is to be unpacked here is no tuple"))
        listed = list(value)
        if stars:
            end = len(listed) - (len(target.elts) - stars[0] - 1)
            listed = [*listed[: stars[0]], listed[stars[0] : end], *listed[end:]]
        if len(listed) != len(target.elts):
            raise self.source.refuse(target, tell("{count} names for {given} values", count=len(target.elts), given=len(listed)))
        for part, own in zip(target.elts, listed, strict=True):
            self.bind(part.value if isinstance(part, ast.Starred) else part, own)

    def bind_entry(self, target: ast.Subscript, value: Any) -> None:
        """params['W1'] = …; a list's entry; of an array of zeros one slice."""
        owner = self.read(target.value)
        if isinstance(owner, dict):
            key = self.read(target.slice)
            if not isinstance(key, str | int):
                raise self.source.refuse(target, tell("a key is a text or a whole number"))
            owner[key] = self.give_name(str(key), value, target) if isinstance(key, str) else value
            return
        index = self.read_index(target.slice)
        if isinstance(owner, list) and isinstance(index, int) and -len(owner) <= index < len(owner):
            owner[index] = value
            return
        if isinstance(owner, Formula | DrawnArray) and isinstance(target.value, ast.Name):
            parts = index if isinstance(index, tuple) else (index,)
            made = put_in_place(self, self.take_array(owner, target), parts, self.take_array(value, target), "=", target)
            self.scope[target.value.id] = self.give_name(target.value.id, made, target)
            return
        raise self.source.refuse(target, tell("a change of some entries of an array is not read"),
                                 tell("write a whole new array: with np.concatenate, np.stack, or a mask"))  # fmt: skip

    def run_changed(self, node: ast.AugAssign) -> None:
        """x += y: a new value of x, from here on."""
        if isinstance(node.target, ast.Subscript):
            owner = self.read(node.target.value)
            if isinstance(owner, Formula) and isinstance(node.target.value, ast.Name) and isinstance(node.op, ast.Add | ast.Sub):
                index = self.read_index(node.target.slice)
                parts = index if isinstance(index, tuple) else (index,)
                change = self.take_array(self.read(node.value), node)
                made = put_in_place(self, owner, parts, change, "-" if isinstance(node.op, ast.Sub) else "+", node)
                self.scope[node.target.value.id] = self.give_name(node.target.value.id, made, node)
                return
        left = self.read(_load(node.target))
        self.bind(node.target, self.combine(node.op, left, self.read(node.value), node))

    def give_name(self, name: str, value: Any, node: ast.AST) -> Any:
        """A value that is called so from here on: a formula becomes a step, a drawn array a quantity, a layer has its weights."""
        if isinstance(value, Formula) and type(value.expr) is not Name and self._has_quantities(value.expr):
            return self.recorder.add_step(name, value, node)
        if isinstance(value, DrawnArray) and (not value.fill or self.drawn_kind != "input"):
            given = self.recorder.given.get(name)
            kind: Kind = "bias" if value.fill == "0" and self.drawn_kind == "weight" else self.drawn_kind
            return self.recorder.add_leaf(name, given or value.shape, kind)
        return self.name_parts(value, name, node)

    def name_parts(self, value: Any, path: str, node: ast.AST) -> Any:
        """A layer, an object or several of them with their weights as quantities, whose names begin with the path: block_norm_weight."""
        if isinstance(value, TorchLayer):
            return torch_layers.give_weights(self, value, path, node)
        if isinstance(value, Instance) and not value.named:
            value.named, value.path = True, path
            for key, part in value.attributes.items():
                value.attributes[key] = self.name_weight(part, f"{path}_{key}" if path else key, node)
        if isinstance(value, list):
            value[:] = [self.name_parts(part, f"{path}_{place}", node) for place, part in enumerate(value)]
        return value

    def name_weight(self, value: Any, path: str, node: ast.AST) -> Any:
        """What an object has: an array of numbers that nobody gives is a weight."""
        if isinstance(value, DrawnArray):
            return self.recorder.add_leaf(path, value.shape, "bias" if value.fill == "0" else "weight")
        return self.name_parts(value, path, node)

    def _has_quantities(self, expr: Expr) -> bool:
        """Whether a formula has more in it than numbers and the letters of sizes."""
        return any(name in self.recorder.shapes for name in names(expr))

    # control

    def run_if(self, node: ast.If) -> None:
        """A choice that is known while the program is read."""
        if isinstance(node.test, ast.Compare) and isinstance(node.test.left, ast.Name) and node.test.left.id == "__name__":
            return
        self.run(node.body if self.take_truth(self.read(node.test), node.test) else node.orelse)

    def run_for(self, node: ast.For) -> None:
        """A loop, round by round."""
        rounds = self.list_rounds(self.read(node.iter), node.iter)
        for value in rounds:
            self.bind(node.target, value)
            try:
                self.run(node.body)
            except _LoopEnds as end:
                if not end.goes_on:
                    return
        self.run(node.orelse)

    def run_with(self, node: ast.With) -> None:
        """What stands in a with; without gradients it is refused."""
        for item in node.items:
            if "no_grad" in ast.unparse(item.context_expr):
                raise self.source.refuse(node, tell("{word} stops the gradient, which no derivation here does", word="no_grad"),
                                         tell("give that value as an argument of its own"))  # fmt: skip
        self.run(node.body)

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
        raise _LoopEnds(goes_on=isinstance(node, ast.Continue))

    def run_raise(self, node: ast.Raise) -> None:
        """An error that the program would raise."""
        raise self.source.refuse(node, tell("here the program stops with an error"))

    def run_expression(self, node: ast.Expr) -> None:
        """A call whose result nobody takes."""
        if not isinstance(node.value, ast.Constant):
            self.read(node.value)

    def run_nothing(self, node: ast.stmt) -> None:
        """An assertion, a pass, a global: nothing of the mathematics."""

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
        self.scope[node.name] = OwnFunction(node, None, {} if self.scope is self.module else self.scope) if error is None else Unread(error)

    def find_odd(self, node: ast.FunctionDef) -> ProgramError | None:
        """Why a function is not read: a decorator, or it yields."""
        for decorator in node.decorator_list:
            if not (isinstance(decorator, ast.Call | ast.Name | ast.Attribute) and _read_last_word(decorator) in _HARMLESS):
                return self.source.refuse(decorator, tell("a decorator may change what a function computes, and is not read"),
                                          tell("give the function without it"))  # fmt: skip
        for part in ast.walk(node):
            if isinstance(part, ast.Yield | ast.YieldFrom | ast.Await):
                return self.source.refuse(part, tell("a function that yields is not read"), tell("return the values in a list"))
        return None

    def run_class(self, node: ast.ClassDef) -> None:
        """A class of the program."""
        if node.keywords or node.decorator_list:
            raise self.source.refuse(node, tell("a class with a metaclass or a decorator is not read"))
        self.scope[node.name] = Class(node)

    # calls

    def call_function(self, function: OwnFunction, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A function of the program, read with its arguments in the place of its call."""
        if self.depth >= MOST_CALLS:
            raise self.source.refuse(node, tell("functions that call each other more than {limit} deep", limit=MOST_CALLS),
                                     tell("a function that calls itself is not read"))  # fmt: skip
        scope = dict(function.scope)
        own = [function.owner, *values] if function.owner is not None else list(values)
        scope |= self.match_arguments(function, node, own, named)
        return self.run_function(function, scope)

    def match_arguments(
        self, function: OwnFunction, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any], *, open_ones: bool = False
    ) -> dict[str, Any]:
        """The arguments of a call by their names.  Raises `ProgramError` for one that is missing; with ``open_ones`` it is left open."""
        args = function.node.args
        listed = [*args.posonlyargs, *args.args]
        left, found = list(values), dict[str, Any]()
        usual: dict[str, ast.expr] = dict(zip([arg.arg for arg in listed][len(listed) - len(args.defaults) :], args.defaults, strict=True))
        usual |= {arg.arg: value for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None}
        for arg in [*listed, *args.kwonlyargs]:
            if left and arg in listed:
                found[arg.arg] = left.pop(0)
            elif arg.arg in named:
                found[arg.arg] = named[arg.arg]
            elif arg.arg in usual and not (open_ones and arg.arg in self.recorder.given):
                found[arg.arg] = self.read_apart(usual[arg.arg])
            elif open_ones:
                found[arg.arg] = self.open_argument(arg)
            else:
                raise self.source.refuse(node, tell("the argument {name} is missing", name=arg.arg))
        if args.vararg is not None:
            found[args.vararg.arg] = tuple(left)
            left = []
        if args.kwarg is not None:
            found[args.kwarg.arg] = {key: value for key, value in named.items() if key not in found}
        elif unknown := [name for name in named if name not in found]:
            raise self.source.refuse(node, tell("the function has no argument {name}", name=unknown[0]))
        if left:
            raise self.source.refuse(node, tell("more arguments than the function has"))
        return found

    def read_apart(self, node: ast.expr) -> Any:
        """A value that is read among the names of the file."""
        own, self.scope = self.scope, self.module
        try:
            return self.read(node)
        finally:
            self.scope = own

    @abstractmethod
    def open_argument(self, arg: ast.arg) -> Any:
        """An argument that nobody gives: a quantity, whose shape is said, annotated, or told by its first use."""

    def run_function(self, function: OwnFunction, scope: dict[str, Any]) -> Any:
        """What a function returns with its arguments."""
        own, self.scope = self.scope, scope
        self.depth += 1
        try:
            if isinstance(function.node, ast.Lambda):
                return self.read(function.node.body)
            self.run(function.node.body)
        except Returned as end:
            return end.value
        except _LoopEnds:
            return None
        finally:
            self.scope = own
            self.depth -= 1
        return None

    def make_object(
        self, made_of: Class, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any], *, open_ones: bool = False
    ) -> Instance:
        """An object of a class, whose __init__ is read."""
        made = Instance(made_of)
        if self.depth >= MOST_CALLS:
            raise self.source.refuse(node, tell("functions that call each other more than {limit} deep", limit=MOST_CALLS),
                                     tell("a function that calls itself is not read"))  # fmt: skip
        for part in made_of.node.body:
            if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                function = OwnFunction(part, made)
                scope = self.match_arguments(function, node, [made, *values], named, open_ones=open_ones)
                kind, self.drawn_kind = self.drawn_kind, "weight"
                try:
                    self.run_function(function, scope)
                finally:
                    self.drawn_kind = kind
        return made

    def make_layer(self, path: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A layer of torch.nn, or an array that is made of nothing."""
        return torch_layers.make_layer(self, path, node, values, named)

    def call_layer(self, layer: TorchLayer, node: ast.AST, values: Sequence[Any]) -> Any:
        """What a layer of torch.nn gives."""
        return torch_layers.call_layer(self, layer, node, values)

    def call_value(self, value: Any, node: ast.AST, values: Sequence[Any]) -> Any:
        """A layer, an object or a function that is applied."""
        if isinstance(value, TorchLayer):
            return self.call_layer(value, node, values)
        if isinstance(value, Instance):
            value = self.find_forward(value, node)
        if isinstance(value, OwnFunction):
            return self.call_function(value, node, values, {})
        return self.refuse_value(node, value)

    def look_up(self, array: Formula, labels: Any, node: ast.AST) -> Formula:
        """Rows of an embedding."""
        return pick_entries(self, array, (labels,), node)

    def write_float(self, value: float) -> Formula:
        """A setting of a layer as a number."""
        return write_number(repr(value))


_HARMLESS = frozenset({"staticmethod", "jit", "jaxtyped", "typechecked", "compile", "njit", "override"})
_NAMES: dict[type[ast.stmt], str] = {ast.While: "while", ast.Try: "try", ast.Delete: "del", ast.Match: "match",
                                     ast.AsyncFunctionDef: "async def"}  # fmt: skip
_HINTS: dict[type[ast.stmt], str] = {ast.While: tell("write a for loop with a number of rounds that is known")}
_STATEMENTS: dict[type[ast.stmt], Callable[[StatementReader, Any], None]] = {
    ast.Assign: StatementReader.run_assign, ast.AnnAssign: StatementReader.run_annotated, ast.AugAssign: StatementReader.run_changed,
    ast.If: StatementReader.run_if, ast.For: StatementReader.run_for, ast.With: StatementReader.run_with,
    ast.Return: StatementReader.run_return, ast.Break: StatementReader.run_loop_end, ast.Continue: StatementReader.run_loop_end,
    ast.Raise: StatementReader.run_raise, ast.Expr: StatementReader.run_expression, ast.Assert: StatementReader.run_nothing,
    ast.Pass: StatementReader.run_nothing, ast.Global: StatementReader.run_nothing, ast.Nonlocal: StatementReader.run_nothing,
    ast.Delete: StatementReader.run_nothing,
    ast.Import: StatementReader.run_import, ast.ImportFrom: StatementReader.run_import_from,
    ast.FunctionDef: StatementReader.run_definition, ast.ClassDef: StatementReader.run_class,
}  # fmt: skip


def _read_last_word(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _load(node: Any) -> ast.expr:
    """A left side as it is read."""
    kinds: dict[type[ast.AST], Callable[[], ast.expr]] = {
        ast.Name: lambda: ast.Name(node.id, ast.Load()), ast.Attribute: lambda: ast.Attribute(node.value, node.attr, ast.Load()),
        ast.Subscript: lambda: ast.Subscript(node.value, node.slice, ast.Load()),
    }  # fmt: skip
    return ast.copy_location(kinds[type(node)](), node)


def _list_changed(node: ast.stmt) -> Iterator[str]:
    """The names that a statement assigns, and those that it hands to something that may change them."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.FunctionDef | ast.ClassDef) and part is node:
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.attr.endswith("_"):
            yield call.func.value.id


