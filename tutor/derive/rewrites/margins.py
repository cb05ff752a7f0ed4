"""The compact gradient of the multi-class hinge: each class that misses the margin has 1, the right one minus how many there are.

Σ_(j≠y) max(0, s_j − s_y + Δ) has ∂/∂s_j = 1[s_j − s_y + Δ > 0] and ∂/∂s_y = −Σ_j 1[s_j − s_y + Δ > 0].  (Weston and Watkins 1999;
Stanford CS231n, Linear classification.)  Over arrays S − r 𝟏ᵀ + Δ, with r the right class's score of each row of S.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from tutor.derive.backward import derive
from tutor.derive.layer_products import entrywise_product, fill_value
from tutor.derive.layerwise import pullback
from tutor.derive.local import times
from tutor.derive.rewrites.layer_terms import contains, loss_terms, replace_part, scale_expr
from tutor.derive.rewrites.terms import Flow, affine
from tutor.derive.tidy import product
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Name, Neg, Number, Partial, children
from tutor.expression.walk import names, substitute
from tutor.graph.layered import Layered
from tutor.graph.shapes import Shape, shape_of
from tutor.rules.patterns import constant

MARGINS = "multi-class hinge"
OF_MARGINS = frozenset({"max", "relu", "multi_hinge"})
"""A loss without any of these functions has no margins."""
_PICKING = frozenset({"entry", "pick_each"})
_LEAF = " margins"
"""Stands for the margins where the rest of a formula is looked at; no quantity is called so."""


def _read_margin(expr: Expr) -> Expr | None:
    """What stands in the max(0, …) of a margin, however it is written; nothing for another formula."""
    match expr:
        case Call("relu", (inner,)):
            return inner
        case Call("max", (one, two)) if constant(one) == 0 or constant(two) == 0:
            return two if constant(one) == 0 else one
        case Call("multi_hinge", (score, right, margin)):
            return Add((score, Neg(right), *((margin,) if constant(margin) != 0 else ())))
    return None


def find_single_margins(layered: Layered) -> Iterator[tuple[str, Expr]]:
    """The gradient of the right class's score of single numbers, and of the others, where the loss sees them in margins only.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.build import from_steps
    >>> graph = from_steps(["L = max(0, s1 - s3 + 1) + max(0, s2 - s3 + 1)"])
    >>> [f"{name}: {write_plain(expr)}" for name, expr in find_single_margins(Layered(graph, {}))][-1]
    's3: -(if_positive(s1 - s3 + 1, 1, 0) + if_positive(s2 - s3 + 1, 1, 0))'
    """
    flow = Flow(layered.graph)
    for name in _list_taken_off(layered, flow):
        terms = loss_terms(layered, Name(name))
        margins = [_read_margin(term.core) for term in terms]
        if len(terms) < 2 or len({(term.number, term.scale, term.factors) for term in terms}) != 1:
            continue
        others: dict[str, Expr] = {}
        for margin in margins:
            parts = affine(margin, flow) if margin is not None else None
            beside = [other for other, number in (parts or {}).items() if other and other != name and number == 1]
            if parts is None or margin is None or parts.get(name) != -1 or not beside or any(map(others.__contains__, beside[:1])):
                break
            others[beside[0]] = Call("if_positive", (margin, ONE, ZERO))
        else:
            scale = _write_scale(terms[0].number, (*terms[0].scalars, *terms[0].factors), terms[0].divisors)
            yield from ((other, product([scale, missed])) for other, missed in others.items()
                        if len(loss_terms(layered, Name(other))) == 1)
            yield name, Neg(product([scale, Add(tuple(others.values()))]))


def _list_taken_off(layered: Layered, flow: Flow) -> list[str]:
    """The quantities that are taken off in two margins or more."""
    counted: dict[str, int] = {}
    for step in layered.graph.steps:
        for node in _walk(step.expr):
            margin = _read_margin(node)
            for name, number in ((affine(margin, flow) if margin is not None else None) or {}).items():
                if number == -1 and name in layered.shapes:
                    counted[name] = counted.get(name, 0) + 1
    return [name for name, count in counted.items() if count > 1]


def _write_scale(number: Fraction, above: Sequence[Expr], below: Sequence[Expr]) -> Expr:
    whole = scale_expr((abs(number), tuple(above), tuple(below)))
    return Neg(whole) if number < 0 else whole


def find_margins(layered: Layered) -> Iterator[tuple[str, Expr]]:
    """The gradient of an array of scores, whose right ones are taken off all of them, where the loss sees it in these margins only.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> graph = from_layers(["r = row_sums(S ⊙ Y)", "M = max(0, S - columns(r, 3) + 1)", "L = mean(M)"], {"S": (2, 3), "Y": (2, 3)})
    >>> [f"{name}: {write_plain(expr)}" for name, expr in find_margins(graph)]
    ['S: 1/6*(if_positive(M, 1, 0) - hadamard(columns(row_sums(if_positive(M, 1, 0)), 3), Y))']
    """
    steps = {step.target: step.expr for step in layered.graph.steps}
    shapes = layered.shapes
    for target, expr in steps.items():
        for node in dict.fromkeys(_walk(expr)):
            inner = _read_margin(node)
            if inner is None or type(inner) is not Add or not shape_of(node, shapes):
                continue
            scores = [part.name for part in inner.args if type(part) is Name and shapes[part.name] == shape_of(node, shapes)]
            for name in scores:
                made = _write_gradient(layered, target, node, inner, name, steps)
                if made is not None:
                    yield name, made


def _walk(expr: Expr) -> Iterator[Expr]:
    yield expr
    for part in children(expr):
        yield from _walk(part)


def _write_gradient(
    layered: Layered, target: str, node: Expr, inner: Add, name: str, steps: Mapping[str, Expr]
) -> Expr | None:
    """∂L/∂S = W − (what the right scores take of all W), W the upstream gradient where a margin is missed."""
    graph, shapes = layered.graph, layered.shapes
    taken = [part.arg for part in inner.args if type(part) is Neg]
    rest = [part for part in inner.args if type(part) is not Neg and part != Name(name)]
    if len(taken) != 1 or len(inner.args) - len(rest) != 2 or any(name in _list_below(part, steps) for part in rest):
        return None
    opened = {one: steps[one] for one in names(taken[0]) if one in steps and name in names(steps[one])}
    right = substitute(taken[0], opened) if opened else taken[0]
    if name not in names(right) or not _is_pick(right, name, shapes) or any(name in _list_below(Name(one), steps) for one in names(right)
                                                                           if one != name):  # fmt: skip
        return None
    uses = [step for step in graph.steps if name in names(step.expr)]
    if any(step.target not in (*opened, target) for step in uses) or any(
        step.target != target and not {*opened}.isdisjoint(names(step.expr)) for step in graph.steps
    ):  # fmt: skip
        return None
    rest_of = replace_part(steps[target], node, Name(_LEAF))
    if not {name, *opened}.isdisjoint(names(rest_of)):
        return None
    upstream = _find_upstream(layered, target, rest_of, shape_of(node, shapes))
    if upstream is None:
        return None
    missed = Call("if_positive", (Name(target) if node == steps[target] else inner, ONE, ZERO))
    number = fill_value(upstream)
    scale, weights = (number, missed) if number is not None else (ONE, entrywise_product(upstream, missed, frozenset()))
    back = [part for wrt, part in pullback(right, weights, shapes) if wrt == name]
    if len(back) != 1:
        return None
    return times(scale, Add((weights, Neg(back[0]))))


def _list_below(expr: Expr, steps: Mapping[str, Expr]) -> set[str]:
    """All quantities that an expression is computed from."""
    found, edge = set[str](), {*names(expr)}
    while edge:
        found |= edge
        edge = {below for one in edge if one in steps for below in names(steps[one])} - found
    return found


def _is_pick(expr: Expr, name: str, shapes: Mapping[str, Shape]) -> bool:
    """Whether an expression takes one entry of each row of an array, by its label or by a target of 0 and 1, and nothing else of it."""
    match expr:
        case Call(func, (Name(own), *_)) if func in _PICKING:
            return own == name
        case Call("row_sums" | "column_sums" | "sum", (Call("hadamard", (one, two)),)):
            return {one, two} > {Name(name)} and name not in names(two if one == Name(name) else one)
        case Call("matmul", (one, two)) if not shape_of(expr, shapes):
            return {one, two} > {Name(name)} and name not in names(two if one == Name(name) else one)
        case Call(_, (inner, *sizes)) if all(type(size) is Number or not shape_of(size, shapes) for size in sizes):
            return _is_pick(inner, name, shapes)
    return False


def _find_upstream(layered: Layered, target: str, rest: Expr, shape: Shape) -> Expr | None:
    """What comes back to the margins in a step of which the rest is given."""
    graph = layered.graph
    backward = {step.target: step.expr for step in derive(graph).backward}
    own = backward.get(derivative_key(graph.loss, target))
    if own is None:
        return None
    plain = target == graph.loss or fill_value(own) is not None
    upstream = own if plain else Partial(graph.loss, target)
    found = [part for wrt, part in pullback(rest, upstream, {**layered.shapes, _LEAF: shape}, "") if wrt == _LEAF]
    return found[0] if len(found) == 1 and not contains(found[0], Name(_LEAF)) else None
