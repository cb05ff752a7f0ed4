"""The calls of a program, worked out at numbers: of its own functions, of methods, of the closed table of the libraries."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from tutor.code.array_methods import call_array, call_dictionary, call_list, call_text
from tutor.code.code_values import (
    BoundMethod,
    ClassOf,
    Guess,
    LibraryWord,
    NotRead,
    Object,
    ProgramFunction,
)
from tutor.code.failures import refuse_misfit
from tutor.code.formatted_texts import take_plain
from tutor.code.guessing import GuessedDictionary
from tutor.code.idle_libraries import call_idle, describe_floats, is_idle_library
from tutor.code.library_calls import AXIS_WORDS, DROPPED, find_variance, take_real
from tutor.code.library_names import READ
from tutor.code.size_bounds import LONGEST, check_call, check_pair, weigh_call, weigh_product
from tutor.code.sized_guesses import count_needed_axes, is_kind
from tutor.code.targets import INITIALISER
from tutor.code.usual_helpers import choose_meaning
from tutor.code.work_expressions import ExpressionWorker
from tutor.code.work_places import take_whole
from tutor.errors import tell
from tutor.numbers.arrays import np

KNOWN = frozenset({"sigmoid", "relu", "softmax", "tanh", "log_softmax"})
"""Functions that are known by their names where the file does not have them."""
JOINING = frozenset({"concatenate", "vstack", "hstack", "column_stack", "cat"})
COPIES = frozenset({"astype", "copy", "clone", "detach", "contiguous", "float", "double"})
"""Methods that give the same array once more."""
WRAPPERS = frozenset({"Tensor", "Variable"})
"""A class of another file that is called so holds an array, ``a.data``, and how it was made: here it is the array."""
SAME_RANDOM = {"random.gauss": "random.normal", "random.normalvariate": "random.normal", "random.randrange": "random.randint",
               "random.standard_normal": "random.randn", "random.integers": "random.randint"}  # fmt: skip
"""Names of random numbers that are drawn as under another name."""
PAIRED = {"multiply": "*", "add": "+", "subtract": "-", "divide": "/", "maximum": "max", "minimum": "min", "mul": "*"}

class CallWorker(ExpressionWorker):
    """Works out calls."""

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
        wrapped = isinstance(node.func, ast.Attribute) and node.func.attr in WRAPPERS and bool(values)
        if wrapped and not (type(func) is LibraryWord and func.path.partition(".")[0] in READ):
            return self.settle(values[0])
        if isinstance(func, ProgramFunction | ClassOf | Object):
            return self.call_own(func, values, named, node)
        if type(func) is LibraryWord:
            return self.call_library(func.path, values, named, node)
        if type(func) is BoundMethod:
            return self.call_bound(func, values, named, node)
        if type(func) is Guess:
            if func.name in self.table and func.name in KNOWN:
                return self.call_library(f"numpy.{func.name}", values, self.name_axis(func.name, values, named), node)
            meaning = choose_meaning(func.name, self.world.meanings)
            if meaning is not None:
                if len(values) == 2 and any(type(value) is Guess for value in values):
                    values = [*self.guesser.settle_pair("-", *values)]
                self.guesser.assumed[func.name] = meaning.says(func.name)
                return meaning.make(self.world.columns, *(self.settle(value) for value in values), **self._drop_needless(named))
            sizes = self._list_sizes(values) if INITIALISER.search(func.name) else None
            if sizes is not None:
                return self.draw(sizes, "normal")
            raise NotRead(tell("the function {word} is not in the file", word=func.name), node)
        raise NotRead(tell("what is called here is no function that is read"), node)

    def call_value(self, func: Any, values: list[Any], node: ast.AST) -> Any:
        """What a function gives that is a value itself: one of the program, or of a library."""
        if type(func) is LibraryWord:
            return self.call_library(func.path, values, {}, node)
        return self.call_own(func, values, {}, node)

    def _list_sizes(self, values: Sequence[Any]) -> tuple[int, ...] | None:
        """The sizes that a function is given which makes weights, ``weight_init_fn(rows, columns)``; nothing where it is given others."""
        settled = [self.settle_parts(value) for value in values]
        flat = [one for value in settled for one in (value if isinstance(value, tuple | list) else (value,))]
        return tuple(flat) if flat and all(type(one) is int and one > 0 for one in flat) else None

    def name_axis(self, word: str, values: Sequence[Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
        """The axis of a softmax that is not in the file: that of the classes, where samples are columns the first one."""
        if word.endswith("softmax") and self.world.columns and len(values) == 1 and not named and np.ndim(self.settle(values[0])) == 2:
            return {"axis": 0}
        return named

    def call_bound(self, func: BoundMethod, values: list[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A method of a value."""
        if isinstance(func.of, Object):
            func.of.attributes["saved_tensors"] = tuple(values)
            return None
        if isinstance(func.of, dict):
            if func.name == "update" and len(values) > 1:  # of an optimizer that nobody gives
                raise NotRead(tell("the function {word} is not in the file", word=func.name), node)
            if func.name == "get" and isinstance(func.of, GuessedDictionary):
                key = values[0]
                known = key in dict.keys(func.of) or key in func.of.settings  # of pad=0 a slice by -pad would be empty
                return func.of[key] if known or len(values) < 2 or values[1] is None else values[1]
            return call_dictionary(func.of, func.name)(*values)
        if isinstance(func.of, list | tuple):
            return call_list(func.of, func.name)(*values)  # type: ignore[arg-type]
        if isinstance(func.of, str):
            return call_text(func.of, func.name)(*values)
        if func.name in ("dot", "matmul", "mm") and values and type(values[0]) is Guess:
            values = [self.guesser.settle_pair("@", func.of, values[0])[1], *values[1:]]
        values = [self.settle(value) for value in values]
        if func.name in ("reshape", "view") and values and isinstance(func.of, np.ndarray):
            return self.change_shape(func.of, values, node)
        if func.name in ("dot", "matmul", "mm") and len(values) == 1:
            check_pair("@", func.of, values[0])
            self.weigh(weigh_product(func.of, values[0]))
            try:
                return self.keep_made("@", func.of, values[0], self.table["dot"](func.of, values[0]))
            except ValueError:
                raise refuse_misfit(func.of, "@", values[0], node) from None
        kept = self._drop_needless(named)
        self.require_axes(func.of, count_needed_axes(func.name, values, kept), node)
        check_call(func.name, [func.of, *values], list(kept.values()))
        self.weigh(weigh_call(func.name, [func.of, *values]))
        torch = self.torch and not (self.numpy and {"axis", "keepdims"} & {*named})  # x.max(axis=1) beside torch is NumPy's
        made = call_array(func.of, func.name, self.table, torch)(*values, **kept)
        return self.keep_made("*", func.of, 1.0, made) if func.name in COPIES else made

    def change_shape(self, array: Any, sizes: Sequence[Any], node: ast.AST) -> Any:
        """An array in another shape; where the sizes do not go together, the guess of its own shape may be wrong."""
        flat = [self.settle(size) for part in sizes for size in (part if isinstance(part, tuple | list) else [part])]
        wanted = tuple(int(take_real(size)) for size in flat)
        try:
            return np.reshape(array, wanted)
        except ValueError:
            what = tell("an array of the shape {shape} is not reshaped to {wanted}", shape=str(np.shape(array)), wanted=str(wanted))
            why = NotRead(what, node, fails=True)
            whole = next((own for own in self.guessed.values() if array.base is own and np.ndim(own) == 1), None)
            if whole is not None and min(wanted) > 0 and np.size(array) < np.prod(wanted):  # a part of all parameters in one row
                why.operands = (whole, "size", np.empty(np.size(whole) + int(np.prod(wanted)) - np.size(array)))
            elif all(size > 0 for size in wanted):
                why.operands = (array, "reshape", np.empty(wanted))
            elif wanted.count(-1) == 1 and len(wanted) > 2 and min(size for size in wanted if size != -1) > 0:  # of several positions
                place = wanted.index(-1)
                steps = (*wanted[:place], self.guesser.sizes.find("T"), int(np.prod(wanted[place + 1 :])))
                why.operands = (array, "reshape", np.empty(steps if place + 1 < len(wanted) else steps[:-1]))
            raise why from None

    def _drop_needless(self, named: Mapping[str, Any]) -> dict[str, Any]:
        return {AXIS_WORDS.get(word, word): self.settle_parts(value) for word, value in named.items() if word not in DROPPED}

    def call_library(self, path: str, values: list[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A function of a library, by its row."""
        head, _, word = path.partition(".")
        torch = head == "torch"
        if is_idle_library(path):
            return call_idle(path, values)
        if path in ("numpy.finfo", "torch.finfo"):
            return describe_floats()
        if path == "functools.reduce" and len(values) > 1:
            return self._reduce(values[0], [*values[2:3], *self.list_rounds(values[1])], node)
        if head == "python" or path in ("itertools.product", "collections.OrderedDict"):
            return self.call_python(word, self._place_named(word, values, named, node), node)
        for prefix in ("nn.functional.", "nn.", "core."):
            word = word.removeprefix(prefix)
        word = f"random.{word}" if head == "random" else word  # Python's own: one number at a time
        word = SAME_RANDOM.get(word, word)
        if word in ("random.RandomState", "random.default_rng", "random.Generator", "Generator", "random.manual_seed"):
            return LibraryWord("numpy.random")
        if word in ("reshape",) and values and isinstance(self.settle(values[0]), np.ndarray):
            return self.change_shape(
                self.settle(values[0]), values[1:] or [named.get("shape", named.get("newshape"))], node
            )
        if word == "apply_along_axis" and len(values) == 3:
            return self.apply_along(values[0], int(take_real(self.settle(values[1]))), self.settle(values[2]), node)
        word = "torch pad" if word == "pad" and torch else word
        row = self.table.get(word) or self.table.get(
            word.rpartition(".")[2] if word.startswith(("linalg.", "special.")) else word
        )
        if row is None:
            raise NotRead(tell("the function {word} is not read", word=path), node)
        if word in ("dot", "matmul", "mm", "multiply", "add", "subtract", "maximum", "divide") and len(values) >= 2:
            sign = "@" if word in ("dot", "matmul", "mm") else "+"
            if any(type(value) is Guess for value in values[:2]):
                values[:2] = self.guesser.settle_pair(sign, values[0], values[1])
            if sign == "@":
                return self._multiply(row, values, named, node)
        if word in JOINING and values and isinstance(values[0], list | tuple):
            values[0] = self.guesser.settle_joined(values[0])
        values = [self.settle_parts(value) for value in values]
        if head == "math" and any(isinstance(value, np.ndarray) and value.size > 1 for value in values):  # as Python refuses it
            raise NotRead(tell("an array stands where one number is needed"), node, fails=True)
        cleaned = self._drop_needless(named)
        self.require_axes(values[0] if values else None, count_needed_axes(word, values[1:], cleaned), node)
        check_call(word, values, list(cleaned.values()))
        self.weigh(weigh_call(word, values))
        if word == "where" and "where" in named:
            cleaned["where"] = named["where"]
        if word in ("max", "min") and torch and (len(values) > 1 or "axis" in cleaned):
            return call_array(values[0], word, self.table, True)(*values[1:], **cleaned)
        if word in ("max", "min", "amax", "amin") and np.iscomplexobj(values[0]):
            return row(*values, **cleaned)
        if word in ("var", "std") and torch:
            made = find_variance(*values, **{"ddof": 1, **cleaned})
            return made if word == "var" else np.sqrt(made)
        if word == "transpose" and torch and len(values) == 3:
            return np.swapaxes(*values)
        try:
            return self._keep_alike(values, cleaned, row(*values) if head == "math" else row(*values, **cleaned))
        except ValueError:
            if word in PAIRED and len(values) == 2:
                raise refuse_misfit(values[0], PAIRED[word], values[1], node) from None
            raise

    def _multiply(self, row: Any, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A product of matrices, refused at its call where it does not fit."""
        try:
            check_pair("@", values[0], values[1])
            self.weigh(weigh_product(values[0], values[1]))
            return self.keep_made("@", values[0], values[1], row(*values, **self._drop_needless(named)))
        except ValueError:
            raise refuse_misfit(values[0], "@", values[1], node) from None

    def _reduce(self, function: Any, values: Sequence[Any], node: ast.AST) -> Any:
        """functools.reduce: what a function makes of values, two at a time."""
        made, *left = values or [None]
        for one in left:
            made = self.call_value(function, [made, one], node)
        return made

    def _keep_alike(self, values: Sequence[Any], named: Mapping[str, Any], made: Any) -> Any:
        """What a function makes of every entry of one array: shapes are followed through it."""
        own = np.shape(values[0]) if len(values) == 1 and not named and isinstance(values[0], np.ndarray) else ()
        return self.keep_made("*", values[0], 1.0, made) if own != () and np.shape(made) == own else made

    def apply_along(self, func: Any, axis: int, array: Any, node: ast.AST) -> Any:
        """A function of the program, of each row of an array along an axis."""
        rows = np.moveaxis(array, axis, -1)
        if rows.size // max(1, rows.shape[-1]) > LONGEST:
            raise NotRead(tell("a loop of more than {limit:,} rounds", limit=LONGEST), node)
        made = [self.settle(self.call_own(func, [row], {}, node)) for row in rows.reshape(-1, rows.shape[-1])]
        whole = np.stack(made).reshape(*rows.shape[:-1], *np.shape(made[0]))
        return np.moveaxis(whole, -1, axis) if np.ndim(made[0]) == 1 else whole

    def _place_named(self, word: str, values: list[Any], named: Mapping[str, Any], node: ast.AST) -> list[Any]:
        """The values of one of Python's own functions with those that have names: ``dict(x=x)``, ``enumerate(x, start=1)``."""
        if word == "dict":
            return [{**(dict(self.settle(values[0])) if values else {}), **named}]
        placed = {"enumerate": "start", "sum": "start"}.get(word, "")
        for name in named:
            if name != placed and word in ("enumerate", "sum", "max", "min", "int", "all", "any"):
                raise NotRead(tell("the argument {name} of {word} is not read", name=name, word=word), node)
        return [*values, named[placed]] if placed in named else values

    def call_python(self, word: str, values: list[Any], node: ast.AST) -> Any:
        """Python's own functions that are read."""
        self.parts += sum(len(one) for one in values if isinstance(one, list | tuple))
        if word == "isinstance":
            shaped = type(values[0]) is Guess and values[0].name in self.guesser.tuples
            return is_kind(self.settle(values[0]) if shaped else values[0], values[1])
        if word in ("hasattr", "getattr", "type", "map", "set", "sorted"):
            raise NotRead(tell("the function {word} is not read", word=word), node)
        if word == "print":
            return None
        if word == "sample":  # the place of a word, among the first five
            return int(5 * take_real(self.draw((), "uniform")))
        if word in ("list", "tuple") and values and type(values[0]) is Guess and values[0].name in self.guesser.labels:
            return values[0]
        if word == "len" and values and isinstance(self.settle(values[0]), GuessedDictionary) and not self.settle(values[0]):
            return 4
        if word == "super":
            return Object(None, {"__init__": LibraryWord("python.print")})
        values = [self.settle(value) for value in values]
        self.parts += sum(len(value) // 10 for value in values if isinstance(value, list | tuple | range))
        if word in ("range", "xrange"):  # Python 2 has both
            rounds = range(*(take_whole(value) for value in values))
            if len(rounds) > LONGEST and not self.one_round:
                raise NotRead(tell("a loop of more than {limit:,} rounds", limit=LONGEST), node)
            return rounds[:LONGEST]
        if word == "product":
            if prod(len(self.list_rounds(value)) for value in values) > LONGEST:
                raise NotRead(tell("a loop of more than {limit:,} rounds", limit=LONGEST), node)
            return list(itertools.product(*map(self.list_rounds, values)))
        if word == "pow" and len(values) == 2:
            return self.combine(ast.Pow(), values[0], values[1], node)
        if word == "sum":
            start = values[1] if len(values) > 1 else 0
            for value in self.list_rounds(values[0]):
                check_pair("+", start, value)
                start = start + value
            return start
        if word in ("float", "int"):
            value = values[0]
            if isinstance(value, np.ndarray) and value.size == 1:  # of one entry, however many axes
                value = value.reshape(())[()]
            return int(take_real(value)) if word == "int" else float(value) if type(value) is int else value
        if word == "abs":
            return self.table["abs"](values[0])
        if word in ("max", "min"):
            listed = list(values[0]) if len(values) == 1 else values
            return getattr(builtins, word)(listed, key=take_real)
        if word == "str":
            return str(take_plain(values[0]))[:200]
        return _BUILT_IN[word](*values)


_BUILT_IN: dict[str, Callable[..., Any]] = {
    "len": len, "list": list, "tuple": tuple, "enumerate": lambda x, start=0: list(enumerate(x, start)),
        "zip": lambda *parts: list(zip(*parts, strict=False)),
    "reversed": lambda x: list(reversed(list(x))), "bool": bool, "round": lambda x, *more: x, "slice": slice,
    "dict": dict, "OrderedDict": dict, "all": all, "any": any, "divmod": lambda a, b: divmod(take_real(a), take_real(b)),
}  # fmt: skip
