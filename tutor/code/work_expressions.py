"""The expressions of a program, worked out at numbers: each kind of part a method, nothing that is not here is read."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.code.array_methods import Pair, call_array, call_dictionary, call_list, call_text, read_array_word
from tutor.code.code_values import BoundMethod, ClassOf, Function, Guess, LibraryWord, Lost, NotRead, Object, Record, TooLong
from tutor.code.guess_shapes import Sizes, seed_of
from tutor.code.guessing import GuessedDictionary, Guesser, World
from tutor.code.library_calls import AXIS_WORDS, DROPPED, find_variance, make_table, take_real
from tutor.numbers.arrays import np

MOST_PARTS = 150_000
"""So many parts of a program are worked out in one run, loops included."""
LIBRARIES = {"np": "numpy", "numpy": "numpy", "torch": "torch", "F": "torch.nn.functional", "math": "math", "nn": "torch.nn", "cp": "numpy",
             "jnp": "numpy", "scipy": "scipy"}  # fmt: skip
SIGNS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add), ast.Sub: ("-", operator.sub), ast.Mult: ("*", operator.mul), ast.Div: ("/", operator.truediv),
    ast.MatMult: ("@", lambda a, b: np.matmul(a, b)), ast.Pow: ("**", operator.pow), ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod), ast.BitAnd: ("&", operator.and_), ast.BitOr: ("|", operator.or_), ast.BitXor: ("^", operator.xor),
}  # fmt: skip
COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
PYTHON = frozenset({"len", "range", "sum", "max", "min", "list", "tuple", "enumerate", "zip", "reversed", "float", "int", "print", "abs", "str",
                    "bool", "round", "isinstance", "dict", "sorted", "map", "super", "pow", "set", "all", "any", "hasattr", "type", "getattr"})  # fmt: skip
LOUD = ("set_", "save", "plot", "show")


class ExpressionWorker:
    """Works out expressions; a statement worker has it call functions of the program."""

    def __init__(self, world: World, sizes: Sizes, *, number: type = float) -> None:
        self.world, self.number = world, number
        self.guesser = Guesser(world, sizes)
        self.record = Record()
        self.torch = False
        self.module: dict[str, Any] = {}
        self.scope: dict[str, Any] = self.module
        self.parts = 0
        self.drawn = 0
        self.table = make_table(self.draw, lambda: self.number)
        self.depth = 0
        self.traced: dict[int, Any] | None = None

    def draw(self, shape: tuple[int, ...], kind: str) -> Any:
        """Numbers that the program draws: seeded by how many were drawn before."""
        self.drawn += 1
        rng = np.random.default_rng(seed_of(f" drawn {self.drawn}", self.world.seed))
        made = rng.standard_normal(shape) if kind == "normal" else rng.uniform(0.0, 1.0, shape)
        return made.astype(self.number) if shape and kind == "normal" else made

    def read(self, node: ast.expr) -> Any:
        """The value of an expression.  Raises `NotRead` where it has none here."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooLong
        found = _READ.get(type(node))
        if found is None:
            raise NotRead(f"{type(node).__name__} is not read", node)
        value = found(self, node)
        if type(value) is Lost:
            raise value.why
        if self.traced is not None:
            self.traced[id(node)] = value
        return value

    def take(self, node: ast.expr) -> Any:
        """The value of an expression, with a shape for what nobody gives."""
        value = self.read(node)
        return self.guesser.settle(value) if type(value) is Guess else value

    def settle(self, value: Any) -> Any:
        """A value with a shape."""
        return self.guesser.settle(value) if type(value) is Guess else value

    # names, attributes, places

    def read_name(self, node: ast.Name) -> Any:
        """What a name stands for; what nothing defines is a quantity that nobody gives."""
        name = node.id
        for scope in (self.scope, self.module):
            if name in scope:
                value = scope[name]
                return value.value if type(value) is Guess and value.known else value
        if name in PYTHON:
            return LibraryWord(f"python.{name}")
        if name in LIBRARIES:
            return LibraryWord(LIBRARIES[name])
        if hasattr(builtins, name):
            raise NotRead(f"{name} is not read: nothing of the file runs", node)
        if name.startswith("__"):
            return "__main__"
        found = self.module[name] = Guess(name)
        return found

    def read_attribute(self, node: ast.Attribute) -> Any:
        """What stands behind a point."""
        of = self.read(node.value)
        name = node.attr
        if type(of) is LibraryWord:
            if name in ("pi", "e", "inf", "newaxis", "nan"):
                return getattr(np, name)
            return LibraryWord(f"{of.path}.{name}")
        if type(of) is Object:
            return self.read_own(of, name, node)
        if type(of) is ClassOf and name in of.methods:
            return Function(of.methods[name], of.scope)
        if type(of) is Guess:
            of = self.settle(of)
        if isinstance(of, Pair) and name in ("values", "indices"):
            return getattr(of, name)
        if isinstance(of, list | dict | str | tuple):
            return BoundMethod(of, name)
        if isinstance(of, np.ndarray | np.generic | int | float | complex):
            word = read_array_word(of, name, self.torch)
            return BoundMethod(of, name) if word is None else word
        raise NotRead(f".{name} of this is not read", node)

    def read_own(self, of: Object, name: str, node: ast.AST) -> Any:
        """An attribute or a method of an object of the program."""
        if name in of.attributes:
            value = of.attributes[name]
            return value.value if type(value) is Guess and value.known else value
        if of.of is not None:
            if name in of.of.methods:
                method = of.of.methods[name]
                words = {part.id for part in method.decorator_list if isinstance(part, ast.Name)}
                made = Function(method, of.of.scope, of, None if "staticmethod" in words else of)
                return self.call_own(made, [], {}, node) if "property" in words else made
            for part in of.of.node.body:
                if isinstance(part, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in part.targets):
                    return self.read(part.value)
        if name == "training":
            return True
        if name in ("save_for_backward",):
            return BoundMethod(of, name)
        found = of.attributes[name] = Guess(name)
        return found

    def read_subscript(self, node: ast.Subscript) -> Any:
        """An entry or a part."""
        of = self.read(node.value)
        if type(of) is Guess and isinstance(node.slice, ast.Constant | ast.JoinedStr | ast.BinOp):
            key = self.read(node.slice)
            if isinstance(key, str):
                of.value, of.known = GuessedDictionary(), True
                of = of.value
        if isinstance(of, dict):
            key = self.take(node.slice)
            value = of[take_real(key) if isinstance(key, complex) else key]
            return value.value if type(value) is Guess and value.known else value
        of = self.settle(of)
        index = self.read_index(node.slice, of)
        return of[index]

    def read_index(self, node: ast.expr, of: Any) -> Any:
        """What stands in brackets behind an array; labels that nobody gives are whole numbers below the size of their axis."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        found: list[Any] = []
        axis = 0
        for part in parts:
            if isinstance(part, ast.Slice):
                value: Any = slice(*(None if one is None else _whole(self.take(one)) for one in (part.lower, part.upper, part.step)))
            else:
                value = self.read(part)
            if type(value) is Guess:
                size = np.shape(of)[axis] if axis < np.ndim(of) else 1
                before = [np.shape(one) for one in found if isinstance(one, np.ndarray | list | range)]
                if is_place(value):
                    value = self.settle(value)
                else:
                    value = self.guesser.settle_labels(value, size, before[0] if before else None)
            if isinstance(value, range):
                value = list(value)
            value = take_real(value)
            if isinstance(value, float | np.floating) and float(value) == int(value):
                value = int(value)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                value = value.astype(int)
            axis += value is not None and value is not Ellipsis
            found.append(value)
        return tuple(found) if isinstance(node, ast.Tuple) else found[0]

    # signs

    def read_binary(self, node: ast.BinOp) -> Any:
        """A sign between two values."""
        left, right = self.read(node.left), self.read(node.right)
        return self.combine(node.op, left, right, node)

    def combine(self, sign: ast.operator, left: Any, right: Any, node: ast.AST) -> Any:
        """Two values with a sign between them."""
        word, make = SIGNS.get(type(sign), ("", None))
        if make is None:
            raise NotRead(f"the sign {type(sign).__name__} is not read", node)
        if type(left) is Guess or type(right) is Guess:
            left, right = self.guesser.settle_pair(word, left, right)
        if isinstance(left, str) or isinstance(right, str):
            return make(left, right) if word == "+" else "text"
        if isinstance(left, list | tuple) and isinstance(right, int) and word == "*" and len(left) * right > 5_000:
            raise NotRead("a list of more than 5,000 entries", node)
        if word == "**" and isinstance(left, int) and isinstance(right, int) and (abs(right) > 64 or abs(left) > 10_000):
            raise NotRead("a power of whole numbers that is too large", node)
        if word == "*" and isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) > 10**9:
            raise NotRead("a whole number that is too large", node)
        if word in ("//", "%"):
            left, right = take_real(left), take_real(right)
        try:
            return make(left, right)
        except ValueError:
            raise misfit(left, word, right, node) from None

    def read_unary(self, node: ast.UnaryOp) -> Any:
        """A sign before a value."""
        if isinstance(node.op, ast.Not):
            return not self.judge(node.operand)
        value = self.take(node.operand)
        if isinstance(node.op, ast.USub):
            return -value
        return ~take_real(value) if isinstance(node.op, ast.Invert) else value

    def read_compare(self, node: ast.Compare) -> Any:
        """A comparison, by the real parts."""
        left = self.read(node.left)
        result: Any = True
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self.read(part)
            one = self.compare(sign, left, right, node)
            result = one if result is True else result & one
            left = right
        return result

    def compare(self, sign: ast.cmpop, left: Any, right: Any, node: ast.AST) -> Any:
        """One comparison."""
        if isinstance(sign, ast.Is | ast.IsNot):
            same = left is right
            return same if isinstance(sign, ast.Is) else not same
        for one, two in ((left, right), (right, left)):
            if type(one) is Guess and (isinstance(two, str) or (isinstance(two, list | tuple) and two and isinstance(two[0], str))):
                text = self.guesser.settle_text(one, two if isinstance(two, str) else two[0])
                left, right = (text, right) if one is left else (left, text)
        if isinstance(sign, ast.In | ast.NotIn):
            found = self.settle(left) in right if not isinstance(right, GuessedDictionary) else left in dict.keys(right)
            return found if isinstance(sign, ast.In) else not found
        if type(left) is Guess or type(right) is Guess:
            left, right = self.guesser.settle_pair("<", left, right)
        return COMPARED[type(sign)](take_real(left), take_real(right))

    def read_bool(self, node: ast.BoolOp) -> Any:
        """And, or."""
        value: Any = None
        for part in node.values:
            value = self.take(part)
            if bool(np.all(take_real(value)) if isinstance(value, np.ndarray) else value) == isinstance(node.op, ast.Or):
                return value
        return value

    def judge(self, node: ast.expr) -> bool:
        """Whether a condition holds."""
        value = self.read(node)
        if type(value) is Guess:
            value = self.settle(value)
        if type(value) in (LibraryWord, Function):
            return True
        return bool(take_real(value))

    def read_choice(self, node: ast.IfExp) -> Any:
        """One or the other."""
        return self.read(node.body if self.judge(node.test) else node.orelse)

    # collections

    def read_sequence(self, node: ast.Tuple | ast.List) -> Any:
        """A tuple or a list."""
        found: list[Any] = []
        for part in node.elts:
            if isinstance(part, ast.Starred):
                found += list(self.take(part.value))
            else:
                found.append(self.read(part))
        return tuple(found) if isinstance(node, ast.Tuple) else found

    def read_dictionary(self, node: ast.Dict) -> Any:
        """A dictionary."""
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found |= self.take(value)
            else:
                found[self.take(key)] = self.read(value)
        return found

    def read_text(self, node: ast.JoinedStr) -> str:
        """A text with values in it."""
        said = ""
        for part in node.values:
            value = part.value if isinstance(part, ast.Constant) else self.take(part.value) if isinstance(part, ast.FormattedValue) else ""
            said += str(value)[:200]
        return said

    def read_comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Any:
        """A list, made in a loop."""
        own = self.scope
        self.scope = dict(own)
        found: list[Any] = []
        try:
            self._fill(node, 0, found)
        finally:
            self.scope = own
        return dict(found) if isinstance(node, ast.DictComp) else found

    def _fill(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp, place: int, found: list[Any]) -> None:
        if place == len(node.generators):
            found.append((self.take(node.key), self.read(node.value)) if isinstance(node, ast.DictComp) else self.read(node.elt))
            return
        part = node.generators[place]
        for value in self.list_rounds(self.take(part.iter)):
            self.bind_plain(part.target, value)
            if all(self.judge(condition) for condition in part.ifs):
                self._fill(node, place + 1, found)

    def bind_plain(self, target: ast.expr, value: Any) -> None:
        """Names that get values without an event: those of a loop."""
        if isinstance(target, ast.Name):
            self.scope[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            for part, one in zip(target.elts, list(value), strict=True):
                self.bind_plain(part, one)

    def list_rounds(self, value: Any) -> Sequence[Any]:
        """What a loop runs over."""
        if isinstance(value, np.ndarray | list | tuple | range | dict | str | enumerate | zip | reversed):
            return list(value)
        raise NotRead("what this loop runs over is not known")

    # calls

    def read_call(self, node: ast.Call) -> Any:
        """What a function gives."""
        func = self.read(node.func)
        values: list[Any] = []
        for part in node.args:
            if isinstance(part, ast.Starred):
                values += list(self.take(part.value))
            else:
                values.append(self.read(part))
        named: dict[str, Any] = {}
        for word in node.keywords:
            if word.arg is None:
                named |= self.take(word.value)
            else:
                named[word.arg] = self.read(word.value)
        if isinstance(func, Function | ClassOf | Object):
            return self.call_own(func, values, named, node)
        if type(func) is LibraryWord:
            return self.call_library(func.path, values, named, node)
        if type(func) is BoundMethod:
            return self.call_bound(func, values, named, node)
        if type(func) is Guess:
            raise NotRead(f"the function {func.name} is not in the file", node)
        raise NotRead("this is no function that is read", node)

    def call_own(self, func: Any, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A function of the program."""
        raise NotRead("a function of the program", node)

    def call_bound(self, func: BoundMethod, values: list[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A method of a value."""
        if isinstance(func.of, Object):
            func.of.attributes["saved_tensors"] = tuple(values)
            return None
        if isinstance(func.of, dict):
            if func.name == "get" and isinstance(func.of, GuessedDictionary):
                key = values[0]
                return func.of[key] if key in dict.keys(func.of) or len(values) < 2 or values[1] is None else values[1]
            return call_dictionary(func.of, func.name)(*values)
        if isinstance(func.of, list | tuple):
            return call_list(func.of, func.name)(*values)  # type: ignore[arg-type]
        if isinstance(func.of, str):
            return call_text(func.of, func.name)(*values)
        if func.name in ("dot", "matmul", "mm") and values and type(values[0]) is Guess:
            values = [self.guesser.settle_pair("@", func.of, values[0])[1], *values[1:]]
        values = [self.settle(value) for value in values]
        if func.name in ("dot", "matmul", "mm") and len(values) == 1:
            try:
                return self.table["dot"](func.of, values[0])
            except ValueError:
                raise misfit(func.of, "@", values[0], node) from None
        return call_array(func.of, func.name, self.table, self.torch)(*values, **self._clean(named))

    def _clean(self, named: Mapping[str, Any]) -> dict[str, Any]:
        return {AXIS_WORDS.get(word, word): self.settle(value) for word, value in named.items() if word not in DROPPED}

    def call_library(self, path: str, values: list[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A function of a library, by its row."""
        head, _, word = path.partition(".")
        if head == "python":
            return self.call_python(word, values, node)
        for prefix in ("nn.functional.", "nn.", "core."):
            word = word.removeprefix(prefix)
        row = self.table.get(word) or self.table.get(word.rpartition(".")[2] if word.startswith(("linalg.", "special.")) else word)
        if row is None:
            raise NotRead(f"{path} is not read", node)
        if word in ("dot", "matmul", "mm", "multiply", "add", "subtract", "maximum", "divide") and len(values) >= 2:
            sign = "@" if word in ("dot", "matmul", "mm") else "+"
            if sign == "@" and not any(type(value) is Guess for value in values[:2]):
                try:
                    return row(*values, **self._clean(named))
                except ValueError:
                    raise misfit(values[0], "@", values[1], node) from None
            if any(type(value) is Guess for value in values[:2]):
                values[:2] = self.guesser.settle_pair(sign, values[0], values[1])
        values = [self.settle(value) for value in values]
        cleaned = self._clean(named)
        if word == "where" and "where" in named:
            cleaned["where"] = named["where"]
        if word in ("max", "min") and self.torch and (len(values) > 1 or "axis" in cleaned):
            return call_array(values[0], word, self.table, True)(*values[1:], **cleaned)
        if word in ("max", "min", "amax", "amin") and np.iscomplexobj(values[0]):
            return row(*values, **cleaned)
        if word in ("var", "std") and self.torch:
            made = find_variance(*values, **{"ddof": 1, **cleaned})
            return made if word == "var" else np.sqrt(made)
        if word == "transpose" and self.torch and len(values) == 3:
            return np.swapaxes(*values)
        if head == "math":
            return row(*values)
        return row(*values, **cleaned)

    def call_python(self, word: str, values: list[Any], node: ast.AST) -> Any:
        """Python's own functions that are read."""
        if word == "isinstance":
            return isinstance(values[0], np.ndarray)
        if word in ("hasattr", "getattr", "type", "map", "set", "sorted"):
            raise NotRead(f"{word} is not read", node)
        if word == "print":
            return None
        if word == "super":
            return Object(None, {"__init__": LibraryWord("python.print")})
        values = [self.settle(value) for value in values]
        if word == "range":
            rounds = range(*(_whole(value) for value in values))
            return rounds if len(rounds) <= 5_000 else _refuse("a loop of more than 5,000 rounds")
        if word == "sum":
            start = values[1] if len(values) > 1 else 0
            for value in self.list_rounds(values[0]):
                start = start + value
            return start
        if word in ("float", "int"):
            return int(take_real(values[0])) if word == "int" else values[0]
        if word == "abs":
            return self.table["abs"](values[0])
        if word in ("max", "min"):
            listed = list(values[0]) if len(values) == 1 else values
            return getattr(builtins, word)(listed, key=take_real)
        if word == "str":
            return str(values[0])[:200]
        return _BUILT_IN[word](*values)


_BUILT_IN: dict[str, Callable[..., Any]] = {
    "len": len, "list": list, "tuple": tuple, "enumerate": lambda x, start=0: list(enumerate(x, start)), "zip": lambda *parts: list(zip(*parts, strict=False)),
    "reversed": lambda x: list(reversed(list(x))), "bool": bool, "round": lambda x, *more: x, "dict": dict, "all": all, "any": any, "pow": operator.pow,
}  # fmt: skip


def _refuse(what: str) -> Any:
    raise NotRead(what)


def _whole(value: Any) -> Any:
    value = take_real(value)
    return int(value) if isinstance(value, float | np.floating | np.integer) and float(value) == int(value) else value


def misfit(left: Any, sign: str, right: Any, node: ast.AST) -> NotRead:
    """Two shapes that do not fit together, as Python would refuse them."""
    return NotRead(f"{np.shape(left)} {sign} {np.shape(right)}: the shapes do not fit", node, fails=True)


def is_place(guess: Guess) -> bool:
    """Whether a name in brackets is one place rather than labels."""
    return len(guess.name) == 1 and guess.name in "ijklt"


def _read_constant(worker: ExpressionWorker, node: ast.Constant) -> Any:
    if isinstance(node.value, int) and abs(node.value) > 10**12:
        raise NotRead("a whole number that is too large", node)
    return node.value


_READ: dict[type[ast.expr], Callable[[Any, Any], Any]] = {
    ast.Name: ExpressionWorker.read_name, ast.Attribute: ExpressionWorker.read_attribute, ast.Subscript: ExpressionWorker.read_subscript,
    ast.BinOp: ExpressionWorker.read_binary, ast.UnaryOp: ExpressionWorker.read_unary, ast.Compare: ExpressionWorker.read_compare,
    ast.BoolOp: ExpressionWorker.read_bool, ast.IfExp: ExpressionWorker.read_choice, ast.Tuple: ExpressionWorker.read_sequence,
    ast.List: ExpressionWorker.read_sequence, ast.Dict: ExpressionWorker.read_dictionary, ast.JoinedStr: ExpressionWorker.read_text,
    ast.ListComp: ExpressionWorker.read_comprehension, ast.GeneratorExp: ExpressionWorker.read_comprehension,
    ast.DictComp: ExpressionWorker.read_comprehension, ast.Call: ExpressionWorker.read_call, ast.Constant: _read_constant,
    ast.Lambda: lambda worker, node: Function(node, dict(worker.scope)),
}  # fmt: skip
