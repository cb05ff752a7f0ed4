"""What stands at the left of an assignment: as it is read, and the names that a statement would change."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any


def load_target(node: Any) -> ast.expr:
    """A left side as it is read.

    >>> ast.unparse(load_target(ast.parse("x[0] += 1").body[0].target))
    'x[0]'
    """
    kinds: dict[type[ast.AST], Callable[[], ast.expr]] = {
        ast.Name: lambda: ast.Name(node.id, ast.Load()), ast.Attribute: lambda: ast.Attribute(node.value, node.attr, ast.Load()),
        ast.Subscript: lambda: ast.Subscript(node.value, node.slice, ast.Load()),
    }  # fmt: skip
    return ast.copy_location(kinds[type(node)](), node)


def list_changed(node: ast.stmt, parts: Sequence[ast.AST]) -> Iterator[str]:
    """The names that a statement assigns, and those that it hands to something that may change them."""
    for part in parts:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.FunctionDef | ast.ClassDef) and part is node:
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.attr.endswith("_"):
            yield call.func.value.id
