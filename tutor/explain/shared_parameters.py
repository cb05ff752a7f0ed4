"""Parameters that several steps use: a solution says that these share them, since nobody sees it from the letters alone."""

from __future__ import annotations

from collections.abc import Collection

from tutor.explain.graph_picture import tell_weights
from tutor.expression.walk import names
from tutor.graph.nouns import Derivation

Shared = dict[tuple[str, ...], list[str]]
"""The parameters that the same steps use, by these steps."""


def list_shared(derivation: Derivation, wanted: Collection[str]) -> Shared:
    """The wanted parameters whose gradient comes back from several steps.

    >>> from tutor.derive.backward import derive
    >>> from tutor.graph.build import from_steps
    >>> derivation = derive(from_steps(["h = w*x", "y = w*h + v*x", "L = y^2"], parameters=["w", "v"]))
    >>> list_shared(derivation, ["w", "v"]), list_shared(derivation, ["v", "x"])
    ({('h', 'y'): ['w']}, {})
    """
    graph = derivation.graph
    told = {quantity.name for quantity in graph.leaves if quantity in graph.parameters or quantity.kind in ("weight", "bias")}
    parameters = told or set(tell_weights(graph))
    leading = {graph.loss}
    for step in reversed(graph.steps):
        leading.update(names(step.expr) if step.target in leading else ())
    order = {step.target: place for place, step in enumerate(graph.steps)}
    found: Shared = {}
    for step in derivation.backward:
        if step.wrt in wanted and step.wrt in parameters:
            places = sorted({path.factors[-1].of for path in step.paths} & leading, key=order.__getitem__)
            if len(places) > 1:
                found.setdefault(tuple(places), []).append(step.wrt)
    return {places: sorted(some, key=graph.names.index) for places, some in sorted(found.items(), key=lambda one: order[one[0][0]])}
