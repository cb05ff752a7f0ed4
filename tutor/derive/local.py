"""The local derivatives of one step: ∂target/∂(each quantity that its formula uses).

Three sources, tried in this order: a pattern or a row of the rule tables; the rules for sums, products, quotients and powers of plain
quantities; and for every other formula SymPy, which differentiates it where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children, rebuild
from tutor.expression.walk import fold_calls, has_call, names, substitute
from tutor.rules.functions import OUT, function, partials_of
from tutor.rules.patterns import HEADS, constant, recognise, without_zero

Locals = tuple[str, list[tuple[str, Expr]]]
"""The rule that was used, and a derivative for each quantity in the order of the formula."""


def local_derivatives(target: str, expr: Expr, named: Mapping[Expr, str]) -> Locals:
    """Differentiate one step's formula with respect to every quantity in it.

    ``named`` gives the function calls that are steps of their own, so that σ(z) in a derivative is written as its name.

    >>> from tutor.expression.parse import parse
    >>> local_derivatives("f", parse("d*z"), {})
    ('product', [('d', Name(name='z')), ('z', Name(name='d'))])
    """
    rule = _RULES.get(type(expr))
    found = rule(target, expr) if rule else None
    if found is None:
        found = _general(target, expr)
    if not named:
        return found
    return found[0], [(wrt, fold_calls(part, named) if has_call(part) else part) for wrt, part in found[1]]


def times(*factors: Expr) -> Expr:
    """A product without factors of 1; 0 when a factor is 0; one sign in front."""
    kept: list[Expr] = []
    negative = False
    for factor in factors:
        if type(factor) is Neg:
            negative = not negative
            factor = factor.arg
        if factor == ZERO:
            return ZERO
        if type(factor) is Mul:
            kept.extend(factor.args)
        elif factor != ONE:
            kept.append(factor)
    kept.sort(key=lambda factor: type(factor) is not Number)  # stable: only the numbers come to the front
    product: Expr = ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))
    return Neg(product) if negative else product


def plus(terms: Sequence[Expr]) -> Expr:
    """A sum without zeros."""
    kept = [term for term in terms if term != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))


def _atoms(expr: Expr) -> tuple[Expr, ...] | None:
    """The factors of a product of plain quantities and numbers, or nothing."""
    kind = type(expr)
    if kind is Name or kind is Number:
        return (expr,)
    if kind is Mul and all(type(arg) is Name or type(arg) is Number for arg in expr.args):  # type: ignore[union-attr]
        return expr.args  # type: ignore[union-attr]
    if kind is Div and constant(expr) is not None:
        return (expr,)
    return None


def _sum_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Add
    found: dict[str, list[Expr]] = {}
    plain, signs = True, False
    for term in expr.args:
        negative = type(term) is Neg
        atoms = _atoms(term.arg if type(term) is Neg else term)
        if atoms is None:
            return None
        signs |= negative
        if len(atoms) == 1:
            atom = atoms[0]
            if type(atom) is Name:
                found.setdefault(atom.name, []).append(_MINUS_ONE if negative else ONE)
            continue
        plain = False
        if len(atoms) == 2:
            _pair(atoms[0], atoms[1], negative, found)
        else:
            _many(atoms, negative, found)
    rule = ("difference" if signs else "sum") if plain else "weighted sum"
    return rule, [(name, parts[0] if len(parts) == 1 else Add(tuple(parts))) for name, parts in found.items()]


_MINUS_ONE = Neg(ONE)


def _pair(first: Expr, second: Expr, negative: bool, found: dict[str, list[Expr]]) -> None:
    """w·x, by far the commonest term: each factor is the other's derivative."""
    if type(first) is Name:
        found.setdefault(first.name, []).append(Neg(second) if negative else second)
    if type(second) is Name:
        found.setdefault(second.name, []).append(Neg(first) if negative else first)


def _many(atoms: tuple[Expr, ...], negative: bool, found: dict[str, list[Expr]]) -> None:
    for place, atom in enumerate(atoms):
        if type(atom) is Name:
            rest = times(*atoms[:place], *atoms[place + 1 :])
            found.setdefault(atom.name, []).append(Neg(rest) if negative else rest)


def _product_rule(target: str, expr: Expr) -> Locals | None:
    atoms = _atoms(expr)
    if atoms is None:
        return None
    found: dict[str, list[Expr]] = {}
    _many(atoms, False, found)
    merged = [(name, parts[0] if len(parts) == 1 else _gathered(parts)) for name, parts in found.items()]
    return "product", merged


def _gathered(parts: list[Expr]) -> Expr:
    """x + x is 2x; other equal terms likewise."""
    if all(part == parts[0] for part in parts):
        return times(Number(str(len(parts))), parts[0])
    return Add(tuple(parts))


def _quotient_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Div
    top, bottom = _atoms(expr.num), _atoms(expr.den)
    if top is None or bottom is None or set(names(expr.num)) & set(names(expr.den)):
        return _recognised(target, expr)
    found: list[tuple[str, Expr]] = []
    upper: dict[str, list[Expr]] = {}
    _many(top, False, upper)
    if len(bottom) > 1 or any(len(parts) > 1 for parts in upper.values()):
        return None
    found = [(name, Div(parts[0], expr.den)) for name, parts in upper.items()]
    if type(expr.den) is Name:
        found.append((expr.den.name, Neg(Div(expr.num, Pow(expr.den, Number("2"))))))
    return "quotient", found


def _power_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Pow
    exponent = constant(expr.exp)
    if type(expr.base) is not Name or exponent is None:
        return _recognised(target, expr)
    if exponent.denominator != 1 or exponent < 2:
        return None
    power = Number(str(exponent))
    lower: Expr = expr.base if exponent == 2 else Pow(expr.base, Number(str(exponent - 1)))
    return "power", [(expr.base.name, Mul((power, lower)))]


def _name_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Name
    return "copy", [(expr.name, ONE)]


def _number_rule(target: str, expr: Expr) -> Locals | None:
    return "constant", []


def _sign_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Neg
    if type(expr.arg) is Name:
        return "negation", [(expr.arg.name, _MINUS_ONE)]
    return _recognised(target, expr)


def _recognised(target: str, expr: Expr) -> Locals | None:
    known = recognise(expr)
    if known is None:
        return None
    pattern, found = known
    table = {**found, OUT: Name(target) if target else expr}
    parts = {
        value.name: substitute(partial, table)
        for name, partial in pattern.partials
        if isinstance(value := found[name], Name)
    }
    return pattern.rule, [(name, parts[name]) for name in names(expr)]


def _call_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Call
    if expr.func in HEADS:
        known = _recognised(target, expr)
        if known is not None:
            return known
    if expr.func == "pi":
        return "constant", []
    if expr.func.endswith("'"):
        return None
    args = expr.args
    filled = (*args, Name(target) if target else expr)
    found: dict[str, list[Expr]] = {}
    for arg, fill in zip(args, _templates(expr.func, len(args)), strict=True):
        if type(arg) is Name:
            found.setdefault(arg.name, []).append(fill(filled))
        elif constant(arg) is None:
            outer = without_zero(fill(filled))
            for name, part in local_derivatives("", arg, {})[1]:
                found.setdefault(name, []).append(times(outer, part))
    return expr.func, [(name, parts[0] if len(parts) == 1 else plus(parts)) for name, parts in found.items()]


Template = Callable[[tuple[Expr, ...]], Expr]


@cache
def _templates(func: str, arity: int) -> tuple[Template, ...]:
    """The derivatives of a row, ready to be filled in with its arguments and its own output."""
    row = function(func, arity)
    places = {name: place for place, name in enumerate((*row.params, OUT))}
    return tuple(_template(partial, places) for partial in partials_of(row))


def _template(expr: Expr, places: Mapping[str, int]) -> Template:
    """A formula as a function that makes it with other expressions in place of its names."""
    if type(expr) is Name:
        place = places[expr.name]
        return lambda filled: filled[place]
    parts = children(expr)
    if not names(expr):
        return lambda filled: expr
    fills = [_template(part, places) for part in parts]
    return lambda filled: rebuild(expr, tuple([fill(filled) for fill in fills]))


_RULES: dict[type, Callable[[str, Any], Locals | None]] = {
    Add: _sum_rule,
    Mul: _product_rule,
    Div: _quotient_rule,
    Pow: _power_rule,
    Name: _name_rule,
    Number: _number_rule,
    Neg: _sign_rule,
    Call: _call_rule,
}


def _general(target: str, expr: Expr) -> Locals:
    """A formula that no row covers: SymPy differentiates it where it stands."""
    known = _recognised(target, expr)
    if known is not None:
        return known
    scale, summed = _scaled_sum(expr)
    if summed is not None and len(summed.args) > MANY_TERMS:
        return "formula", [(name, times(scale, part)) for name, part in _term_by_term(summed)]
    from tutor.derive.formula import derivatives  # most computations need no SymPy here, and it takes 0.2 s to import

    return "formula", derivatives(target, expr)


MANY_TERMS = 12
"""A longer sum is differentiated term by term: SymPy's time for the whole grows with the square of its length."""


def _scaled_sum(expr: Expr) -> tuple[Expr, Add | None]:
    """A sum, or one that is divided by a number or multiplied with one."""
    match expr:
        case Add():
            return ONE, expr
        case Neg(Add() as summed):
            return _MINUS_ONE, summed
        case Div(Add() as summed, den) if constant(den) is not None:
            return Div(ONE, den), summed
        case Neg(Div(Add() as summed, den)) if constant(den) is not None:
            return Neg(Div(ONE, den)), summed
        case Mul((number, Add() as summed)) if constant(number) is not None:
            return number, summed
    return ONE, None


def _term_by_term(expr: Add) -> list[tuple[str, Expr]]:
    """The derivative of a sum is the sum of the derivatives."""
    found: dict[str, list[Expr]] = {}
    for term in expr.args:
        negative = type(term) is Neg
        for name, part in local_derivatives("", term.arg if type(term) is Neg else term, {})[1]:
            found.setdefault(name, []).append(times(_MINUS_ONE, part) if negative else part)
    return [(name, parts[0] if len(parts) == 1 else plus(parts)) for name, parts in found.items()]
