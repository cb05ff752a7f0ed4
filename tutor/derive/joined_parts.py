"""Gradients of the parts of one array put one after the other: what ``a, b = split(x, 2)`` sends back to x is ∂L/∂a and behind it ∂L/∂b.

Each part alone sends back its gradient with zeros around it; where the parts lie side by side and fill the array, the sum of these is
the gradients in a row, which is what lectures write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from tutor.expression.nodes import Call, Expr
from tutor.expression.sizes import Size, add_sizes, compute_size
from tutor.graph.shapes import Shape, shape_of
from tutor.rules.operations import name_along


class _Piece(NamedTuple):
    """What stands from a place on, and what comes behind it."""

    inner: Expr
    begin: Size
    end: Size
    behind: Size


def join_parts(terms: Sequence[Expr], shapes: Mapping[str, Shape]) -> list[Expr]:
    """The terms of a gradient with those that lie side by side along an axis, and fill it, as one array; all others as they are.

    >>> from tutor.expression.nodes import Name, Number
    >>> from tutor.expression.plain import write_plain
    >>> first = Call("pad_row", (Name("a"), Number("0"), Number("3")))
    >>> second = Call("pad_row", (Name("b"), Number("2"), Number("0")))
    >>> [write_plain(term) for term in join_parts([second, first], {"a": (2,), "b": (3,)})]
    ['concat(a, b)']
    """
    left = list(terms)
    for func in dict.fromkeys(term.func for term in terms if type(term) is Call and term.func.startswith("pad")):
        pieces = {place: piece for place, term in enumerate(left) if (piece := _read_piece(term, func, shapes)) is not None}
        chain = _find_chain(pieces)
        if len(chain) > 1:
            rank = len(shape_of(pieces[chain[0]].inner, shapes))
            axis = next(place for place in range(rank) if name_along("pad", rank, place) == func)
            joined = reduce(lambda done, part: Call(name_along("concat", rank, axis), (done, part)), [pieces[at].inner for at in chain])
            left = [joined if place == chain[0] else term for place, term in enumerate(left) if place == chain[0] or place not in chain]
    return left


def _read_piece(term: Expr, func: str, shapes: Mapping[str, Shape]) -> _Piece | None:
    if type(term) is not Call or term.func != func or len(term.args) != 3:
        return None
    shape = shape_of(term.args[0], shapes)
    axis = next((place for place in range(len(shape)) if name_along("pad", len(shape), place) == func), None)
    begin, behind = compute_size(term.args[1]), compute_size(term.args[2])
    if axis is None or begin is None or behind is None:
        return None
    return _Piece(term.args[0], begin, add_sizes(begin, shape[axis]), behind)


def _find_chain(pieces: Mapping[int, _Piece]) -> list[int]:
    """The pieces from the beginning of the axis to its end, each where the one before ends; nothing where they do not fill it."""
    chain: list[int] = []
    end: Size = 0
    while True:
        following = next((place for place, piece in pieces.items() if piece.begin == end and place not in chain), None)
        if following is None:
            return []
        chain.append(following)
        end = pieces[following].end
        if pieces[following].behind == 0:
            return chain
