"""Choices between values that depend on numbers: ``a if z > 0 else b`` is a formula with two cases."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, TypeGuard

from tutor.program.program_values import OUTSIDE, Condition, is_plain
from tutor.program.side_effects import is_changeable, list_touched


def is_open(value: Any) -> TypeGuard[Condition]:
    """Whether a condition is about one number that nothing says while the program is read."""
    return isinstance(value, Condition) and not value.positive.shape


def changes_nothing(reader: Any, nodes: Sequence[ast.AST]) -> bool:
    """Whether parts of a program only give values, so that both ways of a choice can be read: no list grows, no array is sorted."""
    parts = [part for node in nodes for part in ast.walk(node)]
    scope = {**reader.module, **reader.scope}
    outside = reader.scope.get(OUTSIDE, {})
    for part in parts:
        if isinstance(part, ast.NamedExpr) or (isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load)):
            return False
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id in outside:
            return False
        if isinstance(part, ast.AugAssign) and is_changeable(scope.get(getattr(part.target, "id", ""))):
            return False
    return not any(True for _ in list_touched(scope, parts))


def choose_value(reader: Any, condition: Condition, one: Any, two: Any, node: ast.AST) -> Any:
    """One of two values, by a condition: a formula with two cases; of two tuples one for each part."""
    if one is two or (is_plain(one) and is_plain(two) and one == two):
        return one
    if isinstance(one, tuple) and isinstance(two, tuple) and len(one) == len(two):
        return tuple(choose_value(reader, condition, *pair, node) for pair in zip(one, two, strict=True))
    made = reader.call_row("where", node, [condition, one, two], {})
    for value in (one, two):  # it is one of them, and no copy
        reader.shared.note(made, value)
    return made
