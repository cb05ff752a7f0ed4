"""The backward pass: reverse mode over a graph, every gradient with its paths and factors.

One loop over the steps from last to first, no recursion, no search: the time is linear in the number of edges.
"""

from __future__ import annotations

from tutor.derive.local import local_derivatives
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Expr, Mul, Name, Neg, Number, Partial
from tutor.graph.collector import without_collection
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step


def derive(graph: Graph, *, wanted: tuple[str, ...] = ()) -> Derivation:
    """Derive ∂loss/∂q for *every* quantity q of a graph.

    The backward steps stand in teaching order, which is also one in which they can be computed: by their distance from the loss,
    the leaves of a layer (its weights) before the nodes of the next.  Each has one `Path` for each use of its quantity, in
    evaluation order, with the two factors (upstream, local); its expression is the sum over the paths of their product, written
    with what is already computed: ∂L/∂w5 = ∂L/∂in_o1 · out_h1.  A quantity that the loss does not depend on has gradient 0 and no path.

    Source: reverse-mode differentiation as in every one of the lectures ("derivatives for all nodes", graz).

    >>> from tutor.graph.build import from_steps
    >>> [step.target for step in derive(from_steps(["d = x + y", "f = d*z"])).backward]
    ['df/df', 'df/dz', 'df/dd', 'df/dx', 'df/dy']
    """
    with without_collection():
        return Derivation(graph, tuple(_backward(graph)), wanted)


def _backward(graph: Graph) -> list[Step]:
    loss = graph.loss
    named: dict[Expr, str] = {step.expr: step.target for step in graph.steps if type(step.expr) is Call}
    local = [local_derivatives(step.target, step.expr, named)[1] for step in graph.steps]
    waiting = dict.fromkeys((quantity.name for quantity in graph.leaves), 0)
    for parts in local:
        for wrt, _ in parts:
            if wrt in waiting:
                waiting[wrt] += 1
    uses: dict[str, list[tuple[Factor, Expr]]] = {name: [] for name in graph.names}
    depth = dict.fromkeys(graph.names, 0)
    units = {loss}
    backward = [_gradient(loss, name, [], units) for name, count in waiting.items() if not count]  # in no step at all
    for step, parts in zip(reversed(graph.steps), reversed(local), strict=True):
        target = step.target
        routes = uses[target]
        gradient = _gradient(loss, target, routes, units)
        backward.append(gradient)
        if gradient.expr == ONE:
            units.add(target)
        if routes or target == loss:
            upstream = Factor(loss, target, Partial(loss, target))
            below = depth[target] + 1
            for wrt, expr in parts:
                uses[wrt].append((upstream, expr))
                if depth[wrt] < below:
                    depth[wrt] = below
        for wrt, _ in parts:
            left = waiting.get(wrt)
            if left is not None:
                waiting[wrt] = left - 1
                if left == 1:
                    backward.append(_gradient(loss, wrt, uses[wrt], units))
    places = {name: place for place, name in enumerate(graph.names)}
    prefix = len(f"d{loss}/d")
    keys = [(depth[name := step.target[prefix:]], name not in waiting, places[name]) for step in backward]
    return [backward[place] for place in sorted(range(len(keys)), key=keys.__getitem__)]


def _gradient(loss: str, wrt: str, routes: list[tuple[Factor, Expr]], units: set[str]) -> Step:
    target = derivative_key(loss, wrt)
    if wrt == loss:
        return Step(target, ONE, "start")
    if len(routes) == 1:
        upstream, local = routes[0]
        path = Path((upstream, Factor(upstream.wrt, wrt, local)))
        return Step(target, _reuse(upstream, local, units), "chain rule", (path,))
    if not routes:
        return Step(target, Number("0"), "no path")
    routes.reverse()
    paths = tuple([Path((up, Factor(up.wrt, wrt, local))) for up, local in routes])
    return Step(target, Add(tuple([_reuse(up, local, units) for up, local in routes])), "sum over paths", paths)


def _reuse(upstream: Factor, local: Expr, units: set[str]) -> Expr:
    """Upstream gradient times local derivative; a factor of 1 is not written."""
    if upstream.wrt in units:
        return local
    kind = type(local)
    if kind is Name:
        return Mul((upstream.expr, local))
    if local == ONE:
        return upstream.expr
    if kind is Neg:
        return Neg(_reuse(upstream, local.arg, units))  # type: ignore[union-attr]
    if kind is Mul:
        return Mul((upstream.expr, *local.args))  # type: ignore[union-attr]
    return Mul((upstream.expr, local))
