"""Guesses of shapes that do not fit are made anew, as long as nothing but a guess says them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from tutor.code.code_values import (
    OtherShape,
    OtherSize,
)
from tutor.code.pair_functions import split_gradient
from tutor.code.targets import list_targets, spell_target
from tutor.code.work_calls import CallWorker
from tutor.numbers.arrays import Floats, np

MOST_CHANGES = 6
"""So often the shape of one name is guessed anew."""


class ShapeGuesser(CallWorker):
    """Asks for other shapes of what nobody gives; each one can change a few times."""

    guessed: dict[str, Any]
    changes: dict[str, int]
    settled_axes: dict[str, set[int]]

    def guess_again(self, node: ast.stmt, operands: tuple[Any, str, Any]) -> None:
        """Where shapes that were only guessed do not fit in the forward pass, another guess that fits.  Raises `OtherShape`."""
        targets = [
            spell_target(part)[1]
            for target in list_targets(node)
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
        if self.settled or (not self.guesser.world.refit and any(split_gradient(name) for name in targets)):
            return
        left, sign, right = operands
        if sign == "in place":  # w -= rate * dw: w has the shape of what is taken off
            for other in self.list_asked(left, np.shape(right), any_rank=True) if self.guesser.world.refit else ():
                self.ask(*other)
            return
        if sign in ("+", "-", "*", "/"):
            self._ask_classes(np.shape(left), np.shape(right))
        if sign == "reshape":
            self._ask_labels(left, np.shape(right))
        pairs = [(left, right, True), (right, left, False)]
        if sign == "into":
            del pairs[np.ndim(left) == np.ndim(right) :]
        elif sign not in ("@", "size"):
            pairs.sort(key=lambda pair: np.size(pair[0]))
        elif sign == "@":
            pairs.sort(key=lambda pair: self._count_changes(pair[0]))  # one that was made to fit before stays as it is
        asked: list[tuple[str, tuple[int, ...], bool]] = []
        for own, other, at_left in pairs:
            if np.ndim(own) == 0 or np.ndim(other) == 0:
                continue
            shape = list(np.shape(own))
            if sign == "@":
                shape[-1 if at_left else max(0, len(shape) - 2)] = np.shape(other)[
                    max(0, np.ndim(other) - 2) if at_left else -1
                ]
            elif sign == "reshape":
                asked += self._list_reshaped(own, np.shape(right)) if own is left else ()
                continue
            elif sign == "size":
                shape = [max(pair) for pair in zip(shape, np.shape(other), strict=True)]
            elif len(shape) == np.ndim(other):  # what is spread along an axis says nothing of it: g of (1, C, 1, 1)
                spread = len(shape) > 2
                shape = [mine if size == 1 and spread else size for mine, size in zip(shape, np.shape(other), strict=True)]
            elif len(shape) < np.ndim(other):
                shape = list(np.shape(other)[-len(shape) :])
            elif sign != "@" and len(shape) == 2 and np.size(other) != 1:  # x beside gamma of np.ones(dim)
                shape[len(shape) - np.ndim(other) :] = np.shape(other)
            else:
                continue
            axes = (-2 if at_left and np.ndim(other) > 1 else -1,) if sign == "@" else list_changed(np.shape(own), shape)
            asked += self.list_asked(own, shape, settled=all(self.is_settled(other, axis) for axis in axes))
        if not asked and sign == "@" and np.ndim(left) == 1:
            self._ask_rows(left, np.shape(right))
            self._ask_size(np.size(left), np.shape(right)[max(0, np.ndim(right) - 2)] if np.ndim(right) else 0)
        if not asked:
            return
        chosen = asked[0]
        if sign not in ("@", "size", "reshape", "into") and np.ndim(left) == np.ndim(right) > 1:  # x + f(x): what came before fits already
            names = [*self.guessed]
            chosen = max(asked, key=lambda one: names.index(one[0]))
        self.ask(*chosen)

    def _list_reshaped(self, own: Floats, wanted: tuple[int, ...]) -> list[tuple[str, tuple[int, ...], bool]]:
        """Shapes of an array that can be made one of another shape."""
        count = np.ndim(own) - 1
        if 0 < count < len(wanted) - 1 and np.shape(own)[:count] == wanted[:count] and np.size(own) != np.prod(wanted):
            wanted = (*wanted[:count], int(np.prod(wanted[count:])))  # rows that images are made of, or heads
        return [*self.list_asked(own, wanted, any_rank=True)]

    def _ask_rows(self, left: Floats, right: tuple[int, ...]) -> None:
        """One more axis for an array of which one column, ``words[:, 0]``, stands where samples do: several words of each sample."""
        for name, value in self.guessed.items():
            whole = np.asarray(value)
            free = not self.changes.get(name, 0) and not self.list_settled(name)
            if free and left.base is value and whole.ndim == len(right) == 2 and left.strides[0] == whole.strides[0]:
                self.ask(name, (*whole.shape, right[0]), False)

    def _ask_labels(self, own: Any, wanted: tuple[int, ...]) -> None:
        """Labels for each step in time, where they are laid flat with the steps, or taken step by step."""
        for name, labels in self.guesser.classes.items():
            if own is not labels or np.ndim(labels) != 1 or name in self.guesser.places:
                continue
            beside = (np.shape(value)[:2] for value in self.guessed.values() if np.ndim(value) > 1)
            made = next((shape for shape in beside if len(wanted) == 1 and shape[0] * shape[1] == wanted[0]), wanted)
            if len(made) == 2:
                raise OtherShape(name, made, int(np.max(labels)) + 1)

    def _ask_size(self, wanted: int, now: int) -> None:
        """Another size for what only counts, beside an array that is laid flat: it has as many entries as that."""
        known = self.guesser.sizes.known
        letters = [letter for letter, size in known.items() if size == now != wanted and self.guesser.is_count(letter)]
        if len(letters) == 1 and wanted not in known.values() and letters[0] in self.guesser.ranked and not self.guesser.world.shapes:
            raise OtherSize(letters[0], wanted)

    def _ask_classes(self, left: tuple[int, ...], right: tuple[int, ...]) -> None:
        """As many classes of labels as a prediction has, where a place was made for each, ``np.zeros((Y.size, Y.max() + 1))``."""
        for own, other in ((left, right), (right, left)):
            changed = list_changed(own, other)
            if len(own) != len(other) or len(own) < 2 or len(changed) != 1:
                continue
            axis = changed.pop()
            for name, labels in self.guesser.classes.items():
                if np.ndim(labels) == 1 and own[axis] == np.max(labels) + 1 < other[axis] and name not in self.guesser.places:
                    raise OtherShape(name, np.shape(labels), other[axis])

    def ask_shape(self, own: Any, shape: Sequence[int]) -> None:
        """Another shape for an array.  Raises `OtherShape` for what it was computed of, where that was only guessed."""
        for asked in self.list_asked(own, shape):
            self.ask(*asked)

    def ask(self, name: str, made: tuple[int, ...], settled: bool) -> None:
        """Another shape for a name.  Raises `OtherShape`."""
        self.changes[name] = self.changes.get(name, 0) + 1
        if settled:
            self.settled_axes.setdefault(name, set()).update(list_changed(np.shape(self.guessed[name]), made))
        raise OtherShape(name, made)

    def _count_changes(self, value: Any) -> int:
        return next((self.changes.get(name, 0) for name, guessed in self.guessed.items() if value is guessed), 0)

    def list_settled(self, name: str) -> set[int]:
        """The axes of a name, from the last one on, whose sizes cannot change: somebody said its shape, or what is said asks for them."""
        said = len(self.guesser.world.shapes.get(name, ()))
        return set(range(-said, 0)) | self.settled_axes.get(name, set())

    def is_settled(self, value: Any, axis: int, depth: int = 0) -> bool:
        """Whether the size of an axis, -1 for the last, cannot change any more: somebody said that of all it was computed of."""
        for name, guessed in self.guessed.items():
            if value is guessed or getattr(value, "base", None) is guessed:
                return axis in self.list_settled(name)
        if depth > 12 or id(value) not in self.made:
            return False  # of what it was computed is not known
        sign, left, right, _ = self.made[id(value)]
        if sign == "picked":
            return axis != -np.ndim(value) and self.is_settled(left, axis, depth + 1)
        if sign == "@":
            return self.is_settled(right if axis == -1 else left, axis, depth + 1)
        return all(self.is_settled(part, axis, depth + 1) for part in (left, right) if np.ndim(part) >= -axis)

    def list_asked(
        self, own: Any, shape: Sequence[int], depth: int = 0, *, any_rank: bool = False, settled: bool = False
    ) -> Iterator[tuple[str, tuple[int, ...], bool]]:
        """What would give an array a shape: the names of guessed ones with theirs; ``settled`` is one that has to be so."""
        name = next(
            (name for name, value in self.guessed.items() if own is value or getattr(own, "base", None) is value), ""
        )
        if name and name in self.guesser.joined and own is not self.guessed[name]:
            return  # a part of all parameters in one row has the shape that the program gives it
        if name:
            turned = (
                own is not self.guessed[name]
                and np.ndim(own) == 2
                and np.shape(own) == np.shape(self.guessed[name])[::-1]
            )
            wanted = tuple(reversed(shape)) if turned else tuple(shape)
            if own is not self.guessed[name] and len(shape) == np.ndim(own) > np.ndim(self.guessed[name]):  # gamma[:, None, None]
                wanted = tuple(size for size, mine in zip(shape, np.shape(own), strict=True) if mine != 1)
            whole = np.shape(self.guessed[name])
            if len(shape) == np.ndim(own) < len(whole) and np.shape(own) == whole[len(whole) - len(shape) :]:  # w[f]: a part of it
                wanted = (*whole[: len(whole) - len(shape)], *shape)
            if any_rank and own is not self.guessed[name] and len(shape) < np.ndim(own) < len(whole):  # y[i]: a part of it
                wanted = (*whole[: len(whole) - np.ndim(own)], *shape)
            if (
                self.changes.get(name, 0) < MOST_CHANGES
                and wanted != np.shape(self.guessed[name])
                and not self.list_settled(name) & list_changed(np.shape(self.guessed[name]), wanted)
                and (any_rank or len(wanted) == np.ndim(self.guessed[name]))
            ):
                yield name, wanted, settled
            return
        base: Any = getattr(own, "base", None)
        if id(own) not in self.made and id(base) in self.made and np.shape(own)[1:] == np.shape(base)[1:]:  # a batch of them
            own, shape = base, (np.shape(base)[0], *shape[1:])
        if depth > 12 or id(own) not in self.made:
            return
        sign, left, right, _ = self.made[id(own)]
        if sign == "picked":  # samples in another order, or some of them
            if tuple(shape[1:]) != np.shape(left)[1:]:
                yield from self.list_asked(left, (np.shape(left)[0], *shape[1:]), depth + 1, settled=settled)
            return
        if sign == "@" and np.ndim(left) == np.ndim(right) == len(shape) == 2:
            if shape[1] != np.shape(right)[1]:
                yield from self.list_asked(right, (np.shape(right)[0], shape[1]), depth + 1, settled=settled)
            if shape[0] != np.shape(left)[0]:
                yield from self.list_asked(left, (shape[0], np.shape(left)[1]), depth + 1, settled=settled)
        elif sign == "@" and np.ndim(left) == len(shape) > np.ndim(right) == 2 and shape[-1] != np.shape(right)[1]:
            yield from self.list_asked(right, (np.shape(right)[0], shape[-1]), depth + 1, settled=settled)
        elif sign == "@" and len(shape) == 1 and (np.ndim(left), np.ndim(right)) in ((2, 1), (1, 2)):  # of one sample
            matrix, wanted = (left, (*shape, np.shape(left)[1])) if np.ndim(left) == 2 else (right, (np.shape(right)[0], *shape))
            yield from self.list_asked(matrix, wanted, depth + 1, settled=settled)
        elif sign != "@":
            for part in (left, right):
                if np.ndim(part) == len(shape):  # one entry is spread over whatever there is: a bias of columns stays one
                    kept = [1 if own == 1 else size for own, size in zip(np.shape(part), shape, strict=True)]
                    yield from self.list_asked(part, kept, depth + 1, settled=settled)
                elif any_rank and np.ndim(part) > len(shape):  # np.reshape(a - y.T, m): y has as many axes
                    yield from self.list_asked(part, shape, depth + 1, any_rank=True, settled=settled)


def list_changed(shape: Sequence[int], other: Sequence[int]) -> set[int]:
    """The axes in which two shapes differ, from the last one on.

    >>> sorted(list_changed((7, 5), (6, 5))), sorted(list_changed((3,), (3, 3)))
    ([-2], [-2])
    """
    longest = max(len(shape), len(other))
    one, two = ((None,) * (longest - len(part)) + tuple(part) for part in (shape, other))
    return {place - longest for place in range(longest) if one[place] != two[place]}
