"""The expressions of a program as values: formulas over arrays where they are mathematics, whole numbers where they count."""

from __future__ import annotations

import ast
import builtins
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn

from tutor.errors import TutorError, hint_near, tell
from tutor.expression.limits import MAX_EXPONENT, constant_size
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Neg, Number, Pow
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.shapes import Shape, size_expr, size_of
from tutor.graph.telling_names import tell_kind
from tutor.program.indexing import pick_entries
from tutor.program.library_rows import multiply_each, subtract
from tutor.program.program_values import (
    Condition,
    DrawnArray,
    Formula,
    Instance,
    Library,
    Method,
    Open,
    OwnFunction,
    TorchLayer,
    Unread,
    is_plain,
    is_whole,
    name_value,
    write_number,
    write_size,
)  # fmt: skip
from tutor.program.recorder import Recorder

MOST_READ = 10_000
"""So many parts of a program are looked at, loops and helpers included."""
MOST_ROUNDS = 200
LONGEST = 1_000
LARGEST = 10**9
_WHOLE: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
KNOWN_WORDS = frozenset({"len", "range", "sum", "max", "min", "list", "tuple", "enumerate", "zip", "reversed", "float", "int", "print",
                         "super", "abs"})  # fmt: skip
"""Python's own functions that are read; open, eval, exec and the like are names that nothing defines."""
_CONSTANTS = {"pi": Call("pi", ()), "e": Call("exp", (ONE,))}


class ExpressionReader(ABC):
    """Reads expressions; a statement reader has it run functions."""

    def __init__(self, recorder: Recorder, dialect: str) -> None:
        self.recorder = recorder
        self.source = recorder.source
        self.dialect = dialect
        self.module: dict[str, Any] = {}
        self.scope: dict[str, Any] = self.module
        self.read_so_far = 0
        self.size_letters: dict[str, str] = {}

    # what calls and statements add

    @abstractmethod
    def read_call(self, node: ast.Call) -> Any:
        """What a function gives."""

    @abstractmethod
    def call_row(self, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A function by its row."""

    @abstractmethod
    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a value to the names at the left side."""

    # reading

    def read(self, node: ast.expr) -> Any:
        """The value of an expression.  Raises `ProgramError` with its place where it has none here."""
        self.count(node)
        read = _READERS.get(type(node))
        if read is None:
            raise self.source.refuse(node, tell("{what} is not read in a formula", what=_name_kind(node)), _HINTS.get(type(node), ""))
        value = getattr(self, read)(node)
        if type(value) is Unread:
            raise value.error
        return value

    def count(self, node: ast.AST) -> None:
        """One part more has been looked at."""
        self.read_so_far += 1
        if self.read_so_far > MOST_READ:
            raise self.source.refuse(node, tell("reading the program takes more than {limit:,} steps", limit=MOST_READ),
                                     tell("give a smaller function, or fewer rounds of its loops"))  # fmt: skip

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
                raise self.source.refuse(node, tell("infinity is no number of a formula"))
            return write_number(repr(value).replace("e+", "e").removesuffix(".0"))
        raise self.source.refuse(node, tell("{what} is not read in a formula", what=type(value).__name__))

    def read_name(self, node: ast.Name) -> Any:
        """What a name stands for."""
        if node.id in self.scope:
            return self.scope[node.id]
        if node.id in self.module:
            return self.module[node.id]
        if node.id in KNOWN_WORDS:
            return Library(f"builtins.{node.id}")
        hint = hint_near(node.id, [*self.scope, *self.module]) if not hasattr(builtins, node.id) else ""
        if hasattr(builtins, node.id):
            hint = tell("of Python's own functions these are read: {names}", names=", ".join(sorted(KNOWN_WORDS)))
        hint = hint or tell("give it to the function as an argument, with --shapes {name}=…", name=node.id)
        raise self.source.refuse(node, tell("nothing defines {name}", name=node.id), hint)

    def read_attribute(self, node: ast.Attribute) -> Any:
        """What stands behind a point."""
        value = self.read(node.value)
        if isinstance(value, Library):
            head, _, last = f"{value.path}.{node.attr}".rpartition(".")
            if last in _CONSTANTS and head in ("numpy", "math", "torch"):
                return Formula(_CONSTANTS[last], ())
            return None if last == "newaxis" else Library(f"{head}.{last}")
        if isinstance(value, Instance):
            return self.read_own(value, node)
        if isinstance(value, Formula | Open | Condition):
            formula = self.take_array(value, node)
            if node.attr in ("T", "mT"):
                return self.call_row("transpose" if node.attr == "T" else "swapaxes", node,
                                     [formula] if node.attr == "T" else [formula, -1, -2], {})  # fmt: skip
            if node.attr == "shape":
                return tuple(map(write_size, formula.shape))
            if node.attr in ("ndim", "data"):
                return len(formula.shape) if node.attr == "ndim" else formula
            if node.attr == "size" and self.dialect == "numpy":
                return self.count_entries(formula.shape, node)
        if isinstance(value, tuple) and value and node.attr == "values":  # of PyTorch's largest entries, without their places
            return value[0]
        if isinstance(value, TorchLayer) and node.attr in ("weight", "bias"):
            return value.settings.get(node.attr)
        return Method(value, node.attr)

    def read_own(self, value: Instance, node: ast.Attribute) -> Any:
        """An attribute or a method of an object of the program."""
        if node.attr in value.attributes:
            return value.attributes[node.attr]
        for part in value.made_of.node.body:
            if isinstance(part, ast.FunctionDef) and part.name == node.attr:
                return OwnFunction(part, value)
        if node.attr in ("training",):
            return True
        raise self.source.refuse(node, tell("{name} has no attribute {word} that is known", name=value.made_of.node.name, word=node.attr),
                                 hint_near(node.attr, value.attributes))  # fmt: skip

    def read_subscript(self, node: ast.Subscript) -> Any:
        """An entry of a list or a dictionary, a part of an array."""
        value = self.read(node.value)
        if isinstance(value, dict):
            key = self.read(node.slice)
            if not isinstance(key, str | int) or key not in value:
                raise self.source.refuse(node, tell("there is no entry {key}", key=str(key)[:40]), hint_near(str(key), map(str, value)))
            return value[key]
        index = self.read_index(node.slice)
        if isinstance(value, tuple | list | str | range):
            if not isinstance(index, int | slice) or isinstance(index, bool):
                raise self.source.refuse(node, tell("a list is indexed by a whole number that is known"))
            try:
                return value[index]
            except (IndexError, TypeError, ValueError):
                raise self.source.refuse(node, tell("there is no entry {key}", key=str(index)[:40])) from None
        return pick_entries(self, self.take_array(value, node), index if isinstance(index, tuple) else (index,), node)

    def read_index(self, node: ast.expr) -> Any:
        """What stands in brackets behind an array: places, slices, labels."""
        if isinstance(node, ast.Tuple):
            return tuple(self.read_index(part) for part in node.elts)
        if isinstance(node, ast.Slice):
            parts = [None if part is None else self.read(part) for part in (node.lower, node.upper, node.step)]
            if parts[2] not in (None, 1):
                raise self.source.refuse(node, tell("a slice with a step is not read"), tell("take every entry"))
            return slice(parts[0], parts[1])
        return self.read(node)

    def read_sequence(self, node: ast.Tuple | ast.List) -> Any:
        """A tuple or a list."""
        found: list[Any] = []
        for part in node.elts:
            if isinstance(part, ast.Starred):
                inner = self.read(part.value)
                found += inner if isinstance(inner, tuple | list) else [self.refuse_value(part, inner)]
            else:
                found.append(self.read(part))
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

    def refuse_value(self, node: ast.AST, value: Any) -> NoReturn:
        """Refuse a value that is no array and no number."""
        raise self.source.refuse(node, tell("{what} stands where an array belongs", what=name_value(value)))

    def read_unary(self, node: ast.UnaryOp) -> Any:
        """A sign before a value."""
        value = self.read(node.operand)
        if isinstance(node.op, ast.Not):
            return not self.take_truth(value, node)
        if isinstance(value, int) and not isinstance(value, bool):
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node.op, ast.Invert):
            if isinstance(value, Condition):
                return Condition(value.positive, not value.turned)
            raise self.source.refuse(node, tell("~ is read before a comparison only"))
        formula = self.take_array(value, node)
        return formula if isinstance(node.op, ast.UAdd) else self.recorder.build(Neg(formula.expr), node)

    def read_binary(self, node: ast.BinOp) -> Any:
        """A sign between two values."""
        return self.combine(node.op, self.read(node.left), self.read(node.right), node)

    def combine(self, sign: ast.operator, left: Any, right: Any, node: ast.AST) -> Any:
        """Two values with a sign between them."""
        kind = type(sign)
        if is_whole(left) and is_whole(right):
            whole = self.combine_whole(kind, left, right, node)
            if whole is not None:
                return whole
        if isinstance(left, list | tuple) and kind is ast.Add and type(left) is type(right):
            if len(left) + len(right) > LONGEST:
                raise self.source.refuse(node, tell("a list of more than {limit:,} entries", limit=LONGEST))
            return [*left, *right] if isinstance(left, list) else (*left, *right)
        if isinstance(left, list) and kind is ast.Mult and is_whole(right) and 0 <= len(left) * right <= LONGEST:
            return left * right
        if isinstance(left, str) or isinstance(right, str):
            return self.refuse_value(node, left if isinstance(left, str) else right)
        for one, two in ((left, right), (right, left)):
            if isinstance(one, DrawnArray) and not (isinstance(two, Formula) and two.shape):
                return one
        one, two = self.take_pair(kind, left, right, node)
        make = _SIGNS.get(kind)
        if make is None:
            raise self.source.refuse(node, tell("the sign {sign} is not read between arrays", sign=_NAMED.get(kind, kind.__name__)),
                                     tell("the signs are + - * / ** and @"))  # fmt: skip
        if kind is ast.Pow and (constant_size(two.expr) or 0) > MAX_EXPONENT:
            raise self.source.refuse(node, tell("an exponent over the limit of {limit:,}", limit=MAX_EXPONENT))
        return self.recorder.build(make(one.expr, two.expr), node)

    def combine_whole(self, kind: type[ast.operator], left: int, right: int, node: ast.AST) -> Any:
        """Two whole numbers; nothing where they give none."""
        if kind in (ast.FloorDiv, ast.Mod, ast.Div) and right == 0:
            raise self.source.refuse(node, tell("a division by 0"))
        if kind is ast.Pow and 0 <= right <= 30 and abs(left) ** right <= LARGEST:
            return left**right
        if kind is ast.Pow and right > 30:
            raise self.source.refuse(node, tell("the number is over the limit of {limit:,}", limit=LARGEST))
        make = _WHOLE.get(kind)
        if make is None:
            return None
        made = make(left, right)
        if abs(made) > LARGEST:
            raise self.source.refuse(node, tell("the number is over the limit of {limit:,}", limit=LARGEST))
        return made

    def take_pair(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST) -> tuple[Formula, Formula]:
        """Two operands as formulas; one without a shape has the one that the other needs."""
        for one, two, place in ((left, right, 1), (right, left, 0)):
            if isinstance(two, Open) and two.name not in self.recorder.shapes and not isinstance(one, Open):
                first = self.take_array(one, node)
                self.recorder.settle(two, self._find_needed(kind, first, two.name, place))
        return self.take_array(left, node), self.take_array(right, node)

    def _find_needed(self, kind: type[ast.operator], other: Formula, name: str, place: int) -> Shape:
        """The shape that an argument needs beside an array: W in X @ W, b in Z + b, y in p - y."""
        if kind is ast.MatMult and other.shape:
            new = self._choose_letter()
            return (other.shape[-1], new) if place else (new, other.shape[-2] if len(other.shape) > 1 else other.shape[-1])
        if not other.shape or kind is ast.Pow:
            return ()
        made = other.expr
        product = type(made) is Call and made.func == "matmul"
        bias = tell_kind(name) == "bias" or name in ("beta", "gamma") or (product and kind is ast.Add)
        if kind in (ast.Add, ast.Sub):
            return other.shape[-1:] if bias else other.shape
        return other.shape[-1:] if name in ("gamma", "beta") else ()

    def _choose_letter(self) -> str:
        used = {*self.size_letters.values()} | {str(size) for shape in self.recorder.shapes.values() for size in shape}
        used |= {*self.recorder.shapes, *self.recorder.taken}
        letters: tuple[str, ...] = (*"HKMPQRSUV", *(f"n{count}" for count in range(1, 10_000)))
        return next(letter for letter in letters if letter not in used)

    def read_comparison(self, node: ast.Compare) -> Any:
        """A comparison: known, or a mask."""
        values = [self.read(part) for part in (node.left, *node.comparators)]
        if all(is_plain(value) for value in values) or any(isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops):
            return all(self.compare_plain(op, one, two, node) for op, (one, two) in zip(node.ops, pairwise(values), strict=True))
        if len(node.ops) > 1:
            raise self.source.refuse(node, tell("two comparisons at once are not read"), tell("write a product of two masks"))
        one, two = (self.take_array(value, node) for value in values)
        kind = type(node.ops[0])
        if kind not in (ast.Gt, ast.LtE, ast.Lt, ast.GtE):
            raise self.source.refuse(node, tell("of arrays > < >= <= are read"), tell("a mask of 0 and 1 can be an argument, too"))
        above, below = (one, two) if kind in (ast.Gt, ast.LtE) else (two, one)
        zero = below.expr == ZERO
        positive = above if zero else self.recorder.build(subtract(above.expr, below.expr), node)
        if not names(positive.expr):
            raise self.source.refuse(node, tell("a comparison of numbers that are not whole"))
        return Condition(positive, kind in (ast.LtE, ast.GtE))

    def compare_plain(self, op: ast.cmpop, one: Any, two: Any, node: ast.AST) -> bool:
        """A comparison that is known: of whole numbers, texts, None."""
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(two, list | tuple | dict | str | range):
                raise self.source.refuse(node, tell("{what} stands where a list belongs", what=name_value(two)))
            return (is_plain(one) and one in two) is isinstance(op, ast.In)
        if isinstance(op, ast.Is | ast.IsNot):
            return ((one is None) == (two is None) and (one is None or one is two)) is isinstance(op, ast.Is)
        try:
            return bool(_COMPARED[type(op)](one, two))
        except TypeError:
            raise self.source.refuse(node, tell("these two cannot be compared")) from None

    def read_choice(self, node: ast.IfExp) -> Any:
        """a if c else b, where c is known."""
        return self.read(node.body if self.take_truth(self.read(node.test), node.test) else node.orelse)

    def read_logic(self, node: ast.BoolOp) -> Any:
        """and, or: of what is known."""
        value: Any = None
        for part in node.values:
            value = self.read(part)
            if self.take_truth(value, part) is isinstance(node.op, ast.Or):
                return value
        return value

    def take_truth(self, value: Any, node: ast.AST) -> bool:
        """Whether a condition holds that is known while the program is read."""
        if is_plain(value) or isinstance(value, list | tuple | dict):
            return bool(value)
        if isinstance(value, Formula) and type(value.expr) is Number:
            return value.expr.value != 0
        if isinstance(value, Instance | TorchLayer | OwnFunction | DrawnArray):
            return True
        raise self.source.refuse(
            node, tell("this condition depends on numbers that are not known while the program is read"),
            tell("write np.where(c, a, b) for a choice entry by entry; an if is read where it is about shapes or settings"),
        )  # fmt: skip

    def read_lambda(self, node: ast.Lambda) -> Any:
        """A function without a name."""
        return OwnFunction(node, None, self.scope)

    def read_text(self, node: ast.JoinedStr) -> Any:
        """A text with values in it, such as the key f'W{i}'."""
        parts: list[str] = []
        for part in node.values:
            inner = self.read(part.value if isinstance(part, ast.FormattedValue) else part)
            if not isinstance(inner, str | int):
                return ""
            parts.append(str(inner))
        return "".join(parts)[:LONGEST]

    def read_comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Any:
        """A list that a loop makes."""
        if len(node.generators) != 1 or node.generators[0].is_async:
            raise self.source.refuse(node, tell("a comprehension with one loop is read"))
        loop, found, own = node.generators[0], list[Any](), self.scope
        self.scope = dict(own)
        try:
            for value in self.list_rounds(self.read(loop.iter), loop.iter):
                self.bind(loop.target, value)
                if all(self.take_truth(self.read(test), test) for test in loop.ifs):
                    found.append(self.read(node.elt))
        finally:
            self.scope = own
        return found

    def list_rounds(self, value: Any, node: ast.AST) -> Sequence[Any]:
        """What a loop goes over, one value a round; a number of rounds that is known."""
        if isinstance(value, dict):
            value = list(value)
        if isinstance(value, Formula) and value.shape and isinstance(value.shape[0], int) and value.shape[0] <= MOST_ROUNDS:
            return [pick_entries(self, value, (place,), node) for place in range(value.shape[0])]
        if not isinstance(value, list | tuple | range):
            raise self.source.refuse(node, tell("how many rounds this loop has is not known"),
                                     tell("give sizes in numbers, --shapes X=4,n, where a loop runs over an axis"))  # fmt: skip
        if len(value) > MOST_ROUNDS:
            what = tell("a loop of {count:,} rounds, over the limit of {limit}", count=len(value), limit=MOST_ROUNDS)
            raise self.source.refuse(node, what, tell("give smaller sizes"))
        return value

    # taking

    def take_array(self, value: Any, node: ast.AST) -> Formula:
        """A value as a formula: a number, an array, a mask that is compared; refused where it is none."""
        if isinstance(value, Formula):
            return value
        if isinstance(value, Open):
            return self.recorder.settle(value, ())
        if isinstance(value, bool):
            return write_number(int(value))
        if isinstance(value, int):
            return write_number(value)
        if isinstance(value, Condition):
            inside = self.recorder.build(Call("if_positive", (value.positive.expr, ONE, ZERO)), node)
            return self.recorder.build(subtract(ONE, inside.expr), node) if value.turned else inside
        if isinstance(value, DrawnArray):
            if value.fill:
                sizes = tuple(map(size_expr, value.shape))
                return self.recorder.build(Call("fill", (Number(value.fill), *sizes)), node) if sizes else write_number(value.fill)
            return self.recorder.add_leaf("r", value.shape)
        if isinstance(value, list | tuple) and value and not isinstance(value[0], str):
            parts = [self.take_array(part, node).expr for part in value]
            return self.recorder.build(Call("stack", tuple(parts)), node)
        return self.refuse_value(node, value)

    def take_size(self, value: Any, node: ast.AST) -> Expr:
        """A size, a place or an axis: a whole number, or a letter."""
        if is_whole(value):
            return write_number(value).expr
        if isinstance(value, Open):
            raise self.source.refuse(node, tell("{name} is no number that is known", name=value.name),
                                     tell("give it a default value, {name}=3", name=value.name))  # fmt: skip
        if isinstance(value, Formula) and not value.shape:
            try:
                return size_expr(size_of(value.expr))
            except TutorError:
                return self.name_size(value.expr, node)
        return self.refuse_value(node, value)

    def name_size(self, expr: Expr, node: ast.AST) -> Expr:
        """A size that is a formula of letters, 4*d, as a letter of its own: the same one for the same formula."""
        letters = {size for shape in self.recorder.shapes.values() for size in shape if isinstance(size, str)}
        if not names(expr) or any(name in self.recorder.shapes and name not in letters for name in names(expr)):
            raise self.source.refuse(node, tell("a size that is a formula"), tell("give shapes in numbers"))
        text = write_plain(expr)
        if text not in self.size_letters:
            self.size_letters[text] = self._choose_letter()
        return size_expr(self.size_letters[text])

    def count_entries(self, shape: Shape, node: ast.AST) -> Any:
        """How many entries an array has."""
        value: Any = 1
        for size in shape:
            value = self.combine(ast.Mult(), value, write_size(size), node)
        return value


def _name_kind(node: ast.AST) -> str:
    return _KINDS.get(type(node)) or type(node).__name__


_KINDS: dict[type[ast.AST], str] = {
    ast.NamedExpr: ":=", ast.Await: "await", ast.Yield: "yield", ast.YieldFrom: "yield from", ast.Set: "{…}", ast.SetComp: "{… for …}",
    ast.DictComp: "{…: … for …}", ast.Starred: "*",
}
_HINTS: dict[type[ast.AST], str] = {ast.NamedExpr: tell("write the assignment as a statement of its own")}
_NAMED: dict[type[ast.operator], str] = {ast.Mod: "%", ast.FloorDiv: "//", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
                                         ast.LShift: "<<", ast.RShift: ">>"}  # fmt: skip
_SIGNS: dict[type[ast.operator], Callable[[Expr, Expr], Expr]] = {
    ast.Add: lambda one, two: Add((*(one.args if type(one) is Add else (one,)), two)), ast.Sub: subtract, ast.Mult: multiply_each,
    ast.Div: Div, ast.Pow: Pow, ast.MatMult: lambda one, two: Call("matmul", (one, two)),
}  # fmt: skip
_READERS: dict[type[ast.expr], str] = {
    ast.Constant: "read_constant", ast.Name: "read_name", ast.Attribute: "read_attribute",
    ast.Subscript: "read_subscript", ast.Tuple: "read_sequence", ast.List: "read_sequence",
    ast.Dict: "read_dictionary", ast.UnaryOp: "read_unary", ast.BinOp: "read_binary",
    ast.Compare: "read_comparison", ast.IfExp: "read_choice", ast.BoolOp: "read_logic",
    ast.Lambda: "read_lambda",
    ast.JoinedStr: "read_text", ast.Call: "read_call",
    ast.ListComp: "read_comprehension", ast.GeneratorExp: "read_comprehension",
}  # fmt: skip
