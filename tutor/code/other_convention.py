"""A wrong line that is right in the other convention: ``dW = dz @ x.T`` where samples are rows belongs there where they are columns.

With all matrices of the line turned round it gives what belongs there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tutor.code.code_values import CodeProblem
from tutor.code.judgement import Judgement
from tutor.code.line_edits import replace_part
from tutor.code.local_work import LocalWork
from tutor.errors import Told, tell
from tutor.numbers.arrays import np

SAME = 1e-9


def tell_convention(judged: Judgement) -> Iterator[Told]:
    """The lines that are wrong and would be right if samples were columns, or rows, where they are the other."""
    edits: list[tuple[ast.Assign, ast.Assign]] = []
    for node in judged.list_statements():
        made = judged.edits.get(id(node), ())
        if isinstance(node, ast.Assign) and len(made) == 1 and isinstance(made[0], ast.Assign):
            edits.append((node, made[0]))
    if not edits or judged.trial.budget.is_low:
        return
    scopes: dict[int, dict[str, Any]] = {}
    try:
        judged.trial.run(edits=judged.edits, scopes=scopes)
    except CodeProblem:
        return
    local = LocalWork(judged.trial.current, {id(node): scopes[id(put)] for node, put in edits if id(put) in scopes})
    for node, put in edits:
        if id(node) not in local.scopes:
            continue
        right, turned = local.read(node, put.value), local.read(node, turn_matrices(node.value, local.scopes[id(node)]))
        if right is None or turned is None or np.ndim(right) == 0:
            continue
        ways = (one for one in (turned, np.transpose(turned)) if np.shape(one) == np.shape(right))
        if any(np.allclose(right, one, rtol=SAME, atol=SAME) for one in ways):
            if judged.trial.world.columns:
                yield tell("samples are columns (line {line} would be right if they were rows)", line=node.lineno)
            else:
                yield tell("samples are rows (line {line} would be right if they were columns)", line=node.lineno)


def turn_matrices(node: ast.expr, scope: dict[str, Any]) -> ast.expr:
    """An expression with all matrices turned round.

    >>> scope = {"x": np.ones((2, 3)), "b": np.ones(3)}
    >>> ast.unparse(turn_matrices(ast.parse("d @ x.T + x.sum(axis=0) + b", mode="eval").body, scope))
    'd @ x.T.T + x.T.sum(axis=0) + b'
    """
    for part in [*ast.walk(node)]:
        value = scope.get(part.id) if isinstance(part, ast.Name) else None
        if isinstance(part, ast.Name) and np.ndim(getattr(value, "value", value) if value is not None else 0) == 2:
            node = replace_part(node, part, ast.copy_location(ast.Attribute(part, "T", ast.Load()), part))
    return node
