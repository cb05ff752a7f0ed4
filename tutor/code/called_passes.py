"""The backward passes that another one of the same file calls."""

from __future__ import annotations

import ast

from tutor.code.pair_functions import BackwardPlan, find_plans


def list_called_passes(tree: ast.Module, plan: BackwardPlan) -> list[BackwardPlan]:
    """The pairs of a file whose backward passes another one calls: that of one step of a loop, that of a layer of a net.

    >>> text = "def s_forward(x): return x\\ndef s_backward(g): return g\\n"
    >>> text += "def f_forward(x): return s_forward(x)\\ndef f_backward(g): return s_backward(g)"
    >>> tree = ast.parse(text)
    >>> [one.name for one in list_called_passes(tree, find_plans(tree, "f_backward")[0])]
    ['s_backward']
    """
    owners = [part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == plan.owner]
    body = owners[0].body if owners else tree.body
    nodes = [part for part in body if isinstance(part, ast.FunctionDef) and part.name == plan.backward]
    called = {ast.unparse(part.func).rpartition(".")[2] for node in nodes for part in ast.walk(node) if isinstance(part, ast.Call)}
    named = {part.id for node in owners for part in ast.walk(node) if isinstance(part, ast.Name)}
    return [
        one
        for one in find_plans(tree)
        if one.backward in called and not one.is_single and one.name != plan.name and one.owner != (plan.owner or " ")
        and (not one.owner or one.owner in named)
    ]
