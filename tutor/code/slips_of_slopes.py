"""The slips that are made with slopes of activations: that of another one, a square left out.

They are rows of the table in `tutor.code.slips_of_lines`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.code.line_edits import (
    LineEdit,
    Surroundings,
    is_quantity,
    make_edit,
    replace_part,
    say_node,
    walk_expressions,
)
from tutor.code.parts_of_formulas import is_rest


def take_slopes(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """The slope of another activation: ``1 - h`` or ``h * (1 - h)`` for ``1 - h ** 2``, and the other way; ``1 - np.tanh(z)`` as well.

    >>> import numpy as np
    >>> node = ast.parse("d = g * h * (1 - h)").body[0]
    >>> around = Surroundings({id(part): np.ones(2) for part in ast.walk(node)}, {}, [])
    >>> [ast.unparse(edit.statements[0].value) for edit in take_slopes(node, around)]
    ['g * (1 - h ** 2)', 'g * h * (1 - h ** 2)']
    >>> node = ast.parse("d = g * (1 - h ** 2)").body[0]
    >>> [ast.unparse(edit.statements[0].value) for edit in take_slopes(node, around)]
    ['g * (h * (1 - h))']
    """
    for node in walk_expressions(statement):
        of = node.right if is_rest(node) and isinstance(node, ast.BinOp) else None
        square = _find_squared(of)
        if square is not None:
            yield make_edit("another-slope", statement, node, ast.BinOp(square, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Sub(), square)))
        elif of is not None and (around.shape(of) or not around.values) and not isinstance(of, ast.Constant):
            yield make_edit("another-slope", statement, node, _write_rest(of))
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
        if product and isinstance(node, ast.BinOp) and is_rest(node.right) and isinstance(node.right, ast.BinOp):
            of, before = node.right.right, node.left
            if say_node(before) == say_node(of):  # h * (1 - h)
                yield make_edit("another-slope", statement, node, _write_rest(of))
            elif isinstance(before, ast.BinOp) and isinstance(before.op, ast.Mult) and say_node(before.right) == say_node(of):
                yield make_edit("another-slope", statement, node, ast.BinOp(before.left, ast.Mult(), _write_rest(of)))


def take_everywhere(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another quantity wherever one stands in a line more than once: ``a * (1 - a)`` for ``z * (1 - z)``, the slope at the raw value.

    Or what a function is given, ``a * (1 - a)`` for ``s(a) * (1 - s(a))``: the slope of what has gone through it already.

    >>> import numpy as np
    >>> node = ast.parse("d = g * z * (1 - z)").body[0]
    >>> around = Surroundings({id(part): np.ones(2) for part in ast.walk(node)}, {"a": np.ones(2)}, [])
    >>> [ast.unparse(edit.statements[0].value) for edit in take_everywhere(node, around)]
    ['g * a * (1 - a)']
    >>> twice = ast.parse("d = g * s(a) * (1 - s(a))").body[0]
    >>> [ast.unparse(edit.statements[0].value) for edit in take_everywhere(twice, Surroundings({}, {}, []))]
    ['g * a * (1 - a)']
    """
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Return) or statement.value is None:
        return
    places: dict[str, list[ast.expr]] = {}
    calls: dict[str, list[ast.Call]] = {}
    fails = not isinstance(statement, ast.Return) and id(statement.value) not in around.values  # the slope of a layer of another size
    for node in walk_expressions(statement):
        known = is_quantity(around.values.get(id(node))) or (fails and say_node(node) in around.pool)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and known:
            places.setdefault(say_node(node), []).append(node)
        elif isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            calls.setdefault(say_node(node), []).append(node)
    for called in (nodes for nodes in calls.values() if len(nodes) > 1):
        made: ast.stmt = statement
        for call in called:
            made = replace_part(made, call, call.args[0])
        yield LineEdit("function-too-many", statement, (made,), called[0], called[0].args[0])
    for name, nodes in places.items():
        texts = [*around.pool] if fails else around.list_fitting(around.shape(nodes[0]), exact=True)
        for text in texts if len(nodes) > 1 else ():
            if text != name:
                made, put = statement, around.parse(text)
                for node in nodes:
                    made = replace_part(made, node, put)
                yield LineEdit("another-variable", statement, (made,), nodes[0], put)


def _write_rest(of: ast.expr) -> ast.BinOp:
    return ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(of, ast.Pow(), ast.Constant(2)))


def _find_squared(node: ast.expr | None) -> ast.expr | None:
    """What is squared, ``h ** 2``, ``h * h`` or ``np.square(h)``; nothing for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2:
        return node.left
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and say_node(node.left) == say_node(node.right):
        return node.left
    if isinstance(node, ast.Call) and say_node(node.func).rpartition(".")[2] == "square" and len(node.args) == 1:
        return node.args[0]
    return None
