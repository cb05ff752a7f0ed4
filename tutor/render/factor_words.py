"""Words among the factors of a product, which run into what stands beside them: ``dout x``, ``lr G``."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.expression.nodes import Call, Expr, Mul, Name, Partial, Pow
from tutor.late_patterns import compile_late
from tutor.notation.symbol import Symbol

_WORD = compile_late(r"(?:\\(?:hat|tilde|bar|vec)\{)?\\(?:math(?:it|rm|bf)|boldsymbol|operatorname|text)\{[A-Za-z]{2}")
_BESIDE = {
    "transpose": (0, 0),
    "shaped": (0, 0),
    "at": (0, 0),
    "matmul": (0, 1),
    "outer": (0, 1),
    "dot": (0, 1),
    "fill": (0, 0),
}
"""Of what stands beside its neighbours without a bracket, which operand is first and which last."""

Written = tuple[str, int, bool]
"""How something is written, how tightly it holds together, and whether it is a word."""


def is_word(symbol: Symbol) -> bool:
    """Whether a symbol is a word: net, and not x or the h of h_prev.

    >>> from tutor.notation.symbol import guess
    >>> [is_word(guess(name)) for name in ("lr", "out_h1", "x", "h_prev", "eta")]
    [True, True, False, False, False]
    """
    return _WORD.match(symbol.latex) is not None


def is_word_between(
    before: Expr, after: Expr, names: Mapping[str, Written], partials: Mapping[tuple[str, str], Written]
) -> bool:
    """Whether one of two factors is a word at the side where they meet, as both are in ``weight dout``."""
    return _is_word_at(-1, before, names, partials) or _is_word_at(0, after, names, partials)


def _is_word_at(
    side: int, expr: Expr, names: Mapping[str, Written], partials: Mapping[tuple[str, str], Written]
) -> bool:
    while type(expr) is not Name:
        if type(expr) is Partial:
            return partials[expr.of, expr.wrt][2]
        if type(expr) is Pow:
            expr = expr.base
        elif type(expr) is Mul and expr.args:
            expr = expr.args[side]
        elif type(expr) is Call and expr.func in _BESIDE:
            expr = expr.args[_BESIDE[expr.func][side]]
        else:
            return False
    return names[expr.name][2]
