"""Building a graph from written steps: ``d = x + y``, ``f = d*z``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tutor.errors import GraphError, hint_near
from tutor.expression.nodes import Expr
from tutor.expression.walk import names
from tutor.graph.nouns import Graph, Kind, Quantity, Step
from tutor.graph.pause_collector import pause_collection
from tutor.graph.read_steps import read_steps
from tutor.rules.classify import rule_of


def from_steps(
    lines: Iterable[str],
    *,
    loss: str = "",
    leaves: Collection[str] | None = None,
    parameters: Sequence[str] = (),
    kinds: Mapping[str, Quantity] | None = None,
    own: Collection[str] = (),
) -> Graph:
    """Build a graph from written steps, in evaluation order whatever the order they are written in.

    ``leaves`` are the quantities that may be used without being computed (any, when it is not given); ``parameters`` those that
    training changes; ``kinds`` describes quantities; ``loss`` is what to differentiate, the last step by default; ``own`` are the
    exercise's own functions.

    Raises `GraphError`: a cycle, a name defined twice, a name that nothing defines, a loss that does not exist.

    >>> from_steps(["f = d*z", "d = x + y"]).steps[0].target
    'd'
    """
    formulas: dict[str, Expr] = {}
    for number, (target, expr) in enumerate(read_steps(lines, known=leaves or (), own=own), 1):
        where = f"step {number}"
        if target in formulas:
            raise GraphError(f"{target} is defined twice", where=where, hint="give the second one another name")
        if leaves is not None and target in leaves:
            raise GraphError(
                f"{target} is computed here and given as a value too", where=where, hint="remove one of the two"
            )
        formulas[target] = expr
    with pause_collection():
        return assemble(formulas, loss=loss, leaves=leaves, parameters=parameters, kinds=kinds)


def assemble(
    formulas: Mapping[str, Expr],
    *,
    loss: str = "",
    leaves: Collection[str] | None = None,
    parameters: Sequence[str] = (),
    kinds: Mapping[str, Quantity] | None = None,
    rule: Callable[[Expr], str] = rule_of,
) -> Graph:
    """A graph from formulas by target; see `from_steps`.  ``rule`` names the rule of a formula."""
    if not formulas:
        raise GraphError("a graph without steps", hint="write at least one step, such as f = x*y")
    used: dict[str, None] = {}
    for target, expr in formulas.items():
        for name in names(expr):
            if name in formulas:
                continue
            if leaves is not None and name not in leaves:
                raise GraphError(
                    f"{target} uses {name}, which nothing defines",
                    where=f"step {target}",
                    hint=hint_near(name, [*formulas, *leaves]) or f"give {name} a value or a step of its own",
                )
            used[name] = None
    order = sort_formulas(formulas)
    loss = loss or list(formulas)[-1]
    if loss not in formulas:
        raise GraphError(f"there is no step {loss} to differentiate", hint=hint_near(loss, formulas))
    known = kinds or {}
    for name in parameters:
        if name not in used:
            raise GraphError(f"the parameter {name} is used in no step", hint=hint_near(name, used))
    described = {name: known.get(name) or Quantity(name, _kind(name, parameters)) for name in used}
    chosen = set(parameters) or {name for name, quantity in described.items() if quantity.kind in ("weight", "bias")}
    return Graph(
        steps=tuple(Step(target, formulas[target], rule(formulas[target])) for target in order),
        inputs=tuple(quantity for name, quantity in described.items() if name not in chosen),
        parameters=tuple(described[name] for name in (parameters or described) if name in chosen),
        loss=loss,
        nodes=tuple(known.get(t) or Quantity(t, "loss" if t == loss else "node") for t in order),
    )


def _kind(name: str, parameters: Sequence[str]) -> Kind:
    if name not in parameters:
        return "input"
    return "bias" if name.startswith("b") else "weight"


def sort_formulas(formulas: Mapping[str, Expr]) -> list[str]:
    """The targets so that each comes after what it uses; the written order wherever it will do.

    Raises `GraphError` for a circle.

    >>> from tutor.expression.parse import parse
    >>> sort_formulas({"f": parse("d*z"), "d": parse("x + y")})
    ['d', 'f']
    """
    needs = {target: [name for name in names(expr) if name in formulas] for target, expr in formulas.items()}
    order: list[str] = []
    state: dict[str, int] = {}
    for start in formulas:
        stack = [(start, 0)]
        while stack:
            target, place = stack.pop()
            if place == 0:
                if state.get(target) == 2:
                    continue
                state[target] = 1
            rest = needs[target]
            while place < len(rest) and state.get(rest[place]) == 2:
                place += 1
            if place == len(rest):
                state[target] = 2
                order.append(target)
                continue
            following = rest[place]
            if state.get(following) == 1:
                trail = [name for name, _ in stack] + [target]
                cycle = [*trail[trail.index(following) :], following]
                shown = cycle if len(cycle) <= 8 else [*cycle[:4], "…", *cycle[-3:]]
                raise GraphError(
                    f"the steps go in a circle: {' needs '.join(shown)}",
                    hint="a step may only use what is computed before it",
                )
            stack.append((target, place + 1))
            stack.append((following, 0))
    return order
