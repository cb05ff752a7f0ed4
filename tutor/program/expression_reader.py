"""The expressions of a program as values: formulas over arrays where they are mathematics, whole numbers where they count."""

from __future__ import annotations

import ast
import builtins
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

from tutor.errors import hint_near, tell
from tutor.expression.nodes import ONE, Call, Neg
from tutor.graph.shapes import Shape
from tutor.program.filled_arrays import read_part
from tutor.program.indexing import pick_entries
from tutor.program.known_arrays import LARGEST, is_identity, make_known, read_fraction
from tutor.program.open_choices import changes_nothing, choose_value, is_open
from tutor.program.operand_reader import LONGEST, OperandReader
from tutor.program.program_values import (
    Above,
    Class,
    Condition,
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
    TorchLayer,
    Unread,
    WeightOf,
    is_plain,
    write_number,
    write_size,
)  # fmt: skip
from tutor.program.unread_kinds import find_instead

KNOWN_WORDS = frozenset({"len", "range", "sum", "max", "min", "list", "tuple", "enumerate", "zip", "reversed", "float", "int", "print",
                         "super", "abs", "dict", "str", "bool", "isinstance", "hasattr", "getattr", "sorted", "set", "slice", "map", "any",
                         "all", "pow", "type", "xrange"})  # fmt: skip
"""Python's own functions that are read; open, eval, exec and the like are names that nothing defines."""
_CONSTANTS = {"pi": Call("pi", ()), "e": Call("exp", (ONE,))}


class ExpressionReader(OperandReader):
    """Reads expressions; a statement reader has it run functions."""

    # what calls and statements add

    @abstractmethod
    def read_call(self, node: ast.Call) -> Any:
        """What a function gives."""

    @abstractmethod
    def call_row(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A function by its row."""

    @abstractmethod
    def call_value(self, value: Any, node: ast.AST, values: Sequence[Any]) -> Any:
        """A layer, an object or a function that is applied."""

    @abstractmethod
    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a value to the names at the left side."""

    @abstractmethod
    def make_function(self, node: ast.FunctionDef | ast.Lambda) -> OwnFunction:
        """A function of the program."""

    # reading

    def read(self, node: ast.expr) -> Any:
        """The value of an expression.  Raises `ProgramError` with its place where it has none here."""
        self.count(node)
        read = _READERS.get(type(node))
        if read is None:
            name, instead = find_instead(node)
            raise self.source.refuse(node, tell("{what} is not read in a formula", what=name), instead)
        value = getattr(self, read)(node)
        if type(value) is Unread:
            raise value.error
        self.recorder.read[id(node)] = value
        if type(value) in _LATE:
            self.origins.setdefault(id(value), (value, node))
        return value

    def read_constant(self, node: ast.Constant) -> Any:
        """A number or a text that stands there."""
        value = node.value
        if isinstance(value, bool) or value is None or isinstance(value, str) or value is Ellipsis:
            return value
        if isinstance(value, int):
            if abs(value) > LARGEST:
                raise self.source.refuse(node, tell("the number is over the limit of {limit:,}", limit=LARGEST))
            return value
        if isinstance(value, float):
            if value != value or value in (float("inf"), -float("inf")):
                return Infinite()
            return write_number(repr(value).replace("e+", "e").removesuffix(".0"))
        raise self.source.refuse(node, tell("{what} is not read in a formula", what=type(value).__name__))

    @abstractmethod
    def change_everywhere(self, old: Any, new: Any) -> None:
        """An array that is changed in its place is changed wherever it has a name."""

    def read_name(self, node: ast.Name) -> Any:
        """What a name stands for."""
        if node.id in self.scope:
            value = self.scope[node.id]
            if isinstance(value, Open) and value.name in self.recorder.shapes:
                settled = self.recorder.settle(value, ())
                self.change_everywhere(value, settled)  # the same array each time
                return settled
            return value
        if node.id in self.module:
            return self.module[node.id]
        if node.id in ("__file__", "__doc__"):
            return ""
        if node.id in KNOWN_WORDS:
            return Library(f"builtins.{node.id}")
        hint = hint_near(node.id, [*self.scope, *self.module]) if not hasattr(builtins, node.id) else ""
        if hasattr(builtins, node.id):
            hint = tell("of Python's own functions these are read: {names}", names=", ".join(sorted(KNOWN_WORDS)))
        hint = hint or tell("give it to the function as an argument, with --shapes {name}=…", name=node.id)
        raise self.source.refuse(node, tell("nothing defines {name}", name=node.id), hint)

    def read_attribute(self, node: ast.Attribute) -> Any:
        """What stands behind a point."""
        value = owner = self.read(node.value)
        if isinstance(value, Library):
            head, _, last = f"{value.path}.{node.attr}".rpartition(".")
            if last in _CONSTANTS and head in ("numpy", "math", "torch"):
                return Formula(_CONSTANTS[last], ())
            if last in ("inf", "infty", "Inf") and head in ("numpy", "math", "torch"):
                return Infinite()
            return None if last == "newaxis" else Library(f"{head}.{last}")
        if isinstance(value, Instance | Class | Above):
            return self.read_own(value, node)
        if isinstance(value, DrawnArray | FilledArray | KnownArray | MaskedScores) and node.attr in _MEASURED:
            shape = value.scores.shape if isinstance(value, MaskedScores) else value.shape
            return _MEASURED[node.attr](self, shape, node)
        if isinstance(value, Formula | Open | FilledArray | DrawnArray | Condition) and node.attr in ("dtype", "device", "grad", "is_cuda"):
            return None
        if isinstance(value, DrawnArray | FilledArray | KnownArray | list) and node.attr in ("T", "mT", "data", "ndim", "shape"):
            value = self.take_array(value, node)
        if isinstance(value, Formula | Open | Condition) and node.attr in ("T", "mT", "shape", "ndim", "data", "size"):
            formula = self.take_array(value, node)
            if node.attr in ("T", "mT"):
                made = self.call_row("transpose" if node.attr == "T" else "swapaxes", node,
                                     [formula] if node.attr == "T" else [formula, -1, -2], {})  # fmt: skip
                return self.shared.note(made, owner)
            if node.attr == "shape":
                return tuple(map(write_size, formula.shape))
            if node.attr in ("ndim", "data"):
                return len(formula.shape) if node.attr == "ndim" else formula
            if node.attr == "size" and self.dialect == "numpy":
                return self.count_entries(formula.shape, node)
        if isinstance(value, tuple) and value and node.attr == "values":  # of PyTorch's largest entries, without their places
            return value[0]
        if isinstance(value, TorchLayer) and node.attr in ("weight", "bias"):
            return value.settings.get(node.attr) if value.path else WeightOf(value, node.attr)
        if isinstance(value, TorchLayer) and node.attr in value.settings:
            return value.settings[node.attr]
        return Method(value, node.attr)

    def read_own(self, value: Instance | Class | Above, node: ast.Attribute) -> Any:
        """An attribute or a method of an object of the program, or of a class."""
        if isinstance(value, Instance) and node.attr in value.attributes:
            return value.attributes[node.attr]
        made_of = value if isinstance(value, Class) else value.home if isinstance(value, Above) else value.made_of
        owner = value if isinstance(value, Instance) else value.owner if isinstance(value, Above) else None
        found = made_of.find_method(node.attr, above=value.home if isinstance(value, Above) else None)
        if found is not None:
            return self.give_method(*found, owner, node, made_of=owner.made_of if isinstance(owner, Instance) else made_of)
        for one in made_of.line:
            if node.attr in one.values:
                return one.values[node.attr]
        if node.attr == "training":
            return True
        if isinstance(value, Instance | Above) and node.attr in OF_MODULES:
            return Method(owner, node.attr)
        if node.attr in ("__name__", "__class__"):
            return made_of.node.name if node.attr == "__name__" else made_of
        known = value.attributes if isinstance(value, Instance) else made_of.values
        raise self.source.refuse(node, tell("{name} has no attribute {word} that is known", name=made_of.node.name, word=node.attr),
                                 hint_near(node.attr, known))  # fmt: skip

    def give_method(self, part: ast.FunctionDef, home: Class, owner: Any, node: ast.AST, made_of: Class) -> Any:
        """A method with the object, or the class, that it belongs to; of a property its value."""
        kinds = {decorator.id for decorator in part.decorator_list if isinstance(decorator, ast.Name)}
        function = OwnFunction(part, None if "staticmethod" in kinds else made_of if "classmethod" in kinds else owner, {}, home)
        if kinds & {"property", "cached_property"} and owner is not None:
            return self.call_value(function, node, [])
        return function

    def read_subscript(self, node: ast.Subscript) -> Any:
        """An entry of a list or a dictionary, a part of an array."""
        value = self.read(node.value)
        if isinstance(value, Library) and value.path in ("numpy.c_", "numpy.r_"):
            return self.join_beside(node, columns=value.path == "numpy.c_")
        if isinstance(value, dict):
            key = self.read_index(node.slice)
            if not is_plain(key):
                raise self.source.refuse(node.slice, tell("a key is a text or a whole number"))
            if key not in value:
                known = tell("there are {names}", names=", ".join([str(one) for one in value][:20])) if value else ""
                hint = hint_near(str(key), map(str, value)) or known
                raise self.source.refuse(node, tell("there is no entry {key}", key=str(key)[:40]), hint)
            return value[key]
        index = self.read_index(node.slice)
        if isinstance(value, TorchLayer) and value.parts:
            value = value.parts
        if isinstance(value, tuple | list | str | range):
            if isinstance(index, Formula) and not index.shape:
                index = getattr(self.take_size(index, node), "value", index)
            if isinstance(value, range) and (not isinstance(index, int | slice) or isinstance(index, bool)):
                return self.pick(make_known(value), index if isinstance(index, tuple) else (index,), node)
            if not isinstance(index, int | slice) or isinstance(index, bool):
                raise self.source.refuse(node, tell("a list is indexed by a whole number that is known"))
            try:
                return value[index]
            except (IndexError, TypeError, ValueError):
                raise self.source.refuse(node, tell("there is no entry {key}", key=str(index)[:40])) from None
        return self.pick(value, index if isinstance(index, tuple) else (index,), node)

    def join_beside(self, node: ast.Subscript, *, columns: bool) -> Any:
        """np.c_[X, b]: columns beside each other; np.r_[a, b]: one behind the other."""
        parts = [self.read(part) for part in (node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])]
        arrays = [self.take_array(part, node) for part in parts]
        if columns:
            arrays = [self.pick(array, (slice(None), None), node) if len(array.shape) == 1 else array for array in arrays]
        return self.call_row("concatenate", node, [arrays], {"axis": -1 if columns else 0})

    def pick(self, array: Any, parts: Sequence[Any], node: ast.AST) -> Any:
        """A part of an array by what stands in brackets; by places and spans it shows the numbers of the array."""
        made = self._pick(array, parts, node)

        def is_size(part: Any) -> bool:
            return isinstance(part, Formula) and not part.shape and not self.recorder.has_quantities(part.expr)

        basic = all(part is None or part is Ellipsis or isinstance(part, int | slice) or is_size(part) for part in parts)
        return self.shared.note(made, array, tuple(parts)) if basic else made

    def _pick(self, array: Any, parts: Sequence[Any], node: ast.AST) -> Any:
        labelled = [part for part in parts if isinstance(part, Formula | Open) or (isinstance(part, list) and part)]
        masks = [part for part in parts if isinstance(part, Condition) or (isinstance(part, KnownArray) and part.entries.dtype == bool)]
        if len(parts) == 1 and masks:
            keep = self.take_mask(parts[0], node)
            return MaskedPart(self.take_array(array, node), keep)
        if isinstance(array, KnownArray):
            if len(parts) == 1 and labelled and isinstance(parts[0], Formula) and is_identity(array):
                return self.recorder.write_one_hot(parts[0], array.shape[-1:], node)
            if all(part is None or part is Ellipsis or isinstance(part, int | slice) for part in parts):
                try:
                    return KnownArray(array.entries[tuple(parts)])
                except (IndexError, TypeError):
                    raise self.source.refuse(node, tell("there is no entry {key}", key=str(parts)[:40])) from None
        if isinstance(array, FilledArray) and not labelled and not masks:
            return read_part(self, array, parts, node)
        return pick_entries(self, self.take_array(array, node), parts, node)

    def read_index(self, node: ast.expr) -> Any:
        """What stands in brackets behind an array: places, slices, labels."""
        if isinstance(node, ast.Tuple):
            found: list[Any] = []
            for part in node.elts:
                inner = self.read_index(part.value if isinstance(part, ast.Starred) else part)
                found += inner if isinstance(part, ast.Starred) and isinstance(inner, tuple | list) else [inner]
            return tuple(found)
        if isinstance(node, ast.Slice):
            parts = [None if part is None else self.read(part) for part in (node.lower, node.upper, node.step)]
            return slice(*map(self.read_whole_number, parts))
        return self.read_whole_number(self.read(node))

    def read_whole_number(self, value: Any) -> Any:
        """A number of a formula that is whole, int(6/2), as a whole number; anything else as it is."""
        number = read_fraction(value.expr) if isinstance(value, Formula) and not value.shape else None
        return int(number) if number is not None and number.denominator == 1 else value

    def read_sequence(self, node: ast.Tuple | ast.List | ast.Set) -> Any:
        """A tuple or a list."""
        found: list[Any] = []
        for part in node.elts:
            if isinstance(part, ast.Starred):
                inner = self.read(part.value)
                found += inner if isinstance(inner, tuple | list | range) else [self.refuse_value(part, inner)]
            else:
                found.append(self.read(part))
        if isinstance(node, ast.Set) and not all(map(is_plain, found)):
            self.refuse_value(node, set(found[:0]))
        return tuple(found) if isinstance(node, ast.Tuple) else found

    def read_dictionary(self, node: ast.Dict) -> Any:
        """A dictionary, whose keys are known."""
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                inner = self.read(value)
                found |= inner if isinstance(inner, dict) else self.refuse_value(value, inner)
                continue
            word = self.read(key)
            if not isinstance(word, str | int):
                raise self.source.refuse(key, tell("a key is a text or a whole number"))
            found[word] = self.read(value)
        return found

    def read_unary(self, node: ast.UnaryOp) -> Any:
        """A sign before a value."""
        value = self.read(node.operand)
        if isinstance(value, Infinite) and not isinstance(node.op, ast.Not):
            return Infinite(-value.sign) if isinstance(node.op, ast.USub) else value
        if isinstance(value, MaskedPart):
            return MaskedPart(self.recorder.build(Neg(value.array.expr), node), value.keep)
        if isinstance(value, KnownArray) and isinstance(node.op, ast.USub | ast.Invert):
            return KnownArray(-value.entries if isinstance(node.op, ast.USub) else ~value.entries.astype(bool))
        if isinstance(node.op, ast.Not) and is_open(value):
            return Condition(value.positive, not value.turned, value.binary)
        if isinstance(node.op, ast.Not):
            return not self.take_truth(value, node)
        if isinstance(value, int) and not isinstance(value, bool):
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node.op, ast.Invert):
            if isinstance(value, Condition):
                return Condition(value.positive, not value.turned, value.binary)
            if isinstance(value, Formula) and self.is_mask(value.expr):
                return Condition(value, True, binary=True)
            raise self.source.refuse(node, tell("~ is read before a comparison only"))
        formula = self.take_array(value, node)
        return formula if isinstance(node.op, ast.UAdd) else self.recorder.build(Neg(formula.expr), node)

    def read_binary(self, node: ast.BinOp) -> Any:
        """A sign between two values."""
        return self.combine(node.op, self.read(node.left), self.read(node.right), node)

    def read_comparison(self, node: ast.Compare) -> Any:
        """A comparison: known, or a mask."""
        values = [self.read(part) for part in (node.left, *node.comparators)]
        if all(is_plain(value) for value in values) or any(isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops):
            return all(self.compare_plain(op, one, two, node) for op, (one, two) in zip(node.ops, pairwise(values), strict=True))
        made = [self.compare(type(op), one, two, node) for op, (one, two) in zip(node.ops, pairwise(values), strict=True)]
        if len(made) > 1 and all(map(is_open, made)):  # 0 < x < 1
            return reduce(lambda one, two: self.combine(ast.BitAnd(), one, two, node), made)
        if len(node.ops) > 1:
            raise self.source.refuse(node, tell("two comparisons at once are not read"), tell("write a product of two masks"))
        return made[0]

    def read_choice(self, node: ast.IfExp) -> Any:
        """a if c else b; where c depends on numbers, a formula with both cases."""
        condition = self.read(node.test)
        if is_open(condition) and changes_nothing(self, [node.body, node.orelse]):
            return choose_value(self, condition, self.read(node.body), self.read(node.orelse), node)
        return self.read(node.body if self.take_truth(condition, node.test) else node.orelse)

    def read_logic(self, node: ast.BoolOp) -> Any:
        """and, or: of what is known."""
        value: Any = None
        for place, part in enumerate(node.values):
            value = self.read(part)
            if is_open(value) and not changes_nothing(self, node.values[place + 1 :]):
                self.take_truth(value, part)  # refused
            if is_open(value) and place + 1 < len(node.values):
                rest = self.read_logic(ast.BoolOp(node.op, node.values[place + 1 :]))
                known = rest if isinstance(rest, bool) else None
                if known is None:
                    return self.combine(ast.BitOr() if isinstance(node.op, ast.Or) else ast.BitAnd(), value, rest, node)
                return known if known is isinstance(node.op, ast.Or) else value
            if is_open(value):
                return value
            if self.take_truth(value, part) is isinstance(node.op, ast.Or):
                return value
        return value

    def read_lambda(self, node: ast.Lambda) -> Any:
        """A function without a name."""
        return self.make_function(node)

    def read_text(self, node: ast.JoinedStr) -> Any:
        """A text with values in it, such as the key f'W{i}'."""
        parts: list[str] = []
        for part in node.values:
            inner = self.read(part.value if isinstance(part, ast.FormattedValue) else part)
            if not isinstance(inner, str | int) or (isinstance(part, ast.FormattedValue) and part.format_spec is not None):
                return ""
            parts.append(str(inner))
        return "".join(parts)[:LONGEST]

    def read_comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Any:
        """A list that loops make."""
        return [self.read(node.elt) for _ in self.go_round(node, node.generators)]

    def read_dictionary_loop(self, node: ast.DictComp) -> Any:
        """A dictionary that loops make."""
        found: dict[Any, Any] = {}
        for _ in self.go_round(node, node.generators):
            key = self.read(node.key)
            if not isinstance(key, str | int):
                raise self.source.refuse(node.key, tell("a key is a text or a whole number"))
            found[key] = self.read(node.value)
        return found

    def go_round(self, node: ast.expr, loops: Sequence[ast.comprehension]) -> Iterator[None]:
        """The rounds of the loops of a comprehension, among names of their own."""
        own = self.scope
        self.scope = dict(own)
        self.callers.append(own)
        try:
            for count, _ in enumerate(self._go_round(node, loops)):
                if count >= LONGEST:
                    raise self.source.refuse(node, tell("a list of more than {limit:,} entries", limit=LONGEST))
                yield
        finally:
            self.scope = own
            self.callers.pop()

    def _go_round(self, node: ast.expr, loops: Sequence[ast.comprehension]) -> Iterator[None]:
        for value in self.list_rounds(self.read(loops[0].iter), loops[0].iter):
            self.bind(loops[0].target, value)
            if all(self.take_truth(self.read(test), test) for test in loops[0].ifs):
                if len(loops) > 1:
                    yield from self._go_round(node, loops[1:])
                else:
                    yield

    def read_named(self, node: ast.NamedExpr) -> Any:
        """A name that is given inside of an expression."""
        self.bind(node.target, self.read(node.value))
        return self.read(node.target)


OF_MODULES = frozenset({"register_buffer", "register_parameter", "add_module", "apply", "parameters", "named_parameters", "modules",
                        "children",
                        "train", "eval", "to", "double", "float", "cuda", "zero_grad", "__init__", "state_dict", "requires_grad_",
                        "save_hyperparameters", "type", "device"})  # fmt: skip
"""What every module of PyTorch has."""
_MEASURED: dict[str, Callable[[Any, Shape, ast.AST], Any]] = {
    "shape": lambda reader, shape, node: tuple(map(write_size, shape)), "ndim": lambda reader, shape, node: len(shape),
    "size": lambda reader, shape, node: reader.count_entries(shape, node),
}  # fmt: skip


_LATE = frozenset({MaskedPart, MaskedScores, Method, Infinite})
"""Values that are read at some places only, and refused where they are used elsewhere."""
_READERS: dict[type[ast.expr], str] = {
    ast.Constant: "read_constant", ast.Name: "read_name", ast.Attribute: "read_attribute",
    ast.Subscript: "read_subscript", ast.Tuple: "read_sequence", ast.List: "read_sequence",
    ast.Dict: "read_dictionary", ast.UnaryOp: "read_unary", ast.BinOp: "read_binary",
    ast.Compare: "read_comparison", ast.IfExp: "read_choice", ast.BoolOp: "read_logic",
    ast.Lambda: "read_lambda",
    ast.JoinedStr: "read_text", ast.Call: "read_call",
    ast.ListComp: "read_comprehension", ast.GeneratorExp: "read_comprehension", ast.SetComp: "read_comprehension",
    ast.DictComp: "read_dictionary_loop", ast.NamedExpr: "read_named", ast.Set: "read_sequence",
}  # fmt: skip
