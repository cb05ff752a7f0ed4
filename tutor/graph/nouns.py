"""The nouns that everything else reads: quantities, factors, paths, steps, graphs.  All frozen, compared by value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tutor.expression.nodes import Expr
from tutor.expression.own_functions import list_own
from tutor.rules.functions import Ties

if TYPE_CHECKING:
    from tutor.graph.layered import Layered
    from tutor.graph.network import Network

Sort = Literal["forward", "local", "gradient", "update"]
Kind = Literal["input", "weight", "bias", "target", "constant", "sum", "activation", "loss", "node", "adjoint"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named number of a computation, or in layer form a named array.

    ``shape`` is () for a number, (4,) for a vector, (2, 3) for a matrix; a letter is a size that is left open.

    ``index`` is its place in a network, from which a notation makes its symbol: (layer, neuron) for a neuron's quantities,
    (layer, to, from, running number) for a weight, (layer, neuron) or (layer,) for a bias; empty when it has none.

    ``time`` are the places of one quantity of a family, ``("2",)`` for the h_2 of h[t], which its name ends in; empty when it has none.
    """

    name: str
    kind: Kind = "node"
    shape: tuple[int | str, ...] = ()
    index: tuple[int, ...] = ()
    time: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """One derivative ∂of/∂wrt with its expression, which refers to other quantities by name."""

    of: str
    wrt: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Path:
    """One route from the loss to a quantity: its factors in teaching order, the upstream one first, the local one last."""

    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """*target = expr, because rule*: the one noun of which forward passes, backward passes, workings and updates are lists.

    ``of`` and ``wrt`` say which derivative a local or a gradient step is; an update step moves the parameter ``wrt`` of the loss ``of``.
    A gradient has one path for each quantity that uses the target.  ``after`` counts the updates made before.
    """

    target: str
    expr: Expr
    rule: str
    paths: tuple[Path, ...] = ()
    sort: Sort = "forward"
    of: str = ""
    wrt: str = ""
    after: int = 0

    @property
    def terms(self) -> tuple[tuple[Expr, Expr], ...]:
        """The summands of a gradient, one a path, each (upstream, local)."""
        return tuple((path.factors[0].expr, path.factors[-1].expr) for path in self.paths)


@dataclass(frozen=True, slots=True)
class Graph:
    """A computation: steps in evaluation order, the leaves they start from, and the quantity to differentiate.

    ``parameters`` are the leaves that training changes; ``inputs`` are all others.  ``nodes`` describes the targets of the steps.
    ``whole`` is the network or the graph over layers that it was written out from, if it was: what is compiled goes over whole layers
    then.  A graph that was changed since may still carry it: who uses it writes it out once more and compares.
    ``ties`` is who gets the derivative of a maximum of equal operands.
    ``cuts`` are uses through which no gradient flows back, (step, what it uses): there that counts as a constant, as after PyTorch's
    ``detach``.
    """

    steps: tuple[Step, ...]
    inputs: tuple[Quantity, ...]
    parameters: tuple[Quantity, ...]
    loss: str
    nodes: tuple[Quantity, ...] = ()
    whole: Network | Layered | None = field(default=None, compare=False, repr=False)
    ties: Ties = "shared"
    cuts: tuple[tuple[str, str], ...] = ()

    @property
    def leaves(self) -> tuple[Quantity, ...]:
        """The quantities that no step computes."""
        return self.inputs + self.parameters

    @property
    def own_functions(self) -> tuple[str, ...]:
        """The exercise's own functions that the steps use (`tutor.expression.own_functions`)."""
        return list_own(step.expr for step in self.steps)

    @property
    def names(self) -> tuple[str, ...]:
        """Every quantity's name: leaves first, then the steps' targets in evaluation order."""
        return tuple(q.name for q in self.leaves) + tuple(step.target for step in self.steps)


@dataclass(frozen=True, slots=True)
class Derivation:
    """A graph with its backward pass: one `Step` for the derivative of the loss with respect to every quantity.

    A backward step's target is called ``dL/dw5``; its paths are (upstream, local), one for each use of the quantity.
    """

    graph: Graph
    backward: tuple[Step, ...]
    wanted: tuple[str, ...] = ()
