"""Named rewrites of layers that divide by their own size, and of gates: the compact gradients that lectures teach.

x̂ = (x − μ)/σ with the mean and the deviation of x itself: through μ and σ the chain rule gives three terms, and together they are
∂L/∂x = (N ∂L/∂x̂ − Σ ∂L/∂x̂ − x̂ ⊙ Σ ∂L/∂x̂ ⊙ x̂)/(N σ).  Without the mean, in x/‖x‖ and RMS norm, the term in the middle is not there.
The sums go over the axes of the mean; a number under the root changes nothing.  (Ioffe and Szegedy 2015; CS231n's batch norm.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import NamedTuple

from tutor.derive.backward import derive
from tutor.derive.rewrites.entrywise import LayerRewrite
from tutor.derive.rewrites.layer_terms import contains, replace_part
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.expression.sizes import Size, add_sizes, put_in_shape
from tutor.expression.walk import names, substitute
from tutor.graph.layered import Layered
from tutor.graph.shapes import Shape, shape_of, size_expr, size_of
from tutor.rules.operations import ENTRYWISE, LONGER, SUMS, name_along

NORMALISED = "normalisation"
SCALED = "division by the norm"
GATES = "gates"
TWO = Number("2")
MOST_INLINED = 5
"""Through so many steps the mean and the deviation may be computed."""
_LINEAR = frozenset({
    "sum", "mean", *(name for sums in SUMS.values() for name in sums),
    *(name_along(what, rank, place) for what in ("keep", "drop") for rank in range(2, len(LONGER) + 1) for place in range(rank)),
})  # fmt: skip
"""What a mean along axes is made of."""


def find_normalised(layered: Layered) -> Iterator[LayerRewrite]:
    """The compact gradient of what is normalised, for each normalisation of a graph.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> graph = from_layers(["y = layer_norm(x, eps=0)", "L = sum(g ⊙ y)"], {"x": (3,), "g": (3,)})
    >>> [write_plain(rewrite.expr) for rewrite in find_normalised(graph)]
    ['(3*dL/dy - fill(sum(dL/dy), 3) - sum(hadamard(dL/dy, y))*y)/(3*sqrt(sigma_sq))']
    """
    steps = {step.target: step.expr for step in layered.graph.steps}
    found = [(step.target, step.expr) for step in layered.graph.steps if type(step.expr) is Div and layered.shapes[step.target]]
    for target, expr in found:
        assert type(expr) is Div
        for name in _list_candidates(expr, steps):
            made = _read_normalised(target, expr, name, steps, layered.shapes)
            if made is not None:
                yield from _write_compact(layered, target, name, expr, made)
                break


def _list_candidates(expr: Div, steps: Mapping[str, Expr]) -> list[str]:
    """What may be normalised: what the step above the fraction bar is made of, a difference from a mean, or that step itself."""
    direct = names(expr.num)
    return list(dict.fromkeys((*(name for one in direct if one in steps for name in names(steps[one])), *direct)))


def _put_steps_in(expr: Expr, name: str, steps: Mapping[str, Expr], used: set[str]) -> Expr:
    """A formula with the steps put in that are of one quantity alone, the mean and the deviation; ``used`` has them."""
    for _ in range(MOST_INLINED):
        inner = [one for one in names(expr) if one != name and one in steps and name in _list_below(one, name, steps)]
        if not inner:
            return expr
        used |= {*inner}
        expr = substitute(expr, {one: steps[one] for one in inner})
    return expr


def _list_below(target: str, name: str, steps: Mapping[str, Expr]) -> set[str]:
    """What a step is computed from, as far as ``name`` and through few steps."""
    found, edge = set[str](), {target}
    for _ in range(MOST_INLINED):
        edge = {below for one in edge if one in steps and one != name for below in names(steps[one])} - found
        found |= edge
    return found


class _Normalised(NamedTuple):
    """A quotient with the steps put in: what is divided, by what, the mean of squares in that and its root, and the steps on the way.

    ``centred`` says that the mean is taken off above.
    """

    top: Expr
    below: Expr
    mean: Expr
    root: Call
    centred: bool
    used: set[str]


def _read_normalised(
    target: str, expr: Div, name: str, steps: Mapping[str, Expr], shapes: Mapping[str, Shape]
) -> _Normalised | None:
    """What is divided by its own size, if a quantity is."""
    used: set[str] = set()
    top, below = _put_steps_in(expr.num, name, steps, used), _put_steps_in(expr.den, name, steps, used)
    if target in used or target == name:
        return None
    square = Pow(top, TWO)
    below = replace_part(replace_part(below, Call("matmul", (top, top)), Call("sum", (square,))), Call(ENTRYWISE, (top, top)), square)
    root = next((node for node in _walk(below) if type(node) is Call and node.func == "sqrt"), None)
    if root is None or not shapes.get(name):
        return None
    terms = root.args[0].args if type(root.args[0]) is Add else root.args
    means = [term for term in terms if contains(term, square)]
    if len(means) != 1 or any(name in names(term) for term in terms if term != means[0]):
        return None
    mean, hole = means[0], Name(" square")
    if name in names(replace_part(mean, square, hole)) or not _is_linear(replace_part(mean, square, hole), hole):
        return None
    if name in names(replace_part(below, root, hole)):
        return None
    if top == Name(name):
        return _Normalised(top, below, mean, root, False, used)
    own = replace_part(mean, square, Name(name))
    if type(top) is not Add or len(top.args) != 2 or top.args[0] != Name(name) or type(top.args[1]) is not Neg:
        return None
    if name in names(replace_part(top.args[1], own, hole)) or not _is_mean(own, shapes):
        return None
    return _Normalised(top, below, mean, root, True, used)


def _walk(expr: Expr) -> Iterator[Expr]:
    yield expr
    for part in children(expr):
        yield from _walk(part)


def _is_linear(expr: Expr, hole: Expr) -> bool:
    """Whether something is added up, or averaged, and nothing else is done."""
    while expr != hole:
        if type(expr) is Call and expr.func in _LINEAR:
            expr = expr.args[0]
        elif type(expr) is Div and not contains(expr.den, hole):
            expr = expr.num
        else:
            return False
    return True


def _is_mean(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether what is added up is divided by how many entries there are: only then what is taken off is the mean."""
    added, number = _split_mean(expr, shapes)
    return number != ONE and added != expr


def _split_mean(expr: Expr, shapes: Mapping[str, Shape]) -> tuple[Expr, Expr]:
    """A mean as a sum and the number that it is divided by."""
    if type(expr) is Call and expr.func == "mean":
        sizes = tuple(map(size_expr, shape_of(expr.args[0], shapes)))
        whole = prod(int(size.text) for size in sizes if type(size) is Number)
        factors = (*((Number(str(whole)),) if whole != 1 else ()), *(size for size in sizes if type(size) is not Number))
        return Call("sum", expr.args), ONE if not factors else factors[0] if len(factors) == 1 else Mul(factors)
    if type(expr) is Div:
        return expr.num, expr.den
    if type(expr) is Call and expr.func in _LINEAR and len(expr.args) == 1:
        inner, number = _split_mean(expr.args[0], shapes)
        return (Call(expr.func, (inner,)), number) if number != ONE else (expr, ONE)
    return expr, ONE


def _write_compact(layered: Layered, target: str, name: str, expr: Div, found: _Normalised) -> Iterator[LayerRewrite]:
    """∂L/∂x as one formula, where the mean and the deviation are used for nothing else."""
    graph = layered.graph
    top, below, mean, root, centred, used = found
    inside = {*used, target}
    if any(step.target not in inside and not used.isdisjoint(names(step.expr)) for step in graph.steps):
        return
    square = Pow(top, TWO)
    added, number = _split_mean(mean, layered.shapes)
    upstream: Expr = Partial(graph.loss, target)

    def add_up(what: Expr) -> Expr:
        return replace_part(below, root, replace_part(added, square, what))

    product: Expr = Call(ENTRYWISE, (upstream, Name(target)))
    own = add_up(product)
    whole = shape_of(Name(target), layered.shapes)
    known = shape_of(own, layered.shapes)
    last: Expr = Call(ENTRYWISE, (Name(target), own)) if known else Mul((own, Name(target)))
    first: Expr = upstream if number == ONE else Mul((number, upstream))
    middle = add_up(upstream) if centred else None
    if middle is not None and not shape_of(middle, layered.shapes):
        middle = Call("fill", (middle, *map(size_expr, whole)))
    terms = (first, *((Neg(middle),) if middle is not None else ()), Neg(last))
    slope: Expr = Div(Add(terms), expr.den if number == ONE else Mul((number, expr.den)))
    left = Partial(graph.loss, name)
    backward = {step.target: step for step in derive(graph).backward}
    others = [path.factors[1].expr for path in backward[derivative_key(graph.loss, name)].paths if path.factors[0].wrt not in inside]
    total = Add((slope, *others)) if others else slope
    yield LayerRewrite(left, total, left, NORMALISED if centred else SCALED)


def find_gates(layered: Layered) -> Iterator[LayerRewrite]:
    """The gates of a cell that has one matrix for all: ∂L/∂a part after part, each in the gate's own value, σ′ = i ⊙ (1 − i).

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> graph = from_layers(["i = sigmoid(part(a, 0, 2))", "g = tanh(part(a, 2, 1))", "L = sum(i)*sum(g)"], {"a": (3,)})
    >>> [write_plain(rewrite.expr) for rewrite in find_gates(graph)]
    ['concat(hadamard(dL/di, hadamard(i, 1 - i)), hadamard(dL/dg, 1 - g^2))']
    """
    graph = layered.graph
    small = dict.fromkeys(layered.symbolic, 2)
    for name in [quantity.name for quantity in (*graph.leaves, *graph.nodes) if quantity.shape]:
        uses = [step for step in graph.steps if name in names(step.expr)]
        parts = [(found, step.target) for step in uses if (found := _read_gate(step.expr, name)) is not None]
        if len(parts) < 2 or len(parts) != len(uses):
            continue
        parts.sort(key=lambda one: put_in_shape((one[0][2],), small))
        rank = len(layered.shapes[name])
        ends = [add_sizes(first, count) for (_, _, first, count), _ in parts]
        if [first for (_, _, first, _), _ in parts] != [0, *ends[:-1]] or ends[-1] != layered.shapes[name][-1]:
            continue
        made: Expr | None = None
        for (func, *_), target in parts:
            own: Expr = Name(target)
            slope = Call(ENTRYWISE, (own, Add((ONE, Neg(own))))) if func == "sigmoid" else Add((ONE, Neg(Pow(own, TWO))))
            piece = Call(ENTRYWISE, (Partial(graph.loss, target), slope))
            made = piece if made is None else Call(name_along("concat", rank, rank - 1), (made, piece))
        assert made is not None
        left = Partial(graph.loss, name)
        yield LayerRewrite(left, made, left, GATES)


def _read_gate(expr: Expr, name: str) -> tuple[str, str, Size, Size] | None:
    """A sigmoid or a tanh of a part of a quantity: the function, the part's name, where it begins and how long it is."""
    match expr:
        case Call("sigmoid" | "tanh" as func, (Call(part, (Name(inner), first, count)),)):
            if inner == name and part.startswith("part"):
                return func, part, size_of(first), size_of(count)
    return None
