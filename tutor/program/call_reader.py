"""The calls of a program: functions of libraries by their rows, methods behind a point, Python's own functions."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.errors import hint_near, tell
from tutor.expression.nodes import ZERO, Call
from tutor.expression.program_signs import SUBSCRIPTS, read_subscripts
from tutor.graph.shapes import size_of
from tutor.numbers.arrays import np
from tutor.program.array_calls import call_array, compute_of_known
from tutor.program.container_methods import call_container
from tutor.program.expression_reader import ExpressionReader
from tutor.program.known_arrays import make_known, read_fraction
from tutor.program.library_rows import ENTRYWISE, IGNORED, LIBRARIES, OTHER_WORDS, REQUIRED, CallArguments, LibraryRow
from tutor.program.program_values import (
    Above,
    Class,
    DrawnArray,
    FilledArray,
    Formula,
    Infinite,
    Instance,
    KnownArray,
    Library,
    MaskedPart,
    MaskedScores,
    Method,
    Open,
    OwnFunction,
    Rounds,
    TorchLayer,
    Unread,
    is_whole,
    name_value,
    write_number,
    write_size,
)  # fmt: skip
from tutor.program.written_operators import list_operators

WRITTEN_FUNCTIONS = {"normalize": "normalize", "cosine_similarity": "cosine_similarity", "rms_norm": "rms_norm", "kl_div": "kl_div",
                     "scaled_dot_product_attention": "attention"}  # fmt: skip
"""Functions of PyTorch that are written out (`tutor.program.written_layers`)."""
_KEPT = frozenset({"to", "cuda", "float", "double", "astype", "clone", "copy", "type", "cpu", "long"})
_WHOLE = frozenset({"int", "long", "LongTensor", *(f"{sign}int{size}" for sign in ("", "u") for size in (8, 16, 32, 64))})
WRITTEN_OUT = frozenset({"rnn_step", "lstm_step", "gru_step"})


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
    def call_layer(self, layer: TorchLayer, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any] | None = None) -> Any:
        """What a layer of torch.nn gives."""

    @abstractmethod
    def call_written(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any], *, operators: bool = False) -> Any:
        """A layer, or an operator of ONNX, that is written out as a program."""

    @abstractmethod
    def apply(self, value: Any, node: ast.Call, values: list[Any]) -> Any:
        """A function, of the program or of a library, that is handed on."""

    @abstractmethod
    def give_copy(self, value: Any) -> Any:
        """A copy of its own of a layer, an object or an array."""

    @abstractmethod
    def make_layer(self, path: str, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A layer of torch.nn, or an array that a library makes; `NotImplemented` for what is neither."""

    def read_call(self, node: ast.Call) -> Any:
        """What is called, with its arguments read."""
        called = self.read(node.func)
        if isinstance(called, Method) and isinstance(called.of, Open) and (flat := self.take_flat(called, node)) is not None:
            return flat
        values: list[Any] = []
        for part in node.args:
            inner = self.read(part.value if isinstance(part, ast.Starred) else part)
            values += list(inner) if isinstance(part, ast.Starred) and isinstance(inner, tuple | list | range) else [inner]
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
            return self.call_layer(called, node, values, named)
        if isinstance(called, Instance):
            return self.call_function(self.find_forward(called, node), node, values, named)
        if isinstance(called, Method):
            return self.call_method(called, node, values, named)
        if isinstance(called, Library):
            return self.call_library(called.path, node, values, named)
        raise self.source.refuse(node, tell("{what} cannot be called", what=name_value(called)))

    def take_flat(self, called: Method, node: ast.Call) -> Any:
        """x.view(-1, 784), x.view(x.size(0), -1), x.flatten(1) of what nobody says: samples one below the other, laid flat as they are."""
        last = node.args[-1] if len(node.args) == 2 else None
        if called.name == "flatten" or (called.name in ("view", "reshape") and last is not None and ast.unparse(last) == "-1"):
            return called.of
        if called.name in ("view", "reshape") and last is not None and ast.unparse(node.args[0]) == "-1":
            width = self.read(last)
            width = self.recorder.take_large(width) if is_whole(width) else width
            return self.recorder.settle_sizes(called.of, ("N", size_of(self.take_size(width, last))))
        return None

    def find_forward(self, called: Instance, node: ast.AST) -> OwnFunction:
        """What an object computes when it is called."""
        found = called.made_of.find_method("forward") or called.made_of.find_method("__call__")
        own = called.made_of.find_method("__call__")
        found = own if own is not None and own[1] is called.made_of else found
        if found is None:
            raise self.source.refuse(node, tell("the class {name} has no {method}", name=called.made_of.node.name, method="forward"))
        return OwnFunction(found[0], called, {}, found[1])

    def call_method(self, method: Method, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """What stands behind a point: X.sum(0), cache.append(h), params.items()."""
        of, word = method.of, method.name
        if isinstance(of, list | dict | str | tuple):
            return call_container(self, of, word, node, values, named)
        if isinstance(of, Instance):
            return self.call_module(of, word, node, values, named)
        if isinstance(of, TorchLayer):
            if word in ("append", "add_module") and values:
                of.parts.append(values[-1])
            return [] if word in ("parameters", "named_parameters", "children", "modules") else of
        if isinstance(of, DrawnArray | FilledArray | KnownArray | MaskedScores) and word in ("size", "dim", "numel", "ndimension"):
            of = Formula(ZERO, of.scores.shape if isinstance(of, MaskedScores) else of.shape)
        if word == "size" and isinstance(of, Formula):
            sizes = tuple(map(write_size, of.shape))
            axis: Any = values[0] if values else named.get("dim")
            return sizes[axis] if is_whole(axis) and -len(sizes) <= axis < len(sizes) else sizes
        if word in ("dim", "numel", "ndimension") and isinstance(of, Formula):
            return self.count_entries(of.shape, node) if word == "numel" else len(of.shape)
        if isinstance(of, DrawnArray) and (word.endswith("_") or word in _KEPT):
            return of
        if isinstance(of, DrawnArray) and not of.fill and word in LIBRARIES[self.dialect]:
            return of
        if of is None:
            return None
        return self.call_known_word(word, node, [of, *values], named)

    def call_module(self, of: Instance, word: str, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """What every module of PyTorch has: register_buffer and its kin."""
        if word in ("register_buffer", "register_parameter", "add_module") and len(values) >= 1 and isinstance(values[0], str):
            value = values[1] if len(values) > 1 else named.get("tensor", named.get("param", named.get("module")))
            if word == "register_buffer" and isinstance(value, DrawnArray) and value.fill:
                value = make_known(value) or value
            of.attributes[values[0]] = value
            return None
        if word in ("parameters", "named_parameters", "modules", "children"):
            return []
        return None if word in ("__init__", "apply") else of

    def call_library(self, path: str, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """A function of a library, or one of Python's own."""
        head, _, word = path.rpartition(".")
        if head == "builtins":
            return self.call_python(word, node, values, named)
        if head == "copy":
            return self.give_copy(values[0]) if values else None
        if path in ("collections.OrderedDict", "collections.defaultdict"):
            return dict(values[0]) if values and isinstance(values[0], list | dict) else {}
        if head in ("torch.nn.init", "random") or path in ("torch.manual_seed", "numpy.random.seed", "torch.no_grad", "torch.Generator"):
            return None
        if head == "torch.nn.utils.rnn":
            raise self.source.refuse(node, tell("{path} is no function that is read", path=path[:80]),
                                     tell("give what it computes as an argument"))  # fmt: skip
        if head == "onnx" and word in list_operators():
            return self.call_written(word, node, values, named, operators=True)
        made = self.make_layer(path, node, values, named)
        if made is not NotImplemented:
            return made
        if word == "flatten" and values and isinstance(values[0], Open):  # it is given flat
            return values[0]
        if head not in LIBRARIES:
            hint = tell("numpy, torch, torch.nn.functional and math are read; give what it computes as an argument")
            raise self.source.refuse(node, tell("{path} is no function that is read", path=path[:80]), hint)
        return self.call_known_word(word, node, values, named, LIBRARIES[head])

    def call_python(self, word: str, node: ast.Call, values: list[Any], named: Mapping[str, Any]) -> Any:
        """One of Python's own functions."""
        if word == "dict":
            return {**(dict(values[0]) if values and isinstance(values[0], dict | list) else {}), **named}
        if word == "enumerate":
            values = [values[0] if values else None, values[1] if len(values) > 1 else named.get("start", 0)]
        return BUILT_IN[word](self, node, values)

    def call_known_word(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any],
                        table: Mapping[str, LibraryRow] | None = None) -> Any:  # fmt: skip
        """A function of arrays; what it gives may show the numbers of its argument (`tutor.program.shared_arrays`)."""
        return self.shared.note_call(word, self._call_known_word(word, node, values, named, table), values)

    def _call_known_word(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any],
                         table: Mapping[str, LibraryRow] | None) -> Any:  # fmt: skip
        """A function of numbers that are known, at the places of a mask, a layer that is written out, or by its row."""
        if values and isinstance(values[0], MaskedPart) and word in ENTRYWISE:
            inside = self.call_known_word(word, node, [values[0].array, *values[1:]], named, table)
            return MaskedPart(self.take_array(inside, node), values[0].keep)
        if values and isinstance(values[0], MaskedScores) and word in ("max", "amax"):
            lowest = values[0].value or write_number(-(10**9))
            values = [self.fill_scores(MaskedScores(values[0].scores, values[0].keep, lowest), node), *values[1:]]
        if values and isinstance(values[0], Formula | Open) and is_cut(word, [*values[1:], named.get("dtype")]):
            values = [self.make_whole(values[0], node), *values[1:]]
        if not named or set(named) <= {"diagonal", "k", "dim", "axis", "dtype"}:
            made = compute_of_known(self, word, [*values, *(named[name] for name in ("diagonal", "k", "dim", "axis") if name in named)])
            if made is not NotImplemented:
                return made
        if (self.dialect == "torch" and word in WRITTEN_FUNCTIONS) or word in WRITTEN_OUT:
            return self.call_written(WRITTEN_FUNCTIONS.get(word, word), node, values, named)
        ignored = {name: value for name, value in named.items() if name not in IGNORED}
        made = call_array(self, word, node, values, ignored)
        return self.call_row(word, node, values, named, table) if made is NotImplemented else made

    def make_whole(self, value: Formula | Open, node: ast.AST) -> Formula | Open:
        """int(y), y.astype(int): labels stay what they are; a mask, or a size, is whole."""
        if isinstance(value, Open):
            self.recorder.whole.setdefault(value.name, node)
        elif not self.is_mask(value.expr):
            self.recorder.mark_whole(value, node)
        return value

    def call_row(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any],
                 table: Mapping[str, LibraryRow] | None = None) -> Any:  # fmt: skip
        """A function by its row."""
        table = LIBRARIES[self.dialect] if table is None else table
        if word == "einsum":
            return self.call_einsum(node, values)
        row = table.get(word)
        if row is None:
            raise self.source.refuse(node, tell("the function {word} is not read", word=word[:40]),
                                     find_near_function(word, table) or
                                     tell("give what it computes as an argument, or write it with functions that docs/programs.md has"))
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
            if own not in known and (name in IGNORED or (name == "out" and value is None)):
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


def find_near_function(word: str, table: Mapping[str, LibraryRow]) -> str:
    """The function that is meant where a name is mistyped; nothing for one that NumPy has, which is no slip.

    >>> find_near_function("meen", LIBRARIES["numpy"]), find_near_function("sort", LIBRARIES["numpy"])
    ('did you mean mean?', '')
    """
    if any(hasattr(part, word) for part in (np, np.ndarray, np.linalg)):
        return ""
    return hint_near(word, [name for name in table if abs(len(name) - len(word)) <= 2])


def _find_above(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    """super(), or super(Net, self)."""
    home, owner = (values[0], values[1]) if len(values) == 2 else (reader.scope.get("__class__"), reader.scope.get("__self__"))
    if not isinstance(home, Class):
        raise reader.source.refuse(node, tell("super() belongs in a method"))
    return Above(owner, home)


def _make_text(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return str(values[0]) if values and isinstance(values[0], str | int) else ""


def _is_of_kind(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    """isinstance(x, int), of what is known."""
    kinds = values[1] if len(values) > 1 and isinstance(values[1], tuple | list) else values[1:2]
    words = {kind.path.rpartition(".")[2] for kind in kinds if isinstance(kind, Library)}
    value = values[0] if values else None
    if isinstance(value, Instance):
        return any(kind in value.made_of.list_line() for kind in kinds if isinstance(kind, Class))
    if isinstance(value, TorchLayer):
        return value.kind in words
    if isinstance(value, Open) and not words & {"ndarray", "Tensor"} and words & {"float", "Number", "Real"}:
        value = reader.take_array(value, node)  # it is asked whether it is a number
    if isinstance(value, Formula | Open | FilledArray | DrawnArray | KnownArray):
        number = isinstance(value, Formula) and not value.shape and not (reader.dialect == "torch" and "Tensor" in words)
        return bool(words & {"float", "Number", "Real"}) if number else bool(words & {"ndarray", "Tensor"})
    kind = {bool: "bool", int: "int", str: "str", list: "list", tuple: "tuple", dict: "dict", range: "range"}.get(type(value))
    return kind in words


def _has_attribute(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    of, name = (values[0], values[1]) if len(values) >= 2 else (None, "")
    if isinstance(of, Instance) and isinstance(name, str):
        return name in of.attributes or of.made_of.find_method(name) is not None
    return isinstance(of, Library) and str(name) in LIBRARIES.get(of.path, {})


def _find_attribute(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    of, name = (values[0], values[1]) if len(values) >= 2 else (None, "")
    if isinstance(of, Instance) and isinstance(name, str) and name in of.attributes:
        return of.attributes[name]
    if isinstance(of, Library) and isinstance(name, str) and name.isidentifier():
        return Library(f"{of.path}.{name}")
    if isinstance(of, Instance) and isinstance(name, str) and (found := of.made_of.find_method(name)) is not None:
        return OwnFunction(found[0], of, {}, found[1])
    if len(values) > 2:
        return values[2]
    raise reader.source.refuse(node, tell("there is no entry {key}", key=str(name)[:40]))


def _sort(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    listed = list(reader.list_rounds(values[0], node)) if values else []
    if not (all(isinstance(one, str) for one in listed) or all(map(is_whole, listed))):
        raise reader.source.refuse(node, tell("what is sorted is not known"))
    return sorted(listed)


def _map(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    if len(values) < 2:
        return []
    rounds = zip(*(reader.list_rounds(value, node) for value in values[1:]), strict=False)
    return [reader.apply(values[0], node, list(one)) for one in rounds]


def _are_true(every: bool) -> Callable[[CallReader, ast.Call, Sequence[Any]], Any]:
    def test(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
        truths = [reader.take_truth(value, node) for value in reader.list_rounds(values[0] if values else [], node)]
        return all(truths) if every else any(truths)

    return test


def _number(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    """int(6/2), float('-inf'), float(loss)"""
    value = values[0] if values else 0
    if isinstance(value, str):
        word = value.strip().lower().lstrip("+")
        if word.lstrip("-") in ("inf", "infinity"):
            return Infinite(-1 if word.startswith("-") else 1)
        return write_number(repr(float(word))) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", word) else reader.refuse_value(node, value)
    return value


def is_cut(word: str, kinds: Sequence[Any]) -> bool:
    """Whether a function makes whole numbers of what it is called of: x.long(), x.astype(int), np.array(x, dtype=np.int64).

    >>> is_cut("long", []), is_cut("astype", [Library("numpy.int64")]), is_cut("astype", [Library("numpy.float32")])
    (True, True, False)
    """
    called = {str(kind.path if isinstance(kind, Library) else kind).rpartition(".")[2] for kind in kinds if isinstance(kind, Library | str)}
    return word in _WHOLE or bool(called & _WHOLE)


def _read_whole(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    value = values[0] if values else 0
    number = read_fraction(value.expr) if isinstance(value, Formula) and not value.shape else None
    if number is None and isinstance(value, Formula | Open):
        value = reader.make_whole(value, node)
    return int(number) if number is not None and abs(number) < 10**9 else value


def _measure(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    value = values[0] if values else None
    if isinstance(value, Formula | FilledArray | KnownArray | DrawnArray) and value.shape:
        return write_size(value.shape[0])
    if isinstance(value, TorchLayer) and value.parts:
        return len(value.parts)
    return len(value) if isinstance(value, list | tuple | dict | str | range) else reader.refuse_value(node, value)


def _count_to(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    values = [reader.read_whole_number(value) for value in values]
    if len(values) == 1 and isinstance(values[0], Formula):
        return Rounds(values[0])
    if len(values) == 2 and values[0] == 0 and isinstance(values[1], Formula):
        return Rounds(values[1])
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
    if values and isinstance(values[0], Formula | Open) and (isinstance(values[0], Open) or values[0].shape):
        return values[0]  # list(y) of an array stands for the array
    return list(reader.list_rounds(values[0], node)) if values else []


def _pair_up(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return list(zip(*(reader.list_rounds(value, node) for value in values), strict=False))


def _give_nothing(reader: CallReader, node: ast.Call, values: Sequence[Any]) -> Any:
    return None


BUILT_IN: dict[str, Callable[[CallReader, ast.Call, Sequence[Any]], Any]] = {
    "len": _measure, "range": _count_to, "sum": _add_up, "max": _pick_extreme("max"), "min": _pick_extreme("min"),
    "list": _list_values, "tuple": lambda reader, node, values: tuple(reader.list_rounds(values[0], node)) if values else (),
    "enumerate": lambda reader, node, values: list(enumerate(reader.list_rounds(values[0], node), values[1] if is_whole(values[1]) else 0)),
    "zip": _pair_up, "reversed": lambda reader, node, values: list(reversed(reader.list_rounds(values[0] if values else None, node))),
    "float": _number, "int": _read_whole, "print": _give_nothing, "super": _find_above, "str": _make_text, "isinstance": _is_of_kind,
    "hasattr": _has_attribute, "getattr": _find_attribute, "sorted": _sort, "set": _list_values, "map": _map, "any": _are_true(False),
    "all": _are_true(True), "dict": lambda reader, node, values: {}, "xrange": _count_to,
    "bool": lambda reader, node, values: reader.take_truth(values[0], node) if values else False,
    "slice": lambda reader, node, values: slice(*map(reader.read_whole_number, values[:3])) if values else slice(None),
    "pow": lambda reader, node, values: reader.combine(ast.Pow(), values[0], values[1], node) if len(values) == 2 else _give_nothing,
    "type": lambda reader, node, values: values[0].made_of if values and isinstance(values[0], Instance) else None,
    "abs": lambda reader, node, values: reader.call_row("abs", node, values, {}),
}  # fmt: skip
"""What Python's own functions give, those of `tutor.program.expression_reader.KNOWN_WORDS`."""
