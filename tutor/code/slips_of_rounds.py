"""The rounds of a loop: one too few, one too many, or in the wrong order.  What changes is the first line of the loop alone."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from tutor.code.line_edits import LineEdit, make_edit, say_node

MOST_LOOPS, MOST_SUMS = 6, 12
FEWER, ORDER = "loop-rounds", "loop-order"


def list_rounds(tree: ast.AST, nodes: Collection[ast.stmt], once: Collection[int]) -> Iterator[LineEdit]:
    """Other rounds for each loop around some of the statements; those of ``once`` train, and how often does not matter.

    >>> tree = ast.parse("for t in reversed(range(1, T)):\\n    d += 1")
    >>> [ast.unparse(edit.put) for edit in list_rounds(tree, tree.body[0].body, ())][:2]
    ['reversed(range(T))', 'reversed(range(2, T))']
    """
    for loop in _list_loops(tree, nodes, once)[:MOST_LOOPS]:
        for tag, other in list_others(loop.iter):
            yield make_edit(tag, loop, loop.iter, other)


def list_sums(tree: ast.AST, nodes: Collection[ast.stmt], once: Collection[int]) -> Iterator[LineEdit]:
    """What a loop adds up and was meant to give anew in each round, ``carry += …``; and places that it gives and was meant to add to.

    >>> tree = ast.parse("for t in range(T):\\n    dx[t] = d\\n    carry += d")
    >>> [(edit.tag, ast.unparse(edit.statements[0])) for edit in list_sums(tree, tree.body[0].body, ())]
    [('overwritten', 'dx[t] += d'), ('added-for-assigned', 'carry = d')]
    """
    loops = _list_loops(tree, nodes, once)
    looped = {id(part) for loop in loops for part in ast.walk(loop)}
    listed = [node for node in nodes if id(node) in looped and isinstance(node, ast.AugAssign | ast.Assign)]
    summed = [node for node in listed if isinstance(node, ast.AugAssign) or isinstance(node.targets[0], ast.Subscript)]
    for node in summed[:MOST_SUMS]:
        yield from change_assignment(node)


def change_assignment(statement: ast.stmt) -> Iterator[LineEdit]:
    """Given for added, and the other way."""
    made: ast.stmt
    if isinstance(statement, ast.AugAssign):
        made = ast.copy_location(ast.Assign([statement.target], statement.value), statement)
        yield LineEdit("added-for-assigned", statement, (made,), None, None, say_node(statement), say_node(made))
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            made = ast.copy_location(ast.AugAssign(target, ast.Add(), statement.value), statement)
            yield LineEdit("overwritten", statement, (made,), None, None, say_node(statement), say_node(made))


def _list_loops(tree: ast.AST, nodes: Collection[ast.stmt], once: Collection[int]) -> list[ast.For]:
    """The loops around some of the statements, but for those that train."""
    inside = {id(node) for node in nodes}
    return [part for part in ast.walk(tree) if isinstance(part, ast.For) and id(part) not in once
            and any(id(one) in inside for one in ast.walk(part))]  # fmt: skip


def list_others(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What a loop may go through as well, with the slip.

    >>> texts = ("range(T)", "range(T - 1, 0, -1)", "reversed(range(n - 1))")
    >>> [ast.unparse(other) for text in texts for _, other in list_others(ast.parse(text, mode="eval").body)]
    ['range(T - 1)', 'range(T + 1)', 'range(1, T)', 'reversed(range(T))', 'range(T - 2, 0, -1)', 'range(T, 0, -1)', \
'range(T - 1, -1, -1)', 'range(T - 1, 1, -1)', 'reversed(range(n - 2))', 'reversed(range(n))', 'reversed(range(1, n - 1))', 'range(n - 1)']
    """
    inner = node.args[0] if is_call(node, "reversed") and isinstance(node, ast.Call) else node
    if not is_call(inner, "range") or not isinstance(inner, ast.Call) or inner.keywords:
        return
    for args in _list_arguments(inner.args):
        made: ast.expr = ast.Call(inner.func, [*args], [])
        yield FEWER, made if inner is node else ast.Call(ast.Name("reversed", ast.Load()), [made], [])
    if inner is not node:
        yield ORDER, inner
    elif len(inner.args) < 3:
        yield ORDER, ast.Call(ast.Name("reversed", ast.Load()), [inner], [])


def is_call(node: ast.AST, name: str) -> bool:
    """Whether something is a call of a function with one argument or more."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and bool(node.args)


def _list_arguments(args: Sequence[ast.expr]) -> Iterator[tuple[ast.expr, ...]]:
    """Other bounds: each by one less, and by one more."""
    for place, arg in enumerate(args[:2]):
        for step in (-1, 1):
            made = (*args[:place], add_number(arg, step), *args[place + 1 :])
            yield made[1:] if len(made) == 2 and getattr(made[0], "value", None) == 0 else made
    if len(args) == 1:
        yield ast.Constant(1), args[0]


def add_number(node: ast.expr, number: int) -> ast.expr:
    """A bound with a whole number added: T of ``T - 1``, 0 of ``-1``.

    >>> [ast.unparse(add_number(ast.parse(text, mode="eval").body, 1)) for text in ("T", "T - 1", "T - 2", "T + 1", "-1", "3")]
    ['T + 1', 'T', 'T - 1', 'T + 2', '0', '4']
    """
    sign = -1 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1
    own = getattr(node.operand if isinstance(node, ast.UnaryOp) else node, "value", None)
    if type(own) is int:
        return write_number(sign * own + number)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and type(last := getattr(node.right, "value", None)) is int:
        number += last if isinstance(node.op, ast.Add) else -last
        node = node.left
    if not number:
        return node
    return ast.BinOp(node, ast.Add() if number > 0 else ast.Sub(), ast.Constant(abs(number)))


def write_number(number: int) -> ast.expr:
    """A whole number as a part of a program."""
    return ast.Constant(number) if number >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-number))
