"""The local derivatives of one step: ∂target/∂(each quantity that its formula uses).

Three sources, tried in this order: a pattern or a row of the rule tables; the rules for sums, products, quotients and powers of plain
quantities; and every other formula is differentiated where it stands (`tutor.derive.slope`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from tutor.derive.slope import derivatives
from tutor.derive.tidy import product, sum_terms
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children, rebuild
from tutor.expression.walk import SHARES, fold_calls, has_call, names, substitute
from tutor.rules.functions import FUNCTIONS, OUT, Ties, choose_ties, function, partials_of
from tutor.rules.patterns import HEADS, constant, drop_one, drop_zero, recognise

Locals = tuple[str, list[tuple[str, Expr]]]
"""The rule that was used, and a derivative for each quantity in the order of the formula."""


def local_derivatives(target: str, expr: Expr, named: Mapping[Expr, str], ties: Ties = "shared") -> Locals:
    """Differentiate one step's formula with respect to every quantity in it.

    ``named`` gives the function calls that are steps of their own, so that σ(z) in a derivative is written as its name; ``ties`` is the
    graph's convention for equal operands of a maximum.

    >>> from tutor.expression.parse import parse
    >>> local_derivatives("f", parse("d*z"), {})
    ('product', [('d', Name(name='z')), ('z', Name(name='d'))])
    """
    rule = _RULES.get(type(expr))
    found = _call_rule(target, expr, ties) if type(expr) is Call else rule(target, expr) if rule else None
    if found is None:
        found = _differentiate(target, expr, ties)
    if not named:
        return found
    return found[0], [(wrt, fold_calls(part, named) if has_call(part) else part) for wrt, part in found[1]]


def times(*factors: Expr) -> Expr:
    """A product without factors of 1; 0 when a factor is 0; one sign and one number in front."""
    kept: list[Expr] = []
    numbers: list[Expr] = []
    negative = False
    for factor in factors:
        if type(factor) is Neg:
            negative = not negative
            factor = factor.arg
        if factor == ZERO:
            return ZERO
        for part in factor.args if type(factor) is Mul else (factor,):
            (numbers if type(part) is Number or (type(part) is Div and constant(part) is not None) else kept).append(part)
    kept[:0] = fold_product(numbers)
    made: Expr = ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))
    return Neg(made) if negative else made


def fold_product(numbers: Sequence[Expr]) -> list[Expr]:
    """The product of some numbers as one number, none where it is 1; 2·(1/2)·x is x."""
    numbers = [number for number in numbers if number != ONE]
    if len(numbers) < 2:
        return list(numbers)
    made = product(numbers)
    return [] if made == ONE else list(made.args) if type(made) is Mul else [made]


def plus(terms: Sequence[Expr]) -> Expr:
    """A sum without zeros."""
    kept = [term for term in terms if term != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))


def _atoms(expr: Expr) -> tuple[Expr, ...] | None:
    """The factors of a product of plain quantities and numbers (√(2/π) too), or nothing."""
    kind = type(expr)
    if kind is Name or kind is Number:
        return (expr,)
    if kind is Mul:
        args = expr.args  # type: ignore[union-attr]
        return args if all(type(arg) is Name or type(arg) is Number or not names(arg) for arg in args) else None
    return None if names(expr) else (expr,)


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
            _collect_powers(atoms, negative, found)
    rule = ("difference" if signs else "sum") if plain else "weighted sum"
    return rule, [(name, parts[0] if len(parts) == 1 else sum_terms(parts)) for name, parts in found.items()]


_MINUS_ONE = Neg(ONE)


def _pair(first: Expr, second: Expr, negative: bool, found: dict[str, list[Expr]]) -> None:
    """w·x, by far the commonest term: each factor is the other's derivative."""
    if type(first) is Name:
        found.setdefault(first.name, []).append(Neg(second) if negative else second)
    if type(second) is Name:
        found.setdefault(second.name, []).append(Neg(first) if negative else first)


def _collect_powers(atoms: tuple[Expr, ...], negative: bool, found: dict[str, list[Expr]]) -> None:
    for place, atom in enumerate(atoms):
        if type(atom) is Name:
            rest = times(*atoms[:place], *atoms[place + 1 :])
            found.setdefault(atom.name, []).append(Neg(rest) if negative else rest)


def _product_rule(target: str, expr: Expr) -> Locals | None:
    atoms = _atoms(expr)
    if atoms is None:
        return None
    found: dict[str, list[Expr]] = {}
    _collect_powers(atoms, False, found)
    return "product", [(name, parts[0] if len(parts) == 1 else sum_terms(parts)) for name, parts in found.items()]


def _quotient_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Div
    top, bottom = _atoms(expr.num), _atoms(expr.den)
    if top is None or bottom is None or set(names(expr.num)) & set(names(expr.den)):
        return _recognise(target, expr)
    found: list[tuple[str, Expr]] = []
    upper: dict[str, list[Expr]] = {}
    _collect_powers(top, False, upper)
    if len(bottom) > 1 or any(len(parts) > 1 for parts in upper.values()):
        return None
    found = [(name, product([Div(parts[0], expr.den)])) for name, parts in upper.items()]
    if type(expr.den) is Name:
        found.append((expr.den.name, Neg(Div(expr.num, Pow(expr.den, Number("2"))))))
    return "quotient", found


def _power_rule(target: str, expr: Expr) -> Locals | None:
    assert type(expr) is Pow
    exponent = constant(expr.exp)
    if type(expr.base) is not Name or exponent is None:
        return _recognise(target, expr)
    if exponent.denominator != 1 or exponent < 2:
        return "power", derivatives(target, expr)
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
    return _recognise(target, expr)


def _recognise(target: str, expr: Expr) -> Locals | None:
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


def _call_rule(target: str, expr: Call, ties: Ties) -> Locals | None:
    if expr.func in HEADS:
        known = _recognise(target, expr)
        if known is not None:
            return known
    if expr.func == "pi":
        return "constant", []
    if expr.func == "if_positive":
        return expr.func, derivatives(target, expr, ties)
    if expr.func.endswith("'"):
        return None
    args = expr.args
    filled = (*args, Name(target) if target else expr)
    found: dict[str, list[Expr]] = {}
    for arg, fill in zip(args, _templates(expr.func, len(args), choose_ties(expr, ties)), strict=True):
        if type(arg) is Name:
            found.setdefault(arg.name, []).append(drop_one(fill(filled)) if ONE in args else fill(filled))
        elif constant(arg) is None:
            outer = drop_zero(fill(filled))
            for name, part in local_derivatives("", arg, {}, ties)[1]:
                found.setdefault(name, []).append(product([outer, part]))
    return expr.func, [(name, parts[0] if len(parts) == 1 else sum_terms(parts)) for name, parts in found.items()]


Template = Callable[[tuple[Expr, ...]], Expr]


@cache
def _templates(func: str, arity: int, ties: Ties) -> tuple[Template, ...]:
    """The derivatives of a row, ready to be filled in with its arguments and its own output."""
    row = function(func, arity)
    places = {name: place for place, name in enumerate((*row.params, OUT))}
    return tuple(_template(partial, places) for partial in partials_of(row, ties))


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
}


def _differentiate(target: str, expr: Expr, ties: Ties) -> Locals:
    """A formula that no row covers: differentiated where it stands."""
    return _recognise(target, expr) or ("formula", derivatives(target, expr, ties))


def name_rules(expr: Expr, wrt: str) -> str:
    """The name of what is done to differentiate a formula with respect to a quantity: the rules that act on it, the outermost first.

    Signs take none; ``factor`` is a factor without it, ``factors`` one in each of several terms, ``kept`` a quantity beside another rule;
    ``chain`` stands behind a power or a function of more than it.  Beside others, a term that is the quantity itself is a ``term``: its
    1 belongs to the result.

    >>> from tutor.expression.parse import parse
    >>> [name_rules(parse(text, functions=("log",)), "p") for text in ("1/2*((y - p)^2 + q^2)", "-(y*log(p) + q)/3", "(p + q)/2")]
    ['formula: power chain', 'formula: log kept', 'formula: factor']
    >>> name_rules(parse("(p - log(p))/2", functions=("log",)), "p")
    'formula: log term'
    >>> [name_rules(parse(text), "p") for text in ("p*q + p", "p*q + r*p", "q - p", "q*p^2")]
    ['formula: factor term', 'formula: factors', 'difference', 'formula: power kept']
    """
    terms = list_terms_with(expr, wrt)
    if len(terms) == 1 and (inner := _open_scaled(terms[0][1], wrt)):
        terms = inner
    alone = [negative for negative, term in terms if type(term) is Name]
    if len(alone) == len(terms):
        return "term repeated" if len(alone) > 1 else "difference" if any(alone) else "sum"
    told = [_list_rules(term, wrt) for _, term in terms if type(term) is not Name]
    found = dict.fromkeys(rule for rules in told for rule in rules)
    last = [rule for rule in ("kept", "chain") if rule in found]
    named = ["factors" if rule == "factor" and told.count(["factor"]) > 1 else rule for rule in found if rule not in last]
    named += last
    if alone:
        named.append("terms" if len(alone) > 1 else "minus" if alone[0] else "term")
    return f"formula: {' '.join(named)}" if told != [[]] and "formula" not in named else "formula"


def _open_scaled(expr: Expr, wrt: str) -> list[tuple[bool, Expr]]:
    """The terms of a sum times a number, ½·(v − log v), where the quantity is one of them alone and is in another; else nothing."""
    parts = [part for part in children(expr) if constant(part) is None] if type(expr) in (Mul, Div) else []
    if len(parts) != 1 or type(parts[0]) is not Add or (type(expr) is Div and expr.num is not parts[0]):
        return []
    terms = list_terms_with(parts[0], wrt)
    return terms if 0 < sum(type(term) is Name for _, term in terms) < len(terms) else []


def list_terms_with(expr: Expr, wrt: str) -> list[tuple[bool, Expr]]:
    """The terms of a sum that have a quantity in them, each with whether it is subtracted."""
    found: list[tuple[bool, Expr]] = []
    stack = [(False, expr)]
    while stack:
        negative, node = stack.pop()
        if type(node) is Neg:
            stack.append((not negative, node.arg))
        elif type(node) is Add:
            stack += [(negative, part) for part in reversed(node.args)]
        elif wrt in names(node):
            found.append((negative, node))
    return found


def _list_rules(term: Expr, wrt: str) -> list[str]:
    """The rules that act on one term; of factors without the quantity only where there are no others, or where they are no numbers."""
    found: dict[str, None] = {}
    kept = False
    stack = [term]
    while stack:
        node = stack.pop()
        inner = [part for part in children(node) if wrt in names(part)]
        match node:
            case Mul():
                found["factor" if len(inner) == 1 else "product"] = None
                kept |= len(inner) == 1 and any(names(part) for part in children(node) if part not in inner)
            case Div(_, den):
                found["quotient" if den in inner else "factor"] = None
            case Pow(_, exp) if inner:
                found["formula" if exp in inner else "power"] = None
            case Call(func) if inner:
                found[func] = None
        if isinstance(node, (Pow, Call)) and any(type(part) is not Name for part in inner):
            found["chain"] = None
        stack.extend(reversed(inner))
    return [rule for rule in found if rule != "factor" or len(found) == 1] + ["kept"] * (kept and list(found) != ["factor"])


def complete_rule(rule: str, expr: Expr, wrt: str) -> str:
    """The rule of a step's formula as it is told of one quantity, so that it accounts for all of the derivative.

    A quantity may stand in several terms, or twice in a product, and a function may be one of more than it.

    >>> from tutor.expression.parse import parse
    >>> complete_rule("weighted sum", parse("x + x*y"), "x"), complete_rule("product", parse("x*x"), "x")
    ('formula: factor term', 'formula: product')
    """
    if rule == "formula":
        return name_rules(expr, wrt)
    if rule in ("weighted sum", "product"):
        told = name_rules(expr, wrt)
        return rule if told == "formula: factor" else told
    if type(expr) is Call and rule == expr.func and any(type(arg) is not Name and wrt in names(arg) for arg in expr.args):
        slope = dict(local_derivatives("", expr.args[0], {})[1]).get(wrt) if len(expr.args) == 1 else None
        return rule if slope == ONE else f"{rule}{CHAIN}"
    return rule


CHAIN = " chain"
"""What stands behind the rule of a function of more than a quantity."""

_ONE_OTHERWISE = ("copy", "identity", "product", "quotient")
"""The rules that say themselves why a derivative is 1."""


def refine_rule(rule: str, expr: Expr, wrt: str, ties: Ties) -> str:
    """The rule to name beside a local derivative: a 1 is that of a sum, a term may stand there twice, a softmax has two cases, and what
    a row says of its first argument is not true of a target or of a slope that is learnt.

    >>> from tutor.expression.parse import parse
    >>> log, quotient = parse("-log(p)", functions=("log",)), parse("-y/p")
    >>> refine_rule("cross_entropy", log, "y", "shared"), refine_rule("cross_entropy", quotient, "p", "shared")
    ('target of a loss', 'cross_entropy')
    """
    if rule.endswith(CHAIN) and not rule.startswith("formula"):
        return refine_rule(rule.removesuffix(CHAIN), expr, wrt, ties) + CHAIN
    if expr == ONE and rule not in _ONE_OTHERWISE:
        return "sum"
    if rule == "formula: power" and expr == Name(wrt):  # a power whose derivative is the quantity itself is half its square
        return "half square"
    if rule == "difference" and expr == Neg(ONE):
        return "term subtracted"
    if rule in ("sum", "difference") and expr not in (ONE, Neg(ONE)):
        return "term repeated"
    if rule in ("max", "min") and (ties == "first" or _shares(expr)):
        return f"{rule} {ties}"
    if rule == "if_positive" and expr == ZERO:
        return "if_positive condition"
    role = FUNCTIONS[rule].role if rule in FUNCTIONS else ""
    if role == "loss" and (used := names(expr)) and wrt not in used:
        return "target of a loss"
    if role == "activation" and isinstance(expr, Call) and expr.func == "if_positive" and expr.args[1] == ZERO and wrt not in names(expr):
        return "slope below 0"
    return "softmax other" if rule.startswith("softmax") and isinstance(expr, Neg) else rule


def _shares(expr: Expr) -> bool:
    """Whether equal operands share a derivative: not where a maximum is a ReLU, which has 0 at its kink."""
    return (isinstance(expr, Call) and expr.func in SHARES) or any(_shares(part) for part in children(expr))
