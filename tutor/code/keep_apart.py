"""A forward pass out of a file of its own: its functions keep apart from those of the same names beside the backward pass."""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import replace

from tutor.program.source import Source

APART = " (given)"
"""What stands behind the name of a function that belongs to the file of the forward pass; no program can call it so."""


def keep_apart(source: Source) -> Source:
    r"""The file with its functions and classes under names that no other file has: what it calls stays its own.

    Without this a ``softmax`` beside the backward pass would be taken in the given forward pass, too, or a solution in the given file in
    the place of what was handed in.

    >>> from tutor.program.source import read_source
    >>> found = keep_apart(read_source("def s(x): return x\ndef f(x): return s(x)\n", "a.py"))
    >>> ast.unparse(found.tree.body[1])
    'def f (given)(x):\n    return s (given)(x)'
    """
    tree = deepcopy(source.tree)
    own = {part.name for part in tree.body if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    for part in tree.body:
        hidden = _list_bound(part) if isinstance(part, ast.FunctionDef) else frozenset()
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and node.id in own - hidden:
                node.id += APART
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            part.name += APART
    return replace(source, tree=tree)


def _list_bound(func: ast.FunctionDef) -> frozenset[str]:
    """The names that are a function's own: its arguments, and what it assigns."""
    names = {node.arg for node in ast.walk(func) if isinstance(node, ast.arg)}
    return frozenset(names | {node.id for node in ast.walk(func) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)})
