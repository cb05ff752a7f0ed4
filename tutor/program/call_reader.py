"""The calls of a program: functions of libraries by their rows, methods behind a point, Python's own functions."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.errors import hint_near, tell
from tutor.expression.nodes import Call
from tutor.expression.program_signs import SUBSCRIPTS, read_subscripts
from tutor.program.expression_reader import LONGEST, ExpressionReader
from tutor.program.library_rows import IGNORED, LIBRARIES, OTHER_WORDS, REQUIRED, CallArguments, LibraryRow
from tutor.program.program_values import (
    Class,
    DrawnArray,
    Formula,
    Instance,
    Library,
    Method,
    OwnFunction,
    Rounds,
    TorchLayer,
    Unread,
    is_whole,
    name_value,
    write_size,
)  # fmt: skip


class CallReader(ExpressionReader):
    """Reads calls; a statement reader has it run functions."""

    @abstractmethod
    def call_function(self, function: OwnFunction, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """What a function of the program gives."""

    @abstractmethod
    def make_object(
        self, made_of: Class, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any], *, open_ones: bool = False
    ) -> Instance:
        """An object of a class of the program."""

    @abstractmethod
    def call_layer(self, layer: TorchLayer, node: ast.AST, values: Sequence[Any]) -> Any:
        """What a layer of torch.nn gives."""

    @abstractmethod
    def make_layer(self, path: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A layer of torch.nn, or an array that a library makes; `NotImplemented` for what is neither."""

    def read_call(self, node: ast.Call) -> Any:
        """What is called, with its arguments read."""
        called = self.read(node.func)
        values: list[Any] = []
        for part in node.args:
            inner = self.read(part.value if isinstance(part, ast.Starred) else part)
            values += list(inner) if isinstance(part, ast.Starred) and isinstance(inner, tuple | list) else [inner]
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            inner = self.read(keyword.value)
            if keyword.arg:
                named[keyword.arg] = inner
            elif isinstance(inner, dict):
                named |= {str(key): value for key, value in inner.items()}
        if isinstance(called, OwnFunction):
            return self.call_function(called, node, values, named)
        if isinstance(called, Class):
            return self.make_object(called, node, values, named)
        if isinstance(called, TorchLayer):
            return self.call_layer(called, node, values)
        if isinstance(called, Instance):
            return self.call_function(self.find_forward(called, node), node, values, named)
        if isinstance(called, Method):
            return self.call_method(called, node, values, named)
        if isinstance(called, Library):
            return self.call_library(called.path, node, values, named)
        raise self.source.refuse(node, tell("{what} cannot be called", what=name_value(called)))

    def find_forward(self, called: Instance, node: ast.AST) -> OwnFunction:
        """What an object computes when it is called."""
        known = {part.name: part for part in called.made_of.node.body if isinstance(part, ast.FunctionDef)}
        part = known.get("forward") or known.get("__call__")
        if part is None:
            raise self.source.refuse(node, tell("the class {name} has no {method}", name=called.made_of.node.name, method="forward"))
        return OwnFunction(part, called)

    def call_method(self, method: Method, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """What stands behind a point: X.sum(0), cache.append(h), params.items()."""
        of, word = method.of, method.name
        if isinstance(of, list) and word in ("append", "extend", "pop", "insert", "reverse"):
            if word in ("append", "extend") and len(values) == 1 and len(of) < LONGEST:
                of.extend([values[0]] if word == "append" else list(self.list_rounds(values[0], node)))
                return None
            if word == "pop" and of:
                return of.pop()
            raise self.source.refuse(node, tell("the method {word} is not read", word=word))
        if isinstance(of, dict) and word in ("items", "values", "keys", "get", "update"):
            if word == "get":
                return of.get(values[0], values[1] if len(values) > 1 else None) if values and isinstance(values[0], str | int) else None
            if word == "update" and values and isinstance(values[0], dict):
                of.update(values[0])
                return None
            return {"items": list(of.items()), "values": list(of.values()), "keys": list(of)}.get(word)
        if isinstance(of, str):
            return ""
        if isinstance(of, TorchLayer | Instance) and word in ("train", "eval", "to", "double", "float"):
            return of
        if isinstance(of, DrawnArray) and (word in LIBRARIES[self.dialect] or word in ("requires_grad_",)):
            return of
        if word == "size" and isinstance(of, Formula):
            sizes = tuple(map(write_size, of.shape))
            return sizes[values[0]] if values and is_whole(values[0]) and -len(sizes) <= values[0] < len(sizes) else sizes
        if word in ("dim", "numel") and isinstance(of, Formula):
            return len(of.shape) if word == "dim" else self.count_entries(of.shape, node)
        if word in ("detach", "stop_gradient"):
            raise self.source.refuse(node, tell("{word} stops the gradient, which no derivation here does", word=word),
                                     tell("give that value as an argument of its own"))  # fmt: skip
        if word in ("view_as", "reshape_as", "expand_as", "expand"):
            raise self.source.refuse(node, tell("the method {word} is not read", word=word), tell("write reshape with its sizes"))
        return self.call_row(word, node, [of, *values], named)

    def call_library(self, path: str, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """A function of a library, or one of Python's own."""
        head, _, word = path.rpartition(".")
        if head == "builtins.super":
            return None
        if head == "builtins":
            return BUILT_IN[word](self, node, values)
        made = self.make_layer(path, node, values, named)
        if made is not NotImplemented:
            return made
        if head not in LIBRARIES:
            raise self.source.refuse(node, tell("{path} is no function that is read", path=path[:80]),
                                     tell("numpy, torch, torch.nn.functional and math are read"))  # fmt: skip
        return self.call_row(word, node, values, named, LIBRARIES[head])

    def call_row(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any],
                 table: Mapping[str, LibraryRow] | None = None) -> Any:  # fmt: skip
        """A function by its row."""
        table = LIBRARIES[self.dialect] if table is None else table
        if word == "einsum":
            return self.call_einsum(node, values)
        row = table.get(word)
        if row is None:
            raise self.source.refuse(node, tell("the function {word} is not read", word=word[:40]),
                                     hint_near(word, table) or tell("write it with functions that are read; docs/programs.md has them"))
        if self.dialect == "torch" and word in ("max", "min") and len(values) == 2 and not is_whole(values[1]):
            word = f"{word}imum"  # torch.max(a, b)
            row = table[word]
        given = self.bind_arguments(row, word, node, values, named)
        made = row.make(given)
        if self.dialect == "torch" and word in ("max", "min") and given.values.get("axis") is not None and word not in ("amax", "amin"):
            return made, Unread(self.source.refuse(node, tell("the places of the largest entries are not read")))
        return made

    def call_einsum(self, node: ast.AST, values: Sequence[Any]) -> Formula:
        """A sum of products by its letters."""
        if not values or not isinstance(values[0], str) or not SUBSCRIPTS.fullmatch(f"'{values[0]}'"):
            raise self.source.refuse(node, tell("the letters of einsum are not read"), tell("write einsum('ij,jk->ik', A, B)"))
        arrays = [self.take_array(value, node).expr for value in values[1:]]
        return self.recorder.build(Call("einsum", (read_subscripts(values[0]), *arrays)), node)

    def bind_arguments(self, row: LibraryRow, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> CallArguments:
        """The arguments of a call by the names of its row."""
        found: dict[str, Any] = {}
        left = list(values)
        for name, usual in row.parameters:
            if name.startswith("*"):
                found[name[1:]] = tuple(left)
                left = []
            elif left:
                found[name] = left.pop(0)
            elif usual is not REQUIRED:
                found[name] = usual
        if left:
            raise self.source.refuse(node, tell("{word} with {count} arguments", word=word, count=len(values)))
        known = [name.lstrip("*") for name, _ in row.parameters]
        for name, value in named.items():
            own = name if name in known else OTHER_WORDS.get(name, name)
            if own not in known and name in IGNORED:
                continue
            if own not in known:
                raise self.source.refuse(node, tell("{word} with {name}= is not read", word=word, name=name),
                                         tell("known: {names}", names=", ".join(known)))  # fmt: skip
            found[own] = value if own not in ("axis", "shape") or f"*{own}" not in dict(row.parameters) else (value,)
        missing = [name for name, usual in row.parameters if usual is REQUIRED and name not in found and not name.startswith("*")]
        if missing:
            raise self.source.refuse(node, tell("{word} needs {name}", word=word, name=missing[0]))
        if isinstance(found.get("axis"), Formula):  # torch.sum(x, x.dim() - 1) is a whole number; a formula is none
            raise self.source.refuse(node, tell("{word}: the axis is no whole number", word=word))
        return CallArguments(self, node, found, word)


def _measure(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    value = values[0] if values else None
    if isinstance(value, Formula) and value.shape:
        return write_size(value.shape[0])
    return len(value) if isinstance(value, list | tuple | dict | str | range) else reader.refuse_value(node, value)


def _count_to(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    if len(values) == 1 and isinstance(values[0], Formula):
        return Rounds(values[0])
    if not values or len(values) > 3 or not all(map(is_whole, values)) or (len(values) == 3 and values[2] == 0):
        raise reader.source.refuse(node, tell("how many rounds this loop has is not known"),
                                   tell("give sizes in numbers, --shapes X=4,n, where a loop runs over an axis"))  # fmt: skip
    return range(*values)


def _add_up(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    if values and isinstance(values[0], Formula) and len(values[0].shape) == 1:
        return reader.call_row("sum", node, values, {})
    total: Any = values[1] if len(values) > 1 else 0
    for place, value in enumerate(reader.list_rounds(values[0] if values else None, node)):
        total = value if place == 0 and total == 0 else reader.combine(ast.Add(), total, value, node)
    return total


def _pick_extreme(word: str) -> Callable[[CallReader, ast.Call, Sequence[Any]], Any]:
    def pick(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
        if values and all(map(is_whole, values)):
            return max(values) if word == "max" else min(values)
        return reader.recorder.build(Call(word, tuple(reader.take_array(value, node).expr for value in values)), node)

    return pick


def _list_values(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return list(reader.list_rounds(values[0], node)) if values else []


def _pair_up(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return list(zip(*(reader.list_rounds(value, node) for value in values), strict=False))


def _as_number(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return values[0] if values else 0


def _give_nothing(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return None


BUILT_IN: dict[str, Callable[[CallReader, ast.Call, Sequence[Any]], Any]] = {
    "len": _measure, "range": _count_to, "sum": _add_up, "max": _pick_extreme("max"), "min": _pick_extreme("min"),
    "list": _list_values, "tuple": lambda reader, node, values: tuple(_list_values(reader, node, values)),
    "enumerate": lambda reader, node, values: list(enumerate(reader.list_rounds(values[0] if values else None, node))),
    "zip": _pair_up, "reversed": lambda reader, node, values: list(reversed(reader.list_rounds(values[0] if values else None, node))),
    "float": _as_number, "int": _as_number, "print": _give_nothing, "super": lambda reader, node, values: Library("builtins.super"),
    "abs": lambda reader, node, values: reader.call_row("abs", node, values, {}),
}  # fmt: skip
"""What Python's own functions give, those of `tutor.program.expression_reader.KNOWN_WORDS`."""
