"""Arrays that share their numbers: v = z[1:] shows a part of z, and what is changed in its place in one of them changes in both."""

from __future__ import annotations

import ast
import re
from typing import Any

from tutor.errors import tell
from tutor.program.program_values import FilledArray, Formula, Library, Unread

_MOVED = re.compile("reshape|view|ravel|transpose|swapaxes|squeeze|unsqueeze|expand_dims|permute")


def find_shown(reader: Any, node: ast.expr) -> Any:
    """The array that an expression shows a part of, or in another shape: z of z[1:].T; nothing for what has numbers of its own."""
    shows = False
    while True:
        picked = isinstance(node, ast.Subscript) and _is_basic(reader, node.slice)
        if picked or (isinstance(node, ast.Attribute) and node.attr == "T"):
            node = node.value  # type: ignore[attr-defined]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _MOVED.fullmatch(node.func.attr):
            head = node.func.value
            called = isinstance(head, ast.Name) and isinstance(_look_up(reader, head.id), Library)
            if called and not node.args:
                return None
            node = node.args[0] if called else head
        else:
            break
        shows = True
    found = _look_up(reader, node.id) if shows and isinstance(node, ast.Name) else None
    return found if isinstance(found, Formula | FilledArray) and found.shape else None


def _look_up(reader: Any, name: str) -> Any:
    return reader.scope.get(name, reader.module.get(name))


def _is_basic(reader: Any, index: ast.expr) -> bool:
    """Whether an index picks by places and spans: by lists and arrays NumPy makes a copy."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(isinstance(part, ast.Slice | ast.Constant | ast.UnaryOp | ast.BinOp)
               or (isinstance(part, ast.Name) and isinstance(_look_up(reader, part.id), int)) for part in parts)  # fmt: skip


def leave_shared(reader: Any, old: Any, new: Any, node: ast.AST) -> None:
    """What shares its numbers with an array that is changed in its place is refused from here on, wherever it is used."""
    changed, known = [old], {id(old)}
    while changed:
        one = changed.pop()
        for pair in reader.shown:
            other = pair[1] if pair[0] is one else pair[0] if pair[1] is one else None
            if other is not None and id(other) not in known:
                known.add(id(other))
                changed.append(other)
                error = reader.source.refuse(node, tell("another array shows the numbers that are changed here in their place"),
                                             tell("write a copy where it is made, x[1:].copy(), or a whole new array"))  # fmt: skip
                reader.change_everywhere(other, Unread(error))
    reader.shown = [tuple(new if part is old else part for part in pair) for pair in reader.shown]
