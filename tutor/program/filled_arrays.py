"""Arrays that a program fills part by part, ``h[:, t] = …``: what was written where, and the whole put together of it.

NumPy changes an array in its place; a derivation has only new values.  So an array that is filled is a list of what was written, and
where it is used, the part that is used is put together: with zeros where nothing was written.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tutor.errors import tell
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.program_signs import AXIS_WORD, END, NEW, SLICE, SPAN
from tutor.expression.sizes import Size
from tutor.graph.broadcasting import join_shapes, spread_array
from tutor.graph.shapes import Shape, size_expr
from tutor.program.program_values import FilledArray, Formula, WrittenPart, is_whole, write_number

if TYPE_CHECKING:
    from tutor.program.operand_reader import OperandReader

MOST_WRITTEN = 400
Region = tuple[tuple[int, Size], ...]
"""Of each axis the first place and the one behind the last."""


def find_regions(reader: OperandReader, shape: Shape, parts: Sequence[Any], node: ast.AST) -> list[tuple[Region, tuple[bool, ...]]]:
    """The places that stand in brackets, as regions of the array, each with the axes that it keeps; several for a slice with a step.

    Raises `ProgramError` at the node for places that are not known.
    """
    listed = [part for part in parts if part is not None]
    if Ellipsis in [part for part in listed if part is Ellipsis]:
        at = next(place for place, part in enumerate(listed) if part is Ellipsis)
        listed[at : at + 1] = [slice(None)] * (len(shape) - len(listed) + 1)
    if len(listed) > len(shape):
        raise reader.source.refuse(node, tell("{count} places in brackets for {axes} axes", count=len(listed), axes=len(shape)))
    listed += [slice(None)] * (len(shape) - len(listed))
    found: list[tuple[Region, tuple[bool, ...]]] = [((), ())]
    for part, size in zip(listed, shape, strict=True):
        choices = _find_places(reader, part, size, node)
        found = [((*region, place), (*kept, keeps)) for region, kept in found for place, keeps in choices]
        if len(found) > MOST_WRITTEN:
            raise reader.source.refuse(node, tell("more than {limit} parts of an array at once", limit=MOST_WRITTEN))
    return found


def _find_places(reader: OperandReader, part: Any, size: Size, node: ast.AST) -> list[tuple[tuple[int, Size], bool]]:
    """Of one axis the places that are meant."""
    from_first = isinstance(part, slice) and part.start in (None, 0) and part.step in (None, 1)
    if from_first and (part.stop is None or reader.is_size(part.stop, size)):
        return [((0, size), True)]
    if not isinstance(size, int):
        raise reader.source.refuse(node, tell("a part of an axis of {size} entries is not known", size=size),
                                   tell("give sizes in numbers, --shapes X=4,n, where places are counted"))  # fmt: skip
    if is_whole(part):
        place = part + size if part < 0 else part
        if not 0 <= place < size:
            raise reader.source.refuse(node, tell("there is no entry {key}", key=str(part)))
        return [((place, place + 1), False)]
    if isinstance(part, slice) and all(value is None or is_whole(value) for value in (part.start, part.stop, part.step)) and part.step != 0:
        places = range(*part.indices(size))
        if places.step == 1:
            return [((places.start, places.stop), True)] if places else []
        return [((place, place + 1), False) for place in places]
    raise reader.source.refuse(node, tell("a change of some entries of an array is not read"),
                               tell("write a whole new array: with np.concatenate, np.stack, or a mask"))  # fmt: skip


def write_part(reader: OperandReader, array: FilledArray, parts: Sequence[Any], value: Formula, node: ast.AST) -> None:
    """Note what is written into a part of an array."""
    regions = find_regions(reader, array.shape, parts, node)
    stepped = [place for place, part in enumerate(parts) if isinstance(part, slice) and part.step not in (None, 1)]
    if len(array.writes) + len(regions) > MOST_WRITTEN:
        raise reader.source.refuse(node, tell("an array with more than {limit} parts", limit=MOST_WRITTEN), tell("give smaller sizes"))
    for count, (region, kept) in enumerate(regions):
        own = _take_round(reader, value, array.shape, parts, stepped, count, node) if stepped and value.shape else value
        shape = tuple(_measure(span) for span, keeps in zip(region, kept, strict=True) if keeps)
        if own.shape != shape:
            if join_shapes(own.shape, shape) != shape and own.shape:
                what = tell("an array of shape {one} is written where {two} belongs",
                            one="×".join(map(str, own.shape)), two="×".join(map(str, shape)) or "1")
                raise reader.source.refuse(node, what, tell("check the shapes"))
            own = Formula(spread_array(own.expr, own.shape, shape), shape)
        array.writes.append(WrittenPart(region, kept, own))


def _take_round(reader: OperandReader, value: Formula, shape: Shape, parts: Sequence[Any], stepped: Sequence[int], count: int,
                node: ast.AST) -> Formula:  # fmt: skip
    """Of a value for a slice with a step the part that belongs to one of its places."""
    lengths = [len(range(*parts[place].indices(shape[place]))) for place in stepped]
    places: list[int] = []
    for length in reversed(lengths):
        count, place = divmod(count, length)
        places.insert(0, place)
    axis = -1
    index: list[Expr] = []
    for place, part in enumerate(parts):
        if not isinstance(part, slice):
            continue
        axis += 1
        index.append(write_number(places[stepped.index(place)]).expr if place in stepped else Call(SPAN, ()))
    return reader.recorder.build(Call(SLICE, (value.expr, *index)), node)


def _measure(span: tuple[int, Size]) -> Size:
    return span[1] - span[0] if isinstance(span[1], int) else span[1]


def read_part(reader: OperandReader, array: FilledArray, parts: Sequence[Any], node: ast.AST) -> Formula:
    """A part of an array as it is now."""
    regions = find_regions(reader, array.shape, parts, node)
    if len(regions) != 1 or None in [part for part in parts if part is None]:
        return reader.take_array(reader.pick(read_whole(reader, array, node), parts, node), node)
    region, kept = regions[0]
    return _Assembly(reader, node).read(array, region, kept)


def read_whole(reader: OperandReader, array: FilledArray, node: ast.AST) -> Formula:
    """The whole array as it is now."""
    region = tuple((0, size) for size in array.shape)
    return _Assembly(reader, node).read(array, region, (True,) * len(array.shape))


def give_own_entries(array: FilledArray) -> FilledArray:
    """An array of its own with the same entries.

    >>> give_own_entries(FilledArray((2,), "0")).writes
    []
    """
    return replace(array, writes=list(array.writes))


class _Assembly:
    """Puts a region together of what was written into it, the later over the earlier."""

    def __init__(self, reader: OperandReader, node: ast.AST) -> None:
        self.reader, self.node = reader, node

    def read(self, array: FilledArray, region: Region, kept: tuple[bool, ...]) -> Formula:
        """The entries of a region, without the axes that are not kept, each of which has one place there."""
        hits = [one for one in array.writes if _has_common(one.region, region)]
        while hits and not (whole := [place for place, one in enumerate(hits) if _is_covered_by(one.region, region)]):
            return self.split(array, hits, region, kept)
        if not hits:
            return self.read_base(array, region, kept)
        last = whole[-1]
        if last == len(hits) - 1:
            return self.take(hits[-1], region, kept)
        return self.split(array, hits[last:], region, kept)

    def split(self, array: FilledArray, hits: Sequence[WrittenPart], region: Region, kept: tuple[bool, ...]) -> Formula:
        """Along the first axis that something does not cover wholly."""
        axis = next(place for place, span in enumerate(region) for one in hits
                    if one.region[place][0] > span[0] or _is_behind(span[1], one.region[place][1]))  # fmt: skip
        begin, end = region[axis]
        assert isinstance(end, int)
        cuts = {begin, end}
        for one in hits:
            for cut in one.region[axis]:
                if isinstance(cut, int) and begin < cut < end:
                    cuts.add(cut)
        ordered = sorted(cuts)
        single = len(ordered) == end - begin + 1 and any(not one.kept[axis] for one in hits)
        parts: list[Formula] = []
        part_array = replace(array, writes=list(hits)) if len(hits) < len(array.writes) else array
        for low, high in pairwise(ordered):
            inner = (*region[:axis], (low, high), *region[axis + 1 :])
            parts.append(self.read(part_array, inner, (*kept[:axis], not single, *kept[axis + 1 :])))
        place = sum(kept[:axis])
        axis_word = Call(AXIS_WORD, (Number(str(place)),))
        return self.reader.recorder.build(Call("stack" if single else "concat", (*(part.expr for part in parts), axis_word)), self.node)

    def read_base(self, array: FilledArray, region: Region, kept: tuple[bool, ...]) -> Formula:
        """What stood there before anything was written."""
        if isinstance(array.base, Formula):
            whole = tuple((0, size) for size in array.shape)
            return self.take(WrittenPart(whole, (True,) * len(whole), array.base), region, kept)
        shape = tuple(_measure(span) for span, keeps in zip(region, kept, strict=True) if keeps)
        number = write_number(array.base)
        return Formula(Call("fill", (number.expr, *map(size_expr, shape))), shape) if shape else number

    def take(self, one: WrittenPart, region: Region, kept: tuple[bool, ...]) -> Formula:
        """Of what was written the part that belongs to a region."""
        index: list[Expr] = []
        for own, span, had, keeps in zip(one.region, region, one.kept, kept, strict=True):
            if had and not keeps:
                index.append(Number(str(span[0] - own[0])))
            elif had:
                whole = own == span
                last = END if span[1] == own[1] or not isinstance(span[1], int) else Number(str(span[1] - own[0]))
                index.append(Call(SPAN, ()) if whole else Call(SPAN, (Number(str(span[0] - own[0])), last)))
            elif keeps:
                index.append(Call(NEW, ()))
        if all(part == Call(SPAN, ()) for part in index):
            return one.value
        return self.reader.recorder.build(Call(SLICE, (one.value.expr, *index)), self.node)


def _is_behind(one: Size, two: Size) -> bool:
    return isinstance(one, int) and isinstance(two, int) and one > two


def _has_common(one: Region, two: Region) -> bool:
    return all(not (isinstance(b, int) and c >= b) and not (isinstance(d, int) and a >= d) for (a, b), (c, d) in zip(one, two, strict=True))


def _is_covered_by(one: Region, two: Region) -> bool:
    return all(a <= c and not _is_behind(d, b) for (a, b), (c, d) in zip(one, two, strict=True))
