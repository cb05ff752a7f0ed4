"""The full chain: a gradient written out factor by factor, along every path from the loss.

The backward pass keeps what a step needs (upstream gradient, local derivative); this module follows the upstream gradients back
to the loss, so that ∂L/∂w5 = ∂L/∂out_o1 · ∂out_o1/∂in_o1 · ∂in_o1/∂w5 stands there as lectures print it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tutor.derive.local import times
from tutor.expression.nodes import ONE, Expr, Mul, Partial, children, rebuild
from tutor.expression.walk import find_partials, names
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step

MAX_PATHS = 8
MAX_FACTORS = 16


def gradients(derivation: Derivation) -> dict[str, Step]:
    """The backward steps by the quantity that they differentiate with respect to."""
    return {step.wrt: step for step in derivation.backward}


def count_routes(derivation: Derivation) -> dict[str, int]:
    """How many paths lead from the loss to each quantity."""
    routes: dict[str, int] = {derivation.graph.loss: 1}
    for wrt, step in gradients(derivation).items():
        routes.setdefault(wrt, sum(routes[path.factors[0].wrt] for path in step.paths))
    return routes


def list_full_chains(
    derivation: Derivation,
    wrt: str,
    *,
    steps: Mapping[str, Step] | None = None,
    routes: Mapping[str, int] | None = None,
) -> tuple[Path, ...] | None:
    """Every path from the loss to a quantity, each with all its factors; nothing where they are too many or too long to read.

    A leading factor that is 1 (∂L/∂L_o1, where L is a sum of parts) is drawn into the next one, as lectures do, where that one's
    quantity has no other path to the loss; without parameters not into another 1, a step of a sum that is traced like any other.
    """
    steps = steps or gradients(derivation)
    routes = routes or count_routes(derivation)
    if not 0 < routes.get(wrt, 0) <= MAX_PATHS or wrt == derivation.graph.loss:
        return None
    loss = derivation.graph.loss
    done: list[Path] = []
    stack: list[tuple[str, tuple[Factor, ...]]] = [(wrt, ())]
    while stack:
        name, tail = stack.pop()
        if name == loss:
            done.append(Path(_draw_together(tail, routes, ones=bool(derivation.graph.parameters))))
            continue
        if len(tail) >= MAX_FACTORS:
            return None
        for path in reversed(steps[name].paths):
            local = path.factors[1]
            stack.append((path.factors[0].wrt, (local, *tail)))
    return tuple(done)


def _draw_together(factors: tuple[Factor, ...], routes: Mapping[str, int], *, ones: bool) -> tuple[Factor, ...]:
    while len(factors) > 1 and factors[0].expr == ONE and routes[factors[1].wrt] == 1 and (ones or factors[1].expr != ONE):
        factors = (Factor(factors[0].of, factors[1].wrt, factors[1].expr), *factors[2:])
    return factors


def list_ways_around(graph: Graph) -> dict[tuple[str, str], str]:
    """The edges whose quantity also reaches the step on another way, each with the next input on it: ∂h₂/∂w of h₂ = w·h₁, h₁ = w·x.

    There the local derivative is not the whole one.

    >>> from tutor.graph.build import from_steps
    >>> list_ways_around(from_steps(["h = w*x", "y = w*h", "L = y^2"]))
    {('y', 'w'): 'h'}
    """
    behind: dict[str, set[str]] = {}
    found: dict[tuple[str, str], str] = {}
    for step in graph.steps:
        inputs = names(step.expr)
        behind[step.target] = set(inputs).union(*(behind.get(name, ()) for name in inputs))
        for wrt in inputs:
            other = next((name for name in inputs if name != wrt and wrt in behind.get(name, ())), "")
            if other:
                found[step.target, wrt] = other
    return found


def sort_factors(factors: Iterable[Factor], graph: Graph) -> list[Factor]:
    """Local derivatives, each once, in the order of the graph: from the loss back, step by step, and in a step as its formula has them.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.graph.build import from_steps
    >>> graph = from_steps(["a = x*w", "b = a + x", "L = a*b"])
    >>> pairs = [("a", "x"), ("L", "a"), ("b", "x"), ("b", "a"), ("L", "b"), ("a", "x")]
    >>> [(f.of, f.wrt) for f in sort_factors([Factor(of, wrt, ONE) for of, wrt in pairs], graph)]
    [('L', 'a'), ('L', 'b'), ('b', 'a'), ('b', 'x'), ('a', 'x')]

    What is drawn together with a leading 1 is one edge: of L = B + L3, B = L1 + L2 the three samples stand in their order.
    """
    listed = {(factor.of, factor.wrt): factor for factor in factors}
    below: dict[str, list[str]] = {}
    for of, wrt in listed:
        below.setdefault(of, []).append(wrt)
    depth = {graph.loss: 0}
    places: dict[tuple[str, str], int] = {}
    for step in reversed(graph.steps):
        for place, name in enumerate(names(step.expr)):
            places[step.target, name] = place
        for name in below.get(step.target, ()):
            depth[name] = max(depth.get(name, 0), depth.get(step.target, 0) + 1)
    made = {name: place for place, name in enumerate(graph.names)}

    def rank(factor: Factor) -> tuple[int, int, int]:
        return depth.get(factor.of, 0), made[factor.of], places.get((factor.of, factor.wrt), made[factor.wrt])

    return sorted(listed.values(), key=rank)


def stop_chain(derivation: Derivation, wrt: str, kept: Collection[Partial]) -> Expr | None:
    """A gradient followed back as far as derivatives that are ``kept``, as a formula of these; nothing where it meets none of them.

    So a slip in (w δ²)·σ(z¹) is put right as (w δ²)·σ′(z¹), in the derivatives that were printed, not from the loss on.
    """
    loss = derivation.graph.loss
    written: dict[Expr, Expr] = {}
    meets: dict[Expr, bool] = {}
    for name, step in gradients(derivation).items():
        own = Partial(loss, name)
        used = [part for part in find_partials(step.expr) if part.of == loss]
        meets[own] = any(part in kept or meets.get(part, False) for part in used)
        open_: dict[Expr, Expr] = {part: written[part] for part in used if part not in kept and part in written and meets[part]}
        written[own] = _replace_partials(step.expr, open_) if open_ else step.expr
        if name == wrt:
            return written[own] if meets[own] else None
    return None


def _replace_partials(expr: Expr, table: Mapping[Expr, Expr]) -> Expr:
    if type(expr) is Partial:
        return table.get(expr, expr)
    parts = tuple(_replace_partials(part, table) for part in children(expr))
    return times(*parts) if type(expr) is Mul else rebuild(expr, parts) if parts else expr
