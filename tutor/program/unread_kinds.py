"""The kinds of statements and expressions that are not read: what they are called, and what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from tutor.errors import Told, tell

_APART = tell("write what is to be computed in lines of its own, without it")
_WAITS = tell("leave out async and await: nothing is waited for here")
_YIELDS = tell("return the values in a list")
_IN_FRONT = tell("give the name its value in a line of its own, in front")
_LIST = tell("write a list: [a, b]")
_ONE_BY_ONE = tell("write the values one by one")
_IN_BRACKETS = tell("a slice stands in brackets behind an array: x[1:3]")
UNREAD: Mapping[type[ast.AST], tuple[str, Told]] = {
    ast.Match: ("match", tell("write it with if and elif, on what is known")),
    ast.Try: ("try", _APART), ast.TryStar: ("try", _APART),
    ast.AsyncFunctionDef: ("async def", _WAITS), ast.AsyncFor: ("async for", _WAITS), ast.AsyncWith: ("async with", _WAITS),
    ast.Await: ("await", _WAITS), ast.Yield: ("yield", _YIELDS), ast.YieldFrom: ("yield from", _YIELDS),
    ast.NamedExpr: (":=", _IN_FRONT), ast.Set: ("{a, b}", _LIST), ast.SetComp: ("{a for a in b}", _LIST),
    ast.Starred: ("*", _ONE_BY_ONE), ast.Slice: (":", _IN_BRACKETS),
}  # fmt: skip


def find_instead(node: ast.AST) -> tuple[str, Told]:
    """What a part of a program is called, and what to write instead: each kind that is not read has a word.

    >>> find_instead(ast.parse("match x:\\n    case 1: pass").body[0])
    ('match', 'write it with if and elif, on what is known')
    """
    return UNREAD.get(type(node), (type(node).__name__, _APART))
