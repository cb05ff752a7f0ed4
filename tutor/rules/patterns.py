"""Formulas that lecturers write out where a function of the table is meant: ½(t − o)² is `half_squared_error`.

A pattern is a written-out form of a row of `tutor.rules.functions`: its parameters stand for any one quantity, its settings for any number
in their range.  Recognising the formula lets its derivative be written as lecturers do (o − t), instead of by the rules for powers and
products.  There is nothing to write here: the forms and the derivatives are those of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow, children, rebuild
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS, VALUE, Function, partials_of


@dataclass(frozen=True, slots=True)
class Pattern:
    """A written-out form of a row: its formula, and the derivative by each operand."""

    row: Function
    formula: str
    tree: Expr
    partials: tuple[tuple[str, Expr], ...]

    @property
    def rule(self) -> str:
        """The function that it is."""
        return self.row.name

    @property
    def constants(self) -> tuple[str, ...]:
        """The placeholders that stand for numbers."""
        return tuple(name for name, _, _ in self.row.settings)


def patterns_of(rows: Iterable[Function]) -> tuple[Pattern, ...]:
    """The written-out forms of some rows.

    >>> [pattern.formula for pattern in patterns_of([FUNCTIONS["relu"]])]
    ['max(0, x)', 'max(x, 0)']
    """
    found = []
    for row in rows:
        operands = row.params[: row.operands]
        for written in row.written:
            formula = row.value if written == VALUE else written
            partials = tuple(zip(operands, partials_of(row)[: row.operands], strict=True))
            found.append(Pattern(row, formula, parse(formula, names=row.params, functions=FUNCTIONS), partials))
    return tuple(found)


PATTERNS = patterns_of(FUNCTIONS.values())


def _head(expr: Expr) -> object:
    """What two formulas must have in common to be alike: the operation, or the function."""
    return expr.func if type(expr) is Call else type(expr)


_BY_HEAD: dict[object, tuple[Pattern, ...]] = {
    head: tuple(pattern for pattern in PATTERNS if _head(pattern.tree) == head)
    for head in {_head(pattern.tree) for pattern in PATTERNS}
}
HEADS = frozenset(head for head in _BY_HEAD if isinstance(head, str))
"""The functions that a written-out form begins with (max, abs): what they are applied to says which function is meant."""


def recognise(expr: Expr) -> tuple[Pattern, dict[str, Expr]] | None:
    """The pattern that an expression is an instance of, with what its placeholders stand for.

    >>> pattern, found = recognise(parse("max(0.1*z, z)", functions=FUNCTIONS))
    >>> pattern.rule, found
    ('leaky_relu', {'a': Number(text='0.1'), 'x': Name(name='z')})
    """
    for pattern in _BY_HEAD.get(_head(expr), ()):
        found: dict[str, Expr] = {}
        if _fits(pattern.tree, expr, found, pattern.constants) and _is_allowed(pattern, found):
            return pattern, found
    return None


def _is_allowed(pattern: Pattern, found: dict[str, Expr]) -> bool:
    """Whether its operands are different quantities, and its settings in their range."""
    names = [value for key, value in found.items() if key not in pattern.constants]
    if len(set(names)) < len(names):
        return False
    for name, least, most in pattern.row.settings:
        value = constant(found[name])
        if value is None or (least and value < Fraction(least)) or (most and value > Fraction(most)):
            return False
    return True


def _fits(pattern: Expr, expr: Expr, found: dict[str, Expr], constants: tuple[str, ...]) -> bool:
    if isinstance(pattern, Name):
        fits = constant(expr) is not None if pattern.name in constants else isinstance(expr, Name)
        return fits and found.setdefault(pattern.name, expr) == expr
    value = constant(pattern)
    if value is not None:
        return constant(expr) == value
    if type(pattern) is not type(expr):
        return False
    if isinstance(pattern, Call) and isinstance(expr, Call) and pattern.func != expr.func:
        return False
    own, other = children(pattern), children(expr)
    return len(own) == len(other) and all(_fits(a, b, found, constants) for a, b in zip(own, other, strict=True))


def constant(expr: Expr) -> Fraction | None:
    """The exact value of an expression of numbers only, or nothing."""
    match expr:
        case Number():
            return expr.value
        case Neg(arg):
            value = constant(arg)
            return None if value is None else -value
        case Div(num, den):
            over, under = constant(num), constant(den)
            return None if over is None or not under else over / under
        case Mul(args):
            product = Fraction(1)
            for arg in args:
                value = constant(arg)
                if value is None:
                    return None
                product *= value
            return product
        case Pow(base, exp):
            root, power = constant(base), constant(exp)
            if root is None or power is None or power.denominator != 1 or (not root and power < 0):
                return None
            size = max(root.numerator.bit_length(), root.denominator.bit_length())
            if abs(power) * size > 20_000:
                return None
            return root ** int(power)
        case Add(args):
            total = Fraction(0)
            for arg in args:
                value = constant(arg)
                if value is None:
                    return None
                total += value
            return total
    return None


def drop_zero(expr: Expr) -> Expr:
    """What filling in a row with max(0, x) leaves behind: a condition x − 0 is x, and the share of x is the slope of the ReLU."""
    match expr:
        case Call("if_positive", (Add((left, Neg(Number("0")))), a, b)):
            return Call("if_positive", (left, a, b))
        case Call("max_share", (own, Number("0"))):
            return Call("if_positive", (own, ONE, ZERO))
    return expr


def drop_one(expr: Expr) -> Expr:
    """What filling in a row with a setting of 1 leaves behind: a factor, a divisor and a power that say nothing.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(drop_one(parse("x^2/(2*1) + s/1^2 - 1/2*1")))
    'x^2/2 + s - 1/2'
    """
    parts = children(expr)
    done = rebuild(expr, tuple(drop_one(part) for part in parts)) if parts else expr
    match done:
        case Mul(args):
            kept = tuple(arg for arg in args if arg != ONE)
            return ONE if not kept else kept[0] if len(kept) == 1 else Mul(kept)
        case Div(num, den) if den == ONE:
            return num
        case Pow(base, exp) if ONE in (base, exp):
            return base
    return done
