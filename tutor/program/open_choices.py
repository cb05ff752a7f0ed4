"""Choices between values that depend on numbers: ``a if z > 0 else b`` is a formula with two cases."""

from __future__ import annotations

import ast
from typing import Any, TypeGuard

from tutor.program.program_values import Condition, is_plain


def is_open(value: Any) -> TypeGuard[Condition]:
    """Whether a condition is about one number that nothing says while the program is read."""
    return isinstance(value, Condition) and not value.positive.shape


def choose_value(reader: Any, condition: Condition, one: Any, two: Any, node: ast.AST) -> Any:
    """One of two values, by a condition: a formula with two cases."""
    if one is two or (is_plain(one) and is_plain(two) and one == two):
        return one
    return reader.call_row("where", node, [condition, one, two], {})
