"""Solving H·d = g: what one step of Newton's method asks for, exactly where the numbers are exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tutor.errors import ValueProblem
from tutor.numbers.arithmetic import CONTEXT, Value, add, as_real, divide, multiply

NEGLIGIBLE = 40
"""A pivot that is smaller than its row by this many decimal digits (of at least 60) counts as 0 where numbers are not exact."""


def solve(matrix: Sequence[Sequence[Value]], right: Sequence[Value], names: Sequence[str]) -> tuple[list[Value], Value]:
    """The solution d of H·d = g and the determinant of H, by elimination with row pivoting.

    Raises `ValueProblem` for a singular H, naming the first parameter whose row depends on those before it.

    >>> solve([[Fraction(2), Fraction(0)], [Fraction(0), Fraction(4)]], [Fraction(1), Fraction(1)], ["u", "v"])
    ([Fraction(1, 2), Fraction(1, 4)], Fraction(8, 1))
    """
    size = len(names)
    rows = [[*row, side] for row, side in zip(matrix, right, strict=True)]
    scale = max((abs(as_real(entry)) for row in matrix for entry in row), default=CONTEXT.mpf(0))
    determinant: Value = Fraction(1)
    for place in range(size):
        pivot = max(range(place, size), key=lambda line: abs(as_real(rows[line][place])))
        if _zero(rows[pivot][place], scale):
            raise _refuse_singular(names, place)
        if pivot != place:
            rows[place], rows[pivot] = rows[pivot], rows[place]
            determinant = -determinant
        determinant = multiply(determinant, rows[place][place])
        for line in range(place + 1, size):
            share = divide(rows[line][place], rows[place][place])
            rows[line] = [add(a, -multiply(share, b)) for a, b in zip(rows[line], rows[place], strict=True)]
    solution: list[Value] = [Fraction(0)] * size
    for place in reversed(range(size)):
        rest = rows[place][size]
        for other in range(place + 1, size):
            rest = add(rest, -multiply(rows[place][other], solution[other]))
        solution[place] = divide(rest, rows[place][place])
    return solution, determinant


def _zero(entry: Value, scale: Value) -> bool:
    if isinstance(entry, Fraction):
        return entry == 0
    return bool(abs(as_real(entry)) <= as_real(scale) * CONTEXT.mpf(10) ** -NEGLIGIBLE)


def _refuse_singular(names: Sequence[str], place: int) -> ValueProblem:
    if len(names) == 1:
        what = f"the Hessian is singular: the second derivative with respect to {names[0]} is 0"
    elif place == 0:
        what = f"the Hessian is singular, its determinant is 0: no second derivative with respect to {names[0]} differs from 0"
    else:
        what = (
            f"the Hessian is singular, its determinant is 0: its column for {names[place]} depends on "
            f"{'that' if place == 1 else 'those'} for {', '.join(names[:place])}"
        )
    hint = "Newton's method needs an invertible Hessian: start elsewhere, train fewer parameters, or use gd or adam"
    return ValueProblem(what, hint=hint)
