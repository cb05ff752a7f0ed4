"""Which kind of target each loss of a computation wants: −1 and 1, or 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tutor.expression.nodes import Call, Expr, Name, children
from tutor.graph.nouns import Step
from tutor.rules.functions import FUNCTIONS, Function
from tutor.rules.patterns import recognise

TargetKinds = dict[str, dict[str, list[str]]]
"""For each target the kinds that are wanted of it, each with the steps that want it so."""


def list_target_kinds(steps: Iterable[Step]) -> TargetKinds:
    """The targets of losses of two classes, by name.

    >>> from tutor.graph.build import from_steps
    >>> graph = from_steps(["h = max(0, 1 - y*s)", "c = -(y*log(p) + (1 - y)*log(1 - p))", "L = h + c"])
    >>> list_target_kinds(graph.steps)
    {'y': {'signs': ['h'], 'bits': ['c']}}
    """
    found: TargetKinds = {}
    for step in steps:
        for row, target in _list_losses(step.expr):
            wanting = found.setdefault(target, {}).setdefault(row.targets, [])
            if step.target not in wanting:
                wanting.append(step.target)
    return found


def _list_losses(expr: Expr) -> Iterator[tuple[Function, str]]:
    """The losses in a formula that want a kind of target, called or written out, each with the name of its target."""
    known = recognise(expr)
    operands: tuple[Expr | None, ...] = ()
    if known is not None and known[0].row.targets:
        row, operands = known[0].row, tuple(map(known[1].get, known[0].row.params))
    elif type(expr) is Call and expr.func in FUNCTIONS:
        row, operands = FUNCTIONS[expr.func], expr.args
    if len(operands) > 1 and row.targets and type(operands[1]) is Name:
        yield row, operands[1].name
        return
    for part in children(expr):
        yield from _list_losses(part)
