"""Arrays that a library makes, of a shape that the program says: a triangle of ones, an identity, one number everywhere, labels as rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from tutor.errors import tell
from tutor.expression.nodes import Number
from tutor.expression.sizes import Size
from tutor.graph.broadcasting import spread_array
from tutor.graph.shapes import size_of
from tutor.program.filled_arrays import give_own_entries
from tutor.program.known_arrays import (
    MOST_ENTRIES,
    count_known,
    cut_triangle,
    draw_triangle,
    fill_with_infinity,
    make_identity,
    make_known,
    read_literal,
    space_evenly,
)  # fmt: skip
from tutor.program.program_values import (
    Condition,
    DrawnArray,
    FilledArray,
    Formula,
    Infinite,
    KnownArray,
    Open,
    Rounds,
    is_whole,
    write_size,
)  # fmt: skip

Given = Mapping[str, Any]


def _take_triangle(upper: bool) -> Callable[[Any, ast.AST, Given], Any]:
    def make(reader: Any, node: ast.AST, given: Given) -> Any:
        value, diagonal = given["x"], given.get("k", given["diagonal"])
        known = make_known(value)
        if not is_whole(diagonal):
            raise reader.source.refuse(node, tell("{word} needs {name}", word="tril", name="diagonal"))
        if known is not None and known.shape:
            return cut_triangle(known, upper, diagonal)
        made = draw_triangle(value, upper, diagonal) if isinstance(value, DrawnArray) and value.fill else None
        if made is not None:
            return made
        array = reader.take_array(value, node)
        if len(array.shape) < 2 or array.shape[-1] != array.shape[-2]:
            raise reader.source.refuse(node, tell("a triangle is read of a square"), tell("write torch.tril(torch.ones(T, T))"))
        ones = draw_triangle(DrawnArray(array.shape[-2:], "1"), upper, diagonal)
        if ones is None:
            raise reader.source.refuse(node, tell("how long this is, is not known"), tell("give sizes in numbers"))
        return reader.combine(ast.Mult(), ones, array, node)

    return make


def _make_rows_of_identity(reader: Any, node: ast.AST, given: Given) -> Any:
    size = reader.read_whole_number(given["n"])
    if is_whole(size) and size > 0 and size * size <= MOST_ENTRIES:
        return make_identity(size)
    return IdentityOf(size_of(reader.take_size(size, node)))


class IdentityOf:
    """np.eye(V) for a size that is a letter: rows of 0 and 1 by their labels."""

    def __init__(self, size: Size) -> None:
        self.shape = (size, size)


def _fill_with(reader: Any, node: ast.AST, given: Given) -> Any:
    sizes = given["shape"] if isinstance(given["shape"], tuple | list) else (given["shape"],)
    shape = tuple(size_of(reader.take_size(size, node)) for size in sizes)
    return _fill_shape(reader, node, shape, given["value"])


def _fill_shape(reader: Any, node: ast.AST, shape: tuple[Size, ...], value: Any) -> Any:
    if isinstance(value, Infinite):
        sizes = [size for size in shape if isinstance(size, int)]
        return fill_with_infinity(sizes, value.sign) if len(sizes) == len(shape) and count_known(shape) <= MOST_ENTRIES else value
    number = reader.take_array(value, node)
    known = make_known(number)
    if known is not None and type(number.expr) is Number:
        return DrawnArray(shape, number.expr.text)
    return reader.recorder.build(spread_array(number.expr, number.shape, shape), node)


def _fill_like(reader: Any, node: ast.AST, given: Given) -> Any:
    like = given["x"] if isinstance(given["x"], FilledArray | KnownArray | DrawnArray) else reader.take_array(given["x"], node)
    return _fill_shape(reader, node, like.shape, given["value"])


def _write_labels(reader: Any, node: ast.AST, given: Given) -> Any:
    """Labels as rows of 0 and 1."""
    classes = size_of(reader.take_size(given["num_classes"], node))
    labels = given["x"]
    if isinstance(labels, Open):
        raise reader.source.refuse(node, tell("{name} is used as labels, and has no shape", name=labels.name),
                                   tell("give it one: --shapes {name}=N", name=labels.name))  # fmt: skip
    if isinstance(labels, Formula):
        return reader.recorder.write_one_hot(labels, (classes,), node)
    known = make_known(labels)
    if known is None or not isinstance(classes, int):
        return reader.refuse_value(node, labels)
    return make_identity(classes, known)


def _space_evenly(reader: Any, node: ast.AST, given: Given) -> Any:
    ends = [read_literal(reader.take_array(given[name], node).expr) for name in ("x", "y")]
    count = reader.read_whole_number(given["num"])
    if ends[0] is None or ends[1] is None or not is_whole(count) or not 0 < count <= MOST_ENTRIES:
        raise reader.source.refuse(node, tell("how long this is, is not known"), tell("give sizes in numbers"))
    return space_evenly(ends[0], ends[1], count)


def _count_places(reader: Any, node: ast.AST, given: Given) -> Any:
    parts = [reader.read_whole_number(part) for part in given["parts"]]
    if len(parts) == 1 and isinstance(parts[0], Formula):
        return Rounds(parts[0])
    if len(parts) == 2 and parts[0] == 0 and isinstance(parts[1], Formula):
        return Rounds(parts[1])
    known = 0 < len(parts) <= 3 and all(is_whole(part) and abs(part) < 10**6 for part in parts)
    if known and (len(parts) < 3 or parts[2]):
        return range(*parts)
    raise reader.source.refuse(node, tell("how long this is, is not known"), tell("give sizes in numbers"))


def _draw_like(reader: Any, node: ast.AST, given: Given) -> Any:
    return DrawnArray(reader.take_array(given["x"], node).shape)


def _make_array(reader: Any, node: ast.AST, given: Given) -> Any:
    """np.array of a list of numbers is known; of what has arrays in it, it is that."""
    value = given["x"]
    if isinstance(value, Formula):
        return reader.give_copy(value)
    return give_own_entries(value) if isinstance(value, FilledArray) else value


def _shape_of(reader: Any, node: ast.AST, given: Given) -> Any:
    like = given["x"] if isinstance(given["x"], FilledArray | KnownArray | DrawnArray) else reader.take_array(given["x"], node)
    return tuple(map(write_size, like.shape))


def _take_places(upper: bool) -> Callable[[Any, ast.AST, Given], Any]:
    """np.triu_indices(n, k): the places of a triangle, which stand for its mask, S[np.triu_indices(n, 1)] = -1e9."""
    def make(reader: Any, node: ast.AST, given: Given) -> Any:
        size = size_of(reader.take_size(given["n"], node))
        made = _take_triangle(upper)(reader, node, {"x": DrawnArray((size, size), "1"), "diagonal": given["k"]})
        return KnownArray(made.entries != 0) if isinstance(made, KnownArray) else Condition(reader.take_array(made, node), binary=True)

    return make


MADE_ARRAYS: dict[str, tuple[str, Callable[[Any, ast.AST, Given], Any]]] = {
    "tril": ("x diagonal=0", _take_triangle(False)),
    "triu": ("x diagonal=0", _take_triangle(True)),
    "tril_indices": ("n k=0", _take_places(False)),
    "triu_indices": ("n k=0", _take_places(True)),
    "eye": ("n m=None", _make_rows_of_identity),
    "identity": ("n", _make_rows_of_identity),
    "full": ("shape value", _fill_with),
    "full_like": ("x value", _fill_like),
    "one_hot": ("x num_classes", _write_labels),
    "randn_like": ("x", _draw_like),
    "rand_like": ("x", _draw_like),
    "arange": ("*parts", _count_places),
    "linspace": ("x y num=50", _space_evenly),
    "array": ("x", _make_array),
    "shape": ("x", _shape_of),
}
"""The parameters of each function, and what it gives."""
