"""The slips that are made with windows: a stride left out, a border that is not cut off.

They are rows of the table in `tutor.code.slips_of_lines`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tutor.code.line_edits import LineEdit, Surroundings, make_edit, say_node
from tutor.code.window_steps import STRIDES

Form = Callable[[ast.Slice, ast.expr | None], ast.Slice]


def take_windows(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """The stride that is left out, ``x[i:i + k]`` for ``x[i * s:i * s + k]``, or the border that is still there.

    >>> around = Surroundings({}, {}, [], steps=["stride"])
    >>> [ast.unparse(edit.statements[0]) for edit in take_windows(ast.parse("a, b = i, j").body[0], around)]
    ['a, b = (i * stride, j * stride)']
    >>> [ast.unparse(edit.statements[0]) for edit in take_windows(ast.parse("d[i:i + k, j:j + k] += g").body[0], around)]
    ['d[i * k:i * k + k, j * k:j * k + k] += g', 'd[i * stride:i * stride + k, j * stride:j * stride + k] += g']
    >>> around.steps = ["pad"]
    >>> [ast.unparse(edit.statements[0]) for edit in take_windows(ast.parse("d = x[:, :h, :w]").body[0], around)]
    ['d = x[:, pad:pad + h, pad:pad + w]']
    """
    for node in ast.walk(statement):
        made = _change_slices(node, None, _move_slice) if isinstance(node, ast.Subscript) else None
        if made is not None:
            yield make_edit("stride-forgotten", statement, node, made, "its own size")
    for step in around.steps:
        name = around.parse(step)
        stride = bool(STRIDES.match(step.rpartition(".")[2]))
        tag = "stride-forgotten" if stride else "padding-forgotten"
        if stride:
            yield from _scale_places(statement, name, step)
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript):
                forms = (_move_slice,) if stride else (_cut_border, _cut_sizes)
                for form in forms:
                    made = _change_slices(node, name, form)
                    if made is not None:
                        yield make_edit(tag, statement, node, made, step)


def _scale_places(statement: ast.stmt, name: ast.expr, step: str) -> Iterator[LineEdit]:
    """``hs, ws = i, j`` and ``hs = i``: places that go on by 1."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    parts = value.elts if isinstance(value, ast.Tuple) else [value] if isinstance(value, ast.Name) else []
    if isinstance(value, ast.Tuple | ast.Name) and parts and all(isinstance(part, ast.Name) for part in parts):
        scaled: list[ast.expr] = [ast.BinOp(part, ast.Mult(), name) for part in parts]
        made = ast.Tuple(scaled, ast.Load()) if isinstance(value, ast.Tuple) else scaled[0]
        yield make_edit("stride-forgotten", statement, value, made, step)


def _change_slices(node: ast.Subscript, name: ast.expr | None, form: Form) -> ast.Subscript | None:
    """A part of an array with all slices in another form; nothing where none has another."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    made: list[ast.expr] = [form(part, name) if isinstance(part, ast.Slice) else part for part in parts]
    if all(one is other for one, other in zip(parts, made, strict=True)):
        return None
    return ast.Subscript(node.value, ast.Tuple(made, ast.Load()) if isinstance(node.slice, ast.Tuple) else made[0], node.ctx)


def _move_slice(part: ast.Slice, name: ast.expr | None) -> ast.Slice:
    """``i:i + k`` begins at ``i * s``, and so it ends; at ``i * k`` where windows lie side by side."""
    end = part.upper
    if not isinstance(part.lower, ast.Name) or not isinstance(end, ast.BinOp) or not isinstance(end.op, ast.Add):
        return part
    if not isinstance(end.left, ast.Name) or end.left.id != part.lower.id:
        return part
    moved = ast.BinOp(part.lower, ast.Mult(), end.right if name is None else name)
    return ast.Slice(moved, ast.BinOp(moved, ast.Add(), end.right), part.step)


def _cut_border(part: ast.Slice, name: ast.expr | None) -> ast.Slice:
    """``:h`` begins behind the border."""
    if part.lower is not None or part.upper is None or name is None:
        return part
    return ast.Slice(name, ast.BinOp(name, ast.Add(), part.upper), part.step)


def _cut_sizes(part: ast.Slice, name: ast.expr | None) -> ast.Slice:
    """``p:p + h`` for ``p:h``: it ends behind the border, too."""
    if part.lower is None or part.upper is None or name is None or say_node(part.lower) != say_node(name):
        return part
    return ast.Slice(part.lower, ast.BinOp(part.lower, ast.Add(), part.upper), part.step)
