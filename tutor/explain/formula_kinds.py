"""What a formula is called that no rule has a name for: a sum of squares, a cross-entropy, a weighted mean; else by its outermost sign."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tutor.explain.words.wording import Wording
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children
from tutor.expression.walk import names
from tutor.graph.nouns import Step
from tutor.numbers.run import compute
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import ENTRYWISE

_HALF = Div(ONE, Number("2"))
_TWO = Number("2")
_SPREAD = frozenset({"rows", "columns"})


def say_forward(step: Step, words: Wording, *, arrays: bool) -> str:
    """Why a step of the forward pass holds; ``arrays``: it may be over arrays."""
    if step.rule == "sum" and type(step.expr) is Add and any(_is_dot(term) for term in step.expr.args):
        return words.rules.say_forward("weighted sum")
    if step.rule != "formula":
        return words.arrays.say_forward(step.rule, words.rules) if arrays else words.rules.say_forward(step.rule)
    kind = find_kind(step.expr)
    return words.rules.FORMULAS.get(kind) or (words.arrays.say_forward(kind, words.rules) if arrays else words.rules.say_forward(kind))


def _is_dot(term: Expr) -> bool:
    """A sum of products of the entries of two arrays."""
    return type(term) is Call and term.func == "sum" and type(inner := term.args[0]) is Call and inner.func == ENTRYWISE


def find_kind(expr: Expr) -> str:
    """The key of what a formula is called.

    >>> from tutor.expression.parse import parse
    >>> [find_kind(parse(text)) for text in ("(1 - z)*h + z*g", "((a - b)^2 + (c - d)^2)/2", "3*x^2 + 2*x + 1", "x*y/(x + y)")]
    ['mixture', 'half squares', 'polynomial', 'quotient']
    """
    inner, shares = _take_numbers(expr)
    if (opposite := _negate(inner)) is not None:
        body, more = _take_numbers(opposite)
        if found := _find_logs(body):
            return f"mean {found}" if shares or more else found
        inner, shares = (body, [*shares, *more]) if shares or more else (inner, shares)
    if terms := _list_squares(inner):
        return _name_share([*shares, *_take_numbers(terms[0])[1]], len(terms))
    if _is_summed_square(inner):
        return _name_share(shares, 0)
    if shares:
        return _name_scaled(inner, shares) or _name_by_sign(expr)
    return _name_sum(inner) if type(inner) is Add else _name_by_sign(expr)


def _negate(expr: Expr) -> Expr | None:
    """What stands behind a minus, behind the minus of each term."""
    if type(expr) is Neg:
        return expr.arg
    if type(expr) is Add and all(type(term) is Neg for term in expr.args):
        return Add(tuple(term.arg for term in expr.args if type(term) is Neg))
    return None


def _name_scaled(inner: Expr, shares: Sequence[Expr]) -> str:
    """What is multiplied with numbers: the mean of some terms, a sum, a product of matrices."""
    if type(inner) is Add and len(shares) == 1 and _has_root(shares[0]) and any(type(term) is Neg for term in inner.args):
        return "over root"
    if type(inner) is Add:
        if list(shares) == [_HALF]:  # of two terms their mean, too; which of both is meant the formula does not say
            return "half sum"
        return "mean of terms" if _counts(shares, len(inner.args)) else "scaled sum"
    if type(inner) is Call and inner.func in ("sum", "mean", "matmul"):
        return f"scaled {inner.func}"
    return ""


def _take_numbers(expr: Expr) -> tuple[Expr, list[Expr]]:
    """A formula without the numbers that it is multiplied with or divided by, and these as factors; a sign is left outermost."""
    shares: list[Expr] = []
    sign = False
    while True:
        if type(expr) is Neg and (shares or type(expr.arg) in (Div, Mul)):
            expr, sign = expr.arg, not sign
        elif type(expr) is Div and _is_size(expr.den):
            shares.append(Div(ONE, expr.den))
            expr = expr.num
        elif type(expr) is Mul and len(expr.args) > 1 and _is_share(expr.args[0]):
            shares.append(expr.args[0])
            rest = expr.args[1:]
            expr = rest[0] if len(rest) == 1 else Mul(rest)
        elif type(expr) is Mul and len(expr.args) == 2 and type(expr.args[1]) is Number and type(expr.args[0]) is Call:
            shares.append(expr.args[1])  # mean(x)·100
            expr = expr.args[0]
        else:
            return (Neg(expr) if sign else expr), shares


def _is_size(expr: Expr) -> bool:
    """A number, a letter for one, or the root of either, by which a whole is divided."""
    if type(expr) is Mul or (type(expr) is Call and expr.func == "sqrt"):
        return all(map(_is_size, expr.args))
    return type(expr) in (Number, Name)


def _is_share(expr: Expr) -> bool:
    return type(expr) is Div and _is_size(expr.num) and _is_size(expr.den) and type(expr.num) is Number


def _counts(shares: Sequence[Expr], count: int) -> bool:
    """Whether a whole is divided by how many terms it has."""
    return len(shares) == 1 and not names(shares[0]) and compute(shares[0], {}) == Fraction(1, count)


def _name_share(shares: Sequence[Expr], count: int) -> str:
    """Which part of a sum of squares is taken: all of it, half of it, its mean."""
    if not shares:
        return "sum of squares"
    if list(shares) == [_HALF]:
        return "half squares"
    return "mean of squares" if count and _counts(shares, count) else "scaled squares"


def _find_logs(expr: Expr) -> str:
    """What stands behind the minus of a likelihood: one logarithm, a sum of some, or of some by their targets."""
    if _is_log(expr):
        return "logarithm"
    parts = [part for total in _list_terms(expr) for part in _list_terms(_open_sum(total))]
    if all(map(_is_log, parts)):
        return "logarithms"
    return "entropy" if all(map(_is_likelihood, parts)) else ""


def _list_terms(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if type(expr) is Add else (expr,)


def _open_sum(expr: Expr) -> Expr:
    return expr.args[0] if type(expr) is Call and expr.func == "sum" else expr


def _is_likelihood(expr: Expr) -> bool:
    """Whether it is a logarithm times its target, which is no part of what the logarithm is of."""
    factors = _list_factors(expr)
    logs = [part for part in factors if _is_log(part)]
    others = [part for part in factors if not _is_log(part)]
    return len(logs) == len(others) == 1 and not set(names(logs[0])) & set(names(others[0]))


def _list_factors(expr: Expr) -> tuple[Expr, ...]:
    if type(expr) is Mul:
        return expr.args
    return expr.args if type(expr) is Call and expr.func == ENTRYWISE else (expr,)


def _is_log(expr: Expr) -> bool:
    return type(expr) is Call and (expr.func == "log" or expr.func.startswith("log_softmax"))


def _list_squares(expr: Expr) -> list[Expr]:
    """The terms of a sum of squares, each perhaps halved."""
    terms = expr.args if type(expr) is Add else ()
    halved = [_take_numbers(term)[1] for term in terms]
    if any(shares != halved[0] for shares in halved):
        return []
    return list(terms) if len(terms) > 1 and all(_is_square(_take_numbers(term)[0]) for term in terms) else []


def _is_square(expr: Expr) -> bool:
    return (type(expr) is Pow and expr.exp == _TWO and type(expr.base) in (Name, Add)) or _is_summed_square(expr)


def _is_summed_square(expr: Expr) -> bool:
    return type(expr) is Call and expr.func == "sum" and type(inner := _take_numbers(expr.args[0])[0]) is Pow and inner.exp == _TWO


def _name_sum(expr: Add) -> str:
    """A sum: a weighted mean whose weights add up to 1, what is scaled and shifted, a polynomial, any other."""
    if len(expr.args) == 2:
        first, second = (_list_factors(term) for term in expr.args)
        weights = [part for part in (*first, *second) if type(part) is Add and part.args[:1] == (ONE,) and type(part.args[1]) is Neg]
        if len(first) == len(second) == 2 and any(_find_rest(weight) in (first if weight in second else second) for weight in weights):
            return "mixture"
        if type(expr.args[0]) is Call and expr.args[0].func == ENTRYWISE and _is_plain(expr.args[1]) and any(map(_is_plain, first)):
            return "scaled and shifted"
    if len(set(names(expr))) == 1 and all(_is_power(term) for term in expr.args):
        return "polynomial"
    return "difference" if len(expr.args) == 2 and type(expr.args[1]) is Neg else "sum of terms"


def _find_rest(weight: Expr) -> Expr:
    """The z of 1 − z."""
    rest = children(weight)[1]
    assert type(rest) is Neg
    return rest.arg


def _is_plain(expr: Expr) -> bool:
    """A parameter by its name, repeated or not."""
    return type(expr) is Name or (type(expr) is Call and expr.func in _SPREAD and type(expr.args[0]) is Name)


def _is_power(term: Expr) -> bool:
    term = term.arg if type(term) is Neg else term
    factors = term.args if type(term) is Mul else (term,)
    return all(type(part) in (Number, Name) or (type(part) is Pow and type(part.base) is Name) for part in factors)


def _has_root(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func == "sqrt") or any(map(_has_root, children(expr)))


_SIGNS = {Mul: "product", Div: "quotient", Pow: "power", Neg: "negation"}


def _name_by_sign(expr: Expr) -> str:
    """A formula by its outermost sign or function; numbers in front of one are left out, of a quotient by a number its top counts."""
    if type(expr) is Neg and children(expr.arg):
        return _name_by_sign(expr.arg)
    if type(expr) is Div and type(expr.num) is Add and any(type(term) is Neg for term in expr.num.args) and _has_root(expr.den):
        return "over root"
    if type(expr) is Call:
        plain = expr.func
        return "product of entries" if plain == ENTRYWISE else plain if plain in FUNCTIONS else "composed"
    return _SIGNS.get(type(expr), "composed")
