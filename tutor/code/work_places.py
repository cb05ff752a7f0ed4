"""Places of arrays in a program: what stands in brackets, and a part that gets a value."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from tutor.code.code_values import CodeProblem, Guess, Lost, NotRead, OtherShape, Record
from tutor.code.failures import say_failure
from tutor.code.gradient_lists import spell_entry
from tutor.code.guessing import Guesser
from tutor.code.lane_arrays import NoLanes, has_room, make_room
from tutor.code.library_calls import take_real
from tutor.code.pair_functions import split_gradient
from tutor.code.sized_guesses import grow_shape
from tutor.code.targets import spell_target
from tutor.errors import tell
from tutor.numbers.arrays import np


class PlaceWorker(ABC):
    """Reads places, and gives values to them; the expressions in them are read by the worker that is made of it."""

    guesser: Guesser
    guessed: dict[str, Any]
    made: dict[int, tuple[str, Any, Any, Any]]
    record: Record
    scope: dict[str, Any]
    settled: bool

    @abstractmethod
    def read(self, node: ast.expr) -> Any:
        """The value of an expression."""

    def take_key(self, node: ast.expr, of: Mapping[Any, Any]) -> Any:
        """The key of an entry; a setting that nobody gives is one of the texts that there are."""
        key = self.read(node)
        if type(key) is Guess and not key.known and isinstance(first := next(iter(of), None), str):
            return self.guesser.settle_text(key, first)
        return self.settle(key)

    @abstractmethod
    def take(self, node: ast.expr) -> Any:
        """The value of an expression, with a shape for what nobody gives."""

    @abstractmethod
    def settle(self, value: Any) -> Any:
        """A value with a shape."""

    @abstractmethod
    def note(self, key: str, value: Any, node: ast.AST, *, leaf: bool = False, in_place: bool = False) -> Any:
        """A name gets a value."""

    def read_index(self, node: ast.expr, of: Any) -> Any:
        """What stands in brackets behind an array; labels that nobody gives are whole numbers below the size of their axis."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        found: list[Any] = []
        axis = 0
        for part in parts:
            if isinstance(part, ast.Slice):
                value: Any = slice(
                    *(
                        None if one is None else take_whole(self.take(one))
                        for one in (part.lower, part.upper, part.step)
                    )
                )
            else:
                value = self.read(part)
                if isinstance(part, ast.Subscript) and isinstance(value, np.inexact | float) and take_real(value) % 1:
                    self.ask_places(self.read(part.value), np.shape(of)[axis] if axis < np.ndim(of) else 0)  # W[x[i]]
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
                self.ask_places(value, np.shape(of)[axis] if axis < np.ndim(of) else 0)
                value = value.astype(int)
            axis += value is not None and value is not Ellipsis
            found.append(value)
        return tuple(found) if isinstance(node, ast.Tuple) else found[0]

    def ask_places(self, value: Any, size: int) -> None:
        """Raise `OtherShape` for an array in brackets that nobody gives, or a part of one: whole numbers below the size of the axis."""
        whole = value if getattr(value, "base", None) is None else value.base
        name = next((name for name, guessed in self.guessed.items() if value is guessed or whole is guessed), "")
        if name and size and not self.settled and name not in self.guesser.places:
            raise OtherShape(name, np.shape(self.guessed[name]), size)

    def require_axes(self, array: Any, count: int, node: ast.AST) -> None:
        """Raise `NotRead` for an array that has fewer axes than a use of it takes; where its shape was guessed it gets another."""
        if self.settled or not isinstance(array, np.ndarray) or np.ndim(array) >= count:
            return
        why = NotRead(
            tell("there is no axis {axis}: the array has {count} axes", axis=count - 1, count=np.ndim(array)),
            node,
            fails=True,
        )
        why.operands = (array, "reshape", np.empty(grow_shape(np.shape(array), count, self.guesser.sizes)))
        raise why

    def check_reach(self, of: Any, index: tuple[Any, ...], node: ast.AST) -> None:
        """A slice that goes beyond an array whose shape was guessed: it has to be larger."""
        wanted = list(np.shape(of))
        for place, part in enumerate(index[: len(wanted)]):
            if isinstance(part, slice) and isinstance(part.stop, int) and part.stop > wanted[place]:
                wanted[place] = part.stop
            elif (
                isinstance(part, slice)
                and part.stop is None
                and isinstance(part.start, int)
                and part.start >= wanted[place] > 0
            ):
                wanted[place] = part.start + max(1, part.start // (_count_before(node, place) or 3))
        if tuple(wanted) != np.shape(of):
            why = NotRead(tell("a slice goes beyond the array"), node, fails=True)
            why.operands = (of, "size", np.empty(wanted))
            if id(of) in self.made or (np.size(of[index]) == 0 and any(of is guessed for guessed in self.guessed.values())):
                raise why

    def set_part(self, target: ast.Subscript, value: Any, node: ast.AST) -> None:
        """``W[:, 0] = x``: a part of an array gets a value, or an entry of a list or of a dictionary."""
        of: Any = self.read(target.value)
        key = spell_target(target)[1]
        if type(of) is Guess:
            of.value, of.known = self.guesser.make_dictionary(), True
            of = of.value
        if isinstance(of, dict):
            where = self.take(target.slice)
            named = key if isinstance(target.slice, ast.Constant) or not isinstance(where, str) else f"{key}.{where}"
            of[where] = self.note(named, value, node)  # W2 of params["W" + str(l)]
            return
        if isinstance(of, list):
            if isinstance(target.slice, ast.Slice):  # sizes[1:1] = hidden_sizes
                of[self.read_index(target.slice, np.empty(len(of)))] = list(self.settle(value))
            else:
                place = int(self.take(target.slice))
                of[place] = self.note(spell_entry(key, place, len(of)) if split_gradient(key) else key, value, node)
            return
        if not isinstance(of, np.ndarray):
            raise NotRead(tell("a part of this is not assigned"), node)
        if type(value) is Lost:
            raise value.why
        index = self.read_index(target.slice, of)
        value = self.guesser.settle(value, np.shape(of[index])) if type(value) is Guess else value
        of = self.widen(of, value, target.value)
        try:
            of[index] = value
        except ValueError as error:
            why = say_failure(error, node)
            why.operands = (value, "into", of[index])  # h[t + 1] = x[t] @ W + h[t] @ U: W is as wide as h
            raise why from None
        self.note_changed(target.value, of, node)

    def note_changed(self, place: ast.expr, of: Any, node: ast.AST) -> None:
        """An array was changed where it stands; one that is made anew for its lanes is given to its name, or else `NoLanes` is raised."""
        made = self.note(spell_target(place)[1], of, node, in_place=True)
        if made is not of:
            if not isinstance(place, ast.Name) or self.scope.get(place.id) is not of:
                raise NoLanes
            self.scope[place.id] = made

    def widen(self, of: Any, value: Any, node: ast.expr) -> Any:
        """An array that begins as a mask, `(z > 0) * 1.0`, has no room for values that are moved: one of a name is made anew with it."""
        if has_room(of, value):
            return of
        held = isinstance(node, ast.Name) and id(self.scope.get(node.id)) == id(of)
        if not held:
            raise CodeProblem(tell("this array is not followed to its slopes"), where=f"line {node.lineno}")
        made = make_room(of, value)
        self.scope[ast.unparse(node)] = made
        return made


def _count_before(node: ast.AST, place: int) -> int:
    """How many parts of the same size lie in front of the last one: 2 of ``W[:, 2 * n:]``; 0 where that is not said.

    >>> _count_before(ast.parse("W[:, 2 * n:]", mode="eval").body, 1), _count_before(ast.parse("W[n:]", mode="eval").body, 0)
    (2, 0)
    """
    parts = node.slice.elts if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) else [getattr(node, "slice", None)]
    part = parts[place] if place < len(parts) else None
    begin = part.lower if isinstance(part, ast.Slice) else None
    factors = (begin.left, begin.right) if isinstance(begin, ast.BinOp) and isinstance(begin.op, ast.Mult) else ()
    return next((one.value for one in factors if isinstance(one, ast.Constant) and type(one.value) is int), 0)


def take_whole(value: Any) -> Any:
    """A whole number as one, where a float is one."""
    value = take_real(value)
    return int(value) if isinstance(value, float | np.floating | np.integer) and float(value) == int(value) else value


def is_place(guess: Guess) -> bool:
    """Whether a name in brackets is one place rather than labels."""
    return len(guess.name) == 1 and guess.name in "ijklt"
