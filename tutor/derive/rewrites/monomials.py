"""A formula as a sum of products of powers: the normal form in which a loss is recognised in whatever spelling.

Logarithms of products and exponentials of sums are worked out: ``log(s2/s1)`` is ``log s2 − log s1``, ``exp(l)/2`` is ½·exp l.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Pow
from tutor.rules.patterns import constant

Atom = tuple[str, str]
"""What has a power: a quantity itself, ``("", "s")``, its logarithm, ``("log", "s")``, or its exponential, ``("exp", "s")``."""
Monomial = tuple[tuple[Atom, Fraction], ...]
Monomials = dict[Monomial, Fraction]
MOST = 60
"""How many products there may be; a longer sum is not taken apart."""
MOST_POWER = 4


def power_of(name: str, power: int | Fraction = 1, func: str = "") -> Monomial:
    """One factor.

    >>> power_of("s", -2)
    ((('', 's'), Fraction(-2, 1)),)
    """
    return (((func, name), Fraction(power)),)


def multiply(*factors: Monomial) -> Monomial:
    """The product of such products.

    >>> multiply(power_of("s"), power_of("s", -1))
    ()
    """
    powers: dict[Atom, Fraction] = {}
    for factor in factors:
        for atom, power in factor:
            powers[atom] = powers.get(atom, Fraction(0)) + power
    return tuple(sorted((atom, power) for atom, power in powers.items() if power))


def expand(expr: Expr, see_through: Callable[[str], Expr | None]) -> Monomials | None:
    """The sum of products that a formula is, or nothing; ``see_through`` gives the formula behind a name that is to be opened.

    >>> from tutor.expression.parse import parse
    >>> expand(parse("m^2/(2*s)"), {}.get)
    {((('', 'm'), Fraction(2, 1)), (('', 's'), Fraction(-1, 1))): Fraction(1, 2)}
    """
    value = constant(expr)
    if value is not None:
        return {(): value} if value else {}
    match expr:
        case Name(name):
            inner = see_through(name)
            return {power_of(name): Fraction(1)} if inner is None else expand(inner, see_through)
        case Neg(arg):
            return _scale(expand(arg, see_through), Fraction(-1))
        case Add(args):
            return _add([expand(arg, see_through) for arg in args])
        case Mul(args) | Call("hadamard", args):
            product: Monomials | None = {(): Fraction(1)}
            for arg in args:
                product = _multiply_sums(product, expand(arg, see_through))
            return product
        case Div(num, den):
            return _multiply_sums(expand(num, see_through), _raise(expand(den, see_through), Fraction(-1)))
        case Pow(base, exp) if (power := constant(exp)) is not None:
            return _raise(expand(base, see_through), power)
        case Call("sqrt", (arg,)):
            return _raise(expand(arg, see_through), Fraction(1, 2))
        case Call("log", (arg,)):
            return _take_log(expand(arg, see_through))
        case Call("exp", (arg,)):
            return _take_exp(expand(arg, see_through))
    return None


def _scale(sums: Monomials | None, number: Fraction) -> Monomials | None:
    return None if sums is None else {product: number * value for product, value in sums.items()}


def _add(parts: list[Monomials | None]) -> Monomials | None:
    total: Monomials = {}
    for part in parts:
        if part is None:
            return None
        for product, value in part.items():
            total[product] = total.get(product, Fraction(0)) + value
    return {product: value for product, value in total.items() if value} if len(total) <= MOST else None


def _multiply_sums(one: Monomials | None, two: Monomials | None) -> Monomials | None:
    if one is None or two is None or len(one) * len(two) > MOST:
        return None
    return _add([{multiply(a, b): x * y} for a, x in one.items() for b, y in two.items()])


def _raise(sums: Monomials | None, power: Fraction) -> Monomials | None:
    """A power: of one product any, of a sum a small whole one."""
    if sums is None:
        return None
    if len(sums) == 1:
        ((product, value),) = sums.items()
        if value != 1 and power.denominator != 1:
            return None
        return {tuple((atom, own * power) for atom, own in product): value ** int(power) if value != 1 else value}
    if power.denominator != 1 or not 0 < power <= MOST_POWER:
        return None
    found: Monomials | None = {(): Fraction(1)}
    for _ in range(int(power)):
        found = _multiply_sums(found, sums)
    return found


def _take_log(sums: Monomials | None) -> Monomials | None:
    """The logarithm of one product; that of a number beside it is a constant, which no derivative sees."""
    if sums is None or len(sums) != 1 or any(value <= 0 for value in sums.values()):
        return None
    ((product, _),) = sums.items()
    if any(func == "log" for (func, _), _ in product):
        return None
    return {power_of(name, 1, "log" if not func else ""): power for (func, name), power in product}


def _take_exp(sums: Monomials | None) -> Monomials | None:
    """The exponential of a sum of quantities, each with a number."""
    if sums is None or any(len(product) != 1 or product[0][0][0] or product[0][1] != 1 for product in sums):
        return None
    return {multiply(*(power_of(product[0][0][1], value, "exp") for product, value in sums.items())): Fraction(1)}


def uses_name(product: Monomial, name: str) -> bool:
    """Whether a quantity stands in a product.

    >>> uses_name(power_of("s", 2, "log"), "s")
    True
    """
    return any(own == name for (_, own), _ in product)


def pick_names(sums: Mapping[Monomial, Fraction]) -> list[str]:
    """The quantities of a sum, each once, in order."""
    return list(dict.fromkeys(name for product in sums for (_, name), _ in product))
