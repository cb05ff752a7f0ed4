"""The expressions of a program, worked out at numbers: each kind of part a method, nothing that is not here is read."""

from __future__ import annotations

import ast
import builtins
import operator
import re
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.code.array_methods import Pair, read_array_word
from tutor.code.code_values import (
    BoundMethod,
    ClassOf,
    Guess,
    LibraryWord,
    Lost,
    NotRead,
    Object,
    ProgramFunction,
    Record,
    TooLong,
)
from tutor.code.failures import refuse_misfit
from tutor.code.formatted_texts import take_plain, write_formatted
from tutor.code.guess_shapes import LABELS, SAMPLES, WORD_PLACES, Sizes, find_seed
from tutor.code.guessing import GuessedDictionary, GuessedWorld, Guesser, find_word
from tutor.code.library_calls import make_table, take_real
from tutor.code.library_names import LIBRARIES, PYTHON, READ
from tutor.code.loop_pace import MOST_BULK, MOST_PARTS, LoopPace
from tutor.code.returned_values import RESTS
from tutor.code.size_bounds import check_grown, check_pair, check_picked, read_constant, weigh_product, weigh_value
from tutor.code.work_places import PlaceWorker
from tutor.errors import tell
from tutor.numbers.arrays import np
from tutor.program.unread_kinds import find_instead

SIGNS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add), ast.Sub: ("-", operator.sub), ast.Mult: ("*", operator.mul), ast.Div: ("/", operator.truediv),
    ast.MatMult: ("@", lambda a, b: np.matmul(a, b)), ast.Pow: ("**", operator.pow), ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod), ast.BitAnd: ("&", operator.and_), ast.BitOr: ("|", operator.or_), ast.BitXor: ("^", operator.xor),
}  # fmt: skip
COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
LOUD = ("set_", "save", "plot", "show")


class ExpressionWorker(PlaceWorker):
    """Works out expressions; a statement worker has it call functions of the program."""

    def __init__(
        self, world: GuessedWorld, sizes: Sizes, *, number: type = float, table: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        self.world, self.number = world, number
        self.guesser = Guesser(world, sizes)
        self.record = Record()
        self.torch = self.numpy = self.old = False
        self.imported: set[str] = set()
        self.chosen: frozenset[int] = frozenset()
        self.module: dict[str, Any] = {}
        self.scope: dict[str, Any] = self.module
        self.parts, self.repeats = 0, 1
        self.one_round = False
        self.table = table or make_table(self.draw, lambda: self.number)
        self.drawn = self.depth = 0
        self.traced: dict[int, Any] | None = None
        self.watch: Callable[[ast.expr, Any], Any] | None = None
        self.made: dict[int, tuple[str, Any, Any, Any]] = {}
        self.settled = False
        self.guessed: dict[str, Any] = {}
        self.failing: tuple[BaseException | None, ast.AST | None] = None, None  # the innermost part at which Python would stop
        self.scaled = False  # whether one number stood in a product of matrices, np.dot(2.0, W)

    def draw(self, shape: tuple[int, ...], kind: str) -> Any:
        """Numbers that the program draws: seeded by how many were drawn before."""
        self.drawn += 1
        rng = np.random.default_rng(find_seed(f" drawn {self.drawn}", self.world.seed))
        made = rng.standard_normal(shape) if kind == "normal" else rng.uniform(0.0, 1.0, shape)
        return made.astype(self.number) if shape and kind == "normal" else made

    def read(self, node: ast.expr) -> Any:
        """The value of an expression.  Raises `NotRead` where it has none here."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooLong
        found = _READ.get(type(node))
        if found is None:
            name, instead = find_instead(node)
            raise NotRead(tell("{what} is not read: {instead}", what=name, instead=instead), node)
        try:
            value = found(self, node)
        except NotRead as why:
            why.node = why.node or node
            raise
        except Exception as error:
            self.failing = self.failing if self.failing[0] is error else (error, node)
            raise
        if type(value) is Lost:
            raise value.why
        if type(value) in (list, tuple, dict, str, np.ndarray):
            self.weigh(weigh_value(check_grown(value)))
        if self.traced is not None:
            self.traced[id(node)] = value
        return value if self.watch is None else self.watch(node, value)

    def weigh(self, parts: int) -> None:
        """Count what a large value takes in time and in room besides its own part.  Raises `TooLong` for too much of it in one run."""
        self.parts += parts
        self.record.bulk += parts
        if self.record.bulk > MOST_BULK:
            raise TooLong

    def take(self, node: ast.expr) -> Any:
        """The value of an expression, with a shape for what nobody gives."""
        value = self.read(node)
        return self.guesser.settle(value) if type(value) is Guess else value

    def settle(self, value: Any) -> Any:
        """A value with a shape."""
        return self.guesser.settle(value) if type(value) is Guess else value

    def settle_parts(self, value: Any) -> Any:
        """A value with a shape; of a tuple its parts, which are sizes, also of one in it: ``((0, 0), (pad, pad))``."""
        if type(value) in (tuple, list) and any(type(one) in (Guess, tuple, list) for one in value):
            return type(value)(self.settle_parts(one) for one in value)
        return self.settle(value)

    # names, attributes, places

    def read_name(self, node: ast.Name) -> Any:
        """What a name stands for; what nothing defines is a quantity that nobody gives."""
        name = node.id
        for scope in (self.scope, self.module):
            if name in scope:
                value = scope[name]
                return value.value if type(value) is Guess and value.known else value
        if id(node) in self.chosen:  # none of the choices of a function has given it a value
            raise NotRead(tell("{name} has no value here", name=name), node)
        if name in PYTHON:
            return LibraryWord(f"python.{name}")
        if name in LIBRARIES:
            return LibraryWord(LIBRARIES[name])
        if hasattr(builtins, name):
            raise NotRead(tell("{word} is not read: nothing of the file runs", word=name), node)
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
            return self.find_imported(name, of.path) or LibraryWord(f"{of.path}.{name}")
        if type(of) is Guess and of.name in self.imported and (found := self.find_imported(name)) is not None:
            return found
        if type(of) is Object:
            return self.read_own(of, name, node)
        if type(of) is ClassOf and name in of.methods:
            return ProgramFunction(of.methods[name], of.scope)
        if type(of) is ClassOf:
            own = [part.value for part in of.node.body if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == name]
            if own:
                return self.read(own[-1])
        if type(of) is Guess and SAMPLES.match(name):
            return LibraryWord("python.sample")
        if type(of) is Guess and name in ("get", "setdefault", "keys", "items", "values", "update"):
            of.value, of.known = self.guesser.make_dictionary(of.name), True
            of = of.value
        if type(of) is Guess:
            of = self.settle(self.guesser.note_asked(of, name))
        if isinstance(of, Pair) and name in ("values", "indices"):
            return getattr(of, name)
        if isinstance(of, list | dict | str | tuple):
            return BoundMethod(of, name)
        if isinstance(of, np.ndarray | np.generic | int | float | complex):
            word = read_array_word(of, name, self.torch)
            return BoundMethod(of, name) if word is None else word
        raise NotRead(tell("what {word} is here is not known", word=f".{name}"), node)

    def find_imported(self, name: str, path: str = "") -> Any:
        """What a file beside the program defines: ``layers.Dense`` is Dense, which was read with that file; nothing of a library."""
        found = None if path.partition(".")[0] in READ else self.module.get(name)
        return found if isinstance(found, ClassOf | ProgramFunction) else None

    def read_own(self, of: Object, name: str, node: ast.AST) -> Any:
        """An attribute or a method of an object of the program."""
        if name in of.attributes:
            value = of.attributes[name]
            return value.value if type(value) is Guess and value.known else value
        if of.of is not None:
            if name in of.of.methods:
                method = of.of.methods[name]
                words = {part.id for part in method.decorator_list if isinstance(part, ast.Name)}
                made = ProgramFunction(method, of.of.scope, of, None if "staticmethod" in words else of)
                return self.call_own(made, [], {}, node) if "property" in words else made
            for part in of.of.node.body:
                if isinstance(part, ast.Assign) and any(
                    isinstance(one, ast.Name) and one.id == name for one in part.targets
                ):
                    return self.read(part.value)
        if name == "training":
            return True
        if name in ("save_for_backward",):
            return BoundMethod(of, name)
        if self.world.bare and of.of is not None and any(
            isinstance(part, ast.Attribute) and part.attr == name and isinstance(part.ctx, ast.Store) for part in ast.walk(of.of.node)
        ):  # only where a mask, say, is given
            return None
        found = of.attributes[name] = Guess(name)
        return found

    def read_subscript(self, node: ast.Subscript) -> Any:
        """An entry or a part."""
        of = self.read(node.value)
        if type(of) is Guess and of.hint is None and WORD_PLACES.match(of.name):
            return self.find_word(self.read(node.slice))
        if type(of) is Guess and isinstance(node.slice, ast.Constant | ast.JoinedStr | ast.BinOp):
            key = self.read(node.slice)
            if isinstance(key, str):
                of.value, of.known = self.guesser.make_dictionary(of.name), True
                of = of.value
        if type(of) is LibraryWord and of.path in ("numpy.c_", "numpy.r_"):
            listed = [self.take(part) for part in (node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])]
            check_grown(listed)
            return self.table["column_stack" if of.path == "numpy.c_" else "concatenate"]([np.atleast_1d(part) for part in listed])
        if isinstance(of, dict):
            key = self.take_key(node.slice, of)
            value = of[take_real(key) if isinstance(key, complex) else key]
            return value.value if type(value) is Guess and value.known else value
        of = self.settle(of)
        if isinstance(of, tuple) and getattr(node.value, "attr", "") == "shape" and isinstance(node.slice, ast.Constant):
            place = node.slice.value
            if isinstance(node.value, ast.Attribute) and type(place) is int and place >= len(of):
                self.require_axes(self.settle(self.read(node.value.value)), place + 1, node)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        if isinstance(of, np.ndarray):
            self.require_axes(of, sum(map(_is_along, parts)), node)
        index = self.read_index(node.slice, of)
        if isinstance(of, np.ndarray):
            if not self.settled and isinstance(index, tuple | slice):
                self.check_reach(of, index if isinstance(index, tuple) else (index,), node)
            check_picked(of, index)
        picked = isinstance(index, np.ndarray) and index.ndim == 1 and np.ndim(of) > 1
        return self.keep_made("picked", of, index, of[index]) if picked else of[index]

    def find_word(self, word: Any) -> int:
        """The place of a word that nobody gives in a table of words: one of the first three, the same for the same word."""
        said = word.name if type(word) is Guess else str(np.round(take_real(np.asarray(word)), 6)) if not isinstance(word, str) else word
        return find_word(said, self.world.seed)

    def read_binary(self, node: ast.BinOp) -> Any:
        """A sign between two values."""
        left, right = self.read(node.left), self.read(node.right)
        return self.combine(node.op, left, right, node)

    def combine(self, sign: ast.operator, left: Any, right: Any, node: ast.AST) -> Any:
        """Two values with a sign between them."""
        word, make = SIGNS.get(type(sign), ("", None))
        if make is None:
            raise NotRead(tell("this sign is not read here"), node)
        if type(left) is Guess or type(right) is Guess:
            if isinstance(left, tuple) or isinstance(right, tuple):  # sizes, one after the other
                left, right = self.settle(left), self.settle(right)
            left, right = self.guesser.settle_pair(word, left, right)
        if isinstance(left, str) or isinstance(right, str):
            if word == "%" and re.fullmatch(r"([^%]|%\d?[sdi]|%%){0,200}", str(left)):
                return str(left) % (tuple(map(take_plain, right)) if isinstance(right, tuple) else take_plain(right))
            check_pair(word, left, right)
            return make(left, right) if word in "+*" else "text"
        check_pair(word, left, right)
        if word == "@":
            self.weigh(weigh_product(left, right))
        if self.old and word == "/" and _is_whole(left) and _is_whole(right):
            word, make = SIGNS[ast.FloorDiv]
        if (
            word == "**"
            and isinstance(left, int)
            and isinstance(right, int)
            and (abs(right) > 64 or abs(left) > 10_000)
        ):
            raise NotRead(tell("a power of whole numbers that is too large"), node)
        if word == "*" and isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) > 10**9:
            raise NotRead(tell("a whole number that is too large"), node)
        if word in ("//", "%"):
            left, right = take_real(left), take_real(right)
        try:
            made = make(left, right)
        except ValueError:
            raise refuse_misfit(left, word, right, node) from None
        if type(made) is complex and complex not in (type(left), type(right)):  # (-2.0) ** 0.5
            raise NotRead(tell("complex numbers and bytes are not read"), node)
        return self.keep_made(word, left, right, made)

    def keep_made(self, sign: str, left: Any, right: Any, made: Any) -> Any:
        """Remember what an array was computed of, as long as shapes are still guessed."""
        self.scaled |= sign == "@" and not (np.ndim(left) and np.ndim(right))
        if not self.settled and isinstance(made, np.ndarray) and len(self.made) < 2_000:
            self.made[id(made)] = (sign, left, right, made)
        return made

    def read_unary(self, node: ast.UnaryOp) -> Any:
        """A sign before a value."""
        if isinstance(node.op, ast.Not):
            return not self.judge(node.operand)
        value = self.take(node.operand)
        if isinstance(node.op, ast.USub):
            return self.keep_made("*", value, 1.0, -value)
        return ~take_real(value) if isinstance(node.op, ast.Invert) else value

    def read_compare(self, node: ast.Compare) -> Any:
        """A comparison, by the real parts."""
        self._settle_alike(node)
        left = self.read(node.left)
        result: Any = True
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self.read(part)
            one = self.compare(sign, left, right, node)
            result = one if result is True else result & one
            left = right
        return result

    def _settle_alike(self, node: ast.Compare) -> None:
        """``t.size == y.size`` of rows of targets: t, which nobody gives, is as large as y."""
        sides = [one for one in (node.left, node.comparators[0]) if isinstance(one, ast.Attribute)]
        parts = [one for one in sides if one.attr in ("size", "shape", "ndim")]
        if len(parts) == 2 and not self.world.targets.startswith(("free", "binary", "signs", "signed")):
            one, two = (self.read(part.value) for part in parts)
            for open_one, other in ((one, two), (two, one)):
                if type(open_one) is Guess and isinstance(other, np.ndarray) and LABELS.match(open_one.name):
                    made = self.guesser.make_numbers(open_one.name, np.shape(other))
                    open_one.known, open_one.value = True, self.guesser.found(open_one.name, made)

    def compare(self, sign: ast.cmpop, left: Any, right: Any, node: ast.AST) -> Any:
        """One comparison."""
        if isinstance(sign, ast.Is | ast.IsNot):
            same = left is right
            return same if isinstance(sign, ast.Is) else not same
        for one, two in ((left, right), (right, left)):
            if type(one) is Guess and (
                isinstance(two, str) or (isinstance(two, list | tuple) and two and isinstance(two[0], str))
            ):
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
            if bool(np.all(take_real(value)) if isinstance(value, np.ndarray) else value) == isinstance(
                node.op, ast.Or
            ):
                return value
        return value

    def judge(self, node: ast.expr) -> bool:
        """Whether a condition holds."""
        value = self.read(node)
        if type(value) is Guess and isinstance(node, ast.Name) and node.id.isupper() and len(node.id) > 1:
            return False  # a setting of another file: GPU, DEBUG
        if type(value) is Guess and RESTS.match(value.name):
            return False
        if type(value) is Guess and value.hint is None and not self.guesser.is_number(value.name):
            return True  # something that may be given or not: an array is no condition
        if type(value) is Guess:
            value = self.settle(value)
        if type(value) in (LibraryWord, ProgramFunction):
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

    def read_set(self, node: ast.Set) -> Any:
        """A set of what is written there, as a list: whether something is in it is all that is asked of it."""
        if not all(isinstance(part, ast.Constant) for part in node.elts):
            name, instead = find_instead(node)
            raise NotRead(tell("{what} is not read: {instead}", what=name, instead=instead), node)
        return [*dict.fromkeys(part.value for part in node.elts if isinstance(part, ast.Constant))]

    def read_dictionary(self, node: ast.Dict) -> Any:
        """A dictionary; of names that are lost it has the others."""
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found |= self.take(value)
            else:
                lost = self.scope.get(value.id) if isinstance(value, ast.Name) else None
                found[self.take(key)] = lost if type(lost) is Lost else self.read(value)
        return found

    def read_text(self, node: ast.JoinedStr) -> str:
        """A text with values in it."""
        said = ""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                said += write_formatted(take_real(self.take(part.value)), part, node)[:200]
            elif isinstance(part, ast.Constant):
                said += str(part.value)[:200]
        return said

    def read_comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Any:
        """A list, made in a loop."""
        own, repeats = self.scope, self.repeats
        self.scope = dict(own)
        found: list[Any] = []
        try:
            self._fill(node, 0, found)
        finally:
            self.scope, self.repeats = own, repeats
        return dict(found) if isinstance(node, ast.DictComp) else found

    def _fill(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp, place: int, found: list[Any]) -> None:
        if place == len(node.generators):
            found.append(
                (self.take(node.key), self.read(node.value)) if isinstance(node, ast.DictComp) else self.read(node.elt)
            )
            return
        part = node.generators[place]
        values = self.list_rounds(self.take(part.iter))
        pace = LoopPace(len(values), self.repeats)
        for number, value in enumerate(values):
            left = pace.begin_round(number, self.parts)
            self.repeats = 1 if part.ifs else left
            self.bind_plain(part.target, value)
            if all(self.judge(condition) for condition in part.ifs):
                self._fill(node, place + 1, found)
            pace.end_round(number, self.parts)
        self.repeats = pace.outer

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
        raise NotRead(tell("what this loop runs over is not known"))

    @abstractmethod
    def read_call(self, node: ast.Call) -> Any:
        """What a function gives."""

    @abstractmethod
    def call_own(self, func: Any, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A function of the program."""


def _is_along(part: ast.expr) -> bool:
    """Whether a part of what stands in brackets is a place along an axis: not a new axis, not an ellipsis."""
    if isinstance(part, ast.Attribute):
        return part.attr != "newaxis"
    return not isinstance(part, ast.Constant) or type(part.value) is int


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


_READ: dict[type[ast.expr], Callable[[Any, Any], Any]] = {
    ast.Name: ExpressionWorker.read_name, ast.Attribute: ExpressionWorker.read_attribute, ast.Subscript: ExpressionWorker.read_subscript,
    ast.BinOp: ExpressionWorker.read_binary, ast.UnaryOp: ExpressionWorker.read_unary, ast.Compare: ExpressionWorker.read_compare,
    ast.BoolOp: ExpressionWorker.read_bool, ast.IfExp: ExpressionWorker.read_choice, ast.Set: ExpressionWorker.read_set,
    **dict.fromkeys((ast.Tuple, ast.List), ExpressionWorker.read_sequence), ast.Constant: lambda worker, node: read_constant(node),
    **dict.fromkeys((ast.ListComp, ast.GeneratorExp, ast.DictComp), ExpressionWorker.read_comprehension),
    ast.Dict: ExpressionWorker.read_dictionary, ast.JoinedStr: ExpressionWorker.read_text,
    ast.Call: lambda worker, node: worker.read_call(node), ast.Lambda: lambda worker, node: ProgramFunction(node, dict(worker.scope)),
}  # fmt: skip
