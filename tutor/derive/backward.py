"""The backward pass: reverse mode over a graph, every gradient with its paths and factors.

One loop over the steps from last to first, no recursion, no search: the time is linear in the number of edges.  What differs between a
graph of numbers and one of arrays, and between a derivation and the working of a student, is a *pull rule*: how a gradient goes through
a step, and how a gradient is written when all its uses are known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from tutor.derive.layerwise import ArrayPull
from tutor.derive.local import local_derivatives
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Mul, Name, Neg, Partial
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step
from tutor.graph.pause_collector import pause_collection

Use = TypeVar("Use")


class Pull(Protocol[Use]):
    """How gradients go through steps.  A *use* is what one step that uses a quantity adds to its gradient, in the rule's own form."""

    def pull_through(self, step: Step, gradient: Step) -> Iterable[tuple[str, Use]]:
        """What a step whose target has this gradient adds to each quantity that it uses."""

    def write_gradient(self, wrt: str, uses: Sequence[Use]) -> Step:
        """The step of ∂loss/∂wrt, from its uses in evaluation order."""


def reverse(graph: Graph, pull: Pull[Use]) -> list[Step]:
    """The gradients of a graph's loss with respect to every quantity, by one loop and a pull rule, in teaching order.

    By their distance from the loss, the leaves of a layer (its weights) before the nodes of the next, else as in the graph.
    """
    loss = graph.loss
    uses: dict[str, list[Use]] = {name: [] for name in graph.names}
    depth = dict.fromkeys(uses, 0)
    backward = []
    cuts = frozenset(graph.cuts)
    for step in reversed(graph.steps):
        target = step.target
        gradient = pull.write_gradient(target, uses[target][::-1])
        backward.append(gradient)
        if uses[target] or target == loss:
            below = depth[target] + 1
            for wrt, use in pull.pull_through(step, gradient):
                if cuts and (target, wrt) in cuts:
                    continue
                uses[wrt].append(use)
                if depth[wrt] < below:
                    depth[wrt] = below
    leaves = [quantity.name for quantity in graph.leaves]
    backward.extend([pull.write_gradient(name, uses[name][::-1]) for name in leaves])
    places = {name: place for place, name in enumerate(graph.names)}
    count = len(leaves)  # the leaves are the first names
    keys = [(depth[step.wrt], places[step.wrt] >= count, places[step.wrt]) for step in backward]
    return [backward[place] for place in sorted(range(len(keys)), key=keys.__getitem__)]


def derive(graph: Graph, *, wanted: tuple[str, ...] = ()) -> Derivation:
    """Derive ∂loss/∂q for *every* quantity q of a graph, of numbers or of arrays.

    The backward steps stand in teaching order, which is also one in which they can be computed.  Each has one `Path` for each use of its
    quantity, in evaluation order, with two factors (upstream, local); its expression is the sum over the paths of their product, written
    with what is already computed: ∂L/∂w5 = ∂L/∂in_o1 · out_h1.  A quantity that the loss does not depend on has gradient 0 and no path.
    Over arrays the second factor is what this use adds, a matrix expression with the upstream gradient in it
    (``matmul(transpose(W2), dL/dz2)``), since the derivative of an operation on arrays is only ever applied to it.

    Source: reverse-mode differentiation as in every one of the lectures ("derivatives for all nodes", graz); over arrays qmul,
    δ^l = W^{l+1} δ^{l+1} ⊙ σ'(z^l), ∂E/∂w^l = x^{l−1} (δ^l)^T.

    >>> from tutor.graph.build import from_steps
    >>> [step.target for step in derive(from_steps(["d = x + y", "f = d*z"])).backward]
    ['df/df', 'df/dz', 'df/dd', 'df/dx', 'df/dy']
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> small = from_layers(["z = W x", "a = sigmoid(z)", "L = sum(a)"], {"W": (2, 3), "x": (3,)}).graph
    >>> [(step.target, write_plain(step.expr)) for step in derive(small).backward][1:3]
    [('dL/da', 'fill(1, 2)'), ('dL/dz', "sigmoid'(z)")]
    """
    for known in _LATEST:
        if known.graph is graph:
            return replace(known, wanted=wanted)
    with pause_collection():
        over_arrays = any(quantity.shape for quantity in (*graph.leaves, *graph.nodes))
        backward = reverse(graph, ArrayPull(graph)) if over_arrays else reverse(graph, NumberPull(graph))
        derivation = Derivation(graph, tuple(backward), wanted)
    _LATEST.append(derivation)
    return derivation


_LATEST: deque[Derivation] = deque(maxlen=4)
"""What was derived last: a page, its proofs and its rewrites ask for the same graph several times."""


class NumberPull:
    """The pull rule for numbers: upstream gradient times local derivative.  A use is (upstream factor, local derivative)."""

    def __init__(self, graph: Graph) -> None:
        self.loss, self.ties = graph.loss, graph.ties
        self.named: dict[Expr, str] = {step.expr: step.target for step in graph.steps if type(step.expr) is Call}
        self.units = {graph.loss}

    def pull_through(self, step: Step, gradient: Step) -> list[tuple[str, tuple[Factor, Expr]]]:
        """The local derivatives of a step, each behind the upstream gradient."""
        if gradient.expr == ONE:
            self.units.add(step.target)
        upstream = Factor(self.loss, step.target, Partial(self.loss, step.target))
        return [(wrt, (upstream, local)) for wrt, local in local_derivatives(step.target, step.expr, self.named, self.ties)[1]]

    def write_gradient(self, wrt: str, uses: Sequence[tuple[Factor, Expr]]) -> Step:
        """The sum over the uses of upstream times local."""
        loss = self.loss
        target = derivative_key(loss, wrt)
        if wrt == loss:
            return Step(target, ONE, "start", (), "gradient", loss, wrt)
        if len(uses) == 1:
            upstream, local = uses[0]
            path = Path((upstream, Factor(upstream.wrt, wrt, local)))
            return Step(target, self.multiply(upstream, local), "chain rule", (path,), "gradient", loss, wrt)
        if not uses:
            return Step(target, ZERO, "no path", (), "gradient", loss, wrt)
        paths = tuple([Path((up, Factor(up.wrt, wrt, local))) for up, local in uses])
        total = Add(tuple([self.multiply(up, local) for up, local in uses]))
        return Step(target, total, "sum over paths", paths, "gradient", loss, wrt)

    def multiply(self, upstream: Factor, local: Expr) -> Expr:
        """Upstream gradient times local derivative; a factor of 1 is not written."""
        if upstream.wrt in self.units:
            return local
        kind = type(local)
        if kind is Name:
            return Mul((upstream.expr, local))
        if local == ONE:
            return upstream.expr
        if kind is Neg:
            return Neg(self.multiply(upstream, local.arg))  # type: ignore[union-attr]
        if kind is Mul:
            return Mul((upstream.expr, *local.args))  # type: ignore[union-attr]
        return Mul((upstream.expr, local))
