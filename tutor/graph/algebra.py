"""What can be done with the entries of arrays: formulas made of them here, numbers and intervals elsewhere by the same names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Neg, Number, Pow


class Algebra(Protocol):
    """What can be done with entries."""

    def number(self, value: Number) -> Any:
        """A written number."""

    def add(self, terms: Sequence[Any]) -> Any:
        """Their sum."""

    def multiply(self, factors: Sequence[Any]) -> Any:
        """Their product."""

    def negate(self, value: Any) -> Any:
        """The opposite."""

    def divide(self, a: Any, b: Any) -> Any:
        """The quotient."""

    def power(self, a: Any, b: Any) -> Any:
        """The power."""

    def call(self, func: str, args: Sequence[Any]) -> Any:
        """A function of the rule tables."""


class Formulas:
    """The algebra of formulas: nothing is computed, only zeros and ones are left out."""

    def number(self, value: Number) -> Expr:
        """The number as it is written."""
        return value

    def add(self, terms: Sequence[Expr]) -> Expr:
        """The sum; brackets that the formula has stay."""
        kept = [term for term in terms if term != ZERO]
        return ZERO if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))

    def multiply(self, factors: Sequence[Expr]) -> Expr:
        """The product."""
        if ZERO in factors:
            return ZERO
        kept = [factor for factor in factors if factor != ONE]
        return ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))

    def negate(self, value: Expr) -> Expr:
        """The opposite."""
        return value.arg if type(value) is Neg else ZERO if value == ZERO else Neg(value)

    def divide(self, a: Expr, b: Expr) -> Expr:
        """The quotient."""
        return a if b == ONE else Div(a, b)

    def power(self, a: Expr, b: Expr) -> Expr:
        """The power."""
        return Pow(a, b)

    def call(self, func: str, args: Sequence[Expr]) -> Expr:
        """The function, applied."""
        return Call(func, tuple(args))
