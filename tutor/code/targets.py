"""What stands at the left of a statement: how it is spelt, and the word that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tutor.code.pair_functions import split_gradient

DRAWN = ("random", "rand", "zeros", "ones", "xavier", "normal", "uniform", "empty")
INITIALISER = re.compile(r"(?i)(^|_)init(iali[sz]e[rd]?)?(_|$)|_init|initiali[sz]er")
"""What is called so, and is given sizes, makes weights of these."""


def spell_target(node: ast.expr) -> tuple[str, str]:
    """What stands at the left as it is written, and the word that names it: W1 of ``self.params["W1"]``.

    >>> spell_target(ast.parse("grads['W1']", mode="eval").body)
    ("grads['W1']", 'grads.W1')
    """
    if isinstance(node, ast.Name):
        return node.id, node.id
    if isinstance(node, ast.Attribute):
        if node.attr == "grad":
            return ast.unparse(node), f"d{spell_target(node.value)[1]}"
        return ast.unparse(node), node.attr
    if isinstance(node, ast.Subscript):
        head = spell_target(node.value)[1]
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return ast.unparse(node), f"{head}.{node.slice.value}"
        return ast.unparse(node), head
    return ast.unparse(node), ""


def gather_starred(targets: Sequence[ast.expr], values: list[Any]) -> list[Any]:
    """The values of several names, those of a starred one as one list: ``first, *rest = caches``.

    >>> gather_starred(ast.parse("a, *b, c = x").body[0].targets[0].elts, [1, 2, 3, 4])
    [1, [2, 3], 4]
    """
    place = next((place for place, part in enumerate(targets) if isinstance(part, ast.Starred)), None)
    if place is None or len(values) < len(targets) - 1:
        return values
    end = place + len(values) - len(targets) + 1
    return [*values[:place], values[place:end], *values[end:]]


@lru_cache(maxsize=8192)
def is_drawn(node: ast.expr) -> bool:
    """Whether a value begins as zeros, or as numbers that are drawn."""
    called = (part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name))
    named = (part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute))
    return any(word.startswith(DRAWN) for word in (*called, *named))


@lru_cache(maxsize=8192)
def is_measured(node: ast.expr) -> bool:
    """Whether a number is counted of an array that is there, ``len(X)``, ``y.size``: it is that array's, however large.

    >>> [is_measured(ast.parse(text, mode="eval").body) for text in ("len(X)", "X.shape[0]", "784", "28 * 28")]
    [True, True, False, False]
    """
    parts = [*ast.walk(node)]
    called = any(isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "len" for part in parts)
    return called or any(isinstance(part, ast.Attribute) and part.attr in ("shape", "size") for part in parts)


def list_targets(node: ast.stmt) -> list[ast.expr]:
    """What a statement assigns to."""
    if isinstance(node, ast.Assign):
        return list(node.targets)
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def list_inner_targets(node: ast.stmt) -> list[ast.expr]:
    """What a statement with others inside assigns: all of it is lost where its rounds or its condition are not read."""
    return [target for part in ast.walk(node) if isinstance(part, ast.stmt) and part is not node for target in list_targets(part)]


def load_target(node: ast.expr) -> ast.expr:
    """A left side as it is read."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    if isinstance(node, ast.Attribute):
        return ast.copy_location(ast.Attribute(node.value, node.attr, ast.Load()), node)
    return node


def is_gradient_given(node: ast.Assign) -> bool:
    """Whether a statement gives a value to what is called a gradient: ``dW = …``, ``grads["W"] = …``."""
    return any(split_gradient(spell_target(target)[1]) for target in node.targets)


@lru_cache(maxsize=8192)
def may_end(node: ast.While | ast.For) -> bool:
    """Whether anything inside of a loop can leave it."""
    return any(isinstance(part, ast.Break | ast.Return | ast.Raise) for part in ast.walk(node))


@lru_cache(maxsize=32)
def find_chosen(tree: ast.AST) -> frozenset[int]:
    r"""The uses of names that a function gives a value only where a setting is one text or another: without any it has none.

    >>> tree = ast.parse("def f(z, act):\n    if act == 'relu':\n        a = z\n    return a")
    >>> len(find_chosen(tree)), len(find_chosen(ast.parse("def f(z, act):\n    a = z\n    if act == 'relu':\n        a = 2\n    return a")))
    (1, 0)
    """
    found: set[int] = set()
    for function in (part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)):
        names = [part for part in ast.walk(function) if isinstance(part, ast.Name)]
        texts = [part for part in ast.walk(function) if isinstance(part, ast.If) and _asks_text(part.test)]
        inside = {id(one) for part in texts for one in ast.walk(part)}
        stored = {part.id for part in names if isinstance(part.ctx, ast.Store)}
        free = {part.id for part in names if isinstance(part.ctx, ast.Store) and id(part) not in inside}
        chosen = stored - free - {arg.arg for arg in function.args.args}
        found |= {id(part) for part in names if isinstance(part.ctx, ast.Load) and part.id in chosen and id(part) not in inside}
    return frozenset(found)


def _asks_text(test: ast.expr) -> bool:
    compared = [part.comparators[0] for part in ast.walk(test) if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq)]
    return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in compared)
