"""Second derivatives: the backward pass is a computation too, so it is differentiated like any other.

The Hessian H of Newton's method has the entries H_ij = ∂²L/∂w_i∂w_j.  Each row is one more reverse pass, over the steps of the forward
and the backward pass together; no formula is ever expanded.
"""

from __future__ import annotations

from dataclasses import replace

from tutor.derive.backward import derive
from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ZERO, Expr, Name, Partial, children, rebuild
from tutor.graph.nouns import Derivation, Step

MAX_PARAMETERS = 40
"""A Hessian of more parameters is refused: its entries grow with the square, the work to solve with it with the cube."""


def hessian_name(loss: str, first: str, second: str) -> str:
    """What an entry of the Hessian is called among the steps.

    >>> hessian_name("L", "w", "b")
    'ddL/dw/db'
    """
    return derivative_key(derivative_key(loss, first), second)


def name_derivatives(expr: Expr) -> Expr:
    """The expression with every derivative replaced by the step that computes it."""
    if isinstance(expr, Partial):
        return Name(derivative_key(expr.of, expr.wrt))
    parts = children(expr)
    return rebuild(expr, tuple(name_derivatives(part) for part in parts)) if parts else expr


def hessian(derivation: Derivation, parameters: tuple[str, ...]) -> tuple[Step, ...]:
    """The steps that compute every entry of the Hessian; run them after the forward and the backward pass.

    Entries are those of the upper triangle (``ddL/dw/db`` for w before b); H is symmetric.  Steps in between are called
    ``d(dL/dw)/dz``.

    Raises `GraphError` for more than `MAX_PARAMETERS` parameters.

    >>> from tutor.graph.build import from_steps
    >>> steps = hessian(derive(from_steps(["L = (w*x - y)^2"])), ("w",))
    >>> steps[-1].target
    'ddL/dw/dw'
    """
    if len(parameters) > MAX_PARAMETERS:
        raise GraphError(
            f"a Hessian of {len(parameters)} parameters",
            hint=f"Newton's method takes up to {MAX_PARAMETERS}; use adam or gd",
        )
    graph, loss = derivation.graph, derivation.graph.loss
    passes = (*graph.steps, *(Step(step.target, name_derivatives(step.expr), step.rule) for step in derivation.backward))
    found: list[Step] = []
    for place, name in enumerate(parameters):
        gradient = derivative_key(loss, name)
        second = derive(replace(graph, steps=_keep_until(passes, gradient), loss=gradient, nodes=()))
        for step in _list_needed(second, parameters[place:]):
            found.append(Step(_bracket_key(gradient, step.wrt), _bracket_derivatives(step.expr, gradient), step.rule))
        made = {step.target for step in found}
        for other in parameters[place:]:
            key = _bracket_key(gradient, other)
            entry: Expr = Name(key) if key in made else ZERO  # a gradient that does not use a parameter at all
            found.append(Step(hessian_name(loss, name, other), entry, "second derivative"))
    return tuple(found)


def _keep_until(steps: tuple[Step, ...], target: str) -> tuple[Step, ...]:
    """The steps that a target is computed from."""
    by_name = {step.target: step for step in steps}
    needed: set[str] = set()
    stack = [target]
    while stack:
        name = stack.pop()
        if name in needed or name not in by_name:
            continue
        needed.add(name)
        inner = [by_name[name].expr]
        while inner:
            node = inner.pop()
            if isinstance(node, Name):
                stack.append(node.name)
            inner.extend(children(node))
    return tuple(step for step in steps if step.target in needed)


def _list_needed(second: Derivation, wanted: tuple[str, ...]) -> list[Step]:
    """The backward steps that the wanted entries are computed from, in order."""
    loss = second.graph.loss
    by_name = {step.target: step for step in second.backward}
    needed: set[str] = set()
    stack = [derivative_key(loss, name) for name in wanted]
    while stack:
        target = stack.pop()
        if target not in needed and target in by_name:
            needed.add(target)
            stack.extend(derivative_key(loss, path.factors[0].wrt) for path in by_name[target].paths)
    return [step for step in second.backward if step.target in needed]


def _bracket_key(gradient: str, wrt: str) -> str:
    return derivative_key(f"({gradient})", wrt)


def _bracket_derivatives(expr: Expr, gradient: str) -> Expr:
    """Names for the derivatives of a gradient that no other step has: ddL/dw/dz would be both d(dL/dw)/dz and an entry."""
    if isinstance(expr, Partial) and expr.of == gradient:
        return Name(_bracket_key(gradient, expr.wrt))
    parts = children(expr)
    return rebuild(expr, tuple(_bracket_derivatives(part, gradient) for part in parts)) if parts else expr
