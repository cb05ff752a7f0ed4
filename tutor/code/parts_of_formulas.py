"""What parts of a formula are: a transpose, a matrix product, an outer one, 1 less a quantity."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache

LIBRARY = ("np", "numpy", "torch", "math", "F")
"""What the libraries are called that programs compute with."""


def strip_transpose(node: ast.expr) -> ast.expr | None:
    """What a transpose is of; nothing for what is none."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("transpose", "t"):
        if isinstance(node.func.value, ast.Name) and node.func.value.id in LIBRARY:
            return node.args[0] if len(node.args) == 1 else None
        return node.func.value if not node.args else None
    return None


def split_product(node: ast.expr) -> tuple[ast.expr, ast.expr, Callable[[ast.expr, ast.expr], ast.expr]] | None:
    """The operands of a matrix product, and how it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right, lambda a, b: ast.BinOp(a, ast.MatMult(), b)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("dot", "matmul", "mm")
    ):
        func = node.func
        if isinstance(func.value, ast.Name) and func.value.id in LIBRARY:
            if len(node.args) == 2:
                return node.args[0], node.args[1], lambda a, b: ast.Call(func, [a, b], [])
        elif len(node.args) == 1:
            return func.value, node.args[0], lambda a, b: ast.Call(ast.Attribute(a, func.attr, ast.Load()), [b], [])
    return None


def is_outer(node: ast.AST) -> bool:
    """Whether a part is an outer product of two vectors, as NumPy and PyTorch write it.

    >>> is_outer(ast.parse("np.outer(a, b)", mode="eval").body)
    True
    """
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("outer", "ger")
    return called and len(node.args) == 2  # type: ignore[attr-defined]


def is_rest(node: ast.AST) -> bool:
    """Whether a part is 1 less a quantity: ``1 - t``."""
    plain = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant)
    return plain and node.left.value == 1  # type: ignore[attr-defined]


def list_operands(node: ast.expr, sign: type[ast.operator]) -> Iterator[ast.expr]:
    """The terms of a sum, or the factors of a product, however they are put together.

    >>> [ast.unparse(part) for part in list_operands(ast.parse("a + b * c + d", mode="eval").body, ast.Add)]
    ['a', 'b * c', 'd']
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, sign):
        yield from list_operands(node.left, sign)
        yield from list_operands(node.right, sign)
    else:
        yield node


@lru_cache(maxsize=16)
def find_taken_rows(tree: ast.AST) -> frozenset[str]:
    """What a loop takes one row of a round of, as an operand of a product with a matrix: x of ``W.dot(x[t])``, of steps in time.

    >>> sorted(find_taken_rows(ast.parse("for t in range(T):\\n  h[t] = np.tanh(U @ x[t] + W @ h[t - 1])")))
    ['x']
    """
    found: set[str] = set()
    for loop in (part for part in ast.walk(tree) if isinstance(part, ast.For)):
        rounds = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
        for part in ast.walk(loop):
            for one in (split_product(part) or ())[:2] if isinstance(part, ast.expr) else ():
                if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Name) and one.slice.id in rounds:
                    found |= {one.value.id} if isinstance(one.value, ast.Name) else set()
    return frozenset(found)
