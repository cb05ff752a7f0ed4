"""The name of a lecturer's own function in a formula: its whole definition, so that wherever the formula goes, what it means goes along.

An exercise file may define functions (``[functions] swish = "z*sigmoid(z)"``).  In a tree such a function is called by its definition,
``swish(z)=z*sigmoid(z)|…``: two exercises in one process may each have a swish of their own, a worker process needs nothing besides the
tree, and everything that is kept by a function's name stays right.  What is printed is `shorten_name`; what the name says is read by
`tutor.rules.own_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tutor.expression.nodes import Call, Expr, children


def is_own(func: str) -> bool:
    """Whether a function is one of an exercise's own.

    >>> is_own("swish(z)=z*sigmoid(z)|sigmoid(z)"), is_own("sigmoid'"), is_own("leaky_relu(0.1)")
    (True, False, False)
    """
    return ")=" in func


def shorten_name(func: str) -> str:
    """What a function is called where it is printed or typed, with the primes of its derivative.

    >>> shorten_name("swish(z)=z*sigmoid(z)|sigmoid(z)'"), shorten_name("tanh")
    ("swish'", 'tanh')
    """
    if not is_own(func):
        return func
    return func.partition("(")[0] + "'" * (len(func) - len(func.rstrip("'")))


class Definition(NamedTuple):
    """What the name of an own function says: how it is called, its parameters, its formula and its derivative by each of them."""

    name: str
    params: tuple[str, ...]
    value: str
    partials: tuple[str, ...]


def read_definition(func: str) -> Definition:
    """What the name of an own function says.

    >>> read_definition("g(x,y)=x*h(y)|h(y)|x*h'(y);h(z)=z^3|3*z^2").partials
    ('h(y)', "x*h'(y)")
    """
    head, _, body = func.partition(";")[0].partition("=")
    name, _, params = head.removesuffix(")").partition("(")
    value, *partials = body.split("|")
    return Definition(name, tuple(params.split(",")), value, tuple(partials))


def list_own(exprs: Iterable[Expr]) -> tuple[str, ...]:
    """The own functions that formulas use, each once, without primes, and those that these are made of."""
    found: dict[str, None] = {}
    stack = list(exprs)[::-1]
    while stack:
        node = stack.pop()
        if type(node) is Call and is_own(node.func):
            found |= dict.fromkeys(list_within(node.func.rstrip("'")))
        stack.extend(reversed(children(node)))
    return tuple(found)


def list_within(func: str) -> tuple[str, ...]:
    """An own function and those that are defined before it, the last one first.

    >>> list_within("g(z)=h(z)^2|2*h(z)*h'(z);h(z)=z^3|3*z^2")
    ("g(z)=h(z)^2|2*h(z)*h'(z);h(z)=z^3|3*z^2", 'h(z)=z^3|3*z^2')
    """
    lines = func.split(";")
    return tuple(";".join(lines[place:]) for place in range(len(lines)))
