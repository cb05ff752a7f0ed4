"""What a file says of a family of quantities, ``x = [[1, 0], [0, 1]]`` of x[t], given to each of them: one row a place, or one for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.graph.repetition import Place
from tutor.text import make_visible

MOST_ENTRIES = 10_000
Free = Mapping[str, tuple[int, ...]]
"""The quantities that something is said of, each with its places where the key leaves them free."""


def match_places(at: Sequence[Place], slots: Sequence[Place | None]) -> tuple[int, ...] | None:
    """The places that stand where a key leaves them free (None); nothing where the fixed ones do not fit.

    >>> match_places((2, 1), (2, None)), match_places((2, 1), (1, None))
    ((1,), None)
    """
    if any(slot is not None and slot != place for slot, place in zip(slots, at, strict=True)):
        return None
    return tuple(int(str(place)) for slot, place in zip(slots, at, strict=True) if slot is None)


def give_shape(_name: str, value: Any, places: Free) -> dict[str, Any]:
    """The one shape (or description) of all.

    >>> give_shape("x", [2], {"x_1": (1,), "x_2": (2,)})
    {'x_1': [2], 'x_2': [2]}
    """
    return dict.fromkeys(places, value)


def make_giver(shapes: Mapping[str, Any]) -> Callable[[str, Any, Free], dict[str, Any] | None]:
    """A function that gives values: a row a place, nested for several indices; one number is that of all entries of all.

    It gives nothing where there are more or fewer rows than places.

    >>> give = make_giver({"h_0": [2]})
    >>> give("x", [5, 6], {"x_1": (1,), "x_2": (2,)}), give("h", 0, {"h_0": (0,)}), give("x", [5], {"x_1": (1,), "x_2": (2,)})
    ({'x_1': 5, 'x_2': 6}, {'h_0': [0, 0]}, None)
    """

    def give(_name: str, value: Any, places: Free) -> dict[str, Any] | None:
        if isinstance(value, list) and len(places) == 1 and (len(value) != 1 or not all(places.values())):
            return dict.fromkeys(places, value)
        return _give_rows(value, places, shapes)

    return give


def _give_rows(value: Any, places: Free, shapes: Mapping[str, Any]) -> dict[str, Any] | None:
    if not isinstance(value, list):
        return {one: _fill(value, shapes.get(one, [])) for one in places}
    if not all(places.values()):
        return dict.fromkeys(places, value)
    firsts = sorted({free[0] for free in places.values()})
    if len(firsts) != len(value):
        return None
    found: dict[str, Any] = {}
    for first, row in zip(firsts, value, strict=True):
        given = _give_rows(row, {one: free[1:] for one, free in places.items() if free[0] == first}, shapes)
        if given is None:
            return None
        found.update(given)
    return found


def _fill(value: Any, shape: Any) -> Any:
    """An array of equal numbers; the number where it has no shape, or one with letters."""
    sizes = shape if isinstance(shape, list) else [shape]
    count = 1
    for size in reversed(sizes):
        count *= size if isinstance(size, int) and not isinstance(size, bool) else 0
        if not 0 < count <= MOST_ENTRIES:
            return value
        value = [value] * size
    return value


def describe_rows(name: str, value: Any, places: Free) -> str:
    """What does not fit.

    >>> describe_rows("x", [5], {"x_1": (1,), "x_2": (2,)})
    'x has 1 row, and 2 places from 1 to 2'
    """
    listed = sorted({free[0] for free in places.values() if free})
    count = len(value) if isinstance(value, list) else 1
    rows = f"{count} row" + "s" * (count != 1)
    return f"{make_visible(name)} has {rows}, and {len(listed)} places from {listed[0]} to {listed[-1]}"
