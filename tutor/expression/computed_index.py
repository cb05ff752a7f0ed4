"""Indices that are computed: the j − a + 3 of a convolution, the 2·i + a − 2 of a pooling.

An index is whole numbers and letters with ``+``, ``-``, products with a number, and brackets: linear in each letter.  The grammar is the
one of all formulas; here each letter is an index of its own.
"""

from __future__ import annotations

import re

from tutor.expression.grammar import grow
from tutor.expression.nodes import Add, Expr, Mul, Name, Neg, Number
from tutor.expression.tokens import How, Stop, Token

Weights = dict[str, int]
"""The coefficient of each letter, and the constant under the empty name."""

MAX_INDEX = 60
"""So long an index may be."""
_PIECE = re.compile(r"[0-9]{1,4}(?![0-9])|[A-Za-z](?![0-9])|[-+·*()]")
_SIGNS: dict[str, Token] = {"+": ("+", None), "-": ("-", None), "·": ("*", None), "*": ("*", None), "(": ("(", ")"), ")": (")", ")")}
_BESIDE = re.compile(r"(?<=[A-Za-z])(?=[A-Za-z])")
_HOW = How(frozenset(), None)


def read_computed(sub: str) -> tuple[Expr, ...] | None:
    """The parts of an index in which something is computed, one for each axis; nothing for what is no such index.

    >>> from tutor.expression.plain import write_plain
    >>> [write_plain(part) for part in read_computed("i-a+3,2(j-1)+b")], read_computed("j/2")
    (['i - a + 3', '2*(j - 1) + b'], None)
    """
    if len(sub) > MAX_INDEX:
        return None
    parts: list[Expr] = []
    for chunk in sub.split(","):
        for text in _BESIDE.split(chunk):  # ij+1 is i, j + 1
            part = _read_part(text)
            if part is None:
                return None
            parts.append(part)
    return tuple(parts)


def _read_part(text: str) -> Expr | None:
    pieces = _PIECE.findall(text)
    if not pieces or sum(map(len, pieces)) != len(text):
        return None
    tokens = [_SIGNS[piece] if piece in _SIGNS else ("a", Number(piece) if piece.isdigit() else Name(piece)) for piece in pieces]
    try:
        part = grow([*tokens, ("$", None)], _HOW)
    except Stop:
        return None
    weights = weigh_letters(part)
    return part if (weights is not None and any(letter for letter in weights)) or type(part) is Number else None


def weigh_letters(expr: Expr) -> Weights | None:
    """The coefficient of each letter of an index, those that cancel left out; nothing for what is not linear in its letters.

    >>> weigh_letters(read_computed("2(i-1)+a")[0])
    {'i': 2, '': -2, 'a': 1}
    """
    match expr:
        case Number(text):
            return {"": int(text)} if text.isdigit() else None
        case Name(name):
            return {name: 1}
        case Neg(arg):
            inner = weigh_letters(arg)
            return None if inner is None else {letter: -weight for letter, weight in inner.items()}
        case Add(args):
            return _add_weights(args)
        case Mul((first, *more)):
            found = weigh_letters(first)
            for factor in more:
                found = _multiply_weights(found, weigh_letters(factor))
            return found
    return None


def _add_weights(args: tuple[Expr, ...]) -> Weights | None:
    total: Weights = {}
    for arg in args:
        inner = weigh_letters(arg)
        if inner is None:
            return None
        for letter, weight in inner.items():
            total[letter] = total.get(letter, 0) + weight
    return {letter: weight for letter, weight in total.items() if weight}


def _multiply_weights(one: Weights | None, two: Weights | None) -> Weights | None:
    if one is None or two is None:
        return None
    if one.keys() - {""}:
        one, two = two, one
    return None if one.keys() - {""} else {letter: weight * one.get("", 0) for letter, weight in two.items() if weight * one.get("", 0)}
