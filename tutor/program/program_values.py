"""What a name of a program may stand for while it is read: formulas with shapes, whole numbers, texts, functions, layers."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tutor.errors import ProgramError, tell
from tutor.expression.nodes import Expr, Neg, Number
from tutor.expression.sizes import Size
from tutor.graph.shapes import Shape, size_expr

_T = TypeVar("_T")

@dataclass(frozen=True, slots=True, weakref_slot=True)
class Formula:
    """A number or an array: a formula of quantities, made of the operations that exist, and its shape."""

    expr: Expr
    shape: Shape


@dataclass(frozen=True, slots=True)
class Open:
    """An argument without a shape, until its first use tells it."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class DrawnArray:
    """An array of numbers that nobody gives (random, or zeros to begin with): a quantity of its own once it has a name."""

    shape: Shape
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Where ``positive`` is above 0, or where it is not if ``turned``: a comparison of arrays.

    ``binary`` says that ``positive`` has 0 and 1 only: a mask.
    """

    positive: Formula
    turned: bool = False
    binary: bool = False


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class KnownArray:
    """An array of numbers that the program makes itself: its entries, an array of NumPy."""

    entries: Any

    @property
    def shape(self) -> Shape:
        """Its sizes."""
        return tuple(map(int, self.entries.shape))


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """What was written into a region of an array: of each axis the first place and the one behind the last, and whether it is kept."""

    region: tuple[tuple[int, Size], ...]
    kept: tuple[bool, ...]
    value: Formula


@dataclass(slots=True, eq=False, weakref_slot=True)
class FilledArray:
    """An array that is filled part by part (`tutor.program.filled_arrays`): what stood there before, and what was written, in its order."""

    shape: Shape
    base: str | Formula
    writes: list[WrittenPart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MaskedPart:
    """The entries of an array where a mask is 1, x[mask]: read where they are put back at the same places, out[mask] = f(x[mask])."""

    array: Formula
    keep: Formula


@dataclass(frozen=True, slots=True)
class MaskedScores:
    """Scores with ``value``, a large negative number or minus infinity, where ``keep`` is 0: a softmax over the others."""

    scores: Formula
    keep: Formula
    value: Formula | None


@dataclass(frozen=True, slots=True)
class Infinite:
    """Infinity, with its sign: it goes into a mask of scores only, and into max and min."""

    sign: int = 1


@dataclass(frozen=True, slots=True)
class WeightOf:
    """The weight of a layer that has no name yet, so that another one may have the same."""

    layer: TorchLayer
    name: str


@dataclass(frozen=True, slots=True)
class Library:
    """A name of a library by its whole path: ``numpy.sum``."""

    path: str


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function of the program, with what belongs to it where it is a method; ``usual`` are values of its arguments."""

    node: ast.FunctionDef | ast.Lambda
    owner: Any = None
    scope: Mapping[str, Any] = field(default_factory=dict)
    home: Class | None = None
    usual: Mapping[str, Any] = field(default_factory=dict)


OUTER, OUTSIDE = "__outer__", "__outside__"
"""Of the names in a function: the room that it was made in, and which of its names stand outside (true: in the file itself)."""
LONGEST_LINE = 50
"""So many classes may one come from."""


def order_lines(lines: Sequence[Sequence[_T]]) -> Sequence[_T]:
    """Several orders as one that keeps each of them, as Python orders the classes that one comes from (C3; Barrett et al. 1996).

    Raises `ValueError` where they contradict each other.

    >>> order_lines(["BAo", "CAo", "BC"])
    ['B', 'C', 'A', 'o']
    """
    left, made = [list(line) for line in lines if line], list[_T]()
    while left:
        behind = {id(one) for line in left for one in line[1:]}
        first = next((line[0] for line in left if id(line[0]) not in behind), None)
        if first is None:
            raise ValueError("no order")
        made.append(first)
        left = [own for line in left if (own := line[1:] if line[0] is first else line)]
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the program: the classes of the program that it comes from, and the values in its body."""

    node: ast.ClassDef
    bases: tuple[Class, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    line: Sequence[Class] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "line", self.list_line())

    def list_line(self) -> Sequence[Class]:
        """The class, and those that it comes from, in the order in which Python looks for a name.

        Raises `ValueError` where there is no such order, and for more than `LONGEST_LINE`.
        """
        line = (self, *order_lines([*(base.line for base in self.bases), self.bases]))
        if len(line) > LONGEST_LINE:
            raise ValueError("too many classes")
        return line

    def find_method(self, name: str, *, above: Class | None = None) -> tuple[ast.FunctionDef, Class] | None:
        """A method by its name, with the class that has it; with ``above`` one of the classes behind that one."""
        line = self.line
        for one in line[line.index(above) + 1 if above in line else 0 :]:
            for part in one.node.body:
                if isinstance(part, ast.FunctionDef) and part.name == name:
                    return part, one
        return None


@dataclass(frozen=True, slots=True)
class Above:
    """super(): the methods of the classes behind one."""

    owner: Any
    home: Class


@dataclass(slots=True)
class Instance:
    """An object of a class of the program, with what its __init__ has put into it.

    Once it is ``named``, ``path`` begins the names of its weights; until then they are no quantities.
    """

    made_of: Class
    path: str = ""
    named: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class TorchLayer:
    """A layer of torch.nn as it was made: its kind and its settings; it has its weights once it has a name."""

    kind: str
    settings: dict[str, Any]
    path: str = ""
    parts: list[Any] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """What stands behind a value and a point, to be called."""

    of: Any
    name: str


@dataclass(frozen=True, slots=True)
class Rounds:
    """0, 1, … up to before a size that is a letter: range(N) in P[range(N), y]."""

    count: Formula


@dataclass(frozen=True, slots=True)
class Unread:
    """What a statement that cannot be read would have given: refused where it is used, and only there."""

    error: ProgramError


def write_number(value: float | str) -> Formula:
    """A number as a formula, with its sign before it.

    >>> write_number(-2)
    Formula(expr=Neg(arg=Number(text='2')), shape=())
    """
    text = str(value)
    return Formula(Neg(Number(text[1:])) if text.startswith("-") else Number(text), ())


def write_size(size: Size) -> Any:
    """A size as a program has it: a whole number, or a letter.

    >>> write_size(3), write_size("N").expr
    (3, Name(name='N'))
    """
    return size if isinstance(size, int) else Formula(size_expr(size), ())


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number that is known.

    >>> is_whole(3), is_whole(True)
    (True, False)
    """
    return isinstance(value, int) and not isinstance(value, bool)


def is_plain(value: Any) -> bool:
    """Whether a value is known, and can be compared: a whole number, a text, None, a tuple of these.

    >>> is_plain((1, "relu")), is_plain(Library("numpy"))
    (True, False)
    """
    return isinstance(value, (int, str, bool, type(None))) or (isinstance(value, tuple) and all(map(is_plain, value)))


def name_value(value: Any) -> str:
    """A value for people.

    >>> name_value({})
    'a dictionary'
    """
    if isinstance(value, Library):
        return value.path
    if isinstance(value, Open):
        return value.name
    if isinstance(value, Method):
        return f".{value.name}"
    return {str: tell("a text"), dict: tell("a dictionary"), type(None): "None", list: tell("a list"), tuple: tell("a tuple"),
            OwnFunction: tell("a function"), Class: tell("a class"), Instance: tell("an object"), TorchLayer: tell("a layer"),
            slice: tell("a slice"), set: tell("a set"), Infinite: tell("infinity"),
            range: tell("a range")}.get(type(value), tell("this"))  # fmt: skip
