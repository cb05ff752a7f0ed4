"""How much work a formula is, before it is computed: no answer may take long, whatever stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tutor.errors import ExpressionError, tell
from tutor.expression.nodes import Call, Expr, Name, Number, Pow, children
from tutor.numbers.arithmetic import DIGITS
from tutor.numbers.lowering import COSTLY, POW, SQRT
from tutor.numbers.program import Code, program

MOST = 10_000
"""The operations that one answer may take, about: 10 ms with sixty digits."""
MAX_WORK = 30_000
"""How many operations with sixty digits one comparison may take, about: some 20 ms."""
POWER, FUNCTION = 45, 35
"""A power that is no whole number, and exp, log or sin, in the same unit."""
_COSTS = {**dict.fromkeys(COSTLY, 40), POW: 80, SQRT: 20}
"""What these instructions cost more than a product."""


def effort(expr: Expr) -> int:
    """The operations that computing a formula with many digits takes, about.

    >>> from tutor.expression.parse import parse
    >>> effort(parse("2*3 + 1")), effort(parse("2^0.5"))
    (5, 48)
    """
    total = 0
    stack = [expr]
    while stack:
        node = stack.pop()
        total += 1
        if type(node) is Call:
            total += _function(node.func, len(node.args))
        elif type(node) is Pow and not (type(node.exp) is Number and node.exp.text.isdigit()):
            total += POWER
        stack.extend(children(node))
    return total


def spend_on(left: int, expr: Expr) -> int:
    """What is left of an answer's operations when a formula in it is computed.

    Raises `ExpressionError` when that is nothing.
    """
    left -= effort(expr)
    if left < 0:
        raise ExpressionError(tell("it would take too long to compute it"), hint=tell("write it in several steps"))
    return left


@cache
def _function(func: str, count: int) -> int:
    """One call of a function, written out."""
    code = program(Call(func, tuple(Name(f"x{number}") for number in range(count)))).code
    return len(code) + FUNCTION * sum(op in COSTLY for op, *_ in code)


class Effort:
    """How much work is left, in operations with sixty digits; several comparisons may share it."""

    __slots__ = ("left",)

    def __init__(self, left: float = MAX_WORK) -> None:
        self.left = left

    def spend(self, work: float) -> None:
        """Raises `ExpressionError` when nothing is left, so that no answer can make a comparison take long."""
        self.left -= work
        if self.left < 0:
            raise ExpressionError(tell("it would take too long to compare it"))


def level(digits: int) -> int:
    """So many digits or more, from a short list: the values of an exercise are kept for each.

    >>> level(60), level(61), level(640)
    (60, 120, 960)
    """
    found = DIGITS
    while found < digits:
        found *= 2
    return found


def weight(code: Sequence[Code]) -> tuple[int, int]:
    """How many instructions these are, and what those among them that are costly add."""
    return len(code), sum(_COSTS.get(op, 0) for op, *_ in code)
