"""The types of numbers, for readers and for mypy: fractions, numbers of many digits, balls.

mpmath and python-flint tell no types.  What the product uses of their numbers is written down here, as protocols, so that nothing has to be
wrapped and nothing is slower.  An operand of another kind is a fault that mypy sees: a `Fraction` cannot be compared with a number of
mpmath's, nor added to a ball.  `tutor.numbers.arithmetic` has the operations that take both.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Protocol, Self, SupportsInt, TypeAlias

Raw: TypeAlias = tuple[int, int, int, int]
"""A number as mpmath keeps it: sign, mantissa, exponent, bits of the mantissa."""


class Inexact(Protocol):
    """A real number that is no fraction: what numbers of many digits and balls can both do, with their own kind and whole numbers."""

    def __add__(self, other: Self | int, /) -> Self: ...
    def __radd__(self, other: int, /) -> Self: ...
    def __sub__(self, other: Self | int, /) -> Self: ...
    def __rsub__(self, other: int, /) -> Self: ...
    def __mul__(self, other: Self | int, /) -> Self: ...
    def __rmul__(self, other: int, /) -> Self: ...
    def __truediv__(self, other: Self | int, /) -> Self: ...
    def __rtruediv__(self, other: int, /) -> Self: ...
    def __pow__(self, other: Self | int, /) -> Self: ...
    def __neg__(self) -> Self: ...
    def __abs__(self) -> Self: ...
    def __float__(self) -> float: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __lt__(self, other: Self | int, /) -> bool: ...
    def __le__(self, other: Self | int, /) -> bool: ...
    def __gt__(self, other: Self | int, /) -> bool: ...
    def __ge__(self, other: Self | int, /) -> bool: ...


class BigFloat(Inexact, Protocol):
    """A number of many digits: mpmath's ``mpf``.  A float counts with the value that it has."""

    _mpf_: Raw

    def __mul__(self, other: Self | float, /) -> Self: ...
    def __rmul__(self, other: float, /) -> Self: ...
    def __lt__(self, other: Self | float, /) -> bool: ...
    def __le__(self, other: Self | float, /) -> bool: ...
    def __gt__(self, other: Self | float, /) -> bool: ...
    def __ge__(self, other: Self | float, /) -> bool: ...

    def __pos__(self) -> Self: ...
    def __int__(self) -> int: ...


class Ball(Inexact, Protocol):
    """A midpoint and a radius: ``flint.arb``, or `tutor.numbers.intervals.Interval`.  A comparison holds where it holds for certain."""

    def __init__(self, value: object, second: object = ..., /) -> None: ...

    @staticmethod
    def pi() -> Ball:
        """π."""

    def exp(self) -> Self:
        """e^x."""

    def log(self) -> Self:
        """The natural logarithm."""

    def sqrt(self) -> Self:
        """The square root."""

    def log1p(self) -> Self:
        """log(1 + x)."""

    def erf(self) -> Self:
        """The error function."""

    def max(self, other: Self, /) -> Self:
        """The larger one."""

    def min(self, other: Self, /) -> Self:
        """The smaller one."""

    def overlaps(self, other: Self, /) -> bool:
        """Whether both may be the same number."""

    def contains(self, number: int, /) -> bool:
        """Whether a whole number lies within."""

    def is_nan(self) -> bool:
        """Whether nothing is known."""

    def is_exact(self) -> bool:
        """Whether it is a single number."""

    def is_zero(self) -> bool:
        """Whether it is the single number 0."""

    def is_finite(self) -> bool:
        """Whether both ends are numbers."""

    def is_integer(self) -> bool:
        """Whether it is a single whole number."""

    def mid(self) -> Self:
        """The number in the middle."""

    def rad(self) -> Self:
        """Half of the width, or a little more."""

    def man_exp(self) -> tuple[SupportsInt, SupportsInt]:
        """A single number as whole number times power of two."""

    def rel_accuracy_bits(self) -> int:
        """How many bits of the middle are certain."""


class BallContext(Protocol):
    """The bits in use for balls."""

    prec: int


class BigContext(Protocol):
    """The digits in use for numbers of many digits, and what can be done with these: mpmath's ``MPContext``."""

    dps: int
    prec: int

    def mpf(self, value: int | str | Inexact, /) -> BigFloat:
        """The number nearest to a whole number, a written one, or another one."""

    def make_mpf(self, value: Raw, /) -> BigFloat:
        """The number of a raw one, with all bits that it has."""

    def log(self, value: BigFloat, /) -> BigFloat:
        """The natural logarithm."""

    def log10(self, value: BigFloat, /) -> BigFloat:
        """The decimal logarithm."""

    def floor(self, value: BigFloat, /) -> BigFloat:
        """The next whole number below."""

    def ceil(self, value: BigFloat, /) -> BigFloat:
        """The next whole number above."""

    def fsum(self, terms: Iterable[BigFloat], /) -> BigFloat:
        """The sum, rounded once."""

    def nstr(
        self, value: BigFloat, digits: int, /, *, strip_zeros: bool = ..., min_fixed: int = ..., max_fixed: int = ...,
        show_zero_exponent: bool = ...,
    ) -> str:  # fmt: skip
        """A decimal of so many significant digits."""

    def workdps(self, digits: int, /) -> AbstractContextManager[None]:
        """Compute with so many digits, within ``with``."""


Value: TypeAlias = Fraction | Inexact
"""A number as the product computes it: an exact fraction, or a number of many digits; a ball within `arithmetic.compute_rigorously`."""
