"""The functions of the tables in SymPy, for the proof: opaque, with the derivative that their row says.

So SymPy differentiates σ(wx) as σ(wx)(1 − σ(wx))w, with no exponentials in it: the derivative of one in argument i is a function of its
own, which whoever evaluates it fills in from the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sympy


@cache
def _make_opaque(func: str, arity: int) -> Any:
    def fdiff(self: Any, argindex: int = 1) -> Any:
        return _slope(func, arity, argindex)(*self.args)

    return type(f"fn_{func}", (sympy.Function,), {"nargs": arity, "fdiff": fdiff, "row": (func, 0), "is_real": True})


@cache
def _slope(func: str, arity: int, argindex: int) -> Any:
    return type(f"d{argindex}_{func}", (sympy.Function,), {"nargs": arity, "row": (func, argindex), "is_real": True})


def call_opaque(func: str, args: Sequence[Any]) -> Any:
    """A function of the tables as a SymPy function that knows its derivative from its row."""
    if func.endswith("'"):
        return _slope(func[:-1], len(args), 1)(*args)
    return _make_opaque(func, len(args))(*args)
