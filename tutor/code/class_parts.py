"""The methods that each class of a file is judged by: a class that only others are made from is judged as each of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

Methods = Mapping[str, ast.FunctionDef]


def list_class_parts(tree: ast.Module, wanted: re.Pattern[str]) -> Iterator[tuple[str, dict[str, ast.FunctionDef]]]:
    """Each class with the methods that make its pairs.

    A class whose methods call what only the classes made from it have (``self._pool``) says nothing by itself: its pair is that of each of
    them.  One whose ``wanted`` methods all refuse to work (``raise NotImplementedError``), and from which others are made, has no pair.
    """
    classes = {part.name: part for part in tree.body if isinstance(part, ast.ClassDef)}
    own = {name: _list_methods(part) for name, part in classes.items()}
    made_of = {name: [base.id for base in part.bases if isinstance(base, ast.Name) and base.id in own] for name, part in classes.items()}
    lent: dict[str, dict[str, ast.FunctionDef]] = {name: {} for name in own}
    empty: set[str] = set()
    for name, methods in own.items():
        below = [one for one in own if name in _list_ancestors(one, made_of)]
        if not below:
            continue
        passes = [method for word, method in methods.items() if wanted.search(word)]
        if passes and all(map(is_refusing, passes)):
            empty.add(name)
        elif _list_open(classes[name], name, own, made_of):
            empty.add(name)
            for one in below:
                lent[one] |= {word: method for word, method in methods.items() if word not in own[one]}
    for name, methods in own.items():
        if name not in empty:
            yield name, {**lent[name], **methods}


def is_refusing(node: ast.FunctionDef) -> bool:
    """Whether a method only says that it is not there: ``raise NotImplementedError``.

    >>> is_refusing(ast.parse("def f(x): raise NotImplementedError()").body[0])
    True
    """
    body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Raise | ast.Return) and "NotImplemented" in ast.dump(body[0])


def _list_methods(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}


def _list_ancestors(name: str, made_of: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(made_of[name])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += made_of[one]
    return found


def _list_open(node: ast.ClassDef, name: str, own: Mapping[str, Methods], made_of: Mapping[str, list[str]]) -> set[str]:
    """The methods that a class calls and has not, nor anything that it is made from, while another class of the file has them."""
    known = {word for one in (name, *_list_ancestors(name, made_of)) for word, method in own[one].items() if not is_refusing(method)}
    called: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
            if isinstance(part.ctx, ast.Store):
                known.add(part.attr)
            else:
                called.add(part.attr)
    below = {word for one in own if name in _list_ancestors(one, made_of) for word in own[one]}
    return (called - known) & below


@lru_cache(maxsize=64)
def find_beginning(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    r"""What a method does in front of its call of another one, as a method of its own: ``self.m, self.n = X.shape`` of fit; None without.

    >>> text = "class A:\n    def fit(self, X):\n        self.m = len(X)\n        for i in range(9): self.step()"
    >>> print(ast.unparse(find_beginning(ast.parse(text).body[0], "step")))
    def fit(self, X):
        self.m = len(X)
    """
    for method in _list_methods(node).values():
        own = method.args.args[0].arg if method.args.args else ""
        for place, part in enumerate(method.body):
            called = (ast.unparse(one.func) for one in ast.walk(part) if isinstance(one, ast.Call))
            if method.name not in ("__init__", name) and f"{own}.{name}" in called:
                kept: list[ast.stmt] = [one for one in method.body[:place] if isinstance(one, ast.Assign | ast.Expr)]
                made = ast.FunctionDef(method.name, method.args, kept, [], None)
                return ast.copy_location(made, method) if any(isinstance(one, ast.Assign) for one in kept) else None
    return None


@lru_cache(maxsize=16)
def narrow_to_class(tree: ast.Module, owner: str) -> ast.Module:
    r"""A file with one class alone, those that it names, those that these do, and all that stands outside of classes.

    >>> tree = ast.parse("class A: pass\nclass B: made = A\nclass C: pass")
    >>> [part.name for part in narrow_to_class(tree, "B").body]
    ['A', 'B']
    """
    classes = {part.name: part for part in tree.body if isinstance(part, ast.ClassDef)}
    named = {name: {one.id for one in ast.walk(part) if isinstance(one, ast.Name)} & {*classes} for name, part in classes.items()}
    if owner not in classes:
        return tree
    known, waiting = {owner}, [owner]
    while waiting:
        fresh = named[waiting.pop()] - known
        known |= fresh
        waiting += fresh
    return ast.Module([part for part in tree.body if not isinstance(part, ast.ClassDef) or part.name in known], [])
