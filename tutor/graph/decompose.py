"""Taking formulas apart into elementary operations, shared parts found: one expression, or the steps of a graph.

Two parts are the same when SymPy says so (``x*x`` and ``x^2``, ``a + b`` and ``b + a``), so the lecture's
``sqrt(x**2 + exp(x**2)) + cos(x**2 + exp(x**2))`` becomes its six nodes a … f.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import sympy

from tutor.expression.nodes import Call, Expr, Name, Neg, Pow, children, rebuild
from tutor.expression.parse import parse, read_name
from tutor.expression.sympy_bridge import to_sympy
from tutor.expression.walk import names, substitute
from tutor.graph.build import assemble
from tutor.graph.labels import labels
from tutor.graph.nouns import Graph
from tutor.rules.functions import FUNCTIONS, check_calls


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
        pieces.add(expr)
    found = labels(len(pieces.formulas), {*names(expr), *words(text)})
    return assemble(pieces.rename_steps(dict(zip(pieces.formulas, found, strict=True))))


def words(text: str) -> set[str]:
    """Every word of a text, read as a name: quantities, functions, e.

    >>> sorted(words("η₁ e^x"))
    ['e', 'eta1', 'x']
    """
    return {read_name(word) for word in re.findall(r"[^\W\d]\w*", text)}


def take_apart(graph: Graph, taken: Collection[str] = ()) -> Graph:
    """The graph with every long formula taken apart; what a step computes keeps its name.

    A formula is long where it is more than one operation: ``w*x + b`` and ½(t − o)² are one, σ(wx + b) is three.  ``taken`` are words
    besides the graph's own names that no label may be.

    >>> from tutor.graph.build import from_steps
    >>> [step.target for step in take_apart(from_steps(["z = w*x + b", "L = (sigmoid(z) - y)^2"])).steps]
    ['z', 'a', 'c', 'L']
    """
    pieces = _Pieces()
    private: dict[str, Expr] = {}
    kept: dict[str, str] = {}
    for step in graph.steps:
        expr = substitute(step.expr, private)
        last = pieces.take(expr) if is_long(step.rule, step.expr) else expr
        made = last.name if isinstance(last, Name) and last.name in pieces.formulas and last.name not in kept else ""
        made = made if last is not expr and made else pieces.add(last)
        private[step.target] = Name(made)
        kept[made] = step.target
    rest = [name for name in pieces.formulas if name not in kept]
    found = labels(len(rest), {*graph.names, *taken}, last=False)
    known = {quantity.name: quantity for quantity in (*graph.leaves, *graph.nodes)}
    trained = [quantity.name for quantity in graph.parameters]
    return assemble(
        pieces.rename_steps({**kept, **dict(zip(rest, found, strict=True))}), loss=graph.loss, parameters=trained, kinds=known
    )


def is_long(rule: str, expr: Expr) -> bool:
    """Whether a formula is more than one operation, and none that the rule tables name as a whole."""
    if isinstance(expr, Call):
        return rule == expr.func and not all(_is_atomic(arg) for arg in expr.args)
    return rule == "formula" and not (isinstance(expr, Pow) and _is_atomic(expr.base) and _is_atomic(expr.exp))


def _is_atomic(expr: Expr) -> bool:
    return isinstance(expr, Name) or not names(expr)


class _Pieces:
    """The elementary steps found so far, by a private name, and the name of each by what SymPy makes of it."""

    def __init__(self) -> None:
        self.formulas: dict[str, Expr] = {}
        self.known: dict[Any, str] = {}

    def take(self, expr: Expr) -> Expr:
        """The name of an expression's value, after its parts have become steps; bounded by the parser's depth."""
        if isinstance(expr, Name) or not names(expr):
            return expr  # numbers such as √(2/π) stay where they are written
        if isinstance(expr, Neg) and isinstance(expr.arg, Name):
            return self.name(expr)
        parts = tuple(
            Neg(self.take(part.arg)) if isinstance(part, Neg) and not isinstance(expr, Neg) else self.take(part)
            for part in children(expr)
        )
        return self.name(rebuild(expr, parts))

    def add(self, formula: Expr) -> str:
        """The private name of a new step, whether or not another computes the same."""
        made = f"_{len(self.formulas)}"
        self.known.setdefault(self.key(formula), made)
        self.formulas[made] = formula
        return made

    def name(self, formula: Expr) -> Expr:
        """The name of a step that computes the formula: a known one, or a new one."""
        known = self.known.get(self.key(formula))
        return Name(self.add(formula) if known is None else known)

    @staticmethod
    def key(formula: Expr) -> Any:
        """What SymPy makes of a formula; the formula itself where SymPy would lose a quantity (x^0, 0·x)."""
        if not children(formula):
            return "copy", formula  # a quantity that is passed on unchanged is a step of its own
        made = to_sympy(formula, lambda func, args: sympy.Function(func)(*args))
        kept = {found.name for found in made.free_symbols}
        return made if kept == set(names(formula)) else formula

    def rename_steps(self, new: Mapping[str, str]) -> dict[str, Expr]:
        """The steps in evaluation order, by their new names."""
        table: dict[str, Expr] = {old: Name(name) for old, name in new.items()}
        return {new[old]: substitute(formula, table) for old, formula in self.formulas.items()}
