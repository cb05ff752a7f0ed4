"""A second implementation of everything that is differentiated, written from scratch for the tests.

Forward mode: every number is a dual a + b·ε with ε² = 0, of 50 decimal digits; the functions are written from the
formulas of the lectures and know no derivative but those of exp, log, sin and cos.  It reads the display tree and
shares nothing with `tutor.derive` and `tutor.numbers`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import mpmath

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.graph.nouns import Graph

MP = mpmath.MPContext()
MP.dps = 50
NEAR = MP.mpf(10) ** -6


class OutsideError(ArithmeticError):
    """A point where the value does not exist, or so near to a kink that a derivative means nothing."""


@dataclass(frozen=True)
class Dual:
    """value + slope·ε."""

    value: Any
    slope: Any = 0

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Dual) -> Dual:
        return self + -other

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: Dual) -> Dual:
        if other.value == 0:
            raise OutsideError("division by zero")
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)


def dual(value: Any, slope: Any = 0) -> Dual:
    """A number (fraction, text, int or mpmath) as a dual of 50 digits."""
    if isinstance(value, Fraction):
        return Dual(MP.mpf(value.numerator) / value.denominator, MP.mpf(slope))
    return Dual(MP.mpf(value), MP.mpf(slope))


ONE, TWO, HALF, ZERO = dual(1), dual(2), dual("0.5"), dual(0)


def exp(x: Dual) -> Dual:
    if abs(x.value) > 10**6:
        raise OutsideError("overflow")
    grown = MP.exp(x.value)
    return Dual(grown, grown * x.slope)


def log(x: Dual) -> Dual:
    if x.value <= 0:
        raise OutsideError("log")
    return Dual(MP.log(x.value), x.slope / x.value)


def power(base: Dual, exponent: Dual) -> Dual:
    if exponent.slope == 0 and exponent.value == int(exponent.value):
        n = int(exponent.value)
        if base.value == 0 and n < 1:
            raise OutsideError("0 to a power")
        return Dual(base.value**n, n * base.value ** (n - 1) * base.slope if n else MP.mpf(0))
    return exp(exponent * log(base))


def off_kink(distance: Any) -> None:
    if abs(distance) < NEAR:
        raise OutsideError("a kink")


def positive(condition: Dual, yes: Dual, no: Dual) -> Dual:
    off_kink(condition.value)
    return yes if condition.value > 0 else no


def largest(*args: Dual) -> Dual:
    return reduce(lambda a, b: positive(a - b, a, b), args)


def smallest(*args: Dual) -> Dual:
    return reduce(lambda a, b: positive(b - a, a, b), args)


def absolute(x: Dual) -> Dual:
    return positive(x, x, -x)


def sine(x: Dual) -> Dual:
    return Dual(MP.sin(x.value), MP.cos(x.value) * x.slope)


def cosine(x: Dual) -> Dual:
    return Dual(MP.cos(x.value), -MP.sin(x.value) * x.slope)


def arctangent(x: Dual) -> Dual:
    return Dual(MP.atan(x.value), x.slope / (1 + x.value**2))


def erf(x: Dual) -> Dual:
    return Dual(MP.erf(x.value), 2 / MP.sqrt(MP.pi) * MP.exp(-(x.value**2)) * x.slope)


def logsumexp(*scores: Dual) -> Dual:
    total = ZERO
    for score in scores:
        total = total + exp(score)
    return log(total)


def bounded(low: Callable[[Dual], Dual], x: Dual) -> Dual:
    if abs(x.value) > 1000:
        raise OutsideError("saturated")
    return low(x)


def binary_cross_entropy(a: Dual, y: Dual) -> Dual:
    return -(y * log(a) + (ONE - y) * log(ONE - a))


FUNCTIONS: dict[str, Callable[..., Dual]] = {
    "exp": exp,
    "log": log,
    "sqrt": lambda x: power(x, HALF),
    "sin": sine,
    "cos": cosine,
    "tan": lambda x: sine(x) / cosine(x),
    "arctan": arctangent,
    "sec": lambda x: ONE / cosine(x),
    "csc": lambda x: ONE / sine(x),
    "cot": lambda x: cosine(x) / sine(x),
    "arcsin": lambda x: Dual(MP.asin(x.value), x.slope / MP.sqrt(1 - x.value**2)),
    "arccos": lambda x: Dual(MP.acos(x.value), -x.slope / MP.sqrt(1 - x.value**2)),
    "sech": lambda x: TWO / (exp(x) + exp(-x)),
    "csch": lambda x: TWO / (exp(x) - exp(-x)),
    "coth": lambda x: (exp(TWO * x) + ONE) / (exp(TWO * x) - ONE),
    "arsinh": lambda x: Dual(MP.asinh(x.value), x.slope / MP.sqrt(x.value**2 + 1)),
    "arcosh": lambda x: Dual(MP.acosh(x.value), x.slope / MP.sqrt(x.value**2 - 1)),
    "artanh": lambda x: Dual(MP.atanh(x.value), x.slope / (1 - x.value**2)),
    "sinh": lambda x: (exp(x) - exp(-x)) * HALF,
    "cosh": lambda x: (exp(x) + exp(-x)) * HALF,
    "tanh": lambda x: bounded(lambda x: (exp(TWO * x) - ONE) / (exp(TWO * x) + ONE), x),
    "abs": absolute,
    "sign": lambda x: positive(x, ONE, -ONE),
    "max": largest,
    "min": smallest,
    "max_share": lambda own, *others: positive(own - largest(*others), ONE, ZERO),  # not at a tie
    "min_share": lambda own, *others: positive(smallest(*others) - own, ONE, ZERO),
    "if_positive": positive,
    "pi": lambda: dual(MP.pi),
    "identity": lambda x: x,
    "sigmoid": lambda x: bounded(lambda x: ONE / (ONE + exp(-x)), x),
    "relu": lambda x: positive(x, x, ZERO),
    "leaky_relu": lambda x, a: positive(x, x, a * x),
    "leaky_relu_mix": lambda x, eps: eps * x + (ONE - eps) * positive(x, x, ZERO),
    "prelu": lambda x, a: positive(x, x, a * x),
    "elu": lambda x, a: positive(x, x, a * (exp(x) - ONE)),
    "softplus": lambda x: log(ONE + exp(x)),
    "heaviside": lambda x: positive(x, ONE, ZERO),
    "squared_error": lambda a, y: (a - y) * (a - y),
    "half_squared_error": lambda a, y: HALF * (y - a) * (y - a),
    "absolute_error": lambda a, y: absolute(a - y),
    "zero_one": lambda a, y: positive(absolute(a - y), ONE, ZERO),
    "huber": lambda a, y, d: positive(d - absolute(a - y), HALF * (a - y) * (a - y), d * (absolute(a - y) - HALF * d)),
    "hinge": lambda a, y: positive(ONE - y * a, ONE - y * a, ZERO),
    "cross_entropy": lambda a, y: -(y * log(a)),
    "binary_cross_entropy": binary_cross_entropy,
    "erf": erf,
    "logit": lambda x: log(x) - log(ONE - x),
    "smooth_label": lambda y, eps, k: y - eps * y + eps / k,
    "softsign": lambda x: x / (ONE + absolute(x)),
    "silu": lambda x: x / (ONE + exp(-x)),
    "gelu": lambda x: HALF * x * (ONE + erf(x / power(TWO, HALF))),
    "gelu_tanh": lambda x: x / (ONE + exp(-(TWO * power(TWO / dual(MP.pi), HALF) * (x + dual("0.044715") * x * x * x)))),
    "mish": lambda x: x * (ONE - TWO / ((ONE + exp(x)) * (ONE + exp(x)) + ONE)),
    "selu": lambda x: positive(x, dual("1.0507009873554805") * x, dual("1.7580993408473766") * (exp(x) - ONE)),
    "relu6": lambda x: smallest(largest(x, ZERO), dual(6)),
    "hard_sigmoid": lambda x: smallest(largest(x / dual(6) + HALF, ZERO), ONE),
    "hard_tanh": lambda x: largest(smallest(x, ONE), -ONE),
    "log_sigmoid": lambda x: x - log(ONE + exp(x)),
    "smooth_l1": lambda a, y, b: positive(b - absolute(a - y), HALF * (a - y) * (a - y) / b, absolute(a - y) - HALF * b),
    "log_cosh": lambda a, y: log((exp(a - y) + exp(y - a)) * HALF),
    "quantile": lambda a, y, tau: largest(tau * (y - a), (tau - ONE) * (y - a)),
    "poisson_nll": lambda a, y: a - y * log(a),
    "log_poisson_nll": lambda a, y: exp(a) - y * a,
    "gaussian_nll": lambda a, y, v: HALF * (log(v) + (y - a) * (y - a) / v),
    "kl_divergence": lambda a, y: positive(y, y * (log(y) - log(a)), ZERO) if y.value > 0 else ZERO,
    "kl_gaussians": lambda m, s, n, t: log(t) - log(s) + HALF * ((s * s + (m - n) * (m - n)) / (t * t) - ONE),
    "kl_standard_normal": lambda m, v: HALF * (exp(v) + m * m - ONE - v),
    "focal": lambda a, y, g: -(y * exp(g * log(ONE - a)) * log(a)) - (ONE - y) * exp(g * log(a)) * log(ONE - a),
    "triplet": lambda p, n, m: positive(p + m - n, p + m - n, ZERO),
    "multi_hinge": lambda s, r, m: positive(s + m - r, s + m - r, ZERO),
}


def softmax(component: int, *args: Dual) -> Dual:
    grown = [exp(arg) for arg in args]
    return grown[component - 1] / reduce(operator.add, grown)


def call(func: str, args: Iterable[Dual]) -> Dual:
    if func == "lse":
        return logsumexp(*args)
    if func.startswith("log_softmax_"):
        return args[int(func.removeprefix("log_softmax_")) - 1] - logsumexp(*args)
    if func.startswith("softmax_"):
        return softmax(int(func.removeprefix("softmax_")), *args)
    return FUNCTIONS[func](*args)


def value(expr: Expr, known: Mapping[str, Dual]) -> Dual:
    """The value of a display tree; raises `OutsideError` where it does not exist."""
    match expr:
        case Number(text):
            return dual(Fraction(text))
        case Name(name):
            return known[name]
        case Neg(arg):
            return -value(arg, known)
        case Add(args):
            return reduce(operator.add, [value(arg, known) for arg in args])
        case Mul(args):
            return reduce(operator.mul, [value(arg, known) for arg in args])
        case Div(num, den):
            return value(num, known) / value(den, known)
        case Pow(base, exponent):
            return power(value(base, known), value(exponent, known))
        case Call("if_positive", (condition, yes, no)):  # only the branch that counts has to exist
            side = positive(value(condition, known), ONE, -ONE)
            return value(yes if side == ONE else no, known)
        case Call(func, args):
            return call(func, [value(arg, known) for arg in args])
    raise TypeError(expr)


def forward(graph: Graph, leaves: Mapping[str, Any], wrt: str = "") -> dict[str, Dual]:
    """All numbers of a run, each with its derivative with respect to the quantity ``wrt`` (a leaf or a node)."""
    known = {name: dual(number, 1 if name == wrt else 0) for name, number in leaves.items()}
    for step in graph.steps:
        result = value(step.expr, known)
        known[step.target] = Dual(result.value, MP.mpf(1)) if step.target == wrt else result
    return known


def gradients(graph: Graph, leaves: Mapping[str, Any]) -> dict[str, Any]:
    """∂loss/∂q for every quantity q, one forward run for each."""
    return {name: forward(graph, leaves, name)[graph.loss].slope for name in graph.names}


def number(value: Any) -> Any:
    """A fraction or an mpmath number of any context as one of this module's."""
    return dual(value).value


def close(a: Any, b: Any, digits: int = 30) -> bool:
    """Whether two numbers agree to so many digits (absolutely below 1)."""
    a, b = number(a), number(b)
    return bool(abs(a - b) <= MP.mpf(10) ** -digits * max(1, abs(a), abs(b)))
