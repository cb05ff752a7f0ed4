"""Values as operands of a formula: numbers, arrays, masks, sizes, and what a sign between two of them makes."""

from __future__ import annotations

import ast
import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NoReturn

from tutor.errors import TutorError, tell
from tutor.expression.limits import MAX_EXPONENT, constant_size
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Name, Neg, Number, Pow, children
from tutor.expression.plain import write_plain
from tutor.expression.sizes import Size
from tutor.expression.walk import names
from tutor.graph.broadcasting import join_shapes
from tutor.graph.shapes import Shape, size_expr, size_of
from tutor.graph.telling_names import tell_kind
from tutor.program.filled_arrays import read_whole
from tutor.program.known_arrays import (
    LARGEST,
    choose_numbers,
    combine_numbers,
    compare_numbers,
    is_finite,
    make_known,
    read_fraction,
    write_known,
)
from tutor.program.library_rows import multiply_each, subtract, turn_mask
from tutor.program.program_values import (
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
    Open,
    OwnFunction,
    TorchLayer,
    WeightOf,
    is_plain,
    is_whole,
    name_value,
    write_number,
    write_size,
)  # fmt: skip
from tutor.program.recorder import Recorder
from tutor.program.shared_arrays import SharedArrays
from tutor.program.unread_kinds import find_hint

MOST_READ = 10_000
"""So many parts of a program are looked at, loops and helpers included."""
TOO_LONG = tell("reading the program takes more than {limit:,} steps", limit=MOST_READ)
FORMULAS = 2
"""So many parts of a formula that is made take as long as one part of a program that is read."""
LISTED = 4
"""So many entries of a list, or parts of a statement that are passed over, take as long as one part that is read."""
MOST_ROUNDS = 200
LONGEST = 1_000
_WHOLE: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
_NAMED: dict[type[ast.operator], str] = {ast.Mod: "%", ast.FloorDiv: "//", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
                                         ast.LShift: "<<", ast.RShift: ">>"}  # fmt: skip
_SIGNS: dict[type[ast.operator], Callable[[Expr, Expr], Expr]] = {
    ast.Add: lambda one, two: Add((*(one.args if type(one) is Add else (one,)), two)), ast.Sub: subtract, ast.Mult: multiply_each,
    ast.Div: Div, ast.Pow: Pow, ast.MatMult: lambda one, two: Call("matmul", (one, two)),
}  # fmt: skip
LARGE = Fraction(-1000)
"""A number below it in the place of a score takes that out of a softmax: exp(-1000) is 0 in double precision."""


class OperandReader(ABC):
    """Takes values as operands."""

    def __init__(self, recorder: Recorder, dialect: str) -> None:
        self.recorder, self.source, self.dialect = recorder, recorder.source, dialect
        self.module: dict[str, Any] = {}
        self.scope: dict[str, Any] = self.module
        self.read_so_far = 0
        self.size_letters: dict[str, str] = {}
        self.making_weights = True
        self.origins: dict[int, tuple[Any, ast.AST]] = {}
        self.shared, self.callers = SharedArrays(), list[dict[str, Any]]()

    @abstractmethod
    def pick(self, array: Any, parts: Sequence[Any], node: ast.AST) -> Any:
        """A part of an array by what stands in brackets."""

    def count(self, node: ast.AST, parts: int = 1) -> None:
        """So many parts more have been looked at: of the program, or of a list that it makes."""
        self.read_so_far += parts
        if self.read_so_far + self.recorder.work // FORMULAS > MOST_READ:
            raise self.source.refuse(node, TOO_LONG, tell("give a smaller function, or fewer rounds of its loops"))

    def refuse_value(self, node: ast.AST, value: Any) -> NoReturn:
        """Refuse a value that is no array and no number."""
        raise self.source.refuse(self.find_origin(value, node), tell("{what} stands where an array belongs", what=name_value(value)),
                                 find_hint("", type(value).__name__))  # fmt: skip

    def find_origin(self, value: Any, node: ast.AST) -> ast.AST:
        """Where a value was made that is read only at some places: what is wrong stands there, and not where it is used."""
        made = self.origins.get(id(value))
        return made[1] if made is not None and made[0] is value else node

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
            return self.combine_texts(kind, left, right, node)
        for one, two in ((left, right), (right, left)):
            drawn = isinstance(one, DrawnArray) and not (one.fill and not self.making_weights)
            if drawn and not (isinstance(two, Formula) and two.shape):
                return one
        for combine in (self.combine_known, self.combine_masked, self.combine_filled):
            made = combine(kind, left, right, node)
            if made is not NotImplemented:
                return made
        one, two = self.take_pair(kind, left, right, node)
        make = _SIGNS.get(kind)
        if make is None:
            unsaid = [name for name in sorted({*names(one.expr), *names(two.expr)}) if self.recorder.found.get(name) == ()]
            if unsaid:
                raise self.source.refuse(node, tell("{name} is no number that is known", name=unsaid[0]),
                                         tell("give it: --shapes {name}=3", name=unsaid[0]))  # fmt: skip
            raise self.source.refuse(node, tell("the sign {sign} is not read between arrays", sign=_NAMED.get(kind, kind.__name__)),
                                     tell("the signs are + - * / ** and @"))  # fmt: skip
        if kind is ast.Pow and (constant_size(two.expr) or 0) > MAX_EXPONENT:
            raise self.source.refuse(node, tell("an exponent over the limit of {limit:,}", limit=MAX_EXPONENT))
        return self.recorder.build(make(one.expr, two.expr), node)

    def combine_texts(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST) -> str:
        """A text behind a text, 'W' + str(l), or with values in it, 'W%d' % l."""
        if kind is ast.Add and isinstance(left, str) and isinstance(right, str):
            return (left + right)[:LONGEST]
        if kind is ast.Mod and isinstance(left, str):
            values = right if isinstance(right, tuple) else (right,)
            if len(left) <= LONGEST and all(isinstance(value, str | int) for value in values) and not re.search(r"%[^sdi%]", left):
                try:
                    return (left % values)[:LONGEST]
                except (TypeError, ValueError):
                    pass
        return self.refuse_value(node, left if isinstance(left, str) else right)

    def combine_known(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """Two arrays of numbers that are known, or one of them and a number."""
        if not any(isinstance(value, KnownArray) or (isinstance(value, DrawnArray) and value.fill) or isinstance(value, range)
                   for value in (left, right)):  # fmt: skip
            return NotImplemented
        one, two = (make_known(value) for value in (left, right))
        if one is None or two is None:
            return NotImplemented
        try:
            return combine_numbers(kind.__name__, one, two) or NotImplemented
        except (ValueError, TypeError):
            raise self.source.refuse(node, tell("the shapes do not fit together"), tell("check the shapes")) from None

    def combine_masked(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """What is computed at the places of a mask; scores to which minus infinity is added where a mask says so; two masks."""
        if isinstance(left, MaskedPart) or isinstance(right, MaskedPart):
            keeps = [value.keep for value in (left, right) if isinstance(value, MaskedPart)]
            if any(keep != keeps[0] for keep in keeps):
                raise self.source.refuse(node, tell("entries picked by two masks"), tell("use the same mask"))
            one, two = (value.array if isinstance(value, MaskedPart) else value for value in (left, right))
            return MaskedPart(self.take_array(self.combine(kind(), one, two, node), node), keeps[0])
        if isinstance(left, MaskedScores) and kind in (ast.Mult, ast.Div, ast.Add, ast.Sub) and not isinstance(right, MaskedScores):
            return MaskedScores(self.take_array(self.combine(kind(), left.scores, right, node), node), left.keep, left.value)
        if kind in (ast.BitAnd, ast.BitOr):
            for value in (left, right):
                leaf = isinstance(value, Formula) and type(value.expr) is Name and value.expr.name not in self.recorder.steps
                if not leaf and not isinstance(value, Condition | Open | bool | DrawnArray | KnownArray):
                    raise self.source.refuse(node, tell("the sign {sign} is read between masks", sign=_NAMED[kind]),
                                             tell("write comparisons in brackets: (a > 0) & (b > 0)"))  # fmt: skip
            one, two = (self.take_mask(value, node) for value in (left, right))
            both = self.recorder.build(multiply_each(one.expr, two.expr), node)
            if kind is ast.BitOr:
                both = self.recorder.build(Add((one.expr, two.expr, Neg(both.expr))), node)
            return Condition(both, binary=True)
        for mask, other in ((left, right), (right, left)):
            if kind is ast.Add and isinstance(mask, KnownArray) and isinstance(other, Formula) and (mask.entries < float(LARGE)).any():
                lowest = float(mask.entries.min())
                large = mask.entries < float(LARGE)
                if set(mask.entries[large].ravel().tolist()) != {lowest} or mask.entries[~large].any():
                    continue
                number = None if lowest == -float("inf") else write_number(int(lowest))
                return MaskedScores(other, self.take_array(KnownArray(~large), node), number)
        return NotImplemented

    def combine_filled(self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """An array of one number everywhere is that number beside a larger array; zeros add nothing, and leave nothing of a product."""
        for one, two, second in ((left, right, False), (right, left, True)):
            if not (isinstance(one, DrawnArray) and one.fill and isinstance(two, Formula)):
                continue
            if kind is ast.MatMult:
                made = self.recorder.build(Call("matmul", tuple(self.take_array(value, node).expr for value in (left, right))), node)
                return DrawnArray(made.shape, "0") if one.fill == "0" else made
            if one.fill == "0" and kind in (ast.Mult, ast.Div) and not (kind is ast.Div and second):
                joined = join_shapes(one.shape, two.shape)
                return DrawnArray(joined, "0") if joined is not None else NotImplemented
            if join_shapes(one.shape, two.shape) != two.shape:
                continue
            if one.fill == "0" and (kind is ast.Add or (kind is ast.Sub and second)):
                return two
            if one.fill == "1" and kind is ast.Mult:
                return two
            number = write_number(one.fill)
            return self.combine(kind(), two if second else number, number if second else two, node)
        return NotImplemented

    def combine_whole(self, kind: type[ast.operator], left: int, right: int, node: ast.AST) -> Any:
        """Two whole numbers; nothing where they give none."""
        if kind in (ast.LShift, ast.BitXor, ast.RShift):
            return None
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
        for one, two, place in ((left, right, 0), (right, left, 1)):
            if isinstance(one, DrawnArray) and one.fill and isinstance(two, Formula) and join_shapes(one.shape, two.shape) == two.shape:
                number = write_number(one.fill)  # max(zeros_like(x), x) is max(0, x)
                if kind is not ast.MatMult:
                    return (number, two) if place == 0 else (two, number)
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
        if kind in (ast.Add, ast.Sub) and bias and len(other.shape) == 1 and self._is_of_samples(made):
            return ()
        if kind in (ast.Add, ast.Sub):
            return other.shape[-1:] if bias else other.shape
        return other.shape[-1:] if name in ("gamma", "beta") else ()

    def _is_of_samples(self, made: Expr) -> bool:
        """Whether a vector is X @ w, a number of each sample, whose bias is one number; W @ x is one of each neuron."""
        if type(made) is not Call or made.func != "matmul":
            return False
        left, right = made.args
        kinds = [tell_kind(part.name) if type(part) is Name else "" for part in (left, right)]
        return kinds[1] == "weight" and kinds[0] != "weight"

    def _choose_letter(self) -> str:
        used = {*self.size_letters.values()} | {str(size) for shape in self.recorder.shapes.values() for size in shape}
        used |= {*self.recorder.shapes, *self.recorder.taken}
        letters: tuple[str, ...] = (*"HKMPQRSUV", *(f"n{count}" for count in range(1, 10_000)))
        return next(letter for letter in letters if letter not in used)

    def compare_plain(self, op: ast.cmpop, one: Any, two: Any, node: ast.AST) -> bool:
        """A comparison that is known: of whole numbers, texts, None."""
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(two, list | tuple | dict | str | range):
                raise self.source.refuse(node, tell("{what} stands where a list belongs", what=name_value(two)))
            if isinstance(one, Formula | Open):
                self.take_truth(one, node)  # refused where its number is not known
            return (is_plain(one) and one in two) is isinstance(op, ast.In)
        if isinstance(op, ast.Is | ast.IsNot):
            return ((one is None) == (two is None) and (one is None or one is two)) is isinstance(op, ast.Is)
        try:
            return bool(_COMPARED[type(op)](one, two))
        except TypeError:
            raise self.source.refuse(node, tell("these two cannot be compared")) from None

    def take_truth(self, value: Any, node: ast.AST) -> bool:
        """Whether a condition holds that is known while the program is read."""
        if is_plain(value) or isinstance(value, list | tuple | dict):
            return bool(value)
        if isinstance(value, Formula) and (number := read_fraction(value.expr)) is not None:
            return number != 0
        if isinstance(value, KnownArray) and value.entries.size == 1:
            return bool(value.entries.any())
        if isinstance(value, Instance | TorchLayer | OwnFunction | Class | Library):
            return True
        raise self.source.refuse(
            node, tell("this condition depends on numbers that are not known while the program is read"),
            tell("write np.where(c, a, b) for a choice entry by entry; an if is read where both ways give names, or return"),
        )  # fmt: skip

    def list_rounds(self, value: Any, node: ast.AST) -> Sequence[Any]:
        """What a loop goes over, one value a round; a number of rounds that is known."""
        if isinstance(value, dict):
            value = list(value)
        shape = value.shape if isinstance(value, FilledArray | KnownArray | DrawnArray | Formula) else ()
        if shape and isinstance(shape[0], int) and shape[0] <= MOST_ROUNDS:
            return [self.pick(value, (place,), node) for place in range(shape[0])]
        if isinstance(value, TorchLayer):
            value = value.parts
        if isinstance(value, str):
            value = list(value)
        if not isinstance(value, list | tuple | range):
            raise self.source.refuse(node, tell("how many rounds this loop has is not known"),
                                     tell("give sizes in numbers, --shapes X=4,n, where a loop runs over an axis"))  # fmt: skip
        if len(value) > MOST_ROUNDS:
            what = tell("a loop of {count:,} rounds, over the limit of {limit}", count=len(value), limit=MOST_ROUNDS)
            raise self.source.refuse(node, what, tell("give smaller sizes"))
        return value

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
            inside = value.positive if value.binary else self.recorder.build(Call("if_positive", (value.positive.expr, ONE, ZERO)), node)
            return self.turn_round(inside, node) if value.turned else inside
        if isinstance(value, FilledArray):
            return read_whole(self, value, node)
        if isinstance(value, KnownArray):
            written = write_known(value)
            if written is None and is_finite(value):
                return self.recorder.add_leaf("c", value.shape, "constant")
            return written or self.refuse_value(node, Infinite())
        if isinstance(value, range):
            return self.take_array(make_known(value), node)
        if isinstance(value, MaskedScores):
            return self.fill_scores(value, node)
        if isinstance(value, MaskedPart):
            raise self.source.refuse(self.find_origin(value, node), tell("entries picked by a mask are not read"),
                                     tell("multiply with the mask: X * (X > 0), or write np.where(mask, X, 0)"))  # fmt: skip
        if isinstance(value, WeightOf) and isinstance(own := value.layer.settings.get(value.name), Formula):
            return own
        if isinstance(value, DrawnArray):
            if value.fill:
                sizes = tuple(map(size_expr, value.shape))
                return self.recorder.build(Call("fill", (Number(value.fill), *sizes)), node) if sizes else write_number(value.fill)
            return self.recorder.add_leaf("r", value.shape)
        if isinstance(value, list | tuple) and value and not isinstance(value[0], str):
            parts = [self.take_array(part, node).expr for part in value]
            return self.recorder.build(Call("stack", tuple(parts)), node)
        return self.refuse_value(node, value)

    def take_mask(self, value: Any, node: ast.AST) -> Formula:
        """What says where something is as an array of 0 and 1."""
        if isinstance(value, DrawnArray) and not value.fill:
            return self.recorder.add_leaf("mask", value.shape, "constant")
        return self.take_array(value, node)

    def is_mask(self, expr: Expr) -> bool:
        """Whether a formula has 0 and 1 only: a triangle of ones, an argument that is called a mask, or a part of one."""
        leaves = [name for name in names(expr) if name in self.recorder.shapes]  # a letter of a size is none
        return all(re.search(r"mask|keep|pad|tril|adj|valid", name.lower()) and name not in self.recorder.steps for name in leaves) and (
            bool(leaves) or any(type(part) is Call and part.func == "causal_mask" for part in list_parts(expr)))

    def turn_round(self, mask: Formula, node: ast.AST) -> Formula:
        """1 where a mask is 0, and the other way round."""
        return self.recorder.build(turn_mask(mask.expr), node)

    def fill_scores(self, value: MaskedScores, node: ast.AST) -> Formula:
        """Scores as an array, with the number where the mask is 0."""
        if value.value is None:
            raise self.source.refuse(node, tell("minus infinity goes into a softmax, and nowhere else"),
                                     tell("write the softmax behind it, or 0 where the mask is 0"))  # fmt: skip
        kept = multiply_each(value.keep.expr, value.scores.expr)
        if value.value.expr == ZERO:
            return self.recorder.build(kept, node)
        rest = multiply_each(value.value.expr, self.turn_round(value.keep, node).expr)
        return self.recorder.build(Add((kept, rest)), node)

    def put_mask(self, scores: Any, mask: Any, value: Any, node: ast.AST) -> Any:
        """scores.masked_fill(mask, value)"""
        if isinstance(scores, KnownArray) and isinstance(mask, KnownArray):
            number = make_known(value)
            return scores if number is None else choose_numbers(mask, number, scores)
        keep = self.turn_round(self.take_mask(mask, node), node)
        array = self.take_array(scores, node)
        if isinstance(value, Infinite):
            return MaskedScores(array, keep, None)
        number_read = self.take_array(value, node)
        size = read_fraction(number_read.expr)
        made = MaskedScores(array, keep, number_read)
        return made if size is not None and size < LARGE else self.fill_scores(made, node)

    def is_size(self, value: Any, size: Size) -> bool:
        """Whether a value is a size: the same number, or the same letter."""
        return value == size if is_whole(value) else isinstance(value, Formula) and value.expr == size_expr(size)

    def take_size(self, value: Any, node: ast.AST) -> Expr:
        """A size, a place or an axis: a whole number, or a letter."""
        if is_whole(value):
            return write_number(value).expr
        if isinstance(value, Formula) and (number := read_fraction(value.expr)) is not None and number.denominator == 1:
            return write_number(int(number)).expr
        if isinstance(value, Open):
            raise self.source.refuse(node, tell("{name} is no number that is known", name=value.name),
                                     tell("give it: --shapes {name}=3", name=value.name))  # fmt: skip
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

    def compare(self, kind: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        """A comparison of arrays, entry by entry: a mask."""
        if any(isinstance(value, KnownArray) for value in (left, right)):
            one_known, two_known = make_known(left), make_known(right)
            if one_known is not None and two_known is not None and kind in _COMPARED:
                return compare_numbers(_COMPARED[kind], one_known, two_known)
        for value in (left, right):
            if isinstance(value, DrawnArray) and not value.fill:  # np.random.rand(N, D) < p: a mask that nobody gives
                return value
        fractions = [read_fraction(value.expr) if isinstance(value, Formula) else Fraction(value) if is_whole(value) else None
                     for value in (left, right)]  # fmt: skip
        if None not in fractions and kind in _COMPARED:
            return bool(_COMPARED[kind](*fractions))
        one, two = self.take_array(left, node), self.take_array(right, node)
        if kind in (ast.Eq, ast.NotEq) and two.expr in (ZERO, ONE) and self.is_mask(one.expr):
            return Condition(one, (kind is ast.Eq) is (two.expr == ZERO), binary=True)
        if kind is ast.Gt and two.expr == ZERO and self.is_mask(one.expr):
            return Condition(one, binary=True)
        if kind not in (ast.Gt, ast.LtE, ast.Lt, ast.GtE):
            raise self.source.refuse(node, tell("whether two numbers are equal is not known while the program is read"),
                                     tell("a mask of 0 and 1 can be an argument, too"))  # fmt: skip
        above, below = (one, two) if kind in (ast.Gt, ast.LtE) else (two, one)
        zero = below.expr == ZERO
        positive = above if zero else self.recorder.build(subtract(above.expr, below.expr), node)
        if not names(positive.expr):
            raise self.source.refuse(node, tell("a comparison of numbers that are not whole"))
        return Condition(positive, kind in (ast.LtE, ast.GtE))


def list_parts(expr: Expr) -> list[Expr]:
    """A formula and all parts of it.

    >>> list_parts(Neg(Number("1")))
    [Neg(arg=Number(text='1')), Number(text='1')]
    """
    found, waiting = [], [expr]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children(found[-1]))
    return found
