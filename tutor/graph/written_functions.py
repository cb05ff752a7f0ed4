"""Functions that a program writes out, recognised: 1/(1 + exp(−z)) is σ(z), exponentials over their sum are a softmax.

A derivation speaks of what it knows: p ⊙ (1 − p) for a logistic function, p − y for a softmax with its cross-entropy.  The graph that comes
of it has the same quantities with the same values, and fewer steps where one only stands in what is recognised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Name, Neg, Number, children, rebuild
from tutor.expression.walk import names
from tutor.graph.layered import Layered, assemble_layers
from tutor.graph.network import quantities
from tutor.graph.shapes import shape_of
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import ENTRYWISE, SAID, SOFTMAXES

_SUM = SOFTMAXES["softmax"]
_OF_SUM = {total: name for name, total in SOFTMAXES.items()}
_SPREADING = frozenset({"columns", "rows", "fill", *(name for name, said in SAID.items() if said in ("keep", "drop", "stretch"))})
"""What repeats an array along an axis, or gives it one of one entry."""


def fold_written(layered: Layered, one_hot: Collection[str] = ()) -> Layered:
    """The graph with the functions in it that are written out; ``one_hot`` are the leaves that have one 1 in each row.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> steps = ["p = exp(z)/columns(row_sums(exp(z)), 3)", "L = -sum(log(row_sums(y*p)))"]
    >>> [write_plain(step.expr) for step in fold_written(from_layers(steps, {"z": (2, 3), "y": (2, 3)}), ["y"]).graph.steps]
    ['softmax_rows(z)', '-sum(hadamard(y, log(p)))']
    """
    graph = layered.graph
    folder = _Folder({step.target: step.expr for step in graph.steps}, frozenset(one_hot))
    folded = {step.target: folder.fold(step.expr) for step in graph.steps}
    if all(folded[step.target] == step.expr for step in graph.steps):
        return layered
    needed = _list_needed(folded, graph.loss)
    used = {name for target in needed for name in names(folded[target])}
    leaves = [quantity for quantity in graph.leaves if quantity.name in used]
    made = {target: expr for target, expr in folded.items() if target in needed}
    shapes = {quantity.name: quantity.shape for quantity in quantities(graph) if quantity in leaves}
    return assemble_layers(made, shapes, loss=graph.loss, kinds={quantity.name: quantity for quantity in leaves})


def name_insides(layered: Layered, wanted: Sequence[str], taken: Collection[str]) -> tuple[Layered, dict[str, str]]:
    """The graph with a step for what an activation is taken of, where that has no name: h = max(0, X W + b) has z = X W + b before it.

    ``wanted`` are names for them in the order of the backward pass, used where there are as many, ``taken`` names that they cannot have.
    Returned are their names with the steps that they stand in.

    >>> from tutor.graph.layered import from_layers
    >>> small = from_layers(["h = tanh(W x)", "L = sum(h)"], {"W": (2, 3), "x": (3,)})
    >>> [step.target for step in name_insides(small, ["a"], [])[0].graph.steps]
    ['a', 'h', 'L']
    """
    graph = layered.graph
    insides = {step.target: inside for step in graph.steps if (inside := _find_inside(step.expr, layered)) is not None}
    if not insides:
        return layered, {}
    own = list(reversed(wanted)) if len(wanted) == len(insides) else []
    free = (name for name in chain(own, _LETTERS) if name not in taken and name not in layered.shapes)
    chosen = {target: next(free, "") for target in insides}
    if not all(chosen.values()):
        return layered, {}
    steps: dict[str, Expr] = {}
    for step in graph.steps:
        if step.target in insides:
            inside, name = insides[step.target], chosen[step.target]
            steps[name] = inside
            assert isinstance(step.expr, Call)
            steps[step.target] = Call(step.expr.func, tuple(Name(name) if part == inside else part for part in step.expr.args))
        else:
            steps[step.target] = step.expr
    shapes = {quantity.name: quantity.shape for quantity in graph.leaves}
    made = assemble_layers(steps, shapes, loss=graph.loss, kinds={quantity.name: quantity for quantity in graph.leaves})
    return made, {name: target for target, name in chosen.items()}


_LETTERS = ("z", "a", "s", "u", *(f"{letter}{number}" for number in range(1, 10) for letter in "zasu"))


def _find_inside(expr: Expr, layered: Layered) -> Expr | None:
    """What an activation is taken of, where that is a formula of arrays."""
    if not isinstance(expr, Call):
        return None
    row = FUNCTIONS.get(expr.func)
    parts = {part for part in expr.args if not isinstance(part, Number)}
    activation = row is not None and (bool(row.source) or expr.func in ("max", "if_positive")) and len(parts) == 1
    inside = next(iter(parts)) if activation else None
    return None if inside is None or isinstance(inside, Name) or not shape_of(inside, layered.shapes) else inside


def _list_needed(steps: Mapping[str, Expr], target: str) -> set[str]:
    needed, waiting = set[str](), [target]
    while waiting:
        name = waiting.pop()
        if name in steps and name not in needed:
            needed.add(name)
            waiting.extend(names(steps[name]))
    return needed


class _Folder:
    def __init__(self, steps: Mapping[str, Expr], one_hot: frozenset[str]) -> None:
        self.steps, self.one_hot = steps, one_hot

    def open_name(self, expr: Expr) -> Expr:
        """The formula behind a name, and behind what only repeats it along an axis."""
        while True:
            if isinstance(expr, Name) and expr.name in self.steps:
                expr = self.steps[expr.name]
            elif isinstance(expr, Call) and expr.func in _SPREADING:
                expr = expr.args[0]
            else:
                return expr

    def fold(self, expr: Expr) -> Expr:
        """A formula with what is recognised in it, the inner parts first."""
        parts = children(expr)
        made = rebuild(expr, tuple(map(self.fold, parts))) if parts else expr
        for found in (self._read_sigmoid(made), self._read_softmax(made), self._read_log_softmax(made), self._read_chosen(made)):
            if found is not None:
                return found
        if isinstance(made, Call) and made.func == _SUM and isinstance(inner := made.args[0], Call) and inner.func in _OF_SUM:
            return Call(_SUM, inner.args)  # the sum of the sums of rows is the sum
        return made

    def _read_sigmoid(self, expr: Expr) -> Expr | None:
        """1/(1 + exp(−z)), or exp(z)/(1 + exp(z))."""
        below = self.open_name(expr.den) if isinstance(expr, Div) else None
        if not isinstance(expr, Div) or not isinstance(below, Add) or len(below.args) != 2 or ONE not in below.args:
            return None
        power = self.open_name(next((part for part in below.args if part != ONE), ONE))
        if not isinstance(power, Call) or power.func != "exp":
            return None
        inside = power.args[0]
        if expr.num == ONE:
            return Call("sigmoid", (inside.arg,)) if isinstance(inside, Neg) else None
        return Call("sigmoid", (inside,)) if self.open_name(expr.num) == power else None

    def _read_softmax(self, expr: Expr) -> Expr | None:
        """exp(z)/Σ exp(z), along an axis; a maximum that is taken off z changes nothing."""
        if not isinstance(expr, Div):
            return None
        above, below = self.open_name(expr.num), self.open_name(expr.den)
        if not isinstance(above, Call) or above.func != "exp" or not isinstance(below, Call) or below.func not in _OF_SUM:
            return None
        if self.open_name(below.args[0]) != above:
            return None
        return Call(_OF_SUM[below.func], (self._drop_shift(above.args[0]),))

    def _read_log_softmax(self, expr: Expr) -> Expr | None:
        """z − log Σ exp(z)."""
        if not isinstance(expr, Add) or len(expr.args) != 2 or not isinstance(last := expr.args[1], Neg):
            return None
        taken = self.open_name(last.arg)
        summed = self.open_name(taken.args[0]) if isinstance(taken, Call) and taken.func == "log" else None
        if not isinstance(summed, Call) or summed.func not in _OF_SUM:
            return None
        powers = self.open_name(summed.args[0])
        if not isinstance(powers, Call) or powers.func != "exp" or powers.args[0] != expr.args[0]:
            return None
        return Call(f"log_{_OF_SUM[summed.func]}", (self._drop_shift(expr.args[0]),))

    def _drop_shift(self, score: Expr) -> Expr:
        """z in the place of z − max(z), whose softmax is the same."""
        made = self.open_name(score)
        if isinstance(made, Add) and len(made.args) == 2 and isinstance(made.args[1], Neg):
            largest = self.open_name(made.args[1].arg)
            if isinstance(largest, Call) and SAID.get(largest.func) == "largest" and largest.args[0] == made.args[0]:
                return made.args[0]
        return score

    def _read_chosen(self, expr: Expr) -> Expr | None:
        """log Σ y ⊙ p over each row, where y has one 1 in it, is Σ y ⊙ log p."""
        if not isinstance(expr, Call) or expr.func != "log" or not isinstance(summed := expr.args[0], Call) or summed.func not in _OF_SUM:
            return None
        product = summed.args[0]
        if not isinstance(product, Call) or product.func != ENTRYWISE or len(product.args) != 2:
            return None
        for mask, value in (product.args, product.args[::-1]):
            if any(name in self.one_hot for name in self._list_moved(mask)):
                return Call(summed.func, (Call(ENTRYWISE, (mask, Call("log", (value,)))),))
        return None

    def _list_moved(self, expr: Expr) -> Iterator[str]:
        """The name of an array whose entries stand in another shape."""
        while isinstance(expr, Call) and expr.func in ("flatten", "unflatten"):
            expr = expr.args[0]
        if isinstance(expr, Name):
            yield expr.name
