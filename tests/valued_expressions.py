"""Expressions of every kind with values that stay fractions, to compare what is printed with what it means."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import strategies as st

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow

NAMES = {
    "a": Fraction(2),
    "b": Fraction(-3),
    "c": Fraction(5, 2),
    "x": Fraction(1, 3),
    "y": Fraction(7),
    "z": Fraction(-1),
}
FUNCTIONS = {name: (place + 2) for place, name in enumerate(("exp", "log", "sigmoid", "sqrt", "tanh"))}


def value_of_partial(of: str, wrt: str) -> Fraction:
    return Fraction(ord(of[0]) % 7 + 1, ord(wrt[0]) % 5 + 2)


def value(expr: Expr) -> Fraction:
    """The value of a tree; functions are made up, so that everything stays a fraction."""
    match expr:
        case Number():
            return expr.value
        case Name(name):
            return NAMES[name]
        case Partial(of, wrt):
            return value_of_partial(of, wrt)
        case Neg(arg):
            return -value(arg)
        case Add(args):
            return sum((value(arg) for arg in args), Fraction(0))
        case Mul(args):
            product = Fraction(1)
            for arg in args:
                product *= value(arg)
            return product
        case Div(num, den):
            return value(num) / value(den)
        case Pow(base, exp):
            return value(base) ** int(value(exp))
        case Call("if_positive", (condition, yes, no)):
            return value(yes) if value(condition) > 0 else value(no)
        case Call("abs", (arg,)):
            return abs(value(arg))
        case Call(func, (arg,)):
            return value(arg) * FUNCTIONS[func] + 1
    raise AssertionError(expr)


def made_up_value(factor: int, arg: Fraction) -> Fraction:
    return arg * factor + 1


def environment() -> dict[str, Any]:
    made_up = {name: partial(made_up_value, factor) for name, factor in FUNCTIONS.items()}
    return {
        **NAMES,
        **made_up,
        "F": Fraction,
        "P": value_of_partial,
        "ind": lambda truth: Fraction(int(truth)),
        "abs": abs,
        "__builtins__": {},
    }


numbers = st.sampled_from(["0", "1", "2", "0.5", "-0.3", "-2", "4e-2", "-1.5e3", "0.05"]).map(Number)
names = st.sampled_from("abcxyz").map(Name)
partials = st.builds(Partial, st.sampled_from("LE"), st.sampled_from("zwa"))


def grown(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(parts, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        several.map(Add),
        several.map(Mul),
        parts.map(Neg),
        st.builds(Div, parts, parts),
        st.builds(Pow, parts, st.sampled_from(["0", "1", "2", "3", "-1"]).map(Number)),
        st.builds(lambda func, arg: Call(func, (arg,)), st.sampled_from([*FUNCTIONS, "abs"]), parts),
        st.builds(lambda when: Call("if_positive", (when, Number("1"), Number("0"))), parts),
    )


expressions = st.recursive(st.one_of(numbers, names, partials), grown, max_leaves=14)
