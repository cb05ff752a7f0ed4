"""Functions of arrays that give several of them, or whose shape is told by the program: split, pad, expand, tril, one-hot rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from tutor.errors import tell
from tutor.expression.nodes import Call, Number
from tutor.expression.sizes import Size
from tutor.graph.broadcasting import join_shapes, spread_array
from tutor.graph.shapes import size_of
from tutor.numbers.arrays import np
from tutor.program.filled_arrays import give_own_entries
from tutor.program.known_arrays import (
    COMPUTED,
    choose_numbers,
    compute_known,
    make_known,
)  # fmt: skip
from tutor.program.library_rows import OTHER_WORDS
from tutor.program.made_arrays import MADE_ARRAYS
from tutor.program.program_values import (
    Condition,
    FilledArray,
    Formula,
    Infinite,
    KnownArray,
    MaskedScores,
    Unread,
    WrittenPart,
    is_whole,
    write_size,
)  # fmt: skip

MOST_PIECES = 200
Given = Mapping[str, Any]


def call_array(reader: Any, word: str, node: ast.AST, values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """What a function of this module gives; `NotImplemented` for any other."""
    row = ARRAY_CALLS.get(word)
    if row is None:
        return NotImplemented
    parameters, make = row
    given: dict[str, Any] = {}
    left = list(values)
    for part in parameters.split():
        name, sign, usual = part.partition("=")
        if name.startswith("*"):
            given[name[1:]], left = left, []
        elif left:
            given[name] = left.pop(0)
        elif sign:
            given[name] = ast.literal_eval(usual)
    if left:
        raise reader.source.refuse(node, tell("{word} with {count} arguments", word=word, count=len(values)))
    for name, value in named.items():
        own = name if f" {name}=" in f" {parameters} " or name in given else OTHER_WORDS.get(name, name)
        given[own] = value
    missing = [part for part in parameters.split() if part.partition("=")[0].lstrip("*") not in given]
    if missing:
        raise reader.source.refuse(node, tell("{word} needs {name}", word=word, name=missing[0]))
    return make(reader, node, given)


def _find_axis(reader: Any, node: ast.AST, value: Any, rank: int) -> int:
    if not is_whole(value) or not -rank <= value < rank:
        raise reader.source.refuse(node, tell("there is no axis {axis}", axis=str(value)[:20]))
    return int(value) % rank


def _take_pieces(reader: Any, node: ast.AST, array: Any, axis: int, cuts: Sequence[int]) -> tuple[Any, ...]:
    """The parts of an array between cuts along an axis."""
    if len(cuts) > MOST_PIECES:
        raise reader.source.refuse(node, tell("more than {limit} parts of an array at once", limit=MOST_PIECES))
    parts = [slice(low, high) for low, high in pairwise(cuts)]
    return tuple(reader.pick(array, (*(slice(None),) * axis, part), node) for part in parts)


def _measure_axis(reader: Any, node: ast.AST, given: Given) -> tuple[Any, int, int]:
    array = given["x"] if isinstance(given["x"], FilledArray | KnownArray) else reader.take_array(given["x"], node)
    axis = _find_axis(reader, node, given["axis"], len(array.shape))
    size = array.shape[axis]
    if not isinstance(size, int):
        raise reader.source.refuse(node, tell("a part of an axis of {size} entries is not known", size=size),
                                   tell("give sizes in numbers, --shapes X=4,n, where places are counted"))  # fmt: skip
    return array, axis, size


def _split(reader: Any, node: ast.AST, given: Given) -> Any:
    """NumPy's second argument is how many parts, or where to cut; PyTorch's how long each is, or the lengths."""
    array, axis, size = _measure_axis(reader, node, given)
    how = reader.read_whole_number(given["sizes"])
    torch = reader.dialect == "torch"
    if isinstance(how, list | tuple):
        lengths = [reader.read_whole_number(one) for one in how]
        if not all(is_whole(one) for one in lengths):
            raise reader.source.refuse(node, tell("a list is indexed by a whole number that is known"))
        return _take_pieces(reader, node, array, axis, [*accumulate(lengths, initial=0)] if torch else [0, *lengths, size])
    if not is_whole(how) or how < 1:
        raise reader.source.refuse(node, tell("how many parts this has is not known"), tell("give sizes in numbers"))
    step = how if torch else size // how
    if not torch and size % how:
        raise reader.source.refuse(node, tell("{size} entries are not {count} equal parts", size=size, count=how))
    return _take_pieces(reader, node, array, axis, [*range(0, size, step), size])


def _take_chunks(reader: Any, node: ast.AST, given: Given) -> Any:
    array, axis, size = _measure_axis(reader, node, given)
    count = reader.read_whole_number(given["sizes"])
    if not is_whole(count) or count < 1:
        raise reader.source.refuse(node, tell("how many parts this has is not known"), tell("give sizes in numbers"))
    return _take_pieces(reader, node, array, axis, [*range(0, size, -(-size // count)), size])


def _take_each(reader: Any, node: ast.AST, given: Given) -> Any:
    array, axis, size = _measure_axis(reader, node, given)
    return tuple(reader.pick(array, (*(slice(None),) * axis, place), node) for place in range(min(size, MOST_PIECES + 1)))


def _pair_widths(width: list[Any], rank: int) -> list[tuple[Any, ...]]:
    """What stands before and behind each axis, broadcast as NumPy's pad does; nothing where it does not fit."""
    try:
        return [tuple(pair) for pair in np.broadcast_to(np.array(width), (rank, 2)).tolist()]
    except ValueError:
        return []


def _put_around(reader: Any, node: ast.AST, given: Given) -> Any:
    """Zeros, or another number, around an array."""
    array = reader.take_array(given["x"], node)
    if given["mode"] not in ("constant", None):
        raise reader.source.refuse(node, tell("padding with anything but a number is not read"))
    rank, width = len(array.shape), given["width"]
    width = [[reader.read_whole_number(one) for one in part] if isinstance(part, list | tuple) else reader.read_whole_number(part)
             for part in (width if isinstance(width, list | tuple) else [width])]  # fmt: skip
    if reader.dialect == "torch" and given.get("torch", True) and all(is_whole(part) for part in width):
        pairs = list(zip(width[::2], width[1::2], strict=False))
        pairs = [(0, 0)] * (rank - len(pairs)) + pairs[::-1]
    else:
        pairs = _pair_widths(width, rank)
    if len(pairs) != rank or not all(len(pair) == 2 and all(is_whole(one) and 0 <= one < 1000 for one in pair) for pair in pairs):
        raise reader.source.refuse(node, tell("how much is padded is not known"), tell("write np.pad(X, ((0, 0), (1, 1)))"))
    shape: list[Size] = []
    region: list[tuple[int, Size]] = []
    for size, (before, behind) in zip(array.shape, pairs, strict=True):
        if before == behind == 0:
            shape.append(size)
            region.append((0, size))
        elif isinstance(size, int):
            shape.append(size + before + behind)
            region.append((before, before + size))
        else:
            raise reader.source.refuse(node, tell("a part of an axis of {size} entries is not known", size=size),
                                       tell("give sizes in numbers, --shapes X=4,n, where places are counted"))  # fmt: skip
    value = reader.take_array(given.get("constant_values", given["value"]) or 0, node)
    base = value.expr.text if type(value.expr) is Number else value
    filled = FilledArray(tuple(shape), base if isinstance(base, str) else Formula(spread_array(value.expr, (), tuple(shape)), tuple(shape)))
    filled.writes.append(WrittenPart(tuple(region), (True,) * rank, array))
    return filled


def _read_sizes(reader: Any, node: ast.AST, parts: Sequence[Any]) -> list[Any]:
    parts = parts[0] if len(parts) == 1 and isinstance(parts[0], tuple | list) else parts
    return [reader.read_whole_number(part) for part in parts]


def _expand(reader: Any, node: ast.AST, given: Given) -> Any:
    """An array made larger along axes of one entry; -1 leaves one as it is."""
    array = reader.take_array(given["x"], node)
    sizes = _read_sizes(reader, node, given["sizes"])
    own = (1,) * (len(sizes) - len(array.shape)) + array.shape
    whole = tuple(one if part == -1 else size_of(reader.take_size(part, node)) for part, one in zip(sizes, own, strict=False))
    return _spread(reader, node, array, whole)


def _spread(reader: Any, node: ast.AST, array: Formula, whole: tuple[Size, ...]) -> Formula:
    if join_shapes(array.shape, whole) != whole:
        what = tell("an array of shape {one} is written where {two} belongs",
                    one="×".join(map(str, array.shape)), two="×".join(map(str, whole)))
        raise reader.source.refuse(node, what, tell("check the shapes"))
    made = reader.recorder.build(spread_array(array.expr, array.shape, whole), node)
    assert isinstance(made, Formula)
    return made


def _expand_as(reader: Any, node: ast.AST, given: Given) -> Any:
    return _spread(reader, node, reader.take_array(given["x"], node), reader.take_array(given["y"], node).shape)


def _reshape_as(reader: Any, node: ast.AST, given: Given) -> Any:
    sizes = list(map(write_size, reader.take_array(given["y"], node).shape))
    return reader.call_row("reshape", node, [given["x"], sizes], {})


def _repeat(reader: Any, node: ast.AST, given: Given) -> Any:
    """An array several times behind itself along each axis."""
    array = reader.take_array(given["x"], node)
    sizes = _read_sizes(reader, node, given["sizes"])
    while len(array.shape) < len(sizes):
        array = reader.pick(array, (None, Ellipsis), node)
    sizes = [1] * (len(array.shape) - len(sizes)) + sizes
    for axis, count in enumerate(sizes):
        if is_whole(count) and count == 1:
            continue
        if array.shape[axis] == 1:
            size = size_of(reader.take_size(count, node))
            array = _spread(reader, node, array, (*array.shape[:axis], size, *array.shape[axis + 1 :]))
        elif is_whole(count) and 1 < count <= MOST_PIECES:
            array = reader.call_row("concatenate", node, [[array] * count], {"axis": axis})
        else:
            raise reader.source.refuse(node, tell("how many parts this has is not known"), tell("give sizes in numbers"))
    return array


def _repeat_numpy(reader: Any, node: ast.AST, given: Given) -> Any:
    if reader.dialect == "torch":
        return _repeat(reader, node, {"x": given["x"], "sizes": given["sizes"]})
    array = reader.take_array(given["x"], node)
    count = given["sizes"][0] if given["sizes"] else given.get("repeats")
    axis: Any = given["sizes"][1] if len(given["sizes"]) > 1 else given.get("axis")
    if not is_whole(axis) or array.shape[int(axis)] != 1:
        raise reader.source.refuse(node, tell("repeat is read along an axis of one entry"), tell("write np.tile"))
    sizes: list[Any] = [1] * len(array.shape)
    sizes[int(axis)] = count
    return _repeat(reader, node, {"x": array, "sizes": sizes})


def _fill_where(reader: Any, node: ast.AST, given: Given) -> Any:
    return reader.put_mask(given["x"], given["mask"], given["value"], node)


def _choose_entries(reader: Any, node: ast.AST, given: Given) -> Any:
    """np.where with minus infinity at one side, or of what is known; any other is a row of the libraries."""
    for value, other, turned in ((given["y"], given["x"], False), (given["x"], given["y"], True)):
        if isinstance(value, Infinite):
            mask = given["c"]
            keep = reader.take_mask(mask, node)
            keep = reader.turn_round(keep, node) if turned else keep
            return MaskedScores(reader.take_array(other, node), keep, None)
    if isinstance(given["c"], bool):
        return given["x"] if given["c"] else given["y"]
    if isinstance(given["c"], KnownArray):
        one, two = make_known(given["x"]), make_known(given["y"])
        if one is not None and two is not None:
            return choose_numbers(given["c"], one, two)
    mask = given["c"]
    if isinstance(mask, KnownArray) or (isinstance(mask, Formula) and reader.is_mask(mask.expr)):
        mask = Condition(reader.take_mask(mask, node), binary=True)
    return reader.call_row("where", node, [mask, given["x"], given["y"]], {})


def _softmax(reader: Any, node: ast.AST, given: Given) -> Any:
    """Of scores with a mask, the softmax over those that take part."""
    value = given["x"]
    if not isinstance(value, MaskedScores):
        return reader.call_row("softmax", node, [value], {} if given["axis"] is None else {"axis": given["axis"]})
    if given["axis"] not in (-1, len(value.scores.shape) - 1) and len(value.scores.shape) > 1:
        raise reader.source.refuse(node, tell("a softmax with a mask is read along the last axis"))
    mask = _spread(reader, node, value.keep, value.scores.shape) if value.keep.shape != value.scores.shape else value.keep
    return reader.recorder.build(Call("masked_softmax", (value.scores.expr, mask.expr)), node)


def _exp(reader: Any, node: ast.AST, given: Given) -> Any:
    if not isinstance(given["x"], MaskedScores):
        return reader.call_row("exp", node, [given["x"]], {})
    inside = reader.recorder.build(Call("exp", (given["x"].scores.expr,)), node)
    return reader.combine(ast.Mult(), given["x"].keep, inside, node)


def _add_up_so_far(reader: Any, node: ast.AST, given: Given) -> Any:
    array, axis, size = _measure_axis(reader, node, given)
    if size > MOST_PIECES:
        raise reader.source.refuse(node, tell("more than {limit} parts of an array at once", limit=MOST_PIECES))
    parts = [reader.pick(array, (*(slice(None),) * axis, place), node) for place in range(size)]
    sums = [*accumulate(parts, lambda one, two: reader.combine(ast.Add(), one, two, node))]
    return reader.call_row("stack", node, [sums], {"axis": axis})


def _multiply_all(reader: Any, node: ast.AST, given: Given) -> Any:
    """The product of all entries, or of those along an axis; of sizes, a size."""
    value = given["x"]
    if isinstance(value, tuple | list):
        total: Any = 1
        for part in value:
            total = reader.combine(ast.Mult(), total, part, node)
        return total
    if given["axis"] is None:
        flat = reader.call_row("reshape", node, [value, -1], {})
        return _multiply_all(reader, node, {"x": _take_each(reader, node, {"x": flat, "axis": 0}), "axis": 0})
    return _multiply_all(reader, node, {"x": _take_each(reader, node, given), "axis": 0})


def _take_largest_place(reader: Any, node: ast.AST, given: Given) -> Any:
    return Unread(reader.source.refuse(node, tell("the places of the largest entries are not read")))


def _give_own(reader: Any, node: ast.AST, given: Given) -> Any:
    return give_own_entries(given["x"]) if isinstance(given["x"], FilledArray) else reader.give_copy(given["x"])


def _stop_gradient(reader: Any, node: ast.AST, given: Given) -> Any:
    array = reader.take_array(given["x"], node)
    return reader.stop_gradient(array, "t", node)


def _leave_out(reader: Any, node: ast.AST, given: Given) -> Any:
    reader.recorder.notes.add("dropout")
    return given["x"]


def _add_mask(reader: Any, node: ast.AST, given: Given) -> Any:
    """attn_mask of PyTorch: True where a score takes part, or numbers that are added."""
    mask = given["mask"]
    binary = isinstance(mask, Condition) or (isinstance(mask, KnownArray) and mask.entries.dtype == bool)
    if binary or (isinstance(mask, Formula) and reader.is_mask(mask.expr)):
        return MaskedScores(reader.take_array(given["x"], node), reader.take_mask(mask, node), None)
    return reader.combine(ast.Add(), given["x"], mask, node)


def _stack_later(reader: Any, node: ast.AST, given: Given) -> Any:
    """The outputs of a recurrent layer in one array, which is made only where it is used."""
    parts = given["x"]
    if not parts:
        raise reader.source.refuse(node, tell("how many rounds this loop has is not known"))
    parts = [reader.take_array(part, node) if isinstance(part, FilledArray) else part for part in parts]
    axis = 1 if given["batch_first"] and not given["lone"] else 0
    if given["lone"]:
        parts = [reader.pick(part, (0,), node) for part in parts]
    shape = parts[0].shape
    filled = FilledArray((*shape[:axis], len(parts), *shape[axis:]), "0")
    for place, part in enumerate(parts):
        region = (*((0, size) for size in shape[:axis]), (place, place + 1), *((0, size) for size in shape[axis:]))
        filled.writes.append(WrittenPart(region, (*(True,) * axis, False, *(True,) * (len(shape) - axis)), part))
    return filled


def _stack_states(reader: Any, node: ast.AST, given: Given) -> Any:
    return _stack_later(reader, node, {"x": given["x"], "batch_first": False, "lone": given["lone"]})


def _log_both(sign: type[ast.operator]) -> Callable[[Any, ast.AST, Given], Any]:
    return lambda reader, node, given: reader.combine(sign(), given["x"], given["y"], node)


def _turn_mask(reader: Any, node: ast.AST, given: Given) -> Any:
    return Condition(reader.take_mask(given["x"], node), True, binary=True)


def _take_flipped(reader: Any, node: ast.AST, given: Given) -> Any:
    axis = given["axis"][0] if isinstance(given["axis"], tuple | list) and len(given["axis"]) == 1 else given["axis"]
    array, axis, size = _measure_axis(reader, node, {**given, "axis": 0 if axis is None else axis})
    parts = [reader.pick(array, (*(slice(None),) * axis, place), node) for place in reversed(range(min(size, MOST_PIECES)))]
    return reader.call_row("stack", node, [parts], {"axis": axis})


ARRAY_CALLS: dict[str, tuple[str, Callable[[Any, ast.AST, Given], Any]]] = {
    "split": ("x sizes axis=0", _split), "chunk": ("x sizes axis=0", _take_chunks), "array_split": ("x sizes axis=0", _take_chunks),
    "vsplit": ("x sizes axis=0", _split), "hsplit": ("x sizes axis=1", _split), "unbind": ("x axis=0", _take_each),
    "pad": ("x width mode='constant' value=0", _put_around),
    "expand": ("x *sizes", _expand), "broadcast_to": ("x *sizes", _expand), "expand_as": ("x y", _expand_as),
    "view_as": ("x y", _reshape_as), "reshape_as": ("x y", _reshape_as), "type_as": ("x y", lambda reader, node, given: given["x"]),
    "tile": ("x *sizes", _repeat), "repeat": ("x *sizes", _repeat_numpy),
    "masked_fill": ("x mask value", _fill_where), "masked_fill_": ("x mask value", _fill_where), "where": ("c x y", _choose_entries),
    "softmax": ("x axis=None", _softmax), "exp": ("x", _exp), "cumsum": ("x axis=0", _add_up_so_far),
    "prod": ("x axis=None", _multiply_all), "argmax": ("x axis=None", _take_largest_place),
    "argmin": ("x axis=None", _take_largest_place), "argsort": ("x axis=None", _take_largest_place), "copy": ("x", _give_own),
    "clone": ("x", _give_own), "detach": ("x", _stop_gradient), "stop_gradient": ("x", _stop_gradient),
    "dropout": ("x p=0.5 training=True inplace=False", _leave_out), "add_mask": ("x mask", _add_mask),
    "stack_later": ("x batch_first lone", _stack_later), "stack_states": ("x lone", _stack_states),
    "logical_and": ("x y", _log_both(ast.BitAnd)), "logical_or": ("x y", _log_both(ast.BitOr)), "logical_not": ("x", _turn_mask),
    "flip": ("x axis=None", _take_flipped), "flipud": ("x axis=0", _take_flipped), "fliplr": ("x axis=1", _take_flipped),
    **MADE_ARRAYS,
}  # fmt: skip
"""The parameters of each function, and what it gives."""


def compute_of_known(reader: Any, word: str, values: Sequence[Any]) -> Any:
    """A function of an array of numbers that are known; `NotImplemented` where it is none, or where numbers of a formula are meant."""
    if word not in COMPUTED or not values or not isinstance(values[0], KnownArray | range):
        return NotImplemented
    known = make_known(values[0])
    rest = [reader.read_whole_number(value) for value in values[1:]]
    made = None if known is None else compute_known(word, known, rest)
    return NotImplemented if made is None else made


