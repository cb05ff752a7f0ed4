r"""Signs of formulas over arrays: sums over letters and vectors of ones.

A sum is ``Σ_v``, ``\\sum_{v=1}^{n}``, ``Σ_(v=1..n)``; how far it runs is seldom written, the arrays in it tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tutor.expression.letters import SUB
from tutor.expression.nodes import Call, Expr, Name, Number
from tutor.expression.signs import INDICATOR
from tutor.expression.tokens import Token

ONES = re.compile(r"\\(?:mathbf|mathbb|mathds|vec)\s?\{\s?([01])\s?\}|\\(?:mathbb|mathbf|mathds)\s?([01])|[𝟙𝟏]|𝟎")
"""A vector of ones, or of zeros."""
_RUNS = r"[A-Za-z](?:\s?,\s?[A-Za-z]){0,3}(?:\s?=\s?[01])?"
SUM = re.compile(
    r"(?:\\sum(?![A-Za-z])(?:\s?\\limits(?![A-Za-z]))?|[Σ∑]|sum(?=\s?_))\s?"
    rf"(?:_\s?(?:\{{\s?(?P<braced>{_RUNS})\s?\}}|(?P<letter>[A-Za-z])(?![A-Za-z0-9_]))"
    rf"|_\s?\(\s?(?P<bracketed>{_RUNS})(?:\s?\.\.\s?(?P<to>[A-Za-z0-9]+(?:\s?-\s?1)?))?\s?\)|(?P<lower>[ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]))"
    r"(?:\s?\^\s?(?:\{\s?(?P<last>[A-Za-z0-9]+(?:\s?[-−]\s?1)?)\s?\}|(?P<one>[A-Za-z0-9])))?"
)
"""A sum over letters: Σ_v, \\sum_{v=1}^{n}, Σ_(v=1..n)."""
_LOWER = {shown: plain for plain, shown in SUB.items()}


_SLIDING = re.compile(r"(?P<convolve>∗|\\ast(?![A-Za-z]))|(?P<correlate>⋆|\\star(?![A-Za-z]))")
"""The signs of convolution and correlation, where an exercise has them; elsewhere ∗ is a product."""


def read_sliding(text: str, at: int, end: int, used: Collection[str]) -> tuple[Token | None, int]:
    """The token of a convolution or a correlation, where an exercise uses one of them, and how long it is.

    >>> read_sliding("∗ k", 0, 3, {"convolve"})
    (('@', 'convolve'), 1)
    """
    match = _SLIDING.match(text, at, end) if {"convolve", "correlate"} & set(used) else None
    return (("@", match.lastgroup), len(match.group())) if match is not None else (None, 0)


def read_sign(text: str, at: int, end: int) -> tuple[Token | None, int]:
    """The token of a sum or of a vector of ones that stands at a place, and how long it is.

    No token and a length for a sum that cannot be read, the length 0 where none stands.

    >>> read_sign("Σ_v w", 0, 5)
    (('S', (('v',), None)), 3)
    """
    if (match := SUM.match(text, at, end)) is not None:
        return read_sum(match), len(match.group())
    if (match := ONES.match(text, at, end)) is not None and not INDICATOR.match(text, at, end):
        return read_ones(match), len(match.group())
    return None, 0


def read_sum(match: re.Match[str]) -> Token | None:
    """The token of a sum: its letters, and the last value of one where that is written; nothing for a sum that cannot be read.

    >>> read_sum(SUM.match("Σ_(v=1..3)"))
    ('S', (('v',), Number(text='3')))
    """
    runs = match["braced"] or match["bracketed"] or match["letter"] or _LOWER[match["lower"]]
    letters, _, first = runs.replace(" ", "").partition("=")
    last = (match["last"] or match["to"] or match["one"] or "").replace(" ", "").replace("−", "-")
    if first == "0" and last:  # counted from 0: up to n - 1, or to a number
        last = last.removesuffix("-1") if last.endswith("-1") else str(int(last) + 1) if last.isdigit() else f"{last}+1"
    if last and (not last.isalnum() or "," in letters):
        return None
    until: Expr | None = None if not last else Number(last) if last.isdigit() else Name(last)
    return ("S", (tuple(letters.split(",")), until))


def read_ones(match: re.Match[str]) -> Token:
    """The token of 𝟏, a vector of ones, or of 𝟎; how long it is follows from where it stands.

    >>> read_ones(ONES.match("𝟏"))
    ('a', Call(func='ones', args=()))
    """
    zero = "𝟎" in match.group() or "0" in match.groups()
    return ("a", Call("zeros" if zero else "ones", ()))
