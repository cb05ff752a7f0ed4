"""Balls where python-flint is not there: intervals with directed rounding.

They have the methods of ``flint.arb`` that `tutor.numbers.balls` uses.  Sums, products, quotients, powers, exp, log, √, sin and cos are the
interval functions of mpmath's ``libmp``, which round outwards.  Monotone functions that it has no interval for are computed at both ends
with `GUARD` bits more and widened by many times what mpmath can be wrong.  Slower than flint by a factor of ten or more, and as right: the
tests hold both against each other on every function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from mpmath import MPContext, libmp

from tutor.numbers.values import Raw

GUARD = 30
"""Bits more than asked for at the ends of a monotone function; all but ten of them may be wrong."""
Ends: TypeAlias = tuple[Raw, Raw]
NO_BITS = -(1 << 62)
ALL_BITS = 1 << 62


class Precision:
    """The bits in use, as ``flint.ctx`` has them."""

    prec = 53


context = Precision()
_MP = MPContext()


class Interval:
    """A closed interval of real numbers; nan where nothing is known."""

    __slots__ = ("ends",)

    def __init__(self, low: Raw, high: Raw | None = None) -> None:
        self.ends: Ends = (low, low if high is None else high)

    @staticmethod
    def as_interval(value: Interval | int) -> Interval:
        """The interval of a whole number or of an interval."""
        return value if isinstance(value, Interval) else Interval(libmp.from_int(int(value)))

    def _combine_with(self, operation: Callable[[Ends, Ends, int], Ends], other: Interval | int, *, swapped: bool = False) -> Interval:
        a, b = self, Interval.as_interval(other)
        if a.is_nan() or b.is_nan():
            return NAN
        if swapped:
            a, b = b, a
        return _check_ends(operation(a.ends, b.ends, context.prec))

    def __add__(self, other: Interval | int) -> Interval:
        return self._combine_with(libmp.mpi_add, other)

    def __sub__(self, other: Interval | int) -> Interval:
        return self._combine_with(libmp.mpi_sub, other)

    def __mul__(self, other: Interval | int) -> Interval:
        return self._combine_with(libmp.mpi_mul, other)

    def __truediv__(self, other: Interval | int) -> Interval:
        divisor = Interval.as_interval(other)
        return NAN if divisor.is_nan() or divisor.contains(0) else self._combine_with(libmp.mpi_div, divisor)

    def __rsub__(self, other: Interval | int) -> Interval:
        return self._combine_with(libmp.mpi_sub, other, swapped=True)

    def __rtruediv__(self, other: Interval | int) -> Interval:
        return Interval.as_interval(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Interval:
        return Interval(libmp.mpf_neg(self.ends[1]), libmp.mpf_neg(self.ends[0]))

    def __abs__(self) -> Interval:
        return self if self.is_nan() else Interval(*libmp.mpi_abs(self.ends, context.prec))

    def __pow__(self, exponent: int | Interval) -> Interval:
        if self.is_nan():
            return NAN
        if isinstance(exponent, Interval):
            return (exponent * self.log()).exp()
        if exponent < 0 and self.contains(0):
            return NAN
        return _check_ends(libmp.mpi_pow_int(self.ends, exponent, context.prec))

    def exp(self) -> Interval:
        """e^x."""
        return (
            self
            if self.is_nan() or libmp.mpf_gt(self.ends[1], _FAR)
            else _check_ends(libmp.mpi_exp(self.ends, context.prec))
        )

    def log(self) -> Interval:
        """The natural logarithm."""
        return _check_ends(libmp.mpi_log(self.ends, context.prec)) if self > 0 else NAN

    def sqrt(self) -> Interval:
        """The square root."""
        return _check_ends(libmp.mpi_sqrt(self.ends, context.prec)) if self >= 0 else NAN

    def sin(self) -> Interval:
        """The sine."""
        return self if self.is_nan() else _check_ends(libmp.mpi_sin(self.ends, context.prec))

    def cos(self) -> Interval:
        """The cosine."""
        return self if self.is_nan() else _check_ends(libmp.mpi_cos(self.ends, context.prec))

    def tan(self) -> Interval:
        """The tangent."""
        return self.sin() / self.cos()

    def atan(self) -> Interval:
        """The arctangent."""
        return self._apply_monotone("atan")

    def asin(self) -> Interval:
        """The arcsine of what lies in [−1, 1]."""
        return self._apply_monotone("asin") if self >= -1 and self <= 1 else NAN

    def asinh(self) -> Interval:
        """The inverse hyperbolic sine."""
        return self._apply_monotone("asinh")

    def atanh(self) -> Interval:
        """The inverse hyperbolic tangent of what lies in (−1, 1)."""
        return self._apply_monotone("atanh") if self > -1 and self < 1 else NAN

    def sinh(self) -> Interval:
        """The hyperbolic sine."""
        return self._apply_monotone("sinh")

    def tanh(self) -> Interval:
        """The hyperbolic tangent."""
        return self._apply_monotone("tanh")

    def erf(self) -> Interval:
        """The error function."""
        return self._apply_monotone("erf")

    def log1p(self) -> Interval:
        """log(1 + x) for x ≥ 0."""
        return self._apply_monotone("log1p")

    def cosh(self) -> Interval:
        """The hyperbolic cosine, which grows with |x|."""
        return abs(self)._apply_monotone("cosh")

    def _apply_monotone(self, name: str) -> Interval:
        if self.is_nan():
            return NAN
        bits = context.prec + GUARD
        _MP.prec = bits
        low, high = (getattr(_MP, name)(_MP.make_mpf(end))._mpf_ for end in self.ends)
        slack = libmp.mpf_shift(libmp.fone, 10 - bits)
        one = (libmp.mpf_sub(libmp.fone, slack), libmp.mpf_add(libmp.fone, slack))
        return _check_ends(libmp.mpi_mul((low, high), one, bits))

    def max(self, other: Interval | int) -> Interval:
        """The larger one."""
        return self._choose_extreme(Interval.as_interval(other), libmp.mpf_gt)

    def min(self, other: Interval | int) -> Interval:
        """The smaller one."""
        return self._choose_extreme(Interval.as_interval(other), libmp.mpf_lt)

    def _choose_extreme(self, other: Interval, first: Callable[[Raw, Raw], bool]) -> Interval:
        if self.is_nan() or other.is_nan():
            return NAN
        return Interval(*[a if first(a, b) else b for a, b in zip(self.ends, other.ends, strict=True)])

    def __lt__(self, other: Interval | int) -> bool:
        return bool(libmp.mpf_lt(self.ends[1], Interval.as_interval(other).ends[0]))

    def __gt__(self, other: Interval | int) -> bool:
        return bool(libmp.mpf_gt(self.ends[0], Interval.as_interval(other).ends[1]))

    def __le__(self, other: Interval | int) -> bool:
        return bool(libmp.mpf_le(self.ends[1], Interval.as_interval(other).ends[0]))

    def __ge__(self, other: Interval | int) -> bool:
        return bool(libmp.mpf_ge(self.ends[0], Interval.as_interval(other).ends[1]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval | int) and self.is_exact() and self.ends == Interval.as_interval(other).ends

    __hash__ = None  # type: ignore[assignment]

    def overlaps(self, other: Interval) -> bool:
        """Whether both may be the same number."""
        return not (self < other or self > other)

    def contains(self, number: int) -> bool:
        """Whether a whole number lies within."""
        return not (self < number or self > number)

    def is_nan(self) -> bool:
        """Whether nothing is known."""
        return bool(self.ends[0] == libmp.fnan)

    def is_exact(self) -> bool:
        """Whether it is a single number."""
        return bool(self.ends[0] == self.ends[1]) and not self.is_nan()

    def is_zero(self) -> bool:
        """Whether it is the single number 0."""
        return bool(self.ends == (libmp.fzero, libmp.fzero))

    def is_finite(self) -> bool:
        """Whether both ends are numbers."""
        return not any(end in (libmp.finf, libmp.fninf, libmp.fnan) for end in self.ends)

    def is_integer(self) -> bool:
        """Whether it is a single whole number."""
        return self.is_exact() and (self.is_zero() or self.ends[0][2] >= 0)

    def mid(self) -> Interval:
        """The number in the middle."""
        return Interval(libmp.mpf_shift(libmp.mpf_add(*self.ends), -1))

    def rad(self) -> Interval:
        """Half of the width."""
        return Interval(libmp.mpf_shift(libmp.mpf_sub(self.ends[1], self.ends[0]), -1))

    def __float__(self) -> float:
        return float(libmp.to_float(self.mid().ends[0]))

    def man_exp(self) -> tuple[int, int]:
        """A single number as whole number times power of two."""
        sign, mantissa, exponent, _ = self.ends[0]
        return (-int(mantissa) if sign else int(mantissa)), int(exponent)

    def rel_accuracy_bits(self) -> int:
        """How many bits of the middle are certain."""
        if self.is_nan() or not self.is_finite():
            return NO_BITS
        if self.is_exact():
            return ALL_BITS
        middle, radius = self.mid().ends[0], self.rad().ends[0]
        return NO_BITS if middle == libmp.fzero else int(middle[2] + middle[3] - radius[2] - radius[3])

    @staticmethod
    def pi() -> Interval:
        """π."""
        return Interval(libmp.mpf_pi(context.prec, "f"), libmp.mpf_pi(context.prec, "c"))


NAN = Interval(libmp.fnan)
_FAR = libmp.from_int(10**13)


def _check_ends(ends: Ends) -> Interval:
    return NAN if libmp.fnan in ends else Interval(*ends)
