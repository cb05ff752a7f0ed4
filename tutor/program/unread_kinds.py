"""The kinds of statements and expressions that are not read, and of refusals: what they are called, and what to write instead."""

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


_SMALLER = tell("give smaller sizes")
_CHECK = tell("check the shapes: each line of the page says the one that it makes")
_PLACES = tell("write places, a[1], and sizes in numbers, --shapes X=4,n, where places are counted")
_GIVEN = tell("give what it computes as an argument")
_AS_DEFINED = tell("call it with the arguments that stand in its definition")
_SETTINGS = tell("write the arguments by their names, axis=1, and leave out what only says how it is computed")
_WHOLE = tell("write a whole number, or give it: --shapes n=3")
_KEYS = tell("write a text or a whole number as the key: params['W1']")
_LARGE = tell("write it as a power of 10, or give it as an argument")
INSTEAD: Mapping[str, Told] = {
    "{word} with {count} arguments": _SETTINGS, "{word} needs {name}": _SETTINGS, "the reduction {how}": _SETTINGS,
    "there is no axis {axis}": tell("axes are counted from 0, or from the last one: -1"),
    "{word}: the axis is no whole number": tell("axes are counted from 0, or from the last one: -1"),
    "more than {limit} parts of an array at once": _SMALLER, "a list of more than {limit:,} entries": _SMALLER,
    "{size} entries are not {count} equal parts": _SMALLER, "a setting of more than {limit:,} numbers": _SMALLER,
    "padding with anything but a number is not read": tell("write np.pad(x, width), with zeros, or give the larger array as an argument"),
    "a softmax with a mask is read along the last axis": tell("write it with axis=-1, with a transpose before and behind it"),
    "the places of the largest entries are not read":
        tell("give the places as an argument, or take the largest entries: np.max(x, axis=1)"),
    "how many rounds this loop has is not known": tell("give sizes in numbers, --shapes X=4,n, where a loop runs over an axis"),
    "a list is indexed by a whole number that is known": _PLACES, "there is no entry {key}": _PLACES,
    "{count} places in brackets for {axes} axes": _CHECK, "what is to be unpacked here is no tuple": tell("write a line for each name"),
    "{what} cannot be called": tell("write what it gives as a formula, or give it a def in the file"),
    "the class {name} has no {method}": tell("give the class a method with this name, or call the one that it has"),
    "the method {word} is not read": _GIVEN, "{name} has no attribute {word} that is known": tell("give it its value in __init__"),
    "super() belongs in a method": tell("write it in a method of a class that comes from another one"),
    "what is sorted is not known": tell("give it in its order"),
    "{what} is not read in a formula": tell("write real numbers, in decimal digits"),
    "~ is read before a comparison only": tell("write the comparison the other way round, x <= 0, or 1 - mask"),
    "the number is over the limit of {limit:,}": _LARGE, "an exponent over the limit of {limit:,}": _LARGE,
    "a key is a text or a whole number": _KEYS, "a division by 0": tell("check the sizes: something has no entries here"),
    "more arguments than the function has": _AS_DEFINED, "the function has no argument {name}": _AS_DEFINED,
    "the argument {name} is missing": _AS_DEFINED, "a size is a whole number from 1 on": _WHOLE,
    "a comparison of numbers that are not whole": tell("write which of the two holds: the numbers are known"),
    "these two cannot be compared": tell("compare numbers with numbers, and texts with texts"),
    "{what} stands where a list belongs": tell("write the list, (1, 2), or a comparison with ==; a choice entry by entry is np.where"),
    "here the program stops with an error": tell("give shapes and settings with which it goes on: --shapes"),
    "a class with a metaclass or a decorator is not read": tell("leave the decorator out, and write what it adds"),
    "an attribute is set of an object of the program only": tell("give the value a name of its own"),
    "the function {word} is not read": tell("give what it computes as an argument, or write it with functions that docs/programs.md has"),
    "the method {word} of an array is not read": tell("write it with operations that are read: docs/programs.md"),
    "the method {word} of a text is not read": _APART, "the method {word} of a list is not read": _APART,
    "the method {word} of a dictionary is not read": _APART,
    "an attribute of this is not assigned": tell("give the value a name of its own"),
    "the function {word} is not in the file": tell("put its def into the file"), "a part of this is not assigned": _APART,
    "{word} is not read: nothing of the file runs": _APART, "this sign is not read here": tell("the signs are + - * / ** and @"),
    "complex numbers and bytes are not read": tell("write real numbers, in decimal digits"),
    "this object is no function": tell("call a function of the file, or write what it gives as a formula"),
    "what is called here is no function that is read": tell("call a function of the file, or write what it gives as a formula"),
    "what {word} is here is not known": tell("give it its value in __init__"), "a function that yields is not read": _YIELDS,
    "a decorator may change what a function computes, and is not read": tell("give the function without it"),
    "a loop of more than {limit:,} rounds": tell("write it with fewer rounds"), "what this loop runs over is not known": _LIST,
    "the program raises an error here": tell("give shapes and settings with which it goes on: --shapes"),
    "a whole number that is too large": _LARGE, "a power of whole numbers that is too large": _LARGE,
    "the argument {name} of {word} is not read": tell("leave it out, or write the function out"),
    "functions that call each other too deep": tell("write it as a loop"),
}  # fmt: skip
"""What to write instead, by what is told of a part of a program; where more is known there, it is told there."""
_VALUES: Mapping[str, Told] = {
    "str": tell("write a number there, or a name of an array"), "dict": tell("take an entry of it: params['W1']"),
    "NoneType": tell("give it a value, or leave the line out"), "list": tell("take an entry of it: a[0]"),
    "tuple": tell("take a part of it: a, b = f(x)"), "OwnFunction": tell("call it: f(x)"), "Class": tell("call it: f(x)"),
    "TorchLayer": tell("call it: f(x)"), "Library": tell("call it: f(x)"), "Instance": tell("call it: f(x)"),
    "Method": tell("call it with brackets, x.sum(), or write what it gives as a formula"), "set": tell("write a list: [a, b]"),
    "Infinite": tell("infinity goes into a mask of scores before a softmax, and into max and min; write a large number elsewhere"),
}


def find_hint(what: str, value: str = "") -> str:
    """What to write instead where no more is known than what is told, and the type of a value that stands in a wrong place.

    >>> find_hint(tell("there is no axis {axis}", axis=3)), find_hint("", "dict")
    ('axes are counted from 0, or from the last one: -1', "take an entry of it: params['W1']")
    """
    if value:
        return _VALUES.get(value, _GIVEN)
    return INSTEAD.get(getattr(what, "pattern", ""), "")
