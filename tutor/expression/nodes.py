"""The display tree: an expression exactly as it was written.

SymPy reorders, merges and evaluates (``w*x + b`` prints as ``b + w*x``); a worked solution must not.  So what is *shown* is
this tree and what is *computed* symbolically is SymPy's (see `tutor.expression.sympy_bridge`).

Sums and products are flat as long as the writer wrote no brackets: ``a + b + c`` is one `Add` with three terms,
``(a + b) + c`` is an `Add` inside an `Add`.  Subtraction is an `Add` with a `Neg` term.  No tree that the parser makes is
deeper than `tutor.expression.parse.MAX_DEPTH`, so that walking one by recursion is safe; a *graph* is never walked so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: ``0.05`` stays ``0.05`` and is worth exactly 1/20.

    ``text`` is a decimal with an optional exponent (``-0.822``, ``4.38568e-4``); the sign belongs to the number.
    """

    text: str

    @property
    def value(self) -> Fraction:
        """The exact value of what is written."""
        return _read_exact(self.text)


@lru_cache(16_384)
def _read_exact(text: str) -> Fraction:
    return Fraction(text)


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity, by its name: ``w5``, ``out_h1``."""

    name: str


@dataclass(frozen=True, slots=True)
class Partial:
    """The derivative ∂of/∂wrt, as a symbol (``dL/dw5`` when typed)."""

    of: str
    wrt: str


@dataclass(frozen=True, slots=True)
class Neg:
    """The opposite: −arg."""

    arg: Expr


@dataclass(frozen=True, slots=True)
class Add:
    """A sum, in the order written; a subtracted term is a `Neg`."""

    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    """A product, in the order written."""

    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Div:
    """A fraction num/den."""

    num: Expr
    den: Expr


@dataclass(frozen=True, slots=True)
class Pow:
    """A power base^exp."""

    base: Expr
    exp: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to arguments: ``Call("sigmoid", (Name("z"),))``.

    A trailing prime is the derivative of a function of one argument: ``sigmoid'``.
    ``if_positive(c, a, b)`` is *a* where c > 0 and *b* elsewhere: the one conditional that the rules need.
    """

    func: str
    args: tuple[Expr, ...]


Expr: TypeAlias = Number | Name | Partial | Neg | Add | Mul | Div | Pow | Call

ZERO = Number("0")
ONE = Number("1")


def join_sign(expr: Expr) -> Expr:
    """The opposite of a number as the number that it is printed as: −(1) is −1, and −0 is 0.

    >>> join_sign(Neg(Number("1"))), join_sign(Neg(Name("x")))
    (Number(text='-1'), Neg(arg=Name(name='x')))
    """
    if type(expr) is Neg and type(expr.arg) is Number and expr.arg.text[0] != "-":
        return expr.arg if expr.arg == ZERO else Number("-" + expr.arg.text)
    return expr


def drop_zero_sign(expr: Expr) -> Expr:
    """What begins a sum of numbers, or is all that stands in brackets: 0 instead of −0.

    >>> drop_zero_sign(Neg(Number("0"))), drop_zero_sign(Neg(Number("2")))
    (Number(text='0'), Neg(arg=Number(text='2')))
    """
    return ZERO if expr == Neg(ZERO) else expr


def write_fraction(value: Fraction) -> Expr:
    """An exact number as a formula: a whole number, or a quotient of two, with the sign before it.

    >>> write_fraction(Fraction(-1, 3))
    Neg(arg=Div(num=Number(text='1'), den=Number(text='3')))
    """
    top = Number(str(abs(value.numerator)))
    size = top if value.denominator == 1 else Div(top, Number(str(value.denominator)))
    return Neg(size) if value < 0 else size


_SIX = Context(prec=6, rounding=ROUND_HALF_UP)


def write_six_digits(value: Fraction) -> str:
    """A number to six significant digits at most, a half rounded away from zero; zeros at the end are left out.

    >>> write_six_digits(Fraction("14.77125")), write_six_digits(Fraction(-1, 4))
    ('14.7713', '-0.25')
    """
    return f"{float(_SIX.divide(Decimal(value.numerator), Decimal(value.denominator))):.6g}"


_LEAF: tuple[Expr, ...] = ()


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression, from left to right."""
    kind = type(expr)  # asked some million times for a class of students: isinstance with a union takes three times as long
    if kind is Mul or kind is Add or kind is Call:
        return expr.args  # type: ignore[union-attr]
    if kind is Name or kind is Number or kind is Partial:
        return _LEAF
    if kind is Neg:
        return (expr.arg,)  # type: ignore[union-attr]
    if kind is Div:
        return (expr.num, expr.den)  # type: ignore[union-attr]
    return (expr.base, expr.exp)  # type: ignore[union-attr]


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """The same kind of node with other parts."""
    kind = type(expr)
    if kind is Mul or kind is Add:
        return kind(parts)
    if kind is Call:
        return Call(expr.func, parts)  # type: ignore[union-attr]
    if kind is Neg:
        return Neg(parts[0])
    if kind is Div or kind is Pow:
        return kind(parts[0], parts[1])
    return expr
