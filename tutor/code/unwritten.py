"""Functions that nobody has written yet: what a task leaves open."""

from __future__ import annotations

import ast

from tutor.code.code_values import CodeProblem
from tutor.code.pair_functions import BackwardPlan
from tutor.errors import tell
from tutor.program.source import Source


def refuse_unwritten(source: Source, plan: BackwardPlan, *, backward_only: bool = False) -> None:
    """Raise `CodeProblem` where the forward or the backward function of a plan is a body that does nothing."""
    bodies = [part.body for part in source.tree.body if isinstance(part, ast.ClassDef) and part.name == plan.owner]
    names = {plan.backward if backward_only else plan.forward, plan.backward} - {""}
    for node in (bodies[-1] if bodies else source.tree.body) if names else ():
        if isinstance(node, ast.FunctionDef) and node.name in names and is_unwritten(node):
            raise CodeProblem(tell("{name} is not written yet", name=node.name), where=source.name_line(node.lineno),
                              hint=tell("write it, then it is judged"))  # fmt: skip


def is_unwritten(node: ast.FunctionDef) -> bool:
    r"""Whether a function does nothing yet: ``pass``, ``...``, ``raise NotImplementedError``, names that are None and returned.

    >>> is_unwritten(ast.parse("def f(x):\n    'later'\n    dx = None\n    return dx").body[0])
    True
    >>> is_unwritten(ast.parse("def f(x):\n    return x").body[0])
    False
    """
    empty: set[str] = set()
    for part in node.body:
        if isinstance(part, ast.Assign) and _is_none(part.value, empty):
            empty |= {one.id for target in part.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        elif not _is_idle(part, empty):
            return False
    return True


def _is_idle(node: ast.stmt, empty: set[str]) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Raise):
        return "NotImplemented" in ast.dump(node)
    if isinstance(node, ast.Return):
        return node.value is None or _is_none(node.value, empty)
    takes_apart = isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and isinstance(node.targets[0], ast.Tuple)
    return takes_apart or isinstance(node, ast.Pass)


def _is_none(node: ast.expr, empty: set[str]) -> bool:
    """None, a name for it, or several of them."""
    if isinstance(node, ast.Tuple):
        named = any(isinstance(part, ast.Name) and part.id in empty for part in node.elts)
        return named or all(_is_none(part, empty) for part in node.elts)
    return (isinstance(node, ast.Constant) and node.value is None) or (isinstance(node, ast.Name) and node.id in empty)
