"""How an answer is written: what a decimal may stand for, whether a formula is a chain of factors, which numbers stand in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from tutor.answer.compare.figures import count_significant
from tutor.expression.nodes import Add, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.marking.evidence import Given
from tutor.numbers.arithmetic import Value
from tutor.numbers.arrays import np
from tutor.numbers.floats import as_float, number

LARGEST = 1e300
"""A number beyond this is not computed with."""

_FIGURE = re.compile(r"[-+]?(?:\d+\.?(?P<places>\d*)|\.(?P<only>\d+))(?:[eE](?P<power>[-+]?\d+))?")


def list_shorter(text: str | None) -> list[str]:
    """A whole number that ends in zeros, with fewer of them significant: 9700 as 970e1 and 97e2.

    >>> list_shorter("9700"), list_shorter("12.0")
    (['970e1', '97e2'], [])
    """
    if text is None or not text.lstrip("-+").isdigit():
        return []
    zeros = len(text) - len(text.rstrip("0"))
    return [f"{text[: len(text) - k]}e{k}" for k in range(1, zeros + 1) if text[: len(text) - k].lstrip("-+")]


def as_given(value: Value, plain: str | None) -> Given | None:
    """What a number may stand for, ``plain`` as a decimal where it is one; nothing for one that is not finite."""
    try:
        number = as_float(value)
    except OverflowError:
        return None
    if not math.isfinite(number) or abs(number) > LARGEST:
        return None
    match = _FIGURE.fullmatch(plain or "")
    if match is None:
        wide = 1e-9 * abs(number)
        shown = f"{number:.12g}"  # 21 has two digits, however it is computed
        unit = 10.0 ** -len(shown.partition(".")[2]) if "e" not in shown else 0.0
        return Given(np.array([number]), number - wide, number + wide, count_significant(shown), 0.0, unit)
    places = len(match["places"] or match["only"] or "") - int(match["power"] or 0)
    unit = 10.0**-places
    digits = count_significant(plain or "")
    if short := list_shorter(plain):
        unit, digits = 10.0 ** len(short), len(short[-1].lstrip("-+").partition("e")[0])
    if number == 0:
        return Given(np.array([number]), -1e-12, 1e-12, 0)
    if digits > 12:
        unit = max(unit, 1e-12 * abs(number))
    inner, outer = unit * 0.5000001, unit * 0.9999999
    low, high = (number - inner, number + outer) if number > 0 else (number - outer, number + inner)
    return Given(np.array([number]), low, high, digits, unit if "." in match.group() else 0.0, unit)


def limit_shown(given: Given | None, plain: str | None, truth: Value | None) -> tuple[float, float] | None:
    """What a shown number may have been before it was rounded or cut off: of a decimal all that is written so; nothing for any other.

    Just this number counts where it is exactly the right one, and of whole numbers where the right one is whole or there is one digit only.

    >>> [round(limit, 6) for limit in limit_shown(as_given(Fraction("0.74"), "0.74"), "0.74", None)]
    [0.735, 0.75]
    """
    if given is None or plain is None or not given.digits:
        return None
    if type(truth) is Fraction and (truth.denominator == 1 if "." not in plain else float(truth) == float(given.value[0])):
        return None
    if "." not in plain and given.digits < 2:
        return None
    return given.low, given.high


def is_fraction(expr: Expr) -> bool:
    """Whether a number is written as a whole number or a fraction of two."""
    inner = expr.arg if type(expr) is Neg else expr
    if type(inner) is Number:
        return True
    if type(inner) is not Div:
        return False
    top = inner.num.arg if type(inner.num) is Neg else inner.num
    return type(top) is Number and type(inner.den) is Number and "." not in top.text + inner.den.text


def is_chain(expr: Expr) -> bool:
    """Whether a formula is a chain of factors: a sum of products of derivatives."""
    terms = expr.args if type(expr) is Add else (expr,)
    for term in terms:
        stack, derivatives = [term], 0
        while stack:
            node = stack.pop()
            if type(node) is Partial:
                derivatives += 1
            elif type(node) is Mul:
                stack.extend(node.args)
            elif type(node) is not Number:
                return False
        if not derivatives:
            return False
    return True


def figures(expr: Expr) -> set[float]:
    """The numbers in a formula but 0, 1 and 2."""
    found: set[float] = set()
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Number and node.text not in ("0", "1", "2"):
            found.add(number(node))
        stack.extend(children(node))
    return found


def name_numbers(expr: Expr, values: Mapping[float, Sequence[str]]) -> Iterator[Expr]:
    """The formulas in which one 0, 1 or 2 is a given quantity that has this value: y − t for y − 1, where t = 1.

    >>> from tutor.expression.nodes import Add, Neg
    >>> list(name_numbers(Add((Name("y"), Neg(Number("1")))), {1.0: ("t",)}))
    [Add(args=(Name(name='y'), Neg(arg=Name(name='t'))))]
    """
    if type(expr) is Number:
        yield from map(Name, values.get(number(expr), ()) if expr.text in ("0", "1", "2") else ())
    parts = children(expr)
    for place, part in enumerate(parts):
        for other in name_numbers(part, values):
            yield rebuild(expr, (*parts[:place], other, *parts[place + 1 :]))


def has_decimals(expr: Expr) -> bool:
    """Whether a decimal of two digits or more stands in a formula."""
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Number and "." in node.text and count_significant(node.text) >= 2:
            return True
        stack.extend(children(node))
    return False
