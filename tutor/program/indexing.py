"""What stands in brackets behind an array: places and slices, labels as an array of their own, ``logp[range(n), y]`` and ``C[ix]``."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.errors import tell
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Neg, Number
from tutor.expression.program_signs import AXIS_WORD, END, NEW, REST, SLICE, SPAN
from tutor.expression.tokens import LIST
from tutor.graph.broadcasting import spread_array
from tutor.graph.shapes import Shape, size_expr
from tutor.program.library_rows import multiply_each, subtract
from tutor.program.program_values import Condition, DrawnArray, Formula, Infinite, KnownArray, MaskedPart, Open, Rounds

if TYPE_CHECKING:
    from tutor.program.expression_reader import ExpressionReader


def pick_entries(reader: ExpressionReader, array: Formula, parts: Sequence[Any], node: ast.AST) -> Formula:
    """A part of an array.  Raises `ProgramError` at the node for what is not read.

    Labels that are not known stand as rows of 0 and 1: ``P[range(N), y]`` is the sum of each row of P ⊙ Y.
    """
    recorder = reader.recorder
    parts = [slice(None) if isinstance(part, Rounds) and len(parts) == 1 and array.shape and part.count.expr == size_expr(array.shape[0])
             else part for part in parts]  # fmt: skip
    stepped = next((place for place, part in enumerate(parts) if isinstance(part, slice) and part.step not in (None, 1)), None)
    if stepped is not None and Ellipsis not in [part for part in parts if part is Ellipsis] and None not in parts:
        return _take_steps(reader, array, parts, stepped, node)
    if any(isinstance(part, Condition) for part in parts):
        raise recorder.source.refuse(node, tell("entries picked by a mask are not read"),
                                     tell("multiply with the mask: X * (X > 0), or write np.where(mask, X, 0)"))  # fmt: skip
    labels = [part for part in parts if isinstance(part, Formula | Open | list | Rounds | range)]
    if labels:
        return _look_up(reader, array, parts, node)
    if len(array.shape) == 0:
        raise recorder.source.refuse(node, tell("a number has no entries"), tell("give it a shape with --shapes"))
    return recorder.build(Call(SLICE, (array.expr, *(_write_part(reader, part, node) for part in parts))), node)


def _take_steps(reader: ExpressionReader, array: Formula, parts: Sequence[Any], stepped: int, node: ast.AST) -> Formula:
    """x[:, ::2]: the entries of an axis that a step meets, put together."""
    size = array.shape[stepped] if stepped < len(array.shape) else None
    part = parts[stepped]
    if not isinstance(size, int) or part.step == 0 or not all(value is None or isinstance(value, int) for value in (part.start, part.stop)):
        raise reader.source.refuse(node, tell("a slice with a step is not read along an axis of {size} entries", size=size),
                                   tell("give sizes in numbers, --shapes X=4,n, where places are counted"))  # fmt: skip
    places = range(*part.indices(size))
    if not 0 < len(places) <= 64:
        raise reader.source.refuse(node, tell("a slice with {count} parts", count=len(places)), tell("give smaller sizes"))
    pieces = []
    for place in places:
        inner = [*parts[:stepped], slice(place, place + 1), *parts[stepped + 1 :]]
        pieces.append(pick_entries(reader, array, inner, node).expr)
    axis = sum(not isinstance(one, int) for one in parts[:stepped])
    if len(pieces) == 1:
        return reader.recorder.build(pieces[0], node)
    return reader.recorder.build(Call("concat", (*pieces, Call(AXIS_WORD, (Number(str(axis)),)))), node)


def _write_part(reader: ExpressionReader, part: Any, node: ast.AST) -> Expr:
    """A place, a span, a new axis, as the reader of typed formulas has it."""
    if part is None:
        return Call(NEW, ())
    if part is Ellipsis:
        return Call(REST, ())
    if isinstance(part, slice):
        if part.start in (None, 0) and part.stop is None:
            return Call(SPAN, ())
        begin = Number("0") if part.start is None else reader.take_size(part.start, node)
        return Call(SPAN, (begin, END if part.stop is None else reader.take_size(part.stop, node)))
    return reader.take_size(part, node)


def _look_up(reader: ExpressionReader, array: Formula, parts: Sequence[Any], node: ast.AST) -> Formula:
    """Rows by their labels, or one entry of each row."""
    recorder = reader.recorder
    while len(parts) > 1 and isinstance(parts[-1], slice) and parts[-1] == slice(None):
        parts = parts[:-1]
    if len(parts) > 1 and isinstance(parts[0], Formula) and not parts[0].shape and all(isinstance(part, int | slice) for part in parts[1:]):
        array = pick_entries(reader, array, [slice(None), *parts[1:]], node)
        parts = parts[:1]
    if len(parts) == 2 and isinstance(parts[0], int) and isinstance(parts[1], Formula) and not parts[1].shape:
        return _look_up(reader, pick_entries(reader, array, parts[:1], node), parts[1:], node)
    if len(parts) == 1 and len(array.shape) > 0:
        return _take_rows(reader, array, parts[0], node)
    if len(parts) == 2 and len(array.shape) == 2 and _is_counting(parts[0], array.shape):
        labels = parts[1]
        if _is_listed(labels):
            listed = Call(LIST, tuple(reader.take_size(label, node) for label in labels))
            return recorder.build(Call("pick_each", (array.expr, listed)), node)
        if isinstance(labels, Open):
            labels = recorder.settle(labels, array.shape[:1])
        if isinstance(labels, Formula) and labels.shape == array.shape[:1]:
            hot = recorder.write_one_hot(labels, array.shape[-1:], node)
            own = recorder.build(multiply_each(array.expr, hot.expr), node)
            return recorder.build(Call("sum", (own.expr, Call(AXIS_WORD, (ONE,)))), node)
    raise recorder.source.refuse(node, tell("this way to pick entries is not read"),
                                 tell("P[range(N), y] picks an entry of each row, and C[ix] rows"))  # fmt: skip


def _take_rows(reader: ExpressionReader, array: Formula, labels: Any, node: ast.AST) -> Formula:
    """C[ix]: rows by their labels; of a vector one entry for each label."""
    recorder = reader.recorder
    if _is_listed(labels) and len(array.shape) == 2:
        listed = Call(LIST, tuple(reader.take_size(label, node) for label in labels))
        return recorder.build(Call("embed", (array.expr, listed)), node)
    if isinstance(labels, Open):
        raise recorder.source.refuse(node, tell("{name} is used as labels, and has no shape", name=labels.name),
                                     tell("give it one: --shapes {name}=N", name=labels.name))  # fmt: skip
    if not isinstance(labels, Formula) or len(array.shape) > 2:
        raise recorder.source.refuse(node, tell("this way to pick entries is not read"),
                                     tell("P[range(N), y] picks an entry of each row, and C[ix] rows"))  # fmt: skip
    hot = recorder.write_one_hot(labels, array.shape[:1], node)
    if len(array.shape) == 1 and not labels.shape:
        return recorder.build(Call("sum", (multiply_each(array.expr, hot.expr),)), node)
    if not labels.shape:
        return recorder.build(Call("matmul", (Call("transpose", (array.expr,)), hot.expr)), node)
    return recorder.build(Call("matmul", (hot.expr, array.expr)), node)


def _is_listed(labels: Any) -> bool:
    """Whether labels are whole numbers that the program gives."""
    if isinstance(labels, range):
        return len(labels) <= 200
    return isinstance(labels, list) and bool(labels) and all(isinstance(label, int) for label in labels)


def _is_counting(part: Any, shape: Shape) -> bool:
    """Whether a part is 0, 1, … up to the last row of an array of the shape."""
    size = shape[0]
    if isinstance(part, Rounds):
        return part.count.expr == size_expr(size)
    return isinstance(part, range | list) and isinstance(size, int) and list(part) == list(range(size))


def put_in_place(reader: ExpressionReader, owner: Any, parts: Sequence[Any], change: Any, sign: str, node: ast.AST) -> Any:
    """An array after ``P[range(N), y] -= 1``, ``x[y] = 1`` or ``x[x < 0] = 0``: changed where labels or a mask say so, as a new value."""
    recorder = reader.recorder
    empty = isinstance(owner, DrawnArray) and owner.fill == "0"
    shape = owner.shape
    parts = [Condition(part, binary=True) if isinstance(part, Formula) and part.shape == shape and reader.is_mask(part.expr) else part
             for part in parts]  # fmt: skip
    masks = [part for part in parts if isinstance(part, Condition | KnownArray)]
    while masks and len(parts) > 1 and isinstance(parts[0], slice) and parts[0] == slice(None) and _count_axes(masks[0]) < len(shape):
        parts = parts[1:]
    if masks and len(parts) == 1:
        return _put_at_mask(reader, owner, parts[0], change, sign, node)
    hot = _find_places(reader, shape, parts, node)
    value = reader.take_array(change, node)
    if sign == "=":
        more = recorder.build(multiply_each(value.expr, hot.expr), node).expr if value.expr != ONE else hot.expr
        if empty:
            return recorder.build(more, node)
        array = reader.take_array(owner, node)
        kept = multiply_each(array.expr, recorder.build(subtract(ONE, hot.expr), node).expr)
        return recorder.build(kept if value.expr == ZERO else Add((kept, more)), node)
    array = reader.take_array(owner, node)
    own = multiply_each(value.expr, hot.expr) if value.expr != ONE else hot.expr
    return recorder.build(Add((array.expr, Neg(own) if sign == "-" else own)), node)


def _find_places(reader: ExpressionReader, shape: Shape, parts: Sequence[Any], node: ast.AST) -> Formula:
    """1 where an array of a shape is changed, else 0: at one label a row, at the row of one label, at its entry of a column."""
    recorder = reader.recorder
    parts = [part for place, part in enumerate(parts) if part != slice(None) or place == 0]
    if len(parts) == 2 and len(shape) == 2 and _is_counting(parts[0], shape):
        labels = recorder.settle(parts[1], shape[:1]) if isinstance(parts[1], Open) else parts[1]
        if isinstance(labels, Formula) and labels.shape == shape[:1]:
            return recorder.write_one_hot(labels, shape[-1:], node)
    if len(parts) == 1 and isinstance(parts[0], Formula) and not parts[0].shape:
        hot = recorder.write_one_hot(parts[0], shape[:1], node)
        for _ in shape[1:]:
            hot = recorder.build(Call("unsqueeze", (hot.expr, Neg(ONE))), node)
        return Formula(spread_array(hot.expr, hot.shape, shape), shape)
    if len(parts) == 2 and isinstance(parts[0], Formula) and not parts[0].shape and parts[1] == 0 and len(shape) == 2 and shape[1] == 1:
        return _find_places(reader, shape, parts[:1], node)
    raise recorder.source.refuse(node, tell("a change of some entries of an array is not read"),
                                 tell("write a whole new array: with np.concatenate, np.stack, or a mask"))  # fmt: skip


def _put_at_mask(reader: ExpressionReader, owner: Any, mask: Any, change: Any, sign: str, node: ast.AST) -> Any:
    """out[mask] = value: where the mask is 1 the value, else what was there."""
    array = reader.take_array(owner, node)
    keep = reader.take_mask(mask, node)
    value = change
    if isinstance(change, MaskedPart):
        if change.keep != keep:
            raise reader.source.refuse(node, tell("entries picked by two masks"), tell("use the same mask"))
        value = change.array
    if sign != "=":
        value = reader.combine(ast.Add() if sign == "+" else ast.Sub(), array, value, node)
    if isinstance(value, Infinite):
        return reader.put_mask(array, mask, value, node)
    found = reader.call_row("where", node, [mask if isinstance(mask, Condition) else Condition(keep, binary=True), value, array], {})
    return found


def _count_axes(mask: Any) -> int:
    return len(mask.positive.shape if isinstance(mask, Condition) else mask.shape)
