"""An ``if`` that depends on numbers: both ways are read, and what each gives to a name, or returns, is a case of one formula."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.errors import ProgramError
from tutor.program.function_reader import Returned
from tutor.program.open_choices import changes_nothing, choose_value
from tutor.program.program_values import Condition, Formula, Open, Unread

if TYPE_CHECKING:
    from tutor.program.statement_reader import StatementReader

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Pass, ast.Expr, ast.If, ast.Return)


def run_open_if(reader: StatementReader, node: ast.If, condition: Condition, rest: Sequence[ast.stmt]) -> None:
    """Both ways of an ``if``; where one of them returns, each with the ``rest`` of the statements behind it.

    Raises `ProgramError` for statements that change more than names, and `Returned` where both ways return.
    """
    ways = (node.body, node.orelse)
    returns = any(isinstance(part, ast.Return) for part in ast.walk(node))
    parts = [*node.body, *node.orelse]
    if not all(map(_is_simple, parts)) or not changes_nothing(reader, [*parts, *(rest if returns else ())]):
        reader.take_truth(condition, node.test)  # refused
    if returns:
        one, two = (_take_returned(reader, [*way, *rest], node, condition) for way in ways)
        raise Returned(choose_value(reader, condition, one, two, node))
    before = dict(reader.scope)
    scopes = []
    for way in ways:
        _run_apart(reader, way)
        scopes.append(dict(reader.scope))
        reader.scope.clear()
        reader.scope.update(before)
    for name in {**scopes[0], **scopes[1]}:
        one, two = (scope.get(name, before.get(name)) for scope in scopes)
        if one is not two:
            reader.scope[name] = _join(reader, condition, name, one, two, node)


def _join(reader: StatementReader, condition: Condition, name: str, one: Any, two: Any, node: ast.If) -> Any:
    """What a name is behind both ways; refused where it is used if one of them does not give it."""
    try:
        for value in (one, two):
            if isinstance(value, Unread):
                raise value.error
            if not isinstance(value, Formula | Open | int | float | Condition):
                reader.take_truth(condition, node.test)
        return reader.give_name(name, choose_value(reader, condition, one, two, node), node)
    except ProgramError as error:
        return Unread(error)


def _take_returned(reader: StatementReader, body: Sequence[ast.stmt], node: ast.If, condition: Condition) -> Any:
    """What statements return; refused where they do not."""
    before = dict(reader.scope)
    try:
        _run_apart(reader, body)
    except Returned as end:
        return end.value
    finally:
        reader.scope.clear()
        reader.scope.update(before)
    return reader.take_truth(condition, node.test)  # refused


def _run_apart(reader: StatementReader, body: Sequence[ast.stmt]) -> None:
    """Statements whose names stay formulas: they are cases of one."""
    inside, reader.inside = reader.inside, True
    try:
        reader.run(body)
    finally:
        reader.inside = inside


def _is_simple(node: ast.stmt) -> bool:
    """Whether a statement gives names, returns, or chooses among such: nothing else may change in one way and not in the other."""
    if isinstance(node, ast.If):
        return all(_is_simple(part) for part in (*node.body, *node.orelse))
    if isinstance(node, ast.Expr):  # cache.append(h) would be done in both ways
        called = node.value.func if isinstance(node.value, ast.Call) else None
        return isinstance(node.value, ast.Constant) or (isinstance(called, ast.Name) and called.id == "print")
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
    return isinstance(node, _SIMPLE) and all(isinstance(target, ast.Name) for target in targets)
