"""Decorators and metaclasses: those that leave alone what a function computes, by name; any other may change it."""

from __future__ import annotations

import ast
from collections.abc import Collection

HARMLESS = frozenset({"staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "lru_cache", "cache", "wraps",
                      "overload", "timer", "profile", "checkpoint", "script",
                      "jit", "jaxtyped", "typechecked", "compile", "njit", "override"})  # fmt: skip
"""Decorators of functions, by their last word."""
_OF_CLASSES = ("dataclass", "final", "total_ordering", "jaxtyped")


def find_odd_decorator(node: ast.FunctionDef, also: Collection[str] = ()) -> ast.expr | None:
    """The first decorator of a function that may change what it computes; ``also`` are others that do not.

    >>> find_odd_decorator(ast.parse("@torch.jit.script\\n@change(3)\\ndef f(): pass").body[0]).func.id
    'change'
    """
    for decorator in node.decorator_list:
        word = read_last_word(decorator)
        if not (isinstance(decorator, ast.Call | ast.Name | ast.Attribute) and (word in HARMLESS or word in also)):
            return decorator
    return None


def is_odd_class(node: ast.ClassDef) -> bool:
    """Whether a class has a decorator or a metaclass that may change what its objects do.

    >>> is_odd_class(ast.parse("class A(metaclass=ABCMeta): pass").body[0]), is_odd_class(ast.parse("@m\\nclass A: pass").body[0])
    (False, True)
    """
    odd = [one for one in node.decorator_list if read_last_word(one) not in _OF_CLASSES]
    return bool(odd) or any(word.arg != "metaclass" or read_last_word(word.value) != "ABCMeta" for word in node.keywords)


def read_last_word(node: ast.expr) -> str:
    """The last word of a name with points, also of one that is called; empty for any other.

    >>> read_last_word(ast.parse("a.b.c(3)", mode="eval").body)
    'c'
    """
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
