"""Hard arguments for the primitive functions, and what they are there: references of 800 digits by mpmath."""

import itertools
from fractions import Fraction

from independent import MP

from tutor.numbers.functions import PRIMITIVES

HARD = ("0", "1", "-1", "0.5", "-0.5", "3", "-3", "20", "-20", "36", "-36", "40", "-40", "700", "-700", "1e-300", "-1e-300", "1e-17",
        "-1e-17", "1e-9", "1e5", "-1e5", "0.9999999999999999", "1.0000000000000002")  # fmt: skip


def precise(function):
    """A reference with 800 digits, so that nothing that is tested cancels in it."""

    def compute(*args):
        with MP.workdps(800):
            return function(*[MP.mpf(arg.numerator) / arg.denominator if isinstance(arg, Fraction) else MP.mpf(arg) for arg in args])

    return compute


def chosen(c, a, b):
    return a if c > 0 else b


REFERENCE = {
    "exp": MP.exp, "log": MP.log, "sqrt": MP.sqrt, "sin": MP.sin, "cos": MP.cos, "tan": MP.tan, "arctan": MP.atan,
    "arcsin": MP.asin, "erf": MP.erf, "arsinh": MP.asinh, "artanh": MP.atanh,
    "abs": abs, "sign": MP.sign,
    "sinh": lambda x: (MP.exp(x) - MP.exp(-x)) / 2, "cosh": lambda x: (MP.exp(x) + MP.exp(-x)) / 2, "max": max, "min": min,
    "tanh": lambda x: 1 - 2 / (MP.exp(2 * x) + 1), "sigmoid": lambda x: 1 / (1 + MP.exp(-x)), "softplus": lambda x: MP.log1p(MP.exp(x)),
    "if_positive": chosen, "pi": lambda: +MP.pi,
}  # fmt: skip


def exists(name, args):
    x = Fraction(args[0]) if args else Fraction(0)
    return {"log": x > 0, "sqrt": x >= 0, "arcsin": abs(x) <= 1, "artanh": abs(x) < 1}.get(name, True)


def arguments(name):
    arity = PRIMITIVES[name].arity
    some = HARD if arity == 1 else HARD[:7] + HARD[11:13]
    return list(itertools.product(some, repeat=arity))
