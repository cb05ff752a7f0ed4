"""The backward pass in layer form: matrices, shapes and pullbacks.

One loop over the steps from last to first, as in `tutor.derive.backward`; where the scalar form multiplies a local derivative, the layer
form applies the pullback of a row of `tutor.rules.operations`, and what is applied entry by entry becomes a ⊙ with the scalar derivative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.derive.layer_products import (
    entrywise_product,
    fill_value,
    level_sums,
    negate_array,
    simplify_pullback,
    spread_number,
    tidy_gradient,
)
from tutor.derive.local import local_derivatives, times
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.layered import Layered, entrywise
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step
from tutor.graph.shapes import Shape, bind, shape_of, size_expr
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import ENTRYWISE, LAYERS, OUT, UPSTREAM, formula

Parts = list[tuple[str, Expr]]
"""What each use of a quantity adds to its gradient."""


def derive_layers(layered: Layered) -> Derivation:
    """Derive ∂loss/∂q for every array q of a graph over layers.

    The backward steps stand in teaching order, those of a layer's parameters before the next layer's.  Each has one path for each
    use of its quantity; the second factor of a path is what this use adds, a matrix expression with the upstream gradient in it
    (``matmul(transpose(W2), dL/dz2)``), since a layer's local derivative is only ever applied to it.

    Source: qmul, δ^l = W^{l+1} δ^{l+1} ⊙ σ'(z^l), ∂E/∂w^l = x^{l−1} (δ^l)^T.

    >>> from tutor.expression.plain import plain
    >>> from tutor.graph.layered import from_layers
    >>> small = from_layers(["z = W x", "a = sigmoid(z)", "L = sum(a)"], {"W": (2, 3), "x": (3,)})
    >>> [(step.target, plain(step.expr)) for step in derive_layers(small).backward][1:3]
    [('dL/da', 'fill(1, 2)'), ('dL/dz', "sigmoid'(z)")]
    """
    graph, shapes = layered.graph, layered.shapes
    loss = graph.loss
    waiting = dict.fromkeys((quantity.name for quantity in graph.leaves), 0)
    pulled: dict[str, Parts] = {}
    for step in graph.steps:
        for name in names(step.expr):
            if name in waiting:
                waiting[name] += 1
    uses: dict[str, list[tuple[str, Expr]]] = {name: [] for name in graph.names}
    depth = dict.fromkeys(graph.names, 0)
    backward: list[Step] = []
    known: dict[str, Expr] = {loss: ONE}
    for step in reversed(graph.steps):
        target = step.target
        gradient = _gradient(loss, target, uses[target], shapes)
        backward.append(gradient)
        if uses[target] or target == loss:
            filled = fill_value(gradient.expr)
            upstream = known[target] = gradient.expr if filled is not None or target == loss else Partial(loss, target)
            pulled[target] = pullback(step.expr, upstream, shapes, target)
            for wrt, expr in pulled[target]:
                if wrt not in uses:  # the letter of a size, as in sum(x)/n
                    continue
                uses[wrt].append((target, expr))
                depth[wrt] = max(depth[wrt], depth[target] + 1)
        for name in names(step.expr):
            if name in waiting:
                waiting[name] -= 1
                if waiting[name] == 0:
                    backward.append(_gradient(loss, name, uses[name], shapes))
    places = {name: place for place, name in enumerate(graph.names)}
    prefix = len(f"d{loss}/d")
    leaves = {quantity.name for quantity in graph.leaves}

    def teaching(step: Step) -> tuple[int, bool, int]:
        name = step.target[prefix:]
        return depth[name], name not in leaves, places[name]

    return Derivation(graph, tuple(sorted(backward, key=teaching)))


def _gradient(loss: str, wrt: str, uses: Sequence[tuple[str, Expr]], shapes: Mapping[str, Shape]) -> Step:
    target = derivative_key(loss, wrt)
    if wrt == loss:
        return Step(target, ONE, "start")
    if not uses:
        return Step(target, spread_number(ZERO, (), shapes.get(wrt, ())), "no path")
    ordered = tuple(reversed(uses))
    paths = tuple(
        Path((Factor(loss, through, Partial(loss, through)), Factor(through, wrt, expr))) for through, expr in ordered
    )
    if len(ordered) == 1:
        return Step(target, ordered[0][1], "chain rule", paths)
    return Step(target, Add(tuple(expr for _, expr in ordered)), "sum over paths", paths)


def pullback(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str = "") -> Parts:
    """What ``upstream``, the derivative of the loss with respect to ``expr``, adds to the gradient of each quantity in it.

    ``out`` is the quantity that has the value of ``expr``, where there is one (softmax and σ speak of their own result).

    >>> from tutor.expression.plain import plain
    >>> [(n, plain(e)) for n, e in pullback(Call("matmul", (Name("W"), Name("x"))), Name("g"), {"W": (2, 3), "x": (3,)})]
    [('W', 'outer(g, x)'), ('x', 'matmul(transpose(W), g)')]
    """
    found: dict[str, list[Expr]] = {}
    for name, part in _pull(expr, upstream, shapes, out):
        found.setdefault(name, []).append(part)
    return [(name, tidy_gradient(_together(parts), shapes)) for name, parts in found.items()]


def _together(parts: Sequence[Expr]) -> Expr:
    """What several places of one step add; equal ones as a multiple: xᵀx has 2x."""
    if len(parts) == 1:
        return parts[0]
    return times(Number(str(len(parts))), parts[0]) if all(part == parts[0] for part in parts) else Add(tuple(parts))


def _pull(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str) -> Parts:
    match expr:
        case Name(name):
            return [(name, upstream)]
        case Number():
            return []
        case Call(func) if func in LAYERS:
            return _layer(expr, upstream, shapes, out)
        case Add(args) if shape_of(expr, shapes):
            return [part for arg in args for part in _pull(arg, upstream, shapes, "")]
        case Neg(arg):
            return _pull(arg, negate_array(upstream), shapes, "")
    return _entry_by_entry(expr, upstream, shapes, out)


def _layer(call: Call, upstream: Expr, shapes: Mapping[str, Shape], out: str) -> Parts:
    row, sizes, _ = bind(call, shapes)
    operands = call.args[: len(row.arrays)]
    table: dict[str, Expr] = {name: size_expr(size) for name, size in sizes.items()}
    table |= {name: arg for (name, _), arg in zip(row.operands, operands, strict=True)}
    table |= {UPSTREAM: upstream, OUT: Name(out) if out else call}
    parts: Parts = []
    for arg, text in zip(operands, row.pullbacks, strict=True):
        if names(arg):
            pulled = simplify_pullback(substitute(formula(text), table))
            parts += _pull(arg, pulled, shapes, "")
    return parts


def _entry_by_entry(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str) -> Parts:
    """A formula applied to every entry: its scalar derivative, ⊙ the upstream gradient."""
    inner: dict[str, Expr] = {}
    scalar = _as_scalar(expr, inner)
    known = {**shapes, **{name: shape_of(part, shapes) for name, part in inner.items()}}
    whole = shape_of(expr, shapes)
    parts: Parts = []
    for name, derivative in _slopes(scalar, out):
        if whole:
            singles = frozenset(other for other in names(derivative) if not known.get(other, ()))
            local = level_sums(entrywise(derivative, singles), known, whole)
            product = entrywise_product(upstream, local, singles)
            product = spread_number(product, shape_of(product, known), whole)
        else:
            product = times(upstream, derivative)
        if whole and not known.get(name, ()):
            product = Call("sum", (product,))
        if name in inner:
            parts += _pull(inner[name], substitute(product, inner), shapes, "")
        else:
            parts.append((name, substitute(product, inner)))
    return parts


def _slopes(scalar: Expr, out: str) -> Parts:
    """The derivatives of a formula; an activation's is written σ′(z), as the lectures do for whole layers."""
    if type(scalar) is Call and len(scalar.args) == 1 and type(scalar.args[0]) is Name and _is_activation(scalar.func):
        derivative = local_derivatives("", scalar, {})[1][0][1]
        constant = derivative if not names(derivative) else Call(f"{scalar.func}'", scalar.args)
        return [(scalar.args[0].name, constant)]
    return local_derivatives(out, scalar, {})[1]


def _is_activation(func: str) -> bool:
    """Whether lectures write its slope as σ′, relu′: that of a function that one teaches; exp and log are like any formula."""
    row = FUNCTIONS.get(func)
    return row is not None and bool(row.source)


def _as_scalar(expr: Expr, inner: dict[str, Expr]) -> Expr:
    """The formula as one of single numbers; what is no such formula in it gets a name (in ``inner``)."""
    if type(expr) is Call and expr.func in LAYERS:
        name = f"inner{len(inner) + 1}"
        inner[name] = expr
        return Name(name)
    parts = tuple(_as_scalar(part, inner) for part in children(expr))
    if type(expr) is Call and expr.func == ENTRYWISE:
        return Mul(tuple(part for arg in parts for part in (arg.args if type(arg) is Mul else (arg,))))
    return rebuild(expr, parts) if parts else expr


actors = list[tuple[Expr, bool]]
"""The factors of a product with whether each stands below the fraction bar."""


def order(graph: Graph) -> tuple[str, ...]:
    """The names of a graph's parameters, or of its inputs where nothing is trained."""
    chosen = graph.parameters or tuple(q for q in graph.inputs if q.kind not in ("target", "constant")) or graph.inputs
    return tuple(quantity.name for quantity in chosen)
