"""A lecturer's own function: from the lines of an exercise file to a row like any other, and back from its name.

Its name in a tree is its definition (`tutor.expression.own_functions`), made here once (`name_function`) and read here (`read_function`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tutor.expression.own_functions import is_own, list_within, read_definition
from tutor.rules.function_row import Function

SOURCE = "exercise"


def name_function(name: str, params: Sequence[str], value: str, partials: Sequence[str], earlier: str = "") -> str:
    """What a function is called in a tree; ``earlier`` is what the one defined before it is called, which it may use.

    >>> name_function("cube", ["z"], "z^3", ["3*z^2"])
    'cube(z)=z^3|3*z^2'
    """
    written = [text.replace(" ", "") for text in (value, *partials)]
    return f"{name}({','.join(params)})={'|'.join(written)}" + (f";{earlier}" if earlier else "")


@cache
def read_function(func: str) -> Function | None:
    """The row of an own function by its name in a tree; nothing for any other function.

    >>> read_function("cube(z)=z^3|3*z^2").partials, read_function("tanh")
    (('3*z^2',), None)
    """
    if not is_own(func):
        return None
    _, params, value, partials = read_definition(func)
    return Function(func, params, partials, value, source=SOURCE, role="activation" if len(params) == 1 else "function")


def has_prime(row: Function) -> bool:
    """Whether the derivative of a function is written with a prime, swish′(z): of an own one of one number."""
    return is_own(row.name) and len(row.params) == 1


def list_callable(row: Function) -> tuple[str, ...]:
    """The own functions that the formulas of a row may call."""
    return list_within(row.name)[1:] if is_own(row.name) else ()


