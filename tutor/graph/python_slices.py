"""Slices as Python writes them, ``X[:, 0:2]``, ``h[1:]``, ``x[:, None]``: counted from 0, up to the last one and without it.

A place in brackets without a colon is an entry, counted from 1 as on paper (`tutor.graph.layered`); with a colon all of the bracket is
Python's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.errors import GraphError, tell
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.program_signs import END, NEW, REST, SLICE, SPAN
from tutor.expression.sizes import Size, add_sizes, is_at_least, show_size
from tutor.graph.shapes import Shape, shape_of, shape_text, shorten_call, size_expr, size_of
from tutor.rules.operations import LONGER, name_along


def take_slice(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """A slice of an array by the operations that there are.  Raises `GraphError` for one that does not fit.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> part = Call("slice", (Name("X"), Call("span", ()), Call("span", (Number("0"), Number("2")))))
    >>> write_plain(take_slice(part, {"X": (4, 3)}))
    'part_row(X, 0, 2)'
    """
    array, *parts = call.args
    shape = shape_of(array, shapes)
    shown = f"{shorten_call(array, shapes)} of shape {shape_text(shape)}"
    rank = len(shape)
    listed = _fill_rest(parts, rank, shown)
    left, place = array, 0
    for part in listed:
        if type(part) is Call and part.func == NEW:
            if rank == len(LONGER):
                raise GraphError(tell("one axis more for {shown}", shown=shown),
                                 hint=tell("an array has at most {count} axes", count=len(LONGER)))
            left = Call(name_along("keep", rank + 1, place), (left,)) if rank else Call("fill", (left, Number("1")))
            rank, place = rank + 1, place + 1
            continue
        size = shape_of(left, shapes)[place]
        picked = not (type(part) is Call and part.func == SPAN)
        first, count = _read_place(part, size, shown) if picked else _read_span(part, size, shown)
        if picked and rank == 1:
            left, rank = Call("entry", (left, size_expr(add_sizes(first, 1)))), 0
            continue
        if count != size:
            left = Call(name_along("part", rank, place), (left, size_expr(first), size_expr(count)))
        if picked:
            left, rank = Call(name_along("drop", rank, place), (left,)), rank - 1
        else:
            place += 1
    return left


def _fill_rest(parts: Sequence[Expr], rank: int, shown: str) -> list[Expr]:
    """One part for each axis: ``…`` stands for as many whole ones as are missing, and those at the end may be left out."""
    used = sum(not (type(part) is Call and part.func in (NEW, REST)) for part in parts)
    if used > rank:
        raise GraphError(tell("{count} places in brackets behind {shown}", count=used, shown=shown), hint=tell("one for each axis"))
    whole: list[Expr] = [Call(SPAN, ())] * (rank - used)
    place = next((i for i, part in enumerate(parts) if type(part) is Call and part.func == REST), len(parts))
    return [*parts[:place], *whole, *parts[place + 1 :]]


def _count(expr: Expr, size: Size) -> Size:
    """A place from the beginning; with a minus in front it is counted from the end, as in x[-h:]."""
    place = size_of(expr)
    return add_sizes(size, place) if is_at_least(-1, place) else place


def _read_place(part: Expr, size: Size, shown: str) -> tuple[Size, Size]:
    place = _count(part, size)
    if is_at_least(place, 0) is False or is_at_least(place, size):
        raise GraphError(tell("there is no place {place} along an axis of {shown}", place=place, shown=shown),
                         hint=tell("beside a colon places run from 0 to before {size}", size=size))
    return place, 1


def _read_span(part: Expr, size: Size, shown: str) -> tuple[Size, Size]:
    begin, end = (part.args if type(part) is Call and part.args else (Number("0"), END))
    first = _count(begin, size)
    last = size if end == END else _count(end, size)
    count = add_sizes(last, first, -1)
    if is_at_least(first, 0) is False or is_at_least(count, 1) is False or is_at_least(size, last) is False:
        what = tell("nothing, or more than there is, from {first} to {last} along an axis of {shown}", first=show_size(first),
                    last=show_size(last), shown=shown)  # fmt: skip
        raise GraphError(what, hint=tell("from the first to before the last: x[0:2] has two entries"))
    return first, count


def is_slice(expr: Expr) -> bool:
    """Whether this is a slice as it was read."""
    return type(expr) is Call and expr.func == SLICE
