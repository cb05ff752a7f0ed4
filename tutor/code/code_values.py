"""What the names of a program stand for while it is worked through: numbers and arrays, and what Python has besides."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.errors import Told, TutorError
from tutor.numbers.arrays import np


class NotRead(Exception):
    """A part of a program that is not read here, or that would fail in Python where ``fails``."""

    def __init__(self, what: Told, node: ast.AST | None = None, *, fails: bool = False) -> None:
        super().__init__(what)
        self.what, self.node, self.fails = what, node, fails
        self.operands: tuple[Any, str, Any] | None = None
        self.by_shapes = fails


class TooLong(Exception):
    """The work on a program takes more steps than it may."""


class LossReached(Exception):
    """The loss is known, and nothing behind it is wanted."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class OtherShape(Exception):  # what is given has another shape than was guessed: the run begins anew
    """A shape that a quantity that nobody gives must have; with ``places`` it is whole numbers below that, since it stands in brackets."""

    def __init__(self, name: str, shape: tuple[int, ...], places: int = 0) -> None:
        super().__init__(name)
        self.name, self.shape, self.places = name, shape, places


class OtherSize(OtherShape):
    """A size that an argument of a program must have, ``input_len`` of an image that is laid flat."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(name, ())
        self.size = size


class FunctionReturned(Exception):
    """A function gives a value."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class RoundEnds(Exception):
    """A loop ends, or its round."""

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.whole = whole


class CodeProblem(TutorError):
    """A program whose backward pass cannot be judged: says where and what would help."""


@dataclass(frozen=True, slots=True)
class LibraryWord:
    """A name of a library by its whole path: ``numpy.sum``."""

    path: str


@dataclass(eq=False, slots=True)
class ProgramFunction:
    """A function of the program, bound to an object where it is a method."""

    node: ast.FunctionDef | ast.Lambda
    scope: dict[str, Any]
    owner: Any = None
    first: Any = None


@dataclass(eq=False, slots=True)
class ClassOf:
    """A class of the program, with the functions of its body and of those that it is made from, in Python's order (``line``)."""

    node: ast.ClassDef
    scope: dict[str, Any]
    methods: Mapping[str, ast.FunctionDef]
    line: Sequence[ClassOf] = ()


@dataclass(eq=False, slots=True)
class Object:
    """An object of a class of the program, or a room for what a function saves (``ctx``)."""

    of: ClassOf | None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Guess:
    """A quantity that nobody gives, until its first use tells its shape."""

    name: str
    hint: tuple[int, ...] | None = None
    value: Any = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method of an array, a list, a dictionary or a text, to be called."""

    of: Any
    name: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What a statement that is not read would have given."""

    why: NotRead


@dataclass(frozen=True, slots=True)
class ValueEvent:
    """A value was given to a name: ``words`` are what the name may say (``W1`` of ``self.params["W1"]``), the last one first."""

    number: int
    key: str
    line: int
    statement: ast.AST | None
    value: Any
    leaf: bool = False


@dataclass(slots=True)
class Record:
    """What happened in one run: events in their order, statements that were not read, returned values.

    ``failed`` is how often each statement failed, ``bulk`` what large values weighed, ``held`` how many bytes the events have: a change
    that is tried begins with none of it; ``listed`` are the names of lists of weights.
    """

    events: list[ValueEvent] = field(default_factory=list)
    problems: dict[int, NotRead] = field(default_factory=dict)
    visited: dict[int, ast.AST] = field(default_factory=dict)
    failed: dict[int, int] = field(default_factory=dict)
    bulk: int = 0
    held: int = 0
    listed: set[str] = field(default_factory=set)


def keep_scope(scope: Mapping[str, Any]) -> dict[str, Any]:
    """The names as they are, with arrays of their own; two names of one array stay two names of one."""
    arrays: dict[int, Any] = {}
    found: dict[str, Any] = {}
    for name, value in scope.items():
        if type(value) is Object:
            kept = {word: _keep_value(one, arrays) for word, one in value.attributes.items()}
            found[name] = Object(value.of, kept)
        else:
            found[name] = _keep_value(value, arrays)
    return found


def _keep_value(value: Any, arrays: dict[int, Any]) -> Any:
    if isinstance(value, np.ndarray):
        return arrays.setdefault(id(value), np.array(value))
    if type(value) is Guess and isinstance(value.value, np.ndarray):  # W -= rate * dW changes it where it stands
        own = arrays.setdefault(id(value.value), np.array(value.value))
        return arrays.setdefault(id(value), Guess(value.name, value.hint, own, value.known))
    return dict(value) if type(value) is dict else value


Make = Callable[..., Any]
