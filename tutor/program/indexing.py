"""What stands in brackets behind an array: places and slices, labels as an array of their own, ``logp[range(n), y]`` and ``C[ix]``."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.errors import tell
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Neg, Number
from tutor.expression.program_signs import AXIS_WORD, END, NEW, REST, SLICE, SPAN
from tutor.expression.tokens import LIST
from tutor.graph.shapes import size_expr
from tutor.program.library_rows import multiply_each, subtract
from tutor.program.program_values import Condition, Formula, Open, Rounds

if TYPE_CHECKING:
    from tutor.program.expression_reader import ExpressionReader


def pick_entries(reader: ExpressionReader, array: Formula, parts: Sequence[Any], node: ast.AST) -> Formula:
    """A part of an array.  Raises `ProgramError` at the node for what is not read.

    Labels that are not known stand as rows of 0 and 1: ``P[range(N), y]`` is the sum of each row of P ⊙ Y.
    """
    recorder = reader.recorder
    if any(isinstance(part, Condition) for part in parts):
        raise recorder.source.refuse(node, tell("entries picked by a mask are not read"),
                                     tell("multiply with the mask: X * (X > 0), or write np.where(mask, X, 0)"))  # fmt: skip
    labels = [part for part in parts if isinstance(part, Formula | Open | list | Rounds | range)]
    if labels:
        return _look_up(reader, array, parts, node)
    if len(array.shape) == 0:
        raise recorder.source.refuse(node, tell("a number has no entries"), tell("give it a shape with --shapes"))
    return recorder.build(Call(SLICE, (array.expr, *(_write_part(reader, part, node) for part in parts))), node)


def _write_part(reader: ExpressionReader, part: Any, node: ast.AST) -> Expr:
    """A place, a span, a new axis, as the reader of typed formulas has it."""
    if part is None:
        return Call(NEW, ())
    if part is Ellipsis:
        return Call(REST, ())
    if isinstance(part, slice):
        if part.start is None and part.stop is None:
            return Call(SPAN, ())
        begin = Number("0") if part.start is None else reader.take_size(part.start, node)
        return Call(SPAN, (begin, END if part.stop is None else reader.take_size(part.stop, node)))
    return reader.take_size(part, node)


def _look_up(reader: ExpressionReader, array: Formula, parts: Sequence[Any], node: ast.AST) -> Formula:
    """Rows by their labels, or one entry of each row."""
    recorder = reader.recorder
    if len(parts) == 1 and len(array.shape) > 0:
        return _take_rows(reader, array, parts[0], node)
    if len(parts) == 2 and len(array.shape) == 2 and _is_counting(parts[0], array):
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


def _is_counting(part: Any, array: Formula) -> bool:
    """Whether a part is 0, 1, … up to the last row of the array."""
    size = array.shape[0]
    if isinstance(part, Rounds):
        return part.count.expr == size_expr(size)
    return isinstance(part, range | list) and isinstance(size, int) and list(part) == list(range(size))


def put_in_place(reader: ExpressionReader, array: Formula, parts: Sequence[Any], change: Formula, sign: str, node: ast.AST) -> Formula:
    """An array after ``P[range(N), y] -= 1``, or ``= 0``: its entries at the labels changed by a number, as a new value of it."""
    recorder = reader.recorder
    labels = parts[1] if len(parts) == 2 and len(array.shape) == 2 and _is_counting(parts[0], array) else None
    if isinstance(labels, Open):
        labels = recorder.settle(labels, array.shape[:1])
    if not isinstance(labels, Formula) or change.shape:
        raise recorder.source.refuse(node, tell("a change of some entries of an array is not read"),
                                     tell("write a whole new array: with np.concatenate, np.stack, or a mask"))  # fmt: skip
    hot = recorder.write_one_hot(labels, array.shape[-1:], node)
    if sign == "=":
        kept = multiply_each(array.expr, recorder.build(subtract(ONE, hot.expr), node).expr)
        more = [] if change.expr == ZERO else [multiply_each(change.expr, hot.expr)]
        return recorder.build(Add((kept, *more)) if more else kept, node)
    own = multiply_each(change.expr, hot.expr) if change.expr != ONE else hot.expr
    return recorder.build(Add((array.expr, Neg(own) if sign == "-" else own)), node)
