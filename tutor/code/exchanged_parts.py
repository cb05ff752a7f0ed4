"""A program with other functions or statements in the place of some: what is not exchanged is shared, and no line moves."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tutor.program.source import Source


def find_function(tree: ast.Module, owner: str, name: str) -> ast.FunctionDef | None:
    """A function of a module, or a method of a class in it."""
    body = next((part.body for part in tree.body if isinstance(part, ast.ClassDef) and part.name == owner), tree.body)
    return next((part for part in body if isinstance(part, ast.FunctionDef) and part.name == name), None)


def exchange_function(tree: ast.Module, old: ast.FunctionDef, new: ast.FunctionDef) -> ast.Module:
    """A module with a function in the place of another, at its top or in a class; all else is shared."""
    body: list[ast.stmt] = []
    for part in tree.body:
        if isinstance(part, ast.ClassDef) and old in part.body:
            own = [new if one is old else one for one in part.body]
            part = ast.copy_location(ast.ClassDef(part.name, part.bases, part.keywords, own, part.decorator_list), part)
        body.append(new if part is old else part)
    return ast.Module(body, [])


def exchange_statements(source: Source, made: Mapping[int, Sequence[ast.stmt]]) -> Source:
    r"""A program with other statements in the place of some, by the `id` of each, however deep they stand; all else is shared.

    A statement may stand among those that take its place, and what is inside of it is exchanged, too.

    >>> from tutor.program.source import read_source
    >>> source = read_source("for i in a:\n    b = i\nc = 1", "f.py")
    >>> loop, last = source.tree.body
    >>> made = {id(loop): [ast.parse("s = 0").body[0], loop], id(loop.body[0]): [ast.parse("s += i").body[0]], id(last): []}
    >>> print(ast.unparse(exchange_statements(source, made).tree))
    s = 0
    for i in a:
        s += i
    """
    if not made:
        return source
    tree = ast.Module([*_exchange(source.tree.body, made)], [])
    return replace(source, tree=tree, parts=tuple(ast.walk(tree)))


def _exchange(body: Sequence[ast.stmt], made: Mapping[int, Sequence[ast.stmt]]) -> Iterator[ast.stmt]:
    for node in (one for old in body for one in made.get(id(old), [old])):
        inner = [part for part in ast.walk(node) if part is not node]
        if any(id(part) in made for part in inner):
            lists = {name: getattr(node, name) for name in ("body", "orelse", "finalbody") if getattr(node, name, None)}
            fields = dict(ast.iter_fields(node)) | {name: [*_exchange(parts, made)] for name, parts in lists.items()}
            yield ast.copy_location(type(node)(**fields), node)
        else:
            yield node
