"""The functions and the classes of a program: a call is read in its place, an object is made by its __init__."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from tutor.errors import ProgramError, tell
from tutor.program import torch_layers
from tutor.program.indexing import pick_entries
from tutor.program.name_reader import NameReader
from tutor.program.program_values import (
    OUTER,
    OUTSIDE,
    Class,
    Formula,
    Instance,
    Library,
    OwnFunction,
    TorchLayer,
    write_number,
)  # fmt: skip
from tutor.program.written_layers import list_written
from tutor.program.written_operators import list_operators

MOST_CALLS = 16
"""So many helpers may call each other."""


class Returned(Exception):
    """A function has come to its end."""

    def __init__(self, value: Any) -> None:
        super().__init__("return")
        self.value = value


class LoopEnds(Exception):
    """A loop, or one of its rounds, has come to its end."""

    def __init__(self, *, goes_on: bool) -> None:
        super().__init__("loop")
        self.goes_on = goes_on


class FunctionReader(NameReader):
    """Runs functions and makes objects, by reading them; a statement reader reads their bodies."""

    def __init__(self, recorder: Any, dialect: str) -> None:
        super().__init__(recorder, dialect)
        self.kept: dict[int, Any] = {}

    @abstractmethod
    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in their order."""

    def call_function(self, function: OwnFunction, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A function of the program, read with its arguments in the place of its call."""
        if self.depth >= MOST_CALLS:
            raise self.source.refuse(node, tell("functions that call each other more than {limit} deep", limit=MOST_CALLS),
                                     tell("a function that calls itself is not read"))  # fmt: skip
        scope = {**function.scope, OUTER: function.scope, OUTSIDE: {}}
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
            elif arg.arg in function.usual:
                found[arg.arg] = function.usual[arg.arg]
            elif arg.arg in usual and not (open_ones and arg.arg in self.recorder.given):
                found[arg.arg] = self.read_usual(usual[arg.arg])
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

    def read_usual(self, node: ast.expr) -> Any:
        """The usual value of an argument: a list, a dictionary or an object is made once, as in Python, and kept from call to call."""
        if id(node) not in self.kept:
            value = self.read_apart(node)
            if not isinstance(value, list | dict | Instance):
                return value
            self.kept[id(node)] = value
        return self.kept[id(node)]

    def make_function(self, node: ast.FunctionDef | ast.Lambda) -> OwnFunction:
        """A function; inside of another one the usual values of its arguments are those of the place where it is made."""
        if self.scope is self.module:
            return OwnFunction(node, None, {} if isinstance(node, ast.FunctionDef) else self.scope)
        listed = [*node.args.posonlyargs, *node.args.args]
        values = dict(zip([arg.arg for arg in listed][len(listed) - len(node.args.defaults) :], node.args.defaults, strict=True))
        values |= {arg.arg: value for arg, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value is not None}
        return OwnFunction(node, None, self.scope, usual={name: self.read(value) for name, value in values.items()})

    def run_outside(self, node: ast.Global | ast.Nonlocal) -> None:
        """Names of outside that are changed here."""
        if self.scope is self.module:
            return
        for name in node.names:
            self.scope.setdefault(OUTSIDE, {})[name] = isinstance(node, ast.Global)
            if isinstance(node, ast.Global):
                self.scope.pop(name, None)

    def bind_outside(self, name: str, value: Any) -> None:
        """The value of a name of outside, where that is one."""
        outside = self.scope.get(OUTSIDE, {})
        if outside.get(name):
            self.module[name] = self.scope.pop(name)
        elif name in outside:
            room: Any = self.scope.get(OUTER)
            before = room.get(name) if room else None
            while room and name in room and room[name] is before:
                room[name] = value
                room = room.get(OUTER)

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
        if function.home is not None:
            scope["__class__"], scope["__self__"] = function.home, function.owner
        self.callers.append(own)
        self.depth += 1
        try:
            if isinstance(function.node, ast.Lambda):
                return self.read(function.node.body)
            self.run(function.node.body)
        except Returned as end:
            return end.value
        except LoopEnds:
            return None
        finally:
            self.scope = own
            self.callers.pop()
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
        found = made_of.find_method("__init__")
        if found is None:
            self.fill_fields(made, node, values, named)
            return made
        function = OwnFunction(found[0], made, {}, found[1])
        scope = self.match_arguments(function, node, [made, *values], named, open_ones=open_ones)
        kind, self.drawn_kind = self.drawn_kind, "weight"
        self.making_weights = True
        try:
            self.run_function(function, scope)
        finally:
            self.drawn_kind = kind
            self.making_weights = kind == "weight"
        return made

    def fill_fields(self, made: Instance, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> None:
        """The fields of a class without an __init__, as a dataclass has them: x: int = 3."""
        left = list(values)
        for one in reversed(made.made_of.line):
            for part in one.node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    name = part.target.id
                    if left:
                        made.attributes[name] = left.pop(0)
                    elif name in named or name in one.values:
                        made.attributes[name] = named[name] if name in named else one.values[name]
        if left:
            raise self.source.refuse(node, tell("more arguments than the function has"))

    def give_copy(self, value: Any) -> Any:
        """copy.deepcopy: a layer or an object of its own, which has no name yet."""
        if isinstance(value, TorchLayer):
            settings = dict(value.made if value.path else value.settings)
            return TorchLayer(value.kind, settings, parts=[self.give_copy(part) for part in value.parts], made=dict(settings))
        if isinstance(value, Instance):
            return Instance(value.made_of, attributes={key: self.give_copy(part) for key, part in value.attributes.items()})
        if isinstance(value, list | tuple):
            return type(value)(self.give_copy(part) for part in value)
        if isinstance(value, dict):
            return {key: self.give_copy(part) for key, part in value.items()}
        return copy(value) if isinstance(value, Formula) else value

    def make_layer(self, path: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A layer of torch.nn, or an array that is made of nothing."""
        return torch_layers.make_layer(self, path, node, values, named)

    def call_layer(self, layer: TorchLayer, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any] | None = None) -> Any:
        """What a layer of torch.nn gives."""
        if not values and named:
            values, named = [next(iter(named.values()))], {}
        return torch_layers.call_layer(self, layer, node, values, named or {})

    def call_written(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any], *, operators: bool = False) -> Any:
        """A layer that is written out as a program (`tutor.program.written_layers`), read in the place of its call.

        With ``operators`` it is one of ONNX (`tutor.program.written_operators`).
        """
        scope: dict[str, Any] = {"torch": Library("torch"), "math": Library("math"), "F": Library("torch.nn.functional")}
        for name, function in (list_operators() if operators else list_written()).items():
            scope[name] = OwnFunction(function, None, scope)
        for name in ("add_mask", "stack_later", "stack_states"):
            scope[name] = Library(f"torch.{name}")
        own, self.dialect = self.dialect, "torch"
        self.recorder.at.append(node)
        try:
            return self.call_function(scope[word], node, values, named)
        except ProgramError as error:
            raise self.source.refuse(self.recorder.at[0], error.what, error.hint) from None
        finally:
            self.recorder.at.pop()
            self.dialect = own

    def apply(self, value: Any, node: ast.Call, values: list[Any]) -> Any:
        """A function, of the program or of a library, that is handed on: map(np.tanh, hs)."""
        if isinstance(value, Library):
            return self.call_library(value.path, node, values, {})
        return self.call_value(value, node, values)

    def call_value(self, value: Any, node: ast.AST, values: Sequence[Any]) -> Any:
        """A layer, an object or a function that is applied."""
        if isinstance(value, TorchLayer):
            return self.call_layer(value, node, values)
        if isinstance(value, Instance):
            value = self.find_forward(value, node)
        if isinstance(value, OwnFunction):
            return self.call_function(value, node, values, {})
        return self.refuse_value(node, value)

    def change_everywhere(self, old: Any, new: Any) -> None:
        """An array that is changed in its place is changed wherever it has a name: in lists, in objects, in the functions that called."""
        seen = set[int]()

        def change(value: Any) -> Any:
            if value is old:
                return new
            if id(value) in seen:
                return value
            if isinstance(value, dict):
                seen.add(id(value))
                for key in value:
                    value[key] = change(value[key])
            elif isinstance(value, list):
                seen.add(id(value))
                value[:] = [change(part) for part in value]
            elif isinstance(value, tuple):
                return tuple(map(change, value))
            elif isinstance(value, Instance):
                seen.add(id(value))
                change(value.attributes)
            return value

        for scope in [self.scope, *self.callers, self.module]:
            change(scope)

    def look_up(self, array: Formula, labels: Any, node: ast.AST) -> Formula:
        """Rows of an embedding."""
        return pick_entries(self, array, (labels,), node)

    def write_float(self, value: float) -> Formula:
        """A setting of a layer as a number."""
        return write_number(repr(value))
