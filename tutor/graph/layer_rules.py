"""Which rule a step over layers is about, for its wording: an affine layer, a mean along axes, a product of matrices."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from tutor.expression.limits import MAX_AXES
from tutor.expression.nodes import Add, Call, Div, Expr, Number, children, rebuild
from tutor.expression.sizes import Size, compute_size, multiply_sizes
from tutor.graph.shapes import Shape, shape_of
from tutor.rules.classify import rule_of
from tutor.rules.operations import LAYERS, SUMS, name_along

_SPREAD = frozenset({"fill", "columns", "rows", "batch", *(name for name in LAYERS if name.startswith("stretch_"))})
_BESIDE = (*_SPREAD, "entry")
"""What makes a bias fit a layer, and one entry: beside other terms neither is what a step is about."""
_ALONG = frozenset(name for sums in SUMS.values() for name in sums)


def _list_along(word: str, first: int = 1) -> frozenset[str]:
    """What an operation is called along each axis of arrays of so many axes."""
    return frozenset(name_along(word, rank, place) for rank in range(first, MAX_AXES + 1) for place in range(rank))


_LARGEST = _list_along("largest")
_DROPPED, _PARTS, _KEPT = _list_along("drop"), _list_along("part"), _list_along("keep", 2)


def layer_rule(expr: Expr, shapes: Mapping[str, Shape] | None = None) -> str:
    """The rule of a step over layers, for its wording; with ``shapes`` a sum is a mean only over what it counts.

    >>> from tutor.expression.parse import parse
    >>> from tutor.graph.layered import LAYER_FUNCTIONS
    >>> layer_rule(parse("matmul(W, x) + b", functions=LAYER_FUNCTIONS))
    'affine'
    """
    if type(expr) is Add and any(_is_product(term) for term in expr.args):
        return "sum of products" if all(map(_is_product, expr.args)) else "affine"
    if type(expr) is Add and (bare := _drop_spread(expr)) != expr and not _has_layer(bare):
        return rule if (rule := rule_of(bare)) != "sum" else "sum of arrays"
    if type(expr) is Add:
        made = [term.func for term in expr.args if type(term) is Call and term.func in LAYERS and term.func not in _BESIDE]
        if len(made) == 1 or _has_layer(expr):
            return made[0] if len(made) == 1 else "formula"
        rule = rule_of(expr)
        return rule if rule != "sum" else "sum of arrays" if shapes is not None and shape_of(expr, shapes) else "sum of numbers"
    if type(expr) is Call and expr.func in _KEPT and (inner := _drop_kept(expr)) and (type(inner) is Div or _find_summed(inner)):
        return layer_rule(inner, shapes)
    if type(expr) is Call and expr.func in _KEPT and (inner := _drop_kept(expr)) and type(inner) is Call and inner.func in _LARGEST:
        return inner.func
    if type(expr) is Call and expr.func in _DROPPED and type(expr.args[0]) is Call and expr.args[0].func in _PARTS:
        return expr.args[0].func  # one slice, which is written as one
    if type(expr) is Call and expr.func in LAYERS:
        return expr.func
    if type(expr) is Div and _find_summed(expr.num):
        return "mean along" if shapes is None or _is_along(expr.num, expr.den, shapes) else "formula"
    if type(expr) is Div and type(expr.num) is Call and expr.num.func == "sum":
        return "mean" if shapes is None or _is_counted(expr.num.args[0], expr.den, shapes) else "formula"
    if type(expr) is Call and expr.func == "hadamard":
        return "hadamard"
    return rule_of(expr) if not _has_layer(expr) else "formula"


def _drop_kept(expr: Expr) -> Expr:
    """What has an axis of one entry, without it."""
    while type(expr) is Call and expr.func in _KEPT:
        expr = expr.args[0]
    return expr


def _find_summed(expr: Expr) -> Expr | None:
    """What is added up along one axis or several; nothing for anything else."""
    inner = expr
    while type(inner) is Call and inner.func in _ALONG:
        inner = inner.args[0]
    return None if inner is expr else inner


def _is_along(expr: Expr, number: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether a sum along axes is divided by how many entries that adds up."""
    counted: list[Size] = []
    while type(expr) is Call and expr.func in _ALONG:
        shape = shape_of(expr.args[0], shapes)
        counted.append(shape[SUMS[len(shape)].index(expr.func)])
        expr = expr.args[0]
    return compute_size(number) == multiply_sizes(counted)


def _drop_spread(expr: Expr) -> Expr:
    """The formula without what makes its arrays alike: X − μ of X − 𝟏 μᵀ."""
    if type(expr) is Call and expr.func in _SPREAD:
        return _drop_spread(expr.args[0])
    parts = children(expr)
    return rebuild(expr, tuple(map(_drop_spread, parts))) if parts else expr


def _is_counted(array: Expr, number: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether a number is how many entries an array has: half a sum is no mean, and over two entries it is rather the ½ of squares."""
    shape = shape_of(array, shapes)
    if all(isinstance(size, int) for size in shape):
        return type(number) is Number and number.value != 2 and number.value == prod(int(size) for size in shape)
    return compute_size(number) == multiply_sizes(shape)


def _is_product(expr: Expr) -> bool:
    """Whether a term is a product of matrices, also one that is the same in each row: H Uᵀ + 𝟏 (W s)ᵀ."""
    while type(expr) is Call and expr.func in _SPREAD:
        expr = expr.args[0]
    return type(expr) is Call and expr.func == "matmul"


def _has_layer(expr: Expr) -> bool:
    if type(expr) is Call and expr.func in LAYERS:
        return True
    return any(_has_layer(part) for part in children(expr))
