"""Products and sums put in order: numbers folded, powers of one base gathered, nothing reordered that somebody wrote.

What a derivative leaves behind (2·(1/2)·x, x·1/x, 1 + x² − 2·x²) is written as a lecturer would (x, 1, 1 − x²).  A number stays as it
was written where it can: a decimal is folded into a decimal (3·0.044715 is 0.134145), a fraction into a fraction; √(2/π) is no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import TypeAlias

from tutor.expression.nodes import ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children
from tutor.expression.walk import names
from tutor.rules.patterns import constant

MAX_DECIMAL = 15
"""A number is written as a decimal with up to so many digits."""
MAX_FRACTION = 10**9
"""Numbers are folded into fractions of up to this size; larger ones are left as they are."""


Power: TypeAlias = int | Fraction


@dataclass(slots=True)
class Monomial:
    """A number times powers of formulas, in the order in which they were met."""

    number: Fraction = Fraction(1)
    powers: dict[Expr, Power] = field(default_factory=dict)
    decimal: bool = False

    def take(self, expr: Expr, power: Power = 1) -> None:
        """Multiply by a formula to a power; whole powers go into products and fractions."""
        kind = type(expr)
        if kind is Name or (kind is Add and names(expr)):
            self.powers[expr] = self.powers.get(expr, 0) + power
            return
        value = constant(expr)
        if value is not None and power.denominator == 1 and (value or power > 0) and _is_short(value, power):
            self.number *= value**power.numerator
            self.decimal |= has_decimal(expr)
        elif power.denominator == 1 and isinstance(expr, Neg | Mul | Div | Pow) and self.multiply_by_parts(expr, power):
            pass
        else:
            self.powers[expr] = self.powers.get(expr, 0) + power

    def multiply_by_parts(self, expr: Expr, power: Power) -> bool:
        """Multiply by the parts of a product, fraction or power; False where it stays whole."""
        match expr:
            case Neg(arg):
                self.number *= -1 if power.numerator % 2 else 1
                self.take(arg, power)
            case Mul(args):
                for arg in args:
                    self.take(arg, power)
            case Div(num, den):
                self.take(num, power)
                self.take(den, -power)
            case Pow(base, exponent):
                value = constant(exponent)
                if value is None or constant(base) is not None or (power != 1 and value.denominator != 1):
                    return False
                self.decimal |= has_decimal(exponent)
                if value.denominator == 1:
                    self.take(base, value.numerator * power)
                else:
                    self.powers[base] = self.powers.get(base, 0) + value * power
        return True

    def extract_roots(self) -> None:
        """√u·√u is u, and u/√u is √u."""
        for base in [base for base, power in self.powers.items() if isinstance(base, Call) and base.func == "sqrt" and power]:
            inner, power = base.args[0], self.powers[base]
            whole = int(power / 2)
            if whole:
                self.powers[base] -= 2 * whole
                self.take(inner, whole)
            left = self.powers[base]
            if left and inner in self.powers and self.powers[inner] * left < 0:
                self.powers[inner] += left
                self.powers[base] = -left

    def cancel_content(self) -> None:
        """(2·(a − b) + 2·c)/2 is (a − b) + c: what all terms of a sum share is cancelled against the number below."""
        for base in [base for base, power in self.powers.items() if isinstance(base, Add) and power == 1]:
            terms = [_term([arg]) for arg in base.args]
            shared = gcd(*(abs(term.number.numerator) for term in terms if term.number.denominator == 1), self.number.denominator)
            if shared > 1 and all(term.number.denominator == 1 for term in terms):
                for term in terms:
                    term.number /= shared
                self.number *= shared
                kept = {(Add(tuple(term.expr() for term in terms)) if one is base else one): power for one, power in self.powers.items()}
                self.powers.clear()
                self.powers.update(kept)

    @property
    def key(self) -> frozenset[tuple[Expr, Power]]:
        """What like terms share: all but the number."""
        return frozenset((base, power) for base, power in self.powers.items() if power)

    def expr(self, *, alone: bool = True) -> Expr:
        """The term as it is written; ``alone``, the opposite of a difference is a difference: −(y − p) is p − y."""
        if not self.number:
            return ZERO
        over = [_power(base, power, self.decimal) for base, power in self.powers.items() if power > 0]
        under = [_power(base, -power, self.decimal) for base, power in self.powers.items() if power < 0]
        size, sign = abs(self.number), self.number < 0
        if alone and len(over) == 1 and not under and sign and (turned := _turn_round(over[0])) is not None:
            over, sign = [turned], False
        text = decimal_text(size) if self.decimal else None
        if text is not None:
            if size != 1 or not over:
                over.insert(0, Number(text))
        else:
            if size.numerator != 1 or not over:
                over.insert(0, Number(str(size.numerator)))
            if size.denominator != 1:
                under.insert(0, Number(str(size.denominator)))
        top = over[0] if len(over) == 1 else Mul(tuple(over))
        if under:
            top = Div(top, under[0] if len(under) == 1 else Mul(tuple(under)))
        return Neg(top) if sign else top


def product(factors: Iterable[Expr]) -> Expr:
    """A product in order: 2·(l/2)·W is l·W.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(product([parse("2"), parse("l/2"), parse("W")])), write_plain(product([parse("3"), parse("0.5*x"), parse("1/x")]))
    ('l*W', '1.5')
    """
    factors = tuple(factors)
    plain = _join_plain(factors)
    if plain is not None:
        return plain
    term = _term(factors)
    if term.number.denominator > 1:
        term.cancel_content()
    return term.expr()


def _join_plain(factors: tuple[Expr, ...]) -> Expr | None:
    """The product where nothing can be gathered, since all factors are different names, sums and calls; it is by far the commonest."""
    flat: list[Expr] = []
    for factor in factors:
        for part in factor.args if type(factor) is Mul else (factor,):
            kind = type(part)
            if kind is not Name and not ((kind is Call and part.func != "sqrt") or (kind is Add and _has_name(part.args))):  # type: ignore[union-attr]
                return None
            if len(flat) > 16 or part in flat:
                return None
            flat.append(part)
    return None if not flat else flat[0] if len(flat) == 1 else Mul(tuple(flat))


def _has_name(terms: Iterable[Expr]) -> bool:
    """Whether one of the terms of a sum is a name, so that the sum is no number; asked without looking further."""
    return any(type(term) is Name or (type(term) is Neg and type(term.arg) is Name) for term in terms)


def sum_terms(terms: Iterable[Expr]) -> Expr:
    """A sum in order, like terms added up where the first of them stands: 1 + x² − 2·x² is 1 − x².

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(sum_terms([parse("1 + x^2"), parse("-x*2*x")]))
    '1 - x^2'
    """
    flat = list(_flatten_sums(terms))
    if len(flat) == 1 and not isinstance(flat[0], Neg):
        return flat[0]
    found: dict[frozenset[tuple[Expr, Power]], Monomial] = {}
    for expr in flat:
        term = _term([expr])
        known = found.setdefault(term.key, term)
        if known is not term:
            known.number += term.number
            known.decimal |= term.decimal
    kept = [written for term in found.values() if (written := term.expr(alone=len(found) == 1)) != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))


def _term(factors: Iterable[Expr]) -> Monomial:
    term = Monomial()
    for factor in factors:
        term.take(factor)
    term.extract_roots()
    if not term.number:
        term.powers.clear()
    return term


def _flatten_sums(terms: Iterable[Expr]) -> Iterable[Expr]:
    """The terms of sums in sums, with their signs."""
    stack = [(term, False) for term in reversed(list(terms))]
    while stack:
        expr, negative = stack.pop()
        if isinstance(expr, Neg):
            stack.append((expr.arg, not negative))
        elif isinstance(expr, Add):
            stack.extend((arg, negative) for arg in reversed(expr.args))
        else:
            yield Neg(expr) if negative else expr


def _turn_round(expr: Expr) -> Expr | None:
    """The opposite of a difference: −(y − p) is p − y, and −(−a + b) is a − b."""
    if not isinstance(expr, Add) or len(expr.args) != 2:
        return None
    first, second = expr.args
    if isinstance(second, Neg) and not isinstance(first, Neg):
        return Add((second.arg, Neg(first)))
    if isinstance(first, Neg) and not isinstance(second, Neg):
        return Add((first.arg, Neg(second)))
    return None


def _is_short(value: Fraction, power: Power) -> bool:
    bits = max(value.numerator.bit_length(), value.denominator.bit_length()) * abs(power.numerator)
    return bits <= 2 * MAX_FRACTION.bit_length()


def _power(base: Expr, power: Power, decimal: bool) -> Expr:
    if power == 1:
        return base
    text = decimal_text(Fraction(power)) if decimal else None
    if text is not None or power.denominator == 1:
        return Pow(base, Number(text or str(power)))
    return Pow(base, Div(Number(str(power.numerator)), Number(str(power.denominator))))


def has_decimal(expr: Expr) -> bool:
    """Whether a decimal such as 0.5 stands in a formula."""
    if isinstance(expr, Number):
        return not expr.text.lstrip("-").isdigit()
    return any(has_decimal(part) for part in children(expr))


def decimal_text(value: Fraction) -> str | None:
    """A number as a decimal, where it ends after a few digits.

    >>> decimal_text(Fraction(26829, 200000)), decimal_text(Fraction(1, 3))
    ('0.134145', None)
    """
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        many = 0
        while rest % prime == 0:
            rest //= prime
            many += 1
        digits = max(digits, many)
    if rest != 1 or digits > MAX_DECIMAL:
        return None
    whole = str(abs(value.numerator) * 10**digits // value.denominator).rjust(digits + 1, "0")
    if len(whole) > MAX_DECIMAL + 1:
        return None
    text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
    return f"-{text}" if value < 0 else text
