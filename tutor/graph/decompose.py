"""Building a graph from one expression: taken apart into elementary operations, shared parts found.

Two parts are the same when SymPy says so (``x*x`` and ``x^2``, ``a + b`` and ``b + a``), so the lecture's
``sqrt(x**2 + exp(x**2)) + cos(x**2 + exp(x**2))`` becomes its six nodes a … f.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

import sympy

from tutor.expression.nodes import Expr, Name, Neg, children, rebuild
from tutor.expression.parse import parse
from tutor.expression.sympy_bridge import to_sympy
from tutor.expression.walk import names
from tutor.graph.build import assemble
from tutor.graph.nouns import Graph
from tutor.rules.functions import FUNCTIONS, check_calls
from tutor.rules.patterns import constant


def from_expression(text: str) -> Graph:
    """Take an expression apart; its leaves are the inputs, its last node is the one to differentiate.

    The nodes are called a, b, c, … in evaluation order, without the names that the expression uses itself; a single operation, or
    the last node where it is free, is called f.

    >>> [step.target for step in from_expression("sqrt(x**2 + exp(x**2)) + cos(x**2 + exp(x**2))").steps]
    ['a', 'b', 'c', 'd', 'e', 'f']
    """
    expr = parse(text, functions=FUNCTIONS)
    check_calls(expr)
    pieces = _Pieces()
    pieces.take(expr)
    if not pieces.formulas:
        pieces.name(expr, ("copy", expr))
    taken = set(names(expr))
    letters = _letters(taken)
    labels = [next(letters) for _ in pieces.formulas]
    if "f" not in taken and (len(labels) < 6 or "f" not in labels):
        labels[-1] = "f"
    renamed = dict(zip(pieces.formulas, labels, strict=True))
    from tutor.expression.walk import substitute

    table: dict[str, Expr] = {old: Name(new) for old, new in renamed.items()}
    return assemble({renamed[old]: substitute(formula, table) for old, formula in pieces.formulas.items()})


def _letters(taken: set[str]) -> Iterator[str]:
    for letter in ascii_lowercase:
        if letter not in taken:
            yield letter
    number = 1
    while True:
        if f"n{number}" not in taken:
            yield f"n{number}"
        number += 1


class _Pieces:
    """The elementary steps found so far, by a private name, and the name of each by what SymPy makes of it."""

    def __init__(self) -> None:
        self.formulas: dict[str, Expr] = {}
        self.known: dict[Any, str] = {}

    def take(self, expr: Expr) -> Expr:
        """The name of an expression's value, after its parts have become steps; bounded by the parser's depth."""
        if isinstance(expr, Name) or constant(expr) is not None or not children(expr):
            return expr
        if isinstance(expr, Neg) and isinstance(expr.arg, Name):
            return self.name(expr, self.key(expr))
        parts = tuple(
            Neg(self.take(part.arg)) if isinstance(part, Neg) and not isinstance(expr, Neg) else self.take(part)
            for part in children(expr)
        )
        formula = rebuild(expr, parts)
        return self.name(formula, self.key(formula))

    def key(self, formula: Expr) -> Any:
        """What SymPy makes of a formula; the formula itself where SymPy would lose a quantity (x^0, 0·x)."""
        made = to_sympy(formula, lambda func, args: sympy.Function(func)(*args))
        kept = {found.name for found in made.free_symbols}
        return made if kept == set(names(formula)) else formula

    def name(self, formula: Expr, key: Any) -> Expr:
        known = self.known.get(key)
        if known is None:
            known = f"_{len(self.formulas)}"
            self.known[key] = known
            self.formulas[known] = formula
        return Name(known)
