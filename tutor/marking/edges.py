"""∂c/∂a along one edge, or the whole derivative: which of the two a student means.

Where a reaches c on several ways, ∂c/∂a in a chain of factors (``∂f/∂c·∂c/∂a + ∂f/∂c·∂c/∂b·∂b/∂a``) is the derivative along the
edge from a to c alone.  The working calls it ``c|a``.  That is how it is printed in lectures, and how the product itself prints it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.answer.compare.formulas import Points, compare
from tutor.derive.working import Working, list_referred, rename_formula
from tutor.expression.keys import edge_key, read_after, read_derivative, read_edge
from tutor.expression.nodes import Expr


def edges(working: Working) -> dict[str, str]:
    """The derivatives that have an edge of another value: ``dc/da`` → ``c|a``.

    >>> from tutor.derive.working import working
    >>> from tutor.graph.build import from_steps
    >>> edges(working(from_steps(["b = a^2", "c = a + b", "f = c*c"])))
    {'dc/da': 'c|a'}
    """
    found = [edge for name in working.by_name if not read_after(name).updates and (edge := read_edge(name))]
    return {str(edge): edge_key(edge.of, edge.wrt) for edge in found}


def as_meant(expr: Expr, target: str, known: Mapping[str, str], points: Points) -> Expr:
    """A formula with its derivatives as edges where it is right so and not otherwise; else as it is."""
    readings = list_readings(expr, target, known)
    if len(readings) < 2 or compare(expr, target, points).outcome == "equal":
        return expr
    return next((other for other in readings if other is not expr and compare(other, target, points).outcome == "equal"), expr)


def list_readings(expr: Expr, target: str, known: Mapping[str, str]) -> list[Expr]:
    """What a formula may mean, the likeliest first.

    In a chain its derivatives are those along edges, but those of what the ``target`` is a derivative of, ∂f/∂c, are whole; or all are
    whole; or none.

    >>> from tutor.expression.parse import parse
    >>> len(list_readings(parse("df/dc*dc/da", names="acf"), "df/da", {"df/dc": "f|c", "dc/da": "c|a"}))
    3
    """
    used = [name for name in list_referred(expr) if name in known]
    asked = read_derivative(target)
    inner = [name for name in used if asked is None or (d := read_derivative(name)) is None or d.of != asked.of]
    chosen = dict.fromkeys(map(tuple, (inner, (), used)))
    return [rename_formula(expr, {name: known[name] for name in names}) if names else expr for names in chosen]
