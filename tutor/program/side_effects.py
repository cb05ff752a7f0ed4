"""What calls may change besides what they give: lists that grow, arrays that are sorted in place, objects, names of outside.

A call that is not read, or is made in one of two ways only, leaves what it may have changed unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tutor.errors import ProgramError
from tutor.program.program_values import Class, Formula, Instance, Library, OwnFunction, TorchLayer, Unread

CHANGING = frozenset({"append", "extend", "insert", "pop", "remove", "reverse", "sort", "update", "clear", "add", "setdefault", "popitem",
                      "discard", "fill", "put", "resize", "partition", "itemset"})  # fmt: skip
"""Methods that change what they are called of; of tensors those with a line behind, ``add_``."""
FIRST = frozenset({"copyto", "put", "place", "putmask", "fill_diagonal", "shuffle", "put_along_axis"})
"""Functions of a library that change their first argument."""
DEEPEST = 5
"""So many functions inside of one another are looked into."""


def list_touched(scope: Mapping[str, Any], parts: Sequence[ast.AST]) -> Iterator[ast.expr]:
    """What the calls in a part of a program may change: as it is written there, or a name of outside, which may be given (``Store``).

    >>> parts = [*ast.walk(ast.parse("h.append(f(x)); np.add(a, b, out=c); z.sum()"))]
    >>> [ast.unparse(one) for one in list_touched({"np": Library("numpy")}, parts)]
    ['h', 'c']
    """
    for part in parts:
        if isinstance(part, ast.Call):
            yield from _list_of_call(scope, part, 0)


def _list_of_call(scope: Mapping[str, Any], node: ast.Call, depth: int) -> Iterator[ast.expr]:
    yield from (one.value for one in node.keywords if one.arg == "out")
    func = node.func
    if isinstance(func, ast.Attribute):
        value = scope.get(find_root(func))
        if isinstance(value, Library):
            yield from node.args[:1] if func.attr in FIRST else ()
        elif isinstance(value, Instance) and isinstance(func.value, ast.Name):
            found = value.made_of.find_method(func.attr)
            if found is not None:
                yield from _list_of_function(scope, found[0], [func.value, *node.args], node.keywords, depth)
        elif func.attr in CHANGING or (func.attr.endswith("_") and not func.attr.endswith("__")):
            yield func.value
    elif isinstance(func, ast.Name) and isinstance(own := scope.get(func.id), OwnFunction):
        yield from _list_of_function({**own.scope, **scope}, own.node, node.args, node.keywords, depth)


def _list_of_function(
    scope: Mapping[str, Any], function: ast.FunctionDef | ast.Lambda, args: Sequence[ast.expr], named: Sequence[ast.keyword], depth: int
) -> Iterator[ast.expr]:
    changed = find_changed(scope, function, depth)
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    given = [*zip(names, args, strict=False), *((one.arg, one.value) for one in named if one.arg)]
    yield from (value for name, value in given if name in changed)
    parts = [*ast.walk(function)]
    outside = {name for part in parts if isinstance(part, ast.Global | ast.Nonlocal) for name in part.names}
    own = {*names, *(part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))} - outside
    yield from (ast.Name(name, ast.Load()) for name in sorted(changed - own - outside))
    yield from (ast.Name(name, ast.Store()) for name in sorted(outside))


def find_changed(scope: Mapping[str, Any], function: ast.FunctionDef | ast.Lambda, depth: int = 0) -> set[str]:
    r"""The names whose values a function may change in place: its arguments, and names that it has from outside.

    >>> text = "def f(a, b, c):\n    d = b\n    d[0] = 1\n    a.append(c)\n    e = [c]\n    e[0] = 2"
    >>> sorted(find_changed({}, ast.parse(text).body[0]))
    ['a', 'b', 'd', 'e']
    """
    parts = [part for part in ast.walk(function) if part is not function]
    alias: dict[str, str] = {}
    for part in parts:
        pairs = [(target, part.value) for target in part.targets] if isinstance(part, ast.Assign) else []
        pairs += [(part.target, part.iter)] if isinstance(part, ast.For) else []
        for target, value in pairs:
            if isinstance(target, ast.Name) and isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                alias[target.id] = find_root(value)
    found = {find_root(part) for part in parts if isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load)}
    found |= {part.target.id for part in parts if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name)}
    if depth < DEEPEST:
        found |= {find_root(one) for part in parts if isinstance(part, ast.Call) for one in _list_of_call(scope, part, depth + 1)}
    for _ in alias:
        found |= {alias[name] for name in found if name in alias}
    return found - {""}


def leave_touched(reader: Any, touched: Sequence[ast.expr], error: ProgramError) -> None:
    """What the calls of a statement that is not read may have changed is refused from here on, wherever it is used."""
    for one in touched:
        try:
            value = reader.read(one) if find_root(one) else None
        except ProgramError:
            continue
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            (reader.scope if one.id in reader.scope else reader.module)[one.id] = Unread(error)
        elif is_changeable(value):
            for other in [value, *reader.shared.list_sharers(value)]:
                reader.change_everywhere(other, Unread(error))


def find_root(node: ast.AST, *, calls: bool = False) -> str:
    """The name that a part belongs to: a of ``a.b[0].c``, with ``calls`` also of ``a.ravel()[0]``; nothing where that is none.

    >>> find_root(ast.parse("a.b[0].c").body[0].value), find_root(ast.parse("f(x).c").body[0].value)
    ('a', '')
    """
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred) or (calls and isinstance(node, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_changeable(value: Any) -> bool:
    """Whether a value may be changed in place: a list, a dictionary, an object, an array; no number."""
    return isinstance(value, list | dict | Instance | TorchLayer) or (not isinstance(value, Class | Library) and bool(_shape(value)))


def _shape(value: Any) -> Any:
    return value.shape if isinstance(value, Formula) else getattr(value, "shape", ())
