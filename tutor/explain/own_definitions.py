"""What the functions are that an exercise file defines, and what their derivatives are: each said once, by its own name."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.derive.slope import open_prime
from tutor.explain.document import Inline, Math
from tutor.explain.page_writer import EQUALS
from tutor.expression.nodes import Call, Expr, Mul, Name, children
from tutor.expression.own_functions import is_own
from tutor.expression.walk import is_indicator
from tutor.rules.functions import function, value_of


def write_definition(call: Call) -> tuple[Expr, Expr] | None:
    """An own function, or its derivative where it is called with a prime, in the letters of its file; nothing for any other function.

    >>> from tutor.expression.plain import write_plain
    >>> [write_plain(side) for side in write_definition(Call("cube(z)=z^3|3*z^2'", (Name("x"),)))]
    ["cube'(z)", '3*z^2']
    """
    plain = call.func.rstrip("'")
    if not is_own(plain):
        return None
    row = function(plain, len(call.args))
    shown = Call(call.func, tuple(map(Name, row.params)))
    meaning = value_of(row) if call.func == plain else open_prime(shown)
    return None if meaning is None else (shown, meaning)


def find_indicator(exprs: Iterable[Expr], style: str) -> Expr | None:
    """The first indicator in some formulas that is written as a sign, ready to be shown alone.

    In the ``style`` of brackets each is one; in that of cases only what is no formula by itself: 2·1[z > 0].
    """
    stack = list(exprs)[::-1]
    cases = style == "cases"
    if cases:
        stack = [part for root in stack for part in (reversed(children(root)) if type(root) is Call and is_indicator(root) else (root,))]
    while stack:
        node = stack.pop()
        if type(node) is Call and is_indicator(node):
            return Mul((node,)) if cases else node
        stack.extend(reversed(children(node)))
    return None


def list_definitions(exprs: Iterable[Expr], told: set[str], *, primes: bool) -> list[Inline]:
    """The own functions in formulas and in what these are made of (with ``primes`` their derivatives), but for those that are ``told``."""
    parts: list[Inline] = []
    stack = list(exprs)[::-1]
    while stack:
        node = stack.pop()
        stack.extend(reversed(children(node)))
        made = write_definition(node) if type(node) is Call and node.func.endswith("'") == primes and node.func not in told else None
        if made is None or type(node) is not Call:
            continue
        told.add(node.func)
        parts += ["; " if parts else "", Math(made[0]), EQUALS, Math(made[1])]
        stack.append(made[1])
    return [part for part in parts if part]
