"""Formulas made ever shorter, with dots where something is left out: boxes of a picture must stay narrow."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children, rebuild

DOTS, BRACKET_DOTS = Name("..."), Name("(...)")


def list_shorter(expr: Expr) -> Iterator[Expr]:
    """The formula, then ever shorter forms of it, with dots where something was left out.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> formula = parse("-(log(p) + log(q))/2", functions=("log",))
    >>> [write_plain(form) for form in list_shorter(formula) if says_something(form)][1:]
    ['-(log(p) + ...)/2', '-(log(p) + log(q))/2']
    """
    yield expr
    if isinstance(expr, Mul) and len(expr.args) > 2:
        yield rebuild(expr, (expr.args[0], DOTS, expr.args[-1]))
        yield rebuild(expr, (expr.args[0], DOTS))
    yield from _shorten_sum(expr)
    for depth in (3, 2, 1):
        yield _dot_below(expr, depth)


def _shorten_sum(expr: Expr) -> Iterator[Expr]:
    """The formula with less of the sum that it is, or that its numerator, its base or what its function is taken of is."""
    match expr:
        case Add((first, *_, last)) if len(expr.args) > 2 or not isinstance(first, Name):
            if len(expr.args) > 2:
                yield rebuild(expr, (first, DOTS, last))
            yield rebuild(expr, (first, Neg(DOTS) if isinstance(expr.args[1], Neg) else DOTS))
        case Neg(arg):
            yield from map(Neg, _shorten_sum(arg))
        case Div(num, den):
            yield from (Div(short, den) for short in _shorten_sum(num))
        case Pow(base, exp):
            yield from (Pow(short, exp) for short in _shorten_sum(base))
        case Call(func, (arg,)):
            yield from (Call(func, (short,)) for short in _shorten_sum(arg))


def says_something(form: Expr) -> bool:
    """Whether more than dots, numbers and signs is left of a formula, and no more than one place has dots.

    >>> from tutor.expression.nodes import Add
    >>> says_something(Add((Name("a"), DOTS))), says_something(Add((DOTS, DOTS, Name("b"))))
    (True, False)
    """
    return _has_words(form) and _count_dots(form) < 2


def _count_dots(form: Expr) -> int:
    return 1 if form in (DOTS, BRACKET_DOTS) else sum(map(_count_dots, children(form)))


def _has_words(form: Expr) -> bool:
    if isinstance(form, Name):
        return form not in (DOTS, BRACKET_DOTS)
    return isinstance(form, Call | Pow) or any(map(_has_words, children(form)))


def _dot_below(expr: Expr, depth: int) -> Expr:
    """The formula with everything below ``depth`` levels as dots."""
    if not children(expr) or all(isinstance(part, Number) for part in children(expr)):
        return expr
    if isinstance(expr, Neg):
        return Neg(_dot_below(expr.arg, depth))
    if depth == 0:
        return DOTS
    if isinstance(expr, Call):
        return Call(expr.func, (_dot_below(expr.args[0], depth - 1) if len(expr.args) == 1 else DOTS,))
    parts = tuple(_dot_below(part, depth - 1) for part in children(expr))
    if isinstance(expr, Pow) and parts[0] == DOTS:
        parts = (BRACKET_DOTS, parts[1])
    if isinstance(expr, Mul):
        sums = [part == DOTS and isinstance(was, Add) for part, was in zip(parts, expr.args, strict=True)]
        parts = tuple(BRACKET_DOTS if is_sum else part for part, is_sum in zip(parts, sums, strict=True))
    return rebuild(expr, parts)
