"""How large a formula may be, counted before anything is computed."""

from __future__ import annotations

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children

MAX_LENGTH = 20_000
MAX_TOKENS = 6_000
MAX_ANSWER_TOKENS = 2_500
MAX_DEPTH = 40
MAX_TREE = 120
MAX_FACTORS = 200
MAX_TERMS = 400
MAX_ARGUMENTS = 200
MAX_DIGITS = 400
MAX_EXPONENT = 1_000
MAX_BITS = 8_000
"""How long a constant may be, in bits of its numerator and denominator."""
MAX_AXES = 5
"""How many axes an array may have, in an exercise and in an answer."""


def constant_bits(expr: Expr) -> float | None:
    """How many bits a constant's numerator and denominator have at most, when it is one; nothing is computed.

    >>> constant_bits(Number("12")) is not None, constant_bits(Name("x"))
    (True, None)
    """
    match expr:
        case Number(text):
            mantissa, _, exponent = text.lower().partition("e")
            return 3.4 * (2 * len(mantissa) + abs(int(exponent or 0)))
        case Pow(base, exp):
            low, high = constant_bits(base), constant_size(exp)
            return None if low is None or high is None else low * max(high, 1)
        case Name() | Partial() | Call():
            return None
    parts = [constant_bits(part) for part in children(expr)]
    return None if any(bits is None for bits in parts) else sum(bits or 0 for bits in parts)


def constant_size(expr: Expr) -> float | None:
    """The size of a constant, when it is one; computed with floats, so that a power tower costs nothing.

    >>> constant_size(Pow(Number("2"), Number("3"))), constant_size(Name("x"))
    (8.0, None)
    """
    match expr:
        case Number():
            return abs(float(expr.text))
        case Neg(arg):
            return constant_size(arg)
        case Pow(base, exp):
            low, high = constant_size(base), constant_size(exp)
            if low is None or high is None:
                return None
            try:
                return float(low**high)
            except OverflowError:
                return float("inf")
        case Mul(args) | Add(args):
            sizes = [constant_size(arg) for arg in args]
            if any(size is None for size in sizes):
                return None
            total = 1.0 if isinstance(expr, Mul) else 0.0
            for size in sizes:
                total = total * (size or 0.0) if isinstance(expr, Mul) else total + (size or 0.0)
            return total
        case Div(num, den):
            low, high = constant_size(num), constant_size(den)
            return None if low is None or high is None else (low / high if high else float("inf"))
    return None


def number_text(word: str) -> str:
    """A number as the tree keeps it.

    >>> number_text(".5"), number_text("2.")
    ('0.5', '2')
    """
    if word.startswith("."):
        word = "0" + word
    return word.replace(".e", "e").replace(".E", "e") if not word.endswith(".") else word[:-1]
