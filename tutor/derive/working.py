"""A computation as a student works it: forward values, local derivatives, gradients, updates, each a step of its own.

`tutor.derive.backward` writes ∂L/∂z = ∂L/∂a · a(1 − a); here a(1 − a) is a step too, ``da/dz``, and the gradient refers to it by
name.  So an answer to any of them can be put in its place and what follows be run again (follow-through), and one of them can be
bent (a slip).

Names: ``w5`` and ``out_h1`` as in the graph; ``dL/dw5`` a derivative; ``w5@1`` after one update, ``out_h1@1`` and ``dL/dw5@1`` the
computation with the parameters after it.  Where ∂c/∂x along one edge is not the whole derivative, because x reaches c on other ways
too, the edge alone is called ``c|x``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tutor.derive.backward import reverse
from tutor.derive.local import local_derivatives
from tutor.derive.update import naming, update
from tutor.expression.keys import derivative_key, edge_key, make_after_key, read_after, read_derivative, read_edge
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Mul, Name, Number, Partial, children, rebuild
from tutor.expression.walk import name_edges, substitute
from tutor.expression.walk import names as names_of
from tutor.graph.nouns import Factor, Graph, Path, Step
from tutor.rules.optimisers import DESCENT, Optimiser, optimiser


@dataclass(frozen=True, slots=True)
class Working:
    """All steps in an order in which they can be computed; ``uses`` are the names that each refers to.

    Local derivatives and gradients have their ``of`` and ``wrt``, an update step moves ``wrt``; ``terms`` are the summands of a gradient.

    ``extra`` are the quantities that an optimiser needs besides the graph's leaves (its states), with the values that they start from.
    """

    graph: Graph
    steps: tuple[Step, ...]
    by_name: Mapping[str, Step] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rate: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def cone(self, targets: Iterable[str]) -> frozenset[str]:
        """Everything that these quantities are computed from, themselves included."""
        found: set[str] = set()
        stack = list(targets)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(self.uses.get(name, ()))
        return frozenset(found)


def list_referred(expr: Expr) -> tuple[str, ...]:
    """The names of quantities and derivatives that a formula uses.

    >>> from tutor.expression.parse import parse
    >>> list_referred(parse("dL/da*x", names=("L", "a", "x")))
    ('x', 'dL/da')
    """
    partials: dict[str, None] = {}
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Partial:
            partials[derivative_key(node.of, node.wrt)] = None
        stack.extend(reversed(children(node)))
    return (*names_of(expr), *partials)


def working(
    graph: Graph, *, of: Sequence[str] = (), updates: int = 0, method: str = DESCENT, rate: str = "eta",
    parameters: Sequence[str] = (),
) -> Working:  # fmt: skip
    """The working of a graph: of its loss and of every quantity in ``of``, and of ``updates`` steps of an optimiser.

    >>> from tutor.graph.build import from_steps
    >>> [step.target for step in working(from_steps(["d = x + y", "f = d*z"])).steps]
    ['d', 'f', 'dd/dx', 'dd/dy', 'df/dd', 'df/dz', 'df/dy', 'df/dx']
    """
    maker = _Maker(graph)
    steps = [*graph.steps, *maker.local_steps()]
    for loss in dict.fromkeys((graph.loss, *of)):
        steps += maker.gradients(loss, {step.target for step in steps})
    extra: dict[str, str] = {}
    trained = tuple(parameters) or tuple(quantity.name for quantity in graph.parameters)
    if updates and trained:
        maker_of_updates = _Updates(graph, steps, trained, optimiser(method), rate)
        steps += maker_of_updates.steps(updates)
        rate, extra = maker_of_updates.names.rate, dict.fromkeys(maker_of_updates.states, "0")
    return Working(
        graph, tuple(steps), {step.target: step for step in steps}, {step.target: list_referred(step.expr) for step in steps},
        rate, extra,
    )  # fmt: skip


class _Maker:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        named: dict[Expr, str] = {step.expr: step.target for step in graph.steps if type(step.expr) is Call}
        cuts = frozenset(graph.cuts)
        self.locals = {
            step.target: [
                (wrt, local)
                for wrt, local in local_derivatives(step.target, step.expr, named, graph.ties)[1] if (step.target, wrt) not in cuts
            ]
            for step in graph.steps
        }
        self.rules = {step.target: step.rule for step in graph.steps}
        self.place = {name: place for place, name in enumerate(graph.names)}
        self.whole = {target: self._list_sole_edges(target) for target in self.locals}

    def _list_sole_edges(self, target: str) -> frozenset[str]:
        """The quantities whose edge to ``target`` is their only way there."""
        own = [wrt for wrt, _ in self.locals[target]]
        reached: set[str] = set()
        stack = [below for name in own for below, _ in self.locals.get(name, ())]
        while stack:
            name = stack.pop()
            if name not in reached:
                reached.add(name)
                stack.extend(below for below, _ in self.locals.get(name, ()))
        return frozenset(name for name in own if name not in reached)

    def edge(self, target: str, wrt: str) -> Expr:
        """The derivative along one edge, by its name."""
        return Partial(target, wrt) if wrt in self.whole[target] else Name(edge_key(target, wrt))

    def local(self, target: str, wrt: str, expr: Expr) -> Step:
        key = derivative_key(target, wrt) if wrt in self.whole[target] else edge_key(target, wrt)
        return Step(key, expr, self.rules[target], (), "local", target, wrt)

    def local_steps(self) -> list[Step]:
        """The derivatives along all edges but those to the loss: ∂L/∂a of the loss itself is a gradient step."""
        return [
            self.local(target, wrt, expr)
            for target, parts in self.locals.items() if target != self.graph.loss for wrt, expr in parts
        ]  # fmt: skip

    def gradients(self, loss: str, known: set[str]) -> list[Step]:
        """The derivatives of one quantity with respect to all that it is computed from, the last computed first."""
        main = loss == self.graph.loss
        found = []
        if main:
            top = self.locals.get(loss, [])
            found = [self.local(loss, wrt, expr) for wrt, expr in top if wrt not in self.whole[loss]]
        trained = {quantity.name for quantity in self.graph.parameters} if main else set()
        steps = reverse(replace(self.graph, loss=loss), _NamedPull(self, loss))
        steps.sort(key=lambda step: -self.place[step.wrt])
        for step in steps:
            reached = step.rule != "no path"
            if step.wrt != loss and (step.wrt in trained if not reached else step.target not in known):
                found.append(step)
        return found


class _NamedPull:
    """The pull rule of a working: local derivatives are steps of their own, and a gradient refers to them by name."""

    def __init__(self, maker: _Maker, loss: str) -> None:
        self.maker, self.loss = maker, loss
        self.edges = dict(maker.locals.get(loss, ())) if loss == maker.graph.loss else {}

    def pull_through(self, step: Step, gradient: Step) -> list[tuple[str, tuple[str, Expr]]]:
        target = step.target
        return [(wrt, (target, self.maker.edge(target, wrt))) for wrt, _ in self.maker.locals[target]]

    def write_gradient(self, wrt: str, uses: Sequence[tuple[str, Expr]]) -> Step:
        loss, target = self.loss, derivative_key(self.loss, wrt)
        if not uses:
            return Step(target, ZERO, "no path", (), "gradient", loss, wrt)
        if self.edges and [through for through, _ in uses] == [loss] and wrt in self.maker.whole[loss]:
            return Step(target, self.edges[wrt], self.maker.rules[loss], (), "gradient", loss, wrt)
        paths = tuple(
            Path((Factor(loss, through, ONE if through == loss else Partial(loss, through)), Factor(through, wrt, local)))
            for through, local in uses
        )
        terms = [(path.factors[0].expr, path.factors[1].expr) for path in paths]
        products = [local if upstream == ONE else Mul((upstream, local)) for upstream, local in terms]
        expr = products[0] if len(products) == 1 else Add(tuple(products))
        return Step(target, expr, "chain rule" if len(products) == 1 else "sum over paths", paths, "gradient", loss, wrt)


def write_printed(expr: Expr, target: str, formulas: Mapping[str, Expr]) -> Expr:
    """A step's formula as it is printed, with derivatives along one edge as ∂c/∂x, of which its reader finds out that they are meant.

    One that would be the step itself, ∂L/∂x in ∂L/∂x = ∂L/∂c·∂c/∂x + ∂L/∂x, is written out.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.build import from_steps
    >>> made = working(from_steps(["c = 3*x", "L = c*x"]))
    >>> step = made.by_name["dL/dx"]
    >>> write_plain(step.expr), write_plain(write_printed(step.expr, step.target, {one.target: one.expr for one in made.steps}))
    ('dL/dc*dc/dx + dL/dx', 'dL/dc*dc/dx + c')
    """
    own = read_derivative(target)
    if own is None:
        return expr
    return name_edges(substitute(expr, {key: formulas[key] for key in names_of(expr) if read_edge(key) == own and key in formulas}))


def rename_formula(expr: Expr, table: Mapping[str, str]) -> Expr:
    """A formula of the first run as one of a later run: quantities and derivatives under their names in ``table``."""
    if type(expr) is Name:
        return Name(table.get(expr.name, expr.name))
    if type(expr) is Partial:
        name = derivative_key(expr.of, expr.wrt)
        return Name(table[name]) if name in table else expr
    parts = children(expr)
    return rebuild(expr, tuple(rename_formula(part, table) for part in parts)) if parts else expr


class _Updates:
    """The update steps, and after each of them the computation once more."""

    def __init__(self, graph: Graph, first: Sequence[Step], trained: Sequence[str], row: Optimiser, letter: str) -> None:
        self.graph, self.trained, self.first = graph, trained, first
        self.names = naming(row, [*graph.names, *(step.target for step in first)], letter)
        self.moves = [(name, update(row, name, graph.loss, self.names)) for name in trained]
        self.states = [state for _, one in self.moves for state in one.states]
        self.counted = any(self.names.t in list_referred(step.expr) for _, one in self.moves for step in one.steps)
        self.again = [step for step in self.first if step.sort != "gradient" or step.of == graph.loss]

    def steps(self, count: int) -> list[Step]:
        found: list[Step] = []
        table: dict[str, str] = {}
        for k in range(1, count + 1):
            found += self.make_update(k, table)
            later, table = self.repeat_steps(k)
            found += later if k < count else [step for step in later if step.sort == "forward"]
        return found

    def make_update(self, k: int, table: Mapping[str, str]) -> list[Step]:
        """Update number k of every parameter; ``table`` names the run before it."""
        found = []
        if self.counted:
            found.append(Step(make_after_key(self.names.t, k), Number(str(k)), "count", (), "update", after=k))
        for parameter, one in self.moves:
            own = {**table, self.names.t: make_after_key(self.names.t, k)} if self.counted else dict(table)
            for step in one.steps:
                target = make_after_key(read_after(step.target).key, k)
                found.append(Step(target, rename_formula(step.expr, own), step.rule, (), "update", self.graph.loss, parameter, k))
                own[step.target] = target
        return found

    def repeat_steps(self, k: int) -> tuple[list[Step], dict[str, str]]:
        """The computation with the parameters after k updates, and what everything in it is called."""
        table = {name: make_after_key(name, k) for name in (*self.trained, *self.states)}
        later = []
        for step in self.again:
            if not any(name in table for name in list_referred(step.expr)):
                continue  # no parameter in it: it stays as it was
            table[step.target] = make_after_key(step.target, k)
            paths = tuple(Path(tuple(Factor(f.of, f.wrt, rename_formula(f.expr, table)) for f in path.factors)) for path in step.paths)
            later.append(Step(table[step.target], rename_formula(step.expr, table), step.rule, paths, step.sort, step.of, step.wrt, k))
        return later, table
