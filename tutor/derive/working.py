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
from dataclasses import dataclass, field
from typing import Literal

from tutor.derive.local import local_derivatives
from tutor.derive.update import naming, update
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Expr, Mul, Name, Number, Partial, children, rebuild
from tutor.expression.walk import names as names_of
from tutor.graph.nouns import Graph
from tutor.rules.optimisers import Optimiser, optimiser

Sort = Literal["forward", "local", "gradient", "update"]


@dataclass(frozen=True, slots=True)
class Work:
    """One step of the working: ``target = expr``.

    ``of`` and ``wrt`` say which derivative a local or a gradient step is, or which parameter an update step moves.  ``terms`` are the
    summands of a gradient, one a path, each (upstream, local).  ``rule`` is that of the forward step.  ``after`` counts the updates made.
    """

    target: str
    expr: Expr
    sort: Sort
    rule: str = ""
    of: str = ""
    wrt: str = ""
    terms: tuple[tuple[Expr, Expr], ...] = ()
    after: int = 0


@dataclass(frozen=True, slots=True)
class Working:
    """All steps in an order in which they can be computed; ``uses`` are the names that each refers to.

    ``extra`` are the quantities that an optimiser needs besides the graph's leaves (its states), with the values that they start from.
    """

    graph: Graph
    steps: tuple[Work, ...]
    by_name: Mapping[str, Work] = field(default_factory=dict)
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


def referred(expr: Expr) -> tuple[str, ...]:
    """The names of quantities and derivatives that a formula uses.

    >>> from tutor.expression.parse import parse
    >>> referred(parse("dL/da*x", names=("L", "a", "x")))
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
    graph: Graph, *, of: Sequence[str] = (), updates: int = 0, method: str = "gd", rate: str = "eta",
    parameters: Sequence[str] = (),
) -> Working:  # fmt: skip
    """The working of a graph: of its loss and of every quantity in ``of``, and of ``updates`` steps of an optimiser.

    >>> from tutor.graph.build import from_steps
    >>> [step.target for step in working(from_steps(["d = x + y", "f = d*z"])).steps]
    ['d', 'f', 'dd/dx', 'dd/dy', 'df/dd', 'df/dz', 'df/dy', 'df/dx']
    """
    maker = _Maker(graph)
    steps = list(maker.forward())
    steps += maker.locals_()
    for loss in dict.fromkeys((graph.loss, *of)):
        steps += maker.gradients(loss, {step.target for step in steps})
    extra: dict[str, str] = {}
    trained = tuple(parameters) or tuple(quantity.name for quantity in graph.parameters)
    if updates and trained:
        maker_of_updates = _Updates(graph, steps, trained, optimiser(method), rate)
        steps += maker_of_updates.steps(updates)
        rate, extra = maker_of_updates.names.rate, dict.fromkeys(maker_of_updates.states, "0")
    return Working(
        graph, tuple(steps), {step.target: step for step in steps}, {step.target: referred(step.expr) for step in steps},
        rate, extra,
    )  # fmt: skip


class _Maker:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        named: dict[Expr, str] = {step.expr: step.target for step in graph.steps if type(step.expr) is Call}
        self.locals = {step.target: local_derivatives(step.target, step.expr, named)[1] for step in graph.steps}
        self.place = {name: place for place, name in enumerate(graph.names)}
        self.whole = {target: self._whole(target) for target in self.locals}

    def _whole(self, target: str) -> frozenset[str]:
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

    def forward(self) -> list[Work]:
        return [Work(step.target, step.expr, "forward", step.rule) for step in self.graph.steps]

    def edge(self, target: str, wrt: str) -> Expr:
        """The derivative along one edge, by its name."""
        return Partial(target, wrt) if wrt in self.whole[target] else Name(f"{target}|{wrt}")

    def locals_(self) -> list[Work]:
        rules = {step.target: step.rule for step in self.graph.steps}
        found = []
        for target, parts in self.locals.items():
            if target == self.graph.loss:
                continue  # ∂L/∂a of the loss itself is a gradient step
            for wrt, expr in parts:
                name = derivative_key(target, wrt) if wrt in self.whole[target] else f"{target}|{wrt}"
                found.append(Work(name, expr, "local", rules[target], target, wrt))
        return found

    def gradients(self, loss: str, known: set[str]) -> list[Work]:
        """The derivatives of one quantity with respect to all that it is computed from."""
        routes: dict[str, list[tuple[str, Expr]]] = {}
        found: list[Work] = []
        rules = {step.target: step.rule for step in self.graph.steps}
        top = self.locals.get(loss, [])
        if loss == self.graph.loss:
            for wrt, expr in top:
                if wrt not in self.whole[loss]:
                    found.append(Work(f"{loss}|{wrt}", expr, "local", rules[loss], loss, wrt))
        edges = dict(top)
        order = sorted(self.place, key=lambda name: -self.place[name])
        routes[loss] = []
        for name in order:
            if name not in routes:
                continue
            for wrt, _ in self.locals.get(name, ()):
                routes.setdefault(wrt, []).append((name, self.edge(name, wrt)))
        trained = {quantity.name for quantity in self.graph.parameters} if loss == self.graph.loss else set()
        for name in order:
            target = derivative_key(loss, name)
            if name in trained and name not in routes:
                found.append(Work(target, Number("0"), "gradient", "no path", loss, name))
            if name == loss or name not in routes or target in known:
                continue
            ways = sorted(routes[name], key=lambda way: self.place[way[0]])
            if loss == self.graph.loss and [way[0] for way in ways] == [loss] and name in self.whole[loss]:
                found.append(Work(target, edges[name], "gradient", rules[loss], loss, name))
                continue
            terms = tuple((ONE if above == loss else Partial(loss, above), local) for above, local in ways)
            products = [local if upstream == ONE else Mul((upstream, local)) for upstream, local in terms]
            expr = products[0] if len(products) == 1 else Add(tuple(products))
            found.append(Work(target, expr, "gradient", "chain rule" if len(products) == 1 else "sum over paths", loss, name, terms))
        return found


def renamed(expr: Expr, table: Mapping[str, str]) -> Expr:
    """A formula of the first run as one of a later run: quantities and derivatives under their names in ``table``."""
    if type(expr) is Name:
        return Name(table.get(expr.name, expr.name))
    if type(expr) is Partial:
        name = derivative_key(expr.of, expr.wrt)
        return Name(table[name]) if name in table else expr
    parts = children(expr)
    return rebuild(expr, tuple(renamed(part, table) for part in parts)) if parts else expr


class _Updates:
    """The update steps, and after each of them the computation once more."""

    def __init__(self, graph: Graph, first: Sequence[Work], trained: Sequence[str], row: Optimiser, letter: str) -> None:
        self.graph, self.trained, self.first = graph, trained, first
        self.names = naming(row, [*graph.names, *(step.target for step in first)], letter)
        self.moves = [(name, update(row, name, graph.loss, self.names)) for name in trained]
        self.states = [state for _, one in self.moves for state in one.states]
        self.counted = any(self.names.t in referred(step.expr) for _, one in self.moves for step in one.steps)
        self.again = [step for step in self.first if step.sort != "gradient" or step.of == graph.loss]

    def steps(self, count: int) -> list[Work]:
        found: list[Work] = []
        table: dict[str, str] = {}
        for k in range(1, count + 1):
            found += self.moved(k, table)
            later, table = self.repeated(k)
            found += later if k < count else [step for step in later if step.sort == "forward"]
        return found

    def moved(self, k: int, table: Mapping[str, str]) -> list[Work]:
        """Update number k of every parameter; ``table`` names the run before it."""
        found = []
        if self.counted:
            found.append(Work(f"{self.names.t}@{k}", Number(str(k)), "update", "count", after=k))
        for parameter, one in self.moves:
            own = {**table, self.names.t: f"{self.names.t}@{k}"} if self.counted else dict(table)
            for step in one.steps:
                target = f"{step.target.partition('@')[0]}@{k}"
                found.append(Work(target, renamed(step.expr, own), "update", step.rule, self.graph.loss, parameter, after=k))
                own[step.target] = target
        return found

    def repeated(self, k: int) -> tuple[list[Work], dict[str, str]]:
        """The computation with the parameters after k updates, and what everything in it is called."""
        table = {name: f"{name}@{k}" for name in (*self.trained, *self.states)}
        later = []
        for step in self.again:
            if not any(name in table for name in referred(step.expr)):
                continue  # no parameter in it: it stays as it was
            table[step.target] = f"{step.target}@{k}"
            terms = tuple((renamed(upstream, table), renamed(local, table)) for upstream, local in step.terms)
            later.append(Work(table[step.target], renamed(step.expr, table), step.sort, step.rule, step.of, step.wrt, terms, k))
        return later, table
