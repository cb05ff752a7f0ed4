"""Where a computation stands exactly on a kink or a jump, so that a derivative there is a convention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tutor.expression.nodes import Call, Expr, children
from tutor.graph.nouns import Graph
from tutor.numbers.arithmetic import Value, real
from tutor.numbers.run import compute
from tutor.rules.functions import function, value_of
from tutor.rules.patterns import recognise


@dataclass(frozen=True, slots=True)
class Kink:
    """A step whose function is evaluated exactly where it has no two-sided derivative, and what is taken there."""

    step: str
    convention: str


def conventions(graph: Graph) -> dict[str, str]:
    """The functions of a graph that have kinks or jumps, by rule name, with what is taken there."""
    found: dict[str, str] = {}
    for step in graph.steps:
        for call in _calls(step.expr):
            row = function(call.func.rstrip("'"), len(call.args))
            if row.convention:
                found.setdefault(step.rule if step.rule != "formula" else row.name, _convention(step.expr, call))
    return found


def _convention(expr: Expr, call: Call) -> str:
    """What is taken at the kink: a written-out formula (max(0, z)) has the convention of the function that it is."""
    known = recognise(expr)
    if known is not None and known[0].row.convention:
        return known[0].row.convention
    return function(call.func.rstrip("'"), len(call.args)).convention


def flat_steps(graph: Graph) -> list[tuple[str, str]]:
    """The steps through which nothing can be learnt (Heaviside, zero-one loss), with the reason."""
    found = []
    for step in graph.steps:
        for call in _calls(step.expr):
            row = function(call.func.rstrip("'"), len(call.args))
            if row.flat:
                found.append((step.target, row.convention))
    return found


def function_calls(graph: Graph) -> list[Call]:
    """The functions that a graph applies, the first call of each, in the order of its steps."""
    found: dict[str, Call] = {}
    for step in graph.steps:
        for call in _calls(step.expr):
            found.setdefault(call.func.rstrip("'"), Call(call.func.rstrip("'"), call.args))
    return list(found.values())


def kinks_hit(graph: Graph, values: Mapping[str, Value]) -> list[Kink]:
    """The steps that stand exactly on a kink at these values (the values of the forward pass)."""
    found = []
    for step in graph.steps:
        for call in _calls(step.expr):
            if _on_kink(call, values):
                found.append(Kink(step.target, _convention(step.expr, call)))
                break
    return found


def _calls(expr: Expr) -> Iterator[Call]:
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and node.func != "pi":
            yield node
        stack.extend(children(node))


def _on_kink(call: Call, values: Mapping[str, Value]) -> bool:
    """Whether a call is at a kink: decided at the primitives, through the formulas of the functions that are made of them."""
    name = call.func.rstrip("'")
    if name == "abs":
        return bool(compute(call.args[0], values) == 0)
    if name == "if_positive":
        return bool(compute(call.args[0], values) == 0)
    if name in ("max", "min"):
        args = sorted((compute(arg, values) for arg in call.args), key=real)
        pair = args[-2:] if name == "max" else args[:2]
        return len(pair) == 2 and bool(real(pair[0]) == real(pair[1]))
    row = function(name, len(call.args))
    formula = value_of(row)
    if formula is None or not row.convention:
        return False
    inner = dict(zip(row.params, (compute(arg, values) for arg in call.args), strict=True))
    return any(_on_kink(part, inner) for part in _calls(formula))
