"""Arrays that share their numbers: z[1:], z.T and z.reshape(…) show those of z, and what is changed in one of them changes in all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from weakref import ref

from tutor.errors import tell
from tutor.program.program_values import FilledArray, Formula, KnownArray, Unread

_MOVED = re.compile("reshape(_as)?|view(_as)?|ravel|transpose|swapaxes|squeeze|unsqueeze|expand(_as|_dims)?|permute|t|mo?vea?xis|movedim"
                    "|rollaxis|broadcast_to|atleast_[123]d|diagonal|flatten|unflatten|narrow|select|detach")  # fmt: skip
_PIECES = re.compile("([hvd]|array_|tensor_)?split|chunk|unbind|unstack")
Region = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SharedPart:
    """A value that shows the numbers of ``base``: those of a ``region``, by whole numbers and spans, or it is not told of which."""

    view: ref[Any]
    base: Any
    region: Region | None = None


class SharedArrays:
    """Which values show the numbers of which."""

    def __init__(self) -> None:
        self.of_view: dict[int, list[SharedPart]] = {}
        self.of_base: dict[int, list[SharedPart]] = {}
        self.stale: dict[int, tuple[Any, Unread]] = {}
        self.count, self.most = 0, 100

    def note(self, view: Any, base: Any, region: Region | None = None) -> Any:
        """The view itself, of which is known from here on that it shows numbers of the base."""
        if view is not base and isinstance(view, Formula | FilledArray | KnownArray) and getattr(base, "shape", None):
            if self.count > self.most:
                self._drop_dead()
            self._add(SharedPart(ref(view), base, region), id(view))
        return view

    def _add(self, part: SharedPart, view: int) -> None:
        self.of_view.setdefault(view, []).append(part)
        self.of_base.setdefault(id(part.base), []).append(part)
        self.count += 1

    def _drop_dead(self) -> None:
        """Leave out the views that nothing has any more: most are parts of one formula."""
        kept = [(part, view) for listed in self.of_view.values() for part in listed if (view := part.view()) is not None]
        self.of_view, self.of_base, self.count, self.most = {}, {}, 0, 2 * len(kept) + 100
        for part, view in kept:
            self._add(part, id(view))

    def note_call(self, word: str, made: Any, values: Sequence[Any]) -> Any:
        """What a function gives, where that shows the numbers of its first argument: moved, or in pieces apart from each other."""
        base = values[0] if values else None
        if isinstance(made, list | tuple) and _PIECES.fullmatch(word):
            for place, one in enumerate(made):
                if not self.is_view(one):
                    self.note(one, base, (place, word))
        elif _MOVED.fullmatch(word):
            self.note(made, base)
        return made

    def move(self, old: Any, new: Any) -> None:
        """What shows numbers of an array shows those of its new value: pieces that a change left as they are."""
        for part in self.of_base.pop(id(old), ()):
            if part.base is old and (view := part.view()) is not None and id(view) not in self.stale:
                self.note(view, new, part.region)

    def is_view(self, value: Any) -> bool:
        """Whether a value shows numbers of another one."""
        return any(part.view() is value for part in self.of_view.get(id(value), ()))

    def list_sharers(self, changed: Any, region: Region | None = None) -> Iterator[Any]:
        """The other values that show numbers of one that is changed, all of it or a region.

        Views of the same array that are apart from each other do not: W[0] and W[1].
        """
        seen, waiting = {id(changed)}, [(changed, region)]
        while waiting:
            one, where = waiting.pop()
            bases = (part for part in self.of_view.get(id(one), ()) if part.view() is one)
            found: list[tuple[Any, Region | None]] = [(part.base, part.region) for part in bases]
            shown = ((part.view(), part.region) for part in self.of_base.get(id(one), ()))
            found += [(view, None) for view, region in shown if view is not None and not is_apart(region, where)]
            for other in found:
                if id(other[0]) not in seen:
                    seen.add(id(other[0]))
                    waiting.append(other)
                    yield other[0]


def is_apart(one: Region | None, two: Region | None) -> bool:
    """Whether two regions of an array have no entry in common, by the axes that both tell.

    >>> is_apart((0,), (1,)), is_apart((0,), (slice(0, 2),)), is_apart((slice(2, 4),), (slice(0, 2),)), is_apart((0,), None)
    (True, False, True, False)
    """
    if one is None or two is None or any(part is Ellipsis or part is None for part in (*one, *two)):
        return False
    if str in map(type, (*one, *two)) and [*map(type, one)] != [*map(type, two)]:  # pieces of two kinds
        return False
    return any(_is_apart(*pair) for pair in zip_longest(one, two, fillvalue=slice(None)) if str not in map(type, pair))


def _is_apart(one: Any, two: Any) -> bool:
    (first, end), (other, other_end) = _find_span(one), _find_span(two)
    return end <= other or other_end <= first


def _find_span(part: Any) -> tuple[float, float]:
    if isinstance(part, int):
        return (part, part + 1) if part >= 0 else (float("-inf"), float("inf"))
    everywhere = (float("-inf"), float("inf"))
    if not isinstance(part, slice) or part.step not in (None, 1):
        return everywhere
    start, end = part.start or 0, float("inf") if part.stop is None else part.stop
    return (start, end) if all(isinstance(one, int | float) and one >= 0 for one in (start, end)) else everywhere


def leave_shared(reader: Any, old: Any, node: ast.AST, region: Region | None = None) -> None:
    """What shares its numbers with an array that is changed in its place is refused from here on, wherever it is used."""
    for other in [*reader.shared.list_sharers(old, region)]:
        error = reader.source.refuse(node, tell("another array shows the numbers that are changed here in their place"),
                                     tell("write a copy where it is made, x[1:].copy(), or a whole new array"))  # fmt: skip
        reader.shared.stale[id(other)] = (other, Unread(error))
        reader.change_everywhere(other, Unread(error))
