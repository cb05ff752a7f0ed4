"""Quotients of exponentials written out, m_i·exp(z_i)/Σ m_k·exp(z_k) and its derivatives, which floats can compute without an overflow.

Such a quotient stays the same where every exp(z) in it is exp(z − c): it has as many exponentials in each term above as below.  With the
largest z for c none of them is larger than 1.  Where a weight, a mask, is 0 its z does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children, rebuild

DIVIDED_OUT = " largest"
"""The name of c; no quantity is called so."""


@dataclass(frozen=True, slots=True)
class SharedExponentials:
    """The exponents z of the sum below, each with its weight (nothing for 1), and the quotient with ``exp(z − c)`` for every exp(z)."""

    exponents: tuple[tuple[Expr, Expr | None], ...]
    quotient: Div


def find_shared_exponentials(expr: Div) -> SharedExponentials | None:
    """The exponentials that can be divided by their largest above and below; nothing for any other quotient.

    ``m·exp(z)`` has z in ``" score 0"``, which is to be so small that it does not count where m is 0.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> found = find_shared_exponentials(parse("m*exp(y)/(m*exp(y) + exp(z))", functions={"exp"}))
    >>> [write_plain(score) for score, _ in found.exponents]
    ['y', 'z']
    """
    base = expr.den.base if type(expr.den) is Pow else expr.den
    terms = base.args if type(base) is Add else (base,)
    if not any(map(_has_exponential, terms)):
        return None
    exponents: dict[Expr, Expr | None] = {}
    for term in terms:
        factors = term.args if type(term) is Mul else (term,)
        grown = [factor for factor in factors if type(factor) is Call and factor.func == "exp"]
        rest = [factor for factor in factors if factor not in grown and type(factor) is not Number]
        if len(grown) != 1 or len(rest) > 1 or any(map(_has_exponential, rest)):
            return None
        exponents[grown[0].args[0]] = rest[0] if rest else None
    if _count_exponentials(expr.num) is None or _count_exponentials(expr.num) != _count_exponentials(expr.den):
        return None
    places = {score: place for place, score in enumerate(exponents)}
    made = Div(_divide_out(expr.num, exponents, places, ()), _divide_out(expr.den, exponents, places, ()))
    return SharedExponentials(tuple(exponents.items()), made)


def _has_exponential(expr: Expr) -> bool:
    if type(expr) is Call:
        return expr.func == "exp"
    return any(map(_has_exponential, children(expr)))


def _count_exponentials(expr: Expr) -> int | None:
    """How many exponentials each term of a formula multiplies; nothing where they do not have equally many."""
    match expr:
        case Call("exp"):
            return 1
        case Neg(arg):
            return _count_exponentials(arg)
        case Add(args):
            counts = set(map(_count_exponentials, args))
            return counts.pop() if len(counts) == 1 else None
        case Mul(args):
            found = [_count_exponentials(arg) for arg in args]
            return None if None in found else sum(count for count in found if count is not None)
        case Pow(base, Number(text)) if text.isdigit():
            count = _count_exponentials(base)
            return None if count is None else count * int(text)
        case Div(num, den):
            above, below = _count_exponentials(num), _count_exponentials(den)
            return None if above is None or below is None else above - below
    return None if _has_exponential(expr) else 0


def _divide_out(expr: Expr, weights: Mapping[Expr, Expr | None], places: Mapping[Expr, int], beside: tuple[Expr, ...]) -> Expr:
    """The formula with exp(z − c) for exp(z); ``beside`` are the factors that it is multiplied with."""
    if type(expr) is Call:
        if expr.func != "exp":
            return expr
        score = expr.args[0]
        weighted = score in places and weights[score] is not None and weights[score] in beside
        inner: Expr = Name(f" score {places[score]}") if weighted or weights.get(score, score) is None else score
        return Call("exp", (Add((inner, Neg(Name(DIVIDED_OUT)))),))
    if type(expr) is Mul:
        factors = tuple(part.base if type(part) is Pow else part for part in _list_factors(expr))
        return Mul(tuple(_divide_out(part, weights, places, (*beside, *factors)) for part in expr.args))
    parts = children(expr)
    kept = () if type(expr) is Add else beside
    return rebuild(expr, tuple(_divide_out(part, weights, places, kept) for part in parts)) if parts else expr


def _list_factors(expr: Expr) -> list[Expr]:
    return [inner for part in expr.args for inner in _list_factors(part)] if type(expr) is Mul else [expr]
