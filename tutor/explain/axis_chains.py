"""Broadcasting and sums over several axes as they are printed: ``broadcast[N×·×H×W](μ)``, and its pullback ``sum[N×·×H×W](G)``.

The graph has an operation for each axis, one in another.  On paper one sign has them all: a dot is an axis that the array has (or keeps), a
size one along which it is repeated (or summed).  Of matrices 𝟏 bᵀ and A 𝟏 say it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from tutor.expression.nodes import Call, Div, Expr, Mul, Neg, children, rebuild
from tutor.expression.program_signs import BROADCAST, OWN, SUMMED
from tutor.expression.sizes import Size
from tutor.graph.shapes import Shape, shape_of, size_expr, size_of
from tutor.rules.operations import LONGER, SUMS, name_along

_PLACES = {
    (name_along(what, rank, place), rank): (what, place)
    for what in ("keep", "drop", "stretch") for rank in range(2, len(LONGER) + 1) for place in range(rank)
}  # fmt: skip
_LARGEST = frozenset(name_along("largest", len(LONGER), place) for place in range(len(LONGER)))
class _Link(NamedTuple):
    """What is done, at which axis, and how long that is then."""

    what: str
    place: int
    size: Size = 1


_Finder: TypeAlias = Callable[[Call, Mapping[str, Shape]], _Link | None]
_REPEATS = {"batch": 0, "rows": -2, "columns": -1}
"""Where an array has an axis more, by what it is repeated with."""


def gather_axes(expr: Expr, shapes: Mapping[str, Shape]) -> tuple[str, Expr, tuple[Expr, ...]] | None:
    """What is done along several axes as one sign: its name ("" for none, the array itself), the array, an axis or a size for each axis.

    Nothing for other operations, and for what is done to matrices, which is printed with 𝟏.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> inner = Call("batch", (Call("rows", (Name("b"), Name("T"))), Name("N")))
    >>> name, array, axes = gather_axes(inner, {"b": ("D",)})
    >>> name, write_plain(array), [write_plain(axis) for axis in axes]
    ('broadcast', 'b', ['N', 'T', 'own axis'])
    """
    if type(expr) is not Call:
        return None
    return _gather_spread(expr, shapes) or _gather_sum(expr, shapes) or _gather_largest(expr, shapes)


def _gather_spread(expr: Call, shapes: Mapping[str, Shape]) -> tuple[str, Expr, tuple[Expr, ...]] | None:
    walked = _walk_links(expr, shapes, _find_spread)
    links, inner = [link for link, _ in walked], walked[-1][1] if walked else expr
    if not links or max(len(shape_of(part, shapes)) for part in (expr, inner)) < 3:
        return None
    axes: list[Size | None] = [None] * len(shape_of(inner, shapes))
    for what, place, size in reversed(links):
        if what == "keep":
            axes.insert(place, 1)
        elif what == "drop":
            del axes[place]
        elif what == "stretch":
            axes[place] = size
        else:
            axes.insert(len(axes) + 1 + place if place < 0 else place, size)
    longer = any(axis not in (None, 1) for axis in axes)
    if longer and len(links) == 1 and links[0].what in _REPEATS:
        return None  # columns[T](…), rows[T](…), batch[N](…)
    return (BROADCAST if longer else "", inner, tuple(OWN if axis is None else size_expr(axis) for axis in axes))


def _gather_sum(expr: Call, shapes: Mapping[str, Shape]) -> tuple[str, Expr, tuple[Expr, ...]] | None:
    walked = _walk_links(expr, shapes, _find_summed)
    while walked and walked[-1][0].what != "sum":  # what is done before the first sum is not a part of it
        walked.pop()
    links, inner = [link for link, _ in walked], walked[-1][1] if walked else expr
    shape = shape_of(inner, shapes)
    if len(shape) < 3 or sum(link.what == "sum" for link in links) < 2 or (links[0].what == "keep" and len(shape_of(expr, shapes)) < 3):
        return None
    left: list[int | None] = list(range(len(shape)))
    for what, place, _ in reversed(links):
        if what == "keep":
            left.insert(place, None)
        else:
            del left[place]
    return SUMMED, inner, tuple(OWN if axis in left else size_expr(size) for axis, size in enumerate(shape))


def _gather_largest(expr: Call, shapes: Mapping[str, Shape]) -> tuple[str, Expr, tuple[Expr, ...]] | None:
    """The largest of all entries, max(x), which is found along one axis after the other."""
    inner: Expr = expr
    while type(inner) is Call and inner.func in _LARGEST:
        inner = inner.args[0]
    return None if inner is expr or shape_of(expr, shapes) else ("max", inner, ())


def _walk_links(expr: Expr, shapes: Mapping[str, Shape], find: _Finder) -> list[tuple[_Link, Expr]]:
    """The operations one in another from the outermost on, each with the array inside it."""
    walked: list[tuple[_Link, Expr]] = []
    while (walked or type(expr) is Call) and (taken := _take_outermost(expr, shapes, find if type(expr) is Call else _find_kept)):
        walked.append(taken)
        expr = taken[1]
    return walked


def _take_outermost(expr: Expr, shapes: Mapping[str, Shape], find: _Finder) -> tuple[_Link, Expr] | None:
    """The outermost operation, and what is left without it; numbers in front, and below, stay."""
    if type(expr) is Call:
        link = find(expr, shapes)
        return None if link is None else (link, expr.args[0])
    parts = children(expr)
    arrays = [place for place, part in enumerate(parts) if shape_of(part, shapes)] if type(expr) in (Neg, Mul, Div) else []
    if len(arrays) != 1 or (type(expr) is Div and arrays != [0]):
        return None
    (place,) = arrays
    peeled = _take_outermost(parts[place], shapes, find)
    return None if peeled is None else (peeled[0], rebuild(expr, (*parts[:place], peeled[1], *parts[place + 1 :])))


def _find_spread(call: Call, shapes: Mapping[str, Shape]) -> _Link | None:
    if call.func in _REPEATS:
        return _Link(call.func, _REPEATS[call.func], size_of(call.args[1]))
    what, place = _PLACES.get((call.func, len(shape_of(call, shapes))), ("", 0))
    return _Link(what, place, size_of(call.args[1])) if what == "stretch" else _find_kept(call, shapes)


def _find_kept(call: Call, shapes: Mapping[str, Shape]) -> _Link | None:
    for rank, wanted in ((0, "keep"), (1, "drop")):
        what, place = _PLACES.get((call.func, len(shape_of(call, shapes)) + rank), ("", 0))
        if what == wanted:
            return _Link(what, place)
    return None


def _find_summed(call: Call, shapes: Mapping[str, Shape]) -> _Link | None:
    return _find_sum(call, shapes) or _find_kept(call, shapes)


def _find_sum(call: Call, shapes: Mapping[str, Shape]) -> _Link | None:
    own = shape_of(call.args[0], shapes) if call.args else ()
    names = SUMS.get(len(own), ())
    return _Link("sum", names.index(call.func)) if call.func in names else None
