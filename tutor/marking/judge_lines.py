"""A whole line of working: which member is the answer, and which is the first that does not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from tutor.answer.compare.figures import count_significant
from tutor.answer.compare.formulas import Points, compare
from tutor.answer.handed_in import AnswerError
from tutor.answer.read.effort import MAX_WORK, Effort
from tutor.answer.read.working_lines import Line as Member
from tutor.derive.working import list_referred
from tutor.errors import ExpressionError, TutorError
from tutor.expression.keys import derivative_key, is_derivative, read_after
from tutor.expression.nodes import ZERO, Expr, Mul, Name, Number, Partial, Pow, children, rebuild, write_six_digits
from tutor.expression.plain import write_plain
from tutor.marking.marked import BrokenLine
from tutor.numbers.arrays import np
from tutor.numbers.floats import Env, evaluate_at_points

LOOSE = 1e-3
MOST_BLUR = 0.1
"""Figures of so few digits that they may be off by a larger share than this are taken for other figures."""
MOST_FIGURES = 40


def keep_own_rows(members: Sequence[Member], target: str) -> list[Member]:
    """The members without rows that say what another quantity is: ``in_h1 = 0.3775`` above ``out_h1 = σ(0.3775) = 0.5933``.

    Where there are only such rows all members are kept.
    """
    moved = Name(read_after(target).key)
    kept: list[Member] = []
    left_out = False
    for place, member in enumerate(members):
        if member.relation in ("", "⏎"):
            following = members[place + 1].relation if place + 1 < len(members) else ""
            named = type(member.expr) in (Name, Partial) or (isinstance(member.expr, AnswerError) and bool(_WORD.fullmatch(member.text)))
            own = is_question(member.expr, target) or member.expr == moved
            left_out = following in _EQUALS and named and not own
        if not left_out:
            kept.append(member)
    return kept or list(members)


_WORD = re.compile(r"[^\W\d]\w{0,11}")
_EQUALS = ("=", ":=", "←", "≈")


def drop_question(members: Sequence[Member], target: str) -> list[Member]:
    """The members without the quantity itself in front, ``dL/dw5 = …``, or behind, ``0.082 = dL/dw5``; and ``w5 ← …`` for w5 updated."""
    kept = keep_own_rows(members, target)
    after = read_after(target)
    moved = Name(after.key) if after.updates and not is_derivative(after.key) else None
    if len(kept) > 1 and kept[0].expr == moved:
        kept = kept[1:]
    while len(kept) > 1 and is_question(kept[0].expr, target):
        kept = kept[1:]
    while len(kept) > 1 and is_question(kept[-1].expr, target):
        kept = kept[:-1]
    return kept


def find_named_otherwise(members: Sequence[Member], target: str) -> Expr | None:
    """The other quantity that a line of working names in front (``u = 4y + 3x²``); nothing for most.

    It may still be what is asked: ∂z/∂w = x = 1.5.
    """
    if len(members) < 2 or members[1].relation not in _EQUALS:
        return None
    first = members[0].expr
    return first if isinstance(first, Name | Partial) and not is_question(first, target) else None


def find_count_read_as_number(expr: Expr) -> str:
    """The power of 0, or the product with 0, of a quantity in a formula, w5^0 and w5(0): a count of updates; empty where there is none.

    >>> find_count_read_as_number(Pow(Name("w5"), Number("0"))), find_count_read_as_number(Name("w5"))
    ('w5^0', '')
    """
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        match node:
            case Pow(Name() as base, Number("0")):
                return f"{base.name}^0"
            case Mul(args) if any(type(one) is Name and two == ZERO for one, two in pairwise(args)):
                return write_plain(node, as_written=True)[:60]
        stack.extend(children(node))
    return ""


def is_question(expr: object, target: str) -> bool:
    """Whether an expression is only the name of what is asked."""
    return expr == Name(target) or (type(expr) is Partial and derivative_key(expr.of, expr.wrt) == target)


def answer_of(members: Sequence[Member], *, formula: bool) -> int:
    """The member that is the answer: the last one; of a formula the last that has quantities in it, if any has."""
    if formula:
        for place in range(len(members) - 1, -1, -1):
            expr = members[place].expr
            if not isinstance(expr, AnswerError) and list_referred(expr):
                return place
    return len(members) - 1


def find_first_broken(
    members: Sequence[Member], target: str, goal: float | None, env: Env, points: Points | None
) -> BrokenLine | None:
    """The first member that does not hold: it is not what is asked (``goal``).

    With a ``goal`` every member counts with its value there, rounded figures with what rounding may have changed; a formula is
    compared at ``points`` where there are some.  Only so many are: what is not compared is not said to be wrong.
    """
    held: Expr | None = None
    effort = Effort(MAX_WORK / 2)
    for number, member in enumerate(members, 1):
        expr = member.expr
        if isinstance(expr, AnswerError) or (number == 1 and len(members) > 1 and type(expr) in (Name, Partial)):
            continue  # a name in front says what the row is about
        holds = _is_holding(expr, target, goal, env, points, effort)
        if holds is False:
            expected = _show_member(held, env) if held is not None else "" if goal is None else _figure(goal)
            return BrokenLine(number, member.text, "goal" if held is None else "before", _show_member(expr, env), expected)
        held = expr if holds else None
    return None


def has_rounded_figures(expr: Expr, goal: float, env: Env) -> bool:
    """Whether arithmetic comes to what is asked but for its figures, which are rounded: 0.741·0.186·0.593 for 0.0821670."""
    value = _value(expr, env)
    if value is None:
        return False
    try:
        blur = _blur(expr, env, value, Effort(MAX_WORK / 2))
    except ExpressionError:
        return False
    return blur <= MOST_BLUR * abs(goal) and abs(value - goal) <= max(blur, LOOSE * abs(goal))


def _is_holding(
    expr: Expr, target: str, goal: float | None, env: Env, points: Points | None, effort: Effort
) -> bool | None:
    if points is not None and (list_referred(expr) or goal is None):
        outcome = compare(expr, target, points, effort).outcome
        return None if outcome == "undecided" else outcome == "equal"
    if goal is None:
        return None
    value = _value(expr, env)
    if value is None:
        return None
    apart = abs(value - goal)
    if apart <= LOOSE * abs(goal):
        return True
    try:
        return apart <= _blur(expr, env, value, effort)
    except ExpressionError:
        return None


def _value(expr: Expr, env: Env) -> float | None:
    try:
        value = float(np.asarray(evaluate_at_points(expr, env), dtype=float).reshape(-1)[0])
    except (KeyError, TutorError, OverflowError):
        return None
    return value if np.isfinite(value) else None


def _blur(expr: Expr, env: Env, value: float, effort: Effort) -> float:
    """How far rounding may have moved a member: every decimal of two digits or more that is no given value, by one in its last place."""
    exact = {round(float(np.asarray(v).reshape(-1)[0]), 12) for name, v in env.items() if "/" not in name} if env else set()
    figures: list[Number] = []
    stack: list[Expr] = [expr]
    size = 0
    while stack:
        node = stack.pop()
        size += 1
        if type(node) is Number and "." in node.text and count_significant(node.text) >= 2:
            figures.append(node)
        stack.extend(children(node))
    moved = 0.0
    for figure in dict.fromkeys(figures[:MOST_FIGURES]):
        if len(figures) > 1 and abs(float(figure.value)) in exact and len(figure.text) < 6:
            continue
        effort.spend(5 * size)
        unit = 10.0 ** -(len(figure.text.partition(".")[2].partition("e")[0]) - int(figure.text.partition("e")[2] or 0))
        other = _value(_replace_number(expr, figure, Number(repr(float(figure.value) + unit))), env)
        moved += abs(other - value) if other is not None else 0.0
    return moved


def _replace_number(expr: Expr, old: Number, new: Number) -> Expr:
    if expr == old:
        return new
    parts = children(expr)
    return rebuild(expr, tuple(_replace_number(part, old, new) for part in parts)) if parts else expr


def _show_member(expr: Expr, env: Env) -> str:
    value = _value(expr, env)
    return "" if value is None else _figure(value)


def _figure(value: float) -> str:
    return write_six_digits(Fraction(repr(value))).replace("-", "−")  # the decimal that is meant, not the binary number
